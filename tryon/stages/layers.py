"""A garment as sheets of cloth that move apart: the trunk, and one for each sleeve or leg."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import AnchorSet
from tryon.arrays import BoolMask, SoftMask
from tryon.stages.limbs import SIDES, polygon

SEAM_OVERLAP = 0.03  # of the garment's width: sheets overlap by this much, so that no seam opens
SLEEVE_SECTIONS = (
    ("shoulder", "armpit"),
    ("elbow_outer", "elbow_inner"),
    ("sleeve_outer", "sleeve_inner"),
)
_SLEEVE_OUTLINE = (
    "shoulder", "elbow_outer", "sleeve_outer", "sleeve_inner", "elbow_inner", "armpit",
)  # fmt: skip
_SLEEVE_ONLY = ("elbow_outer", "elbow_inner", "sleeve_outer", "sleeve_inner")


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One sheet.

    Attributes:
        name: "trunk", "left sleeve" or "right sleeve".
        side: "left" or "right" for a sleeve, None for the trunk.
        alpha: (H, W) float32 of the garment picture.
        anchor_names: the anchors this sheet follows.
        sections: for a sleeve, its cross-sections from the body outwards, each the names of an
            outer and an inner anchor; empty for the trunk.
    """

    name: str
    side: str | None
    alpha: SoftMask
    anchor_names: tuple[str, ...]
    sections: tuple[tuple[str, str], ...] = ()


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
        sections = tuple(
            (f"{side}_{outer}", f"{side}_{inner}")
            for outer, inner in SLEEVE_SECTIONS
            if f"{side}_{outer}" in anchors and f"{side}_{inner}" in anchors
        )
        names = tuple(name for section in sections for name in section)
        if f"{side}_sleeve_outer" not in names or f"{side}_shoulder" not in names:
            continue
        region = _sleeve(alpha > 0.02, anchors, side, 2 * seam_px)
        if not region.any():
            continue
        rest = (alpha > 0.02) & ~region
        to_region, to_rest = _distance_to(region), _distance_to(rest)
        sleeve = alpha * np.clip(1.0 - to_region / seam_px, 0, 1)
        trunk = trunk * np.where(region, np.clip(2.0 - to_rest / seam_px, 0, 1), 1.0)
        sleeves.append(Layer(f"{side} sleeve", side, sleeve.astype(np.float32), names, sections))
    sleeve_names = {f"{layer.side}_{n}" for layer in sleeves for n in _SLEEVE_ONLY}
    own = tuple(n for n in anchors.names if n not in sleeve_names)
    return (Layer("trunk", None, trunk.astype(np.float32), own), *sleeves)


def _sleeve(mask: BoolMask, anchors: AnchorSet, side: str, reach_px: float) -> BoolMask:
    """What lies around the sleeve's anchors, beyond the armhole and beside the trunk."""
    at = {a.name: np.array([a.x, a.y]) for a in anchors.anchors}
    corners = [at[f"{side}_{n}"] for n in _SLEEVE_OUTLINE if f"{side}_{n}" in at]
    around = polygon(mask.shape, np.array(corners))
    size = 2 * max(1, round(reach_px)) + 1
    around = cv2.dilate(around.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    shoulder, armpit = at[f"{side}_shoulder"], at[f"{side}_armpit"]
    low = at.get(f"{side}_waist", at.get(f"{side}_hem", armpit + np.array([0.0, 1.0])))
    outward = 1.0 if side == "left" else -1.0
    y, x = np.ogrid[: mask.shape[0], : mask.shape[1]]
    line = shoulder - armpit
    beyond = ((x - armpit[0]) * line[1] - (y - armpit[1]) * line[0]) * outward < 0
    share = (y - armpit[1]) / max(1.0, low[1] - armpit[1])
    trunk_edge = armpit[0] + share * (low[0] - armpit[0])
    beside = (y < armpit[1]) | ((x - trunk_edge) * outward > 0)
    return np.asarray(mask & around & beyond & beside)


def _distance_to(mask: BoolMask) -> NDArray[np.float32]:
    """(H, W) float32 pixels to the nearest True pixel."""
    outside = (~np.ascontiguousarray(mask)).astype(np.uint8)
    return np.asarray(cv2.distanceTransform(outside, cv2.DIST_L2, 3), np.float32)
