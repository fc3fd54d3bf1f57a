"""Which of the clothes worn now a new garment takes the place of, and the picture without them."""

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np

from tryon.anchors import FULL_TYPES, LOWER_TYPES, UPPER_TYPES, GarmentType
from tryon.arrays import BoolMask, RgbImage, SoftMask
from tryon.stages.old_top import OldClothes
from tryon.stages.segment import PersonMasks

# A draft the new garment is laid over: (H, W, 3) uint8, and (H, W) float32 where its garment is.
Below: TypeAlias = tuple[RgbImage, SoftMask]


def replaced(
    masks: PersonMasks, garment_type: GarmentType, under: GarmentType | None
) -> tuple[OldClothes, ...]:
    """The clothes worn now that this type of garment takes the place of, those gone left out.

    Garments are laid on from below (`WORN_ORDER`): what the one under this replaced is gone.

    Args:
        masks: of the person.
        garment_type: of the new garment.
        under: type of the new garment right below it; None where there is none.
    """
    bottom = garment_type not in UPPER_TYPES and under not in LOWER_TYPES | FULL_TYPES
    top = garment_type not in LOWER_TYPES and under not in UPPER_TYPES | FULL_TYPES
    return (masks.old_bottom,) * bottom + (masks.old_top,) * top


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
