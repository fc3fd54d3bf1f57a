"""The person photo on a smaller grid, for models of colour: skin, hair, arms."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, RgbImage, SoftMask, to_unit_float
from tryon.geometry import fit_within
from tryon.stages.pose import Pose

COLOUR_SIDE = 512  # px: colour models need no more detail


@dataclass(frozen=True, slots=True, eq=False)
class PersonColours:
    """The photo and its pose on a smaller grid.

    Attributes:
        rgb: (h, w, 3) uint8.
        lab: (h, w, 3) float32, L 0..100, a and b about -100..100, slightly smoothed.
        person: (h, w) bool.
        pose: in pixels of this grid.
    """

    rgb: RgbImage
    lab: NDArray[np.float32]
    person: BoolMask
    pose: Pose

    @property
    def shape_hw(self) -> tuple[int, int]:
        """(height, width) of the grid."""
        return (self.lab.shape[0], self.lab.shape[1])

    @staticmethod
    def of(photo_rgb: RgbImage, pose: Pose, person: SoftMask) -> "PersonColours":
        """Shrink all three together."""
        small_wh = fit_within((photo_rgb.shape[1], photo_rgb.shape[0]), COLOUR_SIDE)
        small_rgb = cv2.resize(photo_rgb, small_wh, None, 0, 0, cv2.INTER_AREA)
        lab = cv2.GaussianBlur(
            cv2.cvtColor(to_unit_float(small_rgb), cv2.COLOR_RGB2Lab), (0, 0), 0.8
        )
        inside = cv2.resize(person, small_wh, None, 0, 0, cv2.INTER_AREA) > 0.5
        return PersonColours(small_rgb, lab, inside, pose.resized(small_wh))
