"""Stage 2: the 33 keypoints of the person to dress, and whether this pose can be dressed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tryon.arrays import PointsXY, SoftMask, frozen
from tryon.ports import KEYPOINT_NAMES


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """The keypoints of the person to dress, in pixels of the working photo.

    Attributes:
        points_xy: (33, 2) float64, order of `KEYPOINT_NAMES`.
        visibility: (33,) float64, 0.0 hidden .. 1.0 seen.
        yaw_deg: how far the trunk is turned from the camera; 0 frontal, positive when the
            wearer's left side is nearer to the camera.
        mask: (H, W) float32 soft mask from the pose model.
        notes: sentences a person should read (several people were seen ...).
    """

    points_xy: PointsXY
    visibility: NDArray[np.float64]
    yaw_deg: float
    mask: SoftMask
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        frozen(self.points_xy)
        frozen(self.visibility)
        frozen(self.mask)

    def xy(self, name: str) -> NDArray[np.float64]:
        """(2,) float64 pixels of one keypoint."""
        return self.points_xy[KEYPOINT_NAMES.index(name)]

    def seen(self, name: str) -> float:
        """Visibility 0..1 of one keypoint."""
        return float(self.visibility[KEYPOINT_NAMES.index(name)])

    @property
    def shoulder_px(self) -> float:
        """Distance between the shoulder keypoints: the unit of length on this person."""
        return float(np.hypot(*(self.xy("left_shoulder") - self.xy("right_shoulder"))))
