"""Arms as they are without sleeves: where they would be, and where they are seen to be bare."""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, PointsXY, SoftMask
from tryon.geometry import slices_around, unit
from tryon.stages.limbs import SIDES, arm_line, capsule
from tryon.stages.person_colours import PersonColours
from tryon.stages.skin import NO_SKIN, SURE_SKIN

# Half widths of bare limbs in shoulder widths; a sleeve that fits closer is believed instead.
SHOULDER, ELBOW, FOREARM, WRIST = 0.135, 0.095, 0.095, 0.062
AROUND = 1.6  # times a limb's width: within this its own skin is looked for
RIM_PX = 5  # of the small grid: half of this beside an arm is still painted as arm
SLICES = 16  # of a limb
ROUND = np.ones((1, 5), np.uint8)  # neighbouring slices are told together
SOME, MOST = 0.3, 0.7  # of its width: seen where a limb is bare at all, and where all of it is


class Limb(NamedTuple):
    """An upper arm, a forearm or a hand: (2,) xy of both ends, and half its width there."""

    start: PointsXY
    end: PointsXY
    first: float
    last: float

    def shape(self, shape_hw: tuple[int, int], widen: float = 1.0) -> BoolMask:
        """(h, w) bool."""
        return capsule(shape_hw, self.start, self.end, widen * self.first, widen * self.last)


def bare_arms(
    small: PersonColours, seen: BoolMask, no_arm: BoolMask
) -> tuple[BoolMask, NDArray[np.float32]]:
    """Where both arms would be without sleeves.

    Args:
        small: the photo on its small grid.
        seen: (h, w) bool, visible arms; their edge is mixed with what they lie on.
        no_arm: (h, w) bool, near arms that are seen to be bare but not of them.

    Returns:
        (h, w) bool, and (h, w) float32 0 in the middle of a limb .. 1 at its edge.
    """
    arms = np.zeros(small.shape_hw, bool)
    bones = np.ones(small.shape_hw, np.uint8)
    for limb in _limbs(small):
        arms |= limb.shape(small.shape_hw)
        bones[capsule(small.shape_hw, limb.start, limb.end, 0.6, 0.6)] = 0
    rim = cv2.dilate(seen.astype(np.uint8), np.ones((RIM_PX, RIM_PX), np.uint8)) > 0
    arms = ((arms & ~no_arm) | rim) & small.person
    return arms, shade_of(arms, bones)


def shade_of(limbs: BoolMask, bones: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(h, w) float32: 0 on the bones (where `bones` is 0) and off the limbs .. 1 at their edge."""
    from_bone = cv2.distanceTransform(bones, cv2.DIST_L2, 3)
    from_edge = cv2.distanceTransform(limbs.astype(np.uint8), cv2.DIST_L2, 3)
    across = from_bone / np.maximum(from_bone + from_edge, 1e-3)
    return np.where(limbs, across**3, np.float32(0))


def bare_skin(small: PersonColours, skin: SoftMask, arms: BoolMask, old_top: BoolMask) -> BoolMask:
    """(h, w) bool: skin, and what of arms can be skin in shadow."""
    in_shade = arms & (skin > NO_SKIN) & small.may_be_skin
    return np.asarray(((skin > SURE_SKIN) | in_shade) & ~old_top)


def beside_bare_arms(
    small: PersonColours, arms: BoolMask, old_top: BoolMask
) -> tuple[BoolMask, BoolMask]:
    """(h, w) bool each: beside what is seen of a bare arm; and beside one seen in its whole width.

    Every limb is cut into slices across its bone. Where enough of a slice is seen to be no cloth,
    the arm ends where that ends.

    Args:
        small: the photo on its small grid.
        arms: (h, w) bool, visible arms, bare or sleeved.
        old_top: (h, w) bool, the top worn now, sleeves included.
    """
    bare = arms & ~old_top
    beside, own = (np.zeros((2, *small.shape_hw), bool) for _ in range(2))
    for limb in _limbs(small):
        around = limb.shape(small.shape_hw, AROUND)
        here = slices_around(around, 0)
        if here is None:
            continue
        y, x = np.ogrid[here]
        bone = unit(limb.end - limb.start)
        along = (x - limb.start[0]) * bone[0] + (y - limb.start[1]) * bone[1]
        across = (y - limb.start[1]) * bone[0] - (x - limb.start[0]) * bone[1]
        length = max(1.0, float((limb.end - limb.start) @ bone))
        cut = np.clip(along / length * SLICES, 0, SLICES - 1).astype(np.int32)
        seen = around[here] & bare[here]
        edges = np.repeat(np.array([[np.inf], [-np.inf]], np.float32), SLICES, axis=1)
        np.minimum.at(edges[0], cut[seen], across[seen])
        np.maximum.at(edges[1], cut[seen], across[seen])
        first, last = cv2.erode(edges[:1], ROUND)[0], cv2.dilate(edges[1:], ROUND)[0]
        within = (across >= first[cut]) & (across <= last[cut])
        straight = limb.shape(small.shape_hw)[here]
        width, found = (
            np.convolve(np.bincount(cut[part], minlength=SLICES), ROUND[0], "same")
            for part in (straight, seen)
        )
        for n, share in enumerate((SOME, MOST)):
            told = around[here] & (found >= share * np.maximum(width, 1))[cut]
            beside[n][here] |= told & ~within
            own[n][here] |= (straight & ~told) | (told & within)  # it may be beside another limb
    partly, wholly = beside & ~own
    return partly, wholly


def _limbs(small: PersonColours) -> Iterator[Limb]:
    unit_px = small.pose.scale_px
    for side in SIDES:
        shoulder, elbow, wrist, knuckles = arm_line(small.pose, side)
        yield Limb(shoulder, elbow, SHOULDER * unit_px, ELBOW * unit_px)
        yield Limb(elbow, wrist, FOREARM * unit_px, WRIST * unit_px)
        yield Limb(wrist, knuckles, WRIST * unit_px, WRIST * unit_px)
