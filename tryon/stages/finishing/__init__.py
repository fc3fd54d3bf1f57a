"""Stage 6, offline: light, sharpness and grain of the person's photo."""
