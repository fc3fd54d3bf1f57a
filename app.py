"""Entry point: one process with the studio's page and the API beside it.

`python app.py`, or `uvicorn app:app`. Importing this module loads no models and reads no settings;
the application is made when it is asked for, and the models load in the background while the page
is already up.
"""

import asyncio
import logging
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tryon.fit import FitOptions, TryOn
    from tryon.jobs.host import Host
    from tryon.review.service import Review
    from tryon.settings import Settings
    from tryon.studio import Studio
    from tryon.ui.sent import From, ReviewDesk
    from tryon.ui.visits import Visits

FETCH_TIMEOUT_S = 15.0
REVIEW_SWEEP_S = 600.0
SHUTDOWN_S = 5  # for open connections; jobs get their own time after that


def warm_up(studio: "Studio") -> None:
    """Open the models before the first visitor comes; without them the page still works.

    Whoever runs first then tries again, and is told why when that fails too.
    """
    try:
        studio.warm_up()
    except Exception as error:  # noqa: BLE001 - said again, with its remedy, at the next run
        logging.getLogger(__name__).warning("the models are not ready: %s", error)


def create_app(settings: "Settings | None" = None) -> "FastAPI":
    """The application: API first, then the page, which answers every other path."""
    from tryon.adapters.public_fetch import fetch_public_image
    from tryon.api import create_api
    from tryon.api.review import add_review
    from tryon.bootstrap import build, build_database, build_review, settled
    from tryon.bootstrap_jobs import build_dresser, build_service
    from tryon.fit import FitOptions
    from tryon.settings import read_settings
    from tryon.ui.login import Login, add_hub_login, login_secret
    from tryon.ui.page import build_page, mount_page
    from tryon.ui.review_anchors import ReviewAnchors
    from tryon.ui.review_page import add_review_page
    from tryon.ui.runner import Runner
    from tryon.ui.saved_pages import add_saved_pages
    from tryon.ui.visits import Visits

    settings = settled(settings or read_settings())
    storage = settings.storage_dir.resolve()
    # Gradio's own default is one folder for all its programs on the machine; erasing needs our own.
    os.environ.setdefault("GRADIO_TEMP_DIR", str(storage / "visitors"))
    studio = build(settings)
    database = build_database(settings)
    parts, host = build_service(settings, database, build_dresser(settings, studio))
    review = build_review(settings, database)
    defaults = FitOptions(
        max_retries=settings.max_retries, quality_threshold=settings.quality_threshold
    )
    visits = Visits.open(storage / "sessions", studio, defaults, settings.retention_hours)
    limit_bytes = settings.max_upload_mb * 2**20

    api = create_api(parts, lifespan=beside(settings, studio, host, review, visits))
    login = Login(parts.keys, login_secret(storage / "login-secret"), has_hub=add_hub_login(api))
    page = build_page(
        Runner(studio, packer(settings)),
        fetch=lambda url: fetch_public_image(url, limit_bytes, FETCH_TIMEOUT_S),
        visits=visits,
        login=login,
        defaults=defaults,
        review=review_desk(settings, review),
    )
    add_review(api, review, ReviewAnchors(studio), is_embedded=bool(os.environ.get("SPACE_ID")))
    add_review_page(api)
    add_saved_pages(api, login, visits.saved, parts.limiter)
    return mount_page(
        api, page, visits, settings.max_upload_mb,
        mcp_server=settings.mcp_server, prefix=settings.root_path,
    )  # fmt: skip


def beside(
    settings: "Settings", studio: "Studio", host: "Host", review: "Review", visits: "Visits"
) -> "Callable[[FastAPI], AbstractAsyncContextManager[None]]":
    """What goes on as long as the process answers: jobs, erasing, syncing; it ends in order."""
    from tryon.bootstrap import start_journal
    from tryon.jobs.sweep import Sweeper
    from tryon.process import give_way

    def sweep() -> None:
        review.eraser.sweep(settings.review_retention_days)

    reviewed = Sweeper(sweep, REVIEW_SWEEP_S, "review-sweep")

    def open_models() -> None:
        give_way()  # the networks' own threads begin here, and do nothing but whole fits
        warm_up(studio)

    @asynccontextmanager
    async def lifespan(_api: "FastAPI") -> AsyncIterator[None]:
        await asyncio.to_thread(host.start)
        threading.Thread(target=open_models, name="warm-up", daemon=True).start()
        erasing = asyncio.create_task(visits.keep_erasing())
        reviewed.start()
        syncing = asyncio.create_task(asyncio.to_thread(start_journal, settings, review))
        yield
        erasing.cancel()
        await asyncio.to_thread(reviewed.stop)
        if (journal := await syncing) is not None:
            await asyncio.to_thread(journal.close)
        visits.close()
        await asyncio.to_thread(host.stop)
        studio.close()
        if host.has_stuck_threads():
            logging.shutdown()
            os._exit(1)  # Python would wait for them

    return lifespan


def packer(settings: "Settings") -> "Callable[[TryOn, FitOptions, Path], None]":
    """Puts a fit of the page into a zip."""
    from tryon.artifacts.record import RunRecord
    from tryon.artifacts.store import zip_try_on

    def pack(try_on: "TryOn", options: "FitOptions", target: Path) -> None:
        record = RunRecord(settings=settings.of_results())
        zip_try_on(try_on, target, record.of_run([options]))

    return pack


def review_desk(settings: "Settings", review: "Review") -> "ReviewDesk | None":
    """Where the page sends fits to be reviewed; None where nobody reviews them."""
    from tryon.artifacts.record import RunRecord
    from tryon.ui.sent import ReviewDesk

    record = RunRecord(settings=settings.of_results())

    def send(try_on: "TryOn", options: "FitOptions", source: "From") -> str:
        return review.send_to_review(try_on, record.of_run([options]), source).id

    if not review.inbox:
        return None
    return ReviewDesk(send, review.eraser.erase, settings.review_retention_days)


def address(settings: "Settings") -> tuple[str, int]:
    """Host and port to listen on; a Space expects every interface and port 7860."""
    if os.environ.get("SPACE_ID"):
        return ("0.0.0.0", 7860)  # noqa: S104 - the Space's own proxy is in front
    return (settings.host, settings.port)


def reserve(host: str, port: int) -> socket.socket:
    """Take the port before anything is built; nobody is answered yet.

    Raises:
        ValueError: the port is taken, or the address is none of this machine.
    """
    from tryon.errors import why

    place = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((host, port))
        return place
    except OSError as exc:
        place.close()
        raise ValueError(f"HOST and PORT: nobody can listen at {host}:{port}: {why(exc)}") from exc


def main(settings: "Settings | None" = None) -> None:
    """Serve until interrupted; ends with status 2 when settings cannot be used, else 1.

    Args:
        settings: None for those of the process.
    """
    import uvicorn

    from tryon.api.trace import log_to_stderr
    from tryon.errors import TryOnError, in_one_line
    from tryon.process import tune_allocator
    from tryon.settings import read_settings

    tune_allocator()
    with ExitStack() as stack:
        try:
            settings = settings or read_settings()
            log_to_stderr(is_debug=settings.debug)
            host, port = address(settings)
            place = stack.enter_context(reserve(host, port))
            app = create_app(settings)
        except ValueError as error:
            sys.stderr.write(f"error: {error}\n")
            sys.exit(2)
        except TryOnError as error:
            sys.exit(f"error: {in_one_line(error)}")
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - only compared
        sys.stdout.write(f"The try-on studio is at http://{shown}:{port}\n")
        sys.stdout.flush()
        server = uvicorn.Server(uvicorn.Config(
            app, log_level="debug" if settings.debug else "warning",
            proxy_headers=False,  # TRUSTED_PROXIES says whom to believe
            root_path=settings.root_path, timeout_graceful_shutdown=SHUTDOWN_S,
        ))  # fmt: skip
        with suppress(KeyboardInterrupt):  # Ctrl+C, said again once everything has ended
            server.run(sockets=[place])
    if not server.started:
        sys.exit(1)  # the log says why


def __getattr__(name: str) -> Any:
    if name == "app":  # for `uvicorn app:app`
        globals()["app"] = create_app()
        return globals()["app"]
    raise AttributeError(name)


if __name__ == "__main__":
    main()
