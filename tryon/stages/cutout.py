"""The garment's alpha: the matting network checked against a model of the plain background."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, RgbImage, SoftMask, require_rgb, require_soft, to_unit_float
from tryon.geometry import fit_within, mask_box_xyxy, slices_around

RING = 0.025  # share of the shorter side that is looked at as background along the border
PLAIN_BACKGROUND = 6.0  # Lab units: the ring's 80th percentile residual on studio backgrounds
FAINTEST = 0.8  # Lab units: about one grey level in 300, seen only on a noiseless background
NOISE_FACTOR = 3.0  # a difference counts when it is this many times the background's own noise
MISSED = 1.25  # the network lost something when the background model finds this much more
SURE_CONTRAST = 12.0  # Lab units: clearly not background, whatever the network says
QUIET, GAP_NOISE = 2.5, 1.6  # Lab units, and how far beyond its noise the background may go
LEG_GAP_REACH, LEGS_FROM = 0.2, 0.15  # of width and height: where a gap between legs may be
SOFT_PX, RIM_PX = 3, 4  # px around a gap that are its blurred edge, and beyond it the cloth
GAP_SHARE = 0.0015  # of the photo: smaller parts of the background's colour are cloth
COARSE_SIDE = 512  # px: the background model needs no more detail, and is four times faster
PART_SHARE = 0.02  # loose parts smaller than this share of the largest one are dirt
BAND_PX = 9  # px around the cutout whose colour resampling may mix in
FILTER_SCALE = 0.5  # the guided filter's coefficients are smooth: half the resolution is enough
FLOODED = 2  # any value that is neither 0 nor 1
EDGE_GAIN = 1.6  # undoes the filter's own blur
EDGE_RADIUS = 0.006  # of the longer side: how far the fine edge may lie from the coarse one


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """What belongs to the garment.

    Attributes:
        alpha: (H, W) float32.
        confidence: 0..1, agreement of the two ways of finding it.
        notes: sentences a person should read.
    """

    alpha: SoftMask
    confidence: float
    notes: tuple[str, ...] = ()


def cut_out(photo_rgb: RgbImage, network_alpha: SoftMask) -> Cutout:
    """Garment alpha with clean edges.

    Args:
        photo_rgb: (H, W, 3) uint8 sRGB garment photo.
        network_alpha: (H, W) float32 from the matting network.
    """
    require_rgb(photo_rgb, "photo_rgb")
    require_soft(network_alpha, "network_alpha")
    size_wh = (photo_rgb.shape[1], photo_rgb.shape[0])
    small_wh = fit_within(size_wh, COARSE_SIDE)
    distance, noise = background_distance(
        cv2.resize(photo_rgb, small_wh, None, 0, 0, cv2.INTER_AREA)
    )
    from_network = _main_parts(cv2.resize(network_alpha, small_wh) > 0.5)
    if noise > PLAIN_BACKGROUND:
        return Cutout(_fine_edge(photo_rgb, _enlarged(from_network, size_wh), network_alpha), 0.75)
    from_background = _main_parts(_foreground(distance, max(FAINTEST, NOISE_FACTOR * noise)))
    network_px, background_px = int(from_network.sum()), int(from_background.sum())
    both = int((from_network & from_background).sum())
    agreement = both / max(1, network_px + background_px - both)
    share = background_px / from_background.size
    if background_px > MISSED * network_px and 0.04 < share < 0.85 and both > 0.8 * network_px:
        coarse = _enlarged(from_network | from_background, size_wh)
        note = "The garment hardly differs from its background; check its outline."
        return Cutout(_fine_edge(photo_rgb, coarse, coarse.astype(np.float32)), 0.6, (note,))
    from_network &= ~_enclosed_background(distance, noise)
    missed = _missed_parts(from_network, from_background & (distance > SURE_CONTRAST))
    coarse = _enlarged(from_network | missed, size_wh)
    soft = network_alpha
    if missed.any():
        soft = np.maximum(soft, cv2.resize(missed.astype(np.float32), size_wh))
    return Cutout(_fine_edge(photo_rgb, coarse, soft * coarse), float(agreement))


def open_between_legs(photo_rgb: RgbImage, alpha: SoftMask) -> SoftMask:
    """Cut out what is left of the background in the narrow gap between the legs of trousers.

    Args:
        photo_rgb: (H, W, 3) uint8 sRGB garment photo.
        alpha: (H, W) float32 of trousers, shorts or a jumpsuit.

    Returns:
        (H, W) float32; the same where cloth could be taken for background.
    """
    box = mask_box_xyxy(alpha > 0.5)
    distance, noise = background_distance(photo_rgb)
    if box is None or noise > QUIET:
        return alpha
    x0, y0, x1, y1 = box
    reach, middle = LEG_GAP_REACH * (x1 - x0), (x0 + x1) / 2
    zone = np.s_[
        y0 + round(LEGS_FROM * (y1 - y0)) : y1, round(middle - reach) : round(middle + reach)
    ]
    cloth, off = alpha[zone] > 0.5, cv2.blur(distance[zone], (3, 3))
    if not cloth.any() or float(np.median(off[cloth])) < 2 * SURE_CONTRAST:
        return alpha
    empty = (off < SURE_CONTRAST / 2) | ~cloth
    _, labels = cv2.connectedComponents(empty.astype(np.uint8), None, 4)
    open_labels = np.unique(labels[~cloth])
    gap = np.isin(labels, open_labels[open_labels > 0])
    near = cv2.dilate((gap & cloth).astype(np.uint8), np.ones((2 * SOFT_PX + 1,) * 2, np.uint8)) > 0
    opened = alpha.copy()
    solid = np.clip(off / SURE_CONTRAST - 0.5, 0, 1)
    opened[zone] = np.where(near, np.minimum(opened[zone], solid), opened[zone])
    return opened


def _enlarged(mask: BoolMask, size_wh: tuple[int, int]) -> BoolMask:
    return np.asarray(cv2.resize(mask.astype(np.float32), size_wh) > 0.5)


def _enclosed_background(distance: NDArray[np.float32], noise: float) -> BoolMask:
    """Gaps between sleeve and trunk or between legs: large parts of the background's own colour.

    Only a quiet background can be told from cloth of the same colour.
    """
    nothing = np.zeros(distance.shape, bool)
    if noise > QUIET:
        return nothing
    empty = (cv2.blur(distance, (3, 3)) < max(FAINTEST / 2, GAP_NOISE * noise)).astype(np.uint8)
    opened = cv2.morphologyEx(empty, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened, None, 4)
    areas = stats[:, cv2.CC_STAT_AREA]
    gaps = nothing
    for label in range(1, count):
        if areas[label] < GAP_SHARE * distance.size:
            continue
        part = (labels == label).astype(np.uint8)
        edge = cv2.dilate(part, np.ones((2 * SOFT_PX + 1,) * 2, np.uint8))
        rim = cv2.dilate(edge, np.ones((2 * RIM_PX + 1,) * 2, np.uint8)) - edge
        # Without contrast it is white cloth, lit evenly.
        if rim.any() and float(np.median(distance[rim > 0])) > SURE_CONTRAST:
            gaps = gaps | (cv2.dilate(part, np.ones((3, 3), np.uint8)) > 0)
    return gaps


def _missed_parts(from_network: BoolMask, certain: BoolMask) -> BoolMask:
    """Parts of `certain` too thick to be an edge that the network left out."""
    side_px = max(3, round(0.012 * max(certain.shape)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side_px, side_px))
    left_out = (certain & ~from_network).astype(np.uint8)
    thick = cv2.dilate(cv2.morphologyEx(left_out, cv2.MORPH_OPEN, kernel), kernel)
    found = np.asarray((thick > 0) & certain)
    if not found.any():
        return found
    wide = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3 * side_px, 3 * side_px))
    whole = cv2.morphologyEx((from_network | found).astype(np.uint8), cv2.MORPH_CLOSE, wide) > 0
    near = cv2.dilate(found.astype(np.uint8), wide) > 0  # pale stripes between the parts found
    return np.asarray(found | (whole & near & ~from_network))


def background_distance(photo_rgb: RgbImage) -> tuple[NDArray[np.float32], float]:
    """Colour distance of every pixel from the background seen along the border.

    The background may change linearly over the picture (a studio light falling off).

    Returns:
        (H, W) float32 in Lab units, and the background's own noise: the 80th percentile of
        that distance along the border.
    """
    lab = cv2.cvtColor(to_unit_float(photo_rgb), cv2.COLOR_RGB2Lab)
    height, width = lab.shape[:2]
    ring_px = max(3, round(RING * min(height, width)))
    ring = np.ones((height, width), bool)
    ring[ring_px:-ring_px, ring_px:-ring_px] = False
    rows, cols = np.nonzero(ring)
    terms = np.stack([np.ones(len(rows)), rows / height - 0.5, cols / width - 0.5], axis=1)
    colours = lab[rows, cols].astype(np.float64)
    keep = np.ones(len(rows), bool)
    for _ in range(3):  # the garment may touch the border: fit again without the outliers
        kept = terms * keep[:, None]
        fit, *_ = np.linalg.lstsq(kept.T @ terms, kept.T @ colours, rcond=None)
        residual = np.linalg.norm(colours - terms @ fit, axis=1)
        keep = residual <= max(2.0, float(np.percentile(residual, 75)))
    noise = float(np.percentile(residual, 80))
    y = (np.arange(height, dtype=np.float32) / height - 0.5)[:, None]
    x = (np.arange(width, dtype=np.float32) / width - 0.5)[None, :]
    squared = np.zeros((height, width), np.float32)
    for channel, (base, by_row, by_col) in zip(
        cv2.split(lab), fit.T.astype(np.float32), strict=True
    ):
        off = channel - (base + y * by_row)
        off -= x * by_col
        squared += cv2.multiply(off, off)
    return np.sqrt(squared), noise


def _foreground(distance: NDArray[np.float32], contrast: float) -> BoolMask:
    """What differs from the background and cannot be reached from the border through it."""
    differs = cv2.GaussianBlur(distance, (0, 0), 1.0) > contrast
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    closed = cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    outside = cv2.copyMakeBorder(closed, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(outside, None, (0, 0), FLOODED)
    return np.asarray(outside[1:-1, 1:-1] != FLOODED)


def _main_parts(mask: BoolMask) -> BoolMask:
    """The largest part and those not much smaller."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), None, 8)
    if count <= 2:  # the background and at most one part
        return mask
    areas = np.bincount(labels.ravel())
    is_kept = areas >= PART_SHARE * areas[1:].max()
    is_kept[0] = False  # the background
    return np.asarray(is_kept[labels])


def _fine_edge(photo_rgb: RgbImage, coarse: BoolMask, soft: SoftMask) -> SoftMask:
    """Let the edge follow the picture within a narrow band around the coarse outline."""
    radius_px = max(2, round(EDGE_RADIUS * max(coarse.shape)))
    alpha = np.zeros(coarse.shape, np.float32)
    # An even corner, so that the filter's half resolution has the same pixels as the whole's.
    here = slices_around(coarse, 4 * radius_px, multiple_of=2)
    if here is None:
        return alpha
    band_kernel = np.ones((2 * radius_px + 1,) * 2, np.uint8)
    core = cv2.erode(coarse[here].astype(np.uint8), band_kernel)
    reach = cv2.dilate(coarse[here].astype(np.uint8), band_kernel)
    start = soft[here] * reach
    start[core > 0] = 1.0
    grey = cv2.cvtColor(photo_rgb[here], cv2.COLOR_RGB2GRAY)
    guided = cv2.ximgproc.guidedFilter(grey, start, radius_px, 25.0, scale=FILTER_SCALE)
    sharpened = cv2.addWeighted(guided, EDGE_GAIN, guided, 0, 0.5 - 0.5 * EDGE_GAIN)
    np.clip(sharpened, 0.0, 1.0, out=sharpened)
    sharpened[core > 0] = 1.0
    alpha[here] = sharpened * reach
    return alpha


def clean_edge_colours(photo_rgb: RgbImage, alpha: SoftMask) -> RgbImage:
    """The photo with the background's colour removed from the half-transparent edge.

    Every pixel of the edge, and of a band around it that resampling can touch, takes the colour
    of the nearest solid one.

    Returns:
        (H, W, 3) uint8, equal to the photo where alpha is 1.
    """
    here = slices_around(alpha > 0.0, BAND_PX)
    if here is None:
        return photo_rgb
    alpha = alpha[here]
    around = np.ones((3, 3), np.uint8)
    solid = cv2.erode((alpha >= 0.98).astype(np.uint8), around)
    if not solid.any():
        return photo_rgb
    near = cv2.dilate((alpha > 0.0).astype(np.uint8), np.ones((BAND_PX, BAND_PX), np.uint8))
    rim = solid - cv2.erode(solid, around)
    _, labels = cv2.distanceTransformWithLabels(
        1 - rim, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = labels.ravel()
    colours = photo_rgb[here].copy().reshape(-1, 3)  # flat indices are three times as fast
    solid_px = np.flatnonzero(rim)
    rim_rgb = np.zeros((len(solid_px) + 1, 3), np.uint8)  # labels count from 1
    rim_rgb[nearest[solid_px]] = colours[solid_px]
    edge_px = np.flatnonzero((near > 0) & (alpha < 0.995) & (solid == 0))
    colours[edge_px] = rim_rgb[nearest[edge_px]]
    cleaned = photo_rgb.copy()
    cleaned[here] = colours.reshape(*alpha.shape, 3)
    return cleaned


def background_cutout(photo_rgb: RgbImage) -> SoftMask | None:
    """(H, W) float32: what differs from a plain background; None where it is not plain.

    The second opinion beside the network's, for another attempt.
    """
    size_wh = (photo_rgb.shape[1], photo_rgb.shape[0])
    small_wh = fit_within(size_wh, COARSE_SIDE)
    small = cv2.resize(photo_rgb, small_wh, None, 0, 0, cv2.INTER_AREA)
    distance, noise = background_distance(small)
    if noise > PLAIN_BACKGROUND:
        return None
    found = _main_parts(_foreground(distance, max(FAINTEST, NOISE_FACTOR * noise)))
    if not 0.04 < float(found.mean()) < 0.85:
        return None
    coarse = _enlarged(found & ~_enclosed_background(distance, noise), size_wh)
    return _fine_edge(photo_rgb, coarse, coarse.astype(np.float32))
