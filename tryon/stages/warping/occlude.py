"""What of the person lies in front of the garment."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import AnchorSet
from tryon.arrays import BoolMask, SoftMask, to_unit_float
from tryon.geometry import slices_around, unit
from tryon.stages.body.limbs import (
    SIDES,
    UPPER_ARM,
    arm_line,
    capsule,
    hand_is_hidden,
    hand_shape,
    head_shape,
    polygon,
    trunk_corners,
)  # fmt: skip
from tryon.stages.body.spine import WAIST_ABOVE_HIPS, Spine
from tryon.stages.garment_shape.neckline import ROUND
from tryon.stages.person.skin import LIKELY_SKIN, NO_SKIN
from tryon.stages.pose import Pose
from tryon.stages.segment import PersonMasks

EDGE_SIGMA = 0.7  # px: softness of a drawn edge, about that of a photo
AROUND = 1.5  # times an arm's width: what is so near an arm in a sleeve is in the sleeve too
BONE_TO_SKIN = 0.18  # shoulder widths: half the width of a strong upper arm
SHOULDER = 0.1  # shoulder widths: shoulders rise above the line of a seam by up to this
TAPER = 0.4  # of a shoulder's length: so far from the collar they rise as far as they do
COLUMNS = 24  # of a shoulder: each rises as far as it does
BLUR_PX = 5  # how wide a blur of that softness reaches


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The part of the photo where the garment lies, and who is in it; pixels of that part.

    Attributes:
        pose: of the person; its mask is that of the whole photo.
        person: (h, w) float32 alpha.
        arms: (h, w) float32, visible arms and hands.
        arms_behind: (h, w) float32, those behind the trunk; None where both hands are seen.
        hair: (h, w) float32.
        skin: (h, w) float32 likeness to the skin of the face.
        body: the garment's anchors on the person, as (2,) float64 xy by name.
        neck_power: how round the garment's neckline is, see `neckline_power`.
        neck_breadth: how much of it is open, see `neck_breadth`.
    """

    pose: Pose
    person: SoftMask
    arms: SoftMask
    arms_behind: SoftMask | None
    hair: SoftMask
    skin: SoftMask
    body: dict[str, NDArray[np.float64]]
    neck_power: float = ROUND
    neck_breadth: float = 1.0

    @staticmethod
    def within(
        part: tuple[slice, slice],
        pose: Pose,
        masks: PersonMasks,
        body: AnchorSet,
        neck_power: float = ROUND,
        neck_breadth: float = 1.0,
    ) -> "Scene":
        """What these rows and columns of the photo show."""
        corner = np.array([part[1].start, part[0].start], np.float64)
        return Scene(
            replace(pose, points_xy=pose.points_xy - corner),
            masks.person[part],
            masks.arms[part],
            None if masks.arms_behind is None else masks.arms_behind[part],
            masks.hair[part],
            masks.skin[part],
            {a.name: np.array([a.x, a.y]) - corner for a in body.anchors},
            neck_power,
            neck_breadth,
        )

    @property
    def shape_hw(self) -> tuple[int, int]:
        """(height, width) of the part."""
        return (self.person.shape[0], self.person.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Fronts:
    """What lies in front of the garment, in pixels of a scene.

    Attributes:
        trunk: (h, w) float32, what hides its trunk, and the legs of trousers.
        sleeves: (h, w) float32, what hides its sleeves.
        waist: (h, w) float32, what hides sleeves of arms behind the back, too; None without any.
    """

    trunk: SoftMask
    sleeves: SoftMask
    waist: SoftMask | None

    @staticmethod
    def of(scene: Scene, hem: SoftMask | None) -> "Fronts":
        """Hands, hair, chin, arms; and `hem`, (h, w) float32, what lies in other clothes."""
        sleeves = in_front_of_sleeves(scene)
        trunk = np.maximum(sleeves, in_front_of_trunk(scene))
        hidden = any(hand_is_hidden(scene.pose, side) for side in SIDES)
        waist = waist_and_legs(scene) if hidden else None
        return Fronts(trunk if hem is None else np.maximum(trunk, hem), sleeves, waist)


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A soft shape, kept where it is: most of a picture holds nothing of it.

    Attributes:
        here: rows and columns.
        alpha: (h, w) float32 of those, 0 elsewhere.
    """

    here: tuple[slice, slice]
    alpha: SoftMask

    @staticmethod
    def of(mask: BoolMask, *within: SoftMask) -> "Patch":
        """The shape of a (H, W) bool with a soft edge, times what it is seen within."""
        here = slices_around(mask, BLUR_PX) or np.s_[0:0, 0:0]
        if not mask[here].size:
            return Patch(here, np.zeros((0, 0), np.float32))
        shape = mask[here].astype(np.uint8) * 255
        alpha = to_unit_float(cv2.GaussianBlur(shape, (BLUR_PX, BLUR_PX), EDGE_SIGMA))
        for other in within:
            alpha *= other[here]
        return Patch(here, alpha)

    def add_to(self, mask: SoftMask) -> None:
        """The larger of both, in place; (H, W) float32."""
        mask[self.here] = np.maximum(mask[self.here], self.alpha)

    def take_from(self, mask: SoftMask) -> None:
        """What of a mask it leaves, in place; (H, W) float32."""
        mask[self.here] *= 1 - self.alpha


def in_front_of_trunk(scene: Scene) -> SoftMask:
    """(h, w) float32: arms where no sleeve covers them, and the neck in front of the collar."""
    front = scene.arms.copy()
    if scene.arms_behind is not None:
        front *= 1 - scene.arms_behind
    for side in SIDES:
        if all(f"{side}_sleeve_{edge}" in scene.body for edge in ("outer", "inner")):
            _arm_inside_sleeve(scene, side, AROUND * UPPER_ARM).take_from(front)
    neck_opening(scene).add_to(front)
    return front


def inside_sleeves(scene: Scene, waist: SoftMask | None = None) -> SoftMask:
    """(h, w) float32: what of the body a garment with sleeves hides, however narrow they are.

    Args:
        scene: see `Scene`.
        waist: see `Fronts`.
    """
    hidden = np.zeros(scene.shape_hw, np.float32)
    for side in SIDES:
        if f"{side}_sleeve_outer" in scene.body and f"{side}_sleeve_inner" in scene.body:
            _arm_inside_sleeve(scene, side, BONE_TO_SKIN).add_to(hidden)
            if waist is not None and hand_is_hidden(scene.pose, side):
                hidden *= 1 - waist
            _shoulder_above_seam(scene, side).add_to(hidden)
    return np.asarray(hidden * scene.person, np.float32)


def waist_and_legs(scene: Scene) -> SoftMask:
    """(h, w) float32: what of the person arms behind the back are behind."""
    spine = Spine.of(scene.pose)
    waist = spine.top_xy + (spine.length - WAIST_ABOVE_HIPS) * spine.unit_px * spine.down
    far = float(sum(scene.shape_hw))
    aside, down = far * spine.across, far * spine.down
    below = polygon(
        scene.shape_hw,
        np.array([waist + aside, waist - aside, waist - aside + down, waist + aside + down]),
    )
    _, left, *hips, right, _ = trunk_corners(scene.pose)
    below |= polygon(scene.shape_hw, np.array([(left + hips[0]) / 2, *hips, (right + hips[1]) / 2]))
    hides = np.zeros(scene.shape_hw, np.float32)
    here = slices_around(below, 0)
    if here is not None:
        hides[here] = np.where(below[here], scene.person[here] * (1 - scene.arms[here]), 0)
    return hides


def _shoulder_above_seam(scene: Scene, side: str) -> Patch:
    """The shoulder where it rises a little above its seam; rising more, it is no shoulder."""
    covered = np.zeros(scene.shape_hw, bool)
    if any(f"{side}_{end}" not in scene.body for end in ("neck", "shoulder")):
        return Patch.of(covered)
    neck, shoulder = (scene.body[f"{side}_{end}"] for end in ("neck", "shoulder"))
    length = float(np.hypot(*(shoulder - neck)))
    if length < 1:
        return Patch.of(covered)
    along = (shoulder - neck) / length
    up = np.array([along[1], -along[0]]) * (1.0 if side == "left" else -1.0)
    reach = SHOULDER * scene.pose.scale_px
    corners = np.array([neck, shoulder, shoulder + 2 * reach * up, neck + 2 * reach * up])
    here = slices_around(polygon(scene.shape_hw, corners), 0)
    if here is None:
        return Patch.of(covered)
    y, x = np.ogrid[here]
    above = (x - neck[0]) * up[0] + (y - neck[1]) * up[1]
    share = ((x - neck[0]) * along[0] + (y - neck[1]) * along[1]) / length
    column = np.floor(share * COLUMNS).astype(np.int32)
    body = (scene.person[here] > 0.5) & (scene.hair[here] < 0.5)
    body &= (column >= 0) & (column < COLUMNS) & (above >= 0) & (above < 2 * reach)
    tall = np.zeros(COLUMNS, bool)
    tall[column[body & (above >= reach)]] = True
    body &= ~tall[np.clip(column, 0, COLUMNS - 1)]
    covered[here] = body & (above < reach * np.clip(share / TAPER, 0, 1))  # a collar stays open
    return Patch.of(covered)


def _arm_inside_sleeve(scene: Scene, side: str, half_width: float) -> Patch:
    """This arm, so wide, from the shoulder to where the sleeve ends."""
    pose, shape_hw = scene.pose.as_if_front, scene.shape_hw
    line = arm_line(pose, side)[:3]
    cuff = (scene.body[f"{side}_sleeve_outer"] + scene.body[f"{side}_sleeve_inner"]) / 2
    on_forearm = np.hypot(*(cuff - line[2])) < np.hypot(*(cuff - line[0])) and (
        (cuff - line[1]) @ (line[2] - line[1]) > 0
    )
    reach = half_width * pose.scale_px
    covered = capsule(shape_hw, line[0], line[1] if on_forearm else cuff, reach, reach)
    if on_forearm:
        covered |= capsule(shape_hw, line[1], cuff, reach, 0.8 * reach)
    along = (line[2] - line[1]) if on_forearm else (line[1] - line[0])
    here = slices_around(covered, 0)
    if here is None:
        return Patch.of(covered)
    y, x = np.ogrid[here]
    before_cuff = (x - cuff[0]) * along[0] + (y - cuff[1]) * along[1] < 0
    if on_forearm:  # the upper arm, down to the line that halves the elbow, is covered anyway
        halving = unit(line[2] - line[1]) - unit(line[0] - line[1])
        upper = (x - line[1][0]) * halving[0] + (y - line[1][1]) * halving[1] < 0
        before_cuff |= upper & ~hand_shape(pose, side, shape_hw)[here]
    covered[here] &= before_cuff
    return Patch.of(covered)


def in_front_of_sleeves(scene: Scene) -> SoftMask:
    """(h, w) float32: bare hands, face and hair."""
    pose, shape_hw = scene.pose, scene.shape_hw
    front = scene.hair.copy()
    if pose.seen("nose") > 0.5:
        Patch.of(head_shape(pose, shape_hw), scene.person).add_to(front)
    bare = np.clip((scene.skin - NO_SKIN) / (LIKELY_SKIN - NO_SKIN), 0, 1)
    for side in SIDES:
        if not hand_is_hidden(pose, side):
            hand = hand_shape(pose, side, shape_hw)
            Patch.of(hand, bare, scene.arms).add_to(front)
    return front


def neck_opening(scene: Scene) -> Patch:
    """The person seen through the collar, where its back lies behind the neck.

    Between the front neckline (a smooth curve through the neck anchors and the middle of the
    front) and the back of the collar.
    """
    names = ("left_neck", "right_neck", "neck_front", "neck_back")
    if any(n not in scene.body for n in names):
        return Patch.of(np.zeros(scene.shape_hw, bool))
    left, right, front, back = (scene.body[n] for n in names)
    t = np.linspace(-1, 1, 41)[:, None]
    middle = (left + right) / 2
    left, right = (middle + scene.neck_breadth * (end - middle) for end in (left, right))
    curve = middle - t * (left - right) / 2
    curve += (1 - np.abs(t) ** scene.neck_power) * (front - middle)
    up = (back - front) if np.hypot(*(back - front)) > 1 else np.array([0.0, -1.0])
    up = up / max(1e-6, float(np.hypot(*up)))
    reach = float(np.hypot(*(left - right)))
    corners = np.vstack([curve, right + 0.6 * reach * up, left + 0.6 * reach * up])
    return Patch.of(polygon(scene.shape_hw, corners), scene.person)
