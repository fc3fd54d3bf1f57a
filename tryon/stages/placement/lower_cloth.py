"""Flat cloth of a garment worn below the waist: its points by name and its scale on the body."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tryon.anchors import AnchorSet
from tryon.errors import WarpFailed
from tryon.stages.body.limbs import SIDES
from tryon.stages.placement.lower_body import WAIST, LowerBody

Points: TypeAlias = dict[str, NDArray[np.float64]]  # (2,) by anchor name

ALONG = 1.15  # vertical / horizontal scale: bodies are round, flat cloth is not


@dataclass(frozen=True, slots=True, eq=False)
class Cloth:
    """How flat cloth is scaled onto the body.

    Attributes:
        across: photo pixels per garment pixel, horizontally.
        along: the same vertically.
    """

    across: float
    along: float


def named_points(garment: AnchorSet) -> Points:
    """The garment's points by name.

    Raises:
        WarpFailed: waist or hips missing or without width.
    """
    g = {a.name: np.array([a.x, a.y]) for a in garment.anchors}
    for name in ("waist", "hip"):
        if f"left_{name}" not in g or f"right_{name}" not in g:
            raise WarpFailed(f"missing {name} anchors")
        if g[f"left_{name}"][0] - g[f"right_{name}"][0] < 4:
            raise WarpFailed(f"the garment's {name} has no width")
    return g


def waist_corners(g: Points, body: LowerBody, waist_at: float, cloth: Cloth) -> Points:
    """Waist corners: at the cloth's own width, at least the body's."""
    waist_g = (g["left_waist"] + g["right_waist"]) / 2
    placed = {}
    for side, half in zip(SIDES, body.half_breadths(waist_at, WAIST), strict=True):
        outward = body.right if side == "left" else -body.right
        own = g[f"{side}_waist"] - waist_g
        room = max(half, cloth.across * abs(float(own[0])))
        lower = cloth.along * float(own[1])
        placed[f"{side}_waist"] = body.at(waist_at) + room * outward - lower * body.up
    return placed
