"""Files are read apart from the app: limited processes, their progress, one at a time."""
