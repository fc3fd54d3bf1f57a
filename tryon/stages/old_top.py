"""The top a person wears now: what of it may stick out beyond a new garment."""

import cv2
import numpy as np

from tryon.arrays import BoolMask, SoftMask
from tryon.stages.limbs import head_shape, polygon, trunk_corners
from tryon.stages.person_colours import PersonColours
from tryon.stages.spine import Spine

SLOPE = 0.25  # shoulder widths above the shoulder line up to which cloth lies on the shoulders,
COLLAR, NECK_HALF = 0.45, 0.30  # and stands as a collar, within this of the spine
BARE, SURE_SKIN = 0.12, 0.5  # skin likeness: below, no skin; above, nothing else
LIKELY, POSSIBLE = 0.5, 0.15  # share of clothes among pixels of a colour
PAST_HIPS = 0.1  # shoulder widths: where a top ends whose end is not seen


def find_old_top(
    small: PersonColours, skin: SoftMask, hair: BoolMask, arms: BoolMask, top_end: float | None
) -> BoolMask:
    """(h, w) bool: the top worn now, sleeves included, from the colours of the trunk.

    Args:
        small: the photo on its small grid.
        skin: (h, w) float32 likeness to the skin of the face.
        hair: (h, w) bool.
        arms: (h, w) bool, bare or sleeved.
        top_end: see `PersonMasks.top_end`.
    """
    spine = Spine.of(small.pose)
    along, aside = spine.coordinates(small.shape_hw)
    end = spine.length + PAST_HIPS if top_end is None else top_end
    trunk = polygon(small.shape_hw, trunk_corners(small.pose)) & small.person
    seed = trunk & ~arms & ~hair & (skin < BARE) & (along > 0.15) & (along < end - 0.05)
    others = ((skin > SURE_SKIN) & ~seed) | hair
    like_top = small.share_of_colour(seed, others)
    above_end = along < end
    above_end &= (along > -SLOPE) | ((along > -COLLAR) & (np.abs(aside) < NECK_HALF))
    candidate = small.person & ~hair & ~head_shape(small.pose, small.shape_hw)
    top = (like_top > LIKELY) & (above_end | arms)
    top |= (like_top > POSSIBLE) & (skin < BARE) & (above_end | (arms & (along < end)))
    opened = cv2.morphologyEx(
        (top & candidate).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)
    )
    return np.asarray(opened > 0)
