"""Stage 1: the clothes worn now, and the photo without them."""
