"""Visible arms and hands: shapes along the limbs, settled by skin where arms are bare."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, SoftMask
from tryon.geometry import unit
from tryon.stages.body.limbs import (
    SIDES,
    arm_line,
    arm_shape,
    hand_is_hidden,
    hand_shape,
    polygon,
    trunk_corners,
)  # fmt: skip
from tryon.stages.person.bare_arms import seen_bare
from tryon.stages.person.person_colours import PersonColours
from tryon.stages.person.skin import LIKELY_SKIN

WIDTHS = (0.35, 0.8, 1.35)  # of an arm: inside it, certainly arm, arm where it is skin
LEAST_SHARE = 0.25  # of a forearm beside the trunk: this much says whether the arm is bare
SEEN_BARE = 0.6  # of a forearm: bare so far along it, all of it is
CLOTH = 0.15  # likeness to skin below which the trunk in front of an arm is cloth
ASTRAY = 2.6  # of an arm's width: how far a forearm may lie from where its hidden hand is guessed
SLIVER_PX = 5  # of the small grid: about twice what the edge of an arm is off
COLOUR_MARGIN = 4.0  # Lab units


@dataclass(frozen=True, slots=True, eq=False)
class _Arm:
    """What is known of the arm of one side before it is decided what of it is seen.

    Attributes:
        side: "left" or "right".
        line: (4, 2) shoulder, elbow, wrist and knuckles, in pixels of the small grid.
        core, narrow, wide: (h, w) bool, the person along the limb; core lies inside any arm.
        forearm: (h, w) bool, nearer to the forearm than to the upper arm.
        trunk: (h, w) bool, where the trunk is, in front of the arm or behind it.
        in_shade: (h, w) bool, what can be skin beside the trunk, see `_skin_in_shade`.
        likely_skin: (h, w) bool, of the wide shape.
        seen: (h, w) bool, as far across and along the arm as its skin is seen.
    """

    side: str
    line: NDArray[np.float64]
    core: BoolMask
    narrow: BoolMask
    wide: BoolMask
    forearm: BoolMask
    trunk: BoolMask
    in_shade: BoolMask
    likely_skin: BoolMask
    seen: BoolMask


def find_arms(small: PersonColours, skin: SoftMask) -> BoolMask:
    """(h, w) bool: visible arms and hands.

    Along each limb a narrow shape counts as arm whatever its colour, a wider one where it is
    skin; of a bare arm only the skin counts, across the trunk and as far along it as it is seen.
    """
    arms = np.zeros(small.shape_hw, bool)
    trunk = polygon(small.shape_hw, trunk_corners(small.pose))
    in_shade = _skin_in_shade(small, trunk, skin)
    for side in SIDES:
        arm = _arm(small, skin, trunk, in_shade, side)
        found = _bare(arm, skin) if _is_bare(arm, skin) else _sleeved(arm, small)
        if hand_is_hidden(small.pose, side):  # behind the back, or out of the picture
            found = _astray(arm, small, skin, found)
        arms |= _largest_near(found, arm.core)
    return arms


def _arm(
    small: PersonColours, skin: SoftMask, trunk: BoolMask, in_shade: BoolMask, side: str
) -> _Arm:
    core, narrow, wide = (
        arm_shape(small.pose, side, small.shape_hw, width) & small.person for width in WIDTHS
    )
    line = arm_line(small.pose, side)
    likely_skin = wide & (skin > LIKELY_SKIN)
    return _Arm(
        side, line, core, narrow, wide,
        forearm=_below_elbow(small, line),
        trunk=trunk,
        in_shade=in_shade,
        likely_skin=likely_skin,
        seen=seen_bare(small.pose, side, likely_skin | (wide & in_shade)),
    )  # fmt: skip


def _is_bare(arm: _Arm, skin: SoftMask) -> bool:
    """Whether no sleeve covers the forearm."""
    lower = arm.core & arm.forearm
    if not lower.any():
        return False
    beyond = lower & ~arm.trunk  # a hand on the hip may lie behind what is worn there
    told_by = beyond if int(beyond.sum()) > LEAST_SHARE * int(lower.sum()) else lower
    if float(np.median(skin[told_by])) > LIKELY_SKIN:
        return True
    crosses = told_by is beyond and _crosses(arm.line, arm.trunk)
    if crosses and float(arm.in_shade[beyond].mean()) > 0.5:
        return True
    return float(arm.seen[lower].mean()) > SEEN_BARE  # a bone drawn beside its arm lies on cloth


def _bare(arm: _Arm, skin: SoftMask) -> BoolMask:
    cloth = (skin < CLOTH) & (arm.trunk | (arm.seen & ~arm.in_shade))
    return (arm.narrow & ~cloth) | arm.likely_skin


def _sleeved(arm: _Arm, small: PersonColours) -> BoolMask:
    hand = arm.likely_skin & hand_shape(small.pose, arm.side, small.shape_hw)
    if _crosses(arm.line, arm.trunk):
        return arm.narrow | hand
    beside = arm_shape(small.pose, arm.side, small.shape_hw, 1.0) & small.person & ~arm.trunk
    return beside | arm.narrow | hand


def _astray(arm: _Arm, small: PersonColours, skin: SoftMask, found: BoolMask) -> BoolMask:
    """The arm with the skin around where its forearm is guessed instead of the guess."""
    around = arm_shape(small.pose, arm.side, small.shape_hw, ASTRAY) & small.person & ~arm.trunk
    lower = arm.forearm & (arm.wide | around)
    return (found & ~arm.forearm) | (lower & ((skin > LIKELY_SKIN) | arm.in_shade))


def without_fringe(small: PersonColours, arms: BoolMask, old_top: BoolMask) -> BoolMask:
    """(h, w) bool: arms without slivers of the clothes they lie on.

    Arms are drawn a little wide. Beside the old top their edge has to have the colours of arms, or
    what is seen there goes with the old top.

    Args:
        small: the photo on its small grid.
        arms: (h, w) bool, visible arms, bare or sleeved.
        old_top: (h, w) bool, the top worn now, sleeves included.
    """
    sleeves = (arms & old_top).astype(np.uint8)
    sleeves = cv2.morphologyEx(sleeves, cv2.MORPH_OPEN, np.ones((SLIVER_PX, SLIVER_PX), np.uint8))
    rim = cv2.dilate(old_top.astype(np.uint8), np.ones((SLIVER_PX, SLIVER_PX), np.uint8)) > 0
    sure = arms & ~rim
    if not sure.any():
        return arms
    is_arm = small.share_of_colour(sure, old_top) > 0.5
    return np.asarray(arms & (~rim | (sleeves > 0) | (is_arm & ~old_top)))


def _skin_in_shade(small: PersonColours, trunk: BoolMask, skin: SoftMask) -> BoolMask:
    """(h, w) bool: beside the trunk, what can be skin and is not of the colours worn."""
    clothes = _has_colours_of(small, trunk & small.person & (skin < CLOTH))
    return np.asarray(small.may_be_skin & ~clothes & ~trunk)


def _has_colours_of(small: PersonColours, part: BoolMask) -> BoolMask:
    """(h, w) bool: near in colour to something common in a part of the picture."""
    if int(part.sum()) < 50:
        return np.zeros(small.shape_hw, bool)
    common = np.percentile(small.lab[part], (10, 90), axis=0)
    near = cv2.inRange(small.lab, common[0] - COLOUR_MARGIN, common[1] + COLOUR_MARGIN)
    return np.asarray(near > 0)


def _below_elbow(small: PersonColours, line: NDArray[np.float64]) -> BoolMask:
    """(h, w) bool: nearer to the forearm than to the upper arm."""
    shoulder, elbow, wrist, _ = line
    across = unit(wrist - elbow) - unit(shoulder - elbow)  # of the line that halves the elbow
    y, x = np.ogrid[: small.shape_hw[0], : small.shape_hw[1]]
    return np.asarray((x - elbow[0]) * across[0] + (y - elbow[1]) * across[1] > 0)


def _crosses(line: NDArray[np.float64], trunk: BoolMask) -> bool:
    _, elbow, wrist, knuckles = line
    points = np.array([elbow + t * (wrist - elbow) for t in np.linspace(0.3, 1, 8)] + [knuckles])
    rows = np.clip(points[:, 1].round().astype(int), 0, trunk.shape[0] - 1)
    cols = np.clip(points[:, 0].round().astype(int), 0, trunk.shape[1] - 1)
    return bool(trunk[rows, cols].any())


def _largest_near(mask: BoolMask, core: BoolMask) -> BoolMask:
    """The parts of a mask that touch its core."""
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(closed, None, 8)
    if count < 2:
        return mask
    touching = np.unique(labels[core & (closed > 0)])
    return np.asarray(np.isin(labels, touching[touching > 0]))
