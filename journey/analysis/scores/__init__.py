"""How good leads are: scores and what they are worth, milestones, not buyers."""
