"""Telling a shop that its job has ended: until it listens, and never anybody inside."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.fakes.jobs import new_job
from tryon.adapters.public_post import post_public_json
from tryon.database import Database, now
from tryon.errors import InvalidRequest, PoseFailed
from tryon.jobs.claims import Claims
from tryon.jobs.ledger import Ledger
from tryon.jobs.tables import JobRow
from tryon.jobs.webhooks import TRIES, Telling

URL = "https://shop.example/done"


def ended(database: Database, url: str | None = URL) -> str:
    """The id of a job that has failed."""
    job_id = Ledger(database).submit(new_job(webhook_url=url)).id
    claims = Claims(database)
    job = claims.claim(job_id)
    assert job is not None
    claims.fail(job, PoseFailed())
    return job_id


def listening(told: list[tuple[str, str]]) -> Callable[[str, dict[str, Any]], None]:
    def post(url: str, document: dict[str, Any]) -> None:
        told.append((url, document["status"]))

    return post


def test_the_end_of_a_job_is_told_once(database: Database) -> None:
    """Its whole status, so that nobody has to ask; not of jobs that want no call."""
    told: list[tuple[str, str]] = []
    ended(database)
    ended(database, None)
    Ledger(database).submit(new_job(webhook_url=URL))  # has not ended

    Telling(database, listening(told))()
    Telling(database, listening(told))()

    assert told == [(URL, "FAILED")]


def test_a_shop_that_is_closed_is_called_again(database: Database) -> None:
    """With growing pauses, then no more."""
    ended(database)
    num_calls = 0

    def closed(_url: str, _document: dict[str, Any]) -> None:
        nonlocal num_calls
        num_calls += 1
        raise InvalidRequest("answered 503")

    pauses = []
    for _ in range(TRIES + 2):
        Telling(database, closed)()
        with database.write() as session:
            due, clock = session.execute(select(JobRow.webhook_due, now())).one()
            pauses.append(None if due is None else round(due - clock))
            session.execute(
                update(JobRow).where(JobRow.webhook_due.is_not(None)).values(webhook_due=now())
            )

    assert num_calls == TRIES
    assert pauses[:3] == [10, 40, 160]
    assert pauses[-1] is None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/x", "http://169.254.169.254/", "http://[::1]/", "file:///etc/passwd",
            "https://10.0.0.1/", "http://localhost:6379/", "nonsense"]
)  # fmt: skip
def test_nobody_inside_is_called(url: str) -> None:
    """A webhook is an address a user typed."""
    with pytest.raises(InvalidRequest):
        post_public_json(url, {})
