"""What is slow, paid, random or remote, as the pipeline sees it. Adapters implement these."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from tryon.arrays import PointsXY, RgbImage, SoftMask

KEYPOINT_NAMES = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer",
    "right_eye_inner", "right_eye", "right_eye_outer", "left_ear", "right_ear",
    "mouth_left", "mouth_right", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_pinky", "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb",
    "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    "left_heel", "right_heel", "left_foot_index", "right_foot_index",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class DetectedPose:
    """One person as the pose model sees them.

    Attributes:
        points_xy: (33, 2) float64, pixels of the photo, in the order of `KEYPOINT_NAMES`.
        visibility: (33,) float64, 0.0 hidden .. 1.0 seen.
        world_xyz: (33, 3) float64, metres about the hips: x right in the photo, y down, z away
            from the camera.
        mask: (H, W) float32, soft mask of this person, size of the photo.
    """

    points_xy: PointsXY
    visibility: NDArray[np.float64]
    world_xyz: NDArray[np.float64]
    mask: SoftMask


class PoseModel(Protocol):
    """Finds people and their keypoints. Implementations are safe to call from several threads."""

    def detect(self, photo_rgb: RgbImage) -> tuple[DetectedPose, ...]:
        """Every person found, most prominent first; empty when nobody is seen."""

    def close(self) -> None:
        """Free the model; the next `detect` opens it again."""


class MattingModel(Protocol):
    """Separates the foreground. Implementations are safe to call from several threads."""

    def alpha(self, photo_rgb: RgbImage) -> SoftMask:
        """(H, W) float32 foreground alpha, size of the photo."""


class BlobMissing(KeyError):
    """There is no blob of this name."""


@dataclass(frozen=True, slots=True)
class BlobStat:
    """What a listing tells of a blob. `modified` is in seconds since 1970, `size` in bytes."""

    key: str
    modified: float
    size: int


class BlobStore(Protocol):
    """Files by key, `folder/folder/name`. Every call may raise StorageError."""

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        """Write all of it, in place of what was there; a reader never sees a part."""

    def get(self, key: str) -> bytes:
        """All of it. Raises BlobMissing."""

    def walk(self, prefix: str) -> Iterator[BlobStat]:
        """Every blob below a folder (`a/b/`)."""

    def delete(self, keys: list[str]) -> None:
        """Erase them; those that are not there do not matter."""


class BlobLinks(Protocol):
    """How a blob is served without passing through our memory. One of the two is not None."""

    def path(self, key: str) -> Path | None:
        """Where it is on this machine."""

    def link(self, key: str) -> str | None:
        """A signed address at which anybody may read it for some minutes."""
