"""What clients do to jobs: submit, look, list, cancel, erase. Workers: see `claims.py`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, case, delete, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from tryon.database.sql import Database, now
from tryon.errors import IdempotencyKeyReused
from tryon.jobs.job import NORMAL, Job, JobOptions, JobState, may_become
from tryon.jobs.tables import ErasedRow, JobRow


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job about to be submitted; its photos are stored already.

    Attributes:
        fingerprint: of photos and options; tells a repeated request from another one.
        idempotency_key: chosen by the client, to repeat a request without a second job.
    """

    id: str
    owner: str
    options: JobOptions
    fingerprint: str
    priority: int = NORMAL
    idempotency_key: str | None = None
    webhook_url: str | None = None


class Ledger:
    """The table of jobs, as clients see it. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, new: NewJob) -> Job:
        """Write the job down, or find the one this request made before.

        Returns:
            A job with another id than `new.id` when the request was repeated.

        Raises:
            IdempotencyKeyReused: the key belongs to a request with other photos or options.
        """
        values = {
            "id": new.id, "owner": new.owner, "options": asdict(new.options),
            "fingerprint": new.fingerprint, "priority": new.priority, "state": JobState.QUEUED,
            "idempotency_key": new.idempotency_key, "webhook_url": new.webhook_url,
        }  # fmt: skip
        with self._database.write() as session:
            session.execute(self._database.insert(JobRow).values(values).on_conflict_do_nothing())
            row = session.get(JobRow, new.id)
            if row is None:
                row = _repeated(session, new)
            return row.to_job()

    def find_repeated(self, owner: str, idempotency_key: str, fingerprint: str) -> Job | None:
        """The job an earlier request with this key made.

        Raises:
            IdempotencyKeyReused: it had other photos or options.
        """
        with self._database.read() as session:
            row = session.scalar(_with_key(owner, idempotency_key))
            return None if row is None else _same(row, fingerprint).to_job()

    def get(self, job_id: str) -> Job | None:
        """The job at this moment."""
        with self._database.read() as session:
            found = session.execute(_placed().where(JobRow.id == job_id)).one_or_none()
            return None if found is None else found[0].to_job(found[1])

    def page(
        self, owner: str, limit: int, before: tuple[float, str] | None = None
    ) -> Sequence[Job]:
        """Jobs of one owner, newest first.

        Args:
            before: (created, id) of the last one of the page before.
        """
        query = _placed().where(JobRow.owner == owner)
        if before is not None:
            created, job_id = before
            query = query.where(
                (JobRow.created < created) | ((JobRow.created == created) & (JobRow.id < job_id))
            )
        query = query.order_by(JobRow.created.desc(), JobRow.id.desc()).limit(limit)
        with self._database.read() as session:
            return [row.to_job(position) for row, position in session.execute(query)]

    def cancel(self, job_id: str) -> bool:
        """Stop it; False when it had ended already. Its worker notices at the next stage."""
        moved = (
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.state.in_(may_become(JobState.CANCELLED)))
            .values(state=JobState.CANCELLED, completed=now(), stage=None, **webhook_due_now())
        )
        with self._database.write() as session:
            return session.scalar(moved.returning(JobRow.id)) is not None

    def erase(self, job_ids: Sequence[str]) -> None:
        """Forget all but that they were. Their files go first, or nobody would know of them."""
        gone = delete(JobRow).where(JobRow.id.in_(job_ids)).returning(JobRow.id, JobRow.owner)
        with self._database.write() as session:
            # The rows that went, not those asked for: the sweep may erase one at the same moment.
            rows = [{"id": row.id, "owner": row.owner} for row in session.execute(gone)]
            if rows:
                session.execute(insert(ErasedRow).values(erased=now()), rows)

    def was_erased(self, owner: str, job_id: str) -> bool:
        """Whether there was such a job of theirs, not too long ago."""
        with self._database.read() as session:
            row = session.get(ErasedRow, job_id)
            return row is not None and row.owner == owner

    def forget_erased(self, age_s: float) -> None:
        """Not even that they were, for jobs erased longer ago than that."""
        with self._database.write() as session:
            session.execute(delete(ErasedRow).where(ErasedRow.erased < now() - age_s))

    def known(self, job_ids: Sequence[str]) -> set[str]:
        """Which of these are in the table."""
        with self._database.read() as session:
            return set(session.scalars(select(JobRow.id).where(JobRow.id.in_(job_ids))))

    def older_than(self, age_s: float, limit: int) -> Sequence[Job]:
        """Jobs submitted longer ago than that, whatever became of them."""
        query = select(JobRow).where(JobRow.created < now() - age_s).limit(limit)
        with self._database.read() as session:
            return [row.to_job() for row in session.scalars(query)]

    def num_queued(self) -> int:
        """How many wait."""
        query = select(func.count()).where(JobRow.state == JobState.QUEUED)
        with self._database.read() as session:
            return session.scalar(query) or 0


def webhook_due_now() -> dict[str, Any]:
    """Columns that have the webhook told of a job that ended; nothing without a webhook."""
    return {"webhook_due": case((JobRow.webhook_url.is_not(None), now()), else_=None)}


def _placed() -> Select[JobRow, int | None]:
    """Jobs, and how many of those that wait `Claims.claim_next` takes before each."""
    other = aliased(JobRow)
    is_before = (other.priority > JobRow.priority) | (
        (other.priority == JobRow.priority) & (other.created < JobRow.created)
    )
    num_before = select(func.count()).where(other.state == JobState.QUEUED, is_before)
    is_queued = JobRow.state == JobState.QUEUED
    return select(JobRow, case((is_queued, num_before.scalar_subquery())))


def _with_key(owner: str, idempotency_key: str | None) -> Any:
    return select(JobRow).where(JobRow.owner == owner, JobRow.idempotency_key == idempotency_key)


def _repeated(session: Session, new: NewJob) -> JobRow:
    return _same(session.scalars(_with_key(new.owner, new.idempotency_key)).one(), new.fingerprint)


def _same(row: JobRow, fingerprint: str) -> JobRow:
    if row.fingerprint != fingerprint:
        raise IdempotencyKeyReused(f"job {row.id}")
    return row
