"""What the score looks at: the draft and the body at reduced size, measured in shoulder widths."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import LOWER_TYPES, Anchor, AnchorSet, GarmentType
from tryon.arrays import BoolMask, SoftMask
from tryon.geometry import Resize, fit_within, unit
from tryon.stages.align import Draft
from tryon.stages.garment import Garment
from tryon.stages.pose import Pose
from tryon.stages.segment import VIEW_SIDE, PersonMasks

OUTLINE_SIDE = 128  # px: enough to see whether a cutout is symmetric
_SLEEVES = ("sleeve", "elbow")
_LEGS = ("knee", "hem_outer", "hem_inner")


def _outline(alpha: SoftMask) -> BoolMask:
    size_wh = fit_within((alpha.shape[1], alpha.shape[0]), OUTLINE_SIDE)
    return np.asarray(cv2.resize(alpha, size_wh, None, 0, 0, cv2.INTER_AREA) > 0.5)


def _pixels(resize: Resize, anchor: Anchor) -> NDArray[np.float64]:
    return resize.points(np.array([anchor.x, anchor.y])).astype(np.float64)


@dataclass(frozen=True, eq=False)  # no slots: cached_property needs a dict
class FitView:
    """One draft on its body.

    "Body coordinates" are in shoulder widths from the middle between the shoulders: aside to the
    wearer's left, up along the spine.

    Attributes:
        pose: seen as from the front, in pixels of the view.
        person, torso, arms, hair, skin: (h, w) bool, the body's parts.
        region: (h, w) bool, where the draft shows the garment.
        warped: (h, w) bool, where the garment lies, hidden or not.
        old_top: (h, w) bool, the top worn now.
        old_left: (h, w) bool, what of it sticks out beyond the new garment.
        uncovered: (h, w) bool, what of it nothing could be painted over.
        garment_type: of the garment.
        garment: garment pixels by anchor name.
        body: view pixels by anchor name.
        garment_mask: (h', w') bool, the cutout, small.
        garment_anchors: with their confidence.
        cutout_confidence: 0..1.
        top_end: where the top worn now ends, shoulder widths below the shoulder line; None
            where that is not seen.
        is_tucked: whether the garment was cut at the waistband.
        stretch, stiffness, folded_px: of the draft.
        view_per_photo: view pixels per working pixel.
    """

    pose: Pose
    person: BoolMask
    torso: BoolMask
    arms: BoolMask
    hair: BoolMask
    skin: BoolMask
    region: BoolMask
    warped: BoolMask
    old_top: BoolMask
    old_left: BoolMask
    uncovered: BoolMask
    garment_type: GarmentType
    garment: dict[str, NDArray[np.float64]]
    body: dict[str, NDArray[np.float64]]
    garment_mask: BoolMask
    garment_anchors: AnchorSet
    cutout_confidence: float
    top_end: float | None
    is_tucked: bool
    stretch: float
    stiffness: float
    folded_px: int
    view_per_photo: float

    @staticmethod
    def of(draft: Draft, pose: Pose, masks: PersonMasks, garment: Garment) -> "FitView":
        """Reduce a draft and its body."""
        height, width = draft.region.shape
        size_wh = fit_within((width, height), VIEW_SIDE)
        to_view = Resize((width, height), size_wh)

        def small(mask: SoftMask) -> BoolMask:
            return np.asarray(cv2.resize(mask, size_wh, None, 0, 0, cv2.INTER_AREA) > 0.5)

        pair = draft.anchors
        alpha = cv2.resize(draft.warped[..., 3], size_wh, None, 0, 0, cv2.INTER_AREA)
        return FitView(
            pose=pose.as_if_front.resized(size_wh),
            **masks.small_at(size_wh),
            region=small(draft.region),
            warped=alpha > 127,
            old_left=small(draft.old_garment.astype(np.float32)),
            garment_type=pair.garment_type,
            garment={a.name: np.array([a.x, a.y]) for a in pair.garment.anchors},
            body={a.name: _pixels(to_view, a) for a in pair.person.anchors},
            garment_mask=_outline(garment.alpha),
            garment_anchors=pair.garment,
            cutout_confidence=garment.cutout_confidence,
            top_end=masks.top_end,
            is_tucked=draft.is_tucked,
            stretch=draft.stretch,
            stiffness=draft.stiffness,
            folded_px=draft.folded_px,
            view_per_photo=to_view.scale_xy[0],
        )

    @property
    def is_lower(self) -> bool:
        """Whether the garment is worn below the waist."""
        return self.garment_type in LOWER_TYPES

    @property
    def unit_px(self) -> float:
        """View pixels of a shoulder width as seen from the front."""
        return self.pose.scale_px

    @cached_property
    def shoulders(self) -> NDArray[np.float64]:
        """(2,) view pixels, the middle between the shoulders."""
        return (self.pose.xy("left_shoulder") + self.pose.xy("right_shoulder")) / 2

    @cached_property
    def hips(self) -> NDArray[np.float64]:
        """(2,) view pixels, the middle between the hip joints."""
        return (self.pose.xy("left_hip") + self.pose.xy("right_hip")) / 2

    @cached_property
    def up(self) -> NDArray[np.float64]:
        """(2,) unit vector from hips to shoulders."""
        return unit(self.shoulders - self.hips)

    @cached_property
    def aside(self) -> NDArray[np.float64]:
        """(2,) unit vector to the wearer's left, at a right angle to `up`."""
        return np.array([-self.up[1], self.up[0]])

    @cached_property
    def trunk(self) -> float:
        """Shoulder widths from the shoulders to the hips."""
        return float(np.hypot(*(self.shoulders - self.hips))) / self.unit_px

    @cached_property
    def breadth(self) -> float:
        """Shoulder widths between the shoulders as seen: below 1 when the body is turned."""
        return self.pose.shoulder_px / self.unit_px

    @cached_property
    def depth(self) -> NDArray[np.float32]:
        """(h, w) float32 shoulder widths inside the person's outline; negative outside."""
        inside, outside = self.person.astype(np.uint8), (~self.person).astype(np.uint8)
        signed = cv2.distanceTransform(inside, cv2.DIST_L2, 3) - cv2.distanceTransform(
            outside, cv2.DIST_L2, 3
        )
        return np.asarray(signed / np.float32(self.unit_px), np.float32)

    @cached_property
    def raster(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(h, w) aside and up of every pixel, in body coordinates."""
        height, width = self.person.shape
        y, x = np.ogrid[:height, :width]
        x, y = (x - self.shoulders[0]) / self.unit_px, (y - self.shoulders[1]) / self.unit_px
        return x * self.aside[0] + y * self.aside[1], x * self.up[0] + y * self.up[1]

    @cached_property
    def cloth(self) -> NDArray[np.float64]:
        """(3, 2) best affine map of the trunk's (or waist's) anchors, garment to view pixels.

        A sleeve or a leg moves apart and says nothing of how the cloth as a whole is laid.
        """
        names = self.trunk_names
        source = np.column_stack([[self.garment[n] for n in names], np.ones(len(names))])
        best, *_ = np.linalg.lstsq(source, np.array([self.body[n] for n in names]), rcond=None)
        return np.asarray(best, np.float64)

    @cached_property
    def trunk_names(self) -> tuple[str, ...]:
        """Anchors that lie on the trunk."""
        limbs = _LEGS if "crotch" in self.body else ()
        return tuple(n for n in self.body if not any(part in n for part in (*_SLEEVES, *limbs)))

    def has(self, *names: str) -> bool:
        """Whether all these anchors are there."""
        return all(n in self.body for n in names)

    def at(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """(..., 2) view pixels in body coordinates."""
        offset = (xy - self.shoulders) / self.unit_px
        return np.stack([offset @ self.aside, offset @ self.up], axis=-1)

    def pixel(self, aside: float, up: float) -> NDArray[np.float64]:
        """(2,) view pixels of a place in body coordinates."""
        return self.shoulders + self.unit_px * (aside * self.aside + up * self.up)

    def placed(self, name: str) -> NDArray[np.float64]:
        """(2,) where an anchor was laid, in body coordinates."""
        return self.at(self.body[name])

    def joint(self, name: str) -> NDArray[np.float64]:
        """(2,) a keypoint in body coordinates."""
        return self.at(self.pose.xy(name))

    def middle(self, part: str) -> NDArray[np.float64]:
        """(2,) between the left and right anchor of this name, in body coordinates."""
        return (self.placed(f"left_{part}") + self.placed(f"right_{part}")) / 2

    def own_width(self, part: str) -> float:
        """Shoulder widths as seen between two anchors if the cloth kept its own proportions."""
        garment_px = float(
            np.hypot(*(self.garment[f"left_{part}"] - self.garment[f"right_{part}"]))
        )
        return garment_px * float(np.hypot(*self.cloth[0])) / self.pose.shoulder_px

    def depth_at(self, xy: NDArray[np.float64]) -> float:
        """Shoulder widths inside the outline at one view pixel; negative outside."""
        height, width = self.person.shape
        x, y = np.clip(np.round(xy).astype(int), 0, (width - 1, height - 1))
        return float(self.depth[y, x])

    def half_breadth(self, aside: float, up: float, outward: float) -> float | None:
        """Shoulder widths from a place sideways to the trunk's outline.

        None where arms, the photo's edge or nothing at all lie there.
        """
        steps = np.arange(0.0, 1.0, 0.6 / self.unit_px)
        start, direction = self.pixel(aside, up), outward * self.unit_px * self.aside
        xy = np.round(start + steps[:, None] * direction).astype(int)
        height, width = self.person.shape
        in_photo = np.atleast_1d(((xy >= 0) & (xy < (width, height))).all(axis=1))
        if not in_photo[:2].all():
            return None
        trunk: BoolMask = self.person & ~self.arms
        xy = xy[: int(np.argmin(in_photo))] if not in_photo.all() else xy
        is_trunk = trunk[xy[:, 1], xy[:, 0]]
        if not is_trunk[:2].all() or is_trunk.all():
            return None
        edge = int(np.argmin(is_trunk))
        beyond = xy[edge : edge + 4]
        if self.arms[beyond[:, 1], beyond[:, 0]].any():
            return None
        return float(steps[edge])
