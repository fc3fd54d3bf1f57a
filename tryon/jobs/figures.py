"""Figures about all jobs, for whoever runs the service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from tryon.database.sql import Database, now
from tryon.jobs.job import JobState
from tryon.jobs.tables import JobRow, TotalRow


@dataclass(frozen=True, slots=True)
class Total:
    """A sum since the database was made.

    Attributes:
        kind: "stage", "outcome" or "generator".
        label: which one.
        num: how often.
        seconds: taken together; of stages.
    """

    kind: str
    label: str
    num: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Reads them from the tables, so every process says the same."""

    database: Database

    def counts(self) -> Mapping[JobState, int]:
        """How many jobs there are in each state."""
        query = select(JobRow.state, func.count().label("num")).group_by(JobRow.state)
        with self.database.read() as session:
            found = {row.state: row.num for row in session.execute(query)}
        return {state: found.get(state.value, 0) for state in JobState}

    def queue_age_s(self) -> float:
        """How long the job that waits longest could have begun; 0.0 when none waits."""
        query = select(now() - func.min(JobRow.due)).where(
            JobRow.state == JobState.QUEUED, JobRow.due <= now()
        )
        with self.database.read() as session:
            return max(0.0, session.scalar(query) or 0.0)

    def totals(self) -> Sequence[Total]:
        """Every sum."""
        with self.database.read() as session:
            rows = session.scalars(select(TotalRow).order_by(TotalRow.kind, TotalRow.label))
            return [Total(row.kind, row.label, row.num, row.seconds) for row in rows]
