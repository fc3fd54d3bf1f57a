"""Whether a top is worn tucked in, and where it ends then."""

from typing import Final, Literal, TypeAlias, get_args

import numpy as np

from tryon.anchors import UPPER_TYPES, AnchorPair, AnchorSet
from tryon.arrays import SoftMask
from tryon.geometry import unit
from tryon.stages.limbs import SIDES
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks

Tuck: TypeAlias = Literal["auto", "in", "out"]
TUCKS: Final[tuple[Tuck, ...]] = get_args(Tuck)
WAIST_ABOVE_HIPS = 0.42  # shoulder widths: a waistband where none is seen
TUCKED_ABOVE_HIPS = 0.06  # a top ending this far above the hip joints is tucked or cropped


def tucks_in(tuck: Tuck, pair: AnchorPair, pose: Pose, masks: PersonMasks) -> bool:
    """Whether to end this garment at the waistband."""
    if pair.garment_type not in UPPER_TYPES or tuck == "out":
        return False
    if tuck == "in":
        return True
    return masks.top_end is not None and masks.top_end < _hips_at(pose) - TUCKED_ABOVE_HIPS


def below_waistband(pose: Pose, masks: PersonMasks) -> SoftMask:
    """(H, W) float32: everything below the waistband, seen or usual."""
    at = masks.top_end
    usual = _hips_at(pose) - WAIST_ABOVE_HIPS
    if at is None or at > _hips_at(pose):
        at = usual
    shoulders = (pose.xy("left_shoulder") + pose.xy("right_shoulder")) / 2
    hips = (pose.xy("left_hip") + pose.xy("right_hip")) / 2
    down = unit(hips - shoulders)
    height, width = masks.person.shape
    y, x = np.ogrid[:height, :width]
    along = (x - shoulders[0]) * down[0] + (y - shoulders[1]) * down[1] - at * pose.scale_px
    return np.asarray(np.clip(along / 1.5 + 0.5, 0, 1), np.float32)


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
    beside = np.where(is_beside, np.clip(below / 1.5 + 0.5, 0, 1), 0.0)
    return np.asarray(np.maximum(hidden, beside), np.float32)


def _hips_at(pose: Pose) -> float:
    shoulders = (pose.xy("left_shoulder") + pose.xy("right_shoulder")) / 2
    hips = (pose.xy("left_hip") + pose.xy("right_hip")) / 2
    return float(np.hypot(*(hips - shoulders))) / pose.scale_px
