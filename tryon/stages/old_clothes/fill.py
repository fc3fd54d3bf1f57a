"""Colours spread from where they are known to where they are not."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, RgbImage, SoftMask

SHRINK = 4  # filled-in colours are smooth: a quarter of the resolution is enough


def fill_from(rgb: RgbImage, known: BoolMask) -> RgbImage:
    """(h, w, 3) uint8: known colours spread smoothly over the rest."""
    share = known.astype(np.uint8) * np.uint8(255)
    only_known = cv2.bitwise_and(rgb, rgb, mask=share)
    size_wh = (known.shape[1], known.shape[0])
    coarse_wh = coarse_size(size_wh)
    colours, weight = (
        cv2.resize(image, coarse_wh, None, 0, 0, cv2.INTER_AREA).astype(np.float32)
        for image in (only_known, share)
    )
    smooth = np.clip(spread(colours, weight / 255) + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(smooth, size_wh), np.uint8)


def coarse_size(size_wh: tuple[int, int]) -> tuple[int, int]:
    """(width, height) at which colours are filled in."""
    return (max(1, size_wh[0] // SHRINK), max(1, size_wh[1] // SHRINK))


def spread(colours: NDArray[np.float32], weight: SoftMask) -> NDArray[np.float32]:
    """Push-pull over an image pyramid.

    Args:
        colours: (h, w, 3) float32, multiplied by `weight`.
        weight: (h, w) float32, 0 unknown .. 1 known.

    Returns:
        (h, w, 3) float32: the colours where they are known, smooth in between.

    Source: Gortler et al., The Lumigraph, SIGGRAPH 1996.
    """
    levels = [(colours, weight)]
    while min(levels[-1][1].shape) > 2:
        levels.append((cv2.pyrDown(levels[-1][0]), cv2.pyrDown(levels[-1][1])))
    colours, weight = levels.pop()
    filled = colours / np.maximum(weight, 1e-6)[..., None]
    for colours, weight in reversed(levels):
        coarse = cv2.pyrUp(filled, None, (weight.shape[1], weight.shape[0]))
        filled = colours + coarse * (1 - weight)[..., None]
    return np.asarray(filled, np.float32)
