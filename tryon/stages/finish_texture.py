"""The same camera for garment and photo: sharpness and grain."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, RgbImage, SoftMask

Field = NDArray[np.float32]

MOST_BLUR: Final = 1.6  # px: a garment photo much sharper than the photo loses no more than this
MOST_SHARPENING: Final = 0.8
MIN_PIXELS: Final = 400  # fewer say nothing about a camera
GRAIN_SEED: Final = 7  # the same fit gives the same picture


def sharpness(rgb: RgbImage, where: BoolMask) -> float | None:
    """Width-free acuity of the strongest edges: finest detail against the next coarser.

    None where there are no edges to measure.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = cv2.GaussianBlur(grey, (0, 0), 0.7)
    coarse = cv2.GaussianBlur(grey, (0, 0), 1.4)
    inner = cv2.erode(where.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if int(inner.sum()) < MIN_PIXELS:
        return None
    first, second = np.abs(grey - fine)[inner], np.abs(fine - coarse)[inner]
    strong = second >= np.percentile(second, 90)
    if float(second[strong].mean()) < 1.0:
        return None
    return float(first[strong].mean() / second[strong].mean())


def grain_sigma(rgb: RgbImage, where: BoolMask) -> float:
    """Standard deviation of the noise in its smoothest parts, in 0..255 levels.

    Source: Immerkaer, Computer Vision and Image Understanding 64(2), 1996; the median instead of
    the mean, so that texture does not count.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    inner = cv2.erode(where.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if int(inner.sum()) < MIN_PIXELS:
        return 0.0
    response = np.abs(cv2.filter2D(grey, cv2.CV_32F, kernel))[inner]
    return float(np.percentile(response, 35)) / (0.4538 * 6)


def match_camera(
    painted: NDArray[np.float32], photo: RgbImage, draft: RgbImage, cloth: SoftMask, worn: SoftMask
) -> NDArray[np.float32]:
    """The garment as sharp and as grainy as the photo.

    Args:
        painted: (H, W, 3) float32 0..255, the garment lit.
        photo: (H, W, 3) uint8.
        draft: (H, W, 3) uint8, where the garment's own sharpness and grain are measured.
        cloth: (H, W) float32.
        worn: (H, W) float32, clothes in the photo: what cloth looks like to this camera.
    """
    solid, dressed = cloth > 0.95, worn > 0.9
    ours, theirs = sharpness(draft, solid), sharpness(photo, dressed)
    if ours is not None and theirs is not None:
        painted = _as_sharp(painted, ours, theirs)
    missing = grain_sigma(photo, dressed) ** 2 - grain_sigma(draft, solid) ** 2
    if missing > 0.05:
        noise = np.random.default_rng(GRAIN_SEED).normal(0, 1, cloth.shape).astype(np.float32)
        noise = cv2.GaussianBlur(noise, (0, 0), 0.6)
        noise *= np.sqrt(missing) / noise.std()
        painted = painted + noise[..., None]
    return painted


def _as_sharp(painted: NDArray[np.float32], ours: float, theirs: float) -> NDArray[np.float32]:
    ratio = theirs / max(ours, 1e-3)
    if ratio < 0.95:
        sigma = min(MOST_BLUR, 0.9 * float(np.sqrt(1 / ratio - 1)))
        return np.asarray(cv2.GaussianBlur(painted, (0, 0), max(0.3, sigma)), np.float32)
    if ratio > 1.05:
        amount = min(MOST_SHARPENING, ratio - 1)
        soft = cv2.GaussianBlur(painted, (0, 0), 1.0)
        return np.asarray(painted + amount * (painted - soft), np.float32)
    return painted
