"""Stage 3: what the outline tells: type, sleeves, neckline and anchors."""
