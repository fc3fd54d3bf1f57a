"""The same camera for garment and photo: sharpness and grain."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, RgbImage, SoftMask

Field = NDArray[np.float32]

STRONGEST: Final = 98  # percentile: of many edges some are in focus
MOST_BLUR: Final = 0.9  # px: a garment photo much sharper than the photo loses no more than this
SOFTER: Final = 0.85  # ratio of the sharpness of photo and garment from which it can be seen
MIN_PIXELS: Final = 400  # fewer say nothing about a camera
BLOCK_PX: Final = 8
MIN_BLOCKS: Final = 40
LEAST_GRAIN, MOST_GRAIN = 0.3, 5.0  # levels: less is not seen, more is no camera's
GRAIN_SIZE: Final = 0.5  # px: a camera's noise is a little wider than its pixels
GRAIN_SEED: Final = 7  # the same fit gives the same picture


@dataclass(frozen=True, slots=True)
class Camera:
    """What a garment lacks to be of the same camera as the photo.

    Attributes:
        blur_sigma: px; 0 where the garment is not sharper.
        grain_sigma: levels; 0 where it has as much grain.
    """

    blur_sigma: float
    grain_sigma: float

    def seen_through(self, painted: Field) -> Field:
        """(H, W, 3) float32 0..255, softer and with grain."""
        if self.blur_sigma > 0:
            painted = np.asarray(cv2.GaussianBlur(painted, (0, 0), self.blur_sigma), np.float32)
        if self.grain_sigma > 0:
            dice = np.random.default_rng(GRAIN_SEED)
            noise = dice.standard_normal(painted.shape[:2], np.float32)
            noise = cv2.GaussianBlur(noise, (0, 0), GRAIN_SIZE)
            noise *= self.grain_sigma / float(_response(noise).mean())
            painted = painted + noise[..., None]
        return painted


def camera_of(photo: RgbImage, draft: RgbImage, cloth: SoftMask) -> Camera:
    """What the photo's camera would do to the garment.

    It is measured where the photo shows no garment: the clothes worn there are of another cloth.

    Args:
        photo: (H, W, 3) uint8.
        draft: (H, W, 3) uint8, with the garment.
        cloth: (H, W) float32, where it is.
    """
    rest, solid = cloth < 0.01, cloth > 0.95
    grain = grain_sigma(photo, rest) ** 2 - grain_sigma(draft, solid) ** 2
    return Camera(
        _blur_sigma(sharpness(draft, solid), sharpness(photo, rest)),
        min(MOST_GRAIN, float(np.sqrt(grain))) if grain > LEAST_GRAIN**2 else 0.0,
    )


def _blur_sigma(ours: float | None, theirs: float | None) -> float:
    """Never sharper: that brings out what the warp did to the cloth, and moved 6 of 28 pairs away
    from the real photo that otherwise came closer."""
    if ours is None or theirs is None or theirs > SOFTER * ours:
        return 0.0
    return max(0.3, min(MOST_BLUR, 0.9 * float(np.sqrt(ours / theirs - 1))))


def sharpness(rgb: RgbImage, where: BoolMask) -> float | None:
    """Acuity of the strongest edges: finest detail against the next coarser.

    Of (H, W, 3) uint8 within (H, W) bool; None where there are no edges to measure.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = cv2.GaussianBlur(grey, (0, 0), 0.7)
    coarse = cv2.GaussianBlur(grey, (0, 0), 1.4)
    inner = cv2.erode(where.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if int(inner.sum()) < MIN_PIXELS:
        return None
    first, second = np.abs(grey - fine)[inner], np.abs(fine - coarse)[inner]
    strong = second >= np.percentile(second, STRONGEST)
    if float(second[strong].mean()) < 1.0:
        return None
    return float(first[strong].mean() / second[strong].mean())


def grain_sigma(rgb: RgbImage, where: BoolMask) -> float:
    """Standard deviation of the noise, in 0..255 levels, in the smoothest tenth of its blocks.

    Of (H, W, 3) uint8 within (H, W) bool. Texture counts as little as it can: a pattern that fills
    the picture would be taken for noise.

    Source: Immerkaer, Computer Vision and Image Understanding 64(2), 1996, block by block.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    size_wh = (max(1, grey.shape[1] // BLOCK_PX), max(1, grey.shape[0] // BLOCK_PX))
    mean, light, inside = (
        cv2.resize(array, size_wh, None, 0, 0, cv2.INTER_AREA)
        for array in (_response(grey), grey, where.astype(np.float32))
    )
    blocks = mean[(inside > 0.99) & (light > 16) & (light < 239)]  # clipped light has no noise
    if len(blocks) < MIN_BLOCKS:
        return 0.0
    return float(np.percentile(blocks, 10))


def _response(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W) float32: of white noise its mean is the noise's standard deviation."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    filtered = np.abs(cv2.filter2D(grey, cv2.CV_32F, kernel))
    return np.asarray(filtered * np.float32(np.sqrt(np.pi / 2) / 6), np.float32)
