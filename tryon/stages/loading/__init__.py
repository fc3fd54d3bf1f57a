"""Stage 0: what kind of file it is, and its colours in sRGB."""
