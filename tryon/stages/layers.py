"""A garment as sheets of cloth that move apart: the trunk, and one for each sleeve or leg."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import AnchorSet
from tryon.arrays import BoolMask, SoftMask
from tryon.stages.garment_anchors import sleeve_region
from tryon.stages.limbs import SIDES

SEAM_OVERLAP = 0.03  # of the garment's width: sheets overlap by this much, so that no seam opens
SLEEVE_POINTS = ("shoulder", "armpit", "elbow_outer", "elbow_inner", "sleeve_outer", "sleeve_inner")
_SLEEVE_ONLY = ("elbow_outer", "elbow_inner", "sleeve_outer", "sleeve_inner")


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One sheet.

    Attributes:
        name: "trunk", "left sleeve" or "right sleeve".
        side: "left" or "right" for a sleeve, None for the trunk.
        alpha: (H, W) float32 of the garment picture.
        anchor_names: the anchors this sheet follows.
    """

    name: str
    side: str | None
    alpha: SoftMask
    anchor_names: tuple[str, ...]


def garment_layers(alpha: SoftMask, anchors: AnchorSet) -> tuple[Layer, ...]:
    """Cut the garment at the armholes; the trunk comes first, sleeves lie over it.

    Args:
        alpha: (H, W) float32 cutout alpha.
        anchors: in pixels of the same picture.
    """
    seam_px = max(2.0, SEAM_OVERLAP * float(np.ptp(anchors.points_xy[:, 0])))
    trunk = alpha
    sleeves = []
    for side in SIDES:
        names = tuple(f"{side}_{n}" for n in SLEEVE_POINTS if f"{side}_{n}" in anchors)
        if f"{side}_sleeve_outer" not in names or f"{side}_shoulder" not in names:
            continue
        region = _sleeve(alpha > 0.02, anchors, side)
        if not region.any():
            continue
        rest = (alpha > 0.02) & ~region
        to_region, to_rest = _distance_to(region), _distance_to(rest)
        sleeve = alpha * np.clip(1.0 - to_region / seam_px, 0, 1)
        trunk = trunk * np.where(region, np.clip(2.0 - to_rest / seam_px, 0, 1), 1.0)
        sleeves.append(Layer(f"{side} sleeve", side, sleeve.astype(np.float32), names))
    sleeve_names = {f"{layer.side}_{n}" for layer in sleeves for n in _SLEEVE_ONLY}
    own = tuple(n for n in anchors.names if n not in sleeve_names)
    return (Layer("trunk", None, trunk.astype(np.float32), own), *sleeves)


def _sleeve(mask: BoolMask, anchors: AnchorSet, side: str) -> BoolMask:
    shoulder, armpit = (
        np.array([anchors[f"{side}_{n}"].x, anchors[f"{side}_{n}"].y]) for n in ("shoulder", "armpit")
    )
    if side == "right":
        return sleeve_region(mask, shoulder, armpit)
    flip = np.array([mask.shape[1] - 1.0, 0.0])
    mirror = np.array([-1.0, 1.0])
    region = sleeve_region(mask[:, ::-1], flip + mirror * shoulder, flip + mirror * armpit)
    return region[:, ::-1]


def _distance_to(mask: BoolMask) -> NDArray[np.float32]:
    """(H, W) float32 pixels to the nearest True pixel."""
    outside = (~np.ascontiguousarray(mask)).astype(np.uint8)
    return np.asarray(cv2.distanceTransform(outside, cv2.DIST_L2, 3), np.float32)
