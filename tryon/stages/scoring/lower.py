"""Parts of the score that tell how trousers, shorts and skirts sit."""

import numpy as np

from tryon.geometry import unit
from tryon.stages.body.limbs import SIDES
from tryon.stages.scoring.component import Component, Reading, judged, unknown
from tryon.stages.scoring.limbs import BARE_LEG, OFF_LEG, bare_share, distance_to, middle_of
from tryon.stages.scoring.view import FitView

# Shoulder widths; spreads of undamaged drafts, there are no labelled pairs.
WAIST_UP, WAIST_UP_USUAL = 0.45, 0.10  # of the waistband over the hip joints
WAIST_ASIDE = 0.04
SEAT, SEAT_USUAL = 0.0, 0.10  # logarithm of the width across the hips / shoulder width
TILT_DEG = 5.0


def waist_fit(view: FitView) -> Component:
    """The waistband around the waist, the seat as wide as the body."""
    if not view.has("left_waist", "right_waist", "left_hip", "right_hip"):
        return unknown("waist_fit", 0.0, "shoulder widths", "missing")
    aside, up = (float(v) for v in view.middle("waist"))
    up += view.trunk - WAIST_UP
    seat = float(np.hypot(*(view.placed("left_hip") - view.placed("right_hip"))))
    off = float(np.log(max(0.05, seat))) - SEAT
    return judged("waist_fit", up + WAIST_UP, "shoulder widths above the hips", [
        Reading("aside", abs(aside), WAIST_ASIDE),
        Reading("high" if up > 0 else "low", abs(up), WAIST_UP_USUAL),
        Reading("wide" if off > 0 else "narrow", abs(off), SEAT_USUAL),
    ])  # fmt: skip


def lower_balance(view: FitView) -> Component:
    """Waistband and hem level with the body's hips, one below the other."""
    across = np.zeros(2)
    for name in ("waist", "hip"):
        if view.has(f"left_{name}", f"right_{name}"):
            across += unit(view.placed(f"left_{name}") - view.placed(f"right_{name}"))
    if not across.any():
        return unknown("balance", 0.5, "degrees", "missing")
    hips = view.joint("left_hip") - view.joint("right_hip")
    body = unit(hips) + np.array([1.0, 0.0])
    turned = np.degrees(np.arctan2(across[1], across[0]) - np.arctan2(body[1], body[0]))
    turned = float((turned + 180) % 360 - 180)
    return judged("balance", turned, "degrees", [Reading("turned", abs(turned), TILT_DEG)])


def leg_fit(view: FitView) -> Component | None:
    """Trouser legs along the legs; None for skirts."""
    readings, worst = [], 0.0
    for side in SIDES:
        leg = np.array([view.pose.xy(f"{side}_{joint}") for joint in ("hip", "knee", "ankle")])
        for part in ("knee", "hem"):
            edges = [f"{side}_{part}_outer", f"{side}_{part}_inner"]
            if view.has(*edges) and view.pose.seen(f"{side}_knee") > 0.3:
                centre = middle_of(view.body, edges)
                off = distance_to(centre, leg) / view.unit_px
                worst = max(worst, off)
                readings.append(Reading(f"{side} off", off, OFF_LEG))
                if part == "hem":
                    reach = float(np.hypot(*(centre - leg[0]))) / view.unit_px
                    share = bare_share(view, leg, 0.9 * reach, first=0.3)
                    readings.append(Reading(f"{side} bare", share, BARE_LEG))
    if not readings:
        return None
    return judged("leg_fit", worst, "shoulder widths", readings)
