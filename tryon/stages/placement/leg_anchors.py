"""Where the anchors of trousers, shorts, skirts and the lower parts of dresses belong on a body.

Cloth keeps its shape: one scale across, taken from the seat (trousers) or the waist (skirts), and a
larger one along, because legs are round and flat cloth is not.
"""

import numpy as np
from numpy.typing import NDArray

from tryon.anchors import AnchorSet, GarmentType
from tryon.errors import WarpFailed
from tryon.geometry import unit
from tryon.stages.body.limbs import SIDES
from tryon.stages.placement.lower_body import SEAT, SEAT_AT, LowerBody, along_leg
from tryon.stages.placement.lower_cloth import ALONG, Cloth, Points, named_points, waist_corners
from tryon.stages.placement.skirt_anchors import skirt_anchors, skirt_part

# Chosen by eye and by proportions of standing adults, in shoulder widths: nothing is labelled here.
LOWEST_HIPS = 0.97  # of the photo's height
EASE = 1.03  # trousers across the seat / the seat
RISE = (0.58, 0.95)  # waistband to crotch along the body: low-rise to dropped
USUAL_RISE = 0.72  # where the crotch of the garment is not seen
CROTCH_DROP = (0.22, 0.27, 0.42)  # crotch below the hip joints: least, usual, most
WAIST_RISE = (0.32, 0.55)  # waistband of trousers above the hip joints
GUESS = 0.4  # confidence of the crotch below which it was not seen
# Trousers about as long as the leg are meant to end at the ankle: natural length / that of the leg,
# and the length they get.
REACH = ((0.80, 0.92, 1.00, 1.30), (0.80, 0.95, 0.985, 1.01))
KNEE_SLIDE = (0.8, 1.25)  # body's thigh / cloth above its knee, within which cloth slides along
BEND = 0.25  # shoulder widths before and after the knee in which a trouser leg turns
LEG_WIDENING = 1.3  # a leg's silhouette widens the cloth by this factor at most
THIGH_LOOKED_AT = (0.4, 0.55, 0.7, 0.85)  # of the way from hip to knee
SIDE_BY_SIDE = 0.8  # of an overlap between trouser legs that is taken away
MOST_ASIDE = 0.12  # shoulder widths: more overlap means one leg is before the other
LEG_EASE = 0.02  # shoulder widths of cloth beyond the leg's outline


def below_waist(
    garment: AnchorSet, garment_type: GarmentType, body: LowerBody, width: float
) -> Points:
    """Body points of trousers, shorts or a skirt by anchor name.

    Args:
        garment: anchors of the garment.
        garment_type: one of `LOWER_TYPES`.
        body: hips and legs.
        width: factor on the cloth's width.

    Raises:
        WarpFailed: anchors missing or without width, or hips outside the photo.
    """
    if body.middle[1] > LOWEST_HIPS * body.trunk.shape[0]:
        raise WarpFailed(
            f"hips at {body.middle.round().tolist()}",
            message="The hips and legs are not in the person photo.",
            remedy="Use a photo that shows the person down to the knees or feet.",
        )
    if garment_type == "skirt":
        return skirt_anchors(garment, body, width)
    return trousers_anchors(garment, garment_type, body, width)


def trousers_anchors(
    garment: AnchorSet, garment_type: GarmentType, body: LowerBody, width: float
) -> Points:
    """Body points of trousers or shorts by anchor name.

    Args:
        garment: anchors of the garment.
        garment_type: "trousers" reach for the ankles, shorts do not.
        body: hips and legs.
        width: factor on the cloth's width.

    Raises:
        WarpFailed: anchors missing or without width.
    """
    g = named_points(garment)
    waist_g = (g["left_waist"] + g["right_waist"]) / 2
    seat = body.half_breadths(SEAT_AT, SEAT)
    across = EASE * width * sum(seat) / (g["left_hip"][0] - g["right_hip"][0])
    cloth = Cloth(across, ALONG * across)
    if "crotch" not in g:
        raise WarpFailed("missing crotch")
    seen_rise = cloth.along * (g["crotch"][1] - waist_g[1]) / body.unit_px
    is_seen = garment["crotch"].confidence > GUESS
    rise = float(np.clip(seen_rise, *RISE)) if is_seen else USUAL_RISE
    least, usual, most = CROTCH_DROP
    waist_at = float(np.clip(rise - usual, *WAIST_RISE))
    crotch_at = -float(np.clip(rise - waist_at, least, most))
    placed = waist_corners(g, body, waist_at, cloth)
    is_long = garment_type == "trousers"
    placed |= trouser_legs(g, body, waist_at, crotch_at, cloth, is_long, width)
    return placed


def trouser_legs(
    g: Points,
    body: LowerBody,
    waist_at: float,
    crotch_at: float,
    cloth: Cloth,
    is_long: bool,
    width: float = 1.0,
) -> Points:
    """Hips, crotch, knees and hems of trousers whose waist is `waist_at` over the hip joints."""
    waist_y = float(g["left_waist"][1] + g["right_waist"][1]) / 2
    placed = {"crotch": body.at(crotch_at)}
    for side, half in zip(SIDES, body.half_breadths(SEAT_AT, SEAT), strict=True):
        hip_y = g[f"{side}_hip"][1]
        share = float(np.clip((hip_y - waist_y) / max(1.0, g["crotch"][1] - waist_y), 0.3, 0.9))
        outward = body.right if side == "left" else -body.right
        hip_at = waist_at + share * (crotch_at - waist_at)
        placed[f"{side}_hip"] = body.at(hip_at) + EASE * width * half * outward
    hems = [g[f"{s}_hem_{e}"][1] for s in SIDES for e in ("outer", "inner") if f"{s}_hem_{e}" in g]
    if not hems:
        return placed
    natural_px = cloth.along * (float(np.mean(hems)) - waist_y)
    to_ankle = waist_at * body.unit_px + body.leg_px
    length_px = natural_px
    if is_long:
        length_px = to_ankle * float(np.interp(natural_px / to_ankle, *REACH))
    for side in SIDES:
        placed |= _leg(g, side, body, placed, length_px - waist_at * body.unit_px, cloth)
    return placed | _side_by_side(placed, body)


def _side_by_side(placed: Points, body: LowerBody) -> Points:
    """Wide trouser legs of legs that stand together: each gives way outwards."""
    moved: Points = {}
    for part in ("knee", "hem"):
        names = [f"{side}_{part}_{edge}" for side in SIDES for edge in ("outer", "inner")]
        if any(name not in placed for name in names):
            continue
        overlap = float((placed[f"right_{part}_inner"] - placed[f"left_{part}_inner"]) @ body.right)
        aside = SIDE_BY_SIDE * min(max(0.0, overlap) / 2, MOST_ASIDE * body.unit_px) * body.right
        for name in names:
            moved[name] = placed[name] + (aside if name.startswith("left") else -aside)
    return moved


def _leg(
    g: Points, side: str, body: LowerBody, placed: Points, below_hips_px: float, cloth: Cloth
) -> Points:
    """Knee and hem of one leg, whose hem lies `below_hips_px` under the hip joint."""
    needed = [f"{side}_hem_{edge}" for edge in ("outer", "inner")]
    if any(name not in g for name in needed):
        return {}
    top_g = (g[f"{side}_hip"] + g["crotch"]) / 2
    top = (placed[f"{side}_hip"] + placed["crotch"]) / 2
    joint, knee, ankle = body.legs[side]
    line = np.array([top, knee, ankle])
    down = -body.up
    hem_px = below_hips_px - float((top - joint) @ down)
    hem_g = (g[needed[0]] + g[needed[1]]) / 2
    scale = max(1.0, hem_px) / max(1.0, float(hem_g[1] - top_g[1]))
    sections = {}
    if f"{side}_knee_outer" in g and f"{side}_knee_inner" in g:
        knee_g = (g[f"{side}_knee_outer"] + g[f"{side}_knee_inner"]) / 2
        own_px = scale * float(knee_g[1] - top_g[1])
        thigh_px = float(np.hypot(*(knee - top)))
        if KNEE_SLIDE[0] < thigh_px / max(1.0, own_px) < KNEE_SLIDE[1] and thigh_px < 0.9 * hem_px:
            own_px = thigh_px
        sections["knee"] = own_px
    sections["hem"] = hem_px
    result: Points = {}
    above_g = top_g
    for part, distance in sections.items():
        outer, inner = (g[f"{side}_{part}_{edge}"] for edge in ("outer", "inner"))
        centre_g = (outer + inner) / 2
        centre, along = along_leg(line, distance, BEND * body.unit_px)
        laid = unit((centre_g - above_g) * [cloth.across, scale])
        section = _turned((outer - centre_g) * [cloth.across, scale], laid, along)
        half = float(np.hypot(*section))
        above_g, ease = centre_g, LEG_EASE * body.unit_px
        for edge, outward in (("outer", unit(section)), ("inner", -unit(section))):
            reach = body.leg_half_px(centre, outward, LEG_WIDENING * half)
            room = max(half, reach + ease) if reach else half
            result[f"{side}_{part}_{edge}"] = centre + room * outward
    first = f"{side}_{next(iter(sections))}_outer"
    if first in result:
        result[first] = _over_thigh(placed[f"{side}_hip"], result[first], top, body)
    return result


def _turned(
    vector: NDArray[np.float64], before: NDArray[np.float64], after: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A vector turned as one unit direction is turned into another."""
    cos, sin = float(before @ after), float(before[0] * after[1] - before[1] * after[0])
    return np.array([cos * vector[0] - sin * vector[1], sin * vector[0] + cos * vector[1]])


def _over_thigh(
    hip: NDArray[np.float64], lower: NDArray[np.float64], top: NDArray[np.float64], body: LowerBody
) -> NDArray[np.float64]:
    """The lower end of a trouser leg's outer edge, moved out until the edge passes the thigh."""
    edge = unit(lower - hip)
    outward = np.array([edge[1], -edge[0]])
    outward = outward if outward @ (hip - top) > 0 else -outward
    most = (LEG_WIDENING - 1) * abs(float((hip - top) @ outward))
    needed = 0.0
    for share in THIGH_LOOKED_AT:
        point = hip + share * (lower - hip)
        beyond = body.leg_half_px(point, outward, 2 * most)
        needed = max(needed, (beyond + LEG_EASE * body.unit_px) / share if beyond else 0.0)
    return lower + min(needed, most) * outward


def below_bodice(garment: AnchorSet, body: LowerBody, upper: Points, cloth: Cloth) -> Points:
    """The lower part of a dress or jumpsuit whose upper part is placed already.

    Args:
        garment: anchors of the garment.
        body: hips and legs.
        upper: body points of the upper part, with both sides of the waist.
        cloth: the scale of the upper part.
    """
    g = {a.name: np.array([a.x, a.y]) for a in garment.anchors}
    if any(f"{side}_waist" not in upper or f"{side}_hip" not in g for side in SIDES):
        return {}
    waist = (upper["left_waist"] + upper["right_waist"]) / 2
    if "crotch" not in g:
        return skirt_part(g, body, waist, cloth)
    waist_at = float((waist - body.middle) @ body.up) / body.unit_px
    waist_y = float(g["left_waist"][1] + g["right_waist"][1]) / 2
    rise = cloth.along * float(g["crotch"][1] - waist_y) / body.unit_px
    least, _, most = CROTCH_DROP
    crotch_at = -float(np.clip(rise - waist_at, least, most))
    return trouser_legs(g, body, waist_at, crotch_at, cloth, is_long="left_knee_outer" in g)
