"""Workers killed in the middle of jobs, and how much faster two workers are than one.

    python -m benchmarks.service_kills kills    # 40 jobs, 5 kills; threads on SQLite, Celery
    python -m benchmarks.service_kills outage   # Postgres crashes, Redis comes back empty
    python -m benchmarks.service_kills factor   # 2 workers against 1: sleeping jobs, real drafts

Starts its own Postgres and Redis.
"""

import argparse
import contextlib
import io
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.service import real_photos
from tests.fakes.jobs import DRAFT
from tests.scale.farm import Farm, running_farm
from tests.servers import Postgres, Process, running_postgres, running_redis
from tryon.jobs.submission import Photo, Submission

LEASE_S: Final = 5.0
JOB_S: Final = 4.0
LIMIT_S: Final = 400.0


def settings(path: Path, env: dict[str, str], num_threads: int = 2) -> dict[str, str]:
    """Of one run."""
    common = {"STORAGE_DIR": str(path), "JOB_LEASE_S": str(LEASE_S)}
    return common | {"JOB_WORKERS": str(num_threads)} | env


@contextlib.contextmanager
def servers(path: Path) -> Iterator[tuple[Postgres, Process, dict[str, str]]]:
    """Postgres, Redis, and the settings that use both."""
    with running_postgres() as postgres, running_redis(path) as redis:
        url = f"redis://127.0.0.1:{redis.port}/0"
        yield postgres, redis, {"DATABASE_URL": postgres.url, "REDIS_URL": url}


def kills(name: str, path: Path, num_jobs: int, num_kills: int, env: dict[str, str]) -> None:
    """Kill a worker, or one of its children, wait until another has its jobs; again."""
    path.mkdir()
    with running_farm(path, settings(path, env, 1), seconds=JOB_S) as farm:
        for _ in range(3):
            farm.start_worker()
        start, waits = time.monotonic(), []
        ids = farm.submit(num_jobs)
        for number in range(num_kills):
            farm.wait_for_some_running(2)
            victim = random.choice(farm.workers)
            at_work = farm.running()
            if not (number % 2 and farm.kill_child(victim)):
                farm.kill_worker(victim)
                farm.start_worker()
            waits.append(farm.takeover_s(at_work))
        farm.wait_for_all(num_jobs, LIMIT_S)
        num_begun = sum(farm.attempt(job_id) for job_id in ids)
        print(
            f"{name}: {num_jobs} jobs, {num_kills} kills: all DONE after "
            f"{time.monotonic() - start:.0f} s, completed {farm.num_completed()} times, begun "
            f"{num_begun} times; taken over {', '.join(f'{wait:.1f}' for wait in waits)} s after "
            f"the kill (lease {LEASE_S:g} s)"
        )


def outage(path: Path) -> None:
    """Both servers go away in the middle of jobs."""
    path.mkdir()
    with (
        servers(path) as (postgres, redis, env),
        running_farm(path, settings(path, env), seconds=1.0) as farm,
    ):
        for _ in range(2):
            farm.start_worker()
        farm.submit(20)
        farm.wait_for_some_running(1)
        redis.kill()
        farm.submit(5)
        redis.start()
        farm.wait_for_some_running(1)
        postgres.crash()
        postgres.start()
        farm.wait_for_all(25, LIMIT_S)
        print(
            f"Redis restarted empty, Postgres crashed: {farm.states()}, "
            f"completed {farm.num_completed()} times"
        )


def factor(path: Path, num_jobs: int) -> None:
    """Jobs a second with one worker process and with two, one job at a time each."""
    path.mkdir()
    with servers(path) as (_postgres, _redis, env):
        for name, seconds in (("sleeping jobs", 0.5), ("real drafts", None)):
            rates = [rate(path / f"{name} {num}", env, num, seconds, num_jobs) for num in (1, 2)]
            print(
                f"{name}: 1 worker {rates[0]:.2f}/s, 2 workers {rates[1]:.2f}/s, "
                f"factor {rates[1] / rates[0]:.2f}"
            )


def rate(
    path: Path, env: dict[str, str], num_workers: int, seconds: float | None, num_jobs: int
) -> float:
    """Jobs done a second, workers warm. `seconds`: None for the real pipeline."""
    path.mkdir()
    with running_farm(path, settings(path, env, 1), seconds=seconds) as farm:
        for _ in range(num_workers):
            farm.start_worker()
        before = farm.states().get("DONE", 0)
        num_warm = 4 * num_workers
        submit(farm, num_warm)
        farm.wait_for_all(before + num_warm, LIMIT_S)
        start = time.monotonic()
        submit(farm, num_jobs)
        farm.wait_for_all(before + num_warm + num_jobs, LIMIT_S)
        return num_jobs / (time.monotonic() - start)


def submit(farm: Farm, num_jobs: int) -> None:
    """Drafts of a real person, each photo a little different, so that none is prepared already."""
    person, garment = real_photos()
    for number in range(num_jobs):
        photo = person + bytes([number % 256, random.randrange(256), random.randrange(256)])
        photos = [Photo(io.BytesIO(data), len(data)) for data in (photo, garment)]
        farm.parts.service.submit("shop", Submission(photos[0], (photos[1],), DRAFT, 5))


def main() -> None:
    """One of the benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=("kills", "outage", "factor"))
    parser.add_argument("--jobs", type=int, default=40)
    parser.add_argument("--kills", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        if args.what == "kills":
            kills("threads, SQLite", path / "a", args.jobs, args.kills, {})
            (path / "b").mkdir()
            with servers(path / "b") as (_postgres, _redis, env):
                kills("Celery, Postgres", path / "c", args.jobs, args.kills, env)
        elif args.what == "outage":
            outage(path / "a")
        else:
            factor(path / "a", args.jobs)


if __name__ == "__main__":
    main()
