"""How far journeys come, how they stand, and the same by segment."""
