"""The REST service under load, on this machine.

    python -m benchmarks.service load       # 50 clients, 500 drafts by a pipeline that sleeps
    python -m benchmarks.service real       # status while real drafts are made
    python -m benchmarks.service memory     # large uploads, refused and taken

Clients and service share the machine's cores, so the figures are those of both together.
"""

import argparse
import asyncio
import contextlib
import io
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import httpx
import uvicorn
from PIL import Image

from tests.fakes.api import PERSON, PHOTOS
from tests.fakes.jobs import FakeDresser
from tests.servers import answers, free_port, wait_until
from tryon.api import create_api
from tryon.bootstrap import build_database
from tryon.bootstrap_jobs import build_service
from tryon.settings import Settings

ROOT: Final = Path(__file__).parents[1]
POLL_S: Final = 0.5
START_S: Final = 3.0  # in which the clients come, one after another
TLS: Final = httpx.create_ssl_context()  # made once: it takes longer than a request
Sample = tuple[str, float, int]  # what was asked, seconds, status code


@contextlib.contextmanager
def running(command: list[str], **settings: str) -> Iterator[tuple[str, int]]:
    """A service in a process of its own: its address and process id."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        env = os.environ | {
            "STORAGE_DIR": folder, "PORT": str(port), "RATE_LIMIT": "1000000/minute",
            "SUBMIT_LIMIT": "1000000/minute", **settings,
        }  # fmt: skip
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            wait_until(lambda: answers(port), "the service", 120)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait(60)


def serve_fake() -> None:
    """The API with a pipeline that sleeps for 0.3 s, without the studio's page."""
    settings = Settings(_env_file=None)
    parts, host = build_service(settings, build_database(settings), FakeDresser(seconds=0.1))
    host.start()
    uvicorn.run(create_api(parts), port=settings.port, log_level="warning")
    host.stop()


async def one_client(url: str, num_jobs: int, samples: list[Sample]) -> None:
    """Submit, poll until it is DONE, again."""
    await asyncio.sleep(random.uniform(0, START_S))
    async with httpx.AsyncClient(base_url=url, timeout=60, verify=TLS) as client:

        async def ask(name: str, method: str, path: str, **request: object) -> httpx.Response:
            start = time.perf_counter()
            answer = await client.request(method, path, **request)  # type: ignore[arg-type]
            samples.append((name, time.perf_counter() - start, answer.status_code))
            return answer

        for _ in range(num_jobs):
            data = {"mode": "draft"}
            answer = await ask("submit", "POST", "/api/tryon/submit", files=PHOTOS, data=data)
            job_id = answer.json()["job_id"]
            while True:
                await asyncio.sleep(POLL_S * random.uniform(0.8, 1.2))
                status = (await ask("status", "GET", f"/api/tryon/status/{job_id}")).json()
                if status["status"] not in ("QUEUED", "RUNNING"):
                    samples.append((status["status"], 0.0, 200))
                    break


def load(num_clients: int, num_jobs: int) -> None:
    """Percentiles of submit and status beside running jobs."""
    with running([sys.executable, "-m", "benchmarks.service", "serve"], JOB_WORKERS="8") as (
        url, pid,
    ):  # fmt: skip
        samples: list[Sample] = []

        async def all_clients() -> None:
            share = num_jobs // num_clients
            await asyncio.gather(*(one_client(url, share, samples) for _ in range(num_clients)))

        before, start = resident_mb(pid), time.perf_counter()
        asyncio.run(all_clients())
        print(f"{num_clients} clients, {num_jobs} jobs in {time.perf_counter() - start:.1f} s")
        for name in ("submit", "status"):
            print_percentiles(name, [s for kind, s, _ in samples if kind == name])
        num_errors = sum(code >= 400 for *_, code in samples)
        num_done = sum(kind == "DONE" for kind, *_ in samples)
        print(f"DONE {num_done}, failed answers {num_errors}, of {len(samples) - num_done}")
        print(f"resident {before} -> {resident_mb(pid)} MB, CPU {cpu_s(pid):.1f} s of the service")


def real(num_jobs: int) -> None:
    """Status while the real pipeline works."""
    with (
        running([sys.executable, "app.py"]) as (url, pid),
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        wait_until(lambda: client.get("/ready").status_code == 200, "the models", 120)
        ids, waits = [submit_draft(client, *real_photos(n)) for n in range(num_jobs)], []
        while not all(has_ended(client, job_id) for job_id in ids[-2:]):
            job_id = random.choice(ids)
            waits.append(seconds_of(lambda: client.get(f"/api/tryon/status/{job_id}")))  # noqa: B023
            time.sleep(0.05)
        print_percentiles("status beside real drafts", waits)
        print(f"resident {resident_mb(pid)} MB")


def memory() -> None:
    """Resident memory after uploads that are refused, and after many that are taken."""
    with running([sys.executable, "-m", "benchmarks.service", "serve"], MAX_UPLOAD_MB="10") as (
        url, pid,
    ), httpx.Client(base_url=url, timeout=60) as client:  # fmt: skip
        print(f"at start: {resident_mb(pid)} MB")
        for name, size_mb in (("10 MB + 1 byte", 10), ("40 MB", 40)):
            photo = PERSON + b"\0" * (size_mb * 2**20)
            codes = {
                client.post("/api/tryon/submit", files=PHOTOS | {"user_image": photo}).status_code
                for _ in range(10)
            }
            print(f"10 uploads of {name}: answers {codes}, resident {resident_mb(pid)} MB")
        photo = PERSON + b"\0" * (9 * 2**20)
        for _ in range(20):
            client.post("/api/tryon/submit", files=PHOTOS | {"user_image": photo})
        print(f"20 uploads of 9 MB taken: resident {resident_mb(pid)} MB, peak {peak_mb(pid)} MB")


def submit_draft(client: httpx.Client, person: bytes, garment: bytes) -> str:
    """The id of a new draft."""
    files = {"user_image": ("me.jpg", person), "product_image": ("shirt.jpg", garment)}
    answer = client.post("/api/tryon/submit", files=files, data={"mode": "draft"})
    return str(answer.json()["job_id"])


def has_ended(client: httpx.Client, job_id: str) -> bool:
    """Whether a draft is DONE; raises when it failed."""
    status = client.get(f"/api/tryon/status/{job_id}").json()
    if status["status"] == "FAILED":
        raise RuntimeError(status["error_message"])
    return bool(status["status"] == "DONE")


def seconds_of(call: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def real_photos(number: int = 0) -> tuple[bytes, bytes]:
    """A person of a package, 768 px high, and a garment drawn by us.

    Args:
        number: each has other bytes of the same pictures, so that nothing is prepared already.
    """
    from skimage import data

    def jpeg(picture: Image.Image) -> bytes:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=92, comment=str(number).encode())
        return buffer.getvalue()

    garment = Image.open(ROOT / "assets/garments/white_tshirt.jpg")
    return jpeg(Image.fromarray(data.astronaut()).resize((768, 768))), jpeg(garment)


def print_percentiles(name: str, seconds: list[float]) -> None:
    """p50, p95, p99 and the longest."""
    cuts = statistics.quantiles(seconds, n=100)
    shown = ", ".join(f"p{p} {cuts[p - 1] * 1000:.0f} ms" for p in (50, 95, 99))
    print(f"{name}: {shown}, longest {max(seconds) * 1000:.0f} ms ({len(seconds)} requests)")


def resident_mb(pid: int) -> int:
    """Resident memory of a process now."""
    return _memory_mb(pid, "VmRSS")


def peak_mb(pid: int) -> int:
    """The most it ever had."""
    return _memory_mb(pid, "VmHWM")


def _memory_mb(pid: int, name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


def cpu_s(pid: int) -> float:
    """Processor seconds a process has used."""
    parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """One of the benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=("load", "real", "memory", "serve"))
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=None)
    args = parser.parse_args()
    if args.what == "load":
        load(args.clients, args.jobs or 500)
    elif args.what == "real":
        real(args.jobs or 20)
    elif args.what == "memory":
        memory()
    else:
        serve_fake()


if __name__ == "__main__":
    main()
