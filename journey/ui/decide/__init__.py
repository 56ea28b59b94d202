"""The parts of the pages to decide by: attribution, costs, forecast."""
