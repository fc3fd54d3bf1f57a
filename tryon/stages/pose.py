"""Stage 2: the 33 keypoints of the person to dress, and whether this pose can be dressed."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.arrays import PointsXY, RgbImage, SoftMask, frozen
from tryon.errors import PoseFailed
from tryon.geometry import Resize, fit_within
from tryon.ports import KEYPOINT_NAMES, DetectedPose, PoseModel
from tryon.stages.body.human import shows_a_person
from tryon.stages.load import Photo

MIN_TRUNK = 0.06  # trunk length / longer side of the photo: smaller people have no detail
MAX_LEAN_DEG = 50.0  # of the trunk from upright; dancers and leaning people stay below
MIN_SHOULDER_VISIBILITY = 0.5  # the model's own visibility
MIN_TRUNK_SHOWN = 0.3  # of the trunk's length must be inside the photo
MIN_BREADTH = 0.2  # shoulders / trunk: below it the person is seen from the side
LEAST_BREADTH = 0.52  # frontal shoulders / trunk length, the narrowest of 60 people measured

DETECT_SIDE = 768  # px: longer side of the copy on which people are looked for
PAD_BELOW = 0.7  # of the photo's height, so that a person cut at the thighs has room for legs

_SHOULDERS = [KEYPOINT_NAMES.index(n) for n in ("left_shoulder", "right_shoulder")]
_HIPS = [KEYPOINT_NAMES.index(n) for n in ("left_hip", "right_hip")]
_ANKLES = [KEYPOINT_NAMES.index(n) for n in ("left_ankle", "right_ankle")]
_LEGS = slice(_HIPS[0], None)  # hips, knees, ankles, feet
_HEADLESS = ("nose", "left_shoulder", "right_shoulder")


def _mirrored(name: str) -> str:
    for one, other in (("left", "right"), ("right", "left")):
        if name.startswith(f"{one}_") or name.endswith(f"_{one}"):
            return name.replace(one, other)
    return name


_MIRROR = [KEYPOINT_NAMES.index(_mirrored(name)) for name in KEYPOINT_NAMES]


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """The keypoints of the person to dress, in pixels of the working photo.

    Attributes:
        points_xy: (33, 2) float64, order of `KEYPOINT_NAMES`.
        visibility: (33,) float64, 0.0 hidden .. 1.0 seen.
        scale_px: the unit of length on this person: the width of the shoulders as if seen
            from the front.
        yaw_deg: how far the trunk is turned from the camera; 0 frontal, positive when the
            wearer's left side is nearer to the camera.
        mask: (H, W) float32 soft mask from the pose model.
        notes: sentences a person should read (several people were seen ...).
    """

    points_xy: PointsXY
    visibility: NDArray[np.float64]
    scale_px: float
    yaw_deg: float
    mask: SoftMask
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        frozen(self.points_xy)
        frozen(self.visibility)
        frozen(self.mask)

    def xy(self, name: str) -> NDArray[np.float64]:
        """(2,) float64 pixels of one keypoint."""
        return np.asarray(self.points_xy[KEYPOINT_NAMES.index(name)])

    def seen(self, name: str) -> float:
        """Visibility 0..1 of one keypoint."""
        return float(self.visibility[KEYPOINT_NAMES.index(name)])

    @property
    def shoulder_px(self) -> float:
        """Distance between the shoulder keypoints as seen."""
        return float(np.hypot(*(self.xy("left_shoulder") - self.xy("right_shoulder"))))

    @property
    def as_if_front(self) -> "Pose":
        """The same pose with left and right swapped when the person is seen from behind."""
        if not self.is_from_behind:
            return self
        return replace(self, points_xy=self.points_xy[_MIRROR], visibility=self.visibility[_MIRROR])

    @property
    def is_from_behind(self) -> bool:
        """Whether the person turns their back to the camera."""
        return bool(self.xy("left_shoulder")[0] < self.xy("right_shoulder")[0])

    def resized(self, size_wh: tuple[int, int]) -> "Pose":
        """The same pose on a smaller or larger picture."""
        resize = Resize((self.mask.shape[1], self.mask.shape[0]), size_wh)
        return replace(
            self,
            points_xy=resize.points(self.points_xy).astype(np.float64),
            scale_px=self.scale_px * resize.scale_xy[0],
            mask=cv2.resize(self.mask, size_wh, None, 0, 0, cv2.INTER_LINEAR),
        )


def find_pose(photo: Photo, model: PoseModel) -> Pose:
    """Keypoints of the most prominent person.

    Raises:
        PoseFailed: nobody, only a face, lying down, shoulders cut off, or bent over.
    """
    people = model.detect(photo.rgb)
    if not people:
        raise PoseFailed("no person detected", message="No person was found in this photo.")
    if not shows_a_person(photo.rgb, people[0]):
        raise PoseFailed(
            "no skin at face or hands",
            message="This looks like a picture of clothes, not of a person.",
            remedy="Put the person photo first; a person's face or hands must be visible in it.",
        )
    pose = _with_legs_below(people[0], photo, model)
    height, width = photo.rgb.shape[:2]
    notes: list[str] = []
    points_xy, visibility = pose.points_xy, pose.visibility
    world = pose.world_xyz
    if _is_headless_front(points_xy, height):
        points_xy, visibility, world = (a[_MIRROR] for a in (points_xy, visibility, world))
        notes.append("The head is not in the picture; the person is taken to face the camera.")
    named = dict(zip(KEYPOINT_NAMES, points_xy, strict=True))
    shoulders = np.array([named["left_shoulder"], named["right_shoulder"]])
    hips = np.array([named["left_hip"], named["right_hip"]])
    trunk = hips.mean(axis=0) - shoulders.mean(axis=0)
    trunk_px = float(np.hypot(*trunk))
    _check_usable(shoulders, trunk, visibility, (width, height))
    across = (
        world[KEYPOINT_NAMES.index("left_shoulder")] - world[KEYPOINT_NAMES.index("right_shoulder")]
    )
    yaw_deg = float(np.degrees(np.arctan2(across[2], abs(across[0]))))
    if across[0] < 0:
        notes.append("The person is seen from behind; the fit is made for a front view.")
    if len(people) > 1:
        notes.append(f"{len(people)} people were found; the most prominent one is dressed.")
    seen_px = float(np.hypot(*(shoulders[0] - shoulders[1])))
    scale_px = max(seen_px, LEAST_BREADTH * trunk_px)
    return Pose(points_xy, visibility, scale_px, -yaw_deg, pose.mask, tuple(notes))


def detect_people(photo_rgb: RgbImage, model: PoseModel) -> tuple[DetectedPose, ...]:
    """Everybody in a picture, most prominent first, looked for quickly on a smaller copy.

    Good to tell whether somebody is there and where the legs are; the person to dress is looked
    for on the whole photo.
    """
    size_wh = (photo_rgb.shape[1], photo_rgb.shape[0])
    small_wh = fit_within(size_wh, DETECT_SIDE)
    if small_wh == size_wh:
        return model.detect(photo_rgb)
    enlarge = Resize(small_wh, size_wh)
    return tuple(
        replace(
            person,
            points_xy=enlarge.points(person.points_xy).astype(np.float64),
            mask=cv2.resize(person.mask, size_wh, None, 0, 0, cv2.INTER_LINEAR),
        )
        for person in model.detect(cv2.resize(photo_rgb, small_wh, None, 0, 0, cv2.INTER_AREA))
    )


def _with_legs_below(pose: DetectedPose, photo: Photo, model: PoseModel) -> DetectedPose:
    """The pose with its hips looked at again when the photo ends between hips and feet.

    The model was made for whole people. Photos that end at the thighs pull the hips down; with
    plain grey below they come out higher (mean error 0.14 -> 0.10 shoulder widths on 5 labelled
    people, the same for any height of grey from half the photo's to all of it). Shoulders that
    move show that the second look is no better.
    """
    height = photo.rgb.shape[0]
    hips, ankles = pose.points_xy[_HIPS], pose.points_xy[_ANKLES]
    if hips[:, 1].max() > 0.95 * height or ankles[:, 1].min() < height:
        return pose
    below = round(PAD_BELOW * height)
    grey = (128, 128, 128)
    padded = cv2.copyMakeBorder(photo.rgb, 0, below, 0, 0, cv2.BORDER_CONSTANT, value=grey)
    again = detect_people(padded, model)
    if not again:
        return pose
    shoulders = pose.points_xy[_SHOULDERS]
    moved = np.hypot(*(again[0].points_xy[_SHOULDERS] - shoulders).T).max()
    if moved > 0.1 * float(np.hypot(*(shoulders[0] - shoulders[1]))):
        return pose
    points_xy = pose.points_xy.copy()
    points_xy[_LEGS] = again[0].points_xy[_LEGS]
    return replace(pose, points_xy=points_xy)


def _is_headless_front(points_xy: PointsXY, height: int) -> bool:
    """Without a head the model often takes a front for a back: left and right are swapped."""
    nose, left, right = (points_xy[KEYPOINT_NAMES.index(n)] for n in _HEADLESS)
    return bool(nose[1] < 0.02 * height and left[0] < right[0])


def _check_usable(
    shoulders: PointsXY,
    trunk: NDArray[np.float64],
    visibility: NDArray[np.float64],
    size_wh: tuple[int, int],
) -> None:
    trunk_px, breadth_px = float(np.hypot(*trunk)), float(np.hypot(*(shoulders[0] - shoulders[1])))
    if trunk_px < MIN_TRUNK * max(size_wh):
        raise PoseFailed(
            f"trunk {trunk_px:.0f} px",
            message="The person is too small in this photo.",
            remedy="Use a photo in which the person fills most of the height.",
        )
    lean_deg = float(np.degrees(np.arctan2(abs(trunk[0]), trunk[1])))
    if lean_deg > MAX_LEAN_DEG:
        raise PoseFailed(
            f"trunk leans {lean_deg:.0f} deg",
            message="The person is lying down, bent over or the photo is turned on its side.",
            remedy="Use a photo of a person standing or sitting upright, the right way up.",
        )
    inside = (shoulders >= 0).all() and (shoulders < np.array(size_wh)).all()
    seen = visibility[[KEYPOINT_NAMES.index(f"{s}_shoulder") for s in ("left", "right")]]
    if not inside or seen.min() < MIN_SHOULDER_VISIBILITY:
        raise PoseFailed(
            f"shoulders at {shoulders.round().tolist()}, visibility {seen.round(2).tolist()}",
            message="The shoulders are cut off or hidden in this photo.",
            remedy="Use a photo that shows both shoulders and the trunk down to the hips.",
        )
    below = (size_wh[1] - 1 - float(shoulders[:, 1].mean())) / max(1.0, float(trunk[1]))
    if below < MIN_TRUNK_SHOWN:
        raise PoseFailed(
            f"{below:.2f} of the trunk in the picture",
            message="Only the face and shoulders are in this photo.",
            remedy="Use a photo that shows the person from the head down to the hips.",
        )
    if breadth_px < MIN_BREADTH * trunk_px:
        raise PoseFailed(
            f"shoulders {breadth_px:.0f} px, trunk {trunk_px:.0f} px",
            message="The person is seen from the side.",
            remedy="Use a photo taken from the front, or turned by less than about 60 degrees.",
        )
