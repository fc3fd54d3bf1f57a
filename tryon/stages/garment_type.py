"""What kind of garment an outline is. A guess to start from; the user's word counts more."""

import numpy as np

from tryon.anchors import GarmentType
from tryon.arrays import BoolMask
from tryon.stages.silhouette import Silhouette, gap_tops, measure_silhouette

FLAT_TOP = 0.045  # of the height: a waistband's upper edge varies less than this over its width
LEG_GAP = 0.12  # of the height: a gap at the lower middle this tall parts two legs
LONG_LEGS = 1.35  # height / width above which legs are trousers
LONG_DRESS = 1.75  # height / trunk width above which a top is a dress
SLEEVE_WIDTH = 1.22  # full width / trunk width: more means sleeves
LONG_SLEEVE = 0.62  # of the height: sleeves that reach lower than this are long


def detect_type(mask: BoolMask) -> tuple[GarmentType, float]:
    """The most likely type and how sure that is, 0..1, from the outline alone.

    Shirts, hoodies and jackets have the outlines of sweaters, and are called sweaters.
    """
    shape = measure_silhouette(mask)
    leg_gap = _leg_gap(shape)
    if _has_flat_top(shape):
        if leg_gap > LEG_GAP or (leg_gap > 0.05 and shape.height_px < 1.2 * shape.width_px):
            is_long = shape.height_px > LONG_LEGS * _top_width(shape)
            return ("trousers", 0.9) if is_long and leg_gap > 0.35 else ("shorts", 0.8)
        return "skirt", 0.75
    if leg_gap > 0.3:
        return "jumpsuit", 0.7
    trunk = shape.core_width(0.45, 0.65) or float(shape.width_px)
    if shape.height_px > LONG_DRESS * trunk and not _has_long_sleeves(shape):
        narrow = shape.core_width(0.25, 0.5) or trunk
        if shape.height_px > LONG_DRESS * max(narrow, 0.8 * trunk):
            return "dress", 0.7
    upper = slice(shape.row(0.05), shape.row(0.6))
    widest = float((shape.outer_right[upper] - shape.outer_left[upper] + 1).max())
    lower = shape.core_width(0.6, 0.9) or trunk
    if widest < SLEEVE_WIDTH * lower and gap_tops(shape) == (None, None):
        return "tank_top", 0.7
    return ("sweater", 0.6) if _has_long_sleeves(shape) else ("tshirt", 0.75)


def _has_flat_top(shape: Silhouette) -> bool:
    x0, y0, x1, _ = shape.box_xyxy
    width = _top_width(shape)
    if width < 0.3 * shape.width_px:
        return False
    columns = np.linspace(shape.axis_x - 0.45 * width, shape.axis_x + 0.45 * width, 25)
    columns = columns[(columns >= x0) & (columns < x1)]
    tops = np.array([shape.top(x) for x in columns]) - y0
    return bool(np.percentile(tops, 90) < FLAT_TOP * shape.height_px)


def _top_width(shape: Silhouette) -> float:
    row = shape.row(0.05)
    return float(shape.outer_right[row] - shape.outer_left[row] + 1)


def _leg_gap(shape: Silhouette) -> float:
    """Height of the gap between two legs at the lower middle, as a share of the height."""
    rows = np.arange(shape.box_xyxy[1], shape.box_xyxy[3])
    empty = (shape.core_left[rows] < 0) & (shape.outer_left[rows] >= 0)
    lower = empty[int(0.3 * len(rows)) :]
    return float(lower.sum()) / len(rows)


def _has_long_sleeves(shape: Silhouette) -> bool:
    """Whether something reaches out beside the trunk low down."""
    low = slice(shape.row(LONG_SLEEVE), shape.row(0.8))
    full = shape.outer_right[low] - shape.outer_left[low] + 1
    trunk = shape.core_right[low] - shape.core_left[low] + 1
    wide = float(np.median(full)) > SLEEVE_WIDTH * float(np.median(trunk[trunk > 1] if (trunk > 1).any() else full))
    bottom = shape.core_width(0.85, 0.97) or float(np.median(full))
    return wide or float(np.median(full)) > 1.35 * bottom
