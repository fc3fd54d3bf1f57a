"""Stage 1: skin, hair and arms, told by the person's own colours."""
