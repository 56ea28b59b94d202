"""What a company decides, one part of its definitions a file."""
