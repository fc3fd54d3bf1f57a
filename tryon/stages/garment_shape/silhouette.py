"""Measures of a garment's outline: rows, gaps beside the torso, corners. No names of anchors."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from tryon.arrays import BoolMask, PointsXY
from tryon.geometry import mask_box_xyxy

IntRow = NDArray[np.int64]
CUFF_STEP = 0.01  # of the height: within so many rows cuffs end
CUFFS = 0.9  # trunk / trunk and cuffs: less is a step
EVEN_BELOW = 0.98  # of the width: below cuffs the trunk goes on, below a hem's corner nothing does


@dataclass(frozen=True, eq=False)  # no slots: cached_property needs a dict
class Silhouette:
    """A garment's filled outline, seen row by row. All values in pixels of the mask.

    Attributes:
        mask: (H, W) bool.
        box_xyxy: (x0, y0, x1, y1) of the mask, upper ends exclusive.
        axis_x: column of the axis of symmetry.
        outer_left: (H,) leftmost mask column of each row, -1 where the row is empty.
        outer_right: (H,) rightmost mask column of each row, -1 where the row is empty.
        core_left: (H,) left end of the run that holds the axis, -1 where the axis is outside.
        core_right: (H,) right end of that run, -1 where the axis is outside.
        tops: (W,) first mask row of each column, the box's last row where the column is empty.
    """

    mask: BoolMask
    box_xyxy: tuple[int, int, int, int]
    axis_x: float
    outer_left: IntRow
    outer_right: IntRow
    core_left: IntRow
    core_right: IntRow
    tops: IntRow

    @property
    def height_px(self) -> int:
        """Height of the box."""
        return self.box_xyxy[3] - self.box_xyxy[1]

    @property
    def width_px(self) -> int:
        """Width of the box."""
        return self.box_xyxy[2] - self.box_xyxy[0]

    def row(self, share: float) -> int:
        """The row at `share` of the box's height, 0 top .. 1 bottom."""
        return min(self.box_xyxy[3] - 1, self.box_xyxy[1] + int(share * self.height_px))

    def core_width(self, share_from: float, share_to: float) -> float:
        """Median width of the run around the axis between two heights; 0 when there is none."""
        rows = slice(self.row(share_from), self.row(share_to) + 1)
        left, right = self.core_left[rows], self.core_right[rows]
        there = left >= 0
        return float(np.median(right[there] - left[there] + 1)) if there.any() else 0.0

    @cached_property
    def cuffs_end(self) -> int | None:
        """The row where sleeves that lie against the trunk have ended; None: they do not lie so.

        There both sides step in within a few rows, and go on as broad as they are then.
        """
        first, last = self.row(0.5), self.box_xyxy[3]
        sides = np.abs(np.stack([self.outer_left, self.outer_right])[:, first:last] - self.axis_x)
        step = max(2, round(CUFF_STEP * self.height_px))
        if sides.shape[1] < 3 * step:
            return None
        above, below, further = sides[:, : -2 * step], sides[:, step:-step], sides[:, 2 * step :]
        ends = ((below < CUFFS * above) & (further > EVEN_BELOW * below)).all(axis=0)
        ends &= self.core_left[first + step : last - step] >= 0
        if not ends.any():
            return None
        narrowed = np.where(ends, (below / np.maximum(above, 1)).sum(axis=0), np.inf)
        return first + step + int(np.argmin(narrowed))

    @cached_property
    def trunk_width(self) -> float:
        """Width of a top's trunk near its lower end, where sleeves have ended or lie apart."""
        if self.cuffs_end is not None:
            return float(self.core_right[self.cuffs_end] - self.core_left[self.cuffs_end] + 1)
        rows = np.flatnonzero(self.core_left >= 0)
        if not len(rows):
            return float(self.width_px)
        tall = rows[-1] - rows[0] + 1
        low = rows[(rows > rows[-1] - 0.3 * tall) & (rows < rows[-1] - 0.02 * tall)]
        low = low if len(low) else rows
        return float(np.percentile(self.core_right[low] - self.core_left[low] + 1, 30))

    @cached_property
    def mirrored(self) -> "Silhouette":
        """The mirror image."""
        last = self.mask.shape[1] - 1

        def turned(columns: IntRow) -> IntRow:
            return np.where(columns >= 0, last - columns, -1)

        x0, y0, x1, y1 = self.box_xyxy
        return Silhouette(
            np.ascontiguousarray(self.mask[:, ::-1]),
            (last + 1 - x1, y0, last + 1 - x0, y1),
            last - self.axis_x,
            turned(self.outer_right),
            turned(self.outer_left),
            turned(self.core_right),
            turned(self.core_left),
            self.tops[::-1],
        )

    @cached_property
    def gap_top(self) -> PointsXY | None:
        """Top of the gap between the trunk and what hangs beside it on the picture's left.

        That is the armpit of a sleeved garment. A gap is background between a run further out and
        the run around the axis, at least 2% of the height tall, that begins in the upper 60%.

        Returns:
            (2,) float64 xy of the last mask pixel above the gap, None where there is no gap.
        """
        return _gap_top(self)

    def top(self, x: float) -> int:
        """`tops` of the column nearest to `x`."""
        return int(self.tops[min(max(round(x), 0), len(self.tops) - 1)])

    def top_edge(self, columns: IntRow) -> PointsXY:
        """(N, 2) float64 xy of the mask's uppermost pixel in each of these columns."""
        rows = self.tops[np.clip(columns, 0, len(self.tops) - 1)]
        return np.stack([columns, rows], axis=1).astype(np.float64)


def measure_silhouette(mask: BoolMask) -> Silhouette:
    """Measure a filled outline, (H, W) bool.

    Raises:
        ValueError: the mask is empty.
    """
    box = mask_box_xyxy(mask)
    if box is None:
        raise ValueError("mask: want at least one pixel inside")
    width = mask.shape[1]
    outer_left = np.where(mask.any(axis=1), mask.argmax(axis=1), -1)
    outer_right = np.where(mask.any(axis=1), width - 1 - mask[:, ::-1].argmax(axis=1), -1)
    axis_x = _axis(outer_left, outer_right, box, mask)
    core_left, core_right = _core(mask, round(axis_x))
    tops = np.where(mask.any(axis=0), mask.argmax(axis=0), box[3] - 1)
    return Silhouette(mask, box, axis_x, outer_left, outer_right, core_left, core_right, tops)


def _axis(left: IntRow, right: IntRow, box: tuple[int, int, int, int], mask: BoolMask) -> float:
    """The column about which the mask is most symmetric, near the middle of its rows."""
    x0, y0, x1, y1 = box
    middles = (left[y0:y1] + right[y0:y1])[left[y0:y1] >= 0] / 2
    guess = float(np.median(middles)) - x0
    width = x1 - x0
    length = fft.next_fast_len(2 * width, real=True)
    spectrum = fft.rfft(mask[y0:y1, x0:x1].astype(np.float32), length, axis=1)
    overlap = fft.irfft((spectrum**2).sum(axis=0), length)  # at k: mirrored about k / 2
    reach = max(2, round(0.12 * width))
    first = max(0, round(2 * guess) - reach)
    return float(first + np.argmax(overlap[first : round(2 * guess) + reach + 1])) / 2 + x0


def _core(mask: BoolMask, axis: int) -> tuple[IntRow, IntRow]:
    """Ends of the run that holds the column `axis`, row by row."""
    width = mask.shape[1]
    axis = int(np.clip(axis, 0, width - 1))
    outside_left = ~mask[:, : axis + 1][:, ::-1]
    outside_right = ~mask[:, axis:]
    inside = mask[:, axis]
    to_left = np.where(outside_left.any(axis=1), outside_left.argmax(axis=1), axis + 1)
    to_right = np.where(outside_right.any(axis=1), outside_right.argmax(axis=1), width - axis)
    left = np.where(inside, axis - to_left + 1, -1)
    right = np.where(inside, axis + to_right - 1, -1)
    return left, right


def _gap_top(shape: Silhouette) -> PointsXY | None:
    """See `Silhouette.gap_top`."""
    x0, y0, _, y1 = shape.box_xyxy
    columns = np.arange(x0, int(shape.axis_x) + 1)
    inner, outer = shape.core_left[y0:y1, None], shape.outer_left[y0:y1, None]
    gaps = (columns > outer) & (columns < inner) & ~shape.mask[y0:y1, x0 : x0 + len(columns)]
    if not gaps.any():
        return None
    count, labels, stats, _ = cv2.connectedComponentsWithStats(gaps.astype(np.uint8), None, 4)
    best: PointsXY | None = None
    best_area = 0
    for label in range(1, count):
        top, tall = stats[label, cv2.CC_STAT_TOP], stats[label, cv2.CC_STAT_HEIGHT]
        area = int(stats[label, cv2.CC_STAT_AREA])
        is_beside = 0.06 * (y1 - y0) <= top <= 0.6 * (y1 - y0)
        if is_beside and tall >= 0.02 * (y1 - y0) and area > best_area:
            row = np.flatnonzero(labels[top] == label)
            best, best_area = np.array([x0 + row.mean(), y0 + top - 1.0]), area
    return best


def outline(mask: BoolMask) -> PointsXY:
    """(N, 2) float64 xy of the longest outer contour, clockwise as seen."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    longest = max(contours, key=cv2.contourArea)
    return np.asarray(longest.reshape(-1, 2), np.float64)


def farthest_along(points_xy: PointsXY, direction: NDArray[np.float64]) -> PointsXY:
    """(2,) the mean of the points that reach farthest in a direction (within 1 px)."""
    reach = points_xy @ direction
    return np.asarray(points_xy[reach >= reach.max() - 1.0].mean(axis=0))


def chord_offsets(path_xy: PointsXY) -> NDArray[np.float64]:
    """(N,) how far each point of a path lies to the left of its chord.

    Left as walked from the first to the last point, with y down; all 0 for a closed path.
    """
    chord = path_xy[-1] - path_xy[0]
    length = float(np.hypot(*chord))
    if length == 0:
        return np.zeros(len(path_xy))
    return np.asarray((path_xy - path_xy[0]) @ np.array([chord[1], -chord[0]]) / length)


def farthest_from_chord(path_xy: PointsXY) -> tuple[int, float]:
    """Index of the point of a path farthest to the left of its chord, and that distance in px."""
    offset = chord_offsets(path_xy)
    index = int(np.argmax(offset))
    return index, float(offset[index])
