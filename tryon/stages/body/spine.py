"""The body's own ruler: distances along the spine and aside from it, in shoulder widths."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tryon.geometry import unit
from tryon.stages.pose import Pose

WAIST_ABOVE_HIPS = 0.42  # shoulder widths: a waistband where none is seen


@dataclass(frozen=True, slots=True, eq=False)
class Spine:
    """The line from between the shoulders to between the hips.

    Attributes:
        top_xy: (2,) float64 pixels, the middle between the shoulder joints.
        down: (2,) float64, unit direction towards the hips.
        across: (2,) float64, unit direction at a right angle to it, towards the photo's left.
        length: shoulder widths from shoulders to hips.
        unit_px: one shoulder width (`Pose.scale_px`).
    """

    top_xy: NDArray[np.float64]
    down: NDArray[np.float64]
    across: NDArray[np.float64]
    length: float
    unit_px: float

    @staticmethod
    def of(pose: Pose) -> "Spine":
        """The spine of one pose."""
        shoulders = (pose.xy("left_shoulder") + pose.xy("right_shoulder")) / 2
        hips = (pose.xy("left_hip") + pose.xy("right_hip")) / 2
        down = unit(hips - shoulders)
        across = np.array([-down[1], down[0]])
        length = float(np.hypot(*(hips - shoulders))) / pose.scale_px
        return Spine(shoulders, down, across, length, pose.scale_px)

    def coordinates(
        self, shape_hw: tuple[int, int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Where every pixel lies, in shoulder widths.

        Returns:
            (H, W) float32 along the spine, 0 at the shoulders, growing downwards; and
            (H, W) float32 aside from it, signed.
        """
        y, x = (np.arange(n, dtype=np.float32) for n in shape_hw)
        dx = ((x - self.top_xy[0]) / self.unit_px).astype(np.float32)[None, :]
        dy = ((y - self.top_xy[1]) / self.unit_px).astype(np.float32)[:, None]
        along = dx * np.float32(self.down[0]) + dy * np.float32(self.down[1])
        aside = dx * np.float32(self.across[0]) + dy * np.float32(self.across[1])
        return along, aside
