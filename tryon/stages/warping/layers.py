"""A garment as sheets of cloth that move apart: the trunk, and one for each sleeve or leg."""

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import AnchorSet
from tryon.arrays import BoolMask, SoftMask
from tryon.geometry import fit_within, slices_around
from tryon.stages.body.limbs import SIDES, polygon

SEAM_OVERLAP = 0.02  # of the garment's width: sheets overlap by this much, so that no seam opens
SLEEVE_SECTIONS = (
    ("shoulder", "armpit"),
    ("elbow_outer", "elbow_inner"),
    ("sleeve_outer", "sleeve_inner"),
)
PUFF = 5  # overlaps: how far a sleeve bulges beyond the lines between its anchors
SEAM_REACH = 4  # overlaps: further away a sheet's share of the cloth is all or nothing
SIDE_BY_SIDE_PX = 1.0  # of the small grid: the same where sheets lie side by side, unsewn
CUT_SIDE = 512  # px: where the cut runs need not be known finer
_SLEEVE_OUTLINE = (
    "shoulder", "elbow_outer", "sleeve_outer", "sleeve_inner", "elbow_inner", "armpit",
)  # fmt: skip
LEG_SECTIONS = (("hip", "crotch"), ("knee_outer", "knee_inner"), ("hem_outer", "hem_inner"))
LIMBS = {"leg": LEG_SECTIONS, "sleeve": SLEEVE_SECTIONS}
_BETWEEN_LEGS = ("left_knee_inner", "right_knee_inner", "left_hem_inner", "right_hem_inner")
_LIMB_ONLY = (
    "elbow_outer", "elbow_inner", "sleeve_outer", "sleeve_inner",
    "knee_outer", "knee_inner", "hem_outer", "hem_inner",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One sheet.

    Attributes:
        name: "trunk", "left leg", "left sleeve" and so on.
        share: (h, w) float32 on a small grid, how much of the cloth there belongs to this sheet.
        anchor_names: the anchors this sheet follows.
        sections: for a sleeve or leg, its cross-sections from the trunk outwards, each the names
            of an outer and an inner anchor; empty for the trunk.
    """

    name: str
    share: SoftMask
    anchor_names: tuple[str, ...]
    sections: tuple[tuple[str, str], ...] = ()

    @property
    def is_sleeve(self) -> bool:
        """Whether it is worn on an arm."""
        return self.name.endswith("sleeve")

    def alpha_of(self, garment_alpha: SoftMask) -> SoftMask:
        """(H, W) float32: this sheet's part of the whole garment's alpha."""
        size_wh = (garment_alpha.shape[1], garment_alpha.shape[0])
        return np.asarray(cv2.multiply(garment_alpha, cv2.resize(self.share, size_wh)), np.float32)


def garment_layers(alpha: SoftMask, anchors: AnchorSet) -> tuple[Layer, ...]:
    """Cut the garment at armholes and crotch; the trunk comes first, legs and sleeves lie over it.

    Args:
        alpha: (H, W) float32 cutout alpha.
        anchors: in pixels of the same picture.
    """
    small_wh = fit_within((alpha.shape[1], alpha.shape[0]), CUT_SIDE)
    mask = cv2.resize(alpha, small_wh, None, 0, 0, cv2.INTER_AREA) > 0.02
    at = anchors.resized(*small_wh)
    seam_px = max(1.0, SEAM_OVERLAP * float(np.ptp(at.points_xy[:, 0])))
    seam_px = min(seam_px, CUT_SIDE)  # points may lie anywhere
    trunk_share = np.ones(mask.shape, np.float32)
    limbs = []
    for side, (limb, all_sections) in product(SIDES, LIMBS.items()):
        sections = _sections_there(all_sections, side, at)
        if len(sections) < 2:
            continue
        region = _leg(mask, at, side) if limb == "leg" else _sleeve(mask, at, side, PUFF * seam_px)
        here = slices_around(region, round(SEAM_REACH * seam_px))
        if here is None:
            continue
        to_region, to_rest = _distance_to(region[here]), _distance_to((mask & ~region)[here])
        limb_share = np.zeros(mask.shape, np.float32)
        seam = _seam_of_rows(sections[0], at, seam_px, mask.shape[0])[here[0]]
        limb_share[here] = np.clip(1.0 - to_region / seam, 0, 1)
        is_limb = to_region < to_rest  # its soft fringe too, which the mask does not hold
        trunk_share[here] *= np.where(is_limb, np.clip(1.5 - to_rest / seam, 0, 1), 1.0)
        names = tuple(dict.fromkeys(name for section in sections for name in section))
        limbs.append(Layer(f"{side} {limb}", limb_share, names, sections))
    limbs.sort(key=lambda layer: layer.is_sleeve)
    limb_names = {n for layer in limbs for n in layer.anchor_names if n.endswith(_LIMB_ONLY)}
    own = tuple(n for n in anchors.names if n not in limb_names)
    return (Layer("trunk", trunk_share, own), *limbs)


def _sections_there(
    sections: tuple[tuple[str, str], ...], side: str, anchors: AnchorSet
) -> tuple[tuple[str, str], ...]:
    """Cross-sections of one side whose points this garment has; none without the first."""
    named = [
        tuple(name if name == "crotch" else f"{side}_{name}" for name in section)
        for section in sections
    ]
    there = tuple((o, i) for o, i in named if o in anchors and i in anchors)
    return there if there[:1] == tuple(named[:1]) else ()


def _seam_of_rows(
    section: tuple[str, str], at: AnchorSet, seam_px: float, num_rows: int
) -> NDArray[np.float32]:
    """(h, 1) float32: how far the sheets overlap; hardly below an armpit, where sleeve and trunk
    only lie side by side, and the cut is an edge once the arm is raised."""
    _, inner = section
    rows = np.arange(num_rows, dtype=np.float32)[:, None]
    if inner == "crotch":
        return np.full_like(rows, seam_px)
    below = at[inner].y
    return np.interp(rows, (below, below + 2 * seam_px), (seam_px, SIDE_BY_SIDE_PX)).astype(
        np.float32
    )


def _leg(mask: BoolMask, anchors: AnchorSet, side: str) -> BoolMask:
    """What lies below the line hip-crotch, on this side of the line between the legs."""
    at = {a.name: np.array([a.x, a.y]) for a in anchors.anchors}
    hip, crotch = at[f"{side}_hip"], at["crotch"]
    inner = [at[name] for name in _BETWEEN_LEGS if name in at]  # one at least: see LEG_SECTIONS
    end = np.mean(inner, axis=0)
    outward = 1.0 if side == "left" else -1.0
    y, x = np.ogrid[: mask.shape[0], : mask.shape[1]]
    across, down = hip - crotch, end - crotch
    below = ((y - crotch[1]) * across[0] - (x - crotch[0]) * across[1]) * outward > 0
    beside = ((x - crotch[0]) * down[1] - (y - crotch[1]) * down[0]) * outward > 0
    return np.asarray(mask & below & beside)


def _sleeve(mask: BoolMask, anchors: AnchorSet, side: str, reach_px: float) -> BoolMask:
    """What lies around the sleeve's anchors, beyond the armhole and beside the trunk."""
    at = {a.name: np.array([a.x, a.y]) for a in anchors.anchors}
    corners = [at[f"{side}_{n}"] for n in _SLEEVE_OUTLINE if f"{side}_{n}" in at]
    around = polygon(mask.shape, np.array(corners))
    size = 2 * max(1, round(reach_px)) + 1
    around = cv2.dilate(around.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    shoulder, armpit = at[f"{side}_shoulder"], at[f"{side}_armpit"]
    down_the_side = [at[n] for n in (f"{side}_waist", f"{side}_hem") if n in at]
    edge = np.array([armpit, *down_the_side, (down_the_side or [armpit])[-1] + [0.0, 1.0]])
    outward = 1.0 if side == "left" else -1.0
    region = np.zeros(mask.shape, bool)
    here = slices_around(mask & around, 0)
    if here is None:
        return region
    y, x = np.ogrid[here]
    line = shoulder - armpit
    beyond = ((x - armpit[0]) * line[1] - (y - armpit[1]) * line[0]) * outward < 0
    trunk_edge = np.interp(y, edge[:, 1], edge[:, 0])
    beside = (y < armpit[1]) | ((x - trunk_edge) * outward > 0)
    within = polygon(mask.shape, np.array(corners))[here]
    region[here] = _mostly_in(within, (mask & around)[here] & beyond & beside)
    return region


def _mostly_in(within: BoolMask, mask: BoolMask) -> BoolMask:
    """The connected parts of a mask that lie mostly within another: not a hem that flares out."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), None, 8)
    area = np.bincount(labels.ravel(), minlength=count)
    inside = np.bincount(labels[within], minlength=count)
    kept = inside > 0.5 * area
    kept[0] = False
    return np.asarray(kept[labels])


def _distance_to(mask: BoolMask) -> NDArray[np.float32]:
    """(H, W) float32 pixels to the nearest True pixel."""
    outside = (~np.ascontiguousarray(mask)).astype(np.uint8)
    return np.asarray(cv2.distanceTransform(outside, cv2.DIST_L2, 3), np.float32)
