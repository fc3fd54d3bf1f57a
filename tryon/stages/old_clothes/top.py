"""The top a person wears now: what of it may stick out beyond a new garment."""

import cv2
import numpy as np

from tryon.arrays import BoolMask, PointsXY, SoftMask
from tryon.geometry import unit
from tryon.stages.body.limbs import (
    SIDES,
    arm_line,
    arm_shape,
    hand_shape,
    head_shape,
    neck_shape,
    polygon,
    trunk_corners,
    upper_arm_shape,
)
from tryon.stages.body.spine import Spine
from tryon.stages.person.person_colours import PersonColours
from tryon.stages.person.skin import NO_SKIN, SURE_SKIN, skin_in_shade

SLOPE = 0.25  # shoulder widths above the shoulder line up to which cloth lies on the shoulders,
YOKE, SHOULDERS = 0.1, 0.65  # the same for a yoke of another colour, within this of the spine,
COLLAR, NECK_HALF = 0.60, 0.28  # and stands as a collar, within this of the spine
NECKLINE = 0.35  # shoulder widths below the shoulder line: what the trunk shows below is cloth
SURE_ABOVE = 0.7  # share of the top in a colour, needed where hair or trousers may be meant instead
SLEEVE = 1.6  # of an arm's width: what is worn around an upper arm is a sleeve
LOOSE = 0.3  # the same for loose cloth beside the trunk; what else is there is carried
SURE_HAIR = 0.6  # share of hair in a colour, against the top, from which it is no cloth
PAST_HIPS = 0.1  # shoulder widths: where a top ends whose end is not seen
TAILS = 0.4  # shoulder widths below its end at the front, up to which a top may hang at the sides
SPECK = 0.15  # shoulder widths: the side of a square; smaller parts are no clothes
TIP_PX = 7  # of the small grid: thinner tips of sleeves are lost among specks
ALL_SKIN = 0.9  # likeness to skin from which nothing is taken for a sample of cloth
LOOSE_SLEEVE = 2.2  # times an arm's width, within which a sleeve may stand off from it,
BARE, ALONG_STEPS = 0.3, 20  # of a forearm, seen to be bare: its sleeve is short
SHOULDER_ENDS = 0.3  # from so far down the upper arm: above, old cloth lies on the shoulder
GAP = 0.04  # shoulder widths: prints and folds up to this size belong to the top around them


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
    top = trunk & ~arms & ~hair & (along > NECKLINE) & (along < end - 0.05)
    hands = hand_shape(small.pose, "left", small.shape_hw)
    hands |= hand_shape(small.pose, "right", small.shape_hw)
    head = head_shape(small.pose, small.shape_hw)
    # Cloth may be like skin; what the face and the hands show is skin.
    bare = (skin > SURE_SKIN) & (head | (hands & arms))
    like_cloth = small.share_of_colour(top & (skin < ALL_SKIN), bare) > SURE_ABOVE
    is_skin = (skin > SURE_SKIN) & (arms | ~trunk | (along < NECKLINE)) & ~like_cloth
    below = small.person & ~arms & (along > end + 0.05) & (skin < SURE_SKIN)
    others = is_skin | hair | below
    on_shoulders = (along > -SLOPE) | ((along > -COLLAR) & (np.abs(aside) < NECK_HALF))
    candidate = small.person & ~hair & ~head & ~(arms & is_skin)
    share = small.share_of_colour(top, others)
    like_top = share > np.where((along < 0) | (along > end), SURE_ABOVE, np.float32(0.5))
    found = top | (like_top & (arms | (on_shoulders & (along < end + TAILS))))
    neck = neck_shape(small.pose, small.shape_hw) & (along > -COLLAR)
    neck &= ~small.may_be_skin  # the shadow of the chin is no collar
    # Yokes, collars and cuffs of another colour: neither skin nor hair nor trousers.
    yoke = (along > -YOKE) & (along < NECKLINE) & (np.abs(aside) < SHOULDERS)
    in_shade = skin_in_shade(small, skin)  # arms lie in it, where the face does not
    around = upper_arm_shape(small.pose, "left", small.shape_hw, SLEEVE)
    around |= upper_arm_shape(small.pose, "right", small.shape_hw, SLEEVE)
    sleeves = (arms | around) & ~hands & ~in_shade
    beside = ~arms & ~hands & ~in_shade & (along > NECKLINE) & (share > LOOSE)
    not_bare = (skin < NO_SKIN) & (sleeves | ((yoke | neck | trunk | beside) & (along < end)))
    of_others = small.share_of_colour(below | hair, top | is_skin) > 0.5
    found |= not_bare & ((along < NECKLINE) | ~of_others)
    candidate &= ~hands | like_top
    if hair.any():  # some lies in the neck's shadow, where it is not told but has the same colours
        candidate &= (along > NECKLINE) | ~(small.share_of_colour(hair, top, dull=True) > SURE_HAIR)
    whole = without_gaps(found & candidate, GAP * spine.unit_px) & candidate
    whole |= without_gaps(whole, 0) & ~arms & ~hair  # prints of the colour of hair, too
    # Tips and hems too thin to be told by themselves go with what they hang on.
    near = cv2.dilate(whole.astype(np.uint8), np.ones((TIP_PX, TIP_PX), np.uint8)) > 0
    whole |= near & candidate & ~hands & ~in_shade & (skin < NO_SKIN) & (along < end)
    return _without_specks(whole, (SPECK * spine.unit_px) ** 2)


def loose_sleeves(
    small: PersonColours, arms: BoolMask, old_top: BoolMask, bare_arms: BoolMask
) -> BoolMask:
    """(h, w) bool: where short sleeves of the old top stand off from the arms in them.

    Long ones are no narrower at their end: what is worn instead may be as wide.

    Args:
        small: the photo on its small grid.
        arms: (h, w) bool, visible arms, bare or sleeved.
        old_top: (h, w) bool, the top worn now.
        bare_arms: (h, w) bool, where the arms would be without it.
    """
    shape_hw = small.shape_hw
    loose = np.zeros(shape_hw, bool)
    body = bare_arms | polygon(shape_hw, trunk_corners(small.pose))
    y, x = np.ogrid[: shape_hw[0], : shape_hw[1]]
    for side in SIDES:
        shoulder, elbow, wrist, _ = arm_line(small.pose, side)
        if _share_along(arms & small.may_be_skin & ~old_top, elbow, wrist) < BARE:
            continue
        down, start = unit(elbow - shoulder), shoulder + SHOULDER_ENDS * (elbow - shoulder)
        is_below = (x - start[0]) * down[0] + (y - start[1]) * down[1] > 0
        loose |= arm_shape(small.pose, side, shape_hw, LOOSE_SLEEVE) & is_below
        body |= arm_shape(small.pose, side, shape_hw)
    return np.asarray(loose & old_top & ~body)


def _share_along(mask: BoolMask, start: PointsXY, end: PointsXY) -> float:
    """How much of a line lies in a mask; what is out of the picture does not."""
    x, y = np.round(np.linspace(start, end, ALONG_STEPS)).astype(int).T
    inside = (x >= 0) & (x < mask.shape[1]) & (y >= 0) & (y < mask.shape[0])
    return float(mask[y[inside], x[inside]].sum()) / ALONG_STEPS


def _without_specks(mask: BoolMask, least_px: float) -> BoolMask:
    """A mask without its smallest connected parts: shadows under a chin are no clothes."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), None, 8)
    kept = stats[:, cv2.CC_STAT_AREA] >= least_px
    kept[0] = False
    return np.asarray(kept[labels])


def without_gaps(mask: BoolMask, gap_px: float) -> BoolMask:
    """A mask without specks, and without gaps up to a size or holes of any size."""
    size = 2 * max(1, round(gap_px)) + 1
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    cloth = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    cloth = cv2.morphologyEx(cloth, cv2.MORPH_CLOSE, ellipse)
    outside = cv2.copyMakeBorder(cloth, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(outside, None, (0, 0), 2)
    return np.asarray(outside[1:-1, 1:-1] != 2)
