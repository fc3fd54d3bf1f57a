"""Stage 4: the garment laid over the body, with what is in front of it kept in front."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import LOWER_TYPES, UPPER_TYPES, AnchorPair, AnchorSet
from tryon.arrays import (
    AnyArray,
    BoolMask,
    PixelMap,
    RgbaImage,
    RgbImage,
    SoftMask,
    frozen,
    to_uint8,
    to_unit_float,
)
from tryon.errors import WarpFailed
from tryon.geometry import Resize
from tryon.stages.body_anchors import body_anchors
from tryon.stages.gaps import close_gaps
from tryon.stages.garment import Garment
from tryon.stages.layers import Layer
from tryon.stages.limbs import arm_shape
from tryon.stages.load import Photo
from tryon.stages.occlude import Scene, in_front_of_sleeves, in_front_of_trunk, inside_sleeves
from tryon.stages.old_clothes import sticking_out, without_old
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks
from tryon.stages.strategies import Strategy
from tryon.stages.strip import fit_strip
from tryon.stages.tuck import Tuck, below_waistband, hanging_over, inside_bottom, tucks_in
from tryon.stages.warp import MIN_PAIRS, Part, Warp, fit_warp, sample

GAP = 0.1  # shoulder widths: gaps between trunk and sleeves up to this width are closed
ROUND = 0.14  # shoulder widths: shoulders and arms stand out beyond a straight sleeve by this much
EVERY = 7  # pixels of the garment: how evenly it is stretched is told from one in so many
MIN_REGION_PX = 200  # a draft showing less garment than this shows nothing


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
    layers = garment.layers_at(pair.garment)
    sheets = [layer.alpha_of(garment.alpha) for layer in layers]
    warps = [
        _warp_layer(layer, sheet, pair, pose, masks.person, strategy)
        for layer, sheet in zip(layers, sheets, strict=True)
    ]
    canvas = _Canvas.around([warp.part for warp in warps])
    scene = Scene.within(canvas.part, pose, masks, pair.person, garment.neck_power_at(pair.garment))
    before_sleeves = in_front_of_sleeves(scene)
    before_trunk = np.maximum(before_sleeves, in_front_of_trunk(scene))
    if is_tucked:
        before_trunk = np.maximum(before_trunk, _below_waist(tuck, pose, masks, under)[canvas.part])
    elif (top := hanging_over(tuck, pair, pose, masks)) is not None:
        before_trunk = np.maximum(before_trunk, top[canvas.part])
    for layer, sheet, warp in zip(layers, sheets, warps, strict=True):
        front = before_sleeves if layer.is_sleeve else before_trunk
        canvas.lay(garment.rgb, sheet, warp, front)
    below = (under.rgb, under.region) if under else None
    old = masks.replaced_by(pair.garment_type, under.anchors.garment_type if under else None)
    if garment.garment_type not in LOWER_TYPES:
        dressed = masks.old_top.mask[canvas.part] * (1 - before_trunk)
        sleeved = inside_sleeves(scene) * (1 - before_sleeves)
        bare = scene.arms * before_trunk
        close_gaps(canvas.colours, canvas.region, dressed, sleeved, bare, GAP * pose.scale_px)
    if int((canvas.region > 0.5).sum()) < MIN_REGION_PX:
        raise WarpFailed("nothing of the garment is visible")
    given = Resize(garment.photo.size_wh, garment.photo.given_wh)
    shape_hw = (photo.rgb.shape[0], photo.rgb.shape[1])
    region = canvas.whole_photo(canvas.region, shape_hw, 0)
    return Draft(
        rgb=canvas.painted(without_old(old, photo.rgb, below)),
        warped=canvas.whole_photo(canvas.warped_rgba(), shape_hw, 0),
        region=region,
        garment_xy=canvas.whole_photo(given.points(canvas.garment_xy), shape_hw, np.nan),
        old_garment=sticking_out(old, region, below),
        anchors=pair,
        folded_px=canvas.folded_px,
        stretch=canvas.stretch(),
        stiffness=max(canvas.stiffness),
        is_tucked=is_tucked,
    )


def _below_waist(tuck: Tuck, pose: Pose, masks: PersonMasks, under: Draft | None) -> SoftMask:
    """(H, W) float32: what hides a top that is tucked in."""
    if under is None or under.anchors.garment_type not in LOWER_TYPES:
        return below_waistband(tuck, pose, masks)
    return inside_bottom(to_unit_float(under.warped[..., 3]), under.anchors.person)


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
        garment.anchors,
        garment.garment_type,
        pose,
        masks.person > 0.5,
        masks.arms > 0.5,
        masks.hair > 0.5,
        strategy.hypothesis,
    )
    return AnchorPair(garment.garment_type, garment.anchors, body)


def _warp_layer(
    layer: Layer,
    sheet: SoftMask,
    pair: AnchorPair,
    pose: Pose,
    person: SoftMask,
    strategy: Strategy,
) -> Warp:
    shape_hw = (person.shape[0], person.shape[1])
    if layer.sections:
        source, target = (_sections(layer, anchors) for anchors in (pair.garment, pair.person))
        if not layer.is_sleeve:
            return fit_strip(source, target, shape_hw)
        body = person > 0.5
        arm = arm_shape(pose, layer.name.split()[0], shape_hw) & body  # loose old sleeves hide it
        cloth = sheet > 0.5
        return fit_strip(source, target, shape_hw, cloth, (body, arm), ROUND * pose.scale_px)
    source = pair.garment.only(layer.anchor_names).points_xy
    target = pair.person.only(layer.anchor_names).points_xy
    least = 1.0 if strategy.is_rigid else 0.0
    return fit_warp(source, target, shape_hw, sheet, least)


def _sections(layer: Layer, anchors: AnchorSet) -> NDArray[np.float64]:
    """(N, 2, 2) cross-sections of a sleeve or leg, outer and inner point of each."""
    return np.array([[(anchors[n].x, anchors[n].y) for n in pair] for pair in layer.sections])


@dataclass(slots=True, eq=False)
class _Canvas:
    """The part of the photo where the garment lies, while layers are laid on it, bottom first."""

    part: Part
    colours: NDArray[np.float32]  # what is seen of the garment, weighted by `region`
    region: SoftMask
    whole: NDArray[np.float32]  # the same without occlusion, weighted by `whole_alpha`
    whole_alpha: SoftMask
    garment_xy: PixelMap
    ratios: list[NDArray[np.float32]] = field(default_factory=list)
    stiffness: list[float] = field(default_factory=list)
    folded_px: int = 0

    @staticmethod
    def around(parts: Sequence[Part]) -> "_Canvas":
        """An empty canvas that holds all parts."""
        rows = slice(min(p[0].start for p in parts), max(p[0].stop for p in parts))
        cols = slice(min(p[1].start for p in parts), max(p[1].stop for p in parts))
        size = (rows.stop - rows.start, cols.stop - cols.start)
        return _Canvas(
            (rows, cols),
            np.zeros((*size, 3), np.float32),
            np.zeros(size, np.float32),
            np.zeros((*size, 3), np.float32),
            np.zeros(size, np.float32),
            np.full((*size, 2), np.nan, np.float32),
        )

    def lay(self, rgb: RgbImage, sheet: SoftMask, warp: Warp, front: SoftMask) -> None:
        """Paint one sheet of cloth over what is there, behind `front` (of this part)."""
        rows, cols = (
            slice(own.start - ours.start, own.stop - ours.start)
            for own, ours in zip(warp.part, self.part, strict=True)
        )
        here = (rows, cols)
        colours, alpha = sample(rgb, sheet, warp)
        seen = alpha * (1 - front[here])
        for paint, matte, weight in (
            (self.whole[here], self.whole_alpha[here], alpha),
            (self.colours[here], self.region[here], seen),
        ):
            rest = 1 - weight
            cv2.blendLinear(colours, paint, weight, rest, paint)
            matte *= rest
            matte += weight
        cv2.copyTo(warp.source_xy, (seen > 0.5).astype(np.uint8), self.garment_xy[here])
        solid = alpha > 0.5
        self.folded_px += int(np.count_nonzero(solid & (warp.area <= 0)))
        area = warp.area.ravel()[np.flatnonzero(solid)[::EVERY]]
        self.ratios.append(np.sqrt(np.maximum(area, 1e-6)))
        self.stiffness.append(warp.stiffness)

    def painted(self, photo_rgb: RgbImage) -> RgbImage:
        """The draft; every pixel without garment is the photo's, exactly."""
        draft = photo_rgb.copy()
        under = photo_rgb[self.part].copy()
        rest = cv2.merge([1 - self.region] * 3)
        kept = cv2.multiply(under, rest, dtype=cv2.CV_32F)
        mixed = cv2.add(kept, self.colours, dtype=cv2.CV_8U)  # rounds and clips
        draft[self.part] = cv2.copyTo(mixed, (self.region > 0).astype(np.uint8), under)
        return draft

    def warped_rgba(self) -> RgbaImage:
        """(h, w, 4) uint8 with straight alpha, of this part."""
        weight = cv2.merge([np.maximum(self.whole_alpha, 1e-3)] * 3)
        straight = cv2.divide(self.whole, weight, dtype=cv2.CV_8U)
        return np.asarray(cv2.merge([*cv2.split(straight), to_uint8(self.whole_alpha)]))

    def whole_photo(self, own: AnyArray, shape_hw: tuple[int, int], empty: float) -> AnyArray:
        """An array of this part within an empty one of the whole photo."""
        full = np.full((*shape_hw, *own.shape[2:]), empty, own.dtype)
        full[self.part] = own
        return full  # type: ignore[return-value]

    def stretch(self) -> float:
        """See `Draft.stretch`."""
        ratios = np.concatenate(self.ratios)
        if not len(ratios):
            return 1.0
        relative = ratios / np.median(ratios)
        return float(np.percentile(np.maximum(relative, 1 / relative), 95))
