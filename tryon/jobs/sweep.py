"""What is done now and then, in every process: lost jobs, retries that are due, old photos.

Several processes sweep, workers too; each thing is done by one of them, or twice without harm. What
is dear (it lists every file there is) is done by one of them at a time, see `Once`.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tryon.database.sql import Database, now
from tryon.errors import TryOnError
from tryon.jobs.claims import Claims
from tryon.jobs.files import FOLDERS, job_of, prefixes
from tryon.jobs.ledger import Ledger
from tryon.jobs.runner import Runner
from tryon.jobs.tables import SweepRow
from tryon.ports import BlobStore

LOG = logging.getLogger(__name__)

HAND_EVERY_S: Final = 2.0
HAND_AGAIN_S: Final = 10.0  # a job handed and not taken so long is handed again
HANDED_AT_ONCE: Final = 200
ERASE_EVERY_S: Final = 600.0
ERASED_AT_ONCE: Final = 200
ERASED_KNOWN_S: Final = 30 * 24 * 3600.0  # so long an owner is told that a job was erased
ORPHAN_S: Final = 3600.0  # files without a job for so long: a submission takes seconds


@dataclass(frozen=True, slots=True)
class Handing:
    """Gives the runner what it should have and has not: retries, jobs of lost workers or queues."""

    claims: Claims
    runner: Runner

    def __call__(self) -> None:
        """Once."""
        for job_id in self.claims.fail_lost():
            LOG.error("job %s lost its worker every time and is given up", job_id)
        num_waiting = self.runner.num_waiting()
        if num_waiting is None or num_waiting >= HANDED_AT_ONCE:
            return
        for job in self.claims.to_hand(HANDED_AT_ONCE, HAND_AGAIN_S):
            self.runner.hand(job)


@dataclass(frozen=True, slots=True)
class Erasing:
    """Erases jobs with all their files after `keep_s`, and files that belong to no job."""

    ledger: Ledger
    blobs: BlobStore
    keep_s: float

    def __call__(self) -> None:
        """Once."""
        while jobs := self.ledger.older_than(self.keep_s, ERASED_AT_ONCE):
            for job in jobs:
                self.ledger.cancel(job.id)
                erase_files(self.blobs, job.id)
            self.ledger.erase([job.id for job in jobs])
        self.ledger.forget_erased(ERASED_KNOWN_S)
        self._erase_orphans()

    def _erase_orphans(self) -> None:
        oldest = time.time() - ORPHAN_S
        for folder in FOLDERS:
            keys = [found.key for found in self.blobs.walk(f"{folder}/") if found.modified < oldest]
            for start in range(0, len(keys), ERASED_AT_ONCE):
                some = keys[start : start + ERASED_AT_ONCE]
                known = self.ledger.known([job for key in some if (job := job_of(key))])
                self.blobs.delete([key for key in some if job_of(key) not in known])


@dataclass(frozen=True, slots=True)
class Once:
    """Calls something once for all processes that share the database, whoever comes first.

    Attributes:
        name: of what is called, the same everywhere.
        every_s: how long one call counts for all.
    """

    database: Database
    name: str
    every_s: float
    call: Callable[[], None]

    def __call__(self) -> None:
        """Call it, unless that was done not long ago."""
        # A little less, or a process that comes every `every_s` would be too early each time.
        due = now() + 0.9 * self.every_s
        turn = (
            self.database.insert(SweepRow)
            .values(name=self.name, due=due)
            .on_conflict_do_update(
                index_elements=["name"], set_={"due": due}, where=SweepRow.due <= now()
            )
            .returning(SweepRow.name)
        )
        with self.database.write() as session:
            is_ours = session.scalar(turn) is not None
        if is_ours:
            self.call()


def erase_files(blobs: BlobStore, job_id: str) -> None:
    """Every file of one job."""
    for prefix in prefixes(job_id):
        blobs.delete([found.key for found in blobs.walk(prefix)])


class Sweeper:
    """Calls something again and again on a thread of its own.

    Args:
        call: what; a failure is logged, and the next time tried again.
        every_s: pause between two calls.
    """

    def __init__(self, call: Callable[[], None], every_s: float, name: str) -> None:
        self._call = call
        self._every_s = every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """The first call comes at once."""
        self._thread.start()

    def stop(self) -> None:
        """Let a call that is under way end."""
        self._ended.set()
        self._thread.join(10)

    def _run(self) -> None:
        while True:
            try:
                self._call()
            except TryOnError as error:
                LOG.warning("%s: %s", self._thread.name, error)
            except Exception:
                LOG.exception("%s", self._thread.name)
            if self._ended.wait(self._every_s):
                return
