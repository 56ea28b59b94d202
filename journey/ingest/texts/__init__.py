"""Text as it was meant: encodings, decimals, one spelling, words that stand for nothing."""
