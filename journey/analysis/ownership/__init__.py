"""Who owns what, what one department hands to another, and what was promised."""
