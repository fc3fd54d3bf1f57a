"""Stage 1: what is person, trunk, arms, hair. The pose model says who, the matting model where."""

import functools
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import FULL_TYPES, LOWER_TYPES, UPPER_TYPES, GarmentType
from tryon.arrays import BoolMask, RgbImage, SoftMask, frozen
from tryon.errors import SegmentationFailed
from tryon.geometry import fit_within
from tryon.ports import MattingModel
from tryon.stages.body.limbs import polygon, trunk_corners
from tryon.stages.body.waistband import find_top_end
from tryon.stages.load import Photo
from tryon.stages.old_clothes.bottom import find_old_bottom, paint_below
from tryon.stages.old_clothes.old_clothes import OldClothes
from tryon.stages.old_clothes.paint_over import take_off
from tryon.stages.old_clothes.top import find_old_top, loose_sleeves
from tryon.stages.old_clothes.underlay import paint_underlay
from tryon.stages.person.arms import find_arms, without_fringe
from tryon.stages.person.bare_arms import arms_behind, bare_arms, beside_bare_arms
from tryon.stages.person.hair import find_hair
from tryon.stages.person.person_colours import PersonColours, rounded
from tryon.stages.person.skin import skin_likeness
from tryon.stages.pose import Pose

POSE_WEIGHT = 0.65  # of the pose mask in the blend; 5 labelled people, flat from 0.5 to 0.8
FILTER_SCALE = 0.5  # the guided filter's coefficients are smooth: half the resolution is enough
EDGE_GAIN = 1.8  # undoes the filter's own blur
FAINT = 0.03  # alpha of the person up to which nothing is called an arm, hair or skin
SMOOTH_PX = 7  # of the small grid: bumps and dents of arms smaller than about half of this go
VIEW_SIDE = 256  # px: the score looks at masks this small; an outline is exact to 0.02 shoulders
MIN_PERSON_SHARE = 0.01  # of the photo: less is not a person but a mistake


@dataclass(frozen=True, eq=False)  # no slots: cached_property needs a dict
class PersonMasks:
    """The person taken apart, at working size.

    Attributes:
        person: (H, W) float32 alpha of the whole person.
        torso: (H, W) float32, the trunk from neck base to hips, without arms.
        arms: (H, W) float32, visible arms and hands, bare or sleeved.
        hair: (H, W) float32, what looks like hair; all zero where it cannot be told.
        skin: (H, W) float32, likeness to the skin of the face, 0..1, inside the person.
        old_top: the top worn now, and the photo without it.
        find_old_bottom: finds the same of what is worn below the waist; see `old_clothes.bottom`.
        loose_sleeves: (H, W) bool, where short sleeves worn now stand off from the arms in them.
        arms_behind: (H, W) float32, arms behind the trunk, see `bare_arms.arms_behind`; None where
            both hands are seen.
        top_end: where the top worn now ends, in shoulder widths below the shoulder line along
            the spine; None where it cannot be told. Decides on tucking only.
    """

    person: SoftMask
    torso: SoftMask
    arms: SoftMask
    hair: SoftMask
    skin: SoftMask
    old_top: OldClothes
    find_old_bottom: Callable[[], OldClothes]
    loose_sleeves: BoolMask
    arms_behind: SoftMask | None = None
    top_end: float | None = None

    def __post_init__(self) -> None:
        for mask in (self.person, self.torso, self.arms, self.hair, self.skin, self.loose_sleeves):
            frozen(mask)
        if self.arms_behind is not None:
            frozen(self.arms_behind)

    @functools.cached_property
    def body(self) -> BoolMask:
        """(H, W) bool: the person, as broad as they are without loose sleeves."""
        return frozen((self.person > 0.5) & ~self.loose_sleeves)

    @functools.cached_property
    def small_at(self) -> Callable[[tuple[int, int]], Mapping[str, BoolMask]]:
        """Person, torso, arms, hair, skin, old_top and uncovered of a (width, height), the last
        one kept: moved points and other attempts change none of them."""
        masks: dict[str, NDArray[Any]] = {
            "person": self.person,
            "torso": self.torso,
            "arms": self.arms,
            "hair": self.hair,
            "skin": self.skin,
            "old_top": self.old_top.mask,
            "uncovered": self.old_top.uncovered,
        }
        return functools.lru_cache(maxsize=1)(functools.partial(_shrunk, masks))

    @property
    def old_bottom(self) -> OldClothes:
        """What is worn below the waist, or the lower part of a dress, and the photo without it.

        Found when first asked for: tops, most of what is tried on, never ask.
        """
        return self.find_old_bottom()

    def replaced_by(
        self, garment_type: GarmentType, under: GarmentType | None
    ) -> tuple[OldClothes, ...]:
        """The clothes worn now that this type of garment takes the place of, those gone left out.

        Garments are laid on from below (`WORN_ORDER`): what the one under this replaced is gone.

        Args:
            garment_type: of the new garment.
            under: type of the new garment right below it; None where there is none.
        """
        bottom = garment_type not in UPPER_TYPES and under not in LOWER_TYPES | FULL_TYPES
        top = garment_type not in LOWER_TYPES and under not in UPPER_TYPES | FULL_TYPES
        old = (self.old_bottom,) if bottom else ()
        return (*old, self.old_top) if top else old


def _shrunk(masks: Mapping[str, NDArray[Any]], size_wh: tuple[int, int]) -> dict[str, BoolMask]:
    """Each as (h, w) bool."""
    return {
        name: np.asarray(
            cv2.resize(mask.astype(np.float32, copy=False), size_wh, None, 0, 0, cv2.INTER_AREA)
            > 0.5
        )
        for name, mask in masks.items()
    }


def segment_person(photo: Photo, pose: Pose, model: MattingModel) -> PersonMasks:
    """Take the person apart.

    Raises:
        SegmentationFailed: no person worth the name in the masks.
    """
    matte = photo.alpha if photo.alpha is not None else model.alpha(photo.rgb)
    person = fuse_masks(photo.rgb, pose.mask, matte)
    require_person(person)
    size_wh = photo.size_wh
    small = PersonColours.of(photo.rgb, pose, person)
    skin = skin_likeness(small)
    arms = find_arms(small, skin)
    hair = find_hair(small, skin, arms)
    trunk = polygon(small.shape_hw, trunk_corners(small.pose)) & small.person
    torso = (trunk & ~arms).astype(np.float32)

    inside = cv2.copyTo(person, (person > FAINT).astype(np.uint8))

    def enlarged(mask: NDArray[np.generic]) -> SoftMask:
        soft = cv2.resize(mask.astype(np.float32), size_wh, None, 0, 0, cv2.INTER_LINEAR)
        return np.asarray(cv2.multiply(soft, inside), np.float32)

    hidden = (arms | hair | ~small.person).astype(np.float32)
    top_end = find_top_end(small.rgb, small.pose, hidden)
    old_top = find_old_top(small, skin, hair, arms, top_end)
    beside_arms, no_arm = beside_bare_arms(small, arms, old_top)
    arms_in_front = _smooth(without_fringe(small, arms, old_top) & ~(beside_arms & old_top))
    without_sleeves = bare_arms(small, arms_in_front & ~old_top, no_arm)

    loose = loose_sleeves(small, arms, old_top, without_sleeves[0]).astype(np.uint8)

    behind = arms_behind(small.pose, skin)

    def top_off() -> OldClothes:
        underlay = paint_underlay(small, skin, hair, arms, old_top, without_sleeves, top_end)
        return take_off(photo.rgb, old_top, underlay)

    @functools.cache
    def old_bottom() -> OldClothes:
        worn = find_old_bottom(small, skin, hair, arms, old_top, top_end)
        return take_off(photo.rgb, worn, paint_below(small, skin, hair, arms, worn))

    with ThreadPoolExecutor(1, "old top") as beside:
        without_top = beside.submit(top_off)
        masks = PersonMasks(
            person=person,
            torso=enlarged(torso),
            arms=rounded(arms_in_front, size_wh) * inside,
            hair=rounded(hair, size_wh) * inside,
            skin=enlarged(skin),
            old_top=without_top.result(),
            find_old_bottom=old_bottom,
            loose_sleeves=cv2.resize(loose, size_wh, None, 0, 0, cv2.INTER_NEAREST) > 0,
            arms_behind=None if behind is None else rounded(behind, size_wh),
            top_end=top_end,
        )
    masks.small_at(fit_within(size_wh, VIEW_SIDE))  # now, while the garment is prepared beside it
    return masks


def require_person(person: SoftMask) -> None:
    """Raises SegmentationFailed when (H, W) float32 alpha holds no person worth the name."""
    if float((person > 0.5).mean()) < MIN_PERSON_SHARE:
        raise SegmentationFailed(
            "empty person mask",
            message="The person could not be separated from the background.",
            remedy="Use a photo in which the person stands out from what is behind them.",
        )


def fuse_masks(photo_rgb: RgbImage, pose_mask: SoftMask, matte: SoftMask) -> SoftMask:
    """Person alpha: the pose mask decides what is person, the matte gives the fine edge.

    Args:
        photo_rgb: (H, W, 3) uint8.
        pose_mask: (H, W) float32 from the pose model.
        matte: (H, W) float32 from the matting network.
    """
    height, width = pose_mask.shape
    blend = cv2.addWeighted(pose_mask, POSE_WEIGHT, matte, 1 - POSE_WEIGHT, 0)
    count, labels = cv2.connectedComponents((blend > 0.5).astype(np.uint8), None, 8)
    if count > 2:  # other people and furniture in the matte are not this person
        biggest = 1 + int(np.argmax(np.bincount(labels.ravel())[1:]))
        blend = np.where((labels == biggest) | (labels == 0), blend, np.float32(0))
    radius = max(2, round(0.005 * max(height, width)))
    grey = cv2.cvtColor(photo_rgb, cv2.COLOR_RGB2GRAY)
    refined = cv2.ximgproc.guidedFilter(grey, blend, radius, 30.0, scale=FILTER_SCALE)
    sharper = cv2.addWeighted(refined, EDGE_GAIN, refined, 0, 0.5 - 0.5 * EDGE_GAIN)
    return np.asarray(np.clip(sharper, 0, 1, out=sharper), np.float32)


def _smooth(mask: BoolMask) -> BoolMask:
    """The same shape without the frayed edge that pixels judged by colour leave."""
    square = (SMOOTH_PX, SMOOTH_PX)  # a median, which OpenCV is ten times as long about
    ones = cv2.boxFilter(mask.astype(np.uint8), -1, square, None, None, False, cv2.BORDER_REPLICATE)
    return np.asarray(ones > SMOOTH_PX**2 // 2)
