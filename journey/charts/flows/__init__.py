"""The step Sankey: of one log, and of two groups."""
