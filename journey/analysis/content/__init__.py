"""Content, calls to action, and how people felt."""
