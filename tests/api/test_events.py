"""Streams of events: they tell every change, end with the job, and are not without number."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.api.test_jobs import code
from tests.fakes.api import ServedApi, running_api
from tests.fakes.jobs import FakeDresser
from tests.servers import WAIT_S, wait_until
from tryon.errors import ServiceUnavailable
from tryon.jobs.ledger import Ledger
from tryon.jobs.service import JobService


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[ServedApi]:
    """Nobody does the jobs: they wait until they are removed."""
    with running_api(tmp_path, job_workers=0) as served:
        yield served


@contextmanager
def watched(client: httpx.Client, job_id: str) -> Iterator[httpx.Response]:
    """A stream that is open."""
    with client.stream("GET", f"/api/tryon/status/{job_id}/events") as stream:
        yield stream


def told(stream: httpx.Response) -> Iterator[tuple[str, dict[str, object]]]:
    """Name and content of each event."""
    name = ""
    for line in stream.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_every_change_is_told_until_the_end(tmp_path: Path) -> None:
    """For clients that do not like to poll."""
    dresser = FakeDresser(gate=threading.Event())
    with running_api(tmp_path, dresser) as served:
        client = served.client()
        job_id = served.submit(client)
        documents = []
        with watched(client, job_id) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            for name, document in told(stream):
                assert name == "status"
                documents.append(document)
                if document["status"] == "RUNNING":
                    dresser.gate.set()

    assert documents[0]["status"] in ("QUEUED", "RUNNING")
    assert documents[-1]["status"] == "DONE"
    assert documents[-1]["result_image_url"] == f"/results/{job_id}.png"


def test_a_job_erased_meanwhile_ends_its_stream_in_words(waiting: ServedApi) -> None:
    """Not with a connection that breaks."""
    client = waiting.client()
    job_id = waiting.submit(client)
    with watched(client, job_id) as stream:
        events = told(stream)
        next(events)
        Ledger(waiting.host.database).erase([job_id])
        *_, (name, document) = events

    assert (name, document["code"], document["job_id"]) == ("failure", "JOB_ERASED", job_id)


def test_a_database_away_for_a_moment_ends_no_stream(
    waiting: ServedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who watches sees a pause, nothing else."""
    client = waiting.client()
    job_id = waiting.submit(client)
    asked, real = threading.Event(), JobService.job

    def away(*_: object) -> None:
        asked.set()
        raise ServiceUnavailable

    with watched(client, job_id) as stream:
        events = told(stream)
        next(events)
        monkeypatch.setattr(JobService, "job", away)
        assert asked.wait(WAIT_S)
        monkeypatch.setattr(JobService, "job", real)
        waiting.client().delete(f"/api/tryon/{job_id}")

        assert [(name, document["status"]) for name, document in events] == [
            ("status", "CANCELLED")
        ]


@pytest.mark.parametrize(
    ("limit", "said"), [("MOST_OF_ONE", "You have 2 streams"), ("MOST", "Too many streams")]
)
def test_streams_are_not_without_number(
    waiting: ServedApi, monkeypatch: pytest.MonkeyPatch, limit: str, said: str
) -> None:
    """One visitor cannot hold every connection; who is refused can still poll, or come back."""
    monkeypatch.setattr(f"tryon.api.streams.{limit}", 2)
    client = waiting.client()
    job_id = waiting.submit(client)
    with ExitStack() as streams:
        for _ in range(2):
            streams.enter_context(watched(client, job_id))

        refused = client.get(f"/api/tryon/status/{job_id}/events")
        status = client.get(f"/api/tryon/status/{job_id}")

    def has_place() -> bool:
        with watched(client, job_id) as stream:
            return stream.status_code == 200

    assert code(refused) == (429, "RATE_LIMITED")
    assert refused.json()["message"].startswith(said)
    assert int(refused.headers["retry-after"]) > 0
    assert status.json()["status"] == "QUEUED"
    wait_until(has_place, "the places of those that have gone")


def test_the_streams_of_one_shop_leave_room_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each key has its own."""
    monkeypatch.setattr("tryon.api.streams.MOST_OF_ONE", 1)
    with running_api(tmp_path, job_workers=0, api_keys="one key,another key") as served:
        one, other = (
            served.client(headers={"X-API-Key": key}) for key in ("one key", "another key")
        )
        mine, theirs = served.submit(one), served.submit(other)
        with watched(one, mine), watched(other, theirs) as stream:
            assert stream.status_code == 200
            assert one.get(f"/api/tryon/status/{mine}/events").status_code == 429
