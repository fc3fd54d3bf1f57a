"""Submit, watch, fetch, remove: the way of a job through the REST API."""

import errno
import io
import json
import struct
import tempfile
import threading
import uuid
import zipfile
import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.api import GARMENT, PERSON, PHOTOS, ServedApi, picture, running_api
from tests.fakes.jobs import FakeDresser
from tests.fakes.studio import a_draft, a_garment, a_photo, a_pose, masks_of
from tests.servers import WAIT_S, wait_until
from tryon.adapters.object_store import ObjectStore
from tryon.bootstrap_jobs import has_space
from tryon.errors import PoseFailed, StorageError
from tryon.fit import Person
from tryon.jobs.dresser import Dressed
from tryon.jobs.job import GarmentOptions
from tryon.stages.load import PhotoLimits, load_photo
from tryon.steps import Steps

ANCHORS = a_draft(
    Person(a_photo(), a_pose(), masks_of(a_photo())), a_garment()
).anchors.to_json()  # fmt: skip

NOBODYS = "8f0e4d0c-1b1f-4a7e-9c55-2f6f3f1f6a10"  # the id of no job


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a failure, after a look at its shape."""
    body = answer.json()
    assert set(body) == {"code", "message", "remedy", "job_id"}
    assert body["message"]
    assert body["remedy"]
    return answer.status_code, body["code"]


def test_a_try_on_from_submit_to_picture(api: ServedApi, client: httpx.Client) -> None:
    """What the original store does."""
    answer = client.post(
        "/api/tryon/submit", files=PHOTOS, data={"garment_type": "tshirt", "mode": "draft"}
    )
    assert answer.status_code == 202
    job_id = answer.json()["job_id"]
    assert answer.json() == {
        "job_id": str(uuid.UUID(job_id)), "status": "QUEUED",
        "message": "Job submitted successfully",
    }  # fmt: skip

    status = api.wait(client, job_id)

    assert status["status"] == "DONE"
    assert status["result_image_url"] == f"/results/{job_id}.png"
    assert (status["quality_score"], status["retry_count"]) == (0.83, 1)
    assert (status["progress"], status["stage"], status["generator"]) == (1.0, None, None)
    assert status["error_code"] is None
    assert str(status["completed_at"]) >= str(status["created_at"])
    picture = client.get(str(status["result_image_url"]))
    assert picture.headers["content-type"] == "image/png"
    assert picture.content == b"picture of " + PERSON
    assert client.get(f"/api/tryon/result/{job_id}").content == picture.content


def test_every_choice_reaches_the_pipeline(tmp_path: Path) -> None:
    """Form fields in, options out; what is left out or empty has its default."""
    dresser = FakeDresser()
    with running_api(tmp_path, dresser, max_retries=1) as served:
        client = served.client()
        left_empty = {"mode": "", "garment_type": "", "anchors": "", "product_image_url": ""}
        served.wait(client, served.submit(client, **left_empty))
        chosen = {
            "mode": "draft", "garment_type": "tshirt", "tuck": "in", "preserve_face": "false",
            "preserve_background": "0", "realism_level": "5", "max_retries": "0",
            "generator": "offline", "anchors": json.dumps(ANCHORS),
        }  # fmt: skip
        served.wait(client, served.submit(client, **chosen))
        file = {"anchors": ("anchors.json", json.dumps(ANCHORS).encode())}
        answer = client.post("/api/tryon/submit", files=PHOTOS | file)
        served.wait(client, answer.json()["job_id"])

    plain, full, by_file = (options for _, _, options in dresser.seen)
    assert (plain.mode, plain.garments, plain.tuck) == ("final", (GarmentOptions(),), "auto")
    assert (plain.preserve_face, plain.preserve_background) == (True, True)
    assert (plain.realism_level, plain.max_retries, plain.generator) == (3, 1, "auto")
    assert (full.mode, full.tuck) == ("draft", "in")
    assert full.garments == (GarmentOptions("tshirt", ANCHORS),)
    assert (full.preserve_face, full.preserve_background) == (False, False)
    assert (full.realism_level, full.max_retries, full.generator) == (5, 0, "offline")
    assert by_file.garments == (GarmentOptions(None, ANCHORS),)


def test_of_anchors_nothing_is_kept_but_the_points(tmp_path: Path) -> None:
    """Fields of a client's own, however odd, go nowhere: not into the table, not into a file."""
    dresser = FakeDresser()
    odd = {"note": "\ud800\0", "deep": [[[]]]}
    sent = ANCHORS | odd | {"person": ANCHORS["person"] | odd}
    with running_api(tmp_path, dresser) as served:
        client = served.client()
        status = served.wait(client, served.submit(client, anchors=json.dumps(sent)))

    [(_, _, options)] = dresser.seen
    assert status["status"] == "DONE"
    assert options.garments == (GarmentOptions(None, ANCHORS),)


SKIRT, JACKET = picture(seed=3), picture(seed=4)


def outfit(*garments: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    """Files of a person and several garments."""
    named = [("product_image", ("garment.png", garment)) for garment in garments]
    return [("user_image", PHOTOS["user_image"]), *named]


def test_an_outfit_is_one_job(tmp_path: Path) -> None:
    """Repeated fields belong to each other by their order; what is not said is detected."""
    dresser = FakeDresser()
    with running_api(tmp_path, dresser) as served:
        client = served.client()
        data = {"mode": "draft", "garment_type": ["auto", "skirt"], "anchors": json.dumps(ANCHORS)}
        answer = client.post("/api/tryon/submit", files=outfit(GARMENT, SKIRT, JACKET), data=data)
        status = served.wait(client, answer.json()["job_id"])

    [(person, garments, options)] = dresser.seen
    assert status["status"] == "DONE"
    assert (person, garments) == (PERSON, (GARMENT, SKIRT, JACKET))
    assert options.garments == (
        GarmentOptions(None, ANCHORS), GarmentOptions("skirt"), GarmentOptions(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("num_garments", "fields"),
    [
        (5, {}),
        (2, {"product_image_url": "https://shop.example/skirt.jpg"}),
        (1, {"garment_type": ["tshirt", "skirt"]}),
        (1, {"anchors": [json.dumps(ANCHORS), json.dumps(ANCHORS)]}),
    ],
    ids=["too many", "files and addresses", "more types", "more anchors"],
)
def test_outfits_that_are_none(
    client: httpx.Client, num_garments: int, fields: dict[str, Any]
) -> None:
    """Never a guess at what belongs to which garment."""
    files = outfit(*[GARMENT] * num_garments)
    answer = client.post("/api/tryon/submit", files=files, data=fields)

    assert code(answer) == (422, "INVALID_REQUEST")


def test_every_garment_is_part_of_a_repeated_request(client: httpx.Client) -> None:
    """The same shirt with another skirt is another try-on."""
    headers = {"Idempotency-Key": f"order-{uuid.uuid4()}"}
    first, again, other = (
        client.post("/api/tryon/submit", files=outfit(GARMENT, skirt), headers=headers)
        for skirt in (SKIRT, SKIRT, JACKET)
    )

    assert first.json()["job_id"] == again.json()["job_id"]
    assert code(other) == (409, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"garment_type": "hat"}, (422, "INVALID_REQUEST")),
        ({"mode": "quick"}, (422, "INVALID_REQUEST")),
        ({"realism_level": "6"}, (422, "INVALID_REQUEST")),
        ({"max_retries": "-1"}, (422, "INVALID_REQUEST")),
        ({"priority": "much"}, (422, "INVALID_REQUEST")),
        ({"anchors": "{"}, (422, "INVALID_ANCHORS")),
        ({"anchors": "[" * 10_000}, (422, "INVALID_ANCHORS")),
        ({"anchors": '{"schema": 1}'}, (422, "INVALID_ANCHORS")),
        ({"anchors": json.dumps(ANCHORS), "garment_type": "dress"}, (422, "INVALID_ANCHORS")),
        ({"webhook_url": "ftp://shop.example/done"}, (422, "INVALID_REQUEST")),
        ({"webhook_url": "https://"}, (422, "INVALID_REQUEST")),
        ({"webhook_url": "https://[::1/done"}, (422, "INVALID_REQUEST")),
        ({"webhook_url": "https://shop.example/\0"}, (422, "INVALID_REQUEST")),
        ({"webhook_url": "https://shop.example/\nHost: other"}, (422, "INVALID_REQUEST")),
        ({"webhook_url": "https://shop.example:8443/done"}, (422, "INVALID_REQUEST")),
        ({"webhook_url": "https://name:secret@shop.example/"}, (422, "INVALID_REQUEST")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_choices_that_are_none(
    client: httpx.Client, fields: dict[str, str], expected: tuple[int, str]
) -> None:
    """Refused at once, in words."""
    answer = client.post("/api/tryon/submit", files=PHOTOS, data=fields)

    assert code(answer) == expected


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Mode", "mode"), ("user-image", "user_image"), ("realism", "realism_level"),
        ("garmenttype", "garment_type"), ("retries", "max_retries"),
    ],
)  # fmt: skip
def test_a_field_that_is_not_known_is_refused(client: httpx.Client, name: str, meant: str) -> None:
    """`Mode=draft` left out in silence would make a final picture, which may cost money."""
    answer = client.post("/api/tryon/submit", files=PHOTOS, data={name: "draft"})

    assert code(answer) == (422, "INVALID_REQUEST")
    assert answer.json()["message"] == f"There is no field '{name}'."
    assert answer.json()["remedy"] == f"Send it as {meant}."


@pytest.mark.parametrize("name", ["colour", "x" * 1000, "\0"], ids=["a word", "long", "odd"])
def test_a_field_like_no_other_is_told_which_there_are(client: httpx.Client, name: str) -> None:
    """And not the whole of what was sent."""
    answer = client.post("/api/tryon/submit", files=PHOTOS | {name: ("a.png", PERSON)})

    assert code(answer) == (422, "INVALID_REQUEST")
    assert "user_image, user_image_url, product_image" in answer.json()["remedy"]
    assert len(answer.content) < 1000


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"mode": "draft"}, {}),
        ({}, {"mode": ["draft", "final"]}),
        ({}, {"user_image_url": "https://shop.example/me.jpg"}),
    ],
    ids=["in the address", "twice", "both ways"],
)
def test_nothing_of_a_request_is_left_out(
    client: httpx.Client, query: dict[str, str], fields: dict[str, Any]
) -> None:
    """Whichever of two values we took, the other might be the one that was meant."""
    answer = client.post("/api/tryon/submit", params=query, files=PHOTOS, data=fields)

    assert code(answer) == (422, "INVALID_REQUEST")


def test_a_list_asked_for_in_other_words_is_not_the_whole_list(client: httpx.Client) -> None:
    """A page would be taken for all there is."""
    answer = client.get("/api/tryon/jobs", params={"Limit": "5"})

    assert code(answer) == (422, "INVALID_REQUEST")
    assert answer.json()["remedy"] == "Send it as limit."


def bomb() -> bytes:
    """A whole PNG of 30000 x 30000 pixels: 2.7 GB as RGB, 110 kB as a file."""
    side, packer = 30_000, zlib.compressobj()
    row = b"\0" * (1 + side // 8)
    rows = b"".join([*(packer.compress(row) for _ in range(side)), packer.flush()])
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.jpg", PERSON)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", (415, "INVALID_IMAGE_FORMAT")),
        (b"no picture at all", (415, "INVALID_IMAGE_FORMAT")),
        (zipped(), (415, "INVALID_IMAGE_FORMAT")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", (415, "INVALID_IMAGE_FORMAT")),
        (PERSON.ljust(10 * 2**20 + 1, b"\0"), (413, "IMAGE_TOO_LARGE")),
        (PERSON + b"\0" * (30 * 2**20), (413, "IMAGE_TOO_LARGE")),
    ],
    ids=["empty", "text", "zip", "svg", "a byte too many", "far too many"],
)
def test_files_that_are_no_pictures(
    client: httpx.Client, content: bytes, expected: tuple[int, str]
) -> None:
    """Said at once, not after a wait in line."""
    answer = client.post("/api/tryon/submit", files=PHOTOS | {"user_image": ("me.jpg", content)})

    assert code(answer) == expected


def test_a_picture_that_is_missing_is_named(client: httpx.Client) -> None:
    """Which one, and how to send it."""
    answer = client.post("/api/tryon/submit", files={"user_image": ("me.png", PERSON)})

    assert code(answer) == (422, "INVALID_REQUEST")
    assert "product_image" in answer.json()["message"]


def test_a_repeated_request_makes_no_second_job(client: httpx.Client) -> None:
    """The same Idempotency-Key and the same request: the same job. Another request: refused."""
    headers = {"Idempotency-Key": f"order-{uuid.uuid4()}"}
    first, again = (
        client.post("/api/tryon/submit", files=PHOTOS, headers=headers).json() for _ in range(2)
    )
    other = client.post(
        "/api/tryon/submit", headers=headers,
        files=PHOTOS | {"user_image": ("me.png", picture(seed=9))},
    )  # fmt: skip

    assert again["job_id"] == first["job_id"]
    assert code(other) == (409, "IDEMPOTENCY_KEY_REUSED")


def test_a_failure_is_told_with_its_remedy(tmp_path: Path) -> None:
    """Code, sentence, remedy and stage, as everywhere else."""
    with running_api(tmp_path, FakeDresser(fails=[PoseFailed()])) as served:
        client = served.client()
        job_id = served.submit(client)
        status = served.wait(client, job_id)
        result = client.get(f"/results/{job_id}.png")
        error = client.get(f"/api/tryon/artifacts/{job_id}/error.json")

    assert (status["status"], status["error_code"]) == ("FAILED", "POSE_FAILED")
    assert status["error_message"] == PoseFailed.default_message
    assert status["remedy"] == PoseFailed.default_remedy
    assert status["error_stage"] == "align"
    assert code(result) == (409, "NOT_READY")
    assert error.json()["code"] == "POSE_FAILED"


class RealStage0(FakeDresser):
    """Decodes the person photo as the studio does, then goes on as the fake."""

    def __call__(self, person: bytes, *rest: Any) -> Dressed:
        Steps(rest[2], rest[3])("load person", load_photo, person, PhotoLimits())
        return super().__call__(person, *rest)


def test_a_decompression_bomb_ends_as_a_failed_job(tmp_path: Path) -> None:
    """Small enough as a file; told by its header, before a pixel is unpacked."""
    with running_api(tmp_path, RealStage0()) as served:
        client = served.client()
        files = PHOTOS | {"user_image": ("me.png", bomb())}
        job_id = client.post("/api/tryon/submit", files=files).json()["job_id"]
        status = served.wait(client, job_id)

    assert (status["status"], status["error_code"]) == ("FAILED", "IMAGE_TOO_LARGE")
    assert (status["error_stage"], status["retry_count"]) == ("load person", 0)
    assert "30000 x 30000" in status["error_message"]


def test_threads_that_are_stuck_are_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jobs go on while there are threads left; then the service says that it needs a restart."""
    monkeypatch.setattr("tryon.jobs.runner.MOST_STUCK", 1)
    dresser = FakeDresser(gate=threading.Event(), is_deaf=True)
    with running_api(tmp_path, dresser, job_timeout_s=0.3) as served:
        client = served.client()
        first, second = (served.wait(client, served.submit(client)) for _ in range(2))
        wait_until(lambda: "tryon_stuck_threads 2.0" in client.get("/metrics").text, "the gauge")
        standing = client.get("/ready")
        dresser.gate.set()
        wait_until(lambda: client.get("/ready").json()["checks"]["workers"], "a thread came back")
        served.wait(client, served.submit(client))  # is done, not left in line

    assert (first["error_code"], second["error_code"]) == ("TIMEOUT", "TIMEOUT")
    assert standing.status_code == 503
    assert standing.json()["checks"]["workers"] is False


def test_a_job_at_work_shows_its_stage_and_can_be_cancelled(tmp_path: Path) -> None:
    """DELETE stops it at its next stage, and its photos go."""
    dresser = FakeDresser(gate=threading.Event())
    with running_api(tmp_path, dresser) as served:
        client = served.client()
        job_id = served.submit(client)
        assert dresser.reached.wait(WAIT_S)
        running = client.get(f"/api/tryon/status/{job_id}").json()
        early = client.get(f"/results/{job_id}.png")

        removed = client.delete(f"/api/tryon/{job_id}")
        dresser.gate.set()
        status = served.wait(client, job_id)

    assert running["status"] == "RUNNING"
    assert running["stage"] in ("load garment", "align")
    assert code(early) == (409, "NOT_READY")
    assert removed.json() == {"job_id": job_id, "status": "CANCELLED"}
    assert status["status"] == "CANCELLED"
    assert not [path for path in tmp_path.rglob(f"*{job_id}*/**/*") if path.is_file()]


def test_erasing_leaves_nothing(api: ServedApi, client: httpx.Client) -> None:
    """No row, no file; a second time there is nothing to erase."""
    job_id = api.submit(client)
    api.wait(client, job_id)

    removed = client.delete(f"/api/tryon/{job_id}")

    assert removed.json() == {"job_id": job_id, "status": "ERASED"}
    assert list(api.settings.storage_dir.rglob(f"*{job_id}*")) == []
    for path in (f"/api/tryon/status/{job_id}", f"/results/{job_id}.png"):
        assert code(client.get(path)) == (410, "JOB_ERASED")
    assert code(client.delete(f"/api/tryon/{job_id}")) == (410, "JOB_ERASED")


def test_jobs_are_listed_page_by_page(tmp_path: Path) -> None:
    """Newest first, with the way to the next page."""
    with running_api(tmp_path, job_workers=0) as served:
        client = served.client()
        ids = [served.submit(client) for _ in range(5)]
        first = client.get("/api/tryon/jobs", params={"limit": 3}).json()
        rest = client.get("/api/tryon/jobs", params={"limit": 3, "before": first["next"]}).json()

    jobs = first["jobs"] + rest["jobs"]
    assert [job["job_id"] for job in jobs] == ids[::-1]
    assert [job["queue_position"] for job in jobs] == [4, 3, 2, 1, 0]
    assert rest["next"] is None


def test_a_full_queue_takes_no_more(tmp_path: Path) -> None:
    """Better told now than waited for hours; a client knows when to come back."""
    with running_api(tmp_path, job_workers=0, max_queued_jobs=2) as served:
        client = served.client()
        served.submit(client)
        served.submit(client)
        refused = client.post("/api/tryon/submit", files=PHOTOS)

    assert code(refused) == (503, "QUEUE_FULL")
    assert int(refused.headers["retry-after"]) > 0


def test_a_disk_that_is_nearly_full_takes_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left belongs to the jobs already taken."""
    with running_api(tmp_path) as served:
        client = served.client()
        served.wait(client, served.submit(client))
        monkeypatch.setattr("tryon.bootstrap_jobs.MIN_FREE_BYTES", 2**62)
        refused = client.post("/api/tryon/submit", files=PHOTOS)
        ready = client.get("/ready")

    assert code(refused) == (507, "STORAGE_ERROR")
    assert ready.json()["checks"]["disk"] is False


def test_a_disk_that_is_gone_has_no_space(tmp_path: Path) -> None:
    """Unmounted, say: the service is not ready, instead of broken."""
    (tmp_path / "file").touch()

    assert not has_space(tmp_path / "file" / "storage")


def test_half_a_job_is_not_kept(
    api: ServedApi, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full after the first of two photos: neither stays."""
    before = sorted(api.settings.storage_dir.rglob("*/*/*"))
    real_put = ObjectStore.put

    def put(store: ObjectStore, key: str, content: Any) -> None:
        if key.startswith("products/"):
            raise StorageError
        real_put(store, key, content)

    monkeypatch.setattr(ObjectStore, "put", put)

    answer = client.post("/api/tryon/submit", files=PHOTOS)

    assert code(answer) == (507, "STORAGE_ERROR")
    assert sorted(api.settings.storage_dir.rglob("*/*/*")) == before


def test_an_upload_that_fills_the_disk_is_told_so(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large bodies wait in a temporary file while they are read."""

    class FullDisk(tempfile.SpooledTemporaryFile):  # type: ignore[type-arg]
        def write(self, _data: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("starlette.formparsers.SpooledTemporaryFile", FullDisk)

    answer = client.post("/api/tryon/submit", files=PHOTOS)

    assert code(answer) == (507, "STORAGE_ERROR")


def test_answers_say_where_to_look_next_and_when(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Location and Retry-After: a client that polls need not guess; later it may come rarely."""
    with running_api(tmp_path, job_workers=0) as served:
        client = served.client()
        taken = client.post("/api/tryon/submit", files=PHOTOS)
        young = client.get(taken.headers["location"])
        monkeypatch.setattr("tryon.api.jobs.PATIENT_S", -1)
        old = client.get(taken.headers["location"])
        client.delete(f"/api/tryon/{taken.json()['job_id']}")
        ended = client.get(taken.headers["location"])

    assert young.json()["job_id"] == taken.json()["job_id"]
    assert taken.headers["retry-after"] == young.headers["retry-after"] == "1"
    assert old.headers["retry-after"] == "5"
    assert ended.json()["status"] == "CANCELLED"
    assert "retry-after" not in ended.headers


def test_results_can_be_kept_and_fetched_in_parts(api: ServedApi, client: httpx.Client) -> None:
    """Browsers revalidate by ETag; downloads go on where they broke off."""
    job_id = api.submit(client)
    api.wait(client, job_id)
    url = f"/results/{job_id}.png"

    whole = client.get(url)
    kept = client.get(url, headers={"If-None-Match": whole.headers["etag"]})
    part = client.get(url, headers={"Range": "bytes=3-9"})
    beyond = client.get(url, headers={"Range": "bytes=99999999-"})
    head = client.head(url)

    assert (kept.status_code, kept.content) == (304, b"")
    assert (part.status_code, part.content) == (206, whole.content[3:10])
    assert beyond.status_code == 416
    assert head.headers["content-length"] == str(len(whole.content))
    assert "private" in whole.headers["cache-control"]


def test_artifacts_are_listed_and_fetched(api: ServedApi, client: httpx.Client) -> None:
    """The anchors of a draft, to move a point and submit it again."""
    job_id = api.submit(client)
    api.wait(client, job_id)

    listed = client.get(f"/api/tryon/artifacts/{job_id}").json()
    anchors = client.get(f"/api/tryon/artifacts/{job_id}/anchors.json")

    assert listed["names"] == [
        "anchors.json", "draft_composite.png", "person_mask.png", "run.json",
    ]  # fmt: skip
    assert anchors.headers["content-type"].startswith("application/json")
    assert anchors.json() == {}


@pytest.mark.parametrize(
    "path",
    [
        "/api/tryon/status/nobody", f"/api/tryon/status/{NOBODYS}",
        f"/api/tryon/status/{NOBODYS}/events", f"/results/{NOBODYS}.png",
        "/results/../tryon.db", "/results/..%2f..%2ftryon.db", "/results/%2e%2e/tryon.db.png",
        "/api/tryon/artifacts/{done}/..%2f..%2f..%2ftryon.db",
        "/api/tryon/artifacts/{done}/%2e%2e/%2e%2e/tryon.db",
        "/api/tryon/artifacts/{done}/nothing.png", "/api/tryon/artifacts/..%2f..%2f/x",
        "/api/nothing/here", "/api/tryon/status/%00", "/results/%F0%9F%91%95.png",
    ],
)  # fmt: skip
def test_what_is_not_there(api: ServedApi, client: httpx.Client, path: str) -> None:
    """404 in our shape; no way out of the folder."""
    job_id = api.submit(client)
    api.wait(client, job_id)

    answer = client.get(path.format(done=job_id))

    assert answer.status_code == 404
    if not path.startswith("/results/../"):  # which httpx makes an address of the page
        assert code(answer) == (404, "NOT_FOUND")


def test_a_wrong_method_is_told_apart_from_a_wrong_address(client: httpx.Client) -> None:
    """405, in the one shape."""
    assert code(client.put("/api/tryon/submit")) == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "BREW"])
def test_no_method_reaches_the_page_behind_the_api(client: httpx.Client, method: str) -> None:
    """Whoever stands behind would answer in words of its own."""
    assert code(client.request(method, "/api/tryon/submit")) == (405, "METHOD_NOT_ALLOWED")
    assert code(client.request(method, "/api/nothing/here")) == (404, "NOT_FOUND")


def test_a_status_is_told_in_the_same_words_every_way(api: ServedApi, client: httpx.Client) -> None:
    """Asked for, or as an event: a client compares and keeps them."""
    job_id = api.submit(client)

    asked = api.wait(client, job_id)
    events = client.get(f"/api/tryon/status/{job_id}/events").text

    [told] = [line for line in events.splitlines() if line.startswith("data: ")]
    assert json.loads(told.removeprefix("data: ")) == asked


def test_health_readiness_and_metrics(tmp_path: Path) -> None:
    """For whoever runs it."""
    with running_api(tmp_path, weights_dir=tmp_path) as served:
        client = served.client()
        served.wait(client, served.submit(client))
        health, ready = client.get("/health"), client.get("/ready")
        figures = client.get("/metrics").text

    assert health.json()["status"] == "ok"
    assert ready.status_code == 503  # there are no model files in that folder
    assert ready.json() == {
        "status": "not ready",
        "checks": {
            "database": True,
            "queue": True,
            "workers": True,
            "weights": False,
            "disk": True,
        },
    }
    assert 'tryon_jobs{state="DONE"} 1.0' in figures
    assert 'tryon_jobs_ended_total{outcome="DONE"} 1.0' in figures
    assert 'tryon_stage_seconds_count{stage="align"} 1.0' in figures
    assert "tryon_queue_age_seconds 0.0" in figures
    assert "tryon_stuck_threads 0.0" in figures
    assert 'tryon_http_seconds_count{method="POST",route="/api/tryon/submit"' in figures
