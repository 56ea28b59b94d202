"""Whether a log can be trusted: what it knows, what is missing, what looks odd."""
