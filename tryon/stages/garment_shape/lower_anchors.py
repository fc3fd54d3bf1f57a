"""Anchors of trousers, shorts and skirts, and the hips of dresses, read off the outline."""

from collections.abc import Sequence

import numpy as np

from tryon.anchors import Anchor, GarmentType
from tryon.arrays import PointsXY
from tryon.geometry import mask_box_xyxy
from tryon.stages.garment_shape.found import GUESSED, LIKELY, SEEN, Found
from tryon.stages.garment_shape.silhouette import Silhouette, farthest_along, measure_silhouette

HIP_AT = 0.7  # of the way from waist to crotch
SKIRT_HIP_AT = 0.3  # of a skirt's height
SEAT_AT = 0.6  # of the waist's width: the seat lies this far below the waist
USUAL_RISE, MOST_RISE = 0.72, 0.9  # of the seat's width: crotch below the waist; lower is no crotch
HIP_BELOW_ARMPIT = 1.05  # trunk widths
LEAST_ROWS = 8  # of an outline: less below the waist are no legs
FRAYED = 0.35  # of the usual row: thinner rows at the lower end are threads, not hem
KNEE_AT = 0.48  # of the way from crotch to hem
KNEE_LENGTH = 1.1  # legs longer than this many waist widths reach below the knee


def lower_anchors(shape: Silhouette, garment_type: GarmentType) -> tuple[Anchor, ...]:
    """Anchors of a garment worn below the waist.

    Args:
        shape: the cutout's.
        garment_type: "trousers", "shorts" or "skirt".
    """
    right = _half(shape, garment_type)  # the wearer's right is the picture's left
    left = _half(shape.mirrored, garment_type)
    width = shape.mask.shape[1]
    named = [
        Anchor(f"{side}_{name}", float(width - 1 - xy[0] if side == "left" else xy[0]),
               float(xy[1]), confidence)
        for side, half in (("left", left), ("right", right))
        for name, (xy, confidence) in half.items()
    ]  # fmt: skip
    if garment_type != "skirt":
        crotch, seen = _crotch(shape)
        named.append(Anchor("crotch", float(crotch[0]), float(crotch[1]), seen))
    return tuple(named)


def skirt_anchors(shape: Silhouette, upper: Sequence[Anchor]) -> tuple[Anchor, ...]:
    """Hips and hem of a dress, below the anchors of its upper part."""
    by_name = {anchor.name: anchor for anchor in upper}
    trunk_width = by_name["left_armpit"].x - by_name["right_armpit"].x
    last = shape.box_xyxy[3] - 1
    row = int(np.clip(by_name["left_armpit"].y + HIP_BELOW_ARMPIT * trunk_width, 0, last))
    found = []
    for side, half in (("right", shape), ("left", shape.mirrored)):
        edge = _edge(half)
        corners = edge[edge[:, 1] >= half.row(0.85)]
        hem = farthest_along(corners, np.array([-0.6, 0.8]))
        hip = _on(edge, float(row))
        for name, xy, seen in (("hip", hip, LIKELY), ("hem", hem, SEEN)):
            x = float(xy[0]) if side == "right" else shape.mask.shape[1] - 1 - float(xy[0])
            found.append(Anchor(f"{side}_{name}", x, float(xy[1]), seen))
    return tuple(found)


def leg_anchors(shape: Silhouette, upper: Sequence[Anchor]) -> tuple[Anchor, ...]:
    """Hips, crotch and legs of a jumpsuit, below the waist of its upper part."""
    by_name = {anchor.name: anchor for anchor in upper}
    below = shape.mask.copy()
    below[: round((by_name["left_waist"].y + by_name["right_waist"].y) / 2)] = False
    if int(below.any(axis=1).sum()) < LEAST_ROWS:
        return ()
    found = lower_anchors(measure_silhouette(below), "trousers")
    return tuple(anchor for anchor in found if not anchor.name.endswith("waist"))


def _half(shape: Silhouette, garment_type: GarmentType) -> dict[str, Found]:
    """One half in the orientation of the picture's left."""
    _, y0, _, y1 = shape.box_xyxy
    edge = _edge(shape)
    upper = edge[edge[:, 1] < y0 + 0.15 * (y1 - y0)]
    waist = farthest_along(upper, np.array([-0.5, -0.87]))
    points: dict[str, Found] = {"waist": (waist, SEEN)}
    if garment_type == "skirt":
        hip_y = y0 + SKIRT_HIP_AT * (y1 - y0)
        lower = edge[edge[:, 1] > y0 + 0.6 * (y1 - y0)]
        points["hip"] = (_on(edge, hip_y), LIKELY)
        points["hem"] = (farthest_along(lower, np.array([-0.6, 0.8])), SEEN)
        return points
    crotch, seen = _crotch(shape)
    points["hip"] = (_on(edge, waist[1] + HIP_AT * (crotch[1] - waist[1])), LIKELY)
    leg = _leg(shape, crotch)
    low = leg[leg[:, 1] > crotch[1] + 0.7 * (leg[:, 1].max() - crotch[1])]
    outer = farthest_along(low, np.array([-0.5, 0.87]))
    inner = farthest_along(low, np.array([0.5, 0.87]))
    waist_width = 2 * (shape.axis_x - waist[0])
    if (outer[1] + inner[1]) / 2 - crotch[1] > KNEE_LENGTH * waist_width:
        knee_y = crotch[1] + KNEE_AT * ((outer[1] + inner[1]) / 2 - crotch[1])
        row = leg[np.abs(leg[:, 1] - knee_y) < 1.5]
        if len(row):
            points["knee_outer"] = (np.array([row[:, 0].min(), knee_y]), LIKELY)
            points["knee_inner"] = (np.array([row[:, 0].max(), knee_y]), seen)
    points["hem_outer"] = (outer, SEEN)
    points["hem_inner"] = (inner, SEEN)
    return points


def _edge(shape: Silhouette) -> PointsXY:
    rows = np.flatnonzero(shape.outer_left >= 0)
    return np.stack([shape.outer_left[rows], rows], axis=1).astype(np.float64)


def _on(edge: PointsXY, y: float) -> PointsXY:
    nearest = edge[int(np.argmin(np.abs(edge[:, 1] - y)))]
    return np.array([nearest[0], y])


def _crotch(shape: Silhouette) -> Found:
    """Top of the gap between the legs; from proportions where the legs touch.

    Legs lie side by side for a while before the gap opens: a gap that opens too low only says so.
    """
    _, y0, _, y1 = shape.box_xyxy
    seat = _seat_width(shape)
    usual_y = y0 + min(USUAL_RISE * seat, 0.75 * (y1 - y0))
    reach = max(2, round(0.04 * shape.width_px))
    middle = round(shape.axis_x)
    band = shape.mask[y0:y1, max(0, middle - reach) : middle + reach + 1]
    open_rows = np.flatnonzero(~band.all(axis=1))
    open_rows = open_rows[open_rows > 0.15 * (y1 - y0)]
    if len(open_rows) and (y1 - y0) - open_rows[0] > 0.03 * (y1 - y0):
        row = int(open_rows[0])
        gap = np.flatnonzero(~band[row])
        x = float(max(0, middle - reach) + gap.mean())
        is_crotch = row < MOST_RISE * seat
        return np.array([x, float(y0 + row - 1) if is_crotch else usual_y]), (
            SEEN if is_crotch else LIKELY
        )
    return np.array([shape.axis_x, usual_y]), GUESSED


def _seat_width(shape: Silhouette) -> float:
    """Width over the seat, px."""
    waist = shape.core_width(0.03, 0.06) or float(shape.width_px)
    share = min(0.6, SEAT_AT * waist / shape.height_px)
    return shape.core_width(share - 0.02, share + 0.02) or float(shape.width_px)


def _leg(shape: Silhouette, crotch: PointsXY) -> PointsXY:
    """(N, 2) pixels of the leg on the picture's left, below the crotch."""
    rows, cols = np.nonzero(shape.mask)
    count = np.bincount(rows, minlength=shape.mask.shape[0])
    solid = count > FRAYED * np.median(count[count > 0])
    keep = (rows > crotch[1]) & (cols <= crotch[0]) & solid[rows]
    points = np.stack([cols[keep], rows[keep]], axis=1).astype(np.float64)
    if len(points):
        return points
    box = mask_box_xyxy(shape.mask) or (0, 0, 1, 1)
    return np.array([[box[0], box[3] - 1.0], [crotch[0], box[3] - 1.0]])
