"""What kind of garment an outline is. A guess to start from; the user's word counts more."""

import numpy as np

from tryon.anchors import GarmentType
from tryon.arrays import RgbImage
from tryon.stages.garment_shape.front import opens_at_front
from tryon.stages.garment_shape.garment_anchors import under_hood
from tryon.stages.garment_shape.silhouette import Silhouette

FLAT_TOP = 0.045  # of the height: a waistband's upper edge varies less than this over its width
WAISTBAND = 0.78  # width at 4% / width at 14% of the height; shoulders widen faster than hips
BODICE = 0.93  # a dress narrows to the waist by more than this; nothing worn on the hips does
ARMHOLE = 0.03  # armholes of 14 tops and dresses 0.05 to 0.37; nothing worn on the hips over 0.01
FLARE = 1.3  # width at the hem / at the top from which a garment that only widens is a skirt
RIBBED_HEM = (0.88, 0.96)  # width at the hem / a little above: ribs draw the hem of jackets in
UNSURE = 0.65  # confidence below which people should be asked
LEG_GAP = 0.12  # of the height: a gap at the lower middle this tall parts two legs
LONG_LEGS = 1.7  # height / width below the waistband above which legs are trousers
LONG_DRESS = 2.9  # height / waist above which a top is a dress
SLEEVE_WIDTH = 1.22  # full width / trunk width: more means sleeves
PRESSED_SLEEVES = 1.18  # full width / trunk width at the hem: more means sleeves beside the trunk


def detect_type(shape: Silhouette, photo_rgb: RgbImage) -> tuple[GarmentType, float]:
    """The most likely type and how sure that is, 0..1, from the outline and the picture.

    Below `UNSURE` people should be asked. Which part of the body a garment dresses is told more
    surely than what it is called: a top with long sleeves and no opening may be a sweater or a
    long-sleeved T-shirt, one with an opening a shirt or a jacket.

    Args:
        shape: the cutout's.
        photo_rgb: (H, W, 3) uint8 of the same size.
    """
    leg_gap = _leg_gap(shape)
    has_gaps = any(half.gap_top is not None for half in (shape, shape.mirrored))
    has_long_sleeves = leg_gap < LEG_GAP and _full_to_bottom(shape) > PRESSED_SLEEVES
    if not has_gaps and not has_long_sleeves and _has_flat_top(shape):
        is_long = shape.height_px > LONG_LEGS * _width_at(shape, 0.2)
        if leg_gap > LEG_GAP or (leg_gap > 0.05 and not is_long):
            return ("trousers", 0.9) if is_long else ("shorts", 0.8)
        return "skirt", 0.75
    if leg_gap > 0.3:
        return "jumpsuit", 0.7
    if has_long_sleeves:
        return _with_sleeves(shape, photo_rgb)
    waist = min(shape.core_width(share, share + 0.03) or np.inf for share in (0.34, 0.41, 0.48))
    if shape.height_px > LONG_DRESS * waist:
        return "dress", 0.7
    widest = max(_width_at(shape, share) for share in np.linspace(0.05, 0.55, 11))
    trunk = shape.core_width(0.6, 0.9) or float(shape.width_px)
    if widest < SLEEVE_WIDTH * trunk and not has_gaps:
        # With an opening it may be a shirt without sleeves.
        return "tank_top", (0.5 if opens_at_front(shape, photo_rgb) else 0.7)
    return ("shirt", 0.7) if opens_at_front(shape, photo_rgb) else ("tshirt", 0.75)


def _with_sleeves(shape: Silhouette, photo_rgb: RgbImage) -> tuple[GarmentType, float]:
    """Which of the tops with long sleeves."""
    halves = (shape, shape.mirrored)
    has_hood = all(under_hood(half, half.trunk_width) is not None for half in halves)
    if opens_at_front(shape, photo_rgb):
        gathered = shape.core_width(0.97, 0.985) / (shape.core_width(0.84, 0.9) or 1.0)
        is_ribbed = RIBBED_HEM[0] < gathered < RIBBED_HEM[1]
        if has_hood:
            return "hoodie", 0.55  # with a zip; it may be a jacket
        return ("jacket", 0.6) if is_ribbed else ("shirt", 0.6)
    return ("hoodie", 0.75) if has_hood else ("sweater", 0.6)


def _full_to_bottom(shape: Silhouette) -> float:
    """Full width at two thirds of the height / width of the trunk at the bottom."""
    return _width_at(shape, 0.66) / shape.trunk_width


def _has_flat_top(shape: Silhouette) -> bool:
    """Whether the upper edge is a waistband: level, and about as wide as what hangs below it."""
    x0, y0, x1, _ = shape.box_xyxy
    width = _width_at(shape, 0.04)
    if _armhole_depth(shape) > ARMHOLE:
        return False
    if not _only_widens(shape):
        if width < WAISTBAND * _width_at(shape, 0.14):
            return False
        waist = min(_width_at(shape, share) for share in (0.25, 0.32, 0.4, 0.48))
        if waist < BODICE * _width_at(shape, 0.14):
            return False
    columns = np.linspace(shape.axis_x - 0.45 * width, shape.axis_x + 0.45 * width, 25)
    columns = columns[(columns >= x0) & (columns < x1)]
    tops = np.array([shape.top(x) for x in columns]) - y0
    return bool(np.percentile(tops, 90) < FLAT_TOP * shape.height_px)


def _armhole_depth(shape: Silhouette) -> float:
    """How far the sides curve inwards on the way to the broadest row above the middle.

    As a share of that row's breadth. Hips curve outwards.
    """
    rows = slice(shape.row(0.04), shape.row(0.5))
    widths = (shape.outer_right - shape.outer_left)[rows].astype(np.float64)
    broadest = int(np.argmax(widths))
    straight = np.linspace(widths[0], widths[broadest], broadest + 1)
    return float((straight - widths[: broadest + 1]).max() / max(1.0, widths[broadest]))


def _only_widens(shape: Silhouette) -> bool:
    """Whether it grows wider from the top all the way down, as a flared skirt does."""
    widths = np.array([_width_at(shape, share) for share in np.linspace(0.04, 0.84, 11)])
    return bool((np.diff(widths) > -0.01 * widths[:-1]).all() and widths[-1] > FLARE * widths[0])


def _width_at(shape: Silhouette, share: float) -> float:
    row = shape.row(share)
    return float(shape.outer_right[row] - shape.outer_left[row] + 1)


def _leg_gap(shape: Silhouette) -> float:
    """Height over which the lower middle is parted in two, as a share of the height."""
    first, last = shape.row(0.3), shape.box_xyxy[3]
    reach = max(2, round(0.15 * shape.width_px))
    middle = round(shape.axis_x)
    band = shape.mask[first:last, max(0, middle - reach) : middle + reach + 1]
    inside = band[:, 0] & band[:, -1]  # cloth on both sides of the gap
    return float((inside & ~band.all(axis=1)).sum()) / shape.height_px
