"""Backward map of a sheet that follows a limb: a strip of cross-sections that may bend freely.

A thin-plate spline folds where an elbow bends by 90 degrees; a strip does not.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, PixelMap, PointsXY
from tryon.errors import WarpFailed
from tryon.geometry import unit
from tryon.stages.warping.warp import Part, Warp

STEPS = 5  # cross-sections between two pairs of anchors
ACROSS = 3  # cells across the limb, margins included
BESIDE = 0.12  # of the width: how far the strip reaches beyond its edges
BEFORE = 0.25  # of the first cell: how far it reaches back under the trunk
BEYOND = 0.12  # of the last cell: how far it reaches past the sleeve's end
SOUGHT = 0.35  # of the width beyond a cross-section, where the cloth's edge is sought,
EDGE_STEPS = 80  # at so many places
MIN_WIDTH_PX = 2.0
EDGE = 1e-3  # of a triangle: how far its border reaches, so that no pixel falls between two


def fit_strip(
    source_pairs: NDArray[np.float64],
    target_pairs: NDArray[np.float64],
    shape_hw: tuple[int, int],
    cloth: BoolMask | None = None,
    bodies: Sequence[BoolMask] = (),
    reach_px: float = 0.0,
) -> Warp:
    """Map a strip of cloth onto a limb.

    Args:
        source_pairs: (N, 2, 2) float64, N >= 2 cross-sections of the garment from the body
            outwards, each an outer and an inner point, xy pixels.
        target_pairs: (N, 2, 2) float64, the same cross-sections on the photo.
        shape_hw: of the photo.
        cloth: (h, w) bool, this sheet, which ends at both edges between the cross-sections.
        bodies: (H, W) bool each, shapes whose outline the outer edge meets between the
            cross-sections: of the first whose outline is near enough.
        reach_px: how far the outline may lie beyond the edge.

    Returns:
        A warp whose `source_xy` is NaN away from the strip.

    Raises:
        WarpFailed: a cross-section has no width.
    """
    widths = np.hypot(*np.moveaxis(target_pairs[:, 0] - target_pairs[:, 1], -1, 0))
    if len(source_pairs) < 2 or widths.min() < MIN_WIDTH_PX:
        raise WarpFailed("the points of a sleeve or leg lie in one spot")
    worn, laid = _subdivided(target_pairs), _subdivided(source_pairs)
    worn = _on_outline(worn, bodies, reach_px)
    if cloth is not None:
        laid = _on_edge(laid, cloth)
    source, target = _mesh(laid), _mesh(worn)
    part = _part_around(target.reshape(-1, 2), shape_hw)
    target = target - (part[1].start, part[0].start)
    part_hw = (part[0].stop - part[0].start, part[1].stop - part[1].start)
    source_xy, area = _seen_through(_triangles(source), _triangles(target), part_hw)
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
    sections: NDArray[np.float64], bodies: Sequence[BoolMask], reach_px: float
) -> NDArray[np.float64]:
    """Outer points moved out to the body's outline, where it is near: shoulders are round."""
    moved = sections.copy()
    steps = np.arange(1.0, reach_px + 2.0)[:, None]
    for section, before, after in zip(moved[1:-1], sections, sections[2:], strict=False):
        outward = _across(after[0] - before[0], section[0] - section[1])
        path = np.round(section[0] + steps * outward).astype(int)
        for body in bodies:
            seen = path[((path >= 0) & (path < [body.shape[1], body.shape[0]])).all(axis=1)]
            is_body = body[seen[:, 1], seen[:, 0]]
            if len(is_body) and is_body[0] and not is_body.all():
                section[0] += float(np.argmin(is_body)) * outward
                break
    return moved


def _across(along: PointsXY, towards: PointsXY) -> PointsXY:
    """The direction square to an edge, on the side that another direction points to."""
    aside = unit(np.array([along[1], -along[0]]))
    return aside if aside @ towards > 0 else -aside


def _on_edge(sections: NDArray[np.float64], cloth: BoolMask) -> NDArray[np.float64]:
    """Both points of each cross-section moved out or in to where the cloth ends."""
    moved = sections.copy()
    limit = np.array([cloth.shape[1], cloth.shape[0]]) - 1
    steps = np.linspace(0.5, 1 + SOUGHT, EDGE_STEPS)[:, None]
    for section, (outer, inner) in zip(moved[1:-1], sections[1:-1], strict=True):
        for end, (far, near) in enumerate(((outer, inner), (inner, outer))):
            path = near + steps * (far - near)
            x, y = np.clip(np.round(path), 0, limit).astype(int).T
            is_cloth = cloth[y, x]
            if is_cloth[0] and not is_cloth.all():
                section[end] = path[int(np.argmin(is_cloth))]
    return moved


def _mesh(sections: NDArray[np.float64]) -> NDArray[np.float64]:
    """(rows, cols, 2) vertices, reaching a little beyond the given cross-sections."""
    first = sections[0] - BEFORE * (sections[STEPS] - sections[0])
    last = sections[-1] + BEYOND * (sections[-1] - sections[-1 - STEPS])
    across = np.linspace(-BESIDE, 1 + BESIDE, ACROSS + 1)[:, None]
    rows = [first, *sections, last]
    return np.array([outer + across * (inner - outer) for outer, inner in rows])


def _triangles(mesh: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 3, 2) corners: two triangles a cell, row by row from the body outwards."""
    first, second, third, fourth = mesh[:-1, :-1], mesh[:-1, 1:], mesh[1:, 1:], mesh[1:, :-1]
    halves = ((first, second, third), (first, third, fourth))
    corners = np.stack([np.stack(half, axis=2) for half in halves], axis=2)
    return corners.reshape(-1, 3, 2)


def _seen_through(
    source: NDArray[np.float64], target: NDArray[np.float64], part_hw: tuple[int, int]
) -> tuple[PixelMap, NDArray[np.float32]]:
    """The map through triangles, later ones over earlier ones; those turned over are left out.

    Triangles turn over inside a sharp bend.

    Args:
        source: (N, 3, 2) float64 corners, garment pixels.
        target: (N, 3, 2) float64, the same corners in the part.
        part_hw: of the part.

    Returns:
        (H', W', 2) float32 garment pixels, NaN in no triangle, and (H', W') float32 garment area
        of a pixel, 0 there.
    """
    source_area, target_area = _double_area(source), _double_area(target)
    good = (np.abs(target_area) >= 1e-6) & (source_area * target_area > 0)
    source, target = source[good], target[good]
    # In each triangle the shares of its second and third corner and the garment's pixel are affine
    # in the part's x and y.
    corners = np.concatenate([target, np.ones((len(target), 3, 1))], axis=2)
    shares = np.linalg.solve(corners, np.eye(3)[:, 1:])
    which = np.zeros(part_hw, np.uint8)  # triangle seen; entry 0 is none
    for number, (triangle, plane) in enumerate(zip(target, shares, strict=True), 1):
        _fill(which, number, triangle, plane)
    planes = np.full((3, 1 + len(target), 2), np.nan, np.float32)
    planes[:, 1:] = np.linalg.solve(corners, source).swapaxes(0, 1)
    by_x, by_y, source_xy = (np.take(plane, which, axis=0) for plane in planes)
    y, x = (np.arange(n, dtype=np.float32) for n in part_hw)
    by_x *= x[:, None]
    by_y *= y[:, None, None]
    source_xy += by_x
    source_xy += by_y
    areas = np.zeros(1 + len(target), np.float32)
    areas[1:] = source_area[good] / target_area[good]
    return source_xy, areas[which]


def _fill(
    which: NDArray[np.uint8], number: int, triangle: PointsXY, shares: NDArray[np.float64]
) -> None:
    """Write a number into all pixels of one triangle; OpenCV's filling takes half a pixel more."""
    left, top = np.maximum(np.floor(triangle.min(axis=0)), 0).astype(int)
    right, bottom = np.minimum(np.ceil(triangle.max(axis=0)) + 1, which.shape[::-1]).astype(int)
    if left >= right or top >= bottom:
        return
    x, y = np.arange(left, right), np.arange(top, bottom)[:, None]
    v, w = (by_x * x + (by_y * y + base) for by_x, by_y, base in shares.T)
    which[top:bottom, left:right][(v >= -EDGE) & (w >= -EDGE) & (v + w <= 1 + EDGE)] = number


def _double_area(triangles: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N,) twice the signed area."""
    along, across = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    return along[:, 0] * across[:, 1] - across[:, 0] * along[:, 1]
