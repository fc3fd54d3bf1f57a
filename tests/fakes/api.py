"""The REST API on a real port with a fake pipeline, without the studio's page."""

import contextlib
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import uvicorn
from PIL import Image

from tests.fakes.jobs import FakeDresser
from tests.servers import WAIT_S, wait_until
from tryon.api import create_api
from tryon.bootstrap import build_database
from tryon.bootstrap_jobs import build_service
from tryon.jobs.host import Host
from tryon.settings import Settings


def picture(side_px: int = 32, kind: str = "PNG", seed: int = 0) -> bytes:
    """A small picture file."""
    pixels = np.random.default_rng(seed).integers(0, 255, (side_px, side_px, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


PERSON, GARMENT = picture(seed=1), picture(seed=2)
PHOTOS = {"user_image": ("me.png", PERSON), "product_image": ("shirt.png", GARMENT)}


@dataclass
class ServedApi:
    """A running API."""

    url: str
    host: Host
    settings: Settings
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, **options: object) -> httpx.Client:
        """A new client, closed with the API; give it headers, or none."""
        self.clients.append(httpx.Client(base_url=self.url, timeout=30, **options))
        return self.clients[-1]

    def submit(self, client: httpx.Client, **fields: object) -> str:
        """The id of a new draft."""
        answer = client.post("/api/tryon/submit", files=PHOTOS, data={"mode": "draft", **fields})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    def wait(self, client: httpx.Client, job_id: str) -> dict[str, object]:
        """Its status, when it has ended."""
        found: dict[str, object] = {}

        def has_ended() -> bool:
            found.update(client.get(f"/api/tryon/status/{job_id}").json())
            return found["status"] not in ("QUEUED", "RUNNING")

        wait_until(has_ended, f"job {job_id}")
        return found


def api_settings(folder: Path, **changes: object) -> Settings:
    """Settings that nothing outside the test can change; limits high enough not to be met."""
    values = {"storage_dir": folder, "rate_limit": "100000/minute",
              "submit_limit": "100000/minute", **changes}  # fmt: skip
    return Settings(_env_file=None, **values)


@contextlib.contextmanager
def running_api(
    folder: Path, dresser: FakeDresser | None = None, **changes: object
) -> Iterator[ServedApi]:
    """Serve until the block ends."""
    settings = api_settings(folder, **changes)
    parts, host = build_service(settings, build_database(settings), dresser or FakeDresser())
    host.start()
    server = uvicorn.Server(
        uvicorn.Config(create_api(parts), port=0, log_level="warning", proxy_headers=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "the API")
    port = server.servers[0].sockets[0].getsockname()[1]
    served = ServedApi(f"http://127.0.0.1:{port}", host, settings)
    try:
        yield served
    finally:
        for client in served.clients:
            client.close()
        server.should_exit = True
        thread.join(WAIT_S)
        host.stop()
