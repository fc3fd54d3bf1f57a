"""Masks corrected by hand, put in the place of those that were found."""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

import cv2
import numpy as np

from tryon.arrays import BoolMask, SoftMask, frozen, require_soft
from tryon.stages.body.limbs import polygon, trunk_corners
from tryon.stages.garment import Garment, read_anchors
from tryon.stages.garment_cutout.cutout import clean_edge_colours
from tryon.stages.garment_shape.outline import require_plausible
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks, require_person

MaskKind: TypeAlias = Literal["person", "arms", "garment"]
MASK_KINDS: tuple[MaskKind, ...] = get_args(MaskKind)  # the fields of `MaskEdits`
EDGE_SIGMA = 0.8  # px: a mask without soft edges gets those of a photo


@dataclass(frozen=True, slots=True, eq=False)
class MaskEdits:
    """What a user painted; None keeps what was found. Masks of any size: they are resized.

    Attributes:
        person: (h, w) float32, alpha of the whole person.
        arms: (h, w) bool, visible arms and hands.
        garment: (h, w) float32, alpha of the garment in its own photo.
    """

    person: SoftMask | None = None
    arms: BoolMask | None = None
    garment: SoftMask | None = None

    def __post_init__(self) -> None:
        for name in ("person", "garment"):
            mask = getattr(self, name)
            if mask is not None:
                require_soft(frozen(mask), name)
        if self.arms is not None and (self.arms.dtype != np.bool_ or self.arms.ndim != 2):
            raise ValueError(f"arms: want (H, W) bool, got {self.arms.shape} {self.arms.dtype}")


def touch_up_person(masks: PersonMasks, pose: Pose, edits: MaskEdits) -> PersonMasks:
    """The person's masks with the painted ones, the others made to agree with them.

    Raises:
        SegmentationFailed: nothing of the person is left.
    """
    if edits.person is None and edits.arms is None:
        return masks
    shape_hw = (masks.person.shape[0], masks.person.shape[1])
    person = masks.person if edits.person is None else _sized(edits.person, shape_hw)
    require_person(person)
    if edits.arms is None:
        arms = np.minimum(masks.arms, person)
    else:
        hard = _sized(edits.arms.astype(np.float32), shape_hw)
        arms = np.minimum(cv2.GaussianBlur(hard, (0, 0), EDGE_SIGMA), person)
    trunk = polygon(shape_hw, trunk_corners(pose)).astype(np.float32)
    return replace(
        masks,
        person=person,
        arms=arms,
        torso=trunk * (1 - arms) * person,
        hair=np.minimum(masks.hair, person) * (1 - arms),
        skin=np.minimum(masks.skin, person),
    )


def touch_up_garment(garment: Garment, edits: MaskEdits) -> Garment:
    """The garment cut out along the painted mask, its anchors read off that outline.

    Raises:
        SegmentationFailed: what was painted is no garment.
    """
    if edits.garment is None:
        return garment
    photo = garment.photo
    alpha = _sized(edits.garment, (photo.rgb.shape[0], photo.rgb.shape[1]))
    require_plausible(alpha)
    return replace(
        garment,
        rgb=clean_edge_colours(photo.rgb, alpha),
        alpha=alpha,
        anchors=read_anchors(photo, alpha, garment.garment_type),
        cutout_confidence=1.0,
    )


def _sized(mask: SoftMask, shape_hw: tuple[int, int]) -> SoftMask:
    if mask.shape == shape_hw:
        return mask
    return np.asarray(
        cv2.resize(mask, (shape_hw[1], shape_hw[0]), None, 0, 0, cv2.INTER_LINEAR), np.float32
    )
