"""Do one claimed job: dress, keep the files, write the end down. The same under every runner."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from tryon.artifacts import DEBUG_FILES, Recorder, error_file
from tryon.errors import (
    Cancelled,
    ServiceUnavailable,
    StorageError,
    TryOnError,
    WeightsUnavailable,
)
from tryon.jobs.claims import Claims
from tryon.jobs.files import artifact_key, garment_keys, person_key, result_key
from tryon.jobs.job import Job, JobOptions, JobResult
from tryon.jobs.watch import Watch, insist
from tryon.ports import BlobMissing, BlobStore
from tryon.runs import Unexpected
from tryon.steps import OnStep, StepEvent

LOG = logging.getLogger(__name__)

TRANSIENT: Final = (StorageError, WeightsUnavailable, ServiceUnavailable)
TRANSIENT_REASONS: Final = frozenset({"quota_now", "unreachable", "unavailable", "paused"})


@dataclass(frozen=True, slots=True, eq=False)
class Dressed:
    """What came out, as files.

    Attributes:
        files: name and content of every artifact.
        picture: name of the file that is the result.
    """

    files: Iterable[tuple[str, bytes]]
    picture: str
    quality_score: float
    retry_count: int
    generator: str | None
    warnings: tuple[str, ...]
    seconds: dict[str, float]


class Dresser(Protocol):
    """The pipeline, as a worker sees it."""

    def __call__(
        self,
        person: bytes,
        garments: Sequence[bytes],
        options: JobOptions,
        on_step: OnStep,
        is_cancelled: Callable[[], bool],
    ) -> Dressed:
        """Dress the person of one photo in the garments of others. Raises TryOnError."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Does jobs, one call each. Safe to use from several threads.

    Attributes:
        timeout_s: a job at work for longer fails.
        save_debug: whether the pictures of every stage are kept.
    """

    claims: Claims
    blobs: BlobStore
    dress: Dresser
    timeout_s: float = 180.0
    save_debug: bool = True

    def work(self, job: Job, stop: threading.Event | None = None) -> None:
        """Do it to the end, whatever that is; never raises.

        Args:
            job: claimed by us a moment ago.
            stop: set when this process has to end: the job goes back at the next stage.
        """
        watch = Watch(self.claims, job, self.timeout_s, stop or threading.Event())
        watch.start()
        recorder = Recorder()

        def on_step(event: StepEvent) -> None:
            recorder(event)
            watch.on_step(event)

        try:
            result = self._dressed(job, on_step, watch.should_stop)
            watch.seal()
            if insist(lambda: self.claims.finish(job, result)) is False:
                self._discard(job)
        except Cancelled:
            if watch.is_ours and watch.stop.is_set():
                insist(lambda: self.claims.release(job))
            self._discard(job)
        except TryOnError as error:
            watch.seal()
            self._failed(job, error, recorder)
        except Exception as exc:  # a bug: the log keeps the traceback, the owner a sentence
            LOG.exception("job %s, attempt %d", job.id, job.attempt)
            watch.seal()
            self._failed(job, Unexpected(f"{type(exc).__name__}"), recorder)
        finally:
            watch.end()

    def _dressed(self, job: Job, on_step: OnStep, should_stop: Callable[[], bool]) -> JobResult:
        try:
            person = self.blobs.get(person_key(job.id))
            keys = garment_keys(job.id, len(job.options.garments))
            garments = [self.blobs.get(key) for key in keys]
        except BlobMissing as exc:  # erased meanwhile
            raise Cancelled(f"{exc} is gone") from exc
        dressed = self.dress(person, garments, job.options, on_step, should_stop)
        if should_stop():
            raise Cancelled
        on_step(StepEvent("store"))
        start = time.perf_counter()
        etag = self._store(job, dressed)
        seconds = dressed.seconds | {"store": time.perf_counter() - start}
        return JobResult(
            etag=etag,
            quality_score=round(dressed.quality_score, 4),
            retry_count=dressed.retry_count,
            generator=dressed.generator,
            warnings=dressed.warnings,
            seconds={name: round(taken, 4) for name, taken in seconds.items()},
        )

    def _store(self, job: Job, dressed: Dressed) -> str:
        """Write every file; returns the sha256 of the result."""
        etag = ""
        for name, content in dressed.files:
            if name == dressed.picture:
                etag = hashlib.sha256(content).hexdigest()
                self.blobs.put(result_key(job), content)
            if self.save_debug or name not in DEBUG_FILES:
                self.blobs.put(artifact_key(job, name), content)
        if not etag:
            raise ValueError(f"files: want {dressed.picture} among them")
        return etag

    def _failed(self, job: Job, error: TryOnError, recorder: Recorder) -> None:
        """Keep what exists so far, then write the failure down."""
        LOG.info("job %s, attempt %d: %s", job.id, job.attempt, error)
        if is_transient(error) and insist(lambda: self.claims.retry(job, error)) is not False:
            return
        try:
            for name, content in (*recorder.files(), error_file(error)):
                if self.save_debug or name not in DEBUG_FILES:
                    self.blobs.put(artifact_key(job, name), content)
        except Exception:  # the failure itself is more important than its pictures
            LOG.exception("job %s: its files so far could not be kept", job.id)
        if insist(lambda: self.claims.fail(job, error)) is False:
            self._discard(job)

    def _discard(self, job: Job) -> None:
        """Erase what this attempt wrote: nobody will ask for it."""
        try:
            kept = [found.key for found in self.blobs.walk(artifact_key(job, ""))]
            self.blobs.delete([result_key(job), *kept])
        except StorageError as error:
            LOG.warning("job %s: files left for the sweep: %s", job.id, error)


def is_transient(error: TryOnError) -> bool:
    """Whether the same job may well succeed in a moment."""
    return isinstance(error, TRANSIENT) or error.reason in TRANSIENT_REASONS
