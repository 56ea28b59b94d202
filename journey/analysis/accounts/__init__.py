"""Accounts as sales sees them: stalled ones, what to do next, the route, the history."""
