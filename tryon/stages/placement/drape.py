"""Cloth laid flat meets the body's outline: sides, shoulders and sleeves give way to it."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tryon.arrays import BoolMask
from tryon.geometry import unit
from tryon.stages.body.limbs import SIDES
from tryon.stages.placement.lower_body import SEAT, SEAT_AT, LowerBody

Placed: TypeAlias = dict[str, NDArray[np.float64]]  # body points by anchor name

MOST_WIDENING = 1.3  # the silhouette widens the cloth by this factor at most
SIDE_EASE = 0.01  # shoulder widths of cloth beyond the silhouette
HIPS = (SEAT[0], SEAT[0], SEAT[1])  # where the outline does not tell, hips are slim
ON_HIPS = (-0.6, 0.2)  # shoulder widths over the hip joints, where a hem lies on the hips
MOST_TO_HIPS = 0.25  # shoulder widths: no hem moves further aside to cover them
MOST_PRESSED = 0.6  # a sleeve beside the trunk keeps at least this share of its width
ARM_EASE = 0.02  # shoulder widths of sleeve beyond the arm's outline
STRAP_SNAP = 0.22  # shoulder widths: straps are drawn up at most this far to lie over the shoulder
SNAP_IN, SNAP_OUT = 0.16, 0.28  # shoulder widths: how far a tip moves at most onto the outline


def sides_on_body(
    placed: Placed,
    axes: NDArray[np.float64],
    origin: NDArray[np.float64],
    unit_px: float,
    trunk_mask: BoolMask,
) -> Placed:
    """Side points moved out to the silhouette where the body is wider than the cloth as laid.

    Args:
        placed: the garment's points on the photo, (2,) float64 xy by name.
        axes: (2, 2) float64, columns: to the wearer's left across the trunk, and down along it.
        origin: (2,) float64 xy, where both begin.
        unit_px: a shoulder width.
        trunk_mask: (H, W) bool, the person without arms.
    """
    right = unit(axes[:, 0])
    down = unit(axes[:, 1])
    basis = np.stack([right, down], axis=1)
    moved = {}
    for name in ("armpit", "waist", "hem"):
        for side, outward in (("left", 1.0), ("right", -1.0)):
            point = placed.get(f"{side}_{name}")
            under_sleeve = name == "armpit" and f"{side}_sleeve_outer" in placed
            if point is None or under_sleeve:
                continue
            aside, below = np.linalg.solve(basis, point - origin)
            half = outward * float(aside)
            centre = origin + below * down
            seen = _half_breadth(trunk_mask, centre, outward * right, MOST_WIDENING * half)
            if seen > half:
                room = seen + SIDE_EASE * unit_px
                moved[f"{side}_{name}"] = centre + outward * room * right
    return moved


def over_hips(placed: Placed, body: LowerBody) -> Placed:
    """A hem that lies on the hips reaches as far aside as they do; the waist follows half way."""
    moved: Placed = {}
    for side, half_px in zip(SIDES, body.half_breadths(SEAT_AT, HIPS), strict=True):
        hem, waist = placed.get(f"{side}_hem"), placed.get(f"{side}_waist")
        if hem is None or waist is None:
            continue
        outward = body.right if side == "left" else -body.right
        height, aside = ((hem - body.middle) @ body.up, (hem - body.middle) @ outward)
        short = half_px - float(aside)
        if ON_HIPS[0] < height / body.unit_px < ON_HIPS[1] and short > 0:
            step = min(short, MOST_TO_HIPS * body.unit_px) * outward
            moved |= {f"{side}_hem": hem + step, f"{side}_waist": waist + step / 2}
    return moved


def _half_breadth(
    mask: BoolMask, centre: NDArray[np.float64], outward: NDArray[np.float64], limit_px: float
) -> float:
    """How far the mask reaches from a point in one direction; 0 when it goes on past the limit."""
    steps = np.arange(0.0, max(1.0, limit_px) + 1.0)
    points = np.round(centre + steps[:, None] * outward).astype(int)
    inside = ((points >= 0) & (points < [mask.shape[1], mask.shape[0]])).all(axis=1)
    points = points[inside]
    hit = mask[points[:, 1], points[:, 0]]
    if len(hit) < len(steps) or hit.all() or not hit[: max(1, len(hit) // 2)].all():
        return 0.0
    return float(np.argmin(hit))


def beside_trunk(sleeve: Placed, placed: Placed, side: str) -> Placed:
    """A hanging sleeve narrowed where its inner edge would lie over the trunk.

    Cloth between arm and trunk is pressed together; a sleeve that crosses the trunk is not.
    """
    armpit, waist = placed.get(f"{side}_armpit"), placed.get(f"{side}_waist")
    if armpit is None or waist is None:
        return sleeve
    outward = 1.0 if side == "left" else -1.0
    narrowed = dict(sleeve)
    for part in ("elbow", "sleeve"):
        outer, inner = (sleeve.get(f"{side}_{part}_{edge}") for edge in ("outer", "inner"))
        if outer is None or inner is None or waist[1] <= armpit[1]:
            continue
        share = float(np.clip((inner[1] - armpit[1]) / (waist[1] - armpit[1]), 0.0, 1.2))
        trunk_x = float(armpit[0] + share * (waist[0] - armpit[0]))
        inside = outward * (trunk_x - inner[0])
        breadth = outward * (outer[0] - inner[0])
        if 0 < inside < breadth and outward * (outer[0] - trunk_x) > 0:
            kept = max(MOST_PRESSED, 1 - inside / breadth)
            narrowed[f"{side}_{part}_inner"] = outer + kept * (inner - outer)
    return narrowed


def around_arm(sleeve: Placed, side: str, unit_px: float, person_mask: BoolMask) -> Placed:
    """A sleeve widened where the arm's outline reaches beyond its outer edge.

    Args:
        sleeve: its points, (2,) float64 xy by name.
        side: "left" or "right".
        unit_px: a shoulder width.
        person_mask: (H, W) bool.
    """
    widened = dict(sleeve)
    for part in ("elbow", "sleeve"):
        outer, inner = (sleeve.get(f"{side}_{part}_{edge}") for edge in ("outer", "inner"))
        if outer is None or inner is None:
            continue
        reach = float(np.hypot(*(outer - inner)))
        direction = unit(outer - inner)
        arm = _half_breadth(person_mask, (outer + inner) / 2, direction, reach)
        if arm > reach / 2:
            room = arm + ARM_EASE * unit_px
            widened[f"{side}_{part}_outer"] = (outer + inner) / 2 + room * direction
    return widened


def shoulders_on_outline(
    placed: Placed, axes: NDArray[np.float64], unit_px: float, person_mask: BoolMask
) -> Placed:
    """Shoulder tips, of sleeves or of broad sleeveless shoulders, moved onto the body's outline.

    Arguments as of `sides_on_body`; `person_mask` is (H, W) bool, arms included, hair left out.
    """
    right, down = unit(axes[:, 0]), unit(axes[:, 1])
    steps = np.arange(-SNAP_IN * unit_px, SNAP_OUT * unit_px + 1)
    moved = {}
    for side, outward in (("left", 1.0), ("right", -1.0)):
        tip = placed.get(f"{side}_shoulder")
        if tip is None:
            continue
        direction = unit(outward * right - down)
        path = np.round(tip + steps[:, None] * direction).astype(int)
        inside = ((path >= 0) & (path < [person_mask.shape[1], person_mask.shape[0]])).all(axis=1)
        if not inside.all():
            continue
        is_body = person_mask[path[:, 1], path[:, 0]]
        if is_body[0] and not is_body[-1]:  # crosses the outline once or more: take the last
            moved[f"{side}_shoulder"] = tip + steps[np.flatnonzero(is_body)[-1]] * direction
    return moved


def straps_on_outline(
    placed: Placed, axes: NDArray[np.float64], unit_px: float, person_mask: BoolMask
) -> Placed:
    """Straps drawn up until they lie over the shoulder; cloth below keeps its place.

    Arguments as of `shoulders_on_outline`.
    """
    up = -unit(axes[:, 1])
    moved = {}
    for side in SIDES:
        neck, shoulder = placed.get(f"{side}_neck"), placed.get(f"{side}_shoulder")
        if neck is None or shoulder is None:
            continue
        reach = _half_breadth(person_mask, (neck + shoulder) / 2, up, STRAP_SNAP * unit_px)
        moved[f"{side}_neck"], moved[f"{side}_shoulder"] = neck + reach * up, shoulder + reach * up
    return moved
