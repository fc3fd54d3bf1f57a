"""The outline of cloth that is nearly as pale as its background, followed along the contour.

A filter over the picture weighs what it sees in a square: beside dark stripes the pale ones between
them look like background, and the edge gets teeth. Here every point of the contour looks across it,
and its neighbours along the contour say where nothing is seen.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from tryon.arrays import BoolMask, RgbImage, SoftMask, to_unit_float
from tryon.stages.garment_cutout.backdrop import Backdrop

REACH = 0.009  # of the longer side: how far across the contour is looked
SHORTEST = 0.08  # of the longer side: contours of small holes are left alone
EVERY = 3  # of the contour's pixels is looked at; lengths along it count in these: next five
SMOOTH = 1.0  # undoes the stairs of the coarse mask
ALONG = 1.7  # so far neighbours agree on where the edge is
SPAN, SPAN_ENDS = 3.5, 0.05  # so far, and with this share in it, the new edge leaves pale places
STEP_PX = 3  # the change across an edge is that from these pixels on one side to the other's
LEAST_STEP = 1.3  # Lab units beyond twice the noise: less is no edge
NEAR = 5.5  # so far darker cloth says where the edge of what is paler may lie:
BULGE_PX = 3  # no further out than its own by this, or it is a shadow
SHADED = 0.35  # of the points near: more in shadow and nothing is drawn anew
LEAST_OF_BEST = 0.12  # of the strongest step across: fainter ones are ringing of the JPEG
PALE = 40.0  # Lab units: cloth that differs more has an edge the picture's filter follows
STRIPES = 12.0  # Lab units: darker cloth on both sides misleads the filter; a shadow has none
WINDOW = 15  # points of the contour to either side that are near
FILL_PX = 0.5  # OpenCV's filled polygons reach so far beyond their corners
PRIOR = 0.15  # Lab units: how much the coarse contour counts where no edge is seen
SUBPIXEL_BITS = 4


@dataclass(frozen=True, slots=True, eq=False)
class _Contour:
    """A closed contour, its normals, and what is seen across it.

    Attributes:
        xy: (N, 2) float32.
        outward: (N, 2) float32 unit vectors.
        across: (N, K) float32, Lab units: distance from the backdrop, from inside to outside.
        reach: pixels: K is 2 * reach + 1.
    """

    xy: NDArray[np.float32]
    outward: NDArray[np.float32]
    across: NDArray[np.float32]
    reach: int


def follow_pale_edges(
    photo_rgb: RgbImage, backdrop: Backdrop, coarse: BoolMask, alpha: SoftMask
) -> SoftMask:
    """The alpha with the edges of pale cloth drawn anew.

    Args:
        photo_rgb: (H, W, 3) uint8.
        backdrop: of that photo at any size.
        coarse: (H, W) bool, the cutout within a few pixels.
        alpha: (H, W) float32.

    Returns:
        (H, W) float32; the same where no edge is pale, or the background not quiet.
    """
    if not backdrop.is_quiet or not _may_be_striped(backdrop, coarse):
        return alpha
    drawn, zone = np.zeros(coarse.shape, np.uint8), np.zeros(coarse.shape, np.uint8)
    reach = max(STEP_PX + 1, round(REACH * max(coarse.shape)))
    contours, _ = cv2.findContours(coarse.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    polygons = []
    for points in contours:
        if len(points) < SHORTEST * max(coarse.shape):
            polygons.append(_fixed(points[:, 0]))
            continue
        contour = _looked_across(points[::EVERY, 0], photo_rgb, backdrop, reach)
        offset, is_pale = _edge(contour, backdrop.noise)
        moved = (offset - FILL_PX)[:, None] * contour.outward
        polygons.append(_fixed(contour.xy + moved.astype(np.float32)))
        for span in _spans(is_pale):
            there = _fixed(contour.xy[span])
            cv2.polylines(zone, [there], False, 1, 2 * reach, cv2.LINE_8, SUBPIXEL_BITS)
    if not zone.any():
        return alpha
    cv2.fillPoly(drawn, polygons, 255, cv2.LINE_AA, SUBPIXEL_BITS)
    followed = alpha.copy()
    place = np.flatnonzero(zone)
    followed.ravel()[place] = drawn.ravel()[place] * np.float32(1 / 255)
    return followed


def _may_be_striped(backdrop: Backdrop, coarse: BoolMask) -> bool:
    """Whether cloth at the edge is pale here and darker there; most garments need no more looks."""
    size_wh = backdrop.distance.shape[::-1]
    cloth = cv2.resize(coarse.astype(np.uint8), size_wh, None, 0, 0, cv2.INTER_NEAREST)
    inner = cv2.erode(cloth, np.ones((5, 5), np.uint8))
    band = backdrop.distance[inner > cv2.erode(inner, np.ones((3, 3), np.uint8))]
    if not len(band):
        return False
    palest, darkest = np.percentile(band, (2, 98))
    return bool(palest < PALE and darkest > palest + STRIPES)


def _looked_across(
    points: NDArray[np.int32], photo_rgb: RgbImage, backdrop: Backdrop, reach: int
) -> _Contour:
    xy = gaussian_filter1d(points.astype(np.float32), SMOOTH, axis=0, mode="wrap")
    along = np.roll(xy, -1, axis=0) - np.roll(xy, 1, axis=0)
    along /= np.maximum(np.hypot(*along.T), 1e-3)[:, None]
    outward = np.stack([-along[:, 1], along[:, 0]], axis=1)  # contours run with the mask at left
    steps = np.arange(-reach, reach + 1, dtype=np.float32)
    looked = xy[:, None] + steps[:, None] * outward[:, None]
    rgb = cv2.remap(photo_rgb, looked, None, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)
    lab = cv2.cvtColor(to_unit_float(rgb), cv2.COLOR_RGB2Lab)
    height, width = photo_rgb.shape[:2]
    base, by_row, by_col = backdrop.colour
    expected = base + (xy[:, 1:] / height - 0.5) * by_row + (xy[:, :1] / width - 0.5) * by_col
    across = np.linalg.norm(lab - expected[:, None], axis=2)
    return _Contour(xy, outward, across, reach)


def _edge(contour: _Contour, noise: float) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How far outwards the edge lies from each point, pixels, and where the cloth is pale."""
    offset, weight, cloth = _outermost_steps(contour, noise)
    seen_around = np.minimum(*(_most_near(cloth, side) for side in (-1, 1)))
    # So that dark cloth outweighs what is pale beside it: its edge is the surer one.
    sure = _mean_near(offset, weight**2, NEAR)
    is_pale, is_shadow = (weight > 0) & (cloth < PALE), offset >= sure + BULGE_PX
    is_misled = is_pale & ~is_shadow & (seen_around > cloth + STRIPES)
    misled, shaded = (
        gaussian_filter1d(share.astype(np.float32), SPAN, mode="wrap")
        for share in (is_misled, is_pale & is_shadow)
    )
    is_redrawn = (misled > SPAN_ENDS) & (shaded < SHADED)
    return _mean_near(np.minimum(offset, sure + BULGE_PX), weight, ALONG), is_redrawn


def _outermost_steps(contour: _Contour, noise: float) -> tuple[NDArray[np.float64], ...]:
    """Of the outermost edge at each point: how far outwards it lies, its height, and the cloth.

    Returns:
        (N,) pixels; (N,) Lab units, 0 where there is no edge; (N,) Lab units from the backdrop
        inside it.
    """
    total = np.cumsum(np.pad(contour.across, ((0, 0), (1, 0))), axis=1)
    beside = (total[:, STEP_PX:] - total[:, :-STEP_PX]) / STEP_PX  # mean of STEP_PX from k on
    step = beside[:, : -STEP_PX - 1] - beside[:, STEP_PX + 1 :]  # around pixel k + STEP_PX
    least = np.maximum(LEAST_STEP + 2 * noise, LEAST_OF_BEST * step.max(axis=1))
    padded = np.pad(step, ((0, 0), (1, 1)), constant_values=-np.inf)
    is_peak = (step >= padded[:, :-2]) & (step >= padded[:, 2:]) & (step >= least[:, None])
    last = step.shape[1] - 1 - is_peak[:, ::-1].argmax(axis=1)
    seen, rows = is_peak.any(axis=1), np.arange(len(step))
    return (
        np.where(seen, last + STEP_PX - contour.reach, 0.0),
        np.where(seen, np.minimum(step[rows, last], PALE), 0.0),
        np.where(seen, beside[rows, last], 0.0),
    )


def _mean_near(
    values: NDArray[np.float64], weights: NDArray[np.float64], sigma: float
) -> NDArray[np.float64]:
    """Mean of the neighbours along the contour, tending to 0 where nothing has a weight."""
    num = gaussian_filter1d(weights * values, sigma, mode="wrap")
    return np.asarray(num / (gaussian_filter1d(weights, sigma, mode="wrap") + PRIOR))


def _most_near(values: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """The largest of the `WINDOW` neighbours before (-1) or after (1) along the contour."""
    half = WINDOW // 2
    return np.asarray(maximum_filter1d(values, WINDOW, mode="wrap", origin=-side * half))


def _spans(is_in: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Indices of each run of True; a run through the end of a closed contour comes as two."""
    index = np.flatnonzero(is_in)
    if not len(index):
        return []
    return np.split(index, np.flatnonzero(np.diff(index) > 1) + 1)


def _fixed(xy: NDArray[np.float32]) -> NDArray[np.int32]:
    """Points in the fixed numbers of OpenCV's drawing."""
    return np.asarray(np.round(xy * 2**SUBPIXEL_BITS), np.int32)
