"""Whether a top is worn tucked in, and where it ends then."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import LOWER_TYPES, UPPER_TYPES, AnchorPair, AnchorSet, Tuck
from tryon.arrays import BoolMask, SoftMask
from tryon.geometry import unit
from tryon.stages.body.limbs import SIDES, arm_shape, hand_is_hidden
from tryon.stages.body.spine import WAIST_ABOVE_HIPS, Spine
from tryon.stages.person.person_colours import rounded
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks

EDGE_PX = 1.5  # over which the cut fades
TAILS = 0.12  # shoulder widths: how much lower than at the front a top may end
FLAP = 0.14  # shoulder widths: narrower parts of a top below the waistband are ribbons and sashes
FLAPS_REACH = 0.5  # shoulder widths below the waistband
EVERY = 0.02  # shoulder widths: flaps are looked for on so coarse a grid
CRISP = 2.5  # makes the edge of a flap, found on so coarse a grid, one of a few pixels
TUCKED_ABOVE_HIPS = 0.06  # a top ending this far above the hip joints is tucked or cropped


def tucks_in(tuck: Tuck, pair: AnchorPair, pose: Pose, masks: PersonMasks) -> bool:
    """Whether to end this garment at the waistband."""
    if pair.garment_type not in UPPER_TYPES or tuck == "out":
        return False
    if tuck == "in":
        return True
    hips_at = Spine.of(pose).length
    return masks.top_end is not None and masks.top_end < hips_at - TUCKED_ABOVE_HIPS


def hanging_over(tuck: Tuck, pair: AnchorPair, pose: Pose, masks: PersonMasks) -> SoftMask | None:
    """(H, W) float32: the top worn now where it hangs over the waistband of a new bottom."""
    if pair.garment_type not in LOWER_TYPES or tuck == "in" or masks.top_end is None:
        return None
    spine = Spine.of(pose)
    if tuck == "auto" and masks.top_end < spine.length - TUCKED_ABOVE_HIPS:
        return None
    along, _ = spine.coordinates((masks.person.shape[0], masks.person.shape[1]))
    return np.where(along < masks.top_end + TAILS, masks.old_top.mask, np.float32(0))


def below_waistband(tuck: Tuck, pose: Pose, masks: PersonMasks) -> SoftMask:
    """(H, W) float32: everything below the waistband, seen or usual.

    A top that is tucked in at the front alone is worn so again, unless all of it is to go in.
    """
    spine = Spine.of(pose)
    at = masks.top_end
    if at is None or at > spine.length:
        at = spine.length - WAIST_ABOVE_HIPS
    along, _ = spine.coordinates(masks.person.shape)
    below_px = (along - np.float32(at)) * np.float32(spine.unit_px)
    below = np.asarray(np.clip(below_px / EDGE_PX + 0.5, 0, 1), np.float32)
    if tuck == "in" or at != masks.top_end:
        return below
    trunk = masks.old_top.mask > 0.5  # a sleeve that hangs beside it is no flap of it
    for side in (side for side in SIDES if not hand_is_hidden(pose, side)):
        trunk &= ~arm_shape(pose, side, (trunk.shape[0], trunk.shape[1]))
    flaps = _flaps(trunk, along, at, spine.unit_px)
    return np.asarray(cv2.multiply(below, 1 - flaps), np.float32)


def _flaps(old_top: BoolMask, along: NDArray[np.float32], at: float, unit_px: float) -> SoftMask:
    """(H, W) float32: what of (H, W) bool goes on below the waistband, joined to it, and broad."""
    every = max(1, round(EVERY * unit_px))
    sparse = np.s_[::every, ::every]
    top, rows = old_top[sparse], along[sparse]
    near = (rows > at - FLAP) & (rows < at + FLAPS_REACH)
    size = 2 * round(FLAP * unit_px / every / 2) + 1
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    broad = cv2.morphologyEx((top & near).astype(np.uint8), cv2.MORPH_OPEN, ellipse)
    _, parts = cv2.connectedComponents(broad)
    from_above = np.setdiff1d(parts[rows < at], 0)
    flaps = cv2.dilate(np.isin(parts, from_above).astype(np.uint8), np.ones((3, 3), np.uint8))
    soft = rounded(flaps > 0, (old_top.shape[1], old_top.shape[0]))
    return np.asarray(np.clip(CRISP * (soft - np.float32(0.5)) + np.float32(0.5), 0, 1))


def inside_bottom(bottom: SoftMask, body: AnchorSet) -> SoftMask:
    """What of a top is hidden in a new bottom.

    Args:
        bottom: (H, W) float32, the whole bottom as it lies on the photo.
        body: its anchors on the photo.

    Returns:
        (H, W) float32: from the bottom's upper edge downwards; beside it, below its waist.
    """
    hidden = np.maximum.accumulate(bottom, axis=0)
    left, right = (np.array([body[f"{s}_waist"].x, body[f"{s}_waist"].y]) for s in SIDES)
    across = unit(left - right)
    y, x = np.ogrid[: bottom.shape[0], : bottom.shape[1]]
    below = (y - right[1]) * across[0] - (x - right[0]) * across[1]
    is_beside = bottom.max(axis=0) < 0.5
    beside = np.where(is_beside, np.clip(below / EDGE_PX + 0.5, 0, 1), 0.0)
    return np.asarray(np.maximum(hidden, beside), np.float32)
