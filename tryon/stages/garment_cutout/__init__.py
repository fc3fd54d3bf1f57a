"""Stage 3: the garment without its background, its gaps and the person in it."""
