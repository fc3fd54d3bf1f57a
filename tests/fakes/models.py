"""Pose and matting models that answer what a test tells them, and people drawn from joints."""

import itertools
import threading
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import PointsXY, RgbImage, SoftMask
from tryon.ports import KEYPOINT_NAMES, DetectedPose
from tryon.stages.body.limbs import capsule, polygon, trunk_corners
from tryon.stages.load import Photo
from tryon.stages.old_clothes.old_clothes import OldClothes
from tryon.stages.person.bare_arms import arms_behind
from tryon.stages.pose import Pose, find_pose
from tryon.stages.segment import PersonMasks

BACKGROUND = (206, 212, 220)
SKIN = (224, 182, 150)

# A standing adult in shoulder widths: x to the wearer's left of the spine, y down from the
# shoulder line, z away from the camera. Right joints mirror the left ones.
_MIDDLE = {"nose": (0.0, -0.62, -0.25)}
_LEFT = {
    "left_eye_inner": (0.06, -0.72, -0.2), "left_eye": (0.11, -0.72, -0.2),
    "left_eye_outer": (0.15, -0.72, -0.2), "left_ear": (0.24, -0.68, 0.0),
    "mouth_left": (0.08, -0.48, -0.2),
    "left_shoulder": (0.5, 0.0, 0.0), "left_elbow": (0.66, 0.85, 0.0),
    "left_wrist": (0.72, 1.6, 0.0), "left_pinky": (0.75, 1.83, 0.0),
    "left_index": (0.70, 1.86, 0.0), "left_thumb": (0.65, 1.75, 0.0),
    "left_hip": (0.3, 1.5, 0.0), "left_knee": (0.3, 2.7, 0.0), "left_ankle": (0.29, 3.85, 0.0),
    "left_heel": (0.28, 3.98, 0.05), "left_foot_index": (0.34, 4.02, -0.2),
}  # fmt: skip
_SLOPE = ((1.2, -0.15), (1.1, 0.03), (0.9, 0.12), (0.54, 0.29), (0.36, 0.34), (0.2, 0.44))
_LEG_RADII = (0.2, 0.14, 0.09)  # of hip, knee, ankle
ARMS = {
    "hanging": {},
    "raised": {"left_elbow": (0.85, -0.75), "left_wrist": (0.75, -1.5), "left_pinky": (0.74, -1.72),
               "left_index": (0.7, -1.75), "left_thumb": (0.66, -1.65)},
    "bent": {"left_elbow": (0.72, 0.85), "left_wrist": (1.42, 0.85), "left_pinky": (1.62, 0.88),
             "left_index": (1.64, 0.82), "left_thumb": (1.55, 0.76)},
    "crossed": {"left_elbow": (0.68, 0.82), "left_wrist": (0.0, 0.95), "left_pinky": (-0.2, 0.98),
                "left_index": (-0.22, 0.93), "left_thumb": (-0.12, 0.88)},
}  # fmt: skip


def standing(
    size_wh: tuple[int, int] = (300, 420),
    shoulder_px: float = 80.0,
    shoulders_at: tuple[float, float] = (150.0, 100.0),
    arms: str = "hanging",
    yaw_deg: float = 0.0,
) -> DetectedPose:
    """A person on their feet, by default facing the camera.

    Args:
        size_wh: of the photo.
        shoulder_px: width of the shoulders seen from the front.
        shoulders_at: middle of the shoulders in the photo.
        arms: a key of `ARMS`.
        yaw_deg: turned so far that the wearer's left side comes nearer; 180 is from behind.
    """
    left = {name: (*ARMS[arms].get(name, xyz[:2]), xyz[2]) for name, xyz in _LEFT.items()}
    right = {_other(name): (-x, y, z) for name, (x, y, z) in left.items()}
    body = np.array([{**_MIDDLE, **left, **right}[name] for name in KEYPOINT_NAMES])
    yaw = np.radians(yaw_deg)
    x = body[:, 0] * np.cos(yaw) + body[:, 2] * np.sin(yaw)
    z = body[:, 2] * np.cos(yaw) - body[:, 0] * np.sin(yaw)
    seen = np.stack([x, body[:, 1], z], axis=1)
    points_xy = seen[:, :2] * shoulder_px + shoulders_at
    hips = seen[[KEYPOINT_NAMES.index(f"{s}_hip") for s in ("left", "right")]].mean(axis=0)
    return DetectedPose(
        points_xy=points_xy,
        visibility=np.full(len(KEYPOINT_NAMES), 0.98),
        world_xyz=(seen - hips) * 0.37,
        mask=silhouette(points_xy, shoulder_px, size_wh),
    )


def _other(name: str) -> str:
    if name.startswith("left_"):
        return name.replace("left_", "right_")
    return name.replace("_left", "_right")


def turned_in_picture(person: DetectedPose, angle_deg: float) -> DetectedPose:
    """The person with the photo turned clockwise about its middle: 90 is lying down."""
    height, width = person.mask.shape
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    angle = np.radians(angle_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return replace(person, points_xy=(person.points_xy - centre) @ turn.T + centre)


def moved(person: DetectedPose, **joints: tuple[float, float]) -> DetectedPose:
    """The person with some joints elsewhere in the photo."""
    points_xy = person.points_xy.copy()
    for name, xy in joints.items():
        points_xy[KEYPOINT_NAMES.index(name)] = xy
    return replace(person, points_xy=points_xy)


def hidden(person: DetectedPose, *names: str) -> DetectedPose:
    """The person with some joints not seen."""
    visibility = person.visibility.copy()
    visibility[[KEYPOINT_NAMES.index(n) for n in names]] = 0.1
    return replace(person, visibility=visibility)


def silhouette(points_xy: PointsXY, shoulder_px: float, size_wh: tuple[int, int]) -> SoftMask:
    """(H, W) float32: head, trunk and limbs drawn around the joints."""
    at = {n: tuple(int(v) for v in xy) for n, xy in
          zip(KEYPOINT_NAMES, np.clip(points_xy, -5000, 5000).round(), strict=True)}  # fmt: skip
    canvas = np.zeros((size_wh[1], size_wh[0]), np.uint8)
    corners = [at[n] for n in ("left_shoulder", "right_shoulder", "right_hip", "left_hip")]
    cv2.fillPoly(canvas, [np.array(corners, np.int32)], 255)
    across = np.subtract(at["left_shoulder"], at["right_shoulder"]) / 2
    shoulders = np.add(at["left_shoulder"], at["right_shoulder"]) / 2
    up = shoulders - np.add(at["left_hip"], at["right_hip"]) / 2
    up = up / max(1.0, float(np.hypot(*up))) * shoulder_px
    slope = [shoulders + s * x * across + y * up for s in (1, -1) for x, y in _SLOPE[::s]]
    cv2.fillPoly(canvas, [np.array(slope).round().astype(np.int32)], 255)
    hips = [np.array(at[f"{side}_hip"]) for side in ("left", "right")]
    thighs = [hip + 0.2 * (np.array(at[f"{side}_knee"]) - hip)
              for side, hip in zip(("left", "right"), hips, strict=True)]  # fmt: skip
    pelvis = np.array([*hips, *reversed(thighs)]).round().astype(np.int32)
    cv2.fillPoly(canvas, [pelvis], 255)
    thick = max(1, round(0.2 * shoulder_px))
    middle = tuple(int(v) for v in np.mean([at["left_shoulder"], at["right_shoulder"]], axis=0))
    lines = [(at["nose"], middle), (at["left_shoulder"], at["right_shoulder"])]
    for side in ("left", "right"):
        arm = [at[f"{side}_{n}"] for n in ("shoulder", "elbow", "wrist", "index")]
        lines += list(itertools.pairwise(arm))
        leg = [np.array(at[f"{side}_{n}"]) for n in ("hip", "knee", "ankle")]
        for bone, radii in zip(
            itertools.pairwise(leg), itertools.pairwise(_LEG_RADII), strict=True
        ):
            canvas[capsule(canvas.shape, *bone, *(r * shoulder_px for r in radii))] = 255
    for start, end in lines:
        cv2.line(canvas, start, end, 255, thick)
    head = (max(1, round(0.24 * shoulder_px)), max(1, round(0.36 * shoulder_px)))
    cv2.ellipse(canvas, at["nose"], head, 0, 0, 360, 255, -1)
    return canvas.astype(np.float32) / np.float32(255)


def photo_of(person: DetectedPose, clothes: tuple[int, int, int] = (120, 90, 150)) -> RgbImage:
    """(H, W, 3) uint8: the person dressed before a wall, every pixel a little different."""
    noise = np.random.default_rng(0).integers(-6, 7, (*person.mask.shape, 3))
    rgb = np.where(person.mask[..., None] > 0.5, clothes, BACKGROUND).astype(np.uint8)
    at = dict(zip(KEYPOINT_NAMES, person.points_xy, strict=True))
    head_px = float(np.hypot(*(at["nose"] - (at["left_ear"] + at["right_ear"]) / 2)))
    head_px = max(head_px, float(np.hypot(*(at["left_ear"] - at["right_ear"]))) / 2)
    for name, radius in (("nose", 1.4), ("left_index", 0.7), ("right_index", 0.7)):
        centre = tuple(int(v) for v in np.clip(at[name], -5000, 5000).round())
        cv2.circle(rgb, centre, max(2, round(radius * head_px)), SKIN, -1)
    return np.asarray(np.clip(rgb.astype(np.int64) + noise, 0, 255), np.uint8)


class FakePose:
    """Answers each call with the next of `answers`, then for ever with the last one.

    Attributes:
        calls: how many times it was asked.
        photos: what it was shown.
    """

    def __init__(self, *answers: tuple[DetectedPose, ...]) -> None:
        self._answers = answers
        self._lock = threading.Lock()
        self.photos: list[RgbImage] = []

    @property
    def calls(self) -> int:
        return len(self.photos)

    def detect(self, photo_rgb: RgbImage) -> tuple[DetectedPose, ...]:
        with self._lock:
            self.photos.append(photo_rgb)
            return self._answers[min(len(self.photos), len(self._answers)) - 1]

    def close(self) -> None:
        """Nothing to free."""


class PoseOnItsPhoto(FakePose):
    """Sees the person in photos of the person's size, and nobody in other photos."""

    def __init__(self, person: DetectedPose) -> None:
        super().__init__((person,))
        self._shape_hw = person.mask.shape

    def detect(self, photo_rgb: RgbImage) -> tuple[DetectedPose, ...]:
        people = super().detect(photo_rgb)
        return people if photo_rgb.shape[:2] == self._shape_hw else ()


class FakeMatting:
    """Foreground is what differs from the colour of the top left corner, or a mask given.

    Attributes:
        calls: how many times it was asked.
    """

    def __init__(self, mask: SoftMask | None = None) -> None:
        self._mask = mask
        self._lock = threading.Lock()
        self.calls = 0

    def alpha(self, photo_rgb: RgbImage) -> SoftMask:
        with self._lock:
            self.calls += 1
        if self._mask is not None:
            return self._mask
        differs: NDArray[np.int16] = photo_rgb.astype(np.int16) - photo_rgb[0, 0].astype(np.int16)
        return np.asarray(np.abs(differs).max(axis=2) > 24, np.float32)


class Broken:
    """A model that fails as a vendor's library does: with an exception of its own."""

    def detect(self, photo_rgb: RgbImage) -> tuple[DetectedPose, ...]:
        raise RuntimeError("session lost")

    def alpha(self, photo_rgb: RgbImage) -> SoftMask:
        raise RuntimeError("session lost")

    def close(self) -> None:
        """Nothing to free."""


def a_photo(person: DetectedPose) -> Photo:
    """The drawn person as stage 0 hands a photo on."""
    rgb = photo_of(person)
    return Photo(rgb, None, (rgb.shape[1], rgb.shape[0]), "0" * 64)


def posed(person: DetectedPose) -> Pose:
    """What stage 2 makes of a person."""
    return find_pose(a_photo(person), FakePose((person,)))


def masks_of(person: DetectedPose, pose: Pose) -> PersonMasks:
    """The person taken apart by joints alone: sleeved arms, no hair, no skin."""
    none = np.zeros_like(person.mask)
    arms = np.zeros(person.mask.shape, np.uint8)
    for side in ("left", "right"):
        shoulder, *rest = (pose.xy(f"{side}_{n}") for n in ("shoulder", "elbow", "wrist", "index"))
        line = np.array([shoulder + 0.3 * (rest[0] - shoulder), *rest]).round().astype(np.int32)
        cv2.polylines(arms, [line], False, 1, max(1, round(0.2 * pose.scale_px)))
    trunk = polygon(person.mask.shape, trunk_corners(pose)).astype(np.float32) * person.mask
    behind = arms_behind(pose, none)
    return PersonMasks(
        person=person.mask,
        torso=trunk * (1 - arms),
        arms=(arms * person.mask).astype(np.float32),
        hair=none,
        skin=none.copy(),
        old_top=OldClothes.none(photo_of(person)),
        find_old_bottom=lambda: OldClothes.none(photo_of(person)),
        loose_sleeves=none > 0,
        arms_behind=None if behind is None else behind.astype(np.float32),
    )
