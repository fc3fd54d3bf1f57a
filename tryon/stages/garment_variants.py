"""Other readings of the same garment photo, for another attempt: nothing here is more likely than
what stage 3 found, it is merely different."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal, TypeAlias, get_args

import cv2
import numpy as np

from tryon.anchors import Anchor, AnchorSet
from tryon.geometry import fit_within
from tryon.stages.cutout import background_cutout, clean_edge_colours
from tryon.stages.garment import OUTLINE_SIDE, Garment, find_anchors

Variant: TypeAlias = Literal["as found", "even points", "background cutout"]
LIMBS: Final = ("sleeve", "elbow", "knee", "hem_")
VARIANTS: Final[tuple[Variant, ...]] = get_args(Variant)


def variant_of(garment: Garment, variant: Variant) -> Garment | None:
    """The garment read in another way; None where that way says nothing on this photo."""
    return _MAKERS[variant](garment)


def _even(garment: Garment) -> Garment:
    """Left and right points of the trunk made mirror images: garments are sewn symmetric.

    Sleeves and legs may lie in any way on the photo.
    """
    found = garment.anchors
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

    return replace(garment, anchors=replace(found, anchors=tuple(map(even, found.anchors))))


def _by_background(garment: Garment) -> Garment | None:
    """The cutout from a model of the plain background alone, without the matting network."""
    if garment.cutout_confidence >= 1.0:  # the picture brought its own, or somebody painted it
        return None
    alpha = background_cutout(garment.photo.rgb)
    if alpha is None:
        return None
    size_wh = garment.photo.size_wh
    small_wh = fit_within(size_wh, OUTLINE_SIDE)
    small_rgb = cv2.resize(garment.photo.rgb, small_wh, None, 0, 0, cv2.INTER_AREA)
    mask = cv2.resize(alpha, small_wh, None, 0, 0, cv2.INTER_AREA) > 0.5
    anchors = AnchorSet(*small_wh, find_anchors(mask, small_rgb, garment.garment_type))
    rgb = clean_edge_colours(garment.photo.rgb, alpha)
    return replace(garment, rgb=rgb, alpha=alpha, anchors=anchors.resized(*size_wh))


_MAKERS: Final[dict[Variant, Callable[[Garment], Garment | None]]] = {
    "as found": lambda garment: garment,
    "even points": _even,
    "background cutout": _by_background,
}
