"""The pictures of the stage viewer, as a list: a new one is an entry here and its words.

Each entry says which step's result it shows, how it looks alone, and how it looks laid over the
photo it belongs to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from tryon import pictures
from tryon.arrays import RgbaImage, RgbImage, SoftMask

Photo: TypeAlias = Literal["person", "garment"]
Draw: TypeAlias = Callable[[Any, RgbImage], RgbImage]  # result of the step, photo
Lay: TypeAlias = Callable[[Any, RgbImage], RgbaImage]
NameAnchors: TypeAlias = Callable[[Any], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class StagePicture:
    """One picture.

    Attributes:
        key: of the card; its words are in `words.CARDS`.
        step: name of the pipeline step whose result it shows.
        photo: the photo it has the pixels of.
        draw: the picture alone.
        lay: the picture as a layer over that photo; None: it is a whole photo itself.
        anchors: names of the points drawn, for the legend.
    """

    key: str
    step: str
    photo: Photo
    draw: Draw
    lay: Lay | None = None
    anchors: NameAnchors | None = None


def _mask(key: str, step: str, mask_of: Callable[[Any], SoftMask]) -> StagePicture:
    return StagePicture(
        key, step, "person",
        lambda result, photo: pictures.mask_picture(photo, mask_of(result)),
        lambda result, _photo: pictures.mask_layer(mask_of(result)),
    )  # fmt: skip


def _keypoints(pose: Any, photo: RgbImage) -> RgbImage:
    return pictures.keypoints_picture(photo, pose)


def _garment_anchors(garment: Any, photo: RgbImage) -> RgbImage:
    return pictures.with_anchors(photo, garment.anchors)


def _warped(draft: Any, photo: RgbImage) -> RgbImage:
    return pictures.warped_picture(photo, draft.warped, draft.anchors.person)


STAGE_PICTURES: Final[tuple[StagePicture, ...]] = (
    StagePicture("person", "load person", "person", lambda photo, _: photo.rgb),
    StagePicture("garment", "load garment", "garment", lambda photo, _: photo.rgb),
    _mask("person_mask", "segment person", lambda masks: masks.person),
    _mask("torso_mask", "segment person", lambda masks: masks.torso),
    _mask("arms_mask", "segment person", lambda masks: masks.arms),
    StagePicture(
        "keypoints", "detect pose", "person", _keypoints,
        lambda pose, photo: pictures.drawn_layer(_keypoints(pose, photo), photo),
    ),
    StagePicture(
        "cutout", "prepare garment", "garment",
        lambda garment, _: pictures.cutout_picture(garment.cutout),
        lambda garment, _: garment.cutout,
    ),
    StagePicture(
        "anchors", "prepare garment", "garment", _garment_anchors,
        lambda garment, photo: pictures.drawn_layer(_garment_anchors(garment, photo), photo),
        lambda garment: garment.anchors.names,
    ),
    StagePicture(
        "warped", "align", "person", _warped,
        lambda draft, _: draft.warped,
        lambda draft: draft.anchors.person.names,
    ),
    _mask("old_garment", "align", lambda draft: draft.old_garment.astype(np.float32)),
    StagePicture("draft", "align", "person", lambda draft, _: draft.rgb),
)  # fmt: skip
