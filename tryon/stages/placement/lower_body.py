"""The body below the waist as trousers and skirts need it: its axis, breadth and legs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, PointsXY
from tryon.geometry import polyline_point, unit
from tryon.stages.body.limbs import SIDES
from tryon.stages.pose import Pose

# In shoulder widths; heights count from the line between the hip joints, up is positive.
# Breadths are those of the silhouette (arms left out) on 50 photos of dressed people cropped at the
# thighs, tenth to ninetieth percentile; the typical ones are of people in close-fitting clothes.
SEAT_AT = -0.15
SEAT = (0.47, 0.54, 0.61)  # half a breadth: least, typical, most (more is a wide skirt)
WAIST = (0.37, 0.42, 0.50)
THIGH_STRAY_DEG = 40.0  # a thigh the photo does not show is not drawn further aside than this


@dataclass(frozen=True, slots=True, eq=False)
class LowerBody:
    """Hips and legs on the photo.

    Attributes:
        middle: (2,) float64, between the hip joints.
        up: (2,) float64, unit vector along the spine.
        unit_px: shoulder width seen from the front, pixels.
        legs: for each side (3, 2) float64 hip, knee, ankle.
        trunk: (H, W) bool, the person without arms.
        arms: (H, W) bool.
    """

    middle: NDArray[np.float64]
    up: NDArray[np.float64]
    unit_px: float
    legs: dict[str, PointsXY]
    trunk: BoolMask
    arms: BoolMask

    @property
    def right(self) -> NDArray[np.float64]:
        """(2,) float64, unit vector to the picture's right: the wearer's left."""
        return np.array([-self.up[1], self.up[0]])

    @property
    def leg_px(self) -> float:
        """Hip joint to ankle along the bones, mean of both legs."""
        steps = np.diff([self.legs[side] for side in SIDES], axis=1)
        return float(np.hypot(steps[..., 0], steps[..., 1]).sum(axis=1).mean())

    @property
    def between_ankles(self) -> NDArray[np.float64]:
        """(2,) float64."""
        return np.asarray((self.legs["left"][2] + self.legs["right"][2]) / 2)

    def at(self, height: float) -> NDArray[np.float64]:
        """(2,) point of the axis at a height in shoulder widths over the hip joints."""
        return self.middle + height * self.unit_px * self.up

    def half_breadths(
        self, height: float, limits: tuple[float, float, float]
    ) -> tuple[float, float]:
        """Pixels from the axis to the silhouette: the wearer's left and right.

        Typical breadth where the silhouette does not tell, because an arm lies there or because
        what is seen is a wide skirt.
        """
        least, typical, most = (share * self.unit_px for share in limits)
        found = []
        for outward in (self.right, -self.right):
            reach = self._reach(self.at(height), outward, 1.6 * most)
            found.append(typical if reach is None else float(np.clip(reach, least, most)))
        return found[0], found[1]

    def _reach(
        self, start: NDArray[np.float64], direction: NDArray[np.float64], limit_px: float
    ) -> float | None:
        steps = np.arange(0.0, max(2.0, limit_px))
        x, y = np.round(start + steps[:, None] * direction).astype(int).T
        shape_hw = self.trunk.shape
        inside = (x >= 0) & (x < shape_hw[1]) & (y >= 0) & (y < shape_hw[0])
        if not inside.all():
            return None
        outside = np.flatnonzero(~self.trunk[y, x])
        if not len(outside) or outside[0] == 0 or self.arms[y[outside[0]], x[outside[0]]]:
            return None
        return float(outside[0])

    def leg_half_px(
        self, centre: NDArray[np.float64], outward: NDArray[np.float64], limit_px: float
    ) -> float:
        """Pixels from a point in the leg to its silhouette in one direction; 0 where unclear."""
        reach = self._reach(centre, outward, limit_px)
        return reach or 0.0


def lower_body(pose: Pose, person: BoolMask, arms: BoolMask) -> LowerBody:
    """Measure hips and legs.

    Args:
        pose: of the person, as if seen from the front.
        person: (H, W) bool, the whole person.
        arms: (H, W) bool.
    """
    middle = (pose.xy("left_hip") + pose.xy("right_hip")) / 2
    shoulders = (pose.xy("left_shoulder") + pose.xy("right_shoulder")) / 2
    up = unit(shoulders - middle)
    legs = {side: _leg(pose, side, up, person.shape[0]) for side in SIDES}
    return LowerBody(middle, up, pose.scale_px, legs, person & ~arms, arms)


def _leg(pose: Pose, side: str, up: NDArray[np.float64], height: int) -> PointsXY:
    """(3, 2) hip, knee, ankle; what lies below the photo is a guess and kept near straight."""
    line = np.array([pose.xy(f"{side}_{n}") for n in ("hip", "knee", "ankle")])
    for joint in (1, 2):
        if line[joint, 1] < height:
            continue
        bone = line[joint] - line[joint - 1]
        angle = float(np.degrees(np.arctan2(bone[0] * up[1] - bone[1] * up[0], -bone @ up)))
        if abs(angle) > THIGH_STRAY_DEG:
            line[joint:] += line[joint - 1] - up * np.hypot(*bone) - line[joint]
    return line


def along_leg(
    line: PointsXY, distance_px: float, bend_px: float
) -> tuple[PointsXY, NDArray[np.float64]]:
    """A point on a leg and its direction there, turning evenly within `bend_px` of the knee."""
    point, along = polyline_point(line, distance_px)
    knee_px = float(np.hypot(*(line[1] - line[0])))
    if abs(distance_px - knee_px) < bend_px:
        thigh, shin = unit(line[1] - line[0]), unit(line[2] - line[1])
        share = (distance_px - knee_px) / (2 * bend_px) + 0.5
        along = unit((1 - share) * thigh + share * shin)
    return point, along
