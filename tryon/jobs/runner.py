"""Who does the jobs: threads of this process, which ask the table for work.

Several processes and machines may do so on one Postgres. The other runner, Celery on Redis, is
`adapters/celery_runner.py`; both do a job by `Worker.work`.
"""

import logging
import threading
from typing import Final, Protocol

from tryon.errors import TryOnError
from tryon.jobs.job import Job
from tryon.jobs.work import Worker
from tryon.priority import give_way

LOG = logging.getLogger(__name__)

ASK_EVERY_S: Final = 1.0  # for jobs of other processes, retries that are due, workers lost


class Runner(Protocol):
    """Gets jobs done, here or elsewhere."""

    def start(self) -> None:
        """Begin to take jobs, those left over from an earlier process too."""

    def hand(self, job: Job) -> None:
        """Say that there is one more. It may be lost: the table knows all of them.

        Raises:
            ServiceUnavailable: the queue does not answer.
        """

    def waiting(self) -> int | None:
        """How many were handed and not taken; None when jobs are not handed but asked for.

        Raises:
            ServiceUnavailable: the queue does not answer.
        """

    def stop(self, grace_s: float) -> None:
        """Take no more; give those at work so long to end, then let others do them."""


class ThreadRunner:
    """A few threads, each doing one job at a time.

    Args:
        worker: does a job.
        num_threads: how many jobs at once; none leaves them to other processes.
    """

    def __init__(self, worker: Worker, num_threads: int) -> None:
        self._worker = worker
        self._num_threads = num_threads
        self._threads: list[threading.Thread] = []
        self._more = threading.Semaphore(0)
        self._closing = threading.Event()
        self._stop_work = threading.Event()

    def start(self) -> None:
        """Begin to take jobs."""
        for number in range(self._num_threads):
            thread = threading.Thread(target=self._run, name=f"worker {number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def hand(self, _job: Job) -> None:
        """Wake one thread up."""
        self._more.release()

    def waiting(self) -> None:
        """Nothing is handed: the threads ask the table."""

    def stop(self, grace_s: float) -> None:
        """Take no more jobs; after `grace_s`, those at work go back at their next stage."""
        self._closing.set()
        for _ in self._threads:
            self._more.release()
        timer = threading.Timer(grace_s, self._stop_work.set)
        timer.start()
        for thread in self._threads:
            thread.join(grace_s * 2 + 5)
        timer.cancel()

    def _run(self) -> None:
        give_way()
        while not self._closing.is_set():
            try:
                job = self._worker.claims.claim_next()
            except TryOnError as error:
                LOG.warning("no job could be asked for: %s", error)
                job = None
            except Exception:
                LOG.exception("no job could be asked for")
                job = None
            if job is None:
                self._more.acquire(timeout=ASK_EVERY_S)
            else:
                self._worker.work(job, self._stop_work)
