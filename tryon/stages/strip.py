"""Backward map of a sheet that follows a limb: a strip of cross-sections that may bend freely.

A thin-plate spline folds where an elbow bends by 90 degrees; a strip does not.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, PointsXY
from tryon.errors import WarpFailed
from tryon.geometry import unit
from tryon.stages.warp import Part, Warp

STEPS = 3  # cross-sections between two pairs of anchors
ACROSS = 3  # cells across the limb, margins included
BESIDE = 0.35  # of the width: how far the strip reaches beyond its edges
BEFORE = 0.25  # of the first cell: how far it reaches back under the trunk
BEYOND = 0.12  # of the last cell: how far it reaches past the sleeve's end
MIN_WIDTH_PX = 2.0


def fit_strip(
    source_pairs: NDArray[np.float64],
    target_pairs: NDArray[np.float64],
    shape_hw: tuple[int, int],
    body: BoolMask | None = None,
    reach_px: float = 0.0,
) -> Warp:
    """Map a strip of cloth onto a limb.

    Args:
        source_pairs: (N, 2, 2) float64, N >= 2 cross-sections of the garment from the body
            outwards, each an outer and an inner point, xy pixels.
        target_pairs: (N, 2, 2) float64, the same cross-sections on the photo.
        shape_hw: of the photo.
        body: (H, W) bool, a body whose outline the outer edge meets between the cross-sections.
        reach_px: how far the outline may lie beyond the edge.

    Returns:
        A warp whose `source_xy` is NaN away from the strip.

    Raises:
        WarpFailed: a cross-section has no width.
    """
    widths = np.hypot(*np.moveaxis(target_pairs[:, 0] - target_pairs[:, 1], -1, 0))
    if len(source_pairs) < 2 or widths.min() < MIN_WIDTH_PX:
        raise WarpFailed("the points of a sleeve or leg lie in one spot")
    sections = _subdivided(target_pairs)
    if body is not None:
        sections = _on_outline(sections, body, reach_px)
    source, target = _mesh(_subdivided(source_pairs)), _mesh(sections)
    part = _part_around(target.reshape(-1, 2), shape_hw)
    target = target - (part[1].start, part[0].start)
    part_hw = (part[0].stop - part[0].start, part[1].stop - part[1].start)
    source_xy = np.full((*part_hw, 2), np.nan, np.float32)
    area = np.zeros(part_hw, np.float32)
    for row in range(source.shape[0] - 1):
        for col in range(source.shape[1] - 1):
            cell = ((row, col), (row, col + 1), (row + 1, col + 1), (row + 1, col))
            for corners in (cell[:3], (cell[0], cell[2], cell[3])):
                triangle = np.array([target[c] for c in corners])
                _paint(source_xy, area, np.array([source[c] for c in corners]), triangle)
    return Warp(part, source_xy, area, 0.0)


def _part_around(points_xy: PointsXY, shape_hw: tuple[int, int]) -> Part:
    """The part of the photo that holds all points; at least one pixel."""
    low, high = np.floor(points_xy.min(axis=0)), np.ceil(points_xy.max(axis=0)) + 1
    size_wh = np.array([shape_hw[1], shape_hw[0]])
    left, top = (int(v) for v in np.clip(low, 0, size_wh - 1))
    right, bottom = (int(v) for v in np.clip(high, (left + 1, top + 1), size_wh))
    return np.s_[top:bottom, left:right]


def _subdivided(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """(M, 2, 2) the given cross-sections and those between them."""
    steps = np.arange(STEPS)[:, None, None] / STEPS
    between = [start + steps * (end - start) for start, end in pairwise(pairs)]
    return np.concatenate([*between, pairs[-1:]])


def _on_outline(
    sections: NDArray[np.float64], body: BoolMask, reach_px: float
) -> NDArray[np.float64]:
    """Outer points moved out to the body's outline, where it is near: shoulders are round."""
    moved = sections.copy()
    size_wh = np.array([body.shape[1], body.shape[0]])
    steps = np.arange(1.0, reach_px + 2.0)[:, None]
    for section in moved[1:-1]:
        outward = unit(section[0] - section[1])
        path = np.round(section[0] + steps * outward).astype(int)
        path = path[((path >= 0) & (path < size_wh)).all(axis=1)]
        is_body = body[path[:, 1], path[:, 0]]
        if len(is_body) and is_body[0] and not is_body.all():
            section[0] += float(np.argmin(is_body)) * outward
    return moved


def _mesh(sections: NDArray[np.float64]) -> NDArray[np.float64]:
    """(rows, cols, 2) vertices, reaching a little beyond the given cross-sections."""
    first = sections[0] - BEFORE * (sections[STEPS] - sections[0])
    last = sections[-1] + BEYOND * (sections[-1] - sections[-1 - STEPS])
    across = np.linspace(-BESIDE, 1 + BESIDE, ACROSS + 1)[:, None]
    rows = [first, *sections, last]
    return np.array([outer + across * (inner - outer) for outer, inner in rows])


def _paint(
    source_xy: NDArray[np.float32],
    area: NDArray[np.float32],
    source: PointsXY,
    target: PointsXY,
) -> None:
    """Fill one triangle of the map, unless it is turned over (the inside of a sharp bend)."""
    (ax, ay), (bx, by), (cx, cy) = target
    double_area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    (sx, sy), (tx, ty), (ux, uy) = source
    source_area = (tx - sx) * (uy - sy) - (ty - sy) * (ux - sx)
    if abs(double_area) < 1e-6 or double_area * source_area <= 0:
        return
    height, width = area.shape
    x0, x1 = (
        max(0, int(np.floor(target[:, 0].min()))),
        min(width, int(np.ceil(target[:, 0].max())) + 1),
    )
    y0, y1 = (
        max(0, int(np.floor(target[:, 1].min()))),
        min(height, int(np.ceil(target[:, 1].max())) + 1),
    )
    if x0 >= x1 or y0 >= y1:
        return
    # The shares of the second and third corner, and the source pixel, are affine in x and y.
    corners = np.column_stack([target, np.ones(3)])
    planes = np.linalg.solve(corners, np.column_stack([np.eye(3)[:, 1:], source])).T
    x, y = np.arange(x0, x1), np.arange(y0, y1)[:, None]
    v, w, seen_x, seen_y = (x * by_x + (y * by_y + base) for by_x, by_y, base in planes)
    inside = (v >= -1e-3) & (w >= -1e-3) & (v + w <= 1 + 1e-3)
    source_xy[y0:y1, x0:x1, 0][inside] = seen_x[inside]
    source_xy[y0:y1, x0:x1, 1][inside] = seen_y[inside]
    area[y0:y1, x0:x1][inside] = abs(source_area / double_area)
