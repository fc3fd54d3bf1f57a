"""Parts of the score that tell how a top (or a dress's top) sits on the trunk."""

import numpy as np

from tryon.stages.placement.body_anchors import FRONT_DEPTH, NECK_SLOPE_X, NECK_SLOPE_Y
from tryon.stages.scoring.component import Component, Reading, judged, unknown
from tryon.stages.scoring.view import FitView

# How far good fits are off; shoulder widths unless said otherwise. From labelled pairs where they
# tell (docs/quality.md), else the spread of undamaged drafts.
COLLAR = 0.03  # of the collar's middle from where collars of this breadth lie
SEAM_RATIO, SEAM_RATIO_USUAL = 1.1, 0.12  # shoulder seams apart / shoulder joints apart
OWN_RATIO, OWN_RATIO_USUAL = 1.13, 0.12  # the same if the cloth kept its own proportions
STRAPS_USUAL = 0.25  # of either ratio, for tops without sleeves: straps may lie anywhere
OUTLINE = 0.08  # of a shoulder tip from the body's outline
WIDTH, WIDTH_USUAL = 0.01, 0.06  # logarithm of trunk width / seen shoulder width
SIDE = 0.07  # of a side from the trunk's outline, mean over what is seen of it
BESIDE_SPINE = 0.06  # of the trunk's middle from the spine
TILT_DEG = 3.0  # of the lines across the garment against those across the body
HANG_DEG = 4.0  # of the line from collar to hem against the spine
LEVELS = (0.45, 0.65, 0.85)  # of the trunk: where widths are compared
HIDDEN_HEM = 0.45  # of cloth below the waistband it is tucked into
SHORT_OF_HIPS = 0.45  # a hem this far above the hip joints is unusually high
WAIST_ABOVE_HIPS = 0.42  # a waistband where none is seen


def shoulder_fit(view: FitView) -> Component:
    """Shoulder seams on the shoulders, as wide as the cloth itself is."""
    if not view.has("left_shoulder", "right_shoulder"):
        return unknown("shoulder_fit", 0.0, "shoulder widths", "missing")
    left, right = view.body["left_shoulder"], view.body["right_shoulder"]
    ratio = float(np.hypot(*(left - right))) / view.pose.shoulder_px
    own = view.own_width("shoulder")
    wide = "wide" if ratio > SEAM_RATIO else "narrow"
    has_sleeves = view.has("left_sleeve_outer") or view.has("right_sleeve_outer")
    off_outline = max(abs(view.depth_at(left)), abs(view.depth_at(right)))
    return judged("shoulder_fit", ratio, "shoulder widths", [
        Reading(wide, abs(ratio - SEAM_RATIO), SEAM_RATIO_USUAL if has_sleeves else STRAPS_USUAL),
        Reading("unusual", abs(own - OWN_RATIO), OWN_RATIO_USUAL if has_sleeves else STRAPS_USUAL),
        Reading("off outline", off_outline, OUTLINE),
    ])  # fmt: skip


def collar_gap(view: FitView) -> Component:
    """The collar around the neck, at the height collars of this breadth lie."""
    if not view.has("left_neck", "right_neck"):
        return unknown("collar_gap", 0.0, "shoulder widths", "missing")
    aside, up = (float(v) for v in view.middle("neck"))
    aside -= _carried_aside(view)
    apart = float(np.hypot(*(view.body["left_neck"] - view.body["right_neck"])))
    usual_up = float(np.interp(apart / 2 / view.pose.shoulder_px, NECK_SLOPE_X, NECK_SLOPE_Y))
    says = "aside" if abs(aside) > abs(up - usual_up) else "high" if up > usual_up else "low"
    off = float(np.hypot(aside, up - usual_up))
    return judged("collar_gap", off, "shoulder widths", [Reading(says, off, COLLAR)])


def body_width(view: FitView) -> Component:
    """The garment's trunk as wide as the body's, on both sides of the spine."""
    halves, gaps = _sides(view)
    if not halves:
        return unknown("body_width", 0.5, "shoulder widths", "missing")
    width = 2 * float(np.mean([half for pair in halves for half in pair]))
    off = float(np.log(max(0.05, width / view.breadth))) - WIDTH
    readings = [Reading("wide" if off > 0 else "narrow", abs(off), WIDTH_USUAL)]
    if gaps:
        # Only beyond the outline: bulky clothes worn now make a body look wider than it is.
        readings.append(Reading("wide", max(0.0, float(np.mean(gaps))), SIDE))
    return judged("body_width", width, "shoulder widths", readings)


def balance(view: FitView) -> Component:
    """The garment's middle on the spine, its lines across parallel to the body's."""
    halves, _ = _sides(view)
    if not halves:
        return unknown("balance", 0.5, "degrees", "missing")
    turned = _turn_deg(view)
    aside = float(np.mean([left - right for left, right in halves])) / 2 - _carried_aside(view)
    readings = [
        Reading("turned", abs(turned), TILT_DEG),
        Reading("aside", abs(aside), BESIDE_SPINE),
    ]
    lower = next((n for n in ("hem", "waist") if view.has(f"left_{n}", f"right_{n}")), None)
    if lower is not None and view.has("left_neck", "right_neck"):
        end, collar = view.middle(lower), view.middle("neck")
        below = max(0.05, float(collar[1] - end[1]))
        hang = float(np.degrees(np.arctan2(end[0] - collar[0], below)))
        readings.append(Reading("turned", abs(hang), HANG_DEG))
    return judged("balance", turned, "degrees", readings)


def hem(view: FitView) -> Component:
    """Where the garment ends, and how much of it would have to be hidden in the waistband."""
    name = "hem" if view.has("left_hem", "right_hem") else "waist"
    if not view.has(f"left_{name}", f"right_{name}"):
        return unknown("hem", 0.5, "shoulder widths", "missing")
    below_hips = -float(view.middle(name)[1]) - view.trunk
    readings = [Reading("short", max(0.0, -below_hips), SHORT_OF_HIPS)]
    if view.is_tucked:
        end = view.top_end
        waistband = end - view.trunk if end is not None and end < view.trunk else -WAIST_ABOVE_HIPS
        hidden = max(0.0, below_hips - waistband)
        readings.append(Reading("hidden", hidden, HIDDEN_HEM))
        below_hips = min(below_hips, waistband)
    return judged("hem", below_hips, "shoulder widths below the hips", readings)


def _carried_aside(view: FitView) -> float:
    """Shoulder widths to the wearer's left that a turned trunk carries its front."""
    return -FRONT_DEPTH * float(np.sin(np.radians(view.pose.yaw_deg)))


def _sides(view: FitView) -> tuple[list[tuple[float, float]], list[float]]:
    """Half widths (left, right) of the garment at each level, and how far its sides lie outside
    the trunk's outline wherever that is seen."""
    edges = {}
    for side, outward in (("left", 1.0), ("right", -1.0)):
        parts = [f"{side}_{n}" for n in ("armpit", "waist", "hem") if f"{side}_{n}" in view.body]
        points = sorted((view.placed(n) for n in parts), key=lambda point: float(point[1]))
        if not points:
            return [], []
        edges[outward] = np.array(points)
    halves, gaps = [], []
    for level in LEVELS:
        up = -level * view.trunk
        pair = []
        for outward, edge in edges.items():
            half = float(np.interp(up, edge[:, 1], outward * edge[:, 0]))
            seen = view.half_breadth(0.0, up, outward)
            if seen is not None:
                gaps.append(half - seen)
            pair.append(half)
        halves.append((pair[0], pair[1]))
    return halves, gaps


def _turn_deg(view: FitView) -> float:
    """Degrees between the garment's lines across (collar to hem) and the body's."""
    across = np.zeros(2)
    for name in ("neck", "shoulder", "armpit", "hem"):
        if view.has(f"left_{name}", f"right_{name}"):
            across += view.placed(f"left_{name}") - view.placed(f"right_{name}")
    shoulders = view.joint("left_shoulder") - view.joint("right_shoulder")
    body = shoulders / max(1e-6, float(np.hypot(*shoulders))) + np.array([1.0, 0.0])
    turned = np.degrees(np.arctan2(across[1], across[0]) - np.arctan2(body[1], body[0]))
    return float((turned + 180) % 360 - 180)
