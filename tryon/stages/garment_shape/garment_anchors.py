"""Anchors of upper-body garments, read off the outline. Lower body: `lower_anchors.py`.

Everything is found for the picture's left half (the wearer's right side); the other half is the
same on the mirrored outline.
"""

from dataclasses import dataclass

import numpy as np

from tryon.anchors import Anchor
from tryon.arrays import PointsXY, RgbImage
from tryon.stages.garment_shape.neckline import HOOD_SIZE, find_neckline
from tryon.stages.garment_shape.silhouette import (
    Silhouette,
    farthest_along,
    farthest_from_chord,
    measure_silhouette,
)  # fmt: skip
from tryon.stages.garment_shape.sleeves import (
    GUESSED,
    LIKELY,
    SEEN,
    Found,
    sleeve_ends,
    sleeve_head,
    sleeve_region,
)

SLEEVE_REACH = 0.07  # of the torso width: a part reaching further out than this is a sleeve
ARMPIT_DEPTH = 0.68  # of the torso width: armpits of sleeved garments below the neck points
ARMPIT_REACH = 0.48  # armpit from the axis / trunk width near the hem: 56 seen ones, spread 0.10
HIDDEN_ARMPIT = 0.60  # the same / geometric mean of that width and the shoulder corner's: 0.08
SHOULDER_BULGE = 0.05  # of the trunk width: a corner is no flatter
PRESSED_SLEEVE = 1.18  # full width / trunk width: more means sleeves lie against the trunk
BODICE_HEIGHT = 1.2  # of the breadth with sleeves: how far down a dress lies on the trunk
HOOD_BAY = 0.035  # of the torso width: the bay between hood and shoulder is at least this deep
ONE_SIDED = 0.2  # of the torso width: armpits further apart in height cannot both be right
WAIST_AT = 0.55  # of the way from armpit to hem


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """Half a garment, in mask pixels of that half's orientation (picture's left)."""

    points: dict[str, Found]
    has_sleeve: bool
    torso_width: float

    @property
    def confidence(self) -> float:
        """Of the point everything else hangs on."""
        return self.points["armpit"][1]

    @property
    def armpit_y(self) -> float:
        """Row of the armpit."""
        return float(self.points["armpit"][0][1])

    def shifted(self, dx: float) -> "_Side":
        """The same points on the other half's columns, a little less sure."""
        moved = {
            n: (xy + np.array([dx, 0.0]), min(c, LIKELY)) for n, (xy, c) in self.points.items()
        }
        return _Side(moved, self.has_sleeve, self.torso_width)


def upper_anchors(
    whole: Silhouette, photo_rgb: RgbImage, sleeveless: bool = False, is_long: bool = False
) -> tuple[Anchor, ...]:
    """Anchors of a garment worn on the upper body (also the top of a dress or jumpsuit).

    Args:
        whole: the cutout's.
        photo_rgb: (H, W, 3) uint8 of the same size, for the front neckline.
        sleeveless: known to have no sleeves.
        is_long: a dress or jumpsuit, whose upper part alone is looked at.

    Returns:
        In the order neck, shoulders, armpits, sleeves, waist, hem; the wearer's left and right.
    """
    shape = _bodice(whole) if is_long else whole
    width = shape.mask.shape[1]
    right, left = _agreed(
        _side(shape, sleeveless, is_long), _side(shape.mirrored, sleeveless, is_long), shape, width
    )
    named: dict[str, Anchor] = {}
    for side, half in (("left", left), ("right", right)):
        for name, (xy, confidence) in half.points.items():
            x = width - 1 - xy[0] if side == "left" else xy[0]
            named[f"{side}_{name}"] = Anchor(f"{side}_{name}", float(x), float(xy[1]), confidence)
    torso_width = (left.torso_width + right.torso_width) / 2
    named |= find_neckline(shape, photo_rgb, named["left_neck"], named["right_neck"], torso_width)
    return tuple(named.values())


def _agreed(right: _Side, left: _Side, shape: Silhouette, width: int) -> tuple[_Side, _Side]:
    """A side that had to guess takes the other's mirror image: garments are sewn symmetric."""
    shift = width - 1 - 2 * shape.axis_x  # from one half's columns to the other's
    lower = right.armpit_y - left.armpit_y
    if abs(lower) > ONE_SIDED * (right.torso_width + left.torso_width) / 2:
        # One side mistook its shoulder corner for an armpit: the lower one is right.
        return (right, right.shifted(shift)) if lower > 0 else (left.shifted(-shift), left)
    if right.confidence > left.confidence + 0.2:
        return right, right.shifted(shift)
    if left.confidence > right.confidence + 0.2:
        return left.shifted(-shift), left
    return right, left


def _side(shape: Silhouette, sleeveless: bool, is_long: bool) -> _Side:
    rough_width = bottom_width(shape)
    neck = _neck(shape, rough_width)
    armpit, armpit_seen, has_sleeve = _armpit(shape, neck, rough_width, sleeveless)
    hem = _hem(shape, armpit, rough_width)
    torso_width = 2 * (shape.axis_x - (armpit[0] + hem[0]) / 2)
    points: dict[str, Found] = {"neck": (neck, SEEN)}
    sleeve: dict[str, Found] = {}
    if has_sleeve:
        points["shoulder"] = sleeve_head(shape, neck, armpit, torso_width)
        shoulder = points["shoulder"][0]
        region = sleeve_region(shape, shoulder, armpit, hem, armpit_seen < LIKELY)
        sleeve = sleeve_ends(region, shoulder, armpit, torso_width)
    else:
        points["shoulder"] = (_strap_tip(shape, neck, armpit, torso_width), LIKELY)
    points["armpit"] = (armpit, armpit_seen)
    points |= sleeve
    waist_y = armpit[1] + WAIST_AT * (hem[1] - armpit[1])
    if is_long:
        waist_y = _narrowest_row(shape, armpit[1], hem[1])
    waist_x = _torso_edge(shape, waist_y, armpit, hem, torso_width)
    points["waist"] = (np.array([waist_x, waist_y]), LIKELY)
    points["hem"] = (hem, SEEN)
    return _Side(points, has_sleeve, torso_width)


def bottom_width(shape: Silhouette) -> float:
    """Width of the trunk near its lower end, where sleeves have ended or lie apart."""
    rows = np.flatnonzero(shape.core_left >= 0)
    if not len(rows):
        return float(shape.width_px)
    tall = rows[-1] - rows[0] + 1
    low = rows[(rows > rows[-1] - 0.3 * tall) & (rows < rows[-1] - 0.02 * tall)]
    low = low if len(low) else rows
    return float(np.percentile(shape.core_right[low] - shape.core_left[low] + 1, 30))


def _bodice(whole: Silhouette) -> Silhouette:
    """The part of a long garment that lies on the trunk."""
    top = whole.box_xyxy[1]
    upper = whole.mask[top : top + max(1, round(0.3 * whole.height_px))]
    broad = int(np.ptp(np.flatnonzero(upper.any(axis=0)))) + 1
    if whole.height_px <= BODICE_HEIGHT * broad:
        return whole
    cut = whole.mask.copy()
    cut[top + round(BODICE_HEIGHT * broad) :] = False
    return measure_silhouette(cut)


def _neck(shape: Silhouette, torso_width: float) -> PointsXY:
    """Highest point of the shoulder, beside the neck; the outer end where it is flat."""
    hood = under_hood(shape, torso_width)
    if hood is not None:
        return hood
    columns = np.arange(
        max(shape.box_xyxy[0], int(shape.axis_x - 0.47 * torso_width)),
        max(1, int(shape.axis_x - 0.05 * torso_width)),
    )
    if not len(columns):
        return np.array([shape.axis_x, float(shape.box_xyxy[1])])
    tops = shape.tops[columns]
    level = tops.min() + 0.012 * torso_width
    x = float(columns[tops <= level].mean())
    return np.array([x, float(shape.top(x))])


def under_hood(shape: Silhouette, torso_width: float) -> PointsXY | None:
    """Where a hood meets the shoulder: the deepest point of the bay between the two."""
    first = max(shape.box_xyxy[0], int(shape.axis_x - 0.6 * torso_width))
    columns = np.arange(int(shape.axis_x), first, -1)
    path = shape.top_edge(columns)
    if len(path) < 8:
        return None
    index, depth = farthest_from_chord(path)  # walking left, left of the chord is below it
    high = path[index, 1] - path[: index + 1, 1].min()
    broad = 2 * (shape.axis_x - path[index, 0])
    is_hood = high > HOOD_SIZE[0] * torso_width and broad > HOOD_SIZE[1] * torso_width
    return path[index] if is_hood and depth > HOOD_BAY * torso_width else None


def _armpit(
    shape: Silhouette, neck: PointsXY, trunk_width: float, sleeveless: bool
) -> tuple[PointsXY, float, bool]:
    """Where the sleeve's underside meets the trunk, or the lower end of an armhole.

    Returns:
        (2,) point, confidence, whether there is a sleeve.
    """
    _, y0, _, y1 = shape.box_xyxy
    usual_y = neck[1] + ARMPIT_DEPTH * trunk_width
    gap = None if sleeveless else shape.gap_top
    if gap is not None and gap[1] < usual_y + 0.25 * trunk_width:
        return gap, SEEN, True
    middle = shape.row(0.66)
    full_width = shape.outer_right[middle] - shape.outer_left[middle] + 1
    if gap is not None or (not sleeveless and full_width > PRESSED_SLEEVE * trunk_width):
        x = gap[0] if gap is not None else shape.axis_x - _half_width(shape, neck, trunk_width)
        return np.array([x, min(usual_y, 0.7 * y1 + 0.3 * y0)]), GUESSED, True
    rows = np.arange(y0, y1)
    edge = np.stack([shape.outer_left[y0:y1], rows], axis=1).astype(np.float64)
    edge = edge[edge[:, 0] >= 0]
    upper = edge[edge[:, 1] < y0 + 0.55 * (y1 - y0)]
    tip = int(np.argmin(upper[:, 0]))
    below = edge[tip : int(0.8 * len(edge))]
    if len(below) > 8 and not sleeveless:
        index, depth = farthest_from_chord(below)  # walking down, left is the garment's inside
        notch = below[index]
        out = notch[0] - upper[tip, 0]
        is_low = notch[1] > neck[1] + 0.88 * trunk_width  # a flared hem rather than a sleeve
        reach = (2.5 if is_low else 1.0) * SLEEVE_REACH * trunk_width
        if depth > 0.03 * trunk_width and out > reach:
            return notch, SEEN, True
    # No sleeve: the armhole is a bay of the edge under the shoulder, the armpit its lower end.
    start = neck[1] + 0.15 * trunk_width
    trunk = edge[(edge[:, 1] > start) & (edge[:, 1] < neck[1] + 0.8 * trunk_width)]
    if len(trunk) >= 3:
        corner = farthest_along(trunk, np.array([-0.98, -0.2]))
        if corner[1] > start + 0.05 * trunk_width:
            return corner, SEEN, False
    row = int(np.clip(neck[1] + 0.4 * trunk_width, y0, y1 - 1))
    return np.array([float(shape.outer_left[row]), float(row)]), GUESSED, False


def _half_width(shape: Silhouette, neck: PointsXY, trunk_width: float) -> float:
    """Half the width between armpits that sleeves lying on the trunk hide, in pixels.

    From the width near the hem and from the corner where the shoulder becomes the sleeve.
    """
    columns = np.arange(shape.box_xyxy[0], max(shape.box_xyxy[0], int(neck[0])) + 1)
    path = shape.top_edge(columns)
    index, bulge = farthest_from_chord(path)
    reach = shape.axis_x - path[index, 0]
    if bulge < SHOULDER_BULGE * trunk_width or reach <= 0:
        return ARMPIT_REACH * trunk_width
    return HIDDEN_ARMPIT * float(np.sqrt(trunk_width * reach))


def _hem(shape: Silhouette, armpit: PointsXY, torso_width: float) -> PointsXY:
    """Lower corner of the trunk, sleeves left out."""
    _, _, _, y1 = shape.box_xyxy
    first = int(armpit[1] + 0.4 * (y1 - armpit[1]))
    rows = np.arange(first, y1)
    left = shape.core_left[first:y1].astype(np.float64)
    reach = shape.axis_x - armpit[0]
    there = (left >= 0) & (left > armpit[0] - max(0.35 * torso_width, 0.5 * reach))
    if not there.any():
        return np.array([armpit[0], float(y1 - 1)])
    corners = np.stack([left[there], rows[there].astype(np.float64)], axis=1)
    return farthest_along(corners, np.array([-0.45, 0.89]))


def _narrowest_row(shape: Silhouette, from_y: float, to_y: float) -> float:
    """The row between two where the run around the axis is narrowest: a dress's waist."""
    rows = np.arange(int(from_y + 0.15 * (to_y - from_y)), int(to_y - 0.05 * (to_y - from_y)))
    rows = rows[shape.core_left[rows] >= 0]
    if not len(rows):
        return (from_y + to_y) / 2
    widths = shape.core_right[rows] - shape.core_left[rows]
    return float(np.median(rows[widths <= widths.min() + 1]))


def _torso_edge(
    shape: Silhouette, y: float, armpit: PointsXY, hem: PointsXY, torso_width: float
) -> float:
    """x of the trunk's side at a height; on the line armpit-hem where a sleeve hides it."""
    share = (y - armpit[1]) / max(1.0, hem[1] - armpit[1])
    straight = float(armpit[0] + share * (hem[0] - armpit[0]))
    row = int(np.clip(round(y), 0, len(shape.core_left) - 1))
    seen = float(shape.core_left[row])
    return seen if seen >= 0 and abs(seen - straight) < 0.2 * torso_width else straight


def _strap_tip(shape: Silhouette, neck: PointsXY, armpit: PointsXY, torso_width: float) -> PointsXY:
    """Outer end of the strap or of a sleeveless shoulder."""
    first = max(shape.box_xyxy[0], int(neck[0] - 0.45 * torso_width))
    path = shape.top_edge(np.arange(first, int(neck[0]) + 1))
    near = path[path[:, 1] < neck[1] + 0.2 * (armpit[1] - neck[1])]
    if not len(near):
        return neck
    return farthest_along(near, np.array([-0.6, -0.8]))
