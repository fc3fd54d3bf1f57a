"""The only place that builds the REST API and those who do its jobs; runs a worker process, too."""

import logging
import multiprocessing
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Final

from tryon.adapters.object_store import ObjectStore
from tryon.adapters.public_fetch import fetch_public_image
from tryon.adapters.public_post import post_public_json
from tryon.adapters.rate_limiter import SlidingWindows
from tryon.api import ApiParts
from tryon.artifacts.record import RunRecord
from tryon.bootstrap import build_database
from tryon.database.sql import Database
from tryon.jobs.api_keys import KeyRing
from tryon.jobs.claims import Claims
from tryon.jobs.dresser import Dresser, StudioDresser
from tryon.jobs.figures import Figures
from tryon.jobs.host import Host
from tryon.jobs.ledger import Ledger
from tryon.jobs.runner import Runner, ThreadRunner
from tryon.jobs.service import Blobs, JobService
from tryon.jobs.sweep import ERASE_EVERY_S, HAND_EVERY_S, Erasing, Handing, Once, Sweeper
from tryon.jobs.webhooks import LOOK_EVERY_S, Telling
from tryon.jobs.work import Worker
from tryon.settings import Settings
from tryon.studio import Studio
from tryon.weights import POSE_LANDMARKER, U2NETP

LOG = logging.getLogger(__name__)

FETCH_TIMEOUT_S: Final = 8.0  # for a picture by address; who submits waits for it
LOOK_S: Final = 1.0  # whether a worker is still alive, or its threads
MIN_FREE_BYTES: Final = 200 * 2**20  # less on the disk, and the service is not ready


def build_service(settings: Settings, database: Database, dress: Dresser) -> tuple[ApiParts, Host]:
    """The REST API and what does its jobs, not started yet.

    Args:
        database: the host brings its tables up to date, and closes it at the end.
        dress: the pipeline; `build_dresser(settings, studio)`, or a fake.

    Raises:
        ValueError: settings that do not go together, or are no addresses or rates.
    """
    blobs = build_blobs(settings)
    claims, ledger = build_claims(settings, database), Ledger(database)
    runner = build_runner(settings, build_worker(settings, claims, blobs, dress))
    max_bytes = settings.max_upload_mb * 2**20
    service = JobService(
        ledger, blobs, runner,
        fetch=lambda url: fetch_public_image(url, max_bytes, FETCH_TIMEOUT_S),
        max_bytes=max_bytes, max_queued=settings.max_queued_jobs,
        max_retries=settings.max_retries,
        has_space=lambda: has_space(settings.storage_dir),
    )  # fmt: skip
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    parts = ApiParts(
        service=service,
        keys=build_keys(settings, database),
        limiter=SlidingWindows(
            {"any": settings.rate_limit, "submit": settings.submit_limit}, redis_url
        ),
        figures=Figures(database),
        num_stuck=lambda: runner.condition().num_stuck,
        checks={
            "database": database.ping,
            "queue": runner.num_waiting,
            "workers": lambda: runner.condition().can_work,
            "weights": lambda: weights_are_there(settings),
            "disk": lambda: has_space(settings.storage_dir),
        },
        allow_anonymous=settings.allow_anonymous,
        origins=_origins(settings.cors_origins),
        trusted_proxies=_proxies(settings.trusted_proxies),
        max_photo_bytes=max_bytes,
    )
    return parts, build_host(settings, database, runner, blobs)


def build_host(settings: Settings, database: Database, runner: Runner, blobs: Blobs) -> Host:
    """A process that takes part: who does jobs here, and what is done now and then."""
    claims, keep_s = build_claims(settings, database), settings.retention_hours * 3600
    erasing, every_s = Erasing(Ledger(database), blobs, keep_s), min(ERASE_EVERY_S, keep_s)
    telling = Telling(database, post_public_json, build_keys(settings, database).secret_of)
    sweepers = (
        Sweeper(Handing(claims, runner), HAND_EVERY_S, "hand jobs"),
        Sweeper(Once(database, "erase", every_s, erasing), every_s, "erase old jobs"),
        Sweeper(telling, LOOK_EVERY_S, "call webhooks"),
    )
    return Host(database, runner, sweepers)


def run_worker(settings: Settings, make_dresser: Callable[[], Dresser]) -> bool:
    """Do jobs until SIGTERM or Ctrl+C; those at work end first.

    Args:
        make_dresser: makes the pipeline; called in the process that does the jobs.

    Returns:
        False when it ended by itself, because every thread is stuck in a stage or Celery gave up:
        start it anew.

    Raises:
        ValueError: settings that do not go together.
        ServiceUnavailable: the database does not answer.
    """

    def make_worker() -> Worker:
        claims = build_claims(settings, build_database(settings))
        return build_worker(settings, claims, build_blobs(settings), make_dresser())

    database = build_database(settings)
    if settings.redis_url is not None:
        from tryon.adapters.celery_runner import make_celery, run_celery_worker

        database.migrate()
        database.close()  # the children open their own
        url = settings.redis_url.get_secret_value()
        app = make_celery(url, settings.job_timeout_s, settings.job_memory_mb)
        # A process, because Celery forks, and a fork beside a busy thread may inherit its locks.
        sweeping = multiprocessing.get_context("spawn").Process(
            target=sweep_beside, args=(settings, os.getpid()), name="sweep", daemon=True
        )
        sweeping.start()
        return run_celery_worker(app, max(1, settings.job_workers), make_worker)
    if database.is_sqlite and settings.database_url is None:
        LOG.warning("the jobs are in %s; the API must run on this machine", settings.storage_dir)
    runner = ThreadRunner(make_worker(), max(1, settings.job_workers))
    host = build_host(settings, database, runner, build_blobs(settings))
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    host.start()
    while not ended.wait(LOOK_S) and runner.condition().can_work:
        pass
    host.stop()
    return ended.is_set()


def sweep_beside(settings: Settings, worker_pid: int) -> None:
    """Hand jobs of lost workers, erase old ones, call webhooks, as long as a worker lives."""
    from tryon.api.trace import log_to_stderr

    log_to_stderr(is_debug=settings.debug)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the worker, which ends us
    database = build_database(settings)
    runner = build_celery_runner(settings)
    host = build_host(settings, database, runner, build_blobs(settings))
    host.start()
    while os.getppid() == worker_pid:
        time.sleep(LOOK_S)


def build_dresser(settings: Settings, studio: Studio) -> Dresser:
    """The studio as the jobs use it."""
    record = RunRecord(settings=settings.of_results())
    return StudioDresser(studio, settings.quality_threshold, record)


def build_blobs(settings: Settings) -> Blobs:
    """Where the files of jobs are."""
    folder = settings.storage_dir.resolve()
    return ObjectStore(settings.storage_url or folder.as_uri())


def build_claims(settings: Settings, database: Database) -> Claims:
    """The table of jobs for workers."""
    return Claims(database, settings.job_lease_s)


def build_worker(settings: Settings, claims: Claims, blobs: Blobs, dress: Dresser) -> Worker:
    """Does one job."""
    return Worker(claims, blobs, dress, settings.job_timeout_s, settings.save_debug_artifacts)


def build_runner(settings: Settings, worker: Worker) -> Runner:
    """Celery where there is Redis, else threads of this process."""
    if settings.redis_url is None:
        return ThreadRunner(worker, settings.job_workers)
    return build_celery_runner(settings)


def build_celery_runner(settings: Settings) -> Runner:
    """Hands jobs to workers elsewhere."""
    from tryon.adapters.celery_runner import CeleryRunner, make_celery

    url = settings.redis_url.get_secret_value() if settings.redis_url else ""
    return CeleryRunner(make_celery(url, settings.job_timeout_s, settings.job_memory_mb), url)


def build_keys(settings: Settings, database: Database) -> KeyRing:
    """Who may use the API.

    Raises:
        ValueError: API_KEYS is set, but to no key: the API would be as open as without it.
    """
    given = settings.api_keys.get_secret_value() if settings.api_keys else ""
    keys = _listed(given)
    if given and not keys:
        raise ValueError("API_KEYS: want keys separated by commas, got none")
    return KeyRing(database, keys)


def weights_are_there(settings: Settings) -> bool:
    """Whether no model file has to be fetched."""
    files = (POSE_LANDMARKER, U2NETP) if settings.matting_model == "u2netp" else (POSE_LANDMARKER,)
    folder = settings.weights_dir
    return all((folder / file.name).is_file() for file in files)


def has_space(folder: Path) -> bool:
    """Whether the disk of a folder takes more photos."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(folder).free > MIN_FREE_BYTES
    except OSError as error:  # unmounted, read-only
        LOG.warning("%s: %s", folder, error)
        return False


def _origins(text: str) -> list[str]:
    """Sites as browsers name them: scheme and host, no path."""
    origins = [item.rstrip("/") for item in _listed(text)]
    for origin in origins:
        if origin != "*" and not re.fullmatch(r"https?://[^/\s]+", origin):
            raise ValueError(f"CORS_ORIGINS: want sites like https://shop.example, got {origin!r}")
    return origins


def _proxies(text: str) -> list[str]:
    proxies = _listed(text)
    for proxy in proxies:
        try:
            ip_network(proxy, strict=False)
        except ValueError as exc:
            raise ValueError(
                f"TRUSTED_PROXIES: want addresses or networks like 10.0.0.0/8, got {proxy!r}"
            ) from exc
    return proxies


def _listed(text: str) -> list[str]:
    """The items of a list with commas."""
    return [item.strip() for item in text.split(",") if item.strip()]
