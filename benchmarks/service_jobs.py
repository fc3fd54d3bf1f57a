"""What a job costs beyond its pipeline, and what a second thread for jobs gains.

    python -m benchmarks.service_jobs overhead   # submit to DONE minus the bare pipeline call
    python -m benchmarks.service_jobs threads    # real drafts a minute with JOB_WORKERS 1 and 2

Both compare things measured in turns, so that all meet the same machine.
"""

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx

from benchmarks.service import (
    has_ended,
    print_percentiles,
    real_photos,
    resident_mb,
    running,
    seconds_of,
    submit_draft,
)
from tests.servers import wait_until
from tryon.settings import Settings

POLL_S: Final = 0.25  # rarely: who asks takes time of the service
AIM_S: Final = 0.150


def overhead(num_pairs: int) -> bool:
    """The same draft as a job of the service and by the bare pipeline, photos prepared already."""
    person, garment = real_photos()
    with service("1") as (client, _pid), bare_pipeline(person, garment) as run:

        def whole_job() -> float:
            start = time.time()
            job_id = submit_draft(client, person, garment)
            while not has_ended(client, job_id):
                time.sleep(POLL_S)
            status = client.get(f"/api/tryon/status/{job_id}").json()
            return datetime.fromisoformat(status["completed_at"]).timestamp() - start

        for call in (whole_job, run):
            call()  # the models are open and the photos prepared
        pairs = [(whole_job(), seconds_of(run)) for _ in range(num_pairs)]
    job_s, bare_s = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"job, submit to DONE: median {job_s * 1000:.0f} ms")
    print(f"bare stages 0-5 and 7: median {bare_s * 1000:.0f} ms")
    more = [job - bare for job, bare in pairs]
    low, middle, high = statistics.quantiles(more)
    print(
        f"overhead of a job: median {middle * 1000:.0f} ms, quartiles {low * 1000:.0f} and "
        f"{high * 1000:.0f} ms (aim {AIM_S * 1000:.0f} ms)"
    )
    return middle <= AIM_S


def threads(num_jobs: int, num_rounds: int) -> None:
    """Drafts of photos never seen before, by one thread and by two of the same process."""
    rates: dict[str, list[float]] = {"1": [], "2": []}
    for turn in range(num_rounds):
        for num in rates:
            with service(num) as (client, pid):
                photos = [real_photos(n) for n in range(num_jobs + 2)]
                do_all(client, photos[:2])
                waits: list[float] = []
                start = time.perf_counter()
                do_all(client, photos[2:], waits)
                rates[num].append(num_jobs * 60 / (time.perf_counter() - start))
                print(f"round {turn + 1}, JOB_WORKERS={num}: {rates[num][-1]:.1f} drafts a minute, "
                      f"resident {resident_mb(pid)} MB")  # fmt: skip
                print_percentiles("  status beside them", waits)
    one, two = (statistics.median(rates[num]) for num in rates)
    print(f"two threads against one: {two / one:.2f} times")


def do_all(
    client: httpx.Client, photos: list[tuple[bytes, bytes]], waits: list[float] | None = None
) -> None:
    """Submit a draft of each, and wait for all; adds how long a status took."""
    ids = [submit_draft(client, *pair) for pair in photos]
    while ids:
        start = time.perf_counter()
        is_done = has_ended(client, ids[0])
        if waits is not None:
            waits.append(time.perf_counter() - start)
        if is_done:
            ids.pop(0)
        else:
            time.sleep(0.1)


@contextlib.contextmanager
def service(num_threads: str) -> Iterator[tuple[httpx.Client, int]]:
    """`app.py`, its models open: a client of it, and its process id."""
    with (
        running([sys.executable, "app.py"], JOB_WORKERS=num_threads) as (url, pid),
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        wait_until(lambda: client.get("/ready").status_code == 200, "the models", 120)
        yield client, pid


@contextlib.contextmanager
def bare_pipeline(person: bytes, garment: bytes) -> Iterator[Callable[[], None]]:
    """The same pipeline called directly, its files written to a folder."""
    from tryon.artifacts.store import save_try_on
    from tryon.bootstrap import build
    from tryon.process import tune_allocator

    tune_allocator()
    studio = build(Settings())
    with tempfile.TemporaryDirectory() as folder:
        yield lambda: save_try_on(studio.try_on(person, garment), Path(folder))
    studio.close()


def main() -> int:
    """One of the benchmarks; 1 when it misses its aim."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=("overhead", "threads"))
    parser.add_argument("--jobs", type=int, default=None)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    if args.what == "overhead":
        return 0 if overhead(args.jobs or 30) else 1
    threads(args.jobs or 12, args.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
