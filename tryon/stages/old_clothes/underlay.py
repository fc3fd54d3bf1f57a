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
BUST = (0.55, 0.62)  # from shoulder widths below the shoulder line to this share of the trunk
ARMPIT = (0.1, 0.45)  # shoulder widths below the shoulder line: the body narrows to its sides,
CHEST = 0.5  # shoulder widths from the spine, from this,
SIDE = 0.34  # to this
SLOPES, SHOULDERS = 0.25, 0.42  # shoulder widths above the shoulder line, and from the spine
UNDER = (0.03, 0.1)  # shoulder widths below the top's end: bare skin or what is worn there
BUST_SIDE = 0.24  # shoulder widths from the spine, within which the bust stays as it is
HIPS = 0.43  # shoulder widths from the spine within which legs are where none are seen
WAIST_TO_HIPS = 0.62  # breadth of the waist / breadth of the hips
MIN_HIP, MIN_ROWS = 0.2, 5  # rows of the small grid that reach out less are not hips; too few
FILLED = 0.5  # of such a row
FIRST_ROWS = 10  # of the small grid: tell how broad they are where the top ends
SEAT = 0.15  # shoulder widths below that, where they are as broad as the hips
MIN_WORN_BELOW = 0.015  # of the person: less of trousers or skirt says nothing of how they go on
IN_SHADOW = 45  # percent of a face's skin are darker than the chest below it


def paint_underlay(
    small: PersonColours,
    skin: SoftMask,
    hair: BoolMask,
    arms: BoolMask,
    old_top: BoolMask,
    without_sleeves: tuple[BoolMask, NDArray[np.float32]],
    top_end: float | None,
) -> Underlay:
    """What to paint over the old top.

    Args:
        small: the photo on its small grid.
        skin: (h, w) float32 likeness to the skin of the face.
        hair: (h, w) bool.
        arms: (h, w) bool, visible arms, bare or sleeved.
        old_top: (h, w) bool, the top worn now.
        without_sleeves: what `bare_arms` gives.
        top_end: see `PersonMasks.top_end`.
    """
    shape_hw, spine = small.shape_hw, Spine.of(small.pose)
    along, aside = spine.coordinates(shape_hw)
    waist = spine.length - WAIST_ABOVE_HIPS
    if top_end is not None and not _is_midriff_bare(
        along, aside, small.person & ~arms, skin, top_end
    ):
        waist = min(waist, top_end)
    bare_arm, shade = without_sleeves
    trunk = polygon(shape_hw, trunk_corners(small.pose))
    broad = np.interp(along, ARMPIT, (CHEST, SIDE)).astype(np.float32)
    at_bust = (along >= BUST[0]) & (along <= BUST[1] * spine.length)
    bust = trunk & ~bare_arm & at_bust & (np.abs(aside) < BUST_SIDE)
    bare_trunk = trunk & ~bare_arm & ~at_bust & (along < waist) & (np.abs(aside) < broad)
    slopes = (along > -SLOPES) & (along < ARMPIT[0]) & (np.abs(aside) < SHOULDERS)
    body = small.person & (bare_arm | bare_trunk | slopes | neck_shape(small.pose, shape_hw))
    below = small.person & ~arms & ~old_top & (along > waist) & (along < spine.length + 0.8)
    left, right = (_reach(sign * aside, along, below, spine, waist) for sign in (-1, 1))
    legs = small.person & ~bare_arm & (along >= waist) & (-left < aside) & (aside < right)
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
    shade = np.where(body & ~(trunk & (along < ARMPIT[1])), shade, np.float32(0))
    underlay = layered(small, parts, shade, old_top, kept)
    missing = legs & ~body & old_top
    if int(worn_below.sum()) < parts[1][2] or not missing.any():
        return underlay
    goes_on = continue_up(missing, worn_below)
    hem = cv2.dilate(missing.astype(np.uint8), np.ones((2 * SHADOW_PX + 1, 1), np.uint8)) > 0
    hem &= worn_below & legs & ~body & (goes_on.weight > 0)  # its shadow goes with it
    coats = tuple(
        replace(coat, cloth=goes_on) if coat.place is legs else coat for coat in underlay.coats
    )
    return Underlay(coats, underlay.over | hem)


def _is_midriff_bare(
    along: NDArray[np.float32],
    aside: NDArray[np.float32],
    person: BoolMask,
    skin: SoftMask,
    top_end: float,
) -> bool:
    """Whether skin is seen below the top's end, not trousers or a skirt."""
    under = person & (np.abs(aside) < SIDE) & (along > top_end + UNDER[0])
    under &= along < top_end + UNDER[1]
    return bool(under.any() and float(np.median(skin[under])) > SURE_SKIN)


def _is_lit(light: NDArray[np.float32], bare: BoolMask) -> BoolMask:
    """(h, w) bool: as bright as most of the face: below the chin it is in its own shadow."""
    if not bare.any():
        return bare
    return np.asarray(light >= np.percentile(light[bare], IN_SHADOW))


def _reach(
    outward: NDArray[np.float32],
    along: NDArray[np.float32],
    below: BoolMask,
    spine: Spine,
    waist: float,
) -> NDArray[np.float32]:
    """(h, w) float32: how far to one side clothes on the hips reach where they are hidden.

    From their first rows, where the old top ends, they narrow to the waist. Below, they are as
    broad as the narrower rows: wider ones are legs apart.

    Args:
        outward: (h, w) float32, shoulder widths from the spine to this side.
        along: (h, w) float32, shoulder widths down the spine.
        below: (h, w) bool, what is seen below the waist.
        spine: of the person.
        waist: shoulder widths down the spine, where they begin.
    """
    side = below & (outward > 0)
    rows = np.where(side, outward, np.float32(0)).max(axis=1)
    is_filled = side.sum(axis=1) > FILLED * rows * spine.unit_px  # slivers beside the top do not
    seen = np.flatnonzero((rows > MIN_HIP) & is_filled)
    hips = edge = HIPS
    start = spine.length
    if len(seen) >= MIN_ROWS:
        first = seen[:FIRST_ROWS]
        hips, edge = float(np.percentile(rows[seen], 20)), float(np.percentile(rows[first], 75))
        start = float(np.median(along[first][side[first]]))
    share = np.clip((start - waist) / WAIST_ABOVE_HIPS, 0, 1)
    at_waist = edge * (1 - (1 - WAIST_TO_HIPS) * share)
    steps = (waist, max(start, waist), max(start, waist) + SEAT)
    reach = np.interp(along, steps, (at_waist, edge, max(edge, hips)))
    return np.asarray(reach, np.float32)
