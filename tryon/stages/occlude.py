"""What of the person lies in front of the garment."""

import cv2
import numpy as np

from tryon.anchors import AnchorSet
from tryon.arrays import BoolMask, SoftMask
from tryon.stages.limbs import SIDES, hand_shape, head_shape, polygon
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks

EDGE_SIGMA = 0.7  # px: softness of a drawn edge, about that of a photo


def in_front_of_trunk(pose: Pose, masks: PersonMasks) -> SoftMask:
    """(H, W) float32: arms, hands, face and hair."""
    return np.maximum(masks.arms, in_front_of_sleeves(pose, masks))


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
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), EDGE_SIGMA), np.float32)
