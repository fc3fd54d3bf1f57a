"""Smooth backward maps through pairs of points: thin-plate splines with a check for folds."""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import PixelMap, PointsXY, RgbImage, SoftMask
from tryon.errors import WarpFailed

GRID_PX = 6  # the map is computed at every 6th pixel and interpolated; linearly, since OpenCV's
# cubic moves even straight maps by 0.4 px
MIN_SPREAD_PX = 6.0  # pairs closer together than this say nothing about shape
STIFFNESS = (0.0, 0.25, 0.5, 0.75, 1.0)  # share of the plain affine map mixed in until no fold
MIN_PAIRS = 3
SAME_SPOT = 1e-30  # squared distance that stands for 0, whose logarithm there is none of
MIN_SHRINK = 1.15  # source pixels a target pixel from which area filtering is worth it

Part: TypeAlias = tuple[slice, slice]  # rows and columns of the photo


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """A backward map: for every pixel of a part of the photo, the garment pixel seen there.

    Attributes:
        part: rows and columns of the photo the map covers; away from it nothing is shown.
        source_xy: (H', W', 2) float32, garment pixels; NaN where the map shows nothing.
        area: (H', W') float32, garment area of a photo pixel; negative where folded.
        stiffness: 0 exact at every pair .. 1 the best affine map.
    """

    part: Part
    source_xy: PixelMap
    area: NDArray[np.float32]
    stiffness: float


def fit_warp(
    source_xy: PointsXY,
    target_xy: PointsXY,
    shape_hw: tuple[int, int],
    support: SoftMask,
    least_stiffness: float = 0.0,
) -> Warp:
    """The smoothest map through all pairs that does not fold over the garment.

    Args:
        source_xy: (N, 2) float64 garment pixels, N >= 3.
        target_xy: (N, 2) float64 photo pixels, same order.
        shape_hw: of the photo.
        support: (h, w) float32 alpha of the garment; folds elsewhere do not matter.
        least_stiffness: 1 keeps the map affine from the start.

    Raises:
        WarpFailed: fewer than three pairs, pairs on one spot or one line, or a garment that
            lies outside the photo.

    Source: Bookstein, IEEE TPAMI 11(6), 1989 (thin-plate splines).
    """
    source, target = _distinct(source_xy, target_xy)
    affine, *_ = np.linalg.lstsq(
        np.column_stack([target, np.ones(len(target))]), source, rcond=None
    )
    rows, cols = _grid_axes(shape_hw)
    grid = np.stack(np.meshgrid(cols, rows), axis=-1)
    flat = grid.reshape(-1, 2)
    straight = (np.column_stack([flat, np.ones(len(flat))]) @ affine).reshape(grid.shape)
    try:
        bent = _thin_plate(source, target, rows, cols)
    except np.linalg.LinAlgError as exc:
        raise WarpFailed(f"singular spline: {exc}") from exc
    stiffness, shown = STIFFNESS[-1], np.zeros(grid.shape[:2], bool)
    for stiffness in (s for s in STIFFNESS if s >= least_stiffness):
        coarse = (1 - stiffness) * bent + stiffness * straight
        area, shown = _signed_area(coarse), _shown(coarse, support)
        if not (area[shown] <= 0).any():
            break
    else:  # even the best affine map is mirrored: the pairs cross; lay the cloth on as it is
        coarse = _best_similarity(source, target, grid)
        area, shown = _signed_area(coarse), _shown(coarse, support)
    return _refined(coarse, area, shown, shape_hw, stiffness)


def _refined(
    coarse: NDArray[np.float64],
    area: NDArray[np.float64],
    shown: NDArray[np.bool_],
    shape_hw: tuple[int, int],
    stiffness: float,
) -> Warp:
    """The coarse map at full resolution, only where it shows the garment."""
    reach = cv2.dilate(shown.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    cell_rows, cell_cols = np.flatnonzero(reach.any(axis=1)), np.flatnonzero(reach.any(axis=0))
    if not len(cell_rows):
        raise WarpFailed("the garment lies outside the photo")
    cells = np.s_[cell_rows[0] : cell_rows[-1] + 1, cell_cols[0] : cell_cols[-1] + 1]
    size_wh = (coarse[cells].shape[1] * GRID_PX, coarse[cells].shape[0] * GRID_PX)
    full = cv2.resize(coarse[cells].astype(np.float32), size_wh, None, 0, 0, cv2.INTER_LINEAR)
    full_area = cv2.resize(area[cells].astype(np.float32), size_wh, None, 0, 0, cv2.INTER_LINEAR)
    top, left = ((int(c[0]) - 1) * GRID_PX for c in (cell_rows, cell_cols))  # one cell of margin
    bottom, right = min(shape_hw[0], top + size_wh[1]), min(shape_hw[1], left + size_wh[0])
    part = np.s_[max(0, top) : bottom, max(0, left) : right]
    crop = np.s_[part[0].start - top : bottom - top, part[1].start - left : right - left]
    return Warp(part, full[crop], full_area[crop], stiffness)


def _grid_axes(shape_hw: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows and columns of the coarse grid: centres of cells, one cell beyond every border."""

    def axis(length: int) -> NDArray[np.float64]:
        cells = -(-length // GRID_PX) + 2
        return np.asarray((np.arange(cells) - 0.5) * GRID_PX - 0.5, np.float64)

    return axis(shape_hw[0]), axis(shape_hw[1])


def _distinct(source: PointsXY, target: PointsXY) -> tuple[PointsXY, PointsXY]:
    """Pairs without those whose target lies on an earlier one's."""
    kept: list[int] = []
    for i, point in enumerate(target):
        if all(np.hypot(*(point - target[k])) >= 1.0 for k in kept):
            kept.append(i)
    if len(kept) < MIN_PAIRS:
        raise WarpFailed(f"{len(kept)} distinct pairs")
    for name, points in (("garment", source[kept]), ("person", target[kept])):
        spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
        if spread[-1] / np.sqrt(len(points)) < MIN_SPREAD_PX / 2:
            raise WarpFailed(f"{name} points lie on one line or in one spot")
    return source[kept], target[kept]


def _thin_plate(
    source: PointsXY, target: PointsXY, rows: NDArray[np.float64], cols: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(R, C, 2): the grid of these rows and columns seen through the spline through all pairs.

    One anchor at a time over the whole grid: a third of the time of a general interpolator, which
    builds the matrix of all grid points and anchors.

    Raises:
        np.linalg.LinAlgError: the pairs do not determine a spline.
    """
    middle, extent = target.mean(axis=0), float(np.ptp(target))  # about 1 large, to stay exact
    anchors = (target - middle) / extent
    x, y = (cols - middle[0]) / extent, ((rows - middle[1]) / extent)[:, None]
    plane = np.column_stack([anchors, np.ones(len(anchors))])
    between = _bending(*np.moveaxis(anchors[:, None] - anchors, -1, 0))
    system = np.block([[between, plane], [plane.T, np.zeros((3, 3))]])
    weights = np.linalg.solve(system, np.vstack([source, np.zeros((3, 2))]))
    by_x, by_y, base = weights[-3:, :, None, None]
    seen = by_x * x + (by_y * y + base)  # (2, R, C)
    for (anchor_x, anchor_y), weight in zip(anchors, weights, strict=False):
        bending = _bending(x - anchor_x, y - anchor_y)
        seen += weight[:, None, None] * bending
    return np.moveaxis(seen, 0, -1)


def _bending(dx: NDArray[np.float64], dy: NDArray[np.float64]) -> NDArray[np.float64]:
    """The spline's kernel r^2 log r, times 2."""
    squared = dx**2 + dy**2
    return np.asarray(squared * np.log(np.maximum(squared, SAME_SPOT)))


def _best_similarity(
    source: PointsXY, target: PointsXY, grid: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The grid seen through the best map made of scale, turn and shift; it cannot fold.

    Source: Umeyama, IEEE TPAMI 13(4), 1991; the 2-D case as one complex division.
    """
    src, dst = source[:, 0] + 1j * source[:, 1], target[:, 0] + 1j * target[:, 1]
    centred = dst - dst.mean()
    turn = np.vdot(centred, src - src.mean()) / np.vdot(centred, centred)
    seen = (grid[..., 0] + 1j * grid[..., 1] - dst.mean()) * turn + src.mean()
    return np.stack([seen.real, seen.imag], axis=-1)


def _signed_area(coarse: NDArray[np.float64]) -> NDArray[np.float64]:
    """Determinant of the Jacobian on the coarse grid."""
    by_row = np.asarray(np.gradient(coarse, GRID_PX, axis=0))
    by_col = np.asarray(np.gradient(coarse, GRID_PX, axis=1))
    return np.asarray(by_col[..., 0] * by_row[..., 1] - by_col[..., 1] * by_row[..., 0])


def _shown(coarse: NDArray[np.float64], support: SoftMask) -> NDArray[np.bool_]:
    """Where on the coarse grid the garment is seen."""
    x, y = (np.ascontiguousarray(coarse[..., i], dtype=np.float32) for i in (0, 1))
    seen = cv2.remap(support, x, y, cv2.INTER_LINEAR, None, cv2.BORDER_CONSTANT, 0.0)
    return np.asarray(seen > 0.05)


def _source_box(source_xy: PixelMap, shape_hw: tuple[int, ...], margin: int) -> Part:
    """The part of the source that a map looks at, a little more for its neighbours' sake."""
    sparse = source_xy[::4, ::4].reshape(-1, 2)
    sparse = sparse[~np.isnan(sparse[:, 0])]
    if not len(sparse):
        return np.s_[0:2, 0:2]
    size_wh = np.array([shape_hw[1], shape_hw[0]])
    low = np.clip(sparse.min(axis=0) - margin, 0, size_wh - 2).astype(int)
    high = np.clip(sparse.max(axis=0) + margin, low + 2, size_wh).astype(int)
    return np.s_[int(low[1]) : int(high[1]), int(low[0]) : int(high[0])]


def sample(rgb: RgbImage, alpha: SoftMask, warp: Warp) -> tuple[NDArray[np.float32], SoftMask]:
    """Colours and alpha of the garment seen through the warp, area-filtered when shrinking.

    Args:
        rgb: (h, w, 3) uint8 source.
        alpha: (h, w) float32 source.
        warp: where to look.

    Returns:
        (H', W', 3) float32 0..255 and (H', W') float32, of `warp.part`.
    """
    inside = warp.area[::4, ::4]
    shrink = float(np.sqrt(np.median(inside[inside > 0]))) if (inside > 0).any() else 1.0
    looked_at = _source_box(warp.source_xy, alpha.shape, margin=round(4 * max(1.0, shrink)) + 8)
    rgb, alpha = rgb[looked_at], alpha[looked_at]
    scale, corner = np.ones(2), np.array([looked_at[1].start, looked_at[0].start])
    if shrink > MIN_SHRINK:  # several source pixels a target pixel: average them first
        size_wh = (max(2, round(rgb.shape[1] / shrink)), max(2, round(rgb.shape[0] / shrink)))
        scale = np.array([size_wh[0] / rgb.shape[1], size_wh[1] / rgb.shape[0]])
        rgb = cv2.resize(rgb, size_wh, None, 0, 0, cv2.INTER_AREA)
        alpha = cv2.resize(alpha, size_wh, None, 0, 0, cv2.INTER_AREA)
    to_part = np.column_stack([np.diag(scale), (0.5 - corner) * scale - 0.5])
    away = np.float32(-10 * max(rgb.shape[:2]))  # outside the source: no alpha there
    lookup = cv2.patchNaNs(cv2.transform(warp.source_xy, to_part), float(away))
    colours = cv2.remap(rgb, lookup, None, cv2.INTER_CUBIC, None, cv2.BORDER_REPLICATE)
    matte = cv2.remap(alpha, lookup, None, cv2.INTER_LINEAR, None, cv2.BORDER_CONSTANT, 0.0)
    return colours.astype(np.float32), matte
