"""Stage 4: layers bent to the body, composed, and hidden by what is in front."""
