"""The table of jobs: nobody's work is lost, done twice, or seen half done."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DataError

from tests.fakes.jobs import new_job
from tryon.database.sql import Database, now
from tryon.errors import IdempotencyKeyReused, NanoApiError, PoseFailed, StorageError
from tryon.jobs.claims import Claims
from tryon.jobs.figures import Figures
from tryon.jobs.job import (
    HIGH,
    LOW,
    MOVES,
    GarmentOptions,
    Job,
    JobOptions,
    JobResult,
    JobState,
)
from tryon.jobs.ledger import Ledger
from tryon.jobs.sweep import Once
from tryon.jobs.tables import JobRow, SweepRow, TotalRow

RESULT = JobResult("e" * 64, 0.83, 1, None, ("Small.",), {"align": 0.5, "store": 0.25})


@pytest.fixture
def ledger(database: Database) -> Ledger:
    """What clients see."""
    return Ledger(database)


@pytest.fixture
def claims(database: Database) -> Claims:
    """What workers see."""
    return Claims(database, lease_s=60, max_failures=3)


def let_leases_end(database: Database) -> None:
    """As if the workers had not been heard of for long, and every pause were over."""
    with database.write() as session:
        session.execute(update(JobRow).values(due=now() - 1))


def state(ledger: Ledger, job: Job) -> JobState:
    found = ledger.get(job.id)
    assert found is not None
    return found.state


def claimed(claims: Claims) -> Job:
    job = claims.claim_next()
    assert job is not None
    return job


def test_a_job_goes_its_way(ledger: Ledger, claims: Claims) -> None:
    """Queued, running, done; what it was asked and what came out stay with it."""
    garments = (GarmentOptions("dress", {"schema": 1}), GarmentOptions())
    options = JobOptions(garments, mode="draft", realism_level=5)
    queued = ledger.submit(new_job(options=options))
    assert (queued.state, queued.attempt) == (JobState.QUEUED, 0)

    job = claimed(claims)
    assert (job.id, job.state, job.attempt) == (queued.id, JobState.RUNNING, 1)
    assert claims.progress(job, "align", 0.5)
    assert ledger.get(job.id).stage == "align"
    assert claims.finish(job, RESULT)

    done = ledger.get(job.id)
    assert (done.state, done.progress, done.stage) == (JobState.DONE, 1.0, None)
    assert (done.options, done.result) == (options, RESULT)
    assert done.completed >= done.created


def test_which_of_several_causes_is_kept(ledger: Ledger, claims: Claims) -> None:
    """A shop tells `blocked` from `quota_day` by a word, not by a sentence."""
    ledger.submit(new_job())
    job = claimed(claims)

    claims.fail(job, NanoApiError(reason="blocked"))

    assert ledger.get(job.id).error.reason == "blocked"


def test_states_that_end_allow_no_move() -> None:
    """DONE stays done, whatever a late worker says."""
    assert {s for s in JobState if s.is_final} == {
        JobState.DONE, JobState.FAILED, JobState.CANCELLED,
    }  # fmt: skip
    assert set(MOVES) == set(JobState)


def test_many_workers_never_get_the_same_job(database: Database, ledger: Ledger) -> None:
    """Eight workers ask at once for sixty jobs."""
    ids = {ledger.submit(new_job()).id for _ in range(60)}
    claims = Claims(database)

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: claims.claim_next(), range(80)))

    taken = [job.id for job in got if job is not None]
    assert len(taken) == 60
    assert set(taken) == ids


def test_the_urgent_come_first_then_the_early(ledger: Ledger, claims: Claims) -> None:
    """Priority before age."""
    late, first, second, urgent = (ledger.submit(new_job(priority=p)).id for p in (LOW, 5, 5, HIGH))

    assert [claimed(claims).id for _ in range(4)] == [urgent, first, second, late]


def test_a_job_that_waits_knows_how_many_go_before_it(ledger: Ledger, claims: Claims) -> None:
    """The order is that of the workers; a job at work is in nobody's way, and in no line."""
    late, first, second, urgent = (ledger.submit(new_job(priority=p)).id for p in (LOW, 5, 5, HIGH))

    def positions() -> list[int | None]:
        return [ledger.get(job_id).queue_position for job_id in (urgent, first, second, late)]

    assert positions() == [0, 1, 2, 3]
    claims.claim_next()
    assert positions() == [None, 0, 1, 2]
    ledger.cancel(first)
    assert positions() == [None, None, 0, 1]
    assert [job.queue_position for job in ledger.page("shop", 4)] == [None, 0, None, 1]


def test_a_lost_worker_is_replaced_and_refused_when_it_comes_back(
    database: Database, ledger: Ledger, claims: Claims
) -> None:
    """Its heartbeat, its progress and its result count no more."""
    ledger.submit(new_job())
    lost = claimed(claims)
    assert claims.claim_next() is None
    let_leases_end(database)

    other = claimed(claims)

    assert (other.id, other.attempt) == (lost.id, 2)
    assert not claims.keep(lost)
    assert not claims.progress(lost, "align", 0.9)
    assert not claims.finish(lost, RESULT)
    assert not claims.is_ours(lost)
    assert claims.is_ours(other)
    assert claims.finish(other, RESULT)


def test_a_heartbeat_keeps_the_job(database: Database, ledger: Ledger, claims: Claims) -> None:
    """A long job is not taken from a worker that lives."""
    ledger.submit(new_job())
    job = claimed(claims)
    let_leases_end(database)

    assert claims.keep(job)

    assert claims.claim_next() is None


def test_finishing_twice_is_the_same_as_once(
    database: Database, ledger: Ledger, claims: Claims
) -> None:
    """The answer to a commit may get lost with the connection; the worker then asks again."""
    ledger.submit(new_job())
    job = claimed(claims)

    assert claims.finish(job, RESULT)
    assert claims.finish(job, RESULT)

    with database.read() as session:
        outcome = session.get(TotalRow, ("outcome", "DONE"))
        assert outcome is not None
        assert outcome.num == 1


def test_a_cancelled_job_is_not_begun(ledger: Ledger, claims: Claims) -> None:
    """It was waiting."""
    job = ledger.submit(new_job())

    assert ledger.cancel(job.id)

    assert claims.claim_next() is None
    assert state(ledger, job) == JobState.CANCELLED
    assert not ledger.cancel(job.id)


def test_a_cancelled_worker_is_refused(ledger: Ledger, claims: Claims) -> None:
    """It was running; whatever it still writes comes too late."""
    ledger.submit(new_job())
    job = claimed(claims)

    assert ledger.cancel(job.id)

    assert not claims.is_ours(job)
    assert not claims.finish(job, RESULT)
    assert state(ledger, job) == JobState.CANCELLED


def test_a_transient_failure_is_tried_again_after_a_pause(
    database: Database, ledger: Ledger, claims: Claims, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pause doubles, and at last the failure is the job's."""
    monkeypatch.setattr("tryon.jobs.claims.BACKOFF_S", 100.0)  # else 2
    ledger.submit(new_job())
    pauses = []
    for _ in range(2):
        job = claimed(claims)
        assert claims.retry(job, StorageError())
        with database.read() as session:
            due, clock = session.execute(select(JobRow.due, now())).one()
        pauses.append(due - clock)
        assert claims.claim_next() is None
        let_leases_end(database)

    job = claimed(claims)
    assert claims.retry(job, StorageError())

    assert pauses == pytest.approx([100, 200], abs=60)  # the clock goes on meanwhile
    failed = ledger.get(job.id)
    assert failed.state == JobState.FAILED
    assert failed.error.code == "STORAGE_ERROR"


def test_a_clock_that_goes_back_keeps_no_job_waiting(
    database: Database, ledger: Ledger, claims: Claims
) -> None:
    """A machine set to summer time by hand, and back: the job is not due in an hour, but now."""
    job = ledger.submit(new_job())
    with database.write() as session:
        session.execute(update(JobRow).values(due=now() + 3600))

    assert claimed(claims).id == job.id


def test_a_job_that_kills_its_workers_ends(
    database: Database, ledger: Ledger, claims: Claims
) -> None:
    """A picture that crashes a decoder must not take worker after worker with it."""
    poison = ledger.submit(new_job())
    for _ in range(3):
        assert claims.fail_lost() == []
        claimed(claims)
        let_leases_end(database)

    assert claims.claim_next() is None
    assert claims.fail_lost() == [poison.id]

    failed = ledger.get(poison.id)
    assert failed.state == JobState.FAILED
    assert failed.error.code == "WORKER_LOST"
    assert failed.error.remedy


@pytest.mark.parametrize(
    "spoiled",
    [
        {"options": {"garments": [{}], "an option of the next version": 1}},
        {"options": {}},
        {"options": []},
        {"result": {"etag": "e"}},
        {"error": {"colour": "blue"}},
    ],
    ids=str,
)
def test_a_job_that_cannot_be_read_is_in_nobodys_way(
    database: Database, ledger: Ledger, claims: Claims, spoiled: dict[str, object]
) -> None:
    """As after going back to an older version: it fails in words, and the others are done."""
    unread, fine = ledger.submit(new_job(priority=HIGH)), ledger.submit(new_job(priority=LOW))
    with database.write() as session:
        session.execute(update(JobRow).where(JobRow.id == unread.id).values(**spoiled))

    assert_in_nobodys_way(ledger, claims, unread, fine)


@pytest.mark.parametrize("column", ["options", "result", "error"])
def test_a_row_broken_by_hand_is_in_nobodys_way(
    database: Database, ledger: Ledger, claims: Claims, column: str
) -> None:
    """SQLite takes any text for JSON; Postgres refuses it."""
    unread, fine = ledger.submit(new_job(priority=HIGH)), ledger.submit(new_job(priority=LOW))
    halved = text(f"update jobs set {column} = '{{\"garments\": [' where id = :id")
    if not database.is_sqlite:
        with pytest.raises(DataError), database.write() as session:
            session.execute(halved, {"id": unread.id})
        return

    with database.write() as session:
        session.execute(halved, {"id": unread.id})

    assert_in_nobodys_way(ledger, claims, unread, fine)


def assert_in_nobodys_way(ledger: Ledger, claims: Claims, unread: Job, fine: Job) -> None:
    """The job fails in words, can be seen and erased, and the other one is done."""
    assert claims.claim_next() is None
    assert claimed(claims).id == fine.id

    found = ledger.get(unread.id)
    assert (found.state, found.error.code) == (JobState.FAILED, "JOB_UNREADABLE")
    assert {job.id for job in ledger.page("shop", 10)} == {unread.id, fine.id}
    assert not ledger.cancel(unread.id)
    ledger.erase([unread.id])
    assert ledger.was_erased("shop", unread.id)


def test_a_worker_that_has_to_stop_gives_its_job_back(ledger: Ledger, claims: Claims) -> None:
    """A restart is not the job's fault: it counts as no failure, and begins at once elsewhere."""
    ledger.submit(new_job())
    for attempt in range(1, 8):
        job = claimed(claims)
        assert job.attempt == attempt
        assert claims.release(job)


def test_a_failure_says_what_and_what_to_do(ledger: Ledger, claims: Claims) -> None:
    """The words of the error class, and the stage."""
    ledger.submit(new_job())
    job = claimed(claims)
    error = PoseFailed()
    error.stage = "detect pose"

    assert claims.fail(job, error)

    found = ledger.get(job.id).error
    assert (found.code, found.stage) == ("POSE_FAILED", "detect pose")
    assert (found.message, found.remedy) == (error.message, error.remedy)


def test_a_queue_is_given_what_it_misses(
    database: Database, ledger: Ledger, claims: Claims
) -> None:
    """Jobs of lost workers, retries that are due; new ones were given to it when they came."""
    _new, running, lost, retried = (ledger.submit(new_job()).id for _ in range(4))
    claims.claim(lost)
    failed = claims.claim(retried)
    assert failed is not None
    claims.retry(failed, StorageError())
    with database.write() as session:  # their time has come
        session.execute(
            update(JobRow).where(JobRow.id.in_([lost, retried])).values(handed=0, due=now())
        )
    claims.claim(running)

    assert {job.id for job in claims.to_hand(10, 60)} == {lost, retried}
    assert claims.to_hand(10, 60) == []


def test_a_queue_that_lost_its_messages_is_given_them_again(ledger: Ledger, claims: Claims) -> None:
    """After a while without anybody taking the job."""
    job = ledger.submit(new_job())

    assert claims.to_hand(10, 60) == []
    assert [handed.id for handed in claims.to_hand(10, 0)] == [job.id]


def test_a_delivery_that_comes_twice_is_dropped(ledger: Ledger, claims: Claims) -> None:
    """Queues deliver at least once."""
    job = ledger.submit(new_job())

    assert claims.claim(job.id) is not None
    assert claims.claim(job.id) is None
    assert claims.claim("unknown") is None


def test_a_repeated_request_finds_its_job(ledger: Ledger) -> None:
    """The answer got lost on a phone; the client sends it again with the same key."""
    first = ledger.submit(new_job(idempotency_key="order 7"))

    again = ledger.submit(new_job(idempotency_key="order 7"))
    found = ledger.find_repeated("shop", "order 7", "f" * 64)
    elsewhere = ledger.submit(new_job(owner="other", idempotency_key="order 7"))

    assert again.id == found.id == first.id
    assert elsewhere.id != first.id


def test_a_key_is_its_owners_alone(ledger: Ledger) -> None:
    """Two shops count their orders from one: neither gets the job of the other, or is refused."""
    first = ledger.submit(new_job("shop a", idempotency_key="order-1"))

    assert ledger.find_repeated("shop b", "order-1", "f" * 64) is None
    other = ledger.submit(new_job("shop b", idempotency_key="order-1", fingerprint="e" * 64))

    assert (first.owner, other.owner) == ("shop a", "shop b")
    assert ledger.find_repeated("shop b", "order-1", "e" * 64) == other


def test_two_equal_requests_at_once_make_one_job(ledger: Ledger) -> None:
    """A double click."""
    with ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(lambda _: ledger.submit(new_job(idempotency_key="a")), range(8)))

    assert len({job.id for job in jobs}) == 1


def test_a_key_for_something_else_is_refused(ledger: Ledger) -> None:
    """Nobody gets the job of other photos."""
    ledger.submit(new_job(idempotency_key="order 7"))

    with pytest.raises(IdempotencyKeyReused):
        ledger.submit(new_job(idempotency_key="order 7", fingerprint="0" * 64))
    with pytest.raises(IdempotencyKeyReused):
        ledger.find_repeated("shop", "order 7", "0" * 64)


def test_jobs_are_listed_page_by_page(ledger: Ledger) -> None:
    """Newest first, own ones only, none twice."""
    mine = [ledger.submit(new_job()).id for _ in range(5)]
    ledger.submit(new_job(owner="other"))

    first = ledger.page("shop", 3)
    second = ledger.page("shop", 3, (first[-1].created, first[-1].id))

    assert [job.id for job in (*first, *second)] == mine[::-1]


def test_sums_outlive_the_jobs(database: Database, ledger: Ledger, claims: Claims) -> None:
    """Metrics go on counting when photos and rows are erased."""
    for _ in range(2):
        ledger.submit(new_job())
        job = claimed(claims)
        claims.finish(job, RESULT)
        ledger.erase([job.id])

    with database.read() as session:
        align = session.get(TotalRow, ("stage", "align"))
        assert (align.num, align.seconds) == (2, 1.0)
    assert sum(Figures(database).counts().values()) == 0


def test_an_owner_and_the_sweep_may_erase_the_same_job(database: Database, ledger: Ledger) -> None:
    """Whoever comes second finds nothing, and nobody is told of a bug."""
    for _ in range(10):
        job = ledger.submit(new_job())

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(ledger.erase, [[job.id]] * 4))

        assert ledger.get(job.id) is None
        assert ledger.was_erased(job.owner, job.id)


def test_a_dear_sweep_is_done_once_for_all_processes(database: Database) -> None:
    """Ten workers do not list the object store ten times."""
    calls: list[str] = []
    sweeps = [Once(database, "erase", 600, lambda: calls.append("erase")) for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda sweep: sweep(), sweeps))
    Once(database, "another", 600, lambda: calls.append("another"))()
    with database.write() as session:
        session.execute(update(SweepRow).values(due=now() - 1))
    sweeps[3]()

    assert calls == ["erase", "another", "erase"]
