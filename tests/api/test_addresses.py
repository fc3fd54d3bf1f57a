"""Pictures by address: fetched from public places, and from nowhere inside."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.api.test_jobs import code
from tests.fakes.api import PERSON, PHOTOS, ServedApi
from tests.servers import HELD_S
from tryon import bootstrap_jobs
from tryon.adapters import public_network

INSIDE = [
    "http://127.0.0.1/a.png", "http://localhost/a.png", "http://[::1]/a.png",
    "http://0.0.0.0/a.png", "http://10.0.0.1/a.png", "http://192.168.1.1/a.png",
    "http://172.16.0.1/a.png", "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/a.png", "http://168.63.129.16/a.png", "http://2130706433/a.png",
    "http://0x7f000001/a.png", "http://0177.0.0.1/a.png", "http://127.1/a.png",
    "http://[::ffff:127.0.0.1]/a.png", "http://[::ffff:7f00:1]/a.png", "http://[fe80::1]/a.png",
    "http://[fd00::1]/a.png", "http://[64:ff9b::7f00:1]/a.png", "http://[2002:7f00:1::]/a.png",
    "http://127.0.0.1:22/a.png", "http://93.184.216.34:6379/a.png", "file:///etc/passwd",
    "ftp://127.0.0.1/a.png", "gopher://127.0.0.1/a", "data:image/png;base64,AAAA",
    "http://user:password@127.0.0.1/a.png", "http://", "//127.0.0.1/a.png", "a.png",
    "http://127.0.0.1\\@example.com/a.png", "http://[::1%25lo]/a.png",
]  # fmt: skip


@pytest.mark.parametrize("url", INSIDE)
def test_addresses_inside_are_refused(client: httpx.Client, url: str) -> None:
    """In words, whatever way the address is written."""
    answer = client.post(
        "/api/tryon/submit", data={"user_image_url": url},
        files={"product_image": PHOTOS["product_image"]},
    )  # fmt: skip

    assert code(answer) == (422, "INVALID_IMAGE_URL")


class Site(BaseHTTPRequestHandler):
    """A web site that is kind, or not."""

    def do_GET(self) -> None:
        if self.path.startswith("/inside"):
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            self.end_headers()
        elif self.path.startswith("/slow"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(PERSON[:10])
            self.wfile.flush()
            self.server.is_over.wait(HELD_S)
        elif self.path.startswith("/huge"):
            self.send_response(200)
            self.end_headers()
            for _ in range(64):
                self.wfile.write(b"\0" * 2**20)
        else:
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(PERSON)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A site called shop.example that counts as public; every other address is as ever."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    server.is_over = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    real_connect, real_resolve = socket.create_connection, public_network._resolved

    def resolve(host: str, *rest: object) -> list[str]:
        return ["93.184.216.34"] if host == "shop.example" else real_resolve(host, *rest)

    def connect(address: tuple[str, int], *args: object, **options: object) -> socket.socket:
        here = ("127.0.0.1", port) if address[0] == "93.184.216.34" else address
        return real_connect(here, *args, **options)

    monkeypatch.setattr(public_network, "_resolved", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    yield "http://shop.example"
    server.is_over.set()
    server.shutdown()
    server.server_close()


def test_a_public_picture_is_fetched(api: ServedApi, client: httpx.Client, site: str) -> None:
    """All of them, by address alone; an outfit too."""
    answer = client.post(
        "/api/tryon/submit",
        data={"user_image_url": f"{site}/me", "mode": "draft",
              "product_image_url": [f"{site}/shirt", f"{site}/skirt"]},
    )  # fmt: skip

    assert answer.status_code == 202
    job_id = answer.json()["job_id"]
    assert api.wait(client, job_id)["status"] == "DONE"
    assert client.get(f"/results/{job_id}.png").content == b"picture of " + PERSON


@pytest.mark.parametrize(
    ("path", "limit_s", "expected"),
    [("/inside", HELD_S, (422, "INVALID_IMAGE_URL")), ("/slow", 1.0, (422, "INVALID_IMAGE_URL")),
     ("/huge", HELD_S, (413, "IMAGE_TOO_LARGE"))],
)  # fmt: skip
def test_a_site_that_is_not_kind(
    client: httpx.Client,
    site: str,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    limit_s: float,
    expected: tuple[int, str],
) -> None:
    """It leads inside, drips, or never ends."""
    monkeypatch.setattr(bootstrap_jobs, "FETCH_TIMEOUT_S", limit_s)  # else 8
    answer = client.post(
        "/api/tryon/submit", data={"user_image_url": site + path},
        files={"product_image": PHOTOS["product_image"]},
    )  # fmt: skip

    assert code(answer) == expected
