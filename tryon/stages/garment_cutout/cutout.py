"""The garment's alpha: the matting network checked against a model of the plain background."""

from dataclasses import dataclass

import cv2
import numpy as np

from tryon.arrays import BoolMask, RgbImage, SoftMask, require_rgb, require_soft
from tryon.geometry import fit_within, slices_around
from tryon.stages.garment_cutout.backdrop import Backdrop, find_backdrop
from tryon.stages.garment_cutout.cutout_gaps import (
    FAINTEST,
    SURE_CONTRAST,
    background_inside,
    without_halo,
)
from tryon.stages.garment_cutout.pale_edge import follow_pale_edges

NOISE_FACTOR = 3.0  # a difference counts when it is this many times the background's own noise
MISSED = 1.25  # the network lost something when the background model finds this much more
COARSE_SIDE = 512  # px: the background model needs no more detail, and is four times faster
PART_SHARE = 0.02  # loose parts smaller than this share of the largest one are dirt
BAND_PX = 9  # px around the cutout whose colour resampling may mix in
FILTER_SCALE = 0.5  # the guided filter's coefficients are smooth: half the resolution is enough
PALE_PX = 9  # of the small picture: level stripes up to this broad may have the background's colour
LEAST_HOOK, HOOK = 0.04, 0.08  # of height and breadth: a hook is at least so high, at most so broad
OFF_MIDDLE = 0.1  # of the breadth
JOINED = 0.4  # of the row's span is cloth or wire
HANGER = 6  # times the hook's thickness: what is seen of its arms
FLOODED = 2  # any value that is neither 0 nor 1
EDGE_GAIN = 1.6  # undoes the filter's own blur
FAINT_GAIN = 4.0  # the same where the picture has no edge to follow: white cloth would glow
FAINT_EDGE = (10, 40)  # grey levels within `CONTRAST_PX`: no edge, a clear one
CONTRAST_PX = 7
_GAINS = np.interp(np.arange(256), FAINT_EDGE, (FAINT_GAIN, EDGE_GAIN)).astype(np.float32)
EDGE_RADIUS = 0.006  # of the longer side: how far the fine edge may lie from the coarse one
FAINT_NOTE = "The garment hardly differs from its background; check its outline."


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
    backdrop = find_backdrop(cv2.resize(photo_rgb, small_wh, None, 0, 0, cv2.INTER_AREA))
    from_network = _main_parts(_without_hook(cv2.resize(network_alpha, small_wh) > 0.5))
    if not backdrop.is_plain:
        return Cutout(_fine_edge(photo_rgb, _enlarged(from_network, size_wh), network_alpha), 0.75)
    from_background = _foreground(backdrop)
    network_px, background_px = int(from_network.sum()), int(from_background.sum())
    both = int((from_network & from_background).sum())
    agreement = both / max(1, network_px + background_px - both)
    share = background_px / from_background.size
    if background_px > MISSED * network_px and 0.04 < share < 0.85 and both > 0.8 * network_px:
        coarse = from_network | without_halo(backdrop, from_background)
        coarse = _enlarged(coarse & ~background_inside(backdrop, coarse), size_wh)
        alpha = _fine_edge(photo_rgb, coarse, coarse.astype(np.float32))
        alpha = follow_pale_edges(photo_rgb, backdrop, coarse, alpha)
        return Cutout(alpha, 0.6, (FAINT_NOTE,))
    certain = from_background & (backdrop.distance > SURE_CONTRAST) & ~backdrop.in_shadow()
    missed = _missed_parts(from_network, certain)
    whole = from_network | missed
    coarse = _enlarged(whole & ~background_inside(backdrop, whole), size_wh)
    soft = network_alpha
    if missed.any():
        soft = np.maximum(soft, cv2.resize(missed.astype(np.float32), size_wh))
    alpha = _fine_edge(photo_rgb, coarse, soft * coarse)
    alpha = follow_pale_edges(photo_rgb, backdrop, coarse, alpha)
    return Cutout(alpha, float(agreement))


def _enlarged(mask: BoolMask, size_wh: tuple[int, int]) -> BoolMask:
    return np.asarray(cv2.resize(mask.astype(np.float32), size_wh) > 0.5)


def _missed_parts(from_network: BoolMask, certain: BoolMask) -> BoolMask:
    """Parts of `certain` too thick to be an edge that the network left out."""
    side_px = max(3, round(0.012 * max(certain.shape)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side_px, side_px))
    left_out = (certain & ~from_network).astype(np.uint8)
    joined = cv2.morphologyEx(left_out, cv2.MORPH_CLOSE, np.ones((PALE_PX, 1), np.uint8))
    thick = cv2.dilate(cv2.morphologyEx(joined, cv2.MORPH_OPEN, kernel), kernel)
    found = np.asarray((thick > 0) & certain)
    if not found.any():
        return found
    wide = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3 * side_px, 3 * side_px))
    whole = cv2.morphologyEx((from_network | found).astype(np.uint8), cv2.MORPH_CLOSE, wide) > 0
    near = cv2.dilate(found.astype(np.uint8), wide) > 0  # pale stripes between the parts found
    return np.asarray(found | (whole & near & ~from_network))


def _foreground(backdrop: Backdrop) -> BoolMask:
    """What differs from the background and cannot be reached from the border through it."""
    contrast = max(FAINTEST, NOISE_FACTOR * backdrop.noise)
    differs = cv2.GaussianBlur(backdrop.distance, (0, 0), 1.0) > contrast
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    closed = cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    outside = cv2.copyMakeBorder(closed, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(outside, None, (0, 0), FLOODED)
    return _main_parts(_without_hook(np.asarray(outside[1:-1, 1:-1] != FLOODED)))


def _without_hook(mask: BoolMask) -> BoolMask:
    """Without a hanger's hook, and its arms as far as they are seen above the garment.

    A hook is one thin run over the middle, and what comes below it is joined to it. The second
    strap of a top that lies turned is not.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return mask
    upper = mask[rows[0] : rows[-1] + 1]
    counts = upper.sum(axis=1)
    spans = upper.shape[1] - upper[:, ::-1].argmax(axis=1) - upper.argmax(axis=1)
    end = int(np.argmax(spans > HOOK * len(columns)))
    if end < LEAST_HOOK * len(rows) or counts[end] < JOINED * spans[end]:
        return mask
    aside = np.flatnonzero(upper[:end].any(axis=0)).mean() - (columns[0] + columns[-1]) / 2
    if abs(aside) > OFF_MIDDLE * len(columns):
        return mask
    kept = mask.copy()
    kept[: rows[0] + int(np.argmax(counts > HANGER * counts[:end].max()))] = False
    return kept


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
    inside = coarse[here].astype(np.uint8)
    core = cv2.erode(inside, band_kernel).astype(np.float32)
    reach = cv2.dilate(inside, band_kernel).astype(np.float32)
    start = cv2.max(cv2.multiply(soft[here], reach), core)
    grey = cv2.cvtColor(photo_rgb[here], cv2.COLOR_RGB2GRAY)
    guided = cv2.ximgproc.guidedFilter(grey, start, radius_px, 25.0, scale=FILTER_SCALE)
    contrast = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((CONTRAST_PX,) * 2, np.uint8))
    gain = cv2.LUT(contrast, _GAINS)
    sharpened = cv2.multiply(guided - 0.5, gain) + np.float32(0.5)
    np.clip(sharpened, 0.0, 1.0, out=sharpened)
    alpha[here] = cv2.multiply(cv2.max(sharpened, core), reach)
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
    edge_px = np.flatnonzero((near > solid) & (alpha < 0.995))
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
    backdrop = find_backdrop(small)
    if not backdrop.is_plain:
        return None
    found = without_halo(backdrop, _foreground(backdrop))
    if not 0.04 < float(found.mean()) < 0.85:
        return None
    coarse = _enlarged(found & ~background_inside(backdrop, found), size_wh)
    return _fine_edge(photo_rgb, coarse, coarse.astype(np.float32))
