"""One file a format: from a file on disk to tables of text."""
