"""What the REST API calls, without HTTP: whose files are served, and which."""

import io
from pathlib import Path

import pytest

from tests.fakes.api import GARMENT, PERSON, api_settings
from tests.fakes.jobs import DRAFT, FakeDresser
from tryon.bootstrap import build_database
from tryon.bootstrap_jobs import build_blobs, build_claims, build_service, build_worker
from tryon.errors import NotFound
from tryon.jobs.files import artifact_key
from tryon.jobs.job import Job
from tryon.jobs.service import JobService
from tryon.jobs.submission import Photo, Submission
from tryon.settings import Settings

OWNER = "shop"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Files in a folder of this machine, where a path could lead out of it."""
    return api_settings(tmp_path)


@pytest.fixture
def service(settings: Settings) -> JobService:
    """Nobody does its jobs but `done`."""
    database = build_database(settings)
    database.migrate()
    return build_service(settings, database, FakeDresser())[0].service


@pytest.fixture
def done(service: JobService, settings: Settings) -> Job:
    """A job with its files."""
    photos = (Photo(io.BytesIO(one), len(one)) for one in (PERSON, GARMENT))
    submission = Submission(next(photos), (next(photos),), DRAFT, priority=5)
    job_id = service.submit(OWNER, submission).id
    claims = build_claims(settings, build_database(settings))
    job = claims.claim(job_id)
    assert job is not None
    build_worker(settings, claims, build_blobs(settings), FakeDresser()).work(job)
    return service.job(OWNER, job_id)


def test_a_file_of_a_job_is_served(service: JobService, done: Job, settings: Settings) -> None:
    """From where it is on this machine."""
    served = service.artifact(OWNER, done.id, "anchors.json")

    assert served.path == settings.storage_dir / artifact_key(done, "anchors.json")


@pytest.mark.parametrize(
    "name",
    [
        "../../../tryon.db", "../../../uploads/{id}/person", "../1/anchors.json", "./anchors.json",
        "/etc/hostname", "{storage}/tryon.db", "", ".", "..", "anchors.json/", "ANCHORS.JSON",
        "..\\..\\tryon.db", "anchors.json\0",
    ],
)  # fmt: skip
def test_no_name_leads_out_of_the_files_of_a_job(
    service: JobService, done: Job, settings: Settings, name: str
) -> None:
    """Whatever the web server in front made of it; what lies there is the database, say."""
    name = name.format(id=done.id, storage=settings.storage_dir)

    with pytest.raises(NotFound):
        service.artifact(OWNER, done.id, name)


def test_files_are_those_of_their_owner(service: JobService, done: Job) -> None:
    """The id of a job is no key."""
    with pytest.raises(NotFound):
        service.artifact("another shop", done.id, "anchors.json")
    with pytest.raises(NotFound):
        service.result("another shop", done.id)
