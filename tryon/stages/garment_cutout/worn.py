"""A garment photographed on somebody: what of the picture is that garment."""

import cv2
import numpy as np

from tryon.anchors import FULL_TYPES, LOWER_TYPES, GarmentType
from tryon.arrays import BoolMask
from tryon.geometry import unit
from tryon.stages.body.limbs import SIDES, arm_shape, hand_shape, head_shape
from tryon.stages.garment_cutout.cutout import Cutout
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks

SKIN = 0.3  # likeness above which a pixel is the wearer, not the garment
USUAL_TOP_END = -0.15  # shoulder widths below the hip joints, where no lower end of a top is seen
NOTE = "The garment is worn by somebody in its photo; a picture of the garment alone fits better."


def cut_out_worn(pose: Pose, masks: PersonMasks, garment_type: GarmentType | None) -> Cutout:
    """The wearer's garment: the clothes of the trunk and arms, or those below the waist.

    Args:
        pose: of the wearer.
        masks: of the wearer.
        garment_type: None is taken for a top.
    """
    shape_hw = masks.person.shape
    person = masks.person > 0.5
    bare = (masks.skin > SKIN) | (masks.hair > 0.5) | head_shape(pose, shape_hw)
    for side in SIDES:
        bare |= hand_shape(pose, side, shape_hw) & (masks.skin > 0.1)
    clothes = person & ~bare
    below = _below_top(pose, masks, shape_hw)
    if garment_type in LOWER_TYPES:
        arms = arm_shape(pose, "left", shape_hw) | arm_shape(pose, "right", shape_hw)
        clothes &= below & ~(arms & (masks.arms > 0.5))
    elif garment_type not in FULL_TYPES:
        clothes &= ~below
    clothes = _whole(clothes)
    alpha = cv2.GaussianBlur(clothes.astype(np.float32), (0, 0), 1.0) * masks.person
    return Cutout(alpha.astype(np.float32), 0.5, (NOTE,))


def _below_top(pose: Pose, masks: PersonMasks, shape_hw: tuple[int, ...]) -> BoolMask:
    shoulders = (pose.xy("left_shoulder") + pose.xy("right_shoulder")) / 2
    hips = (pose.xy("left_hip") + pose.xy("right_hip")) / 2
    down = unit(hips - shoulders)
    end = float((hips - shoulders) @ down) + USUAL_TOP_END * pose.scale_px
    if masks.top_end is not None:
        end = masks.top_end * pose.scale_px
    y, x = np.ogrid[: shape_hw[0], : shape_hw[1]]
    return np.asarray((x - shoulders[0]) * down[0] + (y - shoulders[1]) * down[1] > end)


def _whole(clothes: BoolMask) -> BoolMask:
    """The largest part, smoothed, without specks and pinholes."""
    size = max(3, round(0.008 * max(clothes.shape)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    opened = cv2.morphologyEx(clothes.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, None, 4)
    if count < 2:
        return clothes
    return np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])))
