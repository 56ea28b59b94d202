"""What to expect of the coming weeks, and how good such forecasts were."""
