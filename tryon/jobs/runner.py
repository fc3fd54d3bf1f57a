"""Who does the jobs: threads of this process, which ask the table for work.

Several processes and machines may do so on one Postgres. The other runner, Celery on Redis, is
`adapters/celery_runner.py`; both do a job by `Worker.work`.
"""

import logging
import threading
import time
from dataclasses import dataclass
from typing import Final, Protocol

from tryon.errors import TryOnError
from tryon.jobs.job import Job
from tryon.jobs.work import Worker

LOG = logging.getLogger(__name__)

ASK_EVERY_S: Final = 1.0  # for jobs of other processes, retries that are due, workers lost
LAST_STAGE_S: Final = 3.0  # beyond the grace, for stages at work to notice that they shall stop
MOST_STUCK: Final = 4  # threads left behind in one process; each keeps the memory of its job


@dataclass(frozen=True, slots=True)
class Condition:
    """How the threads of this process are.

    Attributes:
        num_stuck: those in a stage that goes on after the time limit of its job.
        can_work: False once so many are stuck that none is left for jobs.
    """

    num_stuck: int = 0
    can_work: bool = True


class Runner(Protocol):
    """Gets jobs done, here or elsewhere."""

    def start(self) -> None:
        """Begin to take jobs, those left over from an earlier process too."""

    def hand(self, job: Job) -> None:
        """Say that there is one more. It may be lost: the table knows all of them.

        Raises:
            ServiceUnavailable: the queue does not answer.
        """

    def num_waiting(self) -> int | None:
        """How many were handed and not taken; None when jobs are not handed but asked for.

        Raises:
            ServiceUnavailable: the queue does not answer.
        """

    def condition(self) -> Condition:
        """How its threads are, where it has any."""

    def stop(self, grace_s: float) -> None:
        """Take no more; give those at work so long to end, then let others do them."""


class ThreadRunner:
    """A few threads, each doing one job at a time.

    A thread cannot be killed. One whose stage goes on after its job has failed for its time is left
    behind, and another takes its place, up to `MOST_STUCK`.

    Args:
        worker: does a job.
        num_threads: how many jobs at once; none leaves them to other processes.
    """

    def __init__(self, worker: Worker, num_threads: int) -> None:
        self._worker = worker
        self._num_threads = num_threads
        self._threads: set[threading.Thread] = set()  # without those left behind
        self._stuck: set[threading.Thread] = set()
        self._jobs: dict[threading.Thread, Job] = {}  # at work
        self._lock = threading.Lock()  # for these three
        self._more = threading.Semaphore(0)
        self._closing = threading.Event()
        self._stop_work = threading.Event()

    def start(self) -> None:
        """Begin to take jobs."""
        with self._lock:
            for _ in range(self._num_threads):
                self._start_one()

    def hand(self, _job: Job) -> None:
        """Wake one thread up."""
        self._more.release()

    def num_waiting(self) -> None:
        """Nothing is handed: the threads ask the table."""

    def condition(self) -> Condition:
        """How many threads are stuck, and whether any is left."""
        with self._lock:
            can_work = bool(self._threads) or self._num_threads == 0
            return Condition(len(self._stuck), can_work)

    def stop(self, grace_s: float) -> None:
        """Take no more jobs; after `grace_s`, those at work go back for others to do."""
        self._closing.set()
        self._more.release(self._num_threads + MOST_STUCK)
        self._join(grace_s)
        self._stop_work.set()
        self._join(LAST_STAGE_S)
        with self._lock:
            left = [job for thread, job in self._jobs.items() if thread not in self._stuck]
        for job in left:  # its stage goes on until the process ends, but counts no more
            self._worker.claims.release(job)

    def _join(self, limit_s: float) -> None:
        end = time.monotonic() + limit_s
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _start_one(self) -> None:
        thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self._threads.add(thread)
        thread.start()

    def _run(self) -> None:
        thread = threading.current_thread()
        while not self._closing.is_set():
            job = self._next()
            if job is None:
                self._more.acquire(timeout=ASK_EVERY_S)
                continue
            with self._lock:
                self._jobs[thread] = job
            self._worker.work(job, self._stop_work, lambda: self._leave_behind(thread))
            with self._lock:
                del self._jobs[thread]
                if thread in self._stuck:  # it came back, late
                    self._stuck.remove(thread)
                    if len(self._threads) >= self._num_threads:
                        return
                    self._threads.add(thread)

    def _next(self) -> Job | None:
        try:
            return self._worker.claims.claim_next()
        except TryOnError as error:
            LOG.warning("no job could be asked for: %s", error)
        except Exception:
            LOG.exception("no job could be asked for")
        return None

    def _leave_behind(self, thread: threading.Thread) -> None:
        """Its job failed for its time, but the stage at work goes on, perhaps for ever."""
        with self._lock:
            if thread not in self._jobs:
                return  # it has just ended
            self._threads.remove(thread)
            self._stuck.add(thread)
            if len(self._stuck) <= MOST_STUCK and not self._closing.is_set():
                self._start_one()
            LOG.error(
                "job %s is stuck; %d threads are, %d are left to work",
                self._jobs[thread].id, len(self._stuck), len(self._threads),
            )  # fmt: skip
