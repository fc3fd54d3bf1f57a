"""What is painted where the old top sticks out: bare arms and neck, trousers, or the background."""

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, RgbaImage, RgbImage, SoftMask, to_unit_float
from tryon.geometry import mask_box_xyxy
from tryon.stages.bare_arms import bare_skin
from tryon.stages.continued import SHADOW_PX, Continued, continue_up, lay_cloth
from tryon.stages.fill import fill_from
from tryon.stages.limbs import (
    hand_shape,
    head_shape,
    neck_shape,
    polygon,
    trunk_corners,
)  # fmt: skip
from tryon.stages.old_clothes import OldClothes
from tryon.stages.person_colours import PersonColours
from tryon.stages.skin import SURE_SKIN
from tryon.stages.spine import WAIST_ABOVE_HIPS, Spine

Part: TypeAlias = tuple[BoolMask, BoolMask, float]

# Bare skin is painted within a neckline and on the midriff, never on the bust; at its sides the
# body is taken to be as slim as the new garment.
BUST = (0.55, 0.72)  # from shoulder widths below the shoulder line to this share of the trunk
ARMPIT = 0.3  # shoulder widths below the shoulder line, above which all of the trunk may be bare
BUST_SIDE = 0.24  # shoulder widths from the spine, within which the bust stays as it is
SIDE = 0.34  # shoulder widths from the spine
HIPS = 0.43  # shoulder widths from the spine within which legs are where none are seen
WAIST_TO_HIPS = 0.62  # breadth of the waist / breadth of the hips
MIN_HIP, MIN_ROWS = 0.2, 5  # rows of the small grid that reach out less are not hips; too few
MIN_KNOWN_PX = 60  # of the small grid: fewer say nothing of a colour
MIN_WORN_BELOW = 0.015  # of the person: less of trousers or skirt says nothing of how they go on
IN_SHADOW = 45  # percent of a face's skin are darker than the chest below it
EDGE_SHADE = 0.2  # of its brightness: how much darker a round limb is at its edge
EDGE_SIGMA = 0.8  # px of the small grid: as soft as the edges of the photo itself
RIM_PX = 3  # of the small grid, beside the person: their colour is mixed with the background's


def paint_underlay(
    small: PersonColours,
    skin: SoftMask,
    hair: BoolMask,
    arms: BoolMask,
    old_top: BoolMask,
    without_sleeves: tuple[BoolMask, NDArray[np.float32]],
) -> tuple[RgbaImage, Continued | None]:
    """What to paint over the old top.

    Args:
        small: the photo on its small grid.
        skin: (h, w) float32 likeness to the skin of the face.
        hair: (h, w) bool.
        arms: (h, w) bool, visible arms, bare or sleeved.
        old_top: (h, w) bool, the top worn now.
        without_sleeves: what `bare_arms` gives.

    Returns:
        (h, w, 4) uint8, alpha 0 elsewhere and where nothing is known; and how the trousers or
        skirt go on in it, None where they do not.
    """
    shape_hw, spine = small.shape_hw, Spine.of(small.pose)
    along, aside = spine.coordinates(shape_hw)
    waist = spine.length - WAIST_ABOVE_HIPS
    bare_arm, shade = without_sleeves
    trunk = polygon(shape_hw, trunk_corners(small.pose)) & ~bare_arm
    middle = np.abs(aside) < SIDE
    at_bust = (along >= BUST[0]) & (along <= BUST[1] * spine.length)
    bust = trunk & at_bust & (np.abs(aside) < BUST_SIDE)
    bare_trunk = trunk & ~at_bust & (along < waist) & (middle | (along < ARMPIT))
    body = small.person & (bare_arm | bare_trunk | neck_shape(small.pose, shape_hw))
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
    underlay = painted(small, parts, np.where(body, shade, np.float32(0)), old_top, kept)
    missing = legs & ~body & old_top
    if int(worn_below.sum()) < parts[1][2] or not missing.any():
        return underlay, None
    goes_on = continue_up(missing, worn_below)
    goes_on.weight[~legs | body] = 0
    hem = cv2.dilate(missing.astype(np.uint8), np.ones((2 * SHADOW_PX + 1, 1), np.uint8)) > 0
    underlay[hem & worn_below & (goes_on.weight > 0), 3] = 255  # its shadow goes with it
    return underlay, goes_on


def _is_lit(light: NDArray[np.float32], bare: BoolMask) -> BoolMask:
    """(h, w) bool: as bright as most of the face: below the chin it is in its own shadow."""
    if not bare.any():
        return bare
    return np.asarray(light >= np.percentile(light[bare], IN_SHADOW))


def painted(
    small: PersonColours,
    parts: Sequence[Part],
    shade: NDArray[np.float32],
    old: BoolMask,
    kept: BoolMask,
) -> RgbaImage:
    """(h, w, 4) uint8: every part in its colours, over old clothes and a rim around them.

    Args:
        small: the photo on its small grid.
        parts: each where to paint, (h, w) bool; where its colours are seen, (h, w) bool; and how
            many pixels of these are needed. Later parts lie over earlier ones.
        shade: (h, w) float32, 0 in the middle of a limb .. 1 at its edge.
        old: (h, w) bool, the clothes to paint over.
        kept: (h, w) bool, what of the rim stays as it is.
    """
    colours = np.zeros((*small.shape_hw, 3), np.uint8)
    alpha = np.zeros(small.shape_hw, np.uint8)
    for place, known, least_px in parts:
        seen = int(known.sum()) >= least_px
        alpha[place] = 255 if seen else 0
        if seen and (place & old).any():
            cv2.copyTo(fill_from(small.rgb, known), place.astype(np.uint8), colours)
    # Colours at the border are mixed with those of the old clothes: paint a little beyond.
    rim = cv2.dilate(old.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    alpha[~rim | kept] = 0
    shaded = cv2.multiply(colours, cv2.merge([1 - EDGE_SHADE * shade] * 3), dtype=cv2.CV_8U)
    return np.dstack([cv2.GaussianBlur(shaded, (0, 0), EDGE_SIGMA), alpha])


def behind(small: PersonColours) -> BoolMask:
    """(h, w) bool: the background, away from the person's soft edge."""
    fringe = np.ones((2 * RIM_PX + 1, 2 * RIM_PX + 1), np.uint8)
    return np.asarray(cv2.dilate(small.person.astype(np.uint8), fringe) == 0)


def _reach(outward: NDArray[np.float32], below: BoolMask) -> float:
    """How far to one side the hips reach, from the narrower rows of the clothes on them.

    Wider rows are legs apart, or the end of the top.
    """
    rows = np.where(below, outward, 0.0).max(axis=1)
    rows = rows[rows > MIN_HIP]
    return float(np.percentile(rows, 20)) if len(rows) >= MIN_ROWS else HIPS


def take_off(
    photo_rgb: RgbImage, old: BoolMask, underlay: RgbaImage, goes_on: Continued | None = None
) -> OldClothes:
    """Old clothes at full size, and the photo with the underlay over them.

    Args:
        photo_rgb: (H, W, 3) uint8.
        old: (h, w) bool, on the small grid.
        underlay: (h, w, 4) uint8, see `painted`.
        goes_on: what is worn below, where it goes on in the underlay.
    """
    height, width = photo_rgb.shape[:2]
    mask = np.asarray(cv2.resize(old.astype(np.float32), (width, height)), np.float32)
    alpha = to_unit_float(cv2.resize(underlay[..., 3], (width, height)))
    without = photo_rgb.copy()
    box = mask_box_xyxy(alpha > 0)
    if box is not None:
        here = np.s_[box[1] : box[3], box[0] : box[2]]
        colours = np.asarray(cv2.resize(underlay[..., :3], (width, height)))
        if goes_on is not None:
            lay_cloth(photo_rgb, colours, goes_on)
        weight = np.ascontiguousarray(alpha[here])
        under = photo_rgb[here].copy()
        mixed = cv2.blendLinear(np.ascontiguousarray(colours[here]), under, weight, 1 - weight)
        without[here] = cv2.copyTo(mixed, (weight > 0).astype(np.uint8), under)
    return OldClothes(mask, without, (mask > 0.5) & (alpha < 0.5))
