"""Other readings of the same garment photo, for another attempt: nothing here is more likely than
what stage 3 found, it is merely different."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal, TypeAlias

import numpy as np

from tryon.anchors import Anchor
from tryon.stages.garment import Garment, read_anchors
from tryon.stages.garment_cutout.cutout import background_cutout, clean_edge_colours
from tryon.stages.garment_shape.upright import set_upright

Variant: TypeAlias = Literal["as found", "even points", "background cutout"]
LIMBS: Final = ("sleeve", "elbow", "knee", "hem_")


def variant_of(garment: Garment, variant: Variant) -> Garment | None:
    """The garment read in another way; None where that way says nothing on this photo."""
    return _MAKERS[variant](garment)


def _even(garment: Garment) -> Garment:
    """Left and right points of the trunk made mirror images: garments are sewn symmetric.

    Sleeves and legs may lie in any way on the photo.
    """
    found = garment.upright_anchors
    pairs = [n.removeprefix("left_") for n in found.names if n.startswith("left_")]
    pairs = [n for n in pairs if not any(limb in n for limb in LIMBS)]
    pairs = [n for n in pairs if f"right_{n}" in found]
    axis = float(np.median([(found[f"left_{n}"].x + found[f"right_{n}"].x) / 2 for n in pairs]))

    def even(anchor: Anchor) -> Anchor:
        side, _, part = anchor.name.partition("_")
        if part not in pairs or side not in ("left", "right"):
            return anchor
        other = found[f"{'right' if side == 'left' else 'left'}_{part}"]
        return replace(anchor, x=(anchor.x + 2 * axis - other.x) / 2, y=(anchor.y + other.y) / 2)

    mirrored = replace(found, anchors=tuple(map(even, found.anchors)))
    return replace(garment, anchors=set_upright(mirrored, -garment.lean_deg))


def _by_background(garment: Garment) -> Garment | None:
    """The cutout from a model of the plain background alone, without the matting network."""
    if garment.cutout_confidence >= 1.0:  # the picture brought its own, or somebody painted it
        return None
    alpha = background_cutout(garment.photo.rgb)
    if alpha is None:
        return None
    rgb = clean_edge_colours(garment.photo.rgb, alpha)
    anchors = read_anchors(garment.photo, alpha, garment.garment_type)
    return replace(garment, rgb=rgb, alpha=alpha, anchors=anchors)


_MAKERS: Final[dict[Variant, Callable[[Garment], Garment | None]]] = {
    "as found": lambda garment: garment,
    "even points": _even,
    "background cutout": _by_background,
}
