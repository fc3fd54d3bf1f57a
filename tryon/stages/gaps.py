"""Narrow gaps between the sheets of a worn garment and beside arms: cloth in a crease."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import SoftMask
from tryon.stages.fill import coarse_size, spread

CREASE = 0.85  # brightness of cloth in a crease
EVEN_PX = 9  # of the half resolution: bumps of the old clothes up to half of this are no edges
SOFT_PX = 1.2  # of the half resolution: roundness of the edge of added cloth
MIN_GAP_PX = 20  # fewer pixels of gaps than this are not worth closing


def close_gaps(
    colours: NDArray[np.float32],
    region: SoftMask,
    dressed: SoftMask,
    sleeved: SoftMask,
    arms: SoftMask,
    gap_px: float,
) -> None:
    """Let cloth go on over gaps in it and to the edges of arms, in place.

    Args:
        colours: (h, w, 3) float32 0..255, contiguous; what is seen of the garment, times `region`.
        region: (h, w) float32, contiguous; how much of each pixel is garment.
        dressed: (h, w) float32, where cloth may be added.
        sleeved: (h, w) float32, where no skin may show beside the cloth.
        arms: (h, w) float32, arms in front of the cloth: a gap may end at them too.
        gap_px: gaps up to this width are closed.
    """
    half_wh = (max(1, region.shape[1] // 2), max(1, region.shape[0] // 2))
    cloth, may, must, limbs = (
        cv2.resize(mask, half_wh, None, 0, 0, cv2.INTER_AREA)
        for mask in (region, dressed, sleeved, arms)
    )
    may = cv2.blur(may, (EVEN_PX, EVEN_PX))
    covered = (cloth > 0.5).astype(np.uint8)
    size = 2 * max(1, round(gap_px / 4)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))  # a square shows its corners
    padded = np.pad(covered | (limbs > 0.5), size)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, disc)
    near = cv2.dilate(covered, disc)
    creases = closed[size:-size, size:-size] * (may > 0.5) * (1 - covered)
    rims = ((near > covered) & (must > 0.5)).astype(np.uint8)  # lines along a soft edge are none
    rims = cv2.morphologyEx(rims, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    gap = np.maximum(creases, rims).astype(np.float32)
    if int((gap > 0.5).sum()) < MIN_GAP_PX:
        return
    seam = cv2.dilate(gap, np.ones((3, 3), np.uint8)) * covered  # no line where cloth meets cloth
    soft = cv2.GaussianBlur(gap, (0, 0), SOFT_PX)  # nor stairs at its edge
    gap = np.maximum(np.clip(3 * soft - 1, 0, 1), seam)
    size_wh = (region.shape[1], region.shape[0])
    lit = gap * np.where(creases > rims, np.float32(CREASE), np.float32(1))
    weights = cv2.resize(np.dstack([gap, lit]).astype(np.float32), size_wh)
    at = np.flatnonzero(weights[..., 0])  # few pixels, in all corners of the garment
    coarse_wh = coarse_size(size_wh)
    known = (cv2.resize(part, coarse_wh, None, 0, 0, cv2.INTER_AREA) for part in (colours, region))
    cloth_colours = cv2.resize(spread(*known), size_wh)
    own, lit = (weights.reshape(-1, 2)[at] * (1 - region.ravel()[at])[:, None]).T
    colours.reshape(-1, 3)[at] += cloth_colours.reshape(-1, 3)[at] * lit[:, None]
    region.ravel()[at] += own
