"""What happened in which order: moves, steps, whole sequences."""
