"""What workers do to jobs: claim one, keep it, end it. Clients: see `ledger.py`.

A claim is a lease: `due` says when it runs out, heartbeats move it on. Every claim counts `attempt`
up, and whatever a worker writes later carries `where attempt = mine and state = RUNNING`. So a
worker that was believed lost and comes back, or whose job was cancelled, is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, or_, select, update
from sqlalchemy.orm import Session

from tryon.database.sql import Database, now
from tryon.errors import JobUnreadable, TryOnError, WorkerLost
from tryon.jobs.job import Job, JobError, JobResult, JobState
from tryon.jobs.ledger import webhook_due_now
from tryon.jobs.tables import JobRow, TotalRow

BACKOFF_S: Final = 2.0  # before the second try; doubled for each one more
MAX_BACKOFF_S: Final = 300.0
CLOCK_WENT_BACK_S: Final = 2 * MAX_BACKOFF_S  # a job that waits longer waits for yesterday's clock


@dataclass(frozen=True, slots=True)
class Claims:
    """The table of jobs, as workers see it. Safe to use from several threads.

    Attributes:
        lease_s: a worker not heard of for so long counts as lost.
        max_failures: so many transient failures and lost workers end a job.
    """

    database: Database
    lease_s: float = 15.0
    max_failures: int = 4

    def claim_next(self) -> Job | None:
        """The most urgent job that may begin, now ours; None: there is nothing to do."""
        first = (
            select(JobRow.id)
            .where(self._claimable())
            .order_by(JobRow.priority.desc(), JobRow.created)
            .limit(1)
            .with_for_update(skip_locked=True)  # only Postgres: SQLite has one writer anyway
        )
        return self._claim(JobRow.id == first.scalar_subquery())

    def claim(self, job_id: str) -> Job | None:
        """This job, now ours; None: it ended, waits for its time, or another worker has it."""
        return self._claim(and_(JobRow.id == job_id, self._claimable()))

    def keep(self, job: Job) -> bool:
        """A heartbeat. False: the job is not ours any more; stop working on it."""
        return self._move(job, due=now() + self.lease_s)

    def is_ours(self, job: Job) -> bool:
        """Whether nobody cancelled it or took it over."""
        query = select(JobRow.id).where(*_fence(job))
        with self.database.read() as session:
            return session.scalar(query) is not None

    def progress(self, job: Job, stage: str, progress: float) -> bool:
        """Say how far it is; also a heartbeat."""
        return self._move(job, stage=stage, progress=progress, due=now() + self.lease_s)

    def finish(self, job: Job, result: JobResult) -> bool:
        """DONE. False: it was not ours any more, and nothing was written."""
        totals = {("outcome", JobState.DONE.value): 0.0}
        totals |= {("stage", name): seconds for name, seconds in result.seconds.items()}
        if result.generator:
            seconds = result.seconds.get("generate", 0.0)
            totals["generator", result.generator] = seconds
        return self._end(job, JobState.DONE, totals, result=asdict(result), progress=1.0)

    def fail(self, job: Job, error: TryOnError) -> bool:
        """FAILED, for good."""
        totals = {("outcome", error.code): 0.0}
        if error.stage == "generate":
            totals["generator", error.code] = 0.0
        return self._end(job, JobState.FAILED, totals, error=asdict(JobError.of(error)))

    def retry(self, job: Job, error: TryOnError) -> bool:
        """QUEUED again after a pause, or FAILED when that has been tried often enough."""
        with self.database.read() as session:
            failures = session.scalar(select(JobRow.failures).where(JobRow.id == job.id)) or 0
        if failures + 1 >= self.max_failures:
            return self.fail(job, error)
        pause_s = min(MAX_BACKOFF_S, BACKOFF_S * 2**failures)
        return self._move(
            job, state=JobState.QUEUED, failures=JobRow.failures + 1, due=now() + pause_s,
            handed=0.0, stage=None, progress=0.0,
        )  # fmt: skip

    def release(self, job: Job) -> bool:
        """QUEUED again at once: this worker is asked to stop, which is not the job's fault."""
        return self._move(
            job, state=JobState.QUEUED, due=now(), handed=0.0, stage=None, progress=0.0
        )

    def fail_lost(self) -> Sequence[str]:
        """End jobs over which workers were lost too often; their ids."""
        ended = (
            update(JobRow)
            .where(
                JobRow.state == JobState.RUNNING,
                JobRow.due <= now(),
                JobRow.failures + 1 >= self.max_failures,
            )
            .values(
                state=JobState.FAILED, completed=now(), stage=None,
                error=asdict(JobError.of(WorkerLost())), **webhook_due_now(),
            )
            .returning(JobRow.id)
        )  # fmt: skip
        with self.database.write() as session:
            ids = list(session.scalars(ended))
            if ids:
                self._count(session, {("outcome", WorkerLost.code): 0.0}, len(ids))
        return ids

    def to_hand(self, limit: int, again_after_s: float) -> Sequence[Job]:
        """Jobs that a queue should be given now; not again before `again_after_s`.

        For runners that carry ids; a runner that asks `claim_next` needs no queue.
        """
        chosen = (
            select(JobRow.id)
            .where(
                self._claimable(),
                # Not since it became due (a retry, a lost worker), or so long ago that the
                # message must be lost.
                or_(JobRow.handed < JobRow.due, JobRow.handed <= now() - again_after_s),
            )
            .order_by(JobRow.priority.desc(), JobRow.created)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        handed = (
            update(JobRow)
            .where(JobRow.id.in_(chosen))
            .values(handed=now())
            .returning(JobRow)
            .execution_options(synchronize_session=False)
        )
        with self.database.write(is_light=True) as session:
            return [row.to_job() for row in session.scalars(handed)]

    def _claimable(self) -> ColumnElement[bool]:
        is_lost_too_often = and_(
            JobRow.state == JobState.RUNNING, JobRow.failures + 1 >= self.max_failures
        )
        waits_for_ever = and_(
            JobRow.state == JobState.QUEUED, JobRow.due > now() + CLOCK_WENT_BACK_S
        )
        return and_(
            JobRow.state.in_([JobState.QUEUED, JobState.RUNNING]),
            or_(JobRow.due <= now(), waits_for_ever),
            ~is_lost_too_often,
        )

    def _claim(self, which: ColumnElement[bool]) -> Job | None:
        was_lost = case((JobRow.state == JobState.RUNNING, 1), else_=0)
        claimed = (
            update(JobRow)
            .where(which)
            .values(
                state=JobState.RUNNING, attempt=JobRow.attempt + 1, due=now() + self.lease_s,
                failures=JobRow.failures + was_lost, stage=None, progress=0.0,
            )
            .returning(JobRow)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        with self.database.write(is_light=True) as session:
            row = session.scalar(claimed)
            job = None if row is None else row.to_job()
            if job is None or job.error is None:
                return job
            # Not to be read: it would be the most urgent one for ever.
            self._fail_unreadable(session, job)
            return None

    def _fail_unreadable(self, session: Session, job: Job) -> None:
        ended = update(JobRow).where(JobRow.id == job.id)
        session.execute(
            ended.values(
                state=JobState.FAILED, completed=now(), stage=None,
                error=asdict(JobError.of(JobUnreadable())), **webhook_due_now(),
            )
        )  # fmt: skip
        self._count(session, {("outcome", JobUnreadable.code): 0.0})

    def _end(
        self, job: Job, state: JobState, totals: Mapping[tuple[str, str], float], **values: Any
    ) -> bool:
        moved = (
            update(JobRow)
            .where(*_fence(job))
            .values(state=state, completed=now(), stage=None, **values, **webhook_due_now())
        )
        with self.database.write() as session:
            if session.scalar(moved.returning(JobRow.id)) is None:
                # Perhaps we did it: the answer to our commit was lost, and we ask again.
                row = session.get(JobRow, job.id)
                return row is not None and (row.attempt, row.state) == (job.attempt, state)
            self._count(session, totals)
            return True

    def _move(self, job: Job, **values: Any) -> bool:
        moved = update(JobRow).where(*_fence(job)).values(**values)
        with self.database.write(is_light=True) as session:
            return session.scalar(moved.returning(JobRow.id)) is not None

    def _count(
        self, session: Session, totals: Mapping[tuple[str, str], float], num: int = 1
    ) -> None:
        """Add to the sums of the metrics, in the transaction of what is counted."""
        # In one order everywhere, or two workers could wait for each other.
        for (kind, label), seconds in sorted(totals.items()):
            row = self.database.insert(TotalRow).values(
                kind=kind, label=label, num=num, seconds=seconds
            )
            session.execute(
                row.on_conflict_do_update(
                    index_elements=["kind", "label"],
                    set_={"num": TotalRow.num + num, "seconds": TotalRow.seconds + seconds},
                )
            )


def _fence(job: Job) -> tuple[ColumnElement[bool], ...]:
    return (
        JobRow.id == job.id,
        JobRow.attempt == job.attempt,
        JobRow.state == JobState.RUNNING,
    )
