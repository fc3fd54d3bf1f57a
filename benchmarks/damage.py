"""Drafts spoiled on purpose: anchors moved as a wrong fit, or a slip of the hand, moves them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tryon.anchors import LOWER_TYPES, AnchorPair, AnchorSet, GarmentType

SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class Damage:
    """One way of spoiling a fit.

    Attributes:
        kind: "shifted", "scaled", "rotated", "sleeve off" or "anchor off".
        strength: "slight", "clear" or "gross".
        how: in words.
        person: the body's anchors after it.
    """

    kind: str
    strength: str
    how: str
    person: AnchorSet


SHIFTS = {"slight": 0.12, "clear": 0.25, "gross": 0.5}  # shoulder widths
SCALES = {"slight": 1.15, "clear": 1.3, "gross": 1.6}  # and one over it
TURNS = {"slight": 8.0, "clear": 15.0, "gross": 30.0}  # degrees, either way
SLEEVES = {"slight": 20.0, "clear": 40.0, "gross": 70.0}  # degrees about the armhole, either way
PULLS = {"slight": 0.2, "clear": 0.35, "gross": 0.6}  # shoulder widths, one anchor
DIRECTIONS = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}


def damages(pair: AnchorPair, unit_px: float, seed: int) -> Iterator[Damage]:
    """Every kind at every strength.

    Args:
        pair: of an undamaged draft.
        unit_px: the shoulder width in pixels of the person photo.
        seed: decides which anchors are pulled, and where to.
    """
    body = pair.person
    points = body.points_xy
    centre = points.mean(axis=0)
    for strength, amount in SHIFTS.items():
        for where, direction in DIRECTIONS.items():
            moved = points + amount * unit_px * np.array(direction)
            yield Damage("shifted", strength, f"{amount:.2f} {where}", _at(body, moved))
    for strength, factor in SCALES.items():
        for by in (factor, 1 / factor):
            moved = (points - centre) * by + centre
            yield Damage("scaled", strength, f"x {by:.2f}", _at(body, moved))
    for strength, degrees in TURNS.items():
        for sign in (-1, 1):
            moved = (points - centre) @ _turn(sign * degrees).T + centre
            yield Damage("rotated", strength, f"{sign * degrees:+.0f} degrees", _at(body, moved))
    for side in SIDES:
        for strength, degrees in SLEEVES.items():
            for sign in (-1, 1):
                spoiled = _limb_turned(body, pair.garment_type, side, sign * degrees)
                if spoiled is not None:
                    yield Damage("sleeve off", strength, f"{side} {sign * degrees:+.0f}", spoiled)
    random = np.random.default_rng(seed)
    for strength, amount in PULLS.items():
        for _ in range(3):
            name = str(random.choice(body.names))
            angle = random.uniform(0, 2 * np.pi)
            x, y = amount * unit_px * np.array([np.cos(angle), np.sin(angle)])
            pulled = body.moved(name, body[name].x + x, body[name].y + y)
            yield Damage("anchor off", strength, f"{name} {amount:.2f}", pulled)


def _at(body: AnchorSet, points: NDArray[np.float64]) -> AnchorSet:
    anchors = zip(body.anchors, points, strict=True)
    return replace(body, anchors=tuple(replace(a, x=float(x), y=float(y)) for a, (x, y) in anchors))


def _turn(degrees: float) -> NDArray[np.float64]:
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _limb_turned(
    body: AnchorSet, garment_type: GarmentType, side: str, degrees: float
) -> AnchorSet | None:
    """One sleeve or trouser leg turned about where it begins; None where there is none."""
    parts, about = ["sleeve", "elbow"], ["shoulder", "armpit"]
    if garment_type in LOWER_TYPES:
        parts, about = ["hem_", "knee"], ["hip"]
    names = [n for n in body.names if n.startswith(side) and any(p in n for p in parts)]
    pivots = [f"{side}_{n}" for n in about if f"{side}_{n}" in body]
    if not names or not pivots:
        return None
    pivot = body.only(pivots).points_xy.mean(axis=0)
    points = body.points_xy
    limb = [i for i, n in enumerate(body.names) if n in names]
    points[limb] = (points[limb] - pivot) @ _turn(degrees).T + pivot
    return _at(body, points)
