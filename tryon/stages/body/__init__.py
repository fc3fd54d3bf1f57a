"""Stage 2: what follows from keypoints: limbs, spine, waistband, and whether it is one human."""
