"""Stage 4: the garment laid over the body, with what is in front of it kept in front."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import AnchorPair, AnchorSet
from tryon.arrays import PixelMap, RgbaImage, RgbImage, SoftMask, frozen
from tryon.errors import WarpFailed
from tryon.geometry import Resize, mask_box_xyxy
from tryon.stages.body_anchors import body_anchors
from tryon.stages.garment import Garment
from tryon.stages.layers import Layer, garment_layers
from tryon.stages.load import Photo
from tryon.stages.occlude import in_front_of_sleeves, in_front_of_trunk
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks
from tryon.stages.strategies import Strategy
from tryon.stages.strip import fit_strip
from tryon.stages.tuck import Tuck, below_waistband, tucks_in
from tryon.stages.warp import MIN_PAIRS, Warp, fit_warp, sample

MIN_REGION_PX = 200  # a draft showing less garment than this shows nothing


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A fit, painted.

    Attributes:
        rgb: (H, W, 3) uint8, the draft composite; equals the photo wherever `region` is 0.
        warped: (H, W, 4) uint8, the whole warped garment before occlusion.
        region: (H, W) float32, how much of the draft is garment, after occlusion.
        garment_xy: (H, W, 2) float32, garment-photo pixel (as given) seen here; NaN where none.
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
    anchors: AnchorPair
    folded_px: int
    stretch: float
    stiffness: float
    is_tucked: bool

    def __post_init__(self) -> None:
        for array in (self.rgb, self.warped, self.region, self.garment_xy):
            frozen(array)


def align_garment(
    photo: Photo,
    pose: Pose,
    masks: PersonMasks,
    garment: Garment,
    anchors: AnchorPair | None,
    tuck: Tuck,
    strategy: Strategy,
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

    Raises:
        WarpFailed: the anchors cannot carry a warp, or the garment falls outside the photo.
    """
    pair = _pair_for(photo, pose, masks, garment, anchors, strategy)
    canvas = _Canvas.blank(photo)
    is_tucked = tucks_in(tuck, pair, pose, masks)
    before_sleeves = in_front_of_sleeves(pose, masks)
    before_trunk = np.maximum(before_sleeves, in_front_of_trunk(pose, masks, pair.person))
    if is_tucked:
        before_trunk = np.maximum(before_trunk, below_waistband(pose, masks))
    for layer in garment_layers(garment.alpha, pair.garment):
        warp = _warp_layer(layer, pair, photo, strategy)
        canvas.lay(garment, layer, warp, before_sleeves if layer.side else before_trunk)
    if int((canvas.region > 0.5).sum()) < MIN_REGION_PX:
        raise WarpFailed("nothing of the garment is visible")
    given = Resize(garment.photo.size_wh, garment.photo.given_wh)
    return Draft(
        rgb=canvas.painted(photo.rgb),
        warped=canvas.warped_rgba(),
        region=canvas.region,
        garment_xy=given.points(canvas.garment_xy),
        anchors=pair,
        folded_px=canvas.folded_px,
        stretch=canvas.stretch(),
        stiffness=max(canvas.stiffness),
        is_tucked=is_tucked,
    )


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
        strategy.hypothesis,
    )
    return AnchorPair(garment.garment_type, garment.anchors, body)


def _warp_layer(layer: Layer, pair: AnchorPair, photo: Photo, strategy: Strategy) -> Warp:
    shape_hw = (photo.rgb.shape[0], photo.rgb.shape[1])
    if layer.sections:
        return fit_strip(_sections(layer, pair.garment), _sections(layer, pair.person), shape_hw)
    source = pair.garment.only(layer.anchor_names).points_xy
    target = pair.person.only(layer.anchor_names).points_xy
    least = 1.0 if strategy.is_rigid else 0.0
    return fit_warp(source, target, shape_hw, layer.alpha, least)


def _sections(layer: Layer, anchors: AnchorSet) -> NDArray[np.float64]:
    """(N, 2, 2) cross-sections of a sleeve, outer and inner point of each."""
    return np.array([[(anchors[n].x, anchors[n].y) for n in pair] for pair in layer.sections])


@dataclass(slots=True, eq=False)
class _Canvas:
    """The draft while layers are laid on it, bottom first."""

    colours: NDArray[np.float32]  # what is seen of the garment, weighted by `region`
    region: SoftMask
    whole: NDArray[np.float32]  # the same without occlusion, weighted by `whole_alpha`
    whole_alpha: SoftMask
    garment_xy: PixelMap
    ratios: list[NDArray[np.float32]]
    stiffness: list[float]
    folded_px: int = 0

    @staticmethod
    def blank(photo: Photo) -> "_Canvas":
        height, width = photo.rgb.shape[:2]
        return _Canvas(
            np.zeros((height, width, 3), np.float32),
            np.zeros((height, width), np.float32),
            np.zeros((height, width, 3), np.float32),
            np.zeros((height, width), np.float32),
            np.full((height, width, 2), np.nan, np.float32),
            [],
            [],
        )

    def lay(self, garment: Garment, layer: Layer, warp: Warp, front: SoftMask) -> None:
        """Paint one layer over what is there, behind `front`."""
        part = warp.part
        colours, alpha = sample(garment.rgb, layer.alpha, warp)
        seen = alpha * (1 - front[part])
        for paint, matte, weight in (
            (self.whole[part], self.whole_alpha[part], alpha),
            (self.colours[part], self.region[part], seen),
        ):
            rest = 1 - weight
            paint[:] = cv2.blendLinear(colours, np.ascontiguousarray(paint), weight, rest)
            matte[:] = matte * rest + weight
        top = seen > 0.5
        self.garment_xy[part][top] = warp.source_xy[top]
        area = warp.area[alpha > 0.5]
        self.folded_px += int((area <= 0).sum())
        self.ratios.append(np.sqrt(np.maximum(area[::7], 1e-6)))
        self.stiffness.append(warp.stiffness)

    def painted(self, photo_rgb: RgbImage) -> RgbImage:
        """The draft; every pixel without garment is the photo's, exactly."""
        draft = photo_rgb.copy()
        box = mask_box_xyxy(self.region > 0)
        if box is None:
            return draft
        part = np.s_[box[1] : box[3], box[0] : box[2]]
        rest = cv2.merge([1 - self.region[part]] * 3)
        mixed = cv2.multiply(photo_rgb[part], rest, dtype=cv2.CV_32F) + self.colours[part]
        rounded = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
        shown = self.region[part] > 0
        draft[part][shown] = rounded[shown]
        return draft

    def warped_rgba(self) -> RgbaImage:
        """(H, W, 4) uint8 with straight alpha."""
        rgba = np.zeros((*self.region.shape, 4), np.uint8)
        box = mask_box_xyxy(self.whole_alpha > 0)
        if box is not None:
            part = np.s_[box[1] : box[3], box[0] : box[2]]
            alpha = self.whole_alpha[part]
            straight = self.whole[part] / np.maximum(alpha, 1e-3)[..., None]
            rgba[part] = np.clip(np.dstack([straight, alpha * 255]) + 0.5, 0, 255)
        return rgba

    def stretch(self) -> float:
        """See `Draft.stretch`."""
        ratios = np.concatenate(self.ratios)
        if not len(ratios):
            return 1.0
        relative = ratios / np.median(ratios)
        return float(np.percentile(np.maximum(relative, 1 / relative), 95))
