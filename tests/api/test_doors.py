"""Who may come in, how often, how large; and what is never said or let out."""

import json
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from tests.api.test_jobs import code
from tests.fakes.api import PHOTOS, ServedApi, running_api
from tests.fakes.keys import FakeKeys, NoLimit
from tryon.api.doors import PAGE_BODY_BYTES, Doors
from tryon.api.trace import JsonLines
from tryon.jobs.api_keys import KeyRing

KEY, OTHER = "k" * 40, "o" * 40
ELSEWHERE = {"X-Forwarded-For": "203.0.113.7"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApi]:
    """Two keys in the settings."""
    with running_api(tmp_path_factory.mktemp("api"), api_keys=f"{KEY}, {OTHER}") as served:
        yield served


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApi]:
    """No keys, behind a proxy that is trusted."""
    folder = tmp_path_factory.mktemp("api")
    with running_api(folder, trusted_proxies="127.0.0.1") as served:
        yield served


@pytest.mark.parametrize(
    "headers",
    [{"X-API-Key": KEY}, {"Authorization": f"Bearer {KEY}"}, {"Authorization": f"bearer {KEY}"}],
    ids=["own header", "bearer", "bearer in small letters"],
)
def test_a_known_key_opens(guarded: ServedApi, headers: dict[str, str]) -> None:
    """Both ways of sending it."""
    assert guarded.client(headers=headers).get("/api/tryon/jobs").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-API-Key": "wrong"}, {"Authorization": f"Basic {KEY}"}, {"X-API-Key": KEY[:-1]},
     {"X-API-Key": "é".encode("latin-1")}],
    ids=["none", "wrong", "basic", "nearly", "no ASCII"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/tryon/jobs", "/results/x.png", "/metrics"])
def test_without_a_known_key_nothing_opens(
    guarded: ServedApi, headers: dict[str, str], path: str
) -> None:
    """Not even for the machine itself, once there are keys."""
    answer = guarded.client(headers=headers).get(path)

    assert code(answer) == (401, "UNAUTHORIZED")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_behind_a_path_prefix_the_doors_are_the_same() -> None:
    """A server with a root path has it before the path of every request; no door may miss it."""
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["path"])

    doors = Doors(
        app, keys=FakeKeys(), limiter=NoLimit(), allow_anonymous=False, origins=(),
        max_photo_bytes=1,
    )  # fmt: skip
    client = TestClient(doors, root_path="/studio")

    answer = client.get("/studio/api/tryon/jobs")

    assert (answer.status_code, seen) == (401, [])


def test_health_is_open(guarded: ServedApi) -> None:
    """Whoever runs it has no key at hand there."""
    assert guarded.client().get("/health").status_code == 200


def test_nobody_sees_the_jobs_of_another(guarded: ServedApi) -> None:
    """Status, events, picture, artifacts, removal, list: as if there were no such job."""
    mine = guarded.client(headers={"X-API-Key": KEY})
    other = guarded.client(headers={"X-API-Key": OTHER})
    job_id = guarded.submit(mine)
    guarded.wait(mine, job_id)

    answers = [
        other.get(f"/api/tryon/status/{job_id}"),
        other.get(f"/api/tryon/status/{job_id}/events"),
        other.get(f"/results/{job_id}.png"),
        other.get(f"/api/tryon/result/{job_id}"),
        other.get(f"/api/tryon/artifacts/{job_id}"),
        other.get(f"/api/tryon/artifacts/{job_id}/anchors.json"),
        other.delete(f"/api/tryon/{job_id}"),
        other.get("/api/tryon/jobs", params={"before": job_id}),
    ]

    assert {code(answer) for answer in answers} == {(404, "NOT_FOUND")}
    assert other.get("/api/tryon/jobs").json()["jobs"] == []
    assert mine.get(f"/results/{job_id}.png").status_code == 200
    mine.delete(f"/api/tryon/{job_id}")
    assert code(other.get(f"/api/tryon/status/{job_id}")) == (404, "NOT_FOUND")


def test_a_body_is_not_read_before_the_key(guarded: ServedApi) -> None:
    """A stranger is refused after the headers, whatever would follow."""
    port = int(guarded.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), 10) as sock:
        sock.sendall(
            b"POST /api/tryon/submit HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        )
        first_line = sock.recv(4096).split(b"\r\n")[0]

    assert first_line == b"HTTP/1.1 401 Unauthorized"


def test_a_body_without_an_end_is_cut_off(tmp_path: Path) -> None:
    """One that does not say its length is read up to the limit, no further."""
    num_sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal num_sent
        yield b'--x\r\nContent-Disposition: form-data; name="user_image"; filename="a"\r\n\r\n'
        while num_sent < 200:
            num_sent += 1
            yield b"\0" * 2**20

    with running_api(tmp_path, max_upload_mb=2) as served:
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        try:
            answer = served.client().post("/api/tryon/submit", content=endless(), headers=headers)
        except (httpx.WriteError, httpx.ReadError):  # hung up on while still sending
            pass
        else:
            assert code(answer) == (413, "IMAGE_TOO_LARGE")

    assert num_sent < 100


@pytest.mark.parametrize("is_told", [True, False], ids=["with its length", "without"])
def test_what_is_sent_to_the_page_has_an_end(is_told: bool) -> None:
    """The page and the review read whole bodies into memory, of anybody."""
    part, num_parts, taken = b"x" * 2**20, PAGE_BODY_BYTES // 2**20 + 4, []

    async def page(request: Request) -> Response:
        taken.extend([len(some) async for some in request.stream()])
        return Response("read")

    app = Starlette(routes=[Route("/review/api/sign-in", page, methods=["POST"])])
    doors = Doors(app, FakeKeys(), NoLimit(), True, (), 2**20)
    client = TestClient(doors)

    def body(num: int) -> bytes | Iterator[bytes]:
        return part * num if is_told else (part for _ in range(num))

    small = client.post("/review/api/sign-in", content=body(2))
    large = client.post("/review/api/sign-in", content=body(num_parts))

    assert small.text == "read"
    assert large.status_code == 413
    assert sum(taken) == len(part) * 2  # of the large one nothing


def test_keys_of_the_table_come_and_go(tmp_path: Path) -> None:
    """Made and revoked while the service runs; only their hashes are kept."""
    with running_api(tmp_path) as served:
        ring = KeyRing(served.host.database)
        key = ring.add("shop")
        client = served.client(headers={"X-API-Key": key})
        assert client.get("/api/tryon/jobs").status_code == 200

        ring.revoke("shop")

        assert code(client.get("/api/tryon/jobs")) == (401, "UNAUTHORIZED")
        database = (tmp_path / "tryon.db").read_bytes()
        wal = (tmp_path / "tryon.db-wal").read_bytes()
        assert key.encode() not in database + wal


def test_without_keys_only_this_machine_is_served(behind: ServedApi) -> None:
    """A service started without thought is not open to the world."""
    assert behind.client().get("/api/tryon/jobs").status_code == 200
    assert code(behind.client(headers=ELSEWHERE).get("/api/tryon/jobs")) == (401, "UNAUTHORIZED")


def test_a_proxy_nobody_told_us_of_does_not_make_strangers_local(api: ServedApi) -> None:
    """Behind nginx on the same machine every request comes from the loopback address."""
    answer = api.client(headers=ELSEWHERE).get("/api/tryon/jobs")

    assert code(answer) == (401, "UNAUTHORIZED")


def test_everybody_may_be_let_in_but_sees_only_what_they_know(tmp_path: Path) -> None:
    """ALLOW_ANONYMOUS: a job is found by its id, and there is no list."""
    with running_api(tmp_path, allow_anonymous=True, trusted_proxies="127.0.0.1") as served:
        stranger = served.client(headers=ELSEWHERE)
        job_id = served.submit(stranger)
        assert served.wait(stranger, job_id)["status"] == "DONE"

        assert code(stranger.get("/api/tryon/jobs")) == (401, "UNAUTHORIZED")
        assert code(stranger.get("/api/tryon/jobs", headers={"X-API-Key": "wrong"})) == (
            401, "UNAUTHORIZED",
        )  # fmt: skip


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "[::1"},
        {"Origin": "http://[::1"},
    ],
    ids=["rebound name", "another site", "a sandboxed page", "no name", "no site"],
)
def test_a_page_in_a_browser_cannot_use_the_open_service(
    api: ServedApi, headers: dict[str, str]
) -> None:
    """Any site can send a form to localhost; it must not make jobs there."""
    answer = api.client().post("/api/tryon/submit", files=PHOTOS, headers=headers)

    assert code(answer) == (403, "FORBIDDEN")


def test_requests_are_counted_by_key_and_by_address(tmp_path: Path) -> None:
    """Too many: 429 and when to come back; another key at another address goes on."""
    with running_api(
        tmp_path, api_keys=f"{KEY},{OTHER}", rate_limit="5/day", trusted_proxies="127.0.0.1"
    ) as served:
        client = served.client(headers={"X-API-Key": KEY})
        answers = [client.get("/api/tryon/jobs") for _ in range(7)]
        moved = client.get("/api/tryon/jobs", headers=ELSEWHERE)
        other = served.client(headers={"X-API-Key": OTHER})
        same_address = other.get("/api/tryon/jobs")
        free = other.get("/api/tryon/jobs", headers={"X-Forwarded-For": "203.0.113.8"})

    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert code(answers[-1]) == (429, "RATE_LIMITED")
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 86_400
    assert code(moved) == (429, "RATE_LIMITED")  # the key
    assert code(same_address) == (429, "RATE_LIMITED")  # the address
    assert free.status_code == 200


def test_wrong_keys_are_counted_too(tmp_path: Path) -> None:
    """A key cannot be guessed at leisure."""
    with running_api(tmp_path, api_keys=KEY, rate_limit="5/day") as served:
        client = served.client()
        answers = [
            client.get("/api/tryon/jobs", headers={"X-API-Key": f"guess {number}"})
            for number in range(7)
        ]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2


def test_submitting_has_a_limit_of_its_own(tmp_path: Path) -> None:
    """Jobs are dear, looking at them is cheap."""
    with running_api(tmp_path, submit_limit="2/day", job_workers=0) as served:
        client = served.client()
        answers = [client.post("/api/tryon/submit", files=PHOTOS) for _ in range(3)]
        listed = client.get("/api/tryon/jobs")

    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert listed.status_code == 200


def test_pages_of_other_sites_are_let_in_by_name_only(tmp_path: Path) -> None:
    """Closed by default; CORS_ORIGINS names the shop."""
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "authorization,idempotency-key,x-api-key",
             }  # fmt: skip
    with running_api(tmp_path / "a", api_keys=KEY) as closed:
        refused = closed.client().options("/api/tryon/submit", headers=asked)
    with running_api(tmp_path / "b", api_keys=KEY, cors_origins="https://shop.example") as served:
        let_in = served.client().options("/api/tryon/submit", headers=asked)
        other = served.client().options(
            "/api/tryon/submit", headers=asked | {"Origin": "https://evil.example"}
        )
        failed = served.client().get("/api/tryon/jobs", headers={"Origin": "https://shop.example"})

    assert "access-control-allow-origin" not in refused.headers
    assert let_in.headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-origin" not in other.headers
    assert {"Location", "Retry-After"} <= set(
        failed.headers["access-control-expose-headers"].split(", ")
    )
    assert failed.status_code == 401  # told to the page, not hidden as a network error
    assert failed.headers["access-control-allow-origin"] == "https://shop.example"


def test_every_answer_has_safe_headers_and_an_id(client: httpx.Client) -> None:
    """Failures too; an id given by the client is kept when it is one."""
    fine = client.get("/health", headers={"X-Request-ID": "order-7"})
    failed = client.get("/api/tryon/status/x", headers={"X-Request-ID": "a b\tc" * 30})

    for answer in (fine, failed):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert fine.headers["x-request-id"] == "order-7"
    assert len(failed.headers["x-request-id"]) == 32


def test_the_log_has_no_keys_photos_or_queries(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One JSON line a request, with what helps to find a problem and nothing private."""
    caplog.set_level(logging.DEBUG, "tryon")
    with running_api(tmp_path, api_keys=KEY) as served:
        client = served.client(headers={"X-API-Key": KEY, "X-Request-ID": "abc"})
        served.wait(client, served.submit(client))
        client.post(
            "/api/tryon/submit?token=secret-query",
            data={"user_image_url": "http://127.0.0.1/a.png?signature=secret-signature",
                  "product_image_url": "http://127.0.0.1/a.png?signature=secret-signature"},
        )  # fmt: skip

    records = [record for record in caplog.records if record.name.startswith("tryon")]
    lines = "\n".join(JsonLines().format(record) for record in records)

    access = [json.loads(line) for line in lines.splitlines() if '"tryon.access"' in line]
    assert {line["path"] for line in access} >= {"/api/tryon/submit"}
    assert all({"method", "status", "ms", "time"} <= set(line) for line in access)
    for secret in (KEY, "secret-query", "secret-signature", "\\x89PNG", "IHDR"):
        assert secret not in lines


def test_a_bug_is_answered_in_our_shape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The traceback is for the log, the client gets a code and an id to quote."""

    def broken(*_: object) -> None:
        raise KeyError("inside")

    monkeypatch.setattr("tryon.jobs.service.JobService.job", broken)
    with running_api(tmp_path) as served:
        answer = served.client().get("/api/tryon/status/x")

    assert code(answer) == (500, "INTERNAL_ERROR")
    assert "inside" not in answer.text
    assert "inside" in caplog.text
    assert answer.headers["x-request-id"]


def test_https_behind_a_proxy_is_noticed(behind: ServedApi) -> None:
    """The proxy ends TLS; browsers are told to stay with it."""
    answer = behind.client(headers=ELSEWHERE | {"X-Forwarded-Proto": "https"}).get("/health")

    assert "max-age" in answer.headers["strict-transport-security"]


def test_many_at_once_are_answered(api: ServedApi) -> None:
    """Twenty programs ask and submit together; nobody gets a 5xx."""
    problems: list[object] = []

    def work() -> None:
        with httpx.Client(base_url=api.url, timeout=60) as client:
            for _ in range(3):
                job_id = api.submit(client)
                status = api.wait(client, job_id)
                if status["status"] != "DONE":
                    problems.append(status)

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
