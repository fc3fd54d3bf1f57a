"""Stage 5: the parts of the score, a module for each family, and their sentences."""
