"""Pixel grids and boxes: the one place where resizing formulas live."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tryon.arrays import PointsXY


@dataclass(frozen=True, slots=True)
class Resize:
    """A resize between two pixel grids; pixel (0, 0) is the centre of the top-left pixel.

    Attributes:
        source_wh: (width, height) of the grid points come from.
        target_wh: (width, height) of the grid points go to.
    """

    source_wh: tuple[int, int]
    target_wh: tuple[int, int]

    @property
    def scale_xy(self) -> tuple[float, float]:
        """Target pixels per source pixel, x and y."""
        return (self.target_wh[0] / self.source_wh[0], self.target_wh[1] / self.source_wh[1])

    @property
    def inverse(self) -> "Resize":
        """The way back."""
        return Resize(self.target_wh, self.source_wh)

    def points(self, xy: NDArray[np.floating]) -> NDArray[np.floating]:
        """(..., 2) source pixels to target pixels; dtype kept, NaN stays NaN."""
        if self.source_wh == self.target_wh:
            return xy
        scale = np.asarray(self.scale_xy, dtype=xy.dtype)
        half = xy.dtype.type(0.5)
        return np.asarray((xy + half) * scale - half)


def fit_within(size_wh: tuple[int, int], side_px: int) -> tuple[int, int]:
    """The largest (width, height) of the same shape whose longer side is at most `side_px`.

    Never larger than given, never below 1.
    """
    scale = min(1.0, side_px / max(size_wh))
    return (max(1, round(size_wh[0] * scale)), max(1, round(size_wh[1] * scale)))


def mask_box_xyxy(mask: NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    """(x0, y0, x1, y1) of the True pixels, upper ends exclusive; None when there are none."""
    cols, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(cols):
        return None
    return (int(cols[0]), int(rows[0]), int(cols[-1]) + 1, int(rows[-1]) + 1)


def slices_around(
    mask: NDArray[np.bool_], margin_px: int, multiple_of: int = 1
) -> tuple[slice, slice] | None:
    """Rows and columns that hold the True pixels and a margin; None when there are none.

    Args:
        mask: (H, W) bool.
        margin_px: kept around the pixels, as far as the mask reaches.
        multiple_of: the first row and column are rounded down to a multiple of this.
    """
    box = mask_box_xyxy(mask)
    if box is None:
        return None
    left, top = (max(0, first - margin_px) // multiple_of * multiple_of for first in box[:2])
    right, bottom = (
        min(n, end + margin_px) for n, end in zip(mask.shape[::-1], box[2:], strict=True)
    )
    return np.s_[top:bottom, left:right]


def unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2,) vector of length 1 in the same direction; zero stays zero."""
    length = float(np.hypot(*vector))
    return vector / length if length > 0 else vector


def polyline_point(line_xy: PointsXY, distance_px: float) -> tuple[PointsXY, NDArray[np.float64]]:
    """The point `distance_px` along a polyline and the unit direction there.

    Args:
        line_xy: (N, 2) float64, N >= 2. Past the end the last segment goes on straight.

    Returns:
        (2,) float64 point, (2,) float64 unit direction.
    """
    if len(line_xy) < 2:
        raise ValueError(f"line_xy: want at least two points, got {len(line_xy)}")
    lengths = np.hypot(*np.diff(line_xy, axis=0).T)
    ends = np.cumsum(lengths)
    segment = min(int(np.searchsorted(ends, distance_px)), len(lengths) - 1)
    direction = unit(line_xy[segment + 1] - line_xy[segment])
    start_px = float(ends[segment] - lengths[segment])
    return line_xy[segment] + direction * (distance_px - start_px), direction
