"""Do one claimed job: dress, keep the files, write the end down. The same under every runner."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tryon.artifacts.files import DEBUG_FILES, Recorder, error_file
from tryon.errors import (
    Cancelled,
    JobErased,
    ServiceUnavailable,
    StorageError,
    TryOnError,
    Unexpected,
    WeightsUnavailable,
)
from tryon.jobs.claims import Claims
from tryon.jobs.dresser import Dressed, Dresser
from tryon.jobs.files import artifact_key, garment_keys, person_key, result_key
from tryon.jobs.job import Job, JobResult
from tryon.jobs.lease import Lease, insist
from tryon.ports import BlobMissing, BlobStore
from tryon.steps import OnStep, StepEvent

LOG = logging.getLogger(__name__)

TRANSIENT: Final = (StorageError, WeightsUnavailable, ServiceUnavailable)
TRANSIENT_REASONS: Final = frozenset({"quota_now", "unreachable", "unavailable", "paused"})


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

    def work(
        self,
        job: Job,
        stop: threading.Event | None = None,
        on_overdue: Callable[[], None] = lambda: None,
    ) -> None:
        """Do it to the end, whatever that is; never raises.

        Args:
            job: claimed by us a moment ago.
            stop: set when this process has to end: the job goes back at the next stage.
            on_overdue: told when the job has failed for its time and its stage has not ended.
        """
        start = time.monotonic()
        lease = Lease(self.claims, job, self.timeout_s, stop or threading.Event(), on_overdue)
        lease.start()
        recorder = Recorder()

        def on_step(event: StepEvent) -> None:
            recorder(event)
            lease.on_step(event)

        outcome = "DONE"
        try:
            result = self._dressed(job, on_step, lease.should_stop)
            lease.seal()
            if insist(lambda: self.claims.finish(job, result)) is False:
                self._discard(job)
        except Cancelled:
            outcome = "stopped"
            if lease.is_ours and lease.stop.is_set():
                insist(lambda: self.claims.release(job))
            self._discard(job)
        except TryOnError as error:
            outcome = error.code
            lease.seal()
            self._failed(job, error, recorder)
        except Exception as exc:  # a bug: the log keeps the traceback, the owner a sentence
            outcome = Unexpected.code
            LOG.exception("job %s, attempt %d", job.id, job.attempt)
            lease.seal()
            self._failed(job, Unexpected(f"{type(exc).__name__}"), recorder)
        finally:
            lease.end()
            facts = {"job_id": job.id, "attempt": job.attempt, "outcome": outcome,
                     "seconds": round(time.monotonic() - start, 3)}  # fmt: skip
            LOG.info("job %s: %s", job.id, outcome, extra={"facts": facts})

    def _dressed(self, job: Job, on_step: OnStep, should_stop: Callable[[], bool]) -> JobResult:
        try:
            person = self.blobs.get(person_key(job.id))
            keys = garment_keys(job.id, len(job.options.garments))
            garments = [self.blobs.get(key) for key in keys]
        except BlobMissing as exc:
            raise JobErased(f"{exc} is gone") from exc
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
