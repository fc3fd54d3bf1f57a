"""Where waist, hips and hem of a skirt, or of the lower part of a dress, belong on a body."""

import numpy as np
from numpy.typing import NDArray

from tryon.anchors import AnchorSet
from tryon.geometry import unit
from tryon.stages.body.limbs import SIDES
from tryon.stages.placement.lower_body import SEAT, SEAT_AT, WAIST, LowerBody
from tryon.stages.placement.lower_cloth import ALONG, Cloth, Points, named_points, waist_corners

SKIRT_RISE = 0.50  # shoulder widths: waistband above the hip joints
SKIRT_REACH = 1.0  # of the way to the ankles: no skirt drags


def skirt_anchors(garment: AnchorSet, body: LowerBody, width: float) -> Points:
    """Body points of a skirt by anchor name.

    Raises:
        WarpFailed: anchors missing or without width.
    """
    g = named_points(garment)
    waist = body.half_breadths(SKIRT_RISE, WAIST)
    across = width * sum(waist) / (g["left_waist"][0] - g["right_waist"][0])
    cloth = Cloth(across, ALONG * across)
    corners = waist_corners(g, body, SKIRT_RISE, cloth)
    return corners | skirt_part(g, body, body.at(SKIRT_RISE), cloth)


def skirt_part(g: Points, body: LowerBody, start: NDArray[np.float64], cloth: Cloth) -> Points:
    """Hips and hem of a skirt whose waist has its middle at `start`.

    It hangs straight down from the hips, drawn a little to where the legs are, and is nowhere
    narrower than the body.
    """
    waist_g = (g["left_waist"] + g["right_waist"]) / 2
    if "left_hem" not in g or "right_hem" not in g:
        return {}
    hem_g = (g["left_hem"] + g["right_hem"]) / 2
    waist_at = float((start - body.middle) @ body.up) / body.unit_px
    to_ankle = waist_at * body.unit_px + body.leg_px
    length_px = min(cloth.along * float(hem_g[1] - waist_g[1]), SKIRT_REACH * to_ankle)
    along = length_px / max(1.0, float(hem_g[1] - waist_g[1]))
    down = unit(body.between_ankles - body.middle)
    placed: Points = {}
    legs_px = _legs_half_px(body)
    for side, seat in zip(SIDES, body.half_breadths(SEAT_AT, SEAT), strict=True):
        outward = body.right if side == "left" else -body.right
        if f"{side}_hip" in g:
            hip = g[f"{side}_hip"]
            drop = along * float(hip[1] - waist_g[1])
            half = cloth.across * abs(float(hip[0] - waist_g[0]))
            at = waist_at - drop / body.unit_px
            needed = seat * float(np.interp(-at, (-0.5, -SEAT_AT), (0.8, 1.0)))
            placed[f"{side}_hip"] = _hung(start, body, drop, down) + max(half, needed) * outward
        hem = g[f"{side}_hem"]
        half = cloth.across * abs(float(hem[0] - hem_g[0]))
        drop = along * float(hem[1] - waist_g[1])
        placed[f"{side}_hem"] = _hung(start, body, drop, down) + max(half, legs_px) * outward
    return placed


def _hung(
    start: NDArray[np.float64], body: LowerBody, drop_px: float, down: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The middle of a skirt `drop_px` under its waist."""
    to_hips = float((body.middle - start) @ -body.up)
    if drop_px <= to_hips:
        return np.asarray(start - drop_px * body.up)
    return np.asarray(body.middle + (drop_px - to_hips) * down)


def _legs_half_px(body: LowerBody) -> float:
    """Half the room that standing legs need at the hem."""
    apart = float(np.hypot(*(body.legs["left"][1] - body.legs["right"][1])))
    return apart / 2 + 0.16 * body.unit_px
