"""Stage 4: where the garment's anchors go on the body."""
