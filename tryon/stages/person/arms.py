"""Visible arms and hands: shapes along the limbs, settled by skin where arms are bare."""

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

LEAST_SHARE = 0.25  # of a forearm beside the trunk: this much says whether the arm is bare
MOST = 0.6  # of a forearm: bare so far along it, all of it is
CLOTH = 0.15  # likeness to skin below which the trunk in front of an arm is cloth
ASTRAY = 2.6  # of an arm's width: how far a forearm may lie from where its hidden hand is guessed
SLIVER_PX = 5  # of the small grid: about twice what the edge of an arm is off
COLOUR_MARGIN = 4.0  # Lab units


def find_arms(small: PersonColours, skin: SoftMask) -> BoolMask:
    """(h, w) bool: visible arms and hands.

    Along each limb a narrow shape counts as arm whatever its colour, a wider one where it is
    skin; of a bare arm only the skin counts, across the trunk and as far along it as it is seen.
    """
    arms = np.zeros(small.shape_hw, bool)
    trunk = polygon(small.shape_hw, trunk_corners(small.pose))
    # Hands behind the back or out of the picture: what is seen of such an arm is looked at closer.
    hidden = [side for side in SIDES if hand_is_hidden(small.pose, side)]
    in_shade = _skin_in_shade(small, trunk, skin)
    for side in SIDES:
        narrow = arm_shape(small.pose, side, small.shape_hw, 0.8) & small.person
        wide = arm_shape(small.pose, side, small.shape_hw, 1.35) & small.person
        line = arm_line(small.pose, side)
        core = arm_shape(small.pose, side, small.shape_hw, 0.35) & small.person
        forearm = _below_elbow(small, line)
        lower = core & forearm
        beyond = lower & ~trunk  # a hand on the hip may lie behind what is worn there
        told_by = beyond if int(beyond.sum()) > LEAST_SHARE * int(lower.sum()) else lower
        is_bare = bool(told_by.any()) and float(np.median(skin[told_by])) > LIKELY_SKIN
        if not is_bare and told_by is beyond and _crosses(line, trunk):
            is_bare = float(in_shade[beyond].mean()) > 0.5
        likely_skin = wide & (skin > LIKELY_SKIN)
        seen = seen_bare(small.pose, side, likely_skin | (wide & in_shade))
        if not is_bare and lower.any():  # a bone drawn beside its arm lies on cloth
            is_bare = float(seen[lower].mean()) > MOST
        if is_bare:
            cloth = (skin < CLOTH) & (trunk | (seen & ~in_shade))
            arm = (narrow & ~cloth) | likely_skin
        else:
            beside = arm_shape(small.pose, side, small.shape_hw, 1.0) & small.person
            arm = (
                (narrow if _crosses(line, trunk) else beside & ~trunk)
                | narrow
                | (likely_skin & hand_shape(small.pose, side, small.shape_hw))
            )
        if side in hidden:
            around = arm_shape(small.pose, side, small.shape_hw, ASTRAY) & small.person
            lower = forearm & (wide | (around & ~trunk))
            arm = (arm & ~forearm) | (lower & ((skin > LIKELY_SKIN) | in_shade))
        arms |= _largest_near(arm, core)
    return arms


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
