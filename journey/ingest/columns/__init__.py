"""What the columns of an export are: their roles, their shapes, what they describe."""
