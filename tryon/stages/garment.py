"""Stage 3: the garment without its background, what kind it is, and its anchors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import cv2
import numpy as np

from tryon.anchors import (
    ANCHOR_NAMES,
    FULL_TYPES,
    GARMENT_LABELS,
    LEGGED_TYPES,
    LOWER_TYPES,
    Anchor,
    AnchorSet,
    GarmentType,
)  # fmt: skip
from tryon.arrays import AnyArray, RgbaImage, RgbImage, SoftMask, frozen, to_uint8
from tryon.errors import PoseFailed
from tryon.geometry import fit_within
from tryon.ports import MattingModel, PoseModel
from tryon.stages.body.human import looks_like_skin, may_show_skin, shows_a_person
from tryon.stages.garment_cutout.cutout import Cutout, clean_edge_colours, cut_out
from tryon.stages.garment_cutout.cutout_gaps import open_between_legs
from tryon.stages.garment_cutout.worn import cut_out_worn
from tryon.stages.garment_shape.garment_anchors import upper_anchors
from tryon.stages.garment_shape.garment_type import UNSURE, detect_type
from tryon.stages.garment_shape.lower_anchors import leg_anchors, lower_anchors, skirt_anchors
from tryon.stages.garment_shape.neckline import neck_breadth, neckline_power
from tryon.stages.garment_shape.outline import require_garment_outline, require_plausible
from tryon.stages.garment_shape.silhouette import Silhouette, measure_silhouette
from tryon.stages.garment_shape.upright import Upright, set_upright
from tryon.stages.load import Photo
from tryon.stages.pose import detect_people, find_pose
from tryon.stages.segment import segment_person
from tryon.stages.warping.layers import Layer, garment_layers

OUTLINE_SIDE = 640  # px: anchors are read off an outline of this size
ALL_SKIN = (
    0.6  # of the cutout in skin's colours: more is cloth of that colour, not a dressed person
)
WORN = 0.6  # IoU of the pose model's person and the cutout above which the garment is worn


@dataclass(frozen=True, eq=False)  # no slots: cached_property needs a dict
class Garment:
    """A garment ready to be laid over a body.

    Attributes:
        photo: where it came from.
        rgb: (H, W, 3) uint8, working size; colours at the edge freed of the background.
        alpha: (H, W) float32 cutout alpha.
        garment_type: detected or given.
        type_confidence: 0..1; 1 when given.
        anchors: in pixels of the working picture.
        cutout_confidence: 0..1, how plausible the cutout is.
        notes: sentences a person should read.
        lean_deg: how far it lies turned to the right in its photo.
    """

    photo: Photo
    rgb: RgbImage
    alpha: SoftMask
    garment_type: GarmentType
    type_confidence: float
    anchors: AnchorSet
    cutout_confidence: float
    notes: tuple[str, ...] = ()
    lean_deg: float = 0.0

    def __post_init__(self) -> None:
        frozen(self.rgb)
        frozen(self.alpha)

    @property
    def cutout(self) -> RgbaImage:
        """(H, W, 4) uint8, straight alpha."""
        return np.dstack([self.rgb, to_uint8(self.alpha)])

    @property
    def upright_anchors(self) -> AnchorSet:
        """The anchors as they would be had it been laid straight: to measure heights on."""
        return set_upright(self.anchors, self.lean_deg)

    @cached_property
    def layers_at(self) -> Callable[[AnchorSet], tuple[Layer, ...]]:
        """`garment_layers` at some anchors, the last ones kept: moved points of the body and other
        attempts change none of the garment's."""
        return lru_cache(maxsize=1)(partial(garment_layers, self.alpha))

    @cached_property
    def neck_power_at(self) -> Callable[[AnchorSet], float]:
        """`neckline_power` at some anchors, the last one kept."""
        return lru_cache(maxsize=1)(partial(neckline_power, self.photo.rgb, self.alpha))

    @cached_property
    def neck_breadth_at(self) -> Callable[[AnchorSet], float]:
        """`neck_breadth` at some anchors, the last one kept."""
        return lru_cache(maxsize=1)(partial(neck_breadth, self.alpha))


def prepare_garment(
    photo: Photo, garment_type: GarmentType | None, matting: MattingModel, pose: PoseModel
) -> Garment:
    """Cut the garment out, tell its type where none is given, and find its anchors.

    A picture that brings its own transparency keeps it.

    Raises:
        SegmentationFailed: no garment could be told from the background.
    """
    cutout = find_cutout(photo, garment_type, matting, pose)
    require_plausible(cutout.alpha)
    alpha = cutout.alpha
    upright = Upright.of(_small(photo.rgb), _small(alpha))
    shape = measure_silhouette(upright.mask)
    found_type, confidence = (
        (garment_type, 1.0) if garment_type else detect_type(shape, upright.rgb)
    )
    if found_type in LEGGED_TYPES and photo.alpha is None:
        alpha = open_between_legs(photo.rgb, alpha)
        upright = Upright.of(_small(photo.rgb), _small(alpha))
        shape = measure_silhouette(upright.mask)
    anchors = upright.in_picture(find_anchors(shape, upright.rgb, found_type))
    notes = list(cutout.notes)
    if garment_type is None:
        note = f"The garment was taken for: {GARMENT_LABELS[found_type]}."
        if confidence < UNSURE:
            note += " That is not sure; choose the type if it is something else."
        notes.append(note)
    garment = Garment(
        photo,
        clean_edge_colours(photo.rgb, alpha),
        alpha,
        found_type,
        confidence,
        _enlarged(anchors, photo),
        cutout.confidence,
        tuple(notes),
        upright.lean_deg,
    )
    garment.layers_at(garment.anchors)  # both now, while the person is prepared beside it
    garment.neck_power_at(garment.anchors)
    return garment


def find_cutout(
    photo: Photo, garment_type: GarmentType | None, matting: MattingModel, pose: PoseModel
) -> Cutout:
    """The garment's alpha: its own, or from its background, or taken off the person wearing it.

    Raises:
        SegmentationFailed: what stands out from the background is no garment.
    """
    if photo.alpha is not None:
        return Cutout(photo.alpha, 1.0)
    alpha = matting.alpha(photo.rgb)  # first, so that it runs while the person's pose is found
    if may_show_skin(photo.rgb, alpha) and _is_worn(photo.rgb, alpha, pose):
        try:
            wearer = find_pose(photo, pose)
        except PoseFailed:
            pass  # no whole person: a print of a face, or a hand holding the garment
        else:
            return cut_out_worn(wearer, segment_person(photo, wearer, _Known(alpha)), garment_type)
    cutout = cut_out(photo.rgb, alpha)
    require_garment_outline(photo.rgb, cutout.alpha, garment_type)
    return cutout


def _is_worn(photo_rgb: RgbImage, alpha: SoftMask, model: PoseModel) -> bool:
    """Whether what stands out of the background is a person, and not cloth that looks like one."""
    all_of_it = alpha > 0.5
    sparse = all_of_it[::4, ::4]
    if sparse.any() and float(looks_like_skin(photo_rgb[::4, ::4])[sparse].mean()) > ALL_SKIN:
        return False
    for found in detect_people(photo_rgb, model)[:1]:
        person = found.mask > 0.5
        shared = float((person & all_of_it).sum()) / max(1, int((person | all_of_it).sum()))
        return shared > WORN and shows_a_person(photo_rgb, found)
    return False


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """A `MattingModel` for a picture whose alpha is known already."""

    known: SoftMask

    def alpha(self, photo_rgb: RgbImage) -> SoftMask:  # noqa: ARG002 - the port's signature
        return self.known


def read_anchors(photo: Photo, alpha: SoftMask, garment_type: GarmentType) -> AnchorSet:
    """The anchors of another cutout, (H, W) float32, in pixels of the same working picture."""
    upright = Upright.of(_small(photo.rgb), _small(alpha))
    found = find_anchors(measure_silhouette(upright.mask), upright.rgb, garment_type)
    return _enlarged(upright.in_picture(found), photo)


def _small(picture: AnyArray) -> AnyArray:
    """A picture or mask at the size anchors are read at."""
    small_wh = fit_within((picture.shape[1], picture.shape[0]), OUTLINE_SIDE)
    return cv2.resize(picture, small_wh, None, 0, 0, cv2.INTER_AREA)  # type: ignore[no-any-return]


def _enlarged(anchors: Sequence[Anchor], photo: Photo) -> AnchorSet:
    small_wh = fit_within(photo.size_wh, OUTLINE_SIDE)
    return AnchorSet(*small_wh, tuple(anchors)).resized(*photo.size_wh)


def find_anchors(
    shape: Silhouette, photo_rgb: RgbImage, garment_type: GarmentType
) -> tuple[Anchor, ...]:
    """All anchors this type of garment has and this picture shows, in drawing order.

    Args:
        shape: of the cutout.
        photo_rgb: (H, W, 3) uint8 of the same size.
        garment_type: decides which anchors there are.
    """
    if garment_type in LOWER_TYPES:
        found = lower_anchors(shape, garment_type)
    else:
        found = upper_anchors(
            shape,
            photo_rgb,
            sleeveless=garment_type == "tank_top",
            is_long=garment_type in FULL_TYPES,
        )
        if garment_type == "dress":
            found = (*found, *skirt_anchors(shape, found))
        elif garment_type == "jumpsuit":
            found = (*found, *leg_anchors(shape, found))
    named = {anchor.name: anchor for anchor in found}
    return tuple(named[n] for n in ANCHOR_NAMES[garment_type] if n in named)
