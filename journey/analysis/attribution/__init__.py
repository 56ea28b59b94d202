"""Which channels, campaigns and content get credit for wins."""
