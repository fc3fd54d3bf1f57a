"""Telling a shop that its job has ended: until it listens, signed, and never anybody inside."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.fakes.jobs import new_job
from tests.servers import WAIT_S
from tryon.adapters import public_network
from tryon.adapters.public_post import post_public_json
from tryon.database.sql import Database, now
from tryon.errors import InvalidRequest, PoseFailed
from tryon.jobs.api_keys import KeyRing
from tryon.jobs.claims import Claims
from tryon.jobs.job import Job
from tryon.jobs.ledger import Ledger
from tryon.jobs.tables import JobRow
from tryon.jobs.webhooks import TOLD_AT_ONCE, TRIES, Telling, message

URL = "https://shop.example/done"
KEY = "the key of a shop"
Post = Callable[[str, bytes, Mapping[str, str]], None]


def ended(database: Database, url: str | None = URL, owner: str = "shop") -> Job:
    """A job that has failed."""
    ledger, claims = Ledger(database), Claims(database)
    job = claims.claim(ledger.submit(new_job(owner=owner, webhook_url=url)).id)
    assert job is not None
    claims.fail(job, PoseFailed())
    found = ledger.get(job.id)
    assert found is not None
    return found


def telling(database: Database, post: Post) -> Telling:
    return Telling(database, post, KeyRing(database, [KEY]).secret_of)


def listening(told: list[tuple[str, str]]) -> Post:
    def post(url: str, body: bytes, _headers: Mapping[str, str]) -> None:
        told.append((url, json.loads(body)["status"]))

    return post


def test_the_end_of_a_job_is_told_once(database: Database) -> None:
    """Its whole status, so that nobody has to ask; not of jobs that want no call."""
    told: list[tuple[str, str]] = []
    ended(database)
    ended(database, None)
    Ledger(database).submit(new_job(webhook_url=URL))  # has not ended

    telling(database, listening(told))()
    telling(database, listening(told))()

    assert told == [(URL, "FAILED")]


@pytest.mark.parametrize(
    "failure", [InvalidRequest("answered 503"), RuntimeError("a bug")], ids=["closed", "a bug"]
)
def test_a_shop_that_is_closed_is_called_again(database: Database, failure: Exception) -> None:
    """With growing pauses, then no more; whatever it was."""
    ended(database)
    num_calls = 0

    def closed(*_: object) -> None:
        nonlocal num_calls
        num_calls += 1
        raise failure

    for pause_s in (10, 40, 160, 640, 2560, None, None):
        with database.write() as session:
            before = session.scalar(select(now()))
            session.execute(
                update(JobRow).where(JobRow.webhook_due.is_not(None)).values(webhook_due=now())
            )
        telling(database, closed)()
        with database.read() as session:
            due, after = session.execute(select(JobRow.webhook_due, now())).one()
        if pause_s is None:
            assert due is None
        else:
            assert before + pause_s <= due <= after + pause_s

    assert num_calls == TRIES


def test_a_shop_that_is_slow_keeps_no_other_waiting(database: Database) -> None:
    """All that are due are told side by side."""
    for _ in range(TOLD_AT_ONCE):
        ended(database)
    all_at_once = threading.Barrier(TOLD_AT_ONCE)

    telling(database, lambda *_: all_at_once.wait(WAIT_S) and None)()

    assert not all_at_once.broken


def test_the_message_is_signed_for_whoever_submitted(database: Database) -> None:
    """With the hash of their API key, from the settings or the table; without a key, not at all."""
    ring = KeyRing(database, [KEY])
    made = ring.add("another shop")
    owners = {key: ring.owner_of(key) for key in (KEY, made)}
    ring.revoke("another shop")

    for key, owner in owners.items():
        assert owner is not None
        assert ring.secret_of(owner) == hashlib.sha256(key.encode()).digest()
    assert ring.secret_of("local") is None
    assert ring.secret_of("key %") is None
    assert "webhook-signature" not in message(ended(database), None, 1)[1]


def test_a_signature_as_the_standard_has_it(database: Database) -> None:
    """Worked out by openssl, not by us."""
    job = ended(database)
    secret = hashlib.sha256(KEY.encode()).digest()

    body, headers = message(job, secret, 1_700_000_000)

    signed = f"{job.id}.1700000000.".encode() + body
    digest = subprocess.run(
        ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{secret.hex()}",
         "-binary"], input=signed, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert headers == {
        "webhook-id": job.id, "webhook-timestamp": "1700000000",
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }  # fmt: skip


def documented(language: str) -> str:
    """The example of docs/api.md that checks a message."""
    text = (Path(__file__).parents[2] / "docs/api.md").read_text("utf-8")
    blocks = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    [found] = [block for block in blocks if "webhook-signature" in block]
    return str(found)


CASES = [
    ("as sent", {}, True),
    ("another body", {"body": b'{"status": "DONE"}'}, False),
    ("an old message", {"webhook-timestamp": "1"}, False),
    ("another key", {"key": "wrong"}, False),
    ("no signature", {"webhook-signature": ""}, False),
]


@pytest.mark.parametrize(("change", "is_genuine"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])  # fmt: skip
def test_the_python_example_knows_a_forgery(
    database: Database, change: dict[str, Any], is_genuine: bool
) -> None:
    """As printed in docs/api.md."""
    namespace: dict[str, Any] = {}
    exec(documented("python"), namespace)
    secret = hashlib.sha256(KEY.encode()).digest()
    body, headers = message(ended(database), secret, int(namespace["time"].time()))

    found = namespace["is_genuine"](
        {**headers, **change}, change.get("body", body), change.get("key", KEY)
    )

    assert found is is_genuine


def test_the_node_example_knows_a_forgery(database: Database, tmp_path: Path) -> None:
    """As printed in docs/api.md; all cases in one start of Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed (apt-get install nodejs)")
    secret = hashlib.sha256(KEY.encode()).digest()
    seconds = int(subprocess.check_output(["date", "+%s"]))
    body, headers = message(ended(database), secret, seconds)
    calls = []
    for _, change, _ in CASES:
        sent = change.get("body", body).decode()
        named = {name: value for name, value in change.items() if name.startswith("webhook")}
        calls.append([headers | named, sent, change.get("key", KEY)])
    script = tmp_path / "check.mjs"
    script.write_text(
        f"{documented('js')}\nfor (const [headers, body, key] of {json.dumps(calls)}) {{\n"
        "  console.log(isGenuine(headers, body, key));\n}\n"
    )

    done = subprocess.run([node, script], capture_output=True, text=True)

    assert done.stdout.split() == [str(case[2]).lower() for case in CASES], done.stderr


def test_the_message_arrives_as_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Body and headers reach the shop untouched; its answer is not read to the end."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    got: list[tuple[str, str, bytes]] = []

    class Shop(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            got.append((self.path, self.headers["webhook-id"], self.rfile.read(length)))
            self.send_response(200)
            self.send_header("Content-Length", str(10**12))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(public_network, "_PORTS", frozenset({server.server_port}))
    monkeypatch.setattr(public_network, "_is_public", lambda _ip: True)

    post_public_json(
        f"http://127.0.0.1:{server.server_port}/done?order=7", b'{"a": 1}', {"webhook-id": "x"}
    )
    server.shutdown()
    server.server_close()

    assert got == [("/done?order=7", "x", b'{"a": 1}')]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/x", "http://169.254.169.254/", "http://[::1]/", "file:///etc/passwd",
            "https://10.0.0.1/", "http://localhost:6379/", "nonsense"]
)  # fmt: skip
def test_nobody_inside_is_called(url: str) -> None:
    """A webhook is an address a user typed."""
    with pytest.raises(InvalidRequest):
        post_public_json(url, b"{}", {})
