"""One file a question: a log in, a frame out."""
