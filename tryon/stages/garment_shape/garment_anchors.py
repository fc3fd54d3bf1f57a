"""Anchors of upper-body garments, read off the outline. Lower body: `lower_anchors.py`.

Everything is found for the picture's left half (the wearer's right side); the other half is the
same on the mirrored outline.
"""

from dataclasses import dataclass

import numpy as np

from tryon.anchors import Anchor
from tryon.arrays import PointsXY, RgbImage
from tryon.stages.garment_shape.armpit import STRAP_TIP, find_armpit
from tryon.stages.garment_shape.found import LIKELY, SEEN, Found
from tryon.stages.garment_shape.neckline import HOOD_SIZE, find_neckline
from tryon.stages.garment_shape.silhouette import (
    Silhouette,
    farthest_along,
    farthest_from_chord,
    measure_silhouette,
)  # fmt: skip
from tryon.stages.garment_shape.sleeves import sleeve_ends, sleeve_head, sleeve_region

BODICE_HEIGHT = 1.2  # of the breadth with sleeves: how far down a dress lies on the trunk
NECK_END = 0.04  # of the torso width: so far in from where the highest edge ends the collar ends
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
    rough_width = shape.trunk_width
    neck = _neck(shape, rough_width, sleeveless)
    armpit, armpit_seen, has_sleeve = find_armpit(shape, neck, rough_width, sleeveless)
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


def _neck(shape: Silhouette, torso_width: float, sleeveless: bool) -> PointsXY:
    """Highest point of the shoulder, beside the neck; the outer end where it is flat."""
    hood = None if sleeveless else under_hood(shape, torso_width)
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
    high = columns[tops <= level]
    x = float(min(high.mean(), high.min() + NECK_END * torso_width))
    return np.array([x, float(shape.top(x))])


def under_hood(shape: Silhouette, torso_width: float) -> PointsXY | None:
    """Where a hood meets the shoulder: the deepest point of the bay between the two."""
    first = max(shape.box_xyxy[0], int(shape.axis_x - 0.48 * torso_width))
    columns = np.arange(int(shape.axis_x), first, -1)
    path = shape.top_edge(columns)
    if len(path) < 8:
        return None
    index, depth = farthest_from_chord(path)  # walking left, left of the chord is below it
    high = path[index, 1] - path[: index + 1, 1].min()
    broad = 2 * (shape.axis_x - path[index, 0])
    is_hood = high > HOOD_SIZE[0] * torso_width and broad > HOOD_SIZE[1] * torso_width
    return path[index] if is_hood and depth > HOOD_BAY * torso_width else None


def _hem(shape: Silhouette, armpit: PointsXY, torso_width: float) -> PointsXY:
    """Lower corner of the trunk, sleeves left out."""
    _, _, _, y1 = shape.box_xyxy
    first = shape.cuffs_end or int(armpit[1] + 0.4 * (y1 - armpit[1]))
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
    return farthest_along(near, STRAP_TIP)
