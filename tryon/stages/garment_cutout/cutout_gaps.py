"""Background that shows through a garment: between sleeve and trunk, and between legs."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask, RgbImage, SoftMask
from tryon.geometry import mask_box_xyxy
from tryon.stages.garment_cutout.backdrop import Backdrop, find_backdrop

SURE_CONTRAST = 12.0  # Lab units: clearly not background, whatever the network says
FAINTEST = 0.8  # Lab units: about one grey level in 300, seen only on a noiseless background
GAP_NOISE = 1.6  # how far beyond its noise the background of a gap without shadow may go
SOFT_PX, RIM_PX = 3, 4  # px around a gap that are its blurred edge, and beyond it the cloth
GAP_SHARE = 0.0015  # of the photo: smaller parts of the background's colour are cloth
SHADED_SHARE = 0.0007  # of the photo: a gap open to the background may be as small as this
LARGEST_GAP = 0.12  # of the garment: more is a white garment in the light of its shadows
SHADED_RIM = 1.5 * SURE_CONTRAST  # Lab units, mean: stripes paler than that lie between dark ones
# Lab units, of half and of four fifths of a pale gap's rim: 8 seen 3.4 to 6 and 1.8 to 5.8, places
# of white cloth of the background's colour up to 2.1 and 1.4.
PALE_RIM = (3.0, 1.5)
MOST_GAPS = 3  # side by side: one at each arm, and one between the legs
BESIDE = 0.6  # of a gap's rows that have cloth further out: the sleeve
MIN_CLOTH_PX = 3  # of a row that are a sleeve
SLENDER, LEAST_LONG = 2.0, 0.15  # height of a closed gap / its width, and / the garment's height
ASIDE, BELOW_TOP = 0.12, 0.15  # of width and height: a closed gap begins that far out and down
HALO = 0.025  # of the longer side: a shadow around the garment is narrower than twice this
LEG_GAP_REACH, LEGS_FROM = 0.2, 0.15  # of width and height: where a gap between legs may be


def background_inside(backdrop: Backdrop, garment: BoolMask) -> BoolMask:
    """Parts of the garment's mask that are background.

    Only a quiet background can be told from cloth of the same colour.

    Args:
        backdrop: of the photo.
        garment: (H, W) bool.
    """
    if not backdrop.is_quiet:
        return np.zeros(garment.shape, bool)
    return _clear_parts(backdrop) | _pale_gaps(backdrop, garment) | _shaded_gaps(backdrop, garment)


def _of_its_colour(backdrop: Backdrop) -> NDArray[np.uint8]:
    """(H, W) 0 or 1: what has the background's own colour, lines and dots left out."""
    limit = max(FAINTEST / 2, GAP_NOISE * backdrop.noise)
    empty = (cv2.blur(backdrop.distance, (3, 3)) < limit).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(empty, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)), np.uint8)


def _pale_gaps(backdrop: Backdrop, garment: BoolMask) -> BoolMask:
    """Gaps beside the trunk of a pale garment, which stands out from them by its edges alone.

    White cloth may have the background's colour in places, too; those run into the cloth around
    without an edge.
    """
    distance, found = backdrop.distance, [np.zeros(garment.shape, bool)]
    box = mask_box_xyxy(garment)
    if box is None:
        return found[0]
    inside = _of_its_colour(backdrop) & garment
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inside, None, 4)
    for label in 1 + np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] > SHADED_SHARE * garment.size):
        part = labels == label
        if not (_hangs_beside(stats[label], box) or (_grown(part, SOFT_PX) & ~garment).any()):
            continue
        rim = distance[_rim(part) & garment]
        if len(rim) and _has_edges(rim, backdrop.noise):
            found.append(part)
    return _unless_stripes(found)


def _has_edges(rim: NDArray[np.float32], noise: float) -> bool:
    usual, faint = np.percentile(rim, (50, 20))
    return bool(usual > PALE_RIM[0] + 2 * noise and faint > PALE_RIM[1] + noise)


def _clear_parts(backdrop: Backdrop) -> BoolMask:
    """Large parts of the background's own colour with clear edges, wherever they are."""
    distance = backdrop.distance
    _, labels = cv2.connectedComponents(_of_its_colour(backdrop), None, 4)
    areas = np.bincount(labels.ravel())
    gaps = np.zeros(distance.shape, bool)
    for label in 1 + np.flatnonzero(areas[1:] >= GAP_SHARE * distance.size):
        part = np.asarray(labels == label)
        rim = _rim(part)
        # Without contrast it is white cloth, lit evenly.
        if rim.any() and float(np.median(distance[rim])) > SURE_CONTRAST:
            gaps |= _grown(part, 1)
    return gaps


def _shaded_gaps(backdrop: Backdrop, garment: BoolMask) -> BoolMask:
    """Gaps beside the trunk or between legs in which the garment's shadow lies.

    White cloth can have the colours of a shadow. Unlike that, a gap runs into the background
    without an edge, has clearly other colours around it, and cloth further out; more than three
    side by side are stripes. Where a sleeve closes it off, it is long and hangs beside the middle,
    below the shoulder.
    """
    free, outside = _free_background(backdrop)
    box = mask_box_xyxy(garment)
    if box is None:
        return np.zeros(garment.shape, bool)
    num_px = int(garment.sum())
    cloth = ~free & (backdrop.distance > SURE_CONTRAST)
    found = [np.zeros(garment.shape, bool)]
    for is_open, smooth in ((True, outside), (False, free & ~outside)):
        inside = (smooth & garment).astype(np.uint8)
        if not inside.any():
            continue
        _, labels, stats, _ = cv2.connectedComponentsWithStats(inside, None, 4)
        areas = stats[1:, cv2.CC_STAT_AREA]
        is_sized = (areas > SHADED_SHARE * garment.size) & (areas < LARGEST_GAP * num_px)
        for label in 1 + np.flatnonzero(is_sized):
            if not is_open and not _hangs_beside(stats[label], box):
                continue
            part = labels == label
            rim = _rim(part) & ~outside
            if not rim.any() or float(backdrop.distance[rim].mean()) < SHADED_RIM:
                continue
            if _has_cloth_beyond(part, cloth, (box[0] + box[2]) / 2):
                found.append(part)
    return _unless_stripes(found)


def _unless_stripes(parts: list[BoolMask]) -> BoolMask:
    """All of the parts; none where too many lie side by side."""
    side_by_side = np.sum([part.any(axis=1) for part in parts], axis=0)
    if side_by_side.max() > MOST_GAPS:
        return np.zeros_like(parts[0])
    return _grown(np.any(parts, axis=0), SOFT_PX - 1)


def _hangs_beside(stats: NDArray[np.int32], box_xyxy: tuple[int, int, int, int]) -> bool:
    """Whether a part, by its `connectedComponentsWithStats`, has the place of a sleeve's gap."""
    x0, y0, x1, y1 = box_xyxy
    left, top, wide, tall = (int(value) for value in stats[:4])
    aside = max(left - (x0 + x1) / 2, (x0 + x1) / 2 - (left + wide))
    is_long = tall > max(SLENDER * wide, LEAST_LONG * (y1 - y0))
    return is_long and aside > ASIDE * (x1 - x0) and top > y0 + BELOW_TOP * (y1 - y0)


def _free_background(backdrop: Backdrop) -> tuple[BoolMask, BoolMask]:
    """What may be background or a shadow on it, and what of that runs on to the border."""
    free = backdrop.in_shadow().astype(np.uint8)
    smooth = cv2.morphologyEx(free, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(smooth, None, 4)
    reaches_border = np.zeros(count, bool)
    for ends in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        reaches_border[ends] = True
    reaches_border[0] = False  # what is not smooth
    return smooth > 0, reaches_border[labels]


def _has_cloth_beyond(part: BoolMask, cloth: BoolMask, middle_x: float) -> bool:
    """Whether most rows of a part have cloth further from the middle."""
    rows = np.flatnonzero(part.any(axis=1))
    if np.flatnonzero(part.any(axis=0)).mean() < middle_x:
        part, cloth = part[:, ::-1], cloth[:, ::-1]
    last = part.shape[1] - 1 - part[rows, ::-1].argmax(axis=1)
    further_out = np.arange(part.shape[1]) > last[:, None]
    num_px = (cloth[rows] & further_out).sum(axis=1)
    return bool((num_px >= MIN_CLOTH_PX).mean() > BESIDE)


def _rim(part: BoolMask) -> BoolMask:
    """What lies around a part, its blurred edge left out."""
    edge = _grown(part, SOFT_PX)
    return np.asarray(_grown(edge, RIM_PX) & ~edge)


def _grown(mask: BoolMask, by_px: int) -> BoolMask:
    square = np.ones((2 * by_px + 1,) * 2, np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), square) > 0)


def without_halo(backdrop: Backdrop, garment: BoolMask) -> BoolMask:
    """A mask of what differs from the background without the shadow all around it.

    Args:
        backdrop: of the photo.
        garment: (H, W) bool.

    Returns:
        (H, W) bool; the same where the garment itself has the colours of a shadow.
    """
    if not backdrop.is_quiet or float(backdrop.distance[garment].mean()) < SHADED_RIM:
        return garment
    halo = _free_background(backdrop)[1] & garment
    size = 1 + 2 * round(HALO * max(garment.shape))
    thick = cv2.morphologyEx(halo.astype(np.uint8), cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    return garment if thick.any() else garment & ~_grown(halo, SOFT_PX - 1)


def open_between_legs(photo_rgb: RgbImage, alpha: SoftMask) -> SoftMask:
    """Cut out what is left of the background in the narrow gap between the legs of trousers.

    Args:
        photo_rgb: (H, W, 3) uint8 sRGB garment photo.
        alpha: (H, W) float32 of trousers, shorts or a jumpsuit.

    Returns:
        (H, W) float32; the same where cloth could be taken for background.
    """
    box = mask_box_xyxy(alpha > 0.5)
    if box is None:
        return alpha
    x0, y0, x1, y1 = box
    reach, middle = LEG_GAP_REACH * (x1 - x0), (x0 + x1) / 2
    zone = np.s_[
        y0 + round(LEGS_FROM * (y1 - y0)) : y1, round(middle - reach) : round(middle + reach)
    ]
    backdrop = find_backdrop(photo_rgb, zone)
    if not backdrop.is_quiet:
        return alpha
    cloth, off = alpha[zone] > 0.5, cv2.blur(backdrop.distance, (3, 3))
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
