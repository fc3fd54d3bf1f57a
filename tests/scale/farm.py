"""Worker processes that can be killed, a table to watch them by, and jobs that sleep."""

import contextlib
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from tests.fakes.api import GARMENT, PERSON
from tests.fakes.jobs import DRAFT, HOLD, FakeDresser
from tests.servers import wait_until
from tryon.bootstrap import build_database
from tryon.bootstrap_jobs import build_service
from tryon.errors import ServiceUnavailable
from tryon.jobs.job import JobState
from tryon.jobs.submission import Photo, Submission
from tryon.jobs.tables import JobRow, TotalRow
from tryon.settings import Settings

ROOT = Path(__file__).parents[2]


@dataclass
class Farm:
    """An API without HTTP (it hands, sweeps, does no jobs itself), and workers elsewhere.

    Attributes:
        folder: for files and logs.
        env: settings, as environment variables.
        seconds: how long a job sleeps; None for real jobs.
    """

    folder: Path
    env: dict[str, str]
    seconds: float | None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        values = {name.lower(): value for name, value in self.env.items()}
        settings = Settings(_env_file=None, **{**values, "job_workers": 0})
        self.lease_s = settings.job_lease_s
        self.parts, self.host = build_service(settings, build_database(settings), FakeDresser())

    def start_worker(self) -> subprocess.Popen[bytes]:
        """One more process."""
        log = (self.folder / "worker.log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", *self._program()],
                cwd=ROOT, env=os.environ | self.env, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.workers.append(process)
        return process

    def _program(self) -> list[str]:
        if self.seconds is None:
            return ["tryon", "worker"]
        return ["tests.scale.worker_process", str(self.seconds)]

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        """Jobs that have begun do not end within the block; those of `tests.fakes.jobs`."""
        hold = self.folder / HOLD
        hold.touch()
        try:
            yield
        finally:
            hold.unlink()

    def kill_worker(self, process: subprocess.Popen[bytes]) -> None:
        """With -9, its children too."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.workers.remove(process)

    def kill_child(self, process: subprocess.Popen[bytes]) -> bool:
        """With -9, one child that works for a worker; False when it has none."""
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        if not children:
            return False
        os.kill(int(children[0]), signal.SIGKILL)
        return True

    def submit(self, num_jobs: int) -> list[str]:
        """The ids of new drafts."""
        return [
            self.parts.service.submit(
                "shop",
                Submission(
                    person=Photo(io.BytesIO(PERSON), len(PERSON)),
                    garments=(Photo(io.BytesIO(GARMENT), len(GARMENT)),),
                    options=DRAFT,
                    priority=5,
                ),
            ).id
            for _ in range(num_jobs)
        ]

    def running(self) -> dict[str, int]:
        """Attempts of the jobs at work now."""
        query = select(JobRow.id, JobRow.attempt).where(JobRow.state == JobState.RUNNING)
        with self.host.database.read() as session:
            return {row.id: row.attempt for row in session.execute(query)}

    def states(self) -> dict[str, int]:
        """How many jobs are in each state."""
        query = select(JobRow.state, func.count().label("num")).group_by(JobRow.state)
        with self.host.database.read() as session:
            return {row.state: row.num for row in session.execute(query)}

    def attempt(self, job_id: str) -> int:
        """How often it was begun."""
        with self.host.database.read() as session:
            return session.scalar(select(JobRow.attempt).where(JobRow.id == job_id)) or 0

    def has_ended(self, job_id: str) -> bool:
        """Whether it is DONE, FAILED or CANCELLED."""
        return self.parts.service.job("shop", job_id).state.is_final

    def num_completed(self) -> int:
        """How often a job became DONE, by the sum written with each; twice would count twice."""
        with self.host.database.read() as session:
            row = session.get(TotalRow, ("outcome", "DONE"))
            return row.num if row else 0

    def wait_for_some_running(self, num: int = 1) -> dict[str, int]:
        """Until jobs are at work."""
        wait_until(lambda: len(self.running()) >= num, f"{num} jobs at work")
        return self.running()

    def wait_for_all(self, num_jobs: int, limit_s: float) -> None:
        """Until all of them are DONE, through times when the database is away."""

        def all_done() -> bool:
            try:
                return self.states().get("DONE", 0) == num_jobs
            except ServiceUnavailable:
                return False

        wait_until(all_done, f"{num_jobs} jobs, now {self.states()}", limit_s)

    def takeover_s(self, at_work: dict[str, int], limit_s: float = 60.0) -> float:
        """How long until every job of a worker killed just now is begun again; 0 if it had none.

        Args:
            at_work: what `running()` said at the kill; jobs of living workers simply end.
        """
        start, left, longest_s = time.monotonic(), dict(at_work), 0.0
        while left:
            if time.monotonic() - start > limit_s:
                raise TimeoutError(f"nobody took over {left}")
            for job_id, attempt in list(left.items()):
                if self.attempt(job_id) > attempt:
                    longest_s = time.monotonic() - start
                    del left[job_id]
                elif self.has_ended(job_id):
                    del left[job_id]
            time.sleep(0.05)
        return longest_s


@contextlib.contextmanager
def running_farm(folder: Path, env: dict[str, str], seconds: float | None) -> Iterator[Farm]:
    """Start what the API does; workers are started by the test."""
    farm = Farm(folder, env, seconds)
    farm.host.start()
    try:
        yield farm
    finally:
        for process in list(farm.workers):
            farm.kill_worker(process)
        farm.host.stop()
