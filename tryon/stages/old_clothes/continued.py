"""Trousers and skirts continued upwards where an old top hid them: their own cloth, mirrored."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, RgbImage, SoftMask
from tryon.geometry import mask_box_xyxy

SHADOW_PX = 4  # of the small grid: so far below its hem an old top throws a shadow
NEAR_PX = 6  # of the small grid: what is seen of the cloth begins within this of what is missing
LEAST_PX = 8  # of the small grid: a lower strip of cloth, mirrored again and again, is a pattern
EDGE_PX = 7  # of the small grid: half of this beside cloth its colours are mixed with others
LEVEL_PX = 9  # of the small grid: over so many columns an edge is taken to be level


@dataclass(frozen=True, slots=True, eq=False)
class Continued:
    """Where the cloth that goes on above an edge is taken from, on the small grid.

    Attributes:
        columns: (w,) float32, column whose cloth is shown here: its own, or one near it where
            hands hide the cloth or there is a gap between legs.
        rows: (h, w) float32, row of that column.
        weight: (h, w) float32, how much of it; 0 where none is seen below.
    """

    columns: NDArray[np.float32]
    rows: NDArray[np.float32]
    weight: SoftMask


def continue_up(place: BoolMask, cloth: BoolMask) -> Continued:
    """Mirror cloth at its upper edge, again at its lower one when there is little of it.

    Args:
        place: (h, w) bool, where cloth is missing.
        cloth: (h, w) bool, where it is seen.
    """
    height, width = place.shape
    rows = np.arange(height, dtype=np.float32)[:, None]
    cloth = cv2.erode(cloth.astype(np.uint8), np.ones((1, EDGE_PX), np.uint8)) > 0
    ends = height - 1 - np.argmax(place[::-1], axis=0)  # the lowest row missing in each column
    seen = cloth & (rows >= ends - SHADOW_PX)
    top = np.argmax(seen, axis=0)
    gone = ~seen & (rows > top)
    bottom = np.where(gone.any(axis=0), np.argmax(gone, axis=0), height)
    known = place.any(axis=0) & seen.any(axis=0) & (top - ends <= NEAR_PX)
    known &= bottom - top >= LEAST_PX + SHADOW_PX
    columns = np.arange(width, dtype=np.float32)
    if not known.any():
        none = np.zeros(place.shape, np.float32)
        return Continued(columns, none, none.copy())
    edge, lowest = (np.interp(columns, columns[known], at[known]) for at in (top, bottom - 1))
    edge = cv2.blur((edge + SHADOW_PX).astype(np.float32)[None], (LEVEL_PX, 1))
    lowest = cv2.erode(lowest.astype(np.float32)[None], np.ones((1, LEVEL_PX), np.uint8))
    run = np.maximum(lowest - edge, 1)
    above = np.mod(edge - rows, 2 * run)
    weight = (rows < edge).astype(np.float32)
    return Continued(_nearest(known), edge + np.minimum(above, 2 * run - above), weight)


def _nearest(known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(w,) float32: each known column itself; else one near it, mirrored where that is known."""
    at = np.flatnonzero(known)
    columns = np.arange(len(known))
    nearest = at[np.abs(columns[:, None] - at).argmin(axis=1)]
    mirrored = np.clip(2 * nearest - columns, 0, len(known) - 1)
    return np.asarray(np.where(known[mirrored], mirrored, nearest), np.float32)


def lay_cloth(
    photo_rgb: RgbImage, colours: RgbImage, here: tuple[slice, slice], source: Continued
) -> None:
    """Continue the cloth in what is painted over the photo, in place.

    Args:
        photo_rgb: (H, W, 3) uint8.
        colours: (H', W', 3) uint8, what is painted on a part of it.
        here: rows and columns of that part.
        source: on its small grid.
    """
    scale = photo_rgb.shape[0] / source.rows.shape[0]
    box = mask_box_xyxy(source.weight > 0)
    if box is None:
        return
    rows, cols = (
        slice(max(part.start, int(first * scale)), min(part.stop, int(end * scale)))
        for part, first, end in zip(here, box[1::-1], box[:1:-1], strict=True)
    )
    if rows.start >= rows.stop or cols.start >= cols.stop:
        return
    y, x = np.mgrid[rows, cols].astype(np.float32)
    x, y = ((at + 0.5) / scale - 0.5 for at in (x, y))
    weight, seen_rows = (
        cv2.remap(grid, x, y, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)
        for grid in (source.weight, source.rows)
    )
    seen_cols = cv2.resize(source.columns[None], (photo_rgb.shape[1], 1))[:, cols]
    seen_cols = np.repeat(seen_cols, rows.stop - rows.start, axis=0)
    seen_cols, seen_rows = ((at + 0.5) * scale - 0.5 for at in (seen_cols, seen_rows))
    cloth = cv2.remap(photo_rgb, seen_cols, seen_rows, cv2.INTER_LINEAR)
    shown = colours[rows.start - here[0].start :, cols.start - here[1].start :]
    shown = shown[: rows.stop - rows.start, : cols.stop - cols.start]
    painted = np.ascontiguousarray(shown)
    shown[:] = cv2.blendLinear(cloth, painted, weight, 1 - weight)
