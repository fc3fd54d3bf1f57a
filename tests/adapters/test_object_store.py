"""Files by key: the same on a folder, on a real S3 server, and through the client of Google Cloud.

Google's own server cannot be had here. Its XML interface is that of S3 in all we use, so a server
of S3 that lets everybody in stands in for it; signing needs no server.
"""

import io
import json
import subprocess
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


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """What stands in for Google's server."""
    with or_skip(running_s3(tmp_path_factory.mktemp("google"), is_open=True)) as server:
        yield server


@pytest.fixture(scope="module")
def private_key() -> str:
    """Of a service account."""
    return subprocess.check_output(["openssl", "genrsa", "2048"], text=True)


@pytest.fixture
def gs_url(google: S3, private_key: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder in its bucket."""
    account = {
        "gcs_base_url": f"http://127.0.0.1:{google.port}", "disable_oauth": True,
        "client_email": "studio@example.com", "private_key": private_key, "private_key_id": "1",
    }  # fmt: skip
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT_KEY", json.dumps(account))
    url = f"gs://{google.bucket}/studio"
    wait_until(lambda: httpx.get(f"http://127.0.0.1:{google.port}/{google.bucket}").is_success,
               "the bucket")  # fmt: skip
    return url


@pytest.fixture(params=["folder", "s3", "google"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """Each test runs on all of them."""
    if request.param == "folder":
        return ObjectStore(f"file://{tmp_path}/files")
    return ObjectStore(request.getfixturevalue("s3_url" if request.param == "s3" else "gs_url"))


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


@pytest.mark.parametrize("key", ["../outside", "uploads/../../outside", "uploads/./x", "/etc/x"])
def test_no_path_leads_outside(tmp_path: Path, key: str) -> None:
    """Nor is a file served from there; `/` between two folders would begin at the root."""
    with pytest.raises(ValueError, match="parse path"):
        ObjectStore(tmp_path.as_uri()).path(key)


@pytest.mark.parametrize("url", ["ftp://host/folder", "folder", "https://host/folder"])
def test_other_kinds_of_storage_are_refused_at_start(url: str) -> None:
    """Before the first photo comes."""
    with pytest.raises(ValueError, match="STORAGE_URL"):
        ObjectStore(url)


def test_a_folder_that_cannot_be_made_is_said_at_start(tmp_path: Path) -> None:
    """In a sentence that names it."""
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match="file/folder cannot be made"):
        ObjectStore((tmp_path / "file" / "folder").as_uri())


def test_a_storage_that_is_away_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job is tried again later then."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    with pytest.raises(StorageError) as failure:
        ObjectStore("s3://bucket").get("x")

    assert "127.0.0.1" not in failure.value.message


def test_google_cloud_addresses_are_signed_here(
    private_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the key of the service account, without asking anybody; for ten minutes."""
    account = {"client_email": "studio@example.com", "private_key": private_key,
               "private_key_id": "1"}  # fmt: skip
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT_KEY", json.dumps(account))

    link = httpx.URL(ObjectStore("gs://shop/studio").link("results/a/1.png") or "")

    assert (link.host, link.path) == ("storage.googleapis.com", "/shop/studio/results/a/1.png")
    assert link.params["X-Goog-Algorithm"] == "GOOG4-RSA-SHA256"
    assert link.params["X-Goog-Expires"] == "600"
    assert len(link.params["X-Goog-Signature"]) == 512


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
