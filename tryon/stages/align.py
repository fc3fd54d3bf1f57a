"""Stage 4: the garment laid over the body, with what is in front of it kept in front."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tryon.anchors import LOWER_TYPES, UPPER_TYPES, AnchorPair, AnchorSet, Tuck
from tryon.arrays import (
    BoolMask,
    PixelMap,
    RgbaImage,
    RgbImage,
    SoftMask,
    frozen,
    to_unit_float,
)
from tryon.errors import WarpFailed
from tryon.geometry import Resize
from tryon.stages.body.limbs import arm_shape, hand_is_hidden
from tryon.stages.garment import Garment
from tryon.stages.load import Photo
from tryon.stages.old_clothes.old_clothes import sticking_out, without_old
from tryon.stages.placement.body_anchors import body_anchors
from tryon.stages.placement.tuck import below_waistband, hanging_over, inside_bottom, tucks_in
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks
from tryon.stages.strategies import Strategy
from tryon.stages.warping.composite import Sheet, compose, part_around, within
from tryon.stages.warping.gaps import Room
from tryon.stages.warping.layers import Layer
from tryon.stages.warping.occlude import Fronts, Scene, inside_sleeves
from tryon.stages.warping.strip import fit_strip
from tryon.stages.warping.warp import MIN_PAIRS, Part, Warp, fit_warp, sample

GAP = 0.1  # shoulder widths: gaps beside sleeves and arms up to this width are closed
ROUND = 0.14  # shoulder widths: shoulders and arms stand out beyond a straight sleeve by this much
AT_ONCE = 2  # threads: no sheet of cloth waits for another, but more would wait for Python itself


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A fit, painted.

    Attributes:
        rgb: (H, W, 3) uint8, the draft composite; equals the photo wherever `region` is 0 and
            no old clothes were painted over.
        warped: (H, W, 4) uint8, the whole warped garment before occlusion.
        region: (H, W) float32, how much of the draft is garment, after occlusion.
        garment_xy: (H, W, 2) float32, garment-photo pixel (as given) seen here; NaN where none.
        old_garment: (H, W) bool, old clothes that stick out beyond the new garment; the draft
            shows skin, trousers or background there where `OldClothes.uncovered` is not set.
        anchors: the pairs of points it was made from, in working pixels of both pictures.
        folded_px: pixels of the garment where the warp turns over (should be 0).
        stretch: 95th percentile over the garment of how far the local scale departs from the
            median one, as a ratio; 1 = even.
        is_tucked: whether the garment was cut at the waistband.
        stiffness: 0 every anchor is met exactly .. 1 the cloth could not bend without folding.
    """

    rgb: RgbImage
    warped: RgbaImage
    region: SoftMask
    garment_xy: PixelMap
    old_garment: BoolMask
    anchors: AnchorPair
    folded_px: int
    stretch: float
    stiffness: float
    is_tucked: bool

    def __post_init__(self) -> None:
        for array in (self.rgb, self.warped, self.region, self.garment_xy, self.old_garment):
            frozen(array)


def align_garment(
    photo: Photo,
    pose: Pose,
    masks: PersonMasks,
    garment: Garment,
    anchors: AnchorPair | None,
    tuck: Tuck,
    strategy: Strategy,
    under: Draft | None = None,
) -> Draft:
    """Find where the garment goes, bend it there, and put it behind hands, hair and chin.

    Args:
        photo: of the person.
        pose: of the person, in pixels of the working photo.
        masks: of the person.
        garment: prepared.
        anchors: set by hand, on pictures of any size; None to find the body's.
        tuck: whether a top ends at the waistband.
        strategy: the idea this attempt follows.
        under: the draft this garment is laid over; None for the photo alone.

    Raises:
        WarpFailed: the anchors cannot carry a warp, or the garment falls outside the photo.
    """
    if garment.garment_type not in UPPER_TYPES:  # a pocket hides the hand, and goes with its cloth
        masks = replace(masks, arms=masks.arms * (1 - masks.old_bottom.mask))
    pair = _pair_for(photo, pose, masks, garment, anchors, strategy)
    is_tucked = tucks_in(tuck, pair, pose, masks)
    layers = _from_below(garment.layers_at(pair.garment), pose)
    below = (under.rgb, under.region) if under else None
    old = masks.replaced_by(pair.garment_type, under.anchors.garment_type if under else None)
    with ThreadPoolExecutor(AT_ONCE, "align") as crew:
        alphas = list(crew.map(lambda layer: layer.alpha_of(garment.alpha), layers))
        warps = list(crew.map(partial(_bend, pair, pose, masks.body, strategy), layers, alphas))
        cloths = crew.map(partial(sample, garment.rgb), alphas, warps)
        part = part_around([warp.part for warp in warps])  # meanwhile, what hides the cloth:
        neck = garment.neck_power_at(pair.garment), garment.neck_breadth_at(pair.garment)
        scene = Scene.within(part, pose, masks, pair.person, *neck)
        hem = _over_hem(tuck, pair, pose, masks, under, is_tucked)
        fronts = Fronts.of(scene, None if hem is None else hem[part])
        room = None
        if pair.garment_type not in LOWER_TYPES:
            room = _room(scene, fronts, masks, part, GAP * pose.scale_px)
        sheets = [
            Sheet(colours, alpha, alpha * (1 - front[within(warp.part, part)]), warp)
            for layer, (colours, alpha), warp in zip(layers, cloths, warps, strict=True)
            for front in [_front_of(layer, fronts, pose)]
        ]
        given = Resize(garment.photo.size_wh, garment.photo.given_wh)
        made = compose(crew, without_old(old, photo.rgb, below), part, sheets, room, given)
    return Draft(
        rgb=made.rgb,
        warped=made.warped,
        region=made.region,
        garment_xy=made.garment_xy,
        old_garment=sticking_out(old, made.region, below),
        anchors=pair,
        folded_px=made.folded_px,
        stretch=made.stretch,
        stiffness=max(warp.stiffness for warp in warps),
        is_tucked=is_tucked,
    )


def _from_below(layers: Sequence[Layer], pose: Pose) -> list[Layer]:
    """Sleeves lie over the trunk; one whose hand is hidden lies behind it, as its arm does."""
    return sorted(layers, key=lambda layer: not _is_behind(layer, pose))


def _is_behind(layer: Layer, pose: Pose) -> bool:
    return layer.is_sleeve and hand_is_hidden(pose, layer.name.split()[0])


def _front_of(layer: Layer, fronts: Fronts, pose: Pose) -> SoftMask:
    """(h, w) float32: what hides this sheet."""
    if fronts.waist is not None and _is_behind(layer, pose):
        return np.maximum(fronts.sleeves, fronts.waist)
    return fronts.sleeves if layer.is_sleeve else fronts.trunk


def _over_hem(
    tuck: Tuck,
    pair: AnchorPair,
    pose: Pose,
    masks: PersonMasks,
    under: Draft | None,
    is_tucked: bool,
) -> SoftMask | None:
    """(H, W) float32: other clothes in front, trousers of a top or the old top of trousers."""
    if not is_tucked:
        return hanging_over(tuck, pair, pose, masks)
    if under is None or under.anchors.garment_type not in LOWER_TYPES:
        return below_waistband(tuck, pose, masks)
    return inside_bottom(to_unit_float(under.warped[..., 3]), under.anchors.person)


def _room(scene: Scene, fronts: Fronts, masks: PersonMasks, part: Part, gap_px: float) -> Room:
    """Where gaps are closed: over what was dressed, and on what of the arms sleeves hide."""
    close = (~masks.loose_sleeves[part]).astype(np.float32)
    dressed = masks.old_top.mask[part] * (1 - fronts.trunk) * close
    dressed[: _bare_down_to(scene)] = 0
    sleeved = inside_sleeves(scene, fronts.waist) * (1 - fronts.sleeves) * close
    return Room.of(dressed, sleeved, scene.arms * fronts.trunk, gap_px)


def _bare_down_to(scene: Scene) -> int:
    """Row above which arms and shoulders are bare beside a garment without sleeves."""
    if any("sleeve" in name for name in scene.body):
        return 0
    armpits = [
        scene.body[name][1] for name in ("left_armpit", "right_armpit") if name in scene.body
    ]
    return max(0, round(float(min(armpits, default=0.0))))


def _pair_for(
    photo: Photo,
    pose: Pose,
    masks: PersonMasks,
    garment: Garment,
    anchors: AnchorPair | None,
    strategy: Strategy,
) -> AnchorPair:
    if anchors is not None:
        if len(anchors.garment.anchors) < MIN_PAIRS:
            raise WarpFailed(f"{len(anchors.garment.anchors)} anchors given")
        return AnchorPair(
            anchors.garment_type,
            anchors.garment.resized(*garment.photo.size_wh),
            anchors.person.resized(*photo.size_wh),
        )
    body = body_anchors(
        garment.upright_anchors,
        garment.garment_type,
        pose,
        masks.person > 0.5,
        masks.arms > 0.5,
        masks.hair > 0.5,
        strategy.hypothesis,
    )
    return AnchorPair(garment.garment_type, garment.anchors, body)


def _bend(
    pair: AnchorPair,
    pose: Pose,
    body: BoolMask,
    strategy: Strategy,
    layer: Layer,
    sheet: SoftMask,
) -> Warp:
    shape_hw = (body.shape[0], body.shape[1])
    if layer.sections:
        source, target = (_sections(layer, anchors) for anchors in (pair.garment, pair.person))
        if not layer.is_sleeve:
            return fit_strip(source, target, shape_hw)
        arm = arm_shape(pose, layer.name.split()[0], shape_hw) & body  # where cloth hides it
        cloth = sheet > 0.5
        return fit_strip(source, target, shape_hw, cloth, (body, arm), ROUND * pose.scale_px)
    source = pair.garment.only(layer.anchor_names).points_xy
    target = pair.person.only(layer.anchor_names).points_xy
    least = 1.0 if strategy.is_rigid else 0.0
    return fit_warp(source, target, shape_hw, sheet, least)


def _sections(layer: Layer, anchors: AnchorSet) -> NDArray[np.float64]:
    """(N, 2, 2) cross-sections of a sleeve or leg, outer and inner point of each."""
    return np.array([[(anchors[n].x, anchors[n].y) for n in pair] for pair in layer.sections])
