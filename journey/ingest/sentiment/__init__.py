"""What free text says of feelings: read at import, offline, word by word."""
