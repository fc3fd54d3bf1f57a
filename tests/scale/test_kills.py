"""Workers, Redis and Postgres die in the middle of things; every job is done, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.scale.farm import Farm, running_farm
from tests.servers import Postgres, Process, or_skip, running_postgres, wait_until
from tryon.adapters.celery_runner import QUEUE
from tryon.jobs.runner import MOST_STUCK

LEASE_S = 2.0
JOB_S = 0.1
ALL_S = 180.0  # all jobs of a test, on a machine with much else to do


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """One that these tests may crash."""
    with or_skip(running_postgres()) as server:
        yield server


def settings(folder: Path, **more: str) -> dict[str, str]:
    return {"STORAGE_DIR": str(folder), "JOB_LEASE_S": str(LEASE_S), "JOB_WORKERS": "2",
            "RETENTION_HOURS": "24"} | more  # fmt: skip


def celery_settings(folder: Path, postgres: Postgres, redis: Process) -> dict[str, str]:
    url = f"redis://127.0.0.1:{redis.port}/0"
    return settings(folder, DATABASE_URL=postgres.url, REDIS_URL=url)


def done_since(farm: Farm, before: int) -> int:
    return farm.num_completed() - before


def test_a_killed_process_is_restarted_and_goes_on(tmp_path: Path) -> None:
    """The set-up everybody starts with: one machine, SQLite, threads."""
    with running_farm(tmp_path, settings(tmp_path), JOB_S) as farm:
        farm.submit(6)
        with farm.holding():
            worker = farm.start_worker()
            lost = farm.wait_for_some_running(2)
            farm.kill_worker(worker)

        farm.start_worker()
        farm.wait_for_all(6, ALL_S)

        assert farm.num_completed() == 6
        assert min(farm.attempt(job_id) for job_id in lost) >= 2


def test_killed_celery_workers_lose_nothing(
    tmp_path: Path, postgres: Postgres, redis: Process
) -> None:
    """First a child, then a whole worker; others take over."""
    with running_farm(tmp_path, celery_settings(tmp_path, postgres, redis), JOB_S) as farm:
        before = farm.states().get("DONE", 0)
        completed = farm.num_completed()
        first, _second = farm.start_worker(), farm.start_worker()
        with farm.holding():
            farm.submit(12)
            farm.wait_for_some_running(4)  # two of each
            assert farm.kill_child(first)
            lost = farm.running()
            farm.kill_worker(first)
        farm.start_worker()
        farm.wait_for_all(before + 12, ALL_S)

        assert done_since(farm, completed) == 12
        assert all(farm.has_ended(job_id) for job_id in lost)


def test_workers_recover_each_other_without_any_api(
    tmp_path: Path, postgres: Postgres, redis: Process
) -> None:
    """The process that took the jobs may be gone for long; no one waits for it."""
    with running_farm(tmp_path, celery_settings(tmp_path, postgres, redis), JOB_S) as farm:
        before, completed = farm.states().get("DONE", 0), farm.num_completed()
        first = farm.start_worker()
        farm.submit(6)
        with farm.holding():
            farm.wait_for_some_running(2)
            farm.host.stop()
            farm.kill_worker(first)
        redis.kill()  # nor does Redis remember what it carried
        redis.start()
        farm.start_worker()
        farm.wait_for_all(before + 6, ALL_S)

        assert done_since(farm, completed) == 6


def test_a_redis_restarted_empty_loses_nothing(
    tmp_path: Path, postgres: Postgres, redis: Process
) -> None:
    """It carries ids only; the table hands them again."""
    with running_farm(tmp_path, celery_settings(tmp_path, postgres, redis), JOB_S) as farm:
        before, completed = farm.states().get("DONE", 0), farm.num_completed()
        farm.start_worker()
        with farm.holding():
            farm.submit(8)
            farm.wait_for_some_running(2)
            redis.kill()
            late = farm.submit(1)  # is taken although nobody can be told
            redis.start()
        farm.wait_for_all(before + 9, ALL_S)

        assert farm.has_ended(late[0])
        assert done_since(farm, completed) == 9


def test_a_worker_that_celery_gave_up_says_so(
    tmp_path: Path, postgres: Postgres, redis: Process
) -> None:
    """By its exit status, or systemd's `Restart=on-failure` would leave it there."""
    with running_farm(tmp_path, celery_settings(tmp_path, postgres, redis), JOB_S) as farm:
        with Redis(port=redis.port) as client:
            client.lpush(QUEUE, "somebody else's message")

        assert farm.start_worker().wait(ALL_S) == 1


def test_a_postgres_that_crashes_and_comes_back_loses_nothing(
    tmp_path: Path, postgres: Postgres
) -> None:
    """Jobs at work go on and write their end down when it is back."""
    with running_farm(tmp_path, settings(tmp_path, DATABASE_URL=postgres.url), JOB_S) as farm:
        before, completed = farm.states().get("DONE", 0), farm.num_completed()
        farm.start_worker()
        with farm.holding():
            farm.submit(8)
            farm.wait_for_some_running(2)
            postgres.crash()
        postgres.start()
        farm.wait_for_all(before + 8, ALL_S)

        assert done_since(farm, completed) == 8


def test_a_worker_whose_threads_are_all_stuck_ends(tmp_path: Path) -> None:
    """Threads cannot be killed, a process can: whoever started it starts it anew."""
    num_jobs = MOST_STUCK + 1
    limited = settings(tmp_path, JOB_TIMEOUT_S="0.5", JOB_WORKERS="1")
    with running_farm(tmp_path, limited, seconds=10_000) as farm:
        farm.submit(num_jobs)
        worker = farm.start_worker()

        assert worker.wait(ALL_S) == 1
        assert farm.states() == {"FAILED": num_jobs}


def test_a_worker_told_to_stop_ends_its_jobs_first(tmp_path: Path) -> None:
    """SIGTERM, as a deployment sends it: no job is begun twice."""
    patient = settings(tmp_path, JOB_LEASE_S="60")
    with running_farm(tmp_path, patient, JOB_S) as farm:
        ids = farm.submit(4)
        worker = farm.start_worker()
        with farm.holding():
            at_work = farm.wait_for_some_running(2)
            worker.terminate()
        worker.wait(ALL_S)

        assert all(farm.has_ended(job_id) for job_id in at_work)
        wait_until(lambda: not farm.running(), "nobody at work")
        farm.start_worker()
        farm.wait_for_all(4, ALL_S)
        assert {farm.attempt(job_id) for job_id in ids} == {1}
