"""Clothes worn now, the picture without them, and what of them a new garment leaves to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from tryon.arrays import BoolMask, RgbImage, SoftMask, frozen

# A draft the new garment is laid over: (H, W, 3) uint8, and (H, W) float32 where its garment is.
Below: TypeAlias = tuple[RgbImage, SoftMask]


@dataclass(frozen=True, slots=True, eq=False)
class OldClothes:
    """A piece of clothing worn now, and the photo without it.

    Attributes:
        mask: (H, W) float32, sleeves included.
        photo_without: (H, W, 3) uint8, the photo with skin, trousers or background painted over
            it: only for where it sticks out beyond a new garment.
        uncovered: (H, W) bool, where nothing plausible could be painted.
    """

    mask: SoftMask
    photo_without: RgbImage
    uncovered: BoolMask

    def __post_init__(self) -> None:
        for array in (self.mask, self.photo_without, self.uncovered):
            frozen(array)

    @staticmethod
    def none(photo_rgb: RgbImage) -> "OldClothes":
        """Nothing found that would have to be covered."""
        empty = np.zeros(photo_rgb.shape[:2], np.float32)
        return OldClothes(empty, photo_rgb, empty > 0)


def without_old(old: Sequence[OldClothes], photo_rgb: RgbImage, below: Below | None) -> RgbImage:
    """(H, W, 3) uint8: the picture a garment is laid on, without the clothes it replaces."""
    if below is None and len(old) == 1:
        return old[0].photo_without
    picture = below[0] if below else photo_rgb
    for part in old:
        shown = (part.photo_without != photo_rgb).any(axis=2).astype(np.float32)
        if below:
            shown = shown * (1 - below[1])
        picture = np.asarray(cv2.blendLinear(picture, part.photo_without, 1 - shown, shown))
    return picture


def sticking_out(old: Sequence[OldClothes], region: SoftMask, below: Below | None) -> BoolMask:
    """(H, W) bool: old clothes beyond the new garment and the one below it."""
    covered = region if below is None else np.maximum(region, below[1])
    found = np.zeros(region.shape, bool)
    for part in old:
        found |= part.mask > 0.5
    return np.asarray(found & (covered < 0.5))
