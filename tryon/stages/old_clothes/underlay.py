"""What is painted where the old top sticks out: bare arms and neck, trousers, or the background."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, SoftMask
from tryon.stages.body.limbs import (
    hand_shape,
    head_shape,
    neck_shape,
    polygon,
    trunk_corners,
)  # fmt: skip
from tryon.stages.body.spine import WAIST_ABOVE_HIPS, Spine
from tryon.stages.old_clothes.continued import SHADOW_PX, continue_up
from tryon.stages.old_clothes.paint_over import MIN_KNOWN_PX, Underlay, behind, layered
from tryon.stages.person.bare_arms import bare_skin
from tryon.stages.person.person_colours import PersonColours
from tryon.stages.person.skin import SURE_SKIN

# Bare skin is painted within a neckline and on the midriff, never on the bust; at its sides the
# body is taken to be as slim as the new garment.
BUST = (0.55, 0.72)  # from shoulder widths below the shoulder line to this share of the trunk
ARMPIT = 0.3  # shoulder widths below the shoulder line, above which all of the trunk may be bare
SLOPES, SHOULDERS = 0.25, 0.42  # shoulder widths above the shoulder line, and from the spine
BUST_SIDE = 0.24  # shoulder widths from the spine, within which the bust stays as it is
SIDE = 0.34  # shoulder widths from the spine
HIPS = 0.43  # shoulder widths from the spine within which legs are where none are seen
WAIST_TO_HIPS = 0.62  # breadth of the waist / breadth of the hips
MIN_HIP, MIN_ROWS = 0.2, 5  # rows of the small grid that reach out less are not hips; too few
MIN_WORN_BELOW = 0.015  # of the person: less of trousers or skirt says nothing of how they go on
IN_SHADOW = 45  # percent of a face's skin are darker than the chest below it


def paint_underlay(
    small: PersonColours,
    skin: SoftMask,
    hair: BoolMask,
    arms: BoolMask,
    old_top: BoolMask,
    without_sleeves: tuple[BoolMask, NDArray[np.float32]],
) -> Underlay:
    """What to paint over the old top.

    Args:
        small: the photo on its small grid.
        skin: (h, w) float32 likeness to the skin of the face.
        hair: (h, w) bool.
        arms: (h, w) bool, visible arms, bare or sleeved.
        old_top: (h, w) bool, the top worn now.
        without_sleeves: what `bare_arms` gives.
    """
    shape_hw, spine = small.shape_hw, Spine.of(small.pose)
    along, aside = spine.coordinates(shape_hw)
    waist = spine.length - WAIST_ABOVE_HIPS
    bare_arm, shade = without_sleeves
    trunk = polygon(shape_hw, trunk_corners(small.pose))
    middle = np.abs(aside) < SIDE
    at_bust = (along >= BUST[0]) & (along <= BUST[1] * spine.length)
    bust = trunk & ~bare_arm & at_bust & (np.abs(aside) < BUST_SIDE)
    bare_trunk = trunk & ~bare_arm & ~at_bust & (along < waist) & (middle | (along < ARMPIT))
    slopes = (along > -SLOPES) & (along < ARMPIT) & (np.abs(aside) < SHOULDERS)
    body = small.person & (bare_arm | bare_trunk | slopes | neck_shape(small.pose, shape_hw))
    below = small.person & ~arms & ~old_top & (along > waist) & (along < spine.length + 0.8)
    reach = [_reach(sign * aside, below) for sign in (-1, 1)]
    taper = np.interp(along, (waist, spine.length), (WAIST_TO_HIPS, 1.0)).astype(np.float32)
    legs = small.person & ~bare_arm & (along >= waist)
    legs &= (-reach[0] * taper < aside) & (aside < reach[1] * taper)
    worn_below = below & (skin < SURE_SKIN) & ~hand_shape(small.pose, "left", shape_hw)
    worn_below &= ~hand_shape(small.pose, "right", shape_hw)
    bare = bare_skin(small, skin, arms, old_top)
    bare &= arms | _is_lit(small.lab[..., 0], bare & ~arms)
    parts = (
        (~bust, behind(small), MIN_KNOWN_PX),
        (legs, worn_below, MIN_WORN_BELOW * int(small.person.sum())),
        (body, bare, MIN_KNOWN_PX),
    )
    kept = ~old_top & (hair | head_shape(small.pose, shape_hw))
    # Above the armpits an arm goes over into the trunk: no edge there.
    shade = np.where(body & ~(trunk & (along < ARMPIT)), shade, np.float32(0))
    underlay = layered(small, parts, shade, old_top, kept)
    missing = legs & ~body & old_top
    if int(worn_below.sum()) < parts[1][2] or not missing.any():
        return underlay
    goes_on = continue_up(missing, worn_below)
    goes_on.weight[~legs | body] = 0
    hem = cv2.dilate(missing.astype(np.uint8), np.ones((2 * SHADOW_PX + 1, 1), np.uint8)) > 0
    hem &= worn_below & (goes_on.weight > 0)  # its shadow goes with it
    return replace(underlay, over=underlay.over | hem, goes_on=goes_on)


def _is_lit(light: NDArray[np.float32], bare: BoolMask) -> BoolMask:
    """(h, w) bool: as bright as most of the face: below the chin it is in its own shadow."""
    if not bare.any():
        return bare
    return np.asarray(light >= np.percentile(light[bare], IN_SHADOW))


def _reach(outward: NDArray[np.float32], below: BoolMask) -> float:
    """How far to one side the hips reach, from the narrower rows of the clothes on them.

    Wider rows are legs apart, or the end of the top.
    """
    rows = np.where(below, outward, 0.0).max(axis=1)
    rows = rows[rows > MIN_HIP]
    return float(np.percentile(rows, 20)) if len(rows) >= MIN_ROWS else HIPS
