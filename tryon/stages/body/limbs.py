"""Shapes drawn from keypoints: arms, hands, trunk, head. Pixels of the photo."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, PointsXY
from tryon.geometry import unit
from tryon.stages.pose import Pose

# Half widths in shoulder widths, over the silhouettes of slim to plus-size people.
UPPER_ARM, ELBOW, WRIST, HAND = 0.155, 0.125, 0.085, 0.115
SIDES: Final = ("left", "right")
HIDDEN_WRIST = 0.5  # visibility below which a hand is behind the body or out of the picture
FARTHEST_PX = 30000.0  # points further out than OpenCV can draw are drawn from here


def hand_is_hidden(pose: Pose, side: str) -> bool:
    """Whether this hand is behind the body or out of the picture."""
    return pose.seen(f"{side}_wrist") < HIDDEN_WRIST


def capsule(
    shape_hw: tuple[int, int],
    start_xy: PointsXY,
    end_xy: PointsXY,
    radius_from: float,
    radius_to: float,
) -> BoolMask:
    """(H, W) bool: a thick line whose radius changes from one end to the other."""
    canvas = np.zeros(shape_hw, np.uint8)
    _draw_capsule(canvas, start_xy, end_xy, radius_from, radius_to)
    return canvas > 0


def _draw_capsule(
    canvas: NDArray[np.uint8],
    start_xy: PointsXY,
    end_xy: PointsXY,
    radius_from: float,
    radius_to: float,
) -> None:
    """See `capsule`."""
    direction = unit(end_xy - start_xy)
    normal = np.array([-direction[1], direction[0]])
    corners = np.array([
        start_xy + normal * radius_from, end_xy + normal * radius_to,
        end_xy - normal * radius_to, start_xy - normal * radius_from,
    ])  # fmt: skip
    cv2.fillPoly(canvas, [_to_fixed(corners)], 1, cv2.LINE_8, 4)
    for centre, radius in ((start_xy, radius_from), (end_xy, radius_to)):
        cv2.circle(canvas, tuple(_to_fixed(centre)), round(radius * 16), 1, -1, cv2.LINE_8, 4)


def polygon(shape_hw: tuple[int, int], corners_xy: PointsXY) -> BoolMask:
    """(H, W) bool: a filled polygon."""
    canvas = np.zeros(shape_hw, np.uint8)
    cv2.fillPoly(canvas, [_to_fixed(corners_xy)], 1, cv2.LINE_8, 4)
    return canvas > 0


def _to_fixed(points_xy: PointsXY) -> NDArray[np.int32]:
    """Sixteenths of a pixel, as OpenCV's drawing wants them."""
    within = np.minimum(np.maximum(points_xy, -FARTHEST_PX), FARTHEST_PX)  # faster than np.clip
    return np.asarray(np.rint(within * 16), np.int32)


def arm_line(pose: Pose, side: str) -> PointsXY:
    """(4, 2) shoulder, elbow, wrist, knuckles of one arm."""
    knuckles = (pose.xy(f"{side}_index") + pose.xy(f"{side}_pinky")) / 2
    return np.array([pose.xy(f"{side}_{n}") for n in ("shoulder", "elbow", "wrist")] + [knuckles])


def arm_shape(pose: Pose, side: str, shape_hw: tuple[int, int], widen: float = 1.0) -> BoolMask:
    """(H, W) bool: one arm with its hand, from a quarter of the upper arm down."""
    shoulder, elbow, wrist, knuckles = arm_line(pose, side)
    unit_px = pose.scale_px * widen
    start = shoulder + 0.2 * (elbow - shoulder)
    fingers = knuckles + 0.8 * (knuckles - wrist)
    canvas = np.zeros(shape_hw, np.uint8)
    _draw_capsule(canvas, start, elbow, UPPER_ARM * unit_px, ELBOW * unit_px)
    _draw_capsule(canvas, elbow, wrist, ELBOW * unit_px, WRIST * unit_px)
    _draw_capsule(canvas, wrist, fingers, WRIST * unit_px, HAND * unit_px)
    return canvas > 0


def upper_arm_shape(pose: Pose, side: str, shape_hw: tuple[int, int], widen: float) -> BoolMask:
    """(H, W) bool: one arm from the shoulder to the elbow."""
    shoulder, elbow, _, _ = arm_line(pose, side)
    unit_px = pose.scale_px * widen
    return capsule(shape_hw, shoulder, elbow, UPPER_ARM * unit_px, ELBOW * unit_px)


def hand_shape(pose: Pose, side: str, shape_hw: tuple[int, int]) -> BoolMask:
    """(H, W) bool: one hand from the wrist on, generous."""
    _, _, wrist, knuckles = arm_line(pose, side)
    fingers = knuckles + 0.9 * (knuckles - wrist)
    return capsule(
        shape_hw, wrist, fingers, WRIST * pose.scale_px * 1.1, HAND * pose.scale_px * 1.15
    )


def trunk_corners(pose: Pose) -> PointsXY:
    """(6, 2) neck side, shoulder and hip corners of the trunk, clockwise from the neck."""
    shoulders = np.array([pose.xy("left_shoulder"), pose.xy("right_shoulder")])
    hips = np.array([pose.xy("left_hip"), pose.xy("right_hip")])
    up = unit(shoulders.mean(axis=0) - hips.mean(axis=0))
    out = 0.06 * pose.scale_px * unit(shoulders[0] - shoulders[1])
    neck = shoulders.mean(axis=0) + 0.28 * pose.scale_px * up
    return np.array([
        neck + 2.4 * out, shoulders[0] + out + 0.08 * pose.scale_px * up, hips[0] + 1.8 * out,
        hips[1] - 1.8 * out, shoulders[1] - out + 0.08 * pose.scale_px * up, neck - 2.4 * out,
    ])  # fmt: skip


def head_shape(pose: Pose, shape_hw: tuple[int, int]) -> BoolMask:
    """(H, W) bool: the face from brow to chin and its sides, without the neck."""
    eyes = (pose.xy("left_eye") + pose.xy("right_eye")) / 2
    mouth = (pose.xy("mouth_left") + pose.xy("mouth_right")) / 2
    down = mouth - eyes
    ears = np.hypot(*(pose.xy("left_ear") - pose.xy("right_ear")))
    half = max(0.55 * float(ears), 0.95 * float(np.hypot(*down)))
    chin = mouth + 0.85 * down
    top = eyes - 1.2 * down
    centre, tall = (chin + top) / 2, float(np.hypot(*(chin - top))) / 2
    angle = float(np.degrees(np.arctan2(down[1], down[0])))
    canvas = np.zeros(shape_hw, np.uint8)
    cv2.ellipse(canvas, (tuple(map(float, centre)), (2 * tall, 2 * half), angle), 1, -1)
    return canvas > 0


def neck_shape(pose: Pose, shape_hw: tuple[int, int], widen: float = 1.0) -> BoolMask:
    """(H, W) bool: the neck, from under the jaw to between the collar bones."""
    mouth = (pose.xy("mouth_left") + pose.xy("mouth_right")) / 2
    shoulders = (pose.xy("left_shoulder") + pose.xy("right_shoulder")) / 2
    radius = 0.17 * pose.scale_px * widen
    return capsule(shape_hw, mouth + 0.15 * (shoulders - mouth), shoulders, radius, 1.3 * radius)
