"""A worker in a process of its own, with jobs that sleep; settings come from the environment.

    python -m tests.scale.worker_process SECONDS DONE_FILE

Writes the id of each job it has dressed as a line to DONE_FILE.
"""

import os
import sys
import time
from collections.abc import Callable

from tests.fakes.jobs import FakeDresser
from tryon.bootstrap_jobs import run_worker
from tryon.jobs.job import JobOptions
from tryon.jobs.work import Dressed
from tryon.settings import Settings
from tryon.steps import OnStep


class SleepingDresser(FakeDresser):
    """Writes down whom it dressed: the person photo says which job it is."""

    def __init__(self, seconds: float, done_file: str) -> None:
        super().__init__(seconds=seconds / 3)
        self._done_file = done_file

    def __call__(
        self,
        person: bytes,
        garment: bytes,
        options: JobOptions,
        on_step: OnStep,
        is_cancelled: Callable[[], bool],
    ) -> Dressed:
        dressed = super().__call__(person, garment, options, on_step, is_cancelled)
        line = f"{time.time():.3f} {os.getpid()} {len(person)}\n"
        with open(self._done_file, "a") as file:  # noqa: PTH123 - one small write is one line
            file.write(line)
        return dressed


if __name__ == "__main__":
    run_worker(Settings(_env_file=None), lambda: SleepingDresser(float(sys.argv[1]), sys.argv[2]))
