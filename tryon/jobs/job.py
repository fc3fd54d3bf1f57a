"""A job as everybody sees it: the record, its states and the moves between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from tryon.anchors import GarmentType, Tuck
from tryon.artifacts.record import Mode
from tryon.errors import TryOnError
from tryon.generation.options import GeneratorChoice

LOW, NORMAL, HIGH = 0, 5, 9  # priorities; any whole number between them will do


class JobState(StrEnum):
    """Where a job stands. The names are those of the REST API."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_final(self) -> bool:
        """Whether nothing will happen to it any more but being erased."""
        return not MOVES[self]


MOVES: Final[dict[JobState, frozenset[JobState]]] = {
    # FAILED without running: its workers died every time. QUEUED again: a transient failure.
    # RUNNING again: another worker took over from one that was not heard of any more.
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED, JobState.FAILED}),
    JobState.RUNNING: frozenset(JobState),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}


def may_become(state: JobState) -> list[JobState]:
    """The states from which a job may move to `state`."""
    return [before for before, after in MOVES.items() if state in after]


@dataclass(frozen=True, slots=True)
class GarmentOptions:
    """What the submitter said of one garment.

    Attributes:
        garment_type: None to detect.
        anchors: the document of an `anchors.json`, checked; None to find them.
    """

    garment_type: GarmentType | None = None
    anchors: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class JobOptions:
    """What the submitter chose.

    Attributes:
        garments: one for each garment photo, in their order.
        mode: how far to go.
        tuck: how a top is worn.
        preserve_face: the final picture keeps the face of the photo, pixel by pixel.
        preserve_background: the final picture keeps everything around the person.
        realism_level: 1 (as drafted) to 5 (most freely lit and folded).
        generator: who makes the final picture.
        max_retries: other strategies to try while the score is too low.
    """

    garments: tuple[GarmentOptions, ...] = (GarmentOptions(),)
    mode: Mode = "final"
    tuck: Tuck = "auto"
    preserve_face: bool = True
    preserve_background: bool = True
    realism_level: int = 3
    generator: GeneratorChoice = "auto"
    max_retries: int = 2

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "JobOptions":
        """From what `dataclasses.asdict` made of it."""
        garments = tuple(GarmentOptions(**garment) for garment in document["garments"])
        return JobOptions(**{**document, "garments": garments})


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed, in the words of `tryon/errors.py`."""

    code: str
    message: str
    remedy: str
    stage: str | None = None
    reason: str | None = None

    @staticmethod
    def of(error: TryOnError) -> "JobError":
        """What a status says of a failure."""
        return JobError(error.code, error.message, error.remedy, error.stage, error.reason)


@dataclass(frozen=True, slots=True)
class JobResult:
    """What came out of it.

    Attributes:
        etag: sha256 of the picture.
        quality_score: 0..1; of an outfit, the lowest of its garments.
        retry_count: other strategies that were tried, for all garments together.
        generator: who made the final picture; None for a draft.
        warnings: what a person should read about this run.
        seconds: by stage name.
    """

    etag: str
    quality_score: float
    retry_count: int
    generator: str | None = None
    warnings: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """One job at one moment. Times are seconds since 1970.

    Attributes:
        id: random; who knows it still needs the owner's key.
        owner: who submitted it.
        attempt: how often it was begun; names the files of that attempt.
        due: QUEUED: when it may begin; RUNNING: when its worker counts as lost.
        stage: name of the stage at work, a key of `tryon.steps.STAGES`.
        progress: 0..1.
        queue_position: how many waiting jobs are begun before this one; None when it is not
            QUEUED, or nobody asked.
    """

    id: str
    owner: str
    state: JobState
    options: JobOptions
    priority: int
    attempt: int
    due: float
    created: float
    completed: float | None = None
    stage: str | None = None
    progress: float = 0.0
    result: JobResult | None = None
    error: JobError | None = None
    queue_position: int | None = None
