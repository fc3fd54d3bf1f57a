"""What a person wears below the waist now: what of it may stick out, and what is painted there."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, SoftMask
from tryon.geometry import unit
from tryon.stages.body.limbs import SIDES, capsule, hand_shape, head_shape, polygon
from tryon.stages.body.spine import WAIST_ABOVE_HIPS, Spine
from tryon.stages.old_clothes.paint_over import MIN_KNOWN_PX, Underlay, behind, layered
from tryon.stages.old_clothes.top import without_gaps
from tryon.stages.person.bare_arms import shade_of
from tryon.stages.person.person_colours import PersonColours
from tryon.stages.person.skin import NO_SKIN, SURE_SKIN

SPECK = 0.05  # shoulder widths: skin-coloured spots up to this size are a pattern
TAILS = 0.12  # shoulder widths: how much lower than at the front a top may end
GAP = 0.10  # shoulder widths: prints and folds up to this size belong to the cloth around them
SEAT_HALF, SEAT_TALL = 0.4, 0.35  # shoulder widths: cloth for certain, below the waist
ABOVE = 0.03  # shoulder widths over the waist at which the cloth begins
# Half widths of bare legs and feet in shoulder widths.
HIP, KNEE, CALF, ANKLE, FOOT = 0.20, 0.115, 0.12, 0.07, 0.13
WAIST, SEAT = 0.38, 0.48  # the same of the trunk
CALF_AT = 0.3  # of the way from knee to ankle


def find_old_bottom(
    small: PersonColours,
    skin: SoftMask,
    hair: BoolMask,
    arms: BoolMask,
    old_top: BoolMask,
    top_end: float | None,
) -> BoolMask:
    """(h, w) bool: trousers or skirt worn now, or the lower part of a dress; no shoes.

    Args:
        small: the photo on its small grid.
        skin: (h, w) float32 likeness to the skin of the face.
        hair: (h, w) bool.
        arms: (h, w) bool, bare or sleeved.
        old_top: (h, w) bool, the top worn now.
        top_end: where that ends, see `PersonMasks.top_end`; None is taken for a dress.
    """
    spine = Spine.of(small.pose)
    along, aside = spine.coordinates(small.shape_hw)
    start = spine.length - WAIST_ABOVE_HIPS if top_end is None else top_end
    hands = hand_shape(small.pose, "left", small.shape_hw)
    hands |= hand_shape(small.pose, "right", small.shape_hw)
    in_pocket = arms & hands & (skin < NO_SKIN)
    place = small.person & (~arms | in_pocket) & ~hair & (along > start - ABOVE) & ~_feet(small)
    if top_end is not None:
        place &= ~(old_top & (along < top_end + TAILS))
    seat = (
        place & ~arms & (along < max(start, spine.length) + SEAT_TALL) & (np.abs(aside) < SEAT_HALF)
    )
    size = 2 * max(1, round(SPECK * spine.unit_px)) + 1
    specks = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    likely = ((skin > SURE_SKIN) & small.person).astype(np.uint8)
    is_skin = cv2.morphologyEx(likely, cv2.MORPH_OPEN, specks) > 0
    if int((seat & ~is_skin).sum()) < MIN_KNOWN_PX:
        return np.zeros(small.shape_hw, bool)
    cloth = small.share_of_colour(seat & ~is_skin, is_skin & ~seat) > 0.5
    found = place & ~is_skin & cloth
    whole = without_gaps(found, GAP * spine.unit_px)
    return np.asarray(whole & place & (~is_skin | seat))


def paint_below(
    small: PersonColours, skin: SoftMask, hair: BoolMask, arms: BoolMask, old_bottom: BoolMask
) -> Underlay:
    """Bare legs and background to paint over the old bottom.

    Args:
        small: the photo on its small grid.
        skin: (h, w) float32 likeness to the skin of the face.
        hair: (h, w) bool.
        arms: (h, w) bool, visible arms, bare or sleeved.
        old_bottom: (h, w) bool, what is worn below the waist now.
    """
    legs, shade = bare_legs(small, old_bottom)
    bare = (skin > SURE_SKIN) & ~old_bottom
    kept = ~old_bottom & (
        hair | arms | head_shape(small.pose, small.shape_hw) | _feet(small) | bare
    )
    parts = ((~legs, behind(small), MIN_KNOWN_PX), (legs, bare, MIN_KNOWN_PX))
    return layered(small, parts, shade, old_bottom, kept)


def bare_legs(small: PersonColours, old_bottom: BoolMask) -> tuple[BoolMask, NDArray[np.float32]]:
    """Where the body would be without what is worn below the waist, down to the ankles.

    Returns:
        (h, w) bool, and (h, w) float32 0 in the middle of a limb .. 1 at its edge.
    """
    pose, shape_hw, unit_px = small.pose, small.shape_hw, small.pose.scale_px
    legs = np.zeros(shape_hw, bool)
    bones = np.ones(shape_hw, np.uint8)
    for side in SIDES:
        hip, knee, ankle = (pose.xy(f"{side}_{n}") for n in ("hip", "knee", "ankle"))
        calf = knee + CALF_AT * (ankle - knee)
        for start, end, first, last in (
            (hip, knee, HIP, KNEE),
            (knee, calf, KNEE, CALF),
            (calf, ankle, CALF, ANKLE),
        ):
            legs |= capsule(shape_hw, start, end, first * unit_px, last * unit_px)
            bones[capsule(shape_hw, start, end, 0.6, 0.6)] = 0
    hips = [pose.xy(f"{side}_hip") for side in SIDES]
    middle, out = (hips[0] + hips[1]) / 2, unit(hips[0] - hips[1]) * unit_px
    spine = Spine.of(pose)
    rows = spine.coordinates(shape_hw)[0][old_bottom]
    waist = min(spine.length - WAIST_ABOVE_HIPS, float(rows.min()) if len(rows) else np.inf)
    up = (waist - spine.length) * unit_px * spine.down
    corners = [middle + up + WAIST * out, middle + SEAT * out, middle - SEAT * out,
               middle + up - WAIST * out]  # fmt: skip
    legs |= polygon(shape_hw, np.array(corners))
    legs &= small.person
    return legs, shade_of(legs, bones)


def _feet(small: PersonColours) -> BoolMask:
    """(h, w) bool: feet and shoes."""
    feet = np.zeros(small.shape_hw, bool)
    radius = FOOT * small.pose.scale_px
    for side in SIDES:
        heel, toes = (small.pose.xy(f"{side}_{n}") for n in ("heel", "foot_index"))
        beyond = toes + 0.3 * (toes - heel)
        feet |= capsule(small.shape_hw, heel, beyond, radius, radius)
    return feet
