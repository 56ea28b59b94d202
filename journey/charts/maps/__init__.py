"""The journey map: of one log, of two groups, and with the routes of one account."""
