"""What is slow, paid, random or remote, as the pipeline sees it. Adapters implement these."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tryon.arrays import PointsXY, RgbaImage, RgbImage, SoftMask

GeneratorName: TypeAlias = Literal["nano-banana", "offline"]

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
        """Every person in (H, W, 3) uint8, most prominent first; empty when nobody is seen."""

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


@dataclass(frozen=True, slots=True, eq=False)
class GenerationRequest:
    """What a generator is given to make one final picture from. All but `garments` are (H, W).

    Attributes:
        person: (H, W, 3) uint8, the photo to dress.
        garments: (h, w, 4) uint8 with straight alpha, each garment by itself, of any size; the
            uppermost first.
        draft: (H, W, 3) uint8, the photo with the garment fitted on it.
        cloth: (H, W) float32, how much of the draft is garment.
        behind: (H, W) float32, garment that arms, hair or chin hide.
        worn: (H, W) float32, where clothes are worn in `person`, as far as that is known.
        region: (H, W) float32, where the answer may differ from `person`; the rest is not used.
        labels: what each picture is, in words: garments, draft, person.
        instruction: what to do, in words, for generators that read.
        realism_level: 1 hardly changed .. 5 made anew.
        model: which of the generator's models; None for its own default.
        seed: for generators that draw lots; None lets them.
        timeout_s: seconds left for this picture.
        is_cancelled: asked often, also while an answer is waited for.
    """

    person: RgbImage
    garments: tuple[RgbaImage, ...]
    draft: RgbImage
    cloth: SoftMask
    behind: SoftMask
    worn: SoftMask
    region: SoftMask
    labels: tuple[str, ...]
    instruction: str
    realism_level: int
    model: str | None
    seed: int | None
    timeout_s: float
    is_cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, eq=False)
class Generated:
    """One answer of a generator.

    Attributes:
        image: (H', W', 3) uint8 of any size; shows what `GenerationRequest.person` shows.
        model: which model made it.
        seconds: wall time, repeats after failures included.
        calls: how many requests it took.
        finish_reason: as the generator words it.
        usage: what the generator counted, by its names.
        cost_usd: about what it cost; None where that is not known.
    """

    image: RgbImage
    model: str
    seconds: float
    calls: int = 1
    finish_reason: str = ""
    usage: Mapping[str, int] = field(default_factory=dict)
    cost_usd: float | None = None


class Generator(Protocol):
    """Makes the draft look photographed. Safe to call from several threads."""

    @property
    def name(self) -> GeneratorName:
        """Which one it is, shown to people."""

    @property
    def model(self) -> str:
        """Its default model."""

    @property
    def sends(self) -> str:
        """A sentence on what leaves this machine, and where to."""

    @property
    def is_deterministic(self) -> bool:
        """Whether asking again gives the same picture."""

    def generate(self, request: GenerationRequest) -> Generated:
        """One picture. Raises NanoApiError, TimedOut or Cancelled."""
