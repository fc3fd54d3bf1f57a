"""Doing a job: files first, then the row; failures, time limits and cancelling in between."""

import json
import threading
from pathlib import Path

import pytest

from tests.fakes.jobs import FakeDresser, new_job
from tests.servers import HELD_S, WAIT_S, wait_until
from tryon.adapters.object_store import ObjectStore
from tryon.database.sql import Database, database_url
from tryon.errors import PoseFailed, StorageError
from tryon.jobs.claims import Claims
from tryon.jobs.files import artifact_key, garment_keys, person_key, prefixes, result_key
from tryon.jobs.job import Job, JobState
from tryon.jobs.ledger import Ledger
from tryon.jobs.runner import ThreadRunner
from tryon.jobs.sweep import Erasing
from tryon.jobs.tables import JobRow
from tryon.jobs.work import Worker


class Bench:
    """Everything a worker needs, on SQLite and in a folder."""

    def __init__(self, folder: Path, dresser: FakeDresser) -> None:
        self.database = Database.open(database_url(None, folder))
        self.database.migrate()
        self.ledger = Ledger(self.database)
        self.claims = Claims(self.database, lease_s=HELD_S)
        self.blobs = ObjectStore(f"file://{folder}/files")
        self.worker = Worker(self.claims, self.blobs, dresser, timeout_s=HELD_S)

    def submit(self, **changes: object) -> Job:
        new = new_job(**changes)
        self.blobs.put(person_key(new.id), b"me")
        for key in garment_keys(new.id, len(new.options.garments)):
            self.blobs.put(key, b"shirt")
        return self.ledger.submit(new)

    def claim(self) -> Job:
        job = self.claims.claim_next()
        assert job is not None
        return job

    def files(self, job: Job) -> set[str]:
        return {found.key for prefix in prefixes(job.id) for found in self.blobs.walk(prefix)}


@pytest.fixture
def dresser() -> FakeDresser:
    """Quick and successful unless a test says otherwise."""
    return FakeDresser()


@pytest.fixture
def bench(tmp_path: Path, dresser: FakeDresser) -> Bench:
    """A worker's place."""
    return Bench(tmp_path, dresser)


def test_a_job_done_leaves_its_files_and_its_figures(bench: Bench) -> None:
    """The picture, the artifacts, the score, the warnings."""
    bench.submit()
    job = bench.claim()

    bench.worker.work(job)

    done = bench.ledger.get(job.id)
    assert done.state == JobState.DONE
    assert bench.blobs.get(result_key(done)) == b"picture of me"
    assert bench.blobs.get(artifact_key(done, "anchors.json")) == b"{}"
    assert (done.result.quality_score, done.result.retry_count) == (0.83, 1)
    assert done.result.warnings == ("The picture is small.",)
    assert set(done.result.seconds) == {"load garment", "align", "check quality", "store"}


def test_pictures_of_the_stages_can_be_left_out(bench: Bench, dresser: FakeDresser) -> None:
    """SAVE_DEBUG_ARTIFACTS=false keeps what one needs to go on: draft, anchors, record."""
    bench.submit()
    job = bench.claim()

    Worker(bench.claims, bench.blobs, dresser, save_debug=False).work(job)

    names = {key.rsplit("/", 1)[1] for key in bench.files(job) if key.startswith("artifacts/")}
    assert names == {"draft_composite.png", "anchors.json", "run.json"}


def test_a_failure_leaves_error_json(bench: Bench, dresser: FakeDresser) -> None:
    """With the stage it happened in."""
    dresser.fails = [PoseFailed()]
    bench.submit()
    job = bench.claim()

    bench.worker.work(job)

    failed = bench.ledger.get(job.id)
    assert (failed.state, failed.error.code) == (JobState.FAILED, "POSE_FAILED")
    assert failed.error.stage == "align"
    assert json.loads(bench.blobs.get(artifact_key(job, "error.json")))["code"] == "POSE_FAILED"


def test_a_bug_is_told_without_its_insides(
    bench: Bench, dresser: FakeDresser, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the traceback, the owner a code and a remedy."""
    dresser.fails = [KeyError("secret detail")]
    bench.submit()
    job = bench.claim()

    bench.worker.work(job)

    failed = bench.ledger.get(job.id)
    assert failed.error.code == "INTERNAL_ERROR"
    assert "secret detail" not in failed.error.message + failed.error.remedy
    assert "secret detail" in caplog.text


def test_a_disk_that_is_full_for_a_moment_costs_a_retry(bench: Bench, dresser: FakeDresser) -> None:
    """Transient: the job goes back and is done the next time."""
    dresser.fails = [StorageError("no space")]
    bench.submit()
    job = bench.claim()

    bench.worker.work(job)

    waiting = bench.ledger.get(job.id)
    assert (waiting.state, waiting.error) == (JobState.QUEUED, None)
    assert waiting.due > waiting.created


def test_cancelling_takes_effect_at_the_next_stage(bench: Bench, dresser: FakeDresser) -> None:
    """And nothing of the attempt is left."""
    dresser.gate = threading.Event()
    bench.submit()
    job = bench.claim()
    thread = threading.Thread(target=bench.worker.work, args=(job,))
    thread.start()
    assert dresser.reached.wait(WAIT_S)

    bench.ledger.cancel(job.id)
    dresser.gate.set()
    thread.join(WAIT_S)

    assert not thread.is_alive()
    assert bench.ledger.get(job.id).state == JobState.CANCELLED
    assert bench.files(job) == {person_key(job.id), *garment_keys(job.id, 1)}


def test_a_job_that_takes_too_long_fails_at_once(bench: Bench, dresser: FakeDresser) -> None:
    """Its owner is told when the time is over, not when the stage at work ends; if it ever does."""
    dresser.gate, dresser.is_deaf = threading.Event(), True
    bench.submit()
    job = bench.claim()
    worker = Worker(bench.claims, bench.blobs, dresser, timeout_s=0.2)
    thread = threading.Thread(target=worker.work, args=(job,))
    thread.start()

    wait_until(lambda: bench.ledger.get(job.id).state == JobState.FAILED, "the time limit")
    assert thread.is_alive()
    dresser.gate.set()
    thread.join(WAIT_S)

    assert bench.ledger.get(job.id).error.code == "TIMEOUT"
    assert not any(key.startswith("results/") for key in bench.files(job))


def test_photos_erased_before_it_began_are_no_failure(bench: Bench) -> None:
    """Someone erased the job between claim and start."""
    bench.submit()
    job = bench.claim()
    bench.blobs.delete([person_key(job.id)])
    bench.ledger.erase([job.id])

    bench.worker.work(job)

    assert bench.ledger.get(job.id) is None


def test_photos_that_are_gone_fail_the_job(bench: Bench) -> None:
    """After a restored backup, say; not tried again and again."""
    job = bench.submit()
    bench.blobs.delete([person_key(job.id)])

    bench.worker.work(bench.claim())

    failed = bench.ledger.get(job.id)
    assert (failed.state, failed.error.code) == (JobState.FAILED, "JOB_ERASED")


def test_jobs_of_an_earlier_process_are_done_at_start(bench: Bench) -> None:
    """Waiting ones at once; those at work when it died after their lease."""
    waiting, running = bench.submit(), bench.submit()
    short = Claims(bench.database, lease_s=0.1)
    short.claim(running.id)

    runner = ThreadRunner(bench.worker, 2)
    runner.start()
    wait_until(
        lambda: all(bench.ledger.get(job.id).state == JobState.DONE for job in (waiting, running)),
        "both jobs",
    )
    runner.stop(1)

    assert bench.ledger.get(running.id).attempt == 2


def test_a_new_job_is_begun_at_once(bench: Bench, dresser: FakeDresser) -> None:
    """Handing it wakes a thread up; nobody waits for the next look at the table."""
    runner = ThreadRunner(bench.worker, 1)
    runner.start()

    runner.hand(bench.submit())

    assert dresser.reached.wait(WAIT_S)
    runner.stop(5)


def test_stopping_ends_the_job_at_work_and_begins_no_other(
    bench: Bench, dresser: FakeDresser
) -> None:
    """A restart in the middle of a day costs nobody their result."""
    dresser.gate = threading.Event()
    first, second = bench.submit(), bench.submit()
    runner = ThreadRunner(bench.worker, 1)
    runner.start()
    assert dresser.reached.wait(WAIT_S)
    stopping = threading.Thread(target=runner.stop, args=(HELD_S,))
    stopping.start()

    wait_until(runner._closing.is_set, "the word to stop")
    dresser.gate.set()
    stopping.join(WAIT_S)

    assert bench.ledger.get(first.id).state == JobState.DONE
    assert bench.ledger.get(second.id).state == JobState.QUEUED


def test_what_does_not_end_in_time_goes_back(bench: Bench, dresser: FakeDresser) -> None:
    """After the grace it stops at its next stage, for another process to do."""
    dresser.gate = threading.Event()
    bench.submit()
    job = bench.claim()
    stop = threading.Event()
    thread = threading.Thread(target=bench.worker.work, args=(job, stop))
    thread.start()
    assert dresser.reached.wait(WAIT_S)

    stop.set()
    dresser.gate.set()
    thread.join(WAIT_S)

    assert bench.ledger.get(job.id).state == JobState.QUEUED
    assert bench.claims.claim(job.id) is not None


def test_a_job_whose_stage_goes_on_is_given_back_at_the_end(
    bench: Bench, dresser: FakeDresser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deployment does not wait for it, and it does not count as a worker lost."""
    monkeypatch.setattr("tryon.jobs.runner.LAST_STAGE_S", 0.1)
    dresser.gate = threading.Event()
    job = bench.submit()
    runner = ThreadRunner(bench.worker, 1)
    runner.start()
    assert dresser.reached.wait(WAIT_S)

    runner.stop(0.1)

    assert bench.ledger.get(job.id).state == JobState.QUEUED
    again = bench.claim()
    dresser.gate.set()
    assert (again.id, again.attempt) == (job.id, 2)
    with bench.database.read() as session:
        assert session.get(JobRow, job.id).failures == 0


def test_a_thread_that_is_stuck_is_replaced(bench: Bench, dresser: FakeDresser) -> None:
    """One photo that a model never finishes with does not stop the shop."""
    dresser.gate, dresser.is_deaf = threading.Event(), True
    worker = Worker(bench.claims, bench.blobs, dresser, timeout_s=0.2)
    stuck = bench.submit()
    runner = ThreadRunner(worker, 1)
    runner.start()
    wait_until(lambda: runner.condition().num_stuck == 1, "the time limit")
    assert dresser.reached.wait(WAIT_S)  # it stands at the gate that is taken away now

    dresser.gate, gate = None, dresser.gate
    fine = bench.submit()
    wait_until(lambda: bench.ledger.get(fine.id).state.is_final, "the next job")
    gate.set()
    wait_until(lambda: runner.condition().num_stuck == 0, "the thread that came back")
    runner.stop(5)

    assert bench.ledger.get(stuck.id).error.code == "TIMEOUT"


def test_old_photos_are_erased_with_everything_made_of_them(bench: Bench) -> None:
    """The promise of RETENTION_HOURS: rows and files, whatever became of the job."""
    done, waiting = bench.submit(), bench.submit()
    bench.worker.work(bench.claim())

    Erasing(bench.ledger, bench.blobs, keep_s=3600)()
    assert bench.files(done)
    assert bench.files(waiting)
    Erasing(bench.ledger, bench.blobs, keep_s=-1)()

    assert bench.ledger.get(done.id) is None
    assert bench.ledger.get(waiting.id) is None
    assert bench.ledger.was_erased(done.owner, done.id)
    bench.ledger.forget_erased(-1)
    assert not bench.ledger.was_erased(done.owner, done.id)
    assert bench.files(done) | bench.files(waiting) == set()


def test_files_without_a_job_are_found(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash between file and row leaves a photo nobody asked to keep."""
    known = bench.submit()
    bench.blobs.put(person_key("nobody"), b"lost")

    Erasing(bench.ledger, bench.blobs, keep_s=3600)()
    assert bench.blobs.get(person_key("nobody")) == b"lost"  # perhaps being submitted
    monkeypatch.setattr("tryon.jobs.sweep.ORPHAN_S", -1)
    Erasing(bench.ledger, bench.blobs, keep_s=3600)()

    assert list(bench.blobs.walk("uploads/nobody/")) == []
    assert len(bench.files(known)) == 2
