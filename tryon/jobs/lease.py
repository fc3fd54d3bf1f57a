"""Beside a job at work: heartbeats, its time limit, progress, and whether it is still ours."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tryon.errors import ServiceUnavailable, StorageError, TimedOut
from tryon.jobs.claims import Claims
from tryon.jobs.job import Job
from tryon.jobs.progress import how_far
from tryon.steps import StepEvent

LOG = logging.getLogger(__name__)

TELL_EVERY_S: Final = 0.5  # progress is written down at most this often
AWAY: Final = (ServiceUnavailable, StorageError)  # the database, or its disk is full
INSIST_S: Final = 120.0  # how long the end of a job is tried to be written to a database away


@dataclass(slots=True, eq=False)
class Lease:
    """One job of ours, kept by heartbeats from a thread of its own.

    Attributes:
        claims: where heartbeats and progress go.
        job: as claimed.
        timeout_s: at work for longer, it fails.
        stop: set when this process has to end.
        on_overdue: told once the job has failed for its time, while its stage may still be at work.
        is_ours: False once we were told that it is not, or its time is over.
    """

    claims: Claims
    job: Job
    timeout_s: float
    stop: threading.Event
    on_overdue: Callable[[], None] = lambda: None
    is_ours: bool = True
    _is_sealed: bool = False
    _ended: threading.Event = field(default_factory=threading.Event)
    _told: float = float("-inf")
    _progress: float = 0.0
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin with the heartbeats."""
        self._thread = threading.Thread(target=self._beat, name=f"beat {self.job.id}", daemon=True)
        self._thread.start()

    def seal(self) -> None:
        """The work is done: no time limit any more, heartbeats until that is written down."""
        self._is_sealed = True

    def end(self) -> None:
        """No more heartbeats."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def on_step(self, event: StepEvent) -> None:
        """Write progress down, when that was not done a moment ago."""
        if event.is_done:
            return
        self._progress = max(self._progress, how_far(event.name, self.job.options.mode))
        if time.monotonic() - self._told < TELL_EVERY_S:
            return
        self._told = time.monotonic()
        self._ask(lambda: self.claims.progress(self.job, event.name, self._progress))

    def should_stop(self) -> bool:
        """Asked before each stage."""
        if self.is_ours and not self.stop.is_set():
            self._ask(lambda: self.claims.is_ours(self.job))
        return self.stop.is_set() or not self.is_ours

    def _beat(self) -> None:
        end = time.monotonic() + self.timeout_s
        while self.is_ours:
            pause_s = self.claims.lease_s / 3
            if not self._is_sealed:
                pause_s = max(0.0, min(pause_s, end - time.monotonic()))
            if self._ended.wait(pause_s):
                return
            if self._is_sealed or time.monotonic() < end:
                self._ask(lambda: self.claims.keep(self.job))
                continue
            # Said now, though the thread at work may notice only after its stage, or never.
            LOG.warning("job %s: longer than %g s", self.job.id, self.timeout_s)
            self._ask(lambda: self.claims.fail(self.job, TimedOut()))
            self.is_ours = False
            self.on_overdue()

    def _ask(self, call: Callable[[], bool]) -> None:
        """Remember when we are told that the job is not ours; a database away tells nothing."""
        try:
            if not call():
                self.is_ours = False
        except AWAY as error:
            LOG.warning("job %s goes on without the database: %s", self.job.id, error)


def insist(call: Callable[[], bool]) -> bool | None:
    """Try again while the database is away.

    Returns:
        What `call` says; None after `INSIST_S`: the next worker does the job over.
    """
    end, pause_s = time.monotonic() + INSIST_S, 0.2
    while True:
        try:
            return call()
        except AWAY as error:
            if time.monotonic() + pause_s > end:
                LOG.error("the end of a job could not be written down: %s", error)
                return None
            time.sleep(pause_s)
            pause_s = min(5.0, pause_s * 2)
