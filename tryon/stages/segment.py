"""Stage 1: what is person, trunk, arms, hair. The pose model says who, the matting model where."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from tryon.arrays import BoolMask, RgbImage, SoftMask, frozen, to_unit_float
from tryon.errors import SegmentationFailed
from tryon.geometry import fit_within
from tryon.ports import MattingModel
from tryon.stages.limbs import (
    SIDES,
    arm_line,
    arm_shape,
    hand_shape,
    head_shape,
    neck_shape,
    polygon,
    trunk_corners,
)
from tryon.stages.load import Photo
from tryon.stages.pose import Pose
from tryon.stages.waistband import find_top_end

POSE_WEIGHT = (
    0.65  # of the pose mask in the blend; fitted on 5 labelled people, flat from 0.5 to 0.8
)
MIN_PERSON_SHARE = 0.01  # of the photo: less is not a person but a mistake
COLOUR_SIDE = 512  # px: colour models need no more detail
SKIN_CHROMA_SPREAD = 3.0  # Lab units: least spread of a skin model, so that one tone is not all
SKIN_DARKER, SKIN_BRIGHTER = 20.0, 12.0  # Lab units: arms lie in shadow more often than in glare
SKIN_LIGHT, SKIN_SHADE = 70.0, 10.0  # Lab units: lightness chroma is carried to, and its floor


@dataclass(frozen=True, slots=True, eq=False)
class PersonMasks:
    """The person taken apart, at working size.

    Attributes:
        person: (H, W) float32 alpha of the whole person.
        torso: (H, W) float32, the trunk from neck base to hips, without arms.
        arms: (H, W) float32, visible arms and hands, bare or sleeved.
        hair: (H, W) float32, what looks like hair; all zero where it cannot be told.
        skin: (H, W) float32, likeness to the skin of the face, 0..1, inside the person.
        top_end: where the top worn now ends, in shoulder widths below the shoulder line along
            the spine; None where it cannot be told. Decides on tucking only.
        notes: sentences a person should read.
    """

    person: SoftMask
    torso: SoftMask
    arms: SoftMask
    hair: SoftMask
    skin: SoftMask
    top_end: float | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for mask in (self.person, self.torso, self.arms, self.hair, self.skin):
            frozen(mask)


def segment_person(photo: Photo, pose: Pose, model: MattingModel) -> PersonMasks:
    """Take the person apart.

    Raises:
        SegmentationFailed: no person worth the name in the masks.
    """
    matte = photo.alpha if photo.alpha is not None else model.alpha(photo.rgb)
    person = fuse_masks(photo.rgb, pose.mask, matte)
    if float((person > 0.5).mean()) < MIN_PERSON_SHARE:
        raise SegmentationFailed(
            "empty person mask",
            message="The person could not be separated from the background.",
            remedy="Use a photo in which the person stands out from what is behind them.",
        )
    size_wh = photo.size_wh
    small_wh = fit_within(size_wh, COLOUR_SIDE)
    small = _Small.of(photo.rgb, pose, person, small_wh)
    skin = skin_likeness(small)
    arms = find_arms(small, skin)
    hair = find_hair(small, skin, arms)
    trunk = polygon(small.shape_hw, trunk_corners(small.pose)) & small.person
    torso = (trunk & ~arms).astype(np.float32)

    def enlarged(mask: NDArray[np.generic]) -> SoftMask:
        soft = cv2.resize(mask.astype(np.float32), size_wh, None, 0, 0, cv2.INTER_LINEAR)
        return np.asarray(
            np.clip(soft, 0, 1) * (person > 0.03) * np.maximum(person, 0.0), np.float32
        )

    hidden = (arms | hair | ~small.person).astype(np.float32)
    top_end = find_top_end(small.rgb, small.pose, hidden)
    return PersonMasks(
        person=person,
        torso=enlarged(torso),
        arms=enlarged(_softened(arms)),
        hair=enlarged(_softened(hair)),
        skin=enlarged(skin),
        top_end=top_end,
    )


def fuse_masks(photo_rgb: RgbImage, pose_mask: SoftMask, matte: SoftMask) -> SoftMask:
    """Person alpha: the pose mask decides what is person, the matte gives the fine edge.

    Args:
        photo_rgb: (H, W, 3) uint8.
        pose_mask: (H, W) float32 from the pose model.
        matte: (H, W) float32 from the matting network.
    """
    height, width = pose_mask.shape
    blend = POSE_WEIGHT * pose_mask + (1 - POSE_WEIGHT) * matte
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (blend > 0.5).astype(np.uint8), None, 8
    )
    if count > 2:  # other people and furniture in the matte are not this person
        biggest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
        blend = np.where((labels == biggest) | (labels == 0), blend, 0.0)
    radius = max(2, round(0.005 * max(height, width)))
    grey = cv2.cvtColor(photo_rgb, cv2.COLOR_RGB2GRAY)
    refined = cv2.ximgproc.guidedFilter(grey, blend.astype(np.float32), radius, 30.0)
    return np.asarray(np.clip((refined - 0.5) * 1.8 + 0.5, 0, 1), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Small:
    """The photo and its pose on a smaller grid, for colour models."""

    rgb: RgbImage
    lab: NDArray[np.float32]
    person: BoolMask
    pose: Pose

    @property
    def shape_hw(self) -> tuple[int, int]:
        return (self.lab.shape[0], self.lab.shape[1])

    @staticmethod
    def of(
        photo_rgb: RgbImage, pose: Pose, person: SoftMask, small_wh: tuple[int, int]
    ) -> "_Small":
        small_rgb = cv2.resize(photo_rgb, small_wh, None, 0, 0, cv2.INTER_AREA)
        lab = cv2.GaussianBlur(
            cv2.cvtColor(to_unit_float(small_rgb), cv2.COLOR_RGB2Lab), (0, 0), 0.8
        )
        inside = cv2.resize(person, small_wh, None, 0, 0, cv2.INTER_AREA) > 0.5
        return _Small(small_rgb, lab, inside, pose.resized(small_wh))


def skin_likeness(small: _Small) -> SoftMask:
    """(h, w) float32: how much each pixel of the person looks like the skin of their face.

    A robust Gaussian in Lab around the colours of the cheeks and nose, wide in lightness.
    """
    face = _face_patch(small)
    if face is None:
        return np.zeros(small.shape_hw, np.float32)
    light = small.lab[..., 0]
    # Skin in shadow keeps its hue but loses chroma with its light: compare chroma per light.
    hue = small.lab[..., 1:] * (SKIN_LIGHT / (light + SKIN_SHADE))[..., None]
    face_light = light[face]
    lit = (face_light >= np.percentile(face_light, 25)) & (
        face_light <= np.percentile(face_light, 90)
    )
    centre_light = float(np.median(face_light[lit]))
    face_hue = hue[face][lit]
    centre_hue = np.median(face_hue, axis=0)
    spread_hue = np.maximum(
        2.2 * np.median(np.abs(face_hue - centre_hue), axis=0), SKIN_CHROMA_SPREAD
    )
    off_light = light - centre_light
    off_light /= np.where(off_light < 0, SKIN_DARKER, SKIN_BRIGHTER)
    distance = (((hue - centre_hue) / spread_hue) ** 2).sum(axis=2) + off_light**2
    return np.asarray(
        np.exp(-0.5 * np.maximum(distance - 2.0, 0.0) / 3.0) * small.person, np.float32
    )


def _face_patch(small: _Small) -> BoolMask | None:
    pose = small.pose
    eyes = (pose.xy("left_eye") + pose.xy("right_eye")) / 2
    mouth = (pose.xy("mouth_left") + pose.xy("mouth_right")) / 2
    down = mouth - eyes
    side = (pose.xy("left_eye_outer") - pose.xy("right_eye_outer")) * 0.5
    brow, chin = eyes + 0.3 * down, mouth + 0.35 * down
    corners = np.array([brow + side, brow - side, chin - 0.6 * side, chin + 0.6 * side])
    patch = polygon(small.shape_hw, corners) & small.person
    return patch if int(patch.sum()) >= 25 and pose.seen("nose") > 0.5 else None


def find_arms(small: _Small, skin: SoftMask) -> BoolMask:
    """(h, w) bool: visible arms and hands.

    Along each limb a narrow shape counts as arm whatever its colour, a wider one where it is
    skin; where a bare arm crosses the trunk only its skin counts.
    """
    arms = np.zeros(small.shape_hw, bool)
    trunk = polygon(small.shape_hw, trunk_corners(small.pose))
    for side in SIDES:
        narrow = arm_shape(small.pose, side, small.shape_hw, 0.8) & small.person
        wide = arm_shape(small.pose, side, small.shape_hw, 1.35) & small.person
        line = arm_line(small.pose, side)
        core = arm_shape(small.pose, side, small.shape_hw, 0.35) & small.person
        lower = core & (arm_below_elbow(small, line))
        is_bare = bool(lower.any()) and float(np.median(skin[lower])) > 0.35
        likely_skin = wide & (skin > 0.35)
        if is_bare:
            arm = (narrow & ~(trunk & (skin < 0.15))) | likely_skin
        else:
            beside = arm_shape(small.pose, side, small.shape_hw, 1.0) & small.person
            arm = (
                (narrow if _crosses(line, trunk) else beside & ~trunk)
                | narrow
                | (likely_skin & hand_near(small, side))
            )
        if small.pose.seen(f"{side}_wrist") < 0.5:  # behind the back or out of the picture
            arm &= (skin > 0.35) | ~arm_below_elbow(small, line)
        arms |= _largest_near(arm, core)
    return arms


def arm_below_elbow(small: _Small, line: NDArray[np.float64]) -> BoolMask:
    """(h, w) bool: nearer to the forearm than to the upper arm."""
    _, elbow, wrist, _ = line
    y, x = np.mgrid[: small.shape_hw[0], : small.shape_hw[1]]
    along = (x - elbow[0]) * (wrist[0] - elbow[0]) + (y - elbow[1]) * (wrist[1] - elbow[1])
    return np.asarray(along > 0)


def hand_near(small: _Small, side: str) -> BoolMask:
    """(h, w) bool: around one hand."""
    return hand_shape(small.pose, side, small.shape_hw)


def _crosses(line: NDArray[np.float64], trunk: BoolMask) -> bool:
    _, elbow, wrist, knuckles = line
    points = np.array([elbow + t * (wrist - elbow) for t in np.linspace(0.3, 1, 8)] + [knuckles])
    rows = np.clip(points[:, 1].round().astype(int), 0, trunk.shape[0] - 1)
    cols = np.clip(points[:, 0].round().astype(int), 0, trunk.shape[1] - 1)
    return bool(trunk[rows, cols].any())


def _largest_near(mask: BoolMask, core: BoolMask) -> BoolMask:
    """The parts of a mask that touch its core."""
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(closed, None, 8)
    if count < 2:
        return mask
    touching = np.unique(labels[core & (closed > 0)])
    return np.asarray(np.isin(labels, touching[touching > 0]))


def find_hair(small: _Small, skin: SoftMask, arms: BoolMask) -> BoolMask:
    """(h, w) bool: hair, grown from around the head as far as its colour reaches."""
    pose, shape_hw = small.pose, small.shape_hw
    if pose.seen("nose") < 0.5:
        return np.zeros(shape_hw, bool)
    face = head_shape(pose, shape_hw)
    size = max(3, round(0.32 * pose.scale_px))
    near_head = cv2.dilate(face.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    chin_y = float(pose.xy("mouth_left")[1] + pose.xy("mouth_right")[1]) / 2
    rows = np.arange(shape_hw[0])[:, None]
    shoulder_y = float(pose.xy("left_shoulder")[1] + pose.xy("right_shoulder")[1]) / 2
    seed = near_head & ~face & small.person & (rows < chin_y)
    if int(seed.sum()) < 40:
        return np.zeros(shape_hw, bool)
    clothes = polygon(shape_hw, trunk_corners(pose)) & small.person & ~arms & (skin < 0.2)
    clothes &= rows > shoulder_y + 0.35 * pose.scale_px
    cheeks = _face_patch(small)
    others = clothes if cheeks is None else clothes | cheeks
    like_hair = _histogram_ratio(small.lab, seed, others)
    reach = rows < shoulder_y + 1.1 * pose.scale_px
    candidate = small.person & ~arms & ~face & reach & (like_hair > 0.55)
    candidate |= seed & (like_hair > 0.3)
    # Neck and chest are skin in shadow: there, only what is clearly not skin may be hair.
    below_jaw = (rows > chin_y) & (skin > 0.08)
    neck = neck_shape(pose, shape_hw)
    candidate &= ~(below_jaw & (neck | (rows > shoulder_y - 0.1 * pose.scale_px)))
    opened = cv2.morphologyEx(candidate.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(opened, None, 8)
    if count < 2:
        return candidate
    touching = np.unique(labels[seed & (opened > 0)])
    return np.asarray(np.isin(labels, touching[touching > 0]) & (opened > 0))


def _histogram_ratio(lab: NDArray[np.float32], ours: BoolMask, others: BoolMask) -> SoftMask:
    """(h, w) float32: P(ours | colour) from smoothed Lab histograms with equal priors."""
    bins = np.stack([lab[..., 0] / 5.0, (lab[..., 1] + 64) / 6.0, (lab[..., 2] + 64) / 6.0], axis=2)
    index = np.clip(bins, 0, 21).astype(np.int32)
    flat = (index[..., 0] * 22 + index[..., 1]) * 22 + index[..., 2]
    counts = []
    for part in (ours, others):
        histogram = np.bincount(flat[part], minlength=22**3).reshape(22, 22, 22).astype(np.float32)
        histogram = ndimage.uniform_filter(histogram, 3, mode="nearest")
        counts.append(histogram.reshape(-1)[flat] / max(1, int(part.sum())))
    return np.asarray(counts[0] / (counts[0] + counts[1] + 1e-4), np.float32)


def _softened(mask: BoolMask) -> SoftMask:
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.8), np.float32)
