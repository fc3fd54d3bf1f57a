"""What of the person lies in front of the garment."""

import cv2
import numpy as np

from tryon.anchors import AnchorSet
from tryon.arrays import BoolMask, SoftMask, to_unit_float
from tryon.stages.limbs import (
    SIDES,
    UPPER_ARM,
    arm_line,
    capsule,
    hand_shape,
    head_shape,
    polygon,
)  # fmt: skip
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks

EDGE_SIGMA = 0.7  # px: softness of a drawn edge, about that of a photo


def in_front_of_trunk(pose: Pose, masks: PersonMasks, body: AnchorSet) -> SoftMask:
    """(H, W) float32: arms where no sleeve covers them, and the neck in front of the collar."""
    arms = masks.arms
    for side in SIDES:
        if all(f"{side}_sleeve_{edge}" in body for edge in ("outer", "inner")):
            arms = arms * (1 - _arm_inside_sleeve(pose.as_if_front, side, body, masks))
    return np.maximum(arms, neck_opening(body, masks))


def _arm_inside_sleeve(pose: Pose, side: str, body: AnchorSet, masks: PersonMasks) -> SoftMask:
    """(H, W) float32: this arm from the shoulder to where the sleeve ends."""
    line = arm_line(pose, side)[:3]
    outer, inner = (np.array([body[n].x, body[n].y])
                    for n in (f"{side}_sleeve_outer", f"{side}_sleeve_inner"))  # fmt: skip
    cuff = (outer + inner) / 2
    shape_hw = masks.arms.shape
    on_forearm = np.hypot(*(cuff - line[2])) < np.hypot(*(cuff - line[0])) and (
        (cuff - line[1]) @ (line[2] - line[1]) > 0
    )
    reach = 1.5 * UPPER_ARM * pose.scale_px
    covered = capsule(shape_hw, line[0], line[1] if on_forearm else cuff, reach, reach)
    if on_forearm:
        covered |= capsule(shape_hw, line[1], cuff, reach, 0.8 * reach)
    along = (line[2] - line[1]) if on_forearm else (line[1] - line[0])
    y, x = np.ogrid[: shape_hw[0], : shape_hw[1]]
    before_cuff = (x - cuff[0]) * along[0] + (y - cuff[1]) * along[1] < 0
    if on_forearm:  # the upper arm is covered wherever the forearm points
        upper = capsule(shape_hw, line[0], line[1], reach, reach)
        before_cuff = before_cuff | (upper & ~hand_shape(pose, side, shape_hw))
    return _soft(covered & before_cuff)


def in_front_of_sleeves(pose: Pose, masks: PersonMasks) -> SoftMask:
    """(H, W) float32: bare hands, face and hair."""
    shape_hw = masks.person.shape
    front = masks.hair
    if pose.seen("nose") > 0.5:
        front = np.maximum(front, _soft(head_shape(pose, shape_hw)) * masks.person)
    for side in SIDES:
        if pose.seen(f"{side}_wrist") > 0.3:
            hand = _soft(hand_shape(pose, side, shape_hw))
            front = np.maximum(front, hand * masks.skin * masks.arms)
    return front


def neck_opening(body: AnchorSet, masks: PersonMasks) -> SoftMask:
    """(H, W) float32: the person seen through the collar, where its back lies behind the neck.

    Between the front neckline (a smooth curve through the neck anchors and the middle of the
    front) and the back of the collar.
    """
    shape_hw = masks.person.shape
    names = ("left_neck", "right_neck", "neck_front", "neck_back")
    if any(n not in body for n in names):
        return np.zeros(shape_hw, np.float32)
    left, right, front, back = (np.array([body[n].x, body[n].y]) for n in names)
    t = np.linspace(0, 1, 25)[:, None]
    control = 2 * front - (left + right) / 2  # a parabola through left, front, right
    curve = (1 - t) ** 2 * left + 2 * t * (1 - t) * control + t**2 * right
    up = (back - front) if np.hypot(*(back - front)) > 1 else np.array([0.0, -1.0])
    up = up / max(1e-6, float(np.hypot(*up)))
    reach = float(np.hypot(*(left - right)))
    corners = np.vstack([curve, right + 0.6 * reach * up, left + 0.6 * reach * up])
    return np.asarray(_soft(polygon(shape_hw, corners)) * masks.person, np.float32)


def _soft(mask: BoolMask) -> SoftMask:
    blurred = cv2.GaussianBlur(mask.astype(np.uint8) * 255, (5, 5), EDGE_SIGMA)
    return to_unit_float(blurred)
