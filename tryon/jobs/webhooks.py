"""Tell whoever asked for it that a job has ended; tried several times, then given up."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, update

from tryon.database import Database, now
from tryon.errors import TryOnError
from tryon.jobs.status import status_json
from tryon.jobs.tables import JobRow

LOG = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 1.0
TRIES: Final = 6
PAUSE_S: Final = 10.0  # after the first try; four times as long after each one more
TOLD_AT_ONCE: Final = 20
TAKEN_S: Final = 120.0  # the process that tells may die meanwhile


@dataclass(frozen=True, slots=True)
class Telling:
    """Sends what is due.

    Attributes:
        post: sends a document to a public address; raises TryOnError.
    """

    database: Database
    post: Callable[[str, dict[str, Any]], None]

    def __call__(self) -> None:
        """Once."""
        for row in self._due():
            try:
                self.post(row.webhook_url or "", status_json(row.to_job()))
            except TryOnError as error:
                LOG.info("webhook of job %s, try %d: %s", row.id, row.webhook_tries, error)
                self._again(row)
            else:
                self._set(row, webhook_due=None)

    def _due(self) -> list[JobRow]:
        with self.database.read() as session:  # usually there is nothing, and nobody is locked out
            if (
                session.scalar(select(JobRow.id).where(JobRow.webhook_due <= now()).limit(1))
                is None
            ):
                return []
        chosen = (
            select(JobRow.id)
            .where(JobRow.webhook_due <= now())
            .limit(TOLD_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        taken = (
            update(JobRow)
            .where(JobRow.id.in_(chosen))
            .values(webhook_due=now() + TAKEN_S, webhook_tries=JobRow.webhook_tries + 1)
            .returning(JobRow)
            .execution_options(synchronize_session=False)
        )
        with self.database.write() as session:
            return list(session.scalars(taken))

    def _again(self, row: JobRow) -> None:
        if row.webhook_tries >= TRIES:
            LOG.warning("webhook of job %s is given up", row.id)
            self._set(row, webhook_due=None)
        else:
            self._set(row, webhook_due=now() + PAUSE_S * 4 ** (row.webhook_tries - 1))

    def _set(self, row: JobRow, **values: Any) -> None:
        with self.database.write() as session:
            session.execute(update(JobRow).where(JobRow.id == row.id).values(**values))
