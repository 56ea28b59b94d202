"""The timeline of one account."""
