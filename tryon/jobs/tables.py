"""The tables of the job service. `job.py` says what the columns of `jobs` mean."""

import logging
from typing import Any, Final

from sqlalchemy import JSON, Float, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tryon.database.sql import Base, now
from tryon.errors import JobUnreadable
from tryon.jobs.job import Job, JobError, JobOptions, JobResult, JobState

LOG: Final = logging.getLogger(__name__)


class JobRow(Base):
    """One job. `due` is schedule, retry backoff and lease at once."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("owner", "idempotency_key"),
        Index(None, "state", "due"),
        Index(None, "owner", "created"),
        Index(None, "completed"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))  # of pictures and options
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10))
    priority: Mapped[int]
    attempt: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)  # transient ones, and workers lost over it
    due: Mapped[float] = mapped_column(Float, default=now())
    handed: Mapped[float] = mapped_column(Float, default=now())  # when a queue was given it last
    created: Mapped[float] = mapped_column(Float, default=now())
    completed: Mapped[float | None] = mapped_column(Float)
    stage: Mapped[str | None] = mapped_column(String(40))
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    webhook_url: Mapped[str | None] = mapped_column(Text)
    webhook_due: Mapped[float | None] = mapped_column(Float, index=True)  # None: nothing to tell
    webhook_tries: Mapped[int] = mapped_column(default=0)

    def to_job(self, queue_position: int | None = None) -> Job:
        """The record without what only the tables need.

        One that a newer version wrote, or nobody should have, is a job that FAILED: it can be seen
        and erased, and is in the way of no other.
        """
        try:
            return self._read(queue_position)
        except (KeyError, TypeError, ValueError):
            LOG.exception("job %s cannot be read", self.id)
            return Job(
                id=self.id, owner=self.owner, state=JobState.FAILED, options=JobOptions(),
                priority=self.priority, attempt=self.attempt, due=self.due, created=self.created,
                completed=self.completed, error=JobError.of(JobUnreadable()),
            )  # fmt: skip

    def _read(self, queue_position: int | None) -> Job:
        result, error = self.result, self.error
        if result is not None:
            result = {**result, "warnings": tuple(result["warnings"])}
        return Job(
            id=self.id, owner=self.owner, state=JobState(self.state),
            options=JobOptions.from_json(self.options), priority=self.priority,
            attempt=self.attempt, due=self.due, created=self.created,
            completed=self.completed, stage=self.stage, progress=self.progress,
            result=None if result is None else JobResult(**result),
            error=None if error is None else JobError(**error), queue_position=queue_position,
        )  # fmt: skip


class ErasedRow(Base):
    """A job that was here, so that its owner is told so for a while; nothing of it is left."""

    __tablename__ = "erased_jobs"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    erased: Mapped[float] = mapped_column(Float, index=True)


class SweepRow(Base):
    """When a sweep that is done once for all processes is due again."""

    __tablename__ = "job_sweeps"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    due: Mapped[float] = mapped_column(Float)


class TotalRow(Base):
    """Sums for the metrics that outlive the jobs: stage seconds, outcomes, generators."""

    __tablename__ = "job_totals"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    label: Mapped[str] = mapped_column(String(80), primary_key=True)
    num: Mapped[int]
    seconds: Mapped[float] = mapped_column(Float)


class ApiKeyRow(Base):
    """A key of the REST API; only its hash is kept."""

    __tablename__ = "api_keys"

    key_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    created: Mapped[float] = mapped_column(Float, default=now())
    revoked: Mapped[float | None] = mapped_column(Float)
