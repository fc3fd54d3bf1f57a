"""Tell whoever asked for it that a job has ended; tried several times, then given up.

A message is signed as https://www.standardwebhooks.com says, so that its libraries can check it.
The secret is the SHA-256 of the API key the job was submitted with: both sides have it already.
"""

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, update

from tryon.database.sql import Database, now
from tryon.errors import TryOnError
from tryon.jobs.job import Job
from tryon.jobs.status import status_json
from tryon.jobs.tables import JobRow

LOG = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 1.0
TRIES: Final = 6
PAUSE_S: Final = 10.0  # after the first try; four times as long after each one more
TOLD_AT_ONCE: Final = 20  # side by side: one shop that is slow keeps no other waiting
TAKEN_S: Final = 120.0  # the process that tells may die meanwhile


@dataclass(frozen=True, slots=True)
class Telling:
    """Sends what is due.

    Attributes:
        post: sends JSON with headers to a public address; raises TryOnError.
        secret_of: what messages to an owner of jobs are signed with; None: they are not.
    """

    database: Database
    post: Callable[[str, bytes, Mapping[str, str]], None]
    secret_of: Callable[[str], bytes | None]

    def __call__(self) -> None:
        """Once."""
        rows = self._due()
        if rows:
            with ThreadPoolExecutor(TOLD_AT_ONCE, "webhook") as pool:
                list(pool.map(self._tell, rows))

    def _tell(self, row: JobRow) -> None:
        job = row.to_job()
        try:
            body, headers = message(job, self.secret_of(job.owner), int(time.time()))
            self.post(row.webhook_url or "", body, headers)
        except TryOnError as error:
            LOG.info("webhook of job %s, try %d: %s", row.id, row.webhook_tries, error)
            self._again(row)
        except Exception:  # a bug: it must not be tried for ever, nor keep the others
            LOG.exception("webhook of job %s, try %d", row.id, row.webhook_tries)
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


def message(job: Job, secret: bytes | None, timestamp: int) -> tuple[bytes, dict[str, str]]:
    """Body and headers that tell the end of a job; not signed without a secret.

    Args:
        timestamp: seconds since 1970; a receiver refuses old ones, so that none can be replayed.
    """
    body = json.dumps(status_json(job)).encode()
    headers = {"webhook-id": job.id, "webhook-timestamp": str(timestamp)}
    if secret is not None:
        signed = f"{job.id}.{timestamp}.".encode() + body
        digest = hmac.digest(secret, signed, hashlib.sha256)
        headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return body, headers
