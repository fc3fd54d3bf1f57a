"""The fit at the size a generator works at: the draft painted anew, sharper, and what may change.

The working picture of stages 0-5 is small so that they are quick. Where the photos as given hold
more, the person photo is read again at up to `SCENE_SIDE`, and the garment is looked up in its
photo through the map the draft was made with.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import LOWER_TYPES
from tryon.arrays import PixelMap, RgbaImage, RgbImage, SoftMask, frozen
from tryon.geometry import Resize
from tryon.stages.align import Draft
from tryon.stages.body.limbs import head_shape
from tryon.stages.garment import Garment
from tryon.stages.garment_cutout.cutout import clean_edge_colours
from tryon.stages.load import Photo, load_larger
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks
from tryon.stages.warping.warp import Warp, sample

SCENE_SIDE: Final = 2048  # px: a generator's largest useful answer, and 3 s of the finisher
SEAM_SHARE: Final = 0.006  # of the longer side: how far beyond the garment a seam may blend
JUMP: Final = 3.0  # a map that moves this many times faster than usual crosses two sheets of cloth

Layer: TypeAlias = tuple[Garment, Draft]
"""One garment and where it goes; of an outfit, the draft shows the garments below, too."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One fit, ready to be made real. All (H, W) but `garments`.

    Attributes:
        person: (H, W, 3) uint8, the person photo.
        garments: (h, w, 4) uint8 with straight alpha, each garment by itself, uppermost first.
        draft: (H, W, 3) uint8, equal to `person` outside `region`.
        cloth: (H, W) float32, how much of the draft is garment.
        behind: (H, W) float32, garment that arms, hair or chin hide.
        worn: (H, W) float32, clothes worn in `person`, as far as that is known.
        region: (H, W) float32, where the final picture may differ from `person`: 1 wherever the
            draft does, falling to 0 over a soft seam; more where the options allow it.
        head: (H, W) float32, the face and the hair in front of no garment.
    """

    person: RgbImage
    garments: tuple[RgbaImage, ...]
    draft: RgbImage
    cloth: SoftMask
    behind: SoftMask
    worn: SoftMask
    region: SoftMask
    head: SoftMask

    def __post_init__(self) -> None:
        for picture in (self.person, *self.garments, self.draft):
            frozen(picture)
        for mask in (self.cloth, self.behind, self.worn, self.region, self.head):
            frozen(mask)


def changed_region(draft_rgb: RgbImage, cloth: SoftMask, photo_rgb: RgbImage) -> SoftMask:
    """(H, W) float32: 1 wherever the draft differs from the photo, 0 past a soft seam.

    Every pixel of garment is in it, and whatever else stage 4 painted over.
    """
    core = (cloth > 0) | (draft_rgb != photo_rgb).any(axis=2)
    seam_px = max(2, round(SEAM_SHARE * max(core.shape)))
    away = cv2.distanceTransform((~core).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(np.clip(1 - away / (seam_px + 1), 0, 1), np.float32)


def build_scene(
    photo: Photo,
    pose: Pose,
    masks: PersonMasks,
    layers: Sequence[Layer],
) -> Scene:
    """A fit at the largest size the photos as given allow, at most `SCENE_SIDE`.

    Args:
        photo: of the person.
        pose: of the person.
        masks: of the person.
        layers: what is worn, the uppermost first.
    """
    drafts = [draft for _, draft in layers]
    seen = np.prod([1 - draft.region for draft in drafts], axis=0, dtype=np.float32)
    whole = np.max([draft.warped[..., 3] for draft in drafts], axis=0) / np.float32(255)
    cloth = np.asarray(1 - seen, np.float32)
    head = np.maximum(masks.hair, head_shape(pose, cloth.shape) * masks.person)
    small = Scene(
        person=photo.rgb,
        garments=tuple(garment.cutout for garment, _ in layers),
        draft=drafts[0].rgb,
        cloth=cloth,
        behind=np.asarray(np.clip(whole - cloth, 0, 1), np.float32),
        worn=_worn(masks, head, layers),
        region=changed_region(drafts[0].rgb, cloth, photo.rgb),
        head=np.asarray(head * (1 - cloth), np.float32),
    )
    larger = load_larger(photo, SCENE_SIDE)
    if larger.size_wh == photo.size_wh:
        return small
    return _enlarged(small, larger.rgb, [(_larger_garment(g), d) for g, d in layers])


def _worn(masks: PersonMasks, head: SoftMask, layers: Sequence[Layer]) -> SoftMask:
    """(H, W) float32: the clothes that the new ones take the place of."""
    clothes = masks.person * (1 - masks.skin) * (1 - head)
    if (masks.old_top.mask > 0.5).any():
        is_top = any(garment.garment_type not in LOWER_TYPES for garment, _ in layers)
        clothes = np.minimum(clothes, masks.old_top.mask if is_top else 1 - masks.old_top.mask)
    return np.asarray(clothes, np.float32)


def _enlarged(small: Scene, person: RgbImage, layers: Sequence[Layer]) -> Scene:
    size_wh = (person.shape[1], person.shape[0])

    def up(array: NDArray[np.generic]) -> NDArray[np.float32]:
        grown = cv2.resize(array.astype(np.float32), size_wh, None, 0, 0, cv2.INTER_LINEAR)
        return np.asarray(grown, np.float32)

    region = np.clip(up(small.region), 0, 1)
    # Fine detail of the photo stays where nothing was painted, and fades under what was.
    covered = np.clip(up((small.region >= 1).astype(np.float32)), 0, 1)[..., None]
    painted = up(small.draft) + (1 - covered) * (person.astype(np.float32) - up(small.person))
    for garment, draft in reversed(layers):
        sharp, trust = _looked_up(draft, garment, size_wh)
        weight = trust * np.clip(2 * up(draft.region) - 1, 0, 1)
        painted += weight[..., None] * (sharp - painted)
    rgb = np.clip(painted + 0.5, 0, 255).astype(np.uint8)
    return replace(
        small,
        person=person,
        garments=tuple(garment.cutout for garment, _ in layers),
        draft=np.where(region[..., None] > 0, rgb, person),
        cloth=np.clip(up(small.cloth), 0, 1),
        region=region,
        behind=up(small.behind),
        worn=up(small.worn),
        head=up(small.head),
    )


def _larger_garment(garment: Garment) -> Garment:
    """The garment cut out of its photo at a larger size, by the same alpha."""
    photo = load_larger(garment.photo, SCENE_SIDE)
    if photo is garment.photo:
        return garment
    alpha = cv2.resize(garment.alpha, photo.size_wh, None, 0, 0, cv2.INTER_LINEAR)
    alpha = np.asarray(np.clip(alpha, 0, 1), np.float32)
    return replace(garment, photo=photo, rgb=clean_edge_colours(photo.rgb, alpha), alpha=alpha)


def _looked_up(
    draft: Draft, garment: Garment, size_wh: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(H, W, 3) float32 garment colours through the enlarged map; (H, W) float32 trust in them."""
    given = Resize(garment.photo.given_wh, garment.photo.size_wh)
    source_xy = given.points(draft.garment_xy)
    known = ~np.isnan(source_xy[..., 0])
    steps = _steps(source_xy)
    usual = max(1e-3, float(np.median(steps[known]))) if known.any() else 1.0
    smooth = (known & (steps < JUMP * usual)).astype(np.uint8)
    smooth = cv2.erode(smooth, np.ones((5, 5), np.uint8))
    trust = cv2.resize(smooth.astype(np.float32), size_wh, None, 0, 0, cv2.INTER_LINEAR)
    filled = np.nan_to_num(source_xy, nan=-1e4)
    lookup = cv2.resize(filled, size_wh, None, 0, 0, cv2.INTER_LINEAR)
    lookup[trust == 0] = np.nan
    step = usual * draft.region.shape[1] / size_wh[0]
    whole = np.s_[0 : size_wh[1], 0 : size_wh[0]]
    warp = Warp(whole, lookup, np.full(trust.shape, step**2, np.float32), 0.0)
    colours, _ = sample(garment.rgb, garment.alpha, warp)
    return colours, np.asarray(np.clip(2 * trust - 1, 0, 1), np.float32)


def _steps(garment_xy: PixelMap) -> NDArray[np.float32]:
    """(H, W) float32: how far apart in the garment the next pixel looks; large across a seam."""
    steps = np.zeros(garment_xy.shape[:2], np.float32)
    for axis in (0, 1):
        step = np.hypot(*np.moveaxis(np.diff(garment_xy, axis=axis), 2, 0))
        pad = [(0, 1), (0, 0)] if axis == 0 else [(0, 0), (0, 1)]
        steps = np.maximum(steps, np.pad(np.nan_to_num(step), pad))
    return steps
