"""Sleeves of a garment on its outline: where they begin, where they end, the elbow.

For the picture's left half, in the half's own orientation, as `garment_anchors.py` asks.
"""

import cv2
import numpy as np

from tryon.arrays import BoolMask, PointsXY
from tryon.geometry import slices_around, unit
from tryon.stages.garment_shape.found import GUESSED, LIKELY, SEEN, Found
from tryon.stages.garment_shape.silhouette import (
    Silhouette,
    farthest_along,
    farthest_from_chord,
)

LONG_SLEEVE = 0.75  # sleeve length / torso width above which the sleeve has an elbow
LEAST_SLEEVE = 0.08  # of the torso width beyond the armhole: less is the armhole's own edge
LEAST_INSEAM = 0.06  # of the torso width: so far below the armpit an opening's inner corner lies
OUTLINE_POINTS = 150  # of a short sleeve, among which the corners of its opening are sought
SLIVER = 0.03  # of the trunk's width: strips beside the trunk narrower than this are no sleeve
OUTERMOST = 0.75  # of the sleeve's reach beyond the armhole: the outer corner reaches this far
NARROWEST = 0.4  # a short sleeve's opening / its armhole


def sleeve_head(shape: Silhouette, neck: PointsXY, armpit: PointsXY, torso_width: float) -> Found:
    """Shoulder tip: where the top edge bends down into the sleeve, about above the armpit.

    Args:
        shape: of the garment.
        neck: (2,) float64 xy, the point at this side of the collar.
        armpit: (2,) float64 xy.
        torso_width: pixels.
    """
    first = max(shape.box_xyxy[0], int(armpit[0] - 0.22 * torso_width))
    last = int(min(neck[0], armpit[0] + 0.16 * torso_width))
    columns = np.arange(first, max(first + 1, last + 1))
    path = shape.top_edge(columns)
    path = path[path[:, 1] < armpit[1]]
    if len(path) < 5:
        x = armpit[0]
        return np.array([x, float(shape.top(x))]), GUESSED
    index, bulge = farthest_from_chord(path)
    straight_above = path[int(np.argmin(np.abs(path[:, 0] - armpit[0])))]
    if bulge < 0.012 * torso_width:
        return straight_above, GUESSED
    return (2 * path[index] + straight_above) / 3 if bulge < 0.03 * torso_width else path[
        index
    ], LIKELY


def sleeve_ends(
    region: BoolMask, shoulder: PointsXY, armpit: PointsXY, torso_width: float
) -> dict[str, Found]:
    """Corners of the sleeve opening, and the elbow of a long sleeve; nothing where there is none.

    Args:
        region: (H, W) bool, see `sleeve_region`.
        shoulder: (2,) float64 xy, the shoulder's tip.
        armpit: (2,) float64 xy.
        torso_width: pixels.
    """
    inside = cv2.findNonZero(region.astype(np.uint8))
    if inside is None or len(inside) < 20:
        return {}
    points = inside.reshape(-1, 2).astype(np.float64)
    head = (shoulder + armpit) / 2
    axis = unit(points.mean(axis=0) - head)
    for _ in range(2):  # the far half says where the sleeve ends
        along = (points - head) @ axis
        far = points[along > 0.5 * along.max()]
        axis = unit(far.mean(axis=0) - head) if len(far) else axis
    length = float(((points - head) @ axis).max())
    if length <= LONG_SLEEVE * torso_width:
        return _short_opening(region, shoulder, armpit, torso_width)
    end = points[(points - head) @ axis > length - max(3.0, 0.22 * torso_width)]
    across = np.array([axis[1], -axis[0]])  # towards the sleeve's outer edge
    if across @ (shoulder - armpit) < 0:
        across = -across
    outer = farthest_along(end, unit(axis + 1.1 * across))
    inner = farthest_along(end, unit(axis - 1.1 * across))
    result = {}
    middle = (head + (outer + inner) / 2) / 2
    offsets = (points - middle) @ unit((outer + inner) / 2 - head)
    cross = points[np.abs(offsets) < 2.0]
    if len(cross) > 2:
        result["elbow_outer"] = (farthest_along(cross, across), LIKELY)
        result["elbow_inner"] = (farthest_along(cross, -across), LIKELY)
    return result | {"sleeve_outer": (outer, SEEN), "sleeve_inner": (inner, SEEN)}


def _short_opening(
    region: BoolMask, shoulder: PointsXY, armpit: PointsXY, torso_width: float
) -> dict[str, Found]:
    """Corners of a short sleeve's opening: with shoulder and armpit they hold most of the sleeve.

    Of all pairs on the outline the one that spans the largest quadrilateral. Where the opening
    runs into the armpit, that is a triangle, and the inner corner lies beside the armpit.
    """
    edge = _edge_between(region, shoulder, armpit)
    chord = unit(armpit - shoulder)
    beyond = np.abs((edge - shoulder) @ np.array([chord[1], -chord[0]]))
    if len(edge) < 4 or beyond.max() < LEAST_SLEEVE * torso_width:
        return {}
    step = max(1, len(edge) // OUTLINE_POINTS)
    edge, beyond = edge[::step], beyond[::step]
    x, y = (edge - shoulder).T
    end_x, end_y = armpit - shoulder
    # Twice the area of shoulder-outer-inner-armpit, for every outer (rows) and inner (columns).
    area = np.abs(x[:, None] * y - y[:, None] * x + (x * end_y - y * end_x))
    best = np.triu(area, 1)
    best[beyond < OUTERMOST * beyond.max()] = 0.0
    opening = np.hypot(x[:, None] - x, y[:, None] - y)
    best[opening < NARROWEST * np.hypot(end_x, end_y)] = 0.0
    outer, inner = (edge[i] for i in np.unravel_index(int(best.argmax()), best.shape))
    if np.hypot(*(inner - armpit)) < LEAST_INSEAM * torso_width:
        inner = armpit + LEAST_INSEAM * torso_width * unit(outer - armpit)
    return {"sleeve_outer": (outer, SEEN), "sleeve_inner": (inner, SEEN)}


def _edge_between(region: BoolMask, start: PointsXY, end: PointsXY) -> PointsXY:
    """(N, 2) the outline of a region from one point to another, the way round that is longer."""
    outlines, _ = cv2.findContours(
        region.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    outline = max(outlines, key=len)[:, 0].astype(np.float64)
    first, last = (int(np.argmin(np.hypot(*(outline - p).T))) for p in (start, end))
    there = np.roll(outline, -first, axis=0)[: (last - first) % len(outline) + 1]
    back = np.roll(outline[::-1], first + 1, axis=0)[: (first - last) % len(outline) + 1]
    return max(there, back, key=len)


def sleeve_region(
    shape: Silhouette, shoulder: PointsXY, armpit: PointsXY, hem: PointsXY, is_pressed: bool
) -> BoolMask:
    """The part beyond the line shoulder-armpit; below the armpit only what lies beside the trunk.

    A sleeve pressed against the trunk ends at the line armpit-hem, others at the gap.
    """
    rows = np.arange(shape.mask.shape[0], dtype=np.float64)
    share = (rows - armpit[1]) / max(1.0, hem[1] - armpit[1])
    trunk_from = armpit[0] + share * (hem[0] - armpit[0])
    if not is_pressed:
        trunk_from = np.where(shape.core_left >= 0, shape.core_left, shape.axis_x)
    y, x = np.ogrid[: shape.mask.shape[0], : shape.mask.shape[1]]
    line = shoulder - armpit
    # Shoulders lie above armpits, so this is the picture's left of the line.
    beyond = (x - armpit[0]) * line[1] > (y - armpit[1]) * line[0]
    region = shape.mask & beyond & ((y <= armpit[1] + 1) | (x < trunk_from[:, None]))
    half_px = max(0.0, shape.axis_x - hem[0])
    size = 1 + round(SLIVER * 2 * half_px)  # a flared hem leaves a narrow strip
    here = slices_around(region, size)
    if here is None:
        return np.asarray(region)
    strips_gone = cv2.morphologyEx(
        region[here].astype(np.uint8), cv2.MORPH_OPEN, np.ones((size, size), np.uint8)
    )
    count, labels = cv2.connectedComponents(strips_gone, None, 4)
    if count > 1:
        region[here] = labels == 1 + int(np.argmax(np.bincount(labels.ravel())[1:]))
    return np.asarray(region)
