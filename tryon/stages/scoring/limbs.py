"""Parts of the score that tell whether sleeves lie on the arms and trouser legs on the legs."""

import numpy as np
from numpy.typing import NDArray

from tryon.arrays import PointsXY
from tryon.geometry import polyline_point
from tryon.stages.body.limbs import SIDES, arm_line
from tryon.stages.scoring.component import Component, Reading, judged
from tryon.stages.scoring.view import FitView

OFF_ARM = 0.15  # of the sleeve's length: between the middle of a cuff (or elbow) and the arm
SHORTEST = 0.3  # shoulder widths: shorter sleeves are judged as if this long
CAP = 0.5  # shoulder widths: sleeves shorter than this may stay as they lie flat
BARE_ARM = 0.17  # share of the arm along the sleeve's length that no cloth covers
LENGTH = 0.12  # shoulder widths between the sleeve's length as laid and its own
CORE = (-0.07, 0.0, 0.07)  # shoulder widths across an arm where a sleeve must cover it
OFF_LEG = 0.09  # shoulder widths between the middle of a trouser leg and the leg
BARE_LEG = 0.1


def sleeve_fit(view: FitView) -> Component | None:
    """Sleeves along the arms at their own length; None for a garment without sleeves."""
    readings, worst = [], 0.0
    for side in SIDES:
        parts = [f"{side}_{n}" for n in ("shoulder", "armpit", "sleeve_outer", "sleeve_inner")]
        if not view.has(*parts):
            continue
        arm = arm_line(view.pose, side)[:3]
        head, cuff = middle_of(view.body, parts[:2]), middle_of(view.body, parts[2:])
        flat = view.cloth[:2].T @ (
            middle_of(view.garment, parts[2:]) - middle_of(view.garment, parts[:2])
        )
        length = float(np.hypot(*flat)) / view.unit_px
        off = distance_to(cuff, arm) / view.unit_px
        if length < CAP:
            off = min(off, float(np.hypot(*(cuff - head - flat))) / view.unit_px)
        worst = max(worst, off)
        readings.append(Reading(f"{side} off", off / max(SHORTEST, length), OFF_ARM))
        reach = _length([head, *arm[1:]])  # a longer sleeve gathers at the wrist
        to_cover = 0.9 * min(length, reach / view.unit_px)
        readings.append(Reading(f"{side} bare", bare_share(view, arm, to_cover), BARE_ARM))
        elbow = [f"{side}_elbow_outer", f"{side}_elbow_inner"]
        laid, own = (
            [head, cuff],
            [middle_of(view.garment, parts[:2]), middle_of(view.garment, parts[2:])],
        )
        if view.has(*elbow):
            bend = middle_of(view.body, elbow)
            laid.insert(1, bend)
            own.insert(1, middle_of(view.garment, elbow))
            readings.append(
                Reading(
                    f"{side} off", distance_to(bend, arm) / view.unit_px / (length / 2), OFF_ARM
                )
            )
        scale = float(np.sqrt(abs(np.linalg.det(view.cloth[:2]))))
        own_length = scale * _length(own)
        if own_length > reach:
            own_length = max(reach, min(own_length, _length(laid)))
        longer = (_length(laid) - own_length) / view.unit_px
        readings.append(Reading(f"{side} {'long' if longer > 0 else 'short'}", abs(longer), LENGTH))
    if not readings:
        return None
    return judged("sleeve_fit", worst, "shoulder widths", readings)


def middle_of(points: dict[str, NDArray[np.float64]], names: list[str]) -> NDArray[np.float64]:
    return np.asarray((points[names[0]] + points[names[1]]) / 2)


def _length(line: list[NDArray[np.float64]]) -> float:
    return float(np.hypot(*np.diff(np.array(line), axis=0).T).sum())


def distance_to(point: NDArray[np.float64], line: PointsXY) -> float:
    """Pixels from a point to a polyline."""
    starts, along = line[:-1], np.diff(line, axis=0)
    lengths = np.maximum((along**2).sum(axis=1), 1e-9)
    share = np.clip(((point - starts) * along).sum(axis=1) / lengths, 0, 1)
    return float(np.hypot(*(point - starts - share[:, None] * along).T).min())


def bare_share(view: FitView, limb: PointsXY, length: float, first: float = 0.2) -> float:
    """Share of a limb, from `first` to `length` shoulder widths, that the garment leaves bare."""
    seen = bare = 0
    height, width = view.person.shape
    for reach in np.linspace(first, max(first, length), 8):
        centre, along = polyline_point(limb, float(reach) * view.unit_px)
        normal = np.array([-along[1], along[0]]) * view.unit_px
        for across in CORE:
            x, y = np.round(centre + across * normal).astype(int)
            if 0 <= x < width and 0 <= y < height and view.person[y, x]:
                seen += 1
                bare += not view.warped[y, x]
    return bare / seen if seen > 4 else 0.0
