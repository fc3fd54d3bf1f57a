"""Where a sleeve's underside meets the trunk, or an armhole ends: what everything else hangs on.

For the picture's left half, in the half's own orientation, as `garment_anchors.py` asks.
"""

import numpy as np

from tryon.arrays import PointsXY
from tryon.stages.garment_shape.found import GUESSED, SEEN
from tryon.stages.garment_shape.silhouette import Silhouette, farthest_along, farthest_from_chord

STRAP_TIP = np.array([-0.6, -0.8])  # the direction in which the end of a shoulder reaches farthest
SLEEVE_REACH = 0.07  # of the torso width: a part reaching further out than this is a sleeve
ARMPIT_DEPTH = 0.68  # of the torso width: armpits of sleeved garments below the neck points
ARMPIT_REACH = 0.48  # armpit from the axis / trunk width near the hem: 56 seen ones, spread 0.10
HIDDEN_ARMPIT = 0.60  # the same / geometric mean of that width and the shoulder corner's: 0.08
SHOULDER_BULGE = 0.05  # of the trunk width: a corner is no flatter
PRESSED_SLEEVE = 1.18  # full width / trunk width: more means sleeves lie against the trunk
ARMHOLE = 0.035  # of the torso width: an armhole is at least this deep a bay


def find_armpit(
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
    # No sleeve: the armpit is the trunk's upper corner, or the lower end of an armhole cut into it.
    start = neck[1] + 0.15 * trunk_width
    trunk = edge[(edge[:, 1] > start) & (edge[:, 1] < neck[1] + 0.8 * trunk_width)]
    if len(trunk) >= 3:
        corner = farthest_along(trunk, np.array([-0.98, -0.2]))
        if corner[1] > start + 0.05 * trunk_width:
            return corner, SEEN, False
        below = edge[(edge[:, 1] >= neck[1]) & (edge[:, 1] < neck[1] + 0.8 * trunk_width)]
        below = below[int(np.argmax(below @ STRAP_TIP)) :]
        deepest, depth = farthest_from_chord(below)
        if depth > ARMHOLE * trunk_width:
            upwards = below[deepest:][::-1]
            return upwards[farthest_from_chord(upwards)[0]], SEEN, False
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
