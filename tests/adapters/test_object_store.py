"""Files by key: the same on a folder and on a real S3 server."""

import io
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fakes.api import PERSON, running_api
from tests.servers import S3, or_skip, running_s3, wait_until
from tryon.adapters.object_store import ObjectStore
from tryon.errors import StorageError
from tryon.ports import BlobMissing


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """A real one."""
    with or_skip(running_s3(tmp_path_factory.mktemp("s3"))) as server:
        yield server


@pytest.fixture
def s3_url(s3: S3, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder in its bucket, which may take a moment to appear."""
    for name, value in s3.env.items():
        monkeypatch.setenv(name, value)
    url = f"s3://{s3.bucket}/studio"

    def is_up() -> bool:
        try:
            ObjectStore(url).put("uploads/x/person", b"x")
        except StorageError:
            return False
        return True

    wait_until(is_up, "the bucket")
    return url


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """Each test runs on both."""
    if request.param == "folder":
        return ObjectStore(f"file://{tmp_path}/files")
    return ObjectStore(request.getfixturevalue("s3_url"))


def test_what_is_put_is_got(store: ObjectStore) -> None:
    """As bytes or as an open file; the later one wins."""
    store.put("results/a/1.png", b"first")
    store.put("results/a/1.png", io.BytesIO(b"second" * 100_000))

    assert store.get("results/a/1.png") == b"second" * 100_000


def test_a_folder_is_listed_with_age_and_size(store: ObjectStore) -> None:
    """Of this folder only: `b` is not in `bb`."""
    store.put("artifacts/b/1/anchors.json", b"{}")
    store.put("artifacts/b/1/run.json", b"{}...")
    store.put("artifacts/bb/1/run.json", b"{}")

    found = {blob.key: blob for blob in store.walk("artifacts/b/")}

    assert {key: blob.size for key, blob in found.items()} == {
        "artifacts/b/1/anchors.json": 2, "artifacts/b/1/run.json": 5,
    }  # fmt: skip
    assert all(abs(blob.modified - time.time()) < 60 for blob in found.values())


def test_what_is_deleted_is_gone(store: ObjectStore) -> None:
    """What was not there does not matter."""
    store.put("uploads/c/person", b"me")

    store.delete(["uploads/c/person", "uploads/c/person", "uploads/nobody/person"])

    assert list(store.walk("uploads/c/")) == []
    with pytest.raises(BlobMissing):
        store.get("uploads/c/person")


@pytest.mark.parametrize("key", ["../outside", "uploads/../../outside", "uploads/./x"])
def test_no_key_leads_outside(store: ObjectStore, key: str) -> None:
    """Keys are ours, but a mistake must not become a hole."""
    with pytest.raises(ValueError, match="parse path"):
        store.put(key, b"x")


@pytest.mark.parametrize("url", ["ftp://host/folder", "folder", "https://host/folder"])
def test_other_kinds_of_storage_are_refused_at_start(url: str) -> None:
    """Before the first photo comes."""
    with pytest.raises(ValueError, match="STORAGE_URL"):
        ObjectStore(url)


def test_a_storage_that_is_away_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job is tried again later then."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    with pytest.raises(StorageError) as failure:
        ObjectStore("s3://bucket").get("x")

    assert "127.0.0.1" not in failure.value.message


def test_results_on_s3_are_fetched_from_there(s3_url: str, tmp_path: Path) -> None:
    """The API answers with a signed address; nothing is kept in the storage folder."""
    with running_api(tmp_path, storage_url=s3_url) as served:
        client = served.client()
        job_id = served.submit(client)
        served.wait(client, job_id)
        redirect = client.get(f"/results/{job_id}.png")
        picture = httpx.get(redirect.headers["location"], timeout=60)
        forged = httpx.get(
            redirect.headers["location"].replace("Signature=", "Signature=0"), timeout=60
        )
        client.delete(f"/api/tryon/{job_id}")
        gone = httpx.get(redirect.headers["location"], timeout=60)

    assert redirect.status_code == 307
    assert redirect.headers["cache-control"] == "no-store"
    assert picture.content == b"picture of " + PERSON
    assert forged.status_code == 403
    assert gone.status_code == 404
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix == ".png"]
