"""A garment as sheets of cloth that move apart: the trunk, and one for each sleeve or leg."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import AnchorSet
from tryon.arrays import BoolMask, SoftMask
from tryon.geometry import fit_within
from tryon.stages.limbs import SIDES, polygon

SEAM_OVERLAP = 0.02  # of the garment's width: sheets overlap by this much, so that no seam opens
SLEEVE_SECTIONS = (
    ("shoulder", "armpit"),
    ("elbow_outer", "elbow_inner"),
    ("sleeve_outer", "sleeve_inner"),
)
CUT_SIDE = 512  # px: where the cut runs need not be known finer
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
    size_wh = (alpha.shape[1], alpha.shape[0])
    small_wh = fit_within(size_wh, CUT_SIDE)
    mask = cv2.resize(alpha, small_wh, None, 0, 0, cv2.INTER_AREA) > 0.02
    at = anchors.resized(*small_wh)
    seam_px = max(1.0, SEAM_OVERLAP * float(np.ptp(at.points_xy[:, 0])))
    trunk_share = np.ones(mask.shape, np.float32)
    sleeves = []
    for side in SIDES:
        sections = tuple(
            (f"{side}_{outer}", f"{side}_{inner}")
            for outer, inner in SLEEVE_SECTIONS
            if f"{side}_{outer}" in at and f"{side}_{inner}" in at
        )
        if (f"{side}_shoulder", f"{side}_armpit") not in sections or len(sections) < 2:
            continue
        region = _sleeve(mask, at, side, 2 * seam_px)
        if not region.any():
            continue
        to_region, to_rest = _distance_to(region), _distance_to(mask & ~region)
        sleeve_share = np.clip(1.0 - to_region / seam_px, 0, 1)
        is_sleeve = to_region < to_rest  # its soft fringe too, which the mask does not hold
        trunk_share *= np.where(is_sleeve, np.clip(1.5 - to_rest / seam_px, 0, 1), 1.0)
        names = tuple(name for section in sections for name in section)
        sleeve = alpha * cv2.resize(sleeve_share, size_wh)
        sleeves.append(Layer(f"{side} sleeve", side, sleeve, names, sections))
    sleeve_names = {f"{layer.side}_{n}" for layer in sleeves for n in _SLEEVE_ONLY}
    own = tuple(n for n in anchors.names if n not in sleeve_names)
    trunk = alpha * cv2.resize(trunk_share, size_wh) if sleeves else alpha
    return (Layer("trunk", None, trunk, own), *sleeves)


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
