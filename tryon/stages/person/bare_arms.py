"""Arms as they are without sleeves: where they would be, and where they are seen to be bare."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, PointsXY, SoftMask
from tryon.geometry import slices_around, unit
from tryon.stages.body.limbs import SIDES, arm_line, arm_shape, capsule, hand_is_hidden
from tryon.stages.person.person_colours import PersonColours
from tryon.stages.person.skin import LIKELY_SKIN, NO_SKIN, SURE_SKIN
from tryon.stages.pose import Pose

# Half widths of bare limbs in shoulder widths; a sleeve that fits closer is believed instead.
SHOULDER, ELBOW, FOREARM, WRIST = 0.135, 0.095, 0.095, 0.062
AROUND = 1.6  # times a limb's width: within this its own skin is looked for
RIM_PX = 5  # of the small grid: half of this beside an arm is still painted as arm
SLICES = 16  # of a limb
ROUND = np.ones((1, 5), np.uint8)  # neighbouring slices are told together
ENOUGH = 3  # slices tell how broad a limb is
FILLED = 0.8  # of its breadth: less of a slice is seen in part
SLIMMEST, BROADEST, ASIDE = 0.75, 1.3, 0.5  # times the usual half width; more is a mistake
CRUMB_PX = 5  # of the small grid: nothing of an arm is so small
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


class Slices(NamedTuple):
    """A limb cut across its bone, from its start to its end.

    Attributes:
        here: rows and columns around the limb.
        cut: (h, w) int32 of those, the slice each pixel is in, 0..SLICES - 1.
        across: (h, w) float, pixels beside the bone.
        first, last: (SLICES,) float32, from where to where across it is seen; inf and -inf where
            it is not.
        found: (SLICES,) pixels of it that are seen.
    """

    here: tuple[slice, slice]
    cut: NDArray[np.int32]
    across: NDArray[np.float64]
    first: NDArray[np.float32]
    last: NDArray[np.float32]
    found: NDArray[np.int64]

    @staticmethod
    def of(limb: Limb, around: BoolMask, seen: BoolMask) -> "Slices | None":
        """Of what is seen around a limb, both (h, w) bool; None where no limb is in the picture."""
        here = slices_around(around, 0)
        if here is None:
            return None
        y, x = np.ogrid[here]
        bone = unit(limb.end - limb.start)
        along = (x - limb.start[0]) * bone[0] + (y - limb.start[1]) * bone[1]
        across = (y - limb.start[1]) * bone[0] - (x - limb.start[0]) * bone[1]
        length = max(1.0, float((limb.end - limb.start) @ bone))
        cut = np.clip(along / length * SLICES, 0, SLICES - 1).astype(np.int32)
        part = around[here] & seen[here]
        first, last = np.full(SLICES, np.inf, np.float32), np.full(SLICES, -np.inf, np.float32)
        np.minimum.at(first, cut[part], across[part])
        np.maximum.at(last, cut[part], across[part])
        return Slices(here, cut, across, first, last, np.bincount(cut[part], minlength=SLICES))


def bare_arms(
    small: PersonColours, bare: BoolMask, no_arm: BoolMask
) -> tuple[BoolMask, NDArray[np.float32]]:
    """Where both arms would be without sleeves.

    Args:
        small: the photo on its small grid.
        bare: (h, w) bool, what is seen of arms beyond sleeves: it tells how broad they are. Its
            edge is mixed with what it lies on.
        no_arm: (h, w) bool, near arms that are seen to be bare but not of them.

    Returns:
        (h, w) bool, and (h, w) float32 0 in the middle of a limb .. 1 at its edge.
    """
    arms = np.zeros(small.shape_hw, bool)
    bones = np.ones(small.shape_hw, np.uint8)
    for limb in (limb for side in SIDES for limb in _as_seen(_arm(small.pose, side), bare)):
        arms |= limb.shape(small.shape_hw)
        bones[capsule(small.shape_hw, limb.start, limb.end, 0.6, 0.6)] = 0
    bare = _without_crumbs(bare)
    rim = cv2.dilate(bare.astype(np.uint8), np.ones((RIM_PX, RIM_PX), np.uint8)) > 0
    arms = _without_crumbs((arms & ~no_arm) | rim) & small.person
    return arms, shade_of(arms, bones)


def _as_seen(arm: tuple[Limb, Limb, Limb], bare: BoolMask) -> tuple[Limb, Limb, Limb]:
    """The same arm as broad, and as far beside its bones, as what is seen of it says."""
    upper, forearm, hand = arm
    told, below = (_breadth_seen(limb, bare) for limb in (upper, forearm))
    broad, elbow = told or (below[0] if below else 1.0, upper.end)
    slim, wrist = below or (broad, forearm.end)
    return (
        Limb(upper.start, elbow, upper.first * (1 + broad) / 2, upper.last * broad),
        Limb(elbow, wrist, forearm.first * broad, forearm.last * slim),
        Limb(wrist, hand.end, hand.first * slim, hand.last * slim),
    )


def _breadth_seen(limb: Limb, bare: BoolMask) -> tuple[float, PointsXY] | None:
    """How broad a limb is, in usual breadths, and where it ends; None where that is hidden."""
    slices = Slices.of(limb, limb.shape(bare.shape, AROUND), bare)
    if slices is None:
        return None
    length = float(np.hypot(*(limb.end - limb.start)))
    breadth = np.maximum(slices.last - slices.first, 0) + 1
    told = slices.found > FILLED * breadth * length / SLICES
    if int(told.sum()) < ENOUGH:
        return None
    usual = np.interp(np.flatnonzero(told) / SLICES, (0, 1), (limb.first, limb.last))
    broad = float(np.median(breadth[told] / 2 / usual))
    aside = float(np.median(slices.first[told] + slices.last[told]) / 2)
    aside = float(np.clip(aside, -ASIDE * limb.last, ASIDE * limb.last))
    bone = unit(limb.end - limb.start)
    end = limb.end + aside * np.array([-bone[1], bone[0]])
    return float(np.clip(broad, SLIMMEST, BROADEST)), end


def _without_crumbs(mask: BoolMask) -> BoolMask:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (CRUMB_PX, CRUMB_PX))
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, disc) > 0)


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


def seen_bare(pose: Pose, side: str, skin: BoolMask) -> BoolMask:
    """(h, w) bool: around an arm, as far along it as enough of its width is skin.

    Args:
        pose: in pixels of the mask.
        side: "left" or "right".
        skin: (h, w) bool.
    """
    bare, hidden = np.zeros((2, *skin.shape), bool)
    for limb in _arm(pose, side):
        around = limb.shape(skin.shape, AROUND)
        slices = Slices.of(limb, around, skin)
        if slices is None:
            continue
        here, cut = slices.here, slices.cut
        straight = limb.shape(skin.shape)[here]
        width = np.bincount(cut[straight], minlength=SLICES)
        told = (slices.found >= SOME * np.maximum(width, 1)).astype(np.uint8)
        told = cv2.erode(told[None], ROUND)[0] > 0  # where a sleeve ends it is both
        bare[here] |= around[here] & told[cut]
        hidden[here] |= straight & ~told[cut]
    return np.asarray(bare & ~hidden)


def arms_behind(pose: Pose, skin: SoftMask) -> BoolMask | None:
    """(h, w) bool: arms whose hand is hidden behind the trunk, as far as they are not seen bare.

    Args:
        pose: in pixels of the mask.
        skin: (h, w) float32 likeness to the skin of the face.

    Returns:
        None where both hands are seen.
    """
    sides = [side for side in SIDES if hand_is_hidden(pose, side)]
    if not sides:
        return None
    behind = np.zeros(skin.shape, bool)
    for side in sides:
        arm = arm_shape(pose, side, (skin.shape[0], skin.shape[1]))
        behind |= arm & ~seen_bare(pose, side, arm & (skin > LIKELY_SKIN))
    return behind


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
    for limb in (limb for side in SIDES for limb in _arm(small.pose, side)):
        around = limb.shape(small.shape_hw, AROUND)
        slices = Slices.of(limb, around, bare)
        if slices is None:
            continue
        here, cut, across = slices.here, slices.cut, slices.across
        first, last = (
            cv2.erode(slices.first[None], ROUND)[0],
            cv2.dilate(slices.last[None], ROUND)[0],
        )
        within = (across >= first[cut]) & (across <= last[cut])
        straight = limb.shape(small.shape_hw)[here]
        width, found = (
            np.convolve(count, ROUND[0], "same")
            for count in (np.bincount(cut[straight], minlength=SLICES), slices.found)
        )
        for n, share in enumerate((SOME, MOST)):
            told = around[here] & (found >= share * np.maximum(width, 1))[cut]
            beside[n][here] |= told & ~within
            own[n][here] |= (straight & ~told) | (told & within)  # it may be beside another limb
    partly, wholly = beside & ~own
    return partly, wholly


def _arm(pose: Pose, side: str) -> tuple[Limb, Limb, Limb]:
    """Upper arm, forearm and hand, as broad as usual."""
    shoulder, elbow, wrist, knuckles = arm_line(pose, side)
    shoulders, elbows, forearms, wrists = (
        half * pose.scale_px for half in (SHOULDER, ELBOW, FOREARM, WRIST)
    )
    return (
        Limb(shoulder, elbow, shoulders, elbows),
        Limb(elbow, wrist, forearms, wrists),
        Limb(wrist, knuckles, wrists, wrists),
    )
