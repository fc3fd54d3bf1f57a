"""Sleeves of a garment on its outline: where they begin, where they end, the elbow.

For the picture's left half, in the half's own orientation, as `garment_anchors.py` asks.
"""

from typing import TypeAlias

import cv2
import numpy as np

from tryon.arrays import BoolMask, PointsXY
from tryon.geometry import unit
from tryon.stages.silhouette import Silhouette, chord_offsets, farthest_along, farthest_from_chord

SEEN, LIKELY, GUESSED = 0.9, 0.6, 0.3  # confidence of a point read off, inferred, assumed
LONG_SLEEVE = 0.75  # sleeve length / torso width above which the sleeve has an elbow

TOUCHING = 0.15  # of half the trunk's width beyond the line armpit-hem: that is sleeve, not trunk
HEAD_INSIDE = 0.04  # of the torso width: a shoulder tip lies no further in than the armpit and this

Found: TypeAlias = tuple[PointsXY, float]  # a point and its confidence


def sleeve_head(shape: Silhouette, neck: PointsXY, armpit: PointsXY, torso_width: float) -> Found:
    """Shoulder tip: where the top edge bends down into the sleeve, about above the armpit."""
    first = max(shape.box_xyxy[0], int(armpit[0] - 0.22 * torso_width))
    last = int(min(neck[0], armpit[0] + 0.16 * torso_width))
    columns = np.arange(first, max(first + 1, last + 1))
    path = shape.top_edge(columns)
    path = path[path[:, 1] < armpit[1]]
    if len(path) < 5:
        x = armpit[0]
        return np.array([x, float(shape.top(x))]), GUESSED
    _, bulge = farthest_from_chord(path)
    offset = chord_offsets(path)
    offset[path[:, 0] > armpit[0] + HEAD_INSIDE * torso_width] = -np.inf
    index = int(np.argmax(offset))
    straight_above = path[int(np.argmin(np.abs(path[:, 0] - armpit[0])))]
    if bulge < 0.012 * torso_width:
        return straight_above, GUESSED
    return (2 * path[index] + straight_above) / 3 if bulge < 0.03 * torso_width else path[
        index
    ], LIKELY


def sleeve_ends(
    region: BoolMask, shoulder: PointsXY, armpit: PointsXY, torso_width: float
) -> dict[str, Found]:
    """Corners of the sleeve opening, and the elbow of a long sleeve."""
    rows, cols = np.nonzero(region)
    if len(rows) < 20:
        return {}
    points = np.stack([cols, rows], axis=1).astype(np.float64)
    head = (shoulder + armpit) / 2
    axis = unit(points.mean(axis=0) - head)
    for _ in range(2):  # the far half says where the sleeve ends
        along = (points - head) @ axis
        far = points[along > 0.5 * along.max()]
        axis = unit(far.mean(axis=0) - head) if len(far) else axis
    length = float(((points - head) @ axis).max())
    end = points[(points - head) @ axis > length - max(3.0, 0.22 * torso_width)]
    across = np.array([axis[1], -axis[0]])  # towards the sleeve's outer edge
    if across @ (shoulder - armpit) < 0:
        across = -across
    outer = farthest_along(end, unit(axis + 1.1 * across))
    chord = outer - armpit  # the opening's inner corner bulges out from it, away from the shoulder
    bulge = np.array([chord[1], -chord[0]])
    inner = farthest_along(points, unit(bulge if bulge @ (shoulder - armpit) < 0 else -bulge))
    result = {"sleeve_outer": (outer, SEEN), "sleeve_inner": (inner, SEEN)}
    if length > LONG_SLEEVE * torso_width:
        middle = (head + (outer + inner) / 2) / 2
        offsets = (points - middle) @ unit((outer + inner) / 2 - head)
        cross = points[np.abs(offsets) < 2.0]
        if len(cross) > 2:
            elbow = {
                "elbow_outer": (farthest_along(cross, across), LIKELY),
                "elbow_inner": (farthest_along(cross, -across), LIKELY),
            }
            result = elbow | result
    return result


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
        seen = np.where(shape.core_left >= 0, shape.core_left, shape.axis_x)
        # Where the sleeve touches the trunk, the two are seen as one: no wider than the line says.
        trunk_from = np.maximum(seen, trunk_from - TOUCHING * (shape.axis_x - hem[0]))
    y, x = np.ogrid[: shape.mask.shape[0], : shape.mask.shape[1]]
    line = shoulder - armpit
    # Shoulders lie above armpits, so this is the picture's left of the line.
    beyond = (x - armpit[0]) * line[1] > (y - armpit[1]) * line[0]
    region = shape.mask & beyond & ((y <= armpit[1] + 1) | (x < trunk_from[:, None]))
    count, labels = cv2.connectedComponents(region.astype(np.uint8), None, 4)
    if count <= 2:  # the rest and at most one part
        return np.asarray(region)
    return np.asarray(labels == 1 + int(np.argmax(np.bincount(labels.ravel())[1:])))
