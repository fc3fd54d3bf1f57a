"""A garment that lies turned in its photo, set upright: what is read off outlines goes by rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from tryon.anchors import Anchor, AnchorSet
from tryon.arrays import BoolMask, RgbImage, SoftMask
from tryon.geometry import fit_within

SIDE = 128  # px: the turn is measured on a picture of this size
NUM_RINGS, NUM_ANGLES = 64, 720  # of the polar picture: half a degree each
MOST_TURN = 20.0  # degrees: more is a way of lying that an axis of symmetry says nothing about
LEAST_TURN = 2.0  # degrees: less changes no anchor, and reading off a resampled outline costs
LESS_UNEVEN = 0.7  # what is uneven about the turned axis / about the upright one


@dataclass(frozen=True, slots=True, eq=False)
class Upright:
    """A garment's outline and picture, set upright where it lies turned.

    Attributes:
        mask: (h, w) bool.
        rgb: (h, w, 3) uint8.
        lean_deg: how far it leaned to the right.
        to_picture: (2, 3) float64, its xy to those of the picture given; None where it lay so.
    """

    mask: BoolMask
    rgb: RgbImage
    lean_deg: float = 0.0
    to_picture: NDArray[np.float64] | None = None

    @staticmethod
    def of(photo_rgb: RgbImage, alpha: SoftMask) -> "Upright":
        """Of an (H, W, 3) uint8 picture and its (H, W) float32 alpha."""
        lean = lean_deg(alpha)
        if lean == 0.0:
            return Upright(alpha > 0.5, photo_rgb)
        height, width = alpha.shape
        upright = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), lean, 1.0)
        room = np.abs(upright[:, :2]) @ (width, height)
        wide, high = (int(np.ceil(side)) for side in room)
        upright[:, 2] += (wide - width) / 2, (high - height) / 2
        mask = cv2.warpAffine(alpha, upright, (wide, high)) > 0.5
        edge = cv2.BORDER_REPLICATE
        rgb = cv2.warpAffine(photo_rgb, upright, (wide, high), None, cv2.INTER_LINEAR, edge)
        return Upright(mask, rgb, lean, cv2.invertAffineTransform(upright))

    def in_picture(self, anchors: Sequence[Anchor]) -> tuple[Anchor, ...]:
        """Anchors read off here, in pixels of the picture given."""
        if self.to_picture is None:
            return tuple(anchors)
        return _moved(anchors, self.to_picture)


def set_upright(anchors: AnchorSet, lean: float) -> AnchorSet:
    """Anchors of a garment that leans by `lean` degrees, turned back about their picture's middle.

    Nothing to draw: heights and breadths are measured on them.
    """
    if lean == 0.0:
        return anchors
    middle = ((anchors.width - 1) / 2, (anchors.height - 1) / 2)
    turn = cv2.getRotationMatrix2D(middle, lean, 1.0)
    return replace(anchors, anchors=_moved(anchors.anchors, turn))


def _moved(anchors: Sequence[Anchor], by: NDArray[np.float64]) -> tuple[Anchor, ...]:
    points = [by @ (anchor.x, anchor.y, 1.0) for anchor in anchors]
    return tuple(
        replace(anchor, x=float(x), y=float(y))
        for anchor, (x, y) in zip(anchors, points, strict=True)
    )


def lean_deg(alpha: SoftMask) -> float:
    """How far a garment leans to the right, in degrees; 0 where no turn makes it clearly more even.

    Seen in polar coordinates about its centre, a shape that is even about a leaning axis is its own
    mirror image, shifted by twice the lean.

    Args:
        alpha: (H, W) float32.
    """
    size_wh = fit_within((alpha.shape[1], alpha.shape[0]), SIDE)
    small = cv2.resize(alpha, size_wh, None, 0, 0, cv2.INTER_AREA)
    of = cv2.moments(small)
    if of["m00"] <= 0:
        return 0.0
    centre = (of["m10"] / of["m00"], of["m01"] / of["m00"])
    farthest = float(np.hypot(*size_wh))
    how = cv2.INTER_LINEAR | cv2.WARP_FILL_OUTLIERS
    polar = cv2.warpPolar(small, (NUM_RINGS, NUM_ANGLES), centre, farthest, how)
    polar *= np.sqrt(np.arange(NUM_RINGS, dtype=np.float32))  # squared below: a ring's area
    spectrum = fft.rfft(polar, axis=0)
    overlap = fft.irfft((spectrum**2).sum(axis=1), NUM_ANGLES)  # at k: mirrored about k / 2
    uneven = np.maximum(float((polar**2).sum()) - overlap, 0.0)
    step = 360.0 / NUM_ANGLES
    reach = round(2 * MOST_TURN / step)
    upwards = np.arange(-reach, reach + 1)  # twice the lean; an axis pointing up is at -90 degrees
    at = uneven[(NUM_ANGLES // 2 + upwards) % NUM_ANGLES]
    best = int(np.argmin(at))
    lean = float(upwards[best]) * step / 2
    is_clear = at[best] < LESS_UNEVEN * at[reach] and 0 < best < len(at) - 1
    return lean if is_clear and abs(lean) >= LEAST_TURN else 0.0
