"""Who journeys belong to: segments, the ideal customer, personas."""
