"""The real page on the fake studio, as a process of its own: `with running_page(tmp) as page`.

A process, because Gradio's threads and warnings would otherwise mix with those of the tests.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.servers import free_port, wait_until

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

ROOT = Path(__file__).parents[2]
DELAY_S = float(os.environ.get("FAKE_DELAY_S", "0.002"))  # of each step; no test counts on it
HOLDS = "holds"  # folder beside the cache; see `FakeStudio.holds`


@dataclass(frozen=True)
class ServedPage:
    """A page that answers at `url` and keeps its files in `cache`."""

    url: str
    cache: Path

    @contextmanager
    def holding(self, step: str) -> Iterator[None]:
        """Let the fake studio wait at this step for the block: a run stays as far as it is."""
        folder = self.cache.parent / HOLDS
        folder.mkdir(exist_ok=True)
        (folder / step).touch()
        try:
            yield
        finally:
            (folder / step).unlink()

    def cached_bytes(self) -> bytes:
        """Everything that lies in the cache, one after the other."""
        return b"".join(p.read_bytes() for p in sorted(self.cache.rglob("*")) if p.is_file())


@contextmanager
def running_page(folder: Path, mcp: bool = False, prefix: str = "") -> Iterator[ServedPage]:
    """Serve the page on the fake studio until the block ends.

    Args:
        folder: for its files.
        mcp: with its tools for assistants.
        prefix: path that all of it is below, as behind a proxy.
    """
    port = free_port()
    command = [sys.executable, "-m", "tests.fakes.page", str(port), f"--prefix={prefix}"]
    command += ["--mcp"] if mcp else []
    with serving(command, port, folder, prefix=prefix) as page:
        yield page


@contextmanager
def serving(
    command: list[str], port: int, folder: Path, env: dict[str, str] | None = None,
    prefix: str = "",
) -> Iterator[ServedPage]:  # fmt: skip
    """Run a server, wait until it answers, stop it at the end."""
    cache = folder / "gradio"
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT,
            env={**os.environ, "GRADIO_TEMP_DIR": str(cache), **(env or {})},
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}{prefix}"
            _wait_until_it_answers(url, process, log)
            yield ServedPage(url, cache)
        finally:
            process.kill()  # it has nothing to keep, and would wait for open browsers
            process.wait()


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    def answers() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once:\n{log.read_text()}")
        try:
            return httpx.get(url + "/health", timeout=2).is_success
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, "the server")
    except TimeoutError as exc:
        raise RuntimeError(f"the server does not answer:\n{log.read_text()}") from exc


def _below(prefix: str, app: "ASGIApp") -> "ASGIApp":
    """What a server with this `root_path` makes of requests that a proxy has cut it off from."""
    from starlette.responses import PlainTextResponse

    async def only_below(scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "http":
            if not scope["path"].startswith(f"{prefix}/"):
                await PlainTextResponse("another site", 404)(scope, receive, send)
                return
            scope["root_path"] = prefix
        await app(scope, receive, send)

    return only_below


def main() -> None:
    """Serve; see `running_page`."""
    import uvicorn
    from fastapi import FastAPI

    from tests.fakes.desk import FolderDesk
    from tests.fakes.keys import FakeKeys, NoLimit
    from tests.fakes.review_server import open_review
    from tests.fakes.studio import FakeStudio, OddlyWorded, fake_pack
    from tryon.api.errors import add_error_handlers
    from tryon.api.health import router
    from tryon.api.review import add_review
    from tryon.errors import InvalidImageUrl
    from tryon.fit import FitOptions
    from tryon.ui.login import Login
    from tryon.ui.page import build_page, mount_page
    from tryon.ui.review_anchors import ReviewAnchors
    from tryon.ui.review_page import add_review_page
    from tryon.ui.runner import Runner
    from tryon.ui.saved_pages import add_saved_pages
    from tryon.ui.visits import Visits

    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--mcp", action="store_true")
    parser.add_argument("--prefix", default="")
    options = parser.parse_args()
    folder = Path(os.environ["GRADIO_TEMP_DIR"]).parent
    studio = FakeStudio(delay_s=DELAY_S, holds=folder / HOLDS)

    def fetch(url: str) -> bytes:
        if "odd" in url:
            raise OddlyWorded
        raise InvalidImageUrl(url)

    visits = Visits.open(folder / "sessions", studio, FitOptions(), hours=24)
    login = Login(FakeKeys(), b"a secret of the tests")
    page = build_page(
        Runner(studio, fake_pack), fetch, visits, login, review=FolderDesk(folder / "review").desk
    )
    api = FastAPI()
    add_error_handlers(api)
    api.include_router(router)
    add_review(api, open_review(folder / "review-tables"), ReviewAnchors(studio))
    add_review_page(api)
    add_saved_pages(api, login, visits.saved, NoLimit())
    app = mount_page(
        api, page, visits, max_upload_mb=25, mcp_server=options.mcp,
        prefix=options.prefix,
    )  # fmt: skip
    uvicorn.run(
        _below(options.prefix, app), host="127.0.0.1", port=options.port, log_level="warning"
    )


if __name__ == "__main__":
    main()
