"""The one service the REST API calls: whose job it is, where its files are, what may be done."""

import contextlib
import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from tryon.errors import (
    JobErased,
    NotFound,
    NotReady,
    QueueFull,
    StorageError,
    TryOnError,
)
from tryon.jobs.files import artifact_key, garment_keys, person_key, result_key
from tryon.jobs.job import Job
from tryon.jobs.ledger import Ledger, NewJob
from tryon.jobs.runner import Runner
from tryon.jobs.submission import Submission
from tryon.jobs.sweep import erase_files
from tryon.ports import BlobLinks, BlobMissing, BlobStore

LOG = logging.getLogger(__name__)

NOT_FINAL: Final = "This job ended without a result."


class Blobs(BlobStore, BlobLinks, Protocol):
    """Files by key, and how to serve them."""


@dataclass(frozen=True, slots=True)
class Served:
    """A file to answer with: the first of the three that is not None.

    Attributes:
        link: where the client can get it.
        path: where it is on this machine.
        content: all of it.
        etag: changes when the content does; None where nothing is known of it.
    """

    link: str | None
    path: Path | None
    content: bytes | None
    etag: str | None = None


class JobService:
    """Jobs by owner. Safe to use from several threads.

    Args:
        ledger: the table of jobs.
        blobs: their files.
        runner: is told of new jobs.
        fetch: the bytes behind a public address.
        max_bytes: a larger picture is refused.
        max_queued: with so many waiting, no more are taken.
        max_retries: of jobs whose submitter does not say.
        has_space: whether the disk takes more photos; jobs already taken need what is left.
    """

    def __init__(
        self,
        ledger: Ledger,
        blobs: Blobs,
        runner: Runner,
        fetch: Callable[[str], bytes],
        max_bytes: int,
        max_queued: int,
        max_retries: int,
        has_space: Callable[[], bool] = lambda: True,
    ) -> None:
        self.fetch = fetch
        self.max_retries = max_retries
        self._ledger = ledger
        self._blobs = blobs
        self._runner = runner
        self._max_bytes = max_bytes
        self._max_queued = max_queued
        self._has_space = has_space

    def submit(self, owner: str, submission: Submission) -> Job:
        """Store the photos, write the job down, tell the runner; in this order, so none is lost.

        Raises:
            TryOnError: a picture that is none or too large, anchors that are none, a queue that is
                full, a disk that is, a key that was used for another request.
        """
        submission = submission.checked(self._max_bytes)
        fingerprint = submission.fingerprint()
        if submission.idempotency_key:
            earlier = self._ledger.find_repeated(owner, submission.idempotency_key, fingerprint)
            if earlier is not None:
                return earlier
        if self._ledger.num_queued() >= self._max_queued:
            raise QueueFull
        if not self._has_space():
            raise StorageError(
                message="The disk of the service is nearly full: no more jobs are taken.",
                remedy="Try again later; who runs the service makes room.",
            )
        new = NewJob(
            id=str(uuid.uuid4()),
            owner=owner,
            options=submission.options,
            fingerprint=fingerprint,
            priority=submission.priority,
            idempotency_key=submission.idempotency_key,
            webhook_url=submission.webhook_url,
        )
        self._store(new.id, submission)
        job = self._ledger.submit(new)
        if job.id != new.id:  # the same request came twice at once
            erase_files(self._blobs, new.id)
            return job
        try:
            self._runner.hand(job)
        except TryOnError as error:  # the sweep hands it later
            LOG.warning("job %s is written down, but the queue is away: %s", job.id, error)
        return job

    def job(self, owner: str, job_id: str) -> Job:
        """The job at this moment.

        Raises:
            NotFound: no such job, or another's: nobody learns which.
            JobErased: it was theirs, and is no more.
        """
        job_id = _as_uuid(job_id)
        job = self._ledger.get(job_id)
        if job is None and self._ledger.was_erased(owner, job_id):
            raise JobErased
        if job is None or job.owner != owner:
            raise NotFound
        return job

    def page(self, owner: str, limit: int, before: str | None) -> Sequence[Job]:
        """Jobs of one owner, newest first, those after `before` (the id of a job) if given."""
        if before is None:
            return self._ledger.page(owner, limit)
        last = self.job(owner, before)
        return self._ledger.page(owner, limit, (last.created, last.id))

    def result(self, owner: str, job_id: str) -> Served:
        """The picture.

        Raises:
            NotFound: no such job of this owner.
            NotReady: it is not DONE.
        """
        job = self.job(owner, job_id)
        if job.result is None:
            raise NotReady(message=NOT_FINAL if job.state.is_final else None)
        return self._served(result_key(job), job.result.etag)

    def artifact_names(self, owner: str, job_id: str) -> Sequence[str]:
        """The files kept of the stages, of the latest attempt."""
        job = self.job(owner, job_id)
        folder = artifact_key(job, "")
        return sorted(found.key.removeprefix(folder) for found in self._blobs.walk(folder))

    def artifact(self, owner: str, job_id: str, name: str) -> Served:
        """One of them.

        Raises:
            NotFound: no such job of this owner, or no such file.
        """
        if name not in self.artifact_names(owner, job_id):
            raise NotFound
        return self._served(artifact_key(self.job(owner, job_id), name), None)

    def remove(self, owner: str, job_id: str) -> Literal["CANCELLED", "ERASED"]:
        """Cancel it when it has not ended, else erase it; its files go in both cases."""
        job = self.job(owner, job_id)
        is_cancelled = self._ledger.cancel(job.id)
        erase_files(self._blobs, job.id)
        if is_cancelled:
            return "CANCELLED"
        self._ledger.erase([job.id])
        return "ERASED"

    def _store(self, job_id: str, submission: Submission) -> None:
        keys = [person_key(job_id), *garment_keys(job_id, len(submission.garments))]
        try:
            for key, photo in zip(keys, submission.photos, strict=True):
                self._blobs.put(key, photo.file)
        except StorageError:  # a disk that is full should not keep half a job
            with contextlib.suppress(StorageError):
                erase_files(self._blobs, job_id)
            raise

    def _served(self, key: str, etag: str | None) -> Served:
        link, path = self._blobs.link(key), self._blobs.path(key)
        content = None
        try:
            if path is not None and not path.is_file():
                raise BlobMissing(key)
            if link is None and path is None:
                content = self._blobs.get(key)
        except BlobMissing as exc:
            raise NotFound from exc
        return Served(link, path, content, etag)


def _as_uuid(job_id: str) -> str:
    try:
        return str(uuid.UUID(job_id))
    except ValueError as exc:
        raise NotFound from exc
