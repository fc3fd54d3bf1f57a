"""A visitor's work is found again by that visitor, and by nobody else, until its time is over."""

import hashlib
import os
import time
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.fakes.studio import a_try_on
from tryon.anchors import AnchorPair
from tryon.errors import StorageError
from tryon.fit import FitOptions
from tryon.stages.touch_up import MaskEdits
from tryon.ui import files
from tryon.ui.files import erase_older, forget_visitor
from tryon.ui.sessions import Sessions, Work
from tryon.ui.visitor import COOKIE, VisitorCookie, visitor_of

ANNA, BEN = (hashlib.sha256(name).hexdigest() for name in (b"anna", b"ben"))


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "sessions")


def some_work(**options: object) -> Work:
    return Work(b"a person", b"a garment", FitOptions(**options))


def test_a_fit_is_found_again_as_it_was_left(sessions: Sessions) -> None:
    """Photos byte for byte, options, and the points moved by hand."""
    anchors = AnchorPair.from_json(a_try_on().best.draft.anchors.to_json())
    work = some_work(anchors=anchors, tuck="in", max_retries=1, quality_threshold=0.5)

    sessions.save_work(ANNA, work)

    assert sessions.load_work(ANNA) == work


def test_painted_masks_are_found_again(sessions: Sessions) -> None:
    """To a 255th, which is what a mask as a picture has; masks nobody painted stay as found."""
    soft = np.linspace(0, 1, 48, dtype=np.float32).reshape(6, 8)
    painted = MaskEdits(garment=soft, arms=soft > 0.5)

    sessions.save_work(ANNA, some_work(masks=painted))

    work = sessions.load_work(ANNA)
    assert work is not None
    assert work.is_corrected
    found = work.options.masks
    assert found is not None
    assert found.person is None
    np.testing.assert_allclose(found.garment, soft, atol=0.5 / 255)
    np.testing.assert_array_equal(found.arms, soft > 0.5)


def test_a_fit_without_its_painted_mask_is_no_work(sessions: Sessions) -> None:
    """Half a correction would be shown as the whole."""
    sessions.save_work(ANNA, some_work(masks=MaskEdits(arms=np.eye(8) > 0)))
    kept = sessions.load(ANNA, "work.json")["masks"]["arms"]
    sessions.drop_file(ANNA, kept)

    assert sessions.load_work(ANNA) is None


def test_photos_are_found_again_before_they_are_fitted(sessions: Sessions) -> None:
    """One card filled, the other still empty: a reload shows just that."""
    assert sessions.load_inputs(ANNA) is None

    sessions.save_inputs(ANNA, b"a person", None)

    assert sessions.load_inputs(ANNA) == (b"a person", None)
    assert sessions.load_inputs(BEN) is None


@pytest.mark.parametrize("kept", [{}, {"photos": "x"}, {"photos": [1]}, {"photos": [{}, "../x"]}])
def test_a_record_of_photos_that_says_something_else_is_none(
    sessions: Sessions, kept: dict[str, object]
) -> None:
    """Of another version of the studio, or spoiled: the cards stay empty, nothing breaks."""
    sessions.save(ANNA, "inputs.json", kept)

    assert sessions.load_inputs(ANNA) in (None, (None, None))


def test_nobody_finds_the_work_of_somebody_else(sessions: Sessions) -> None:
    """The folder is that of the visitor's digest."""
    sessions.save_work(ANNA, some_work())

    assert sessions.load_work(BEN) is None


def test_a_record_without_its_photo_is_no_work(sessions: Sessions) -> None:
    """Erasing goes file by file; what is left over must not show half a fit."""
    sessions.save_work(ANNA, some_work())
    sessions.drop_file(ANNA, hashlib.sha256(b"a person").hexdigest())

    assert sessions.load_work(ANNA) is None


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"schema": 99}', '{"schema": 1}'])
def test_a_damaged_or_foreign_record_is_no_work(sessions: Sessions, text: str) -> None:
    """A crash or another version leaves an empty page, never an error page."""
    sessions.save_work(ANNA, some_work())
    sessions.save_file(ANNA, "work.json", text.encode())

    assert sessions.load_work(ANNA) is None


def test_forgetting_erases_everything_of_one_visitor(sessions: Sessions, tmp_path: Path) -> None:
    """Delete my photos means all of them, now, and only mine."""
    sessions.save_work(ANNA, some_work())
    sessions.save_work(BEN, some_work())

    sessions.forget(ANNA)

    assert sessions.load_work(ANNA) is None
    assert sessions.load_work(BEN) is not None
    assert [path.name for path in (tmp_path / "sessions").iterdir()] == [BEN]


def test_work_is_erased_when_its_time_is_over(sessions: Sessions, tmp_path: Path) -> None:
    """RETENTION_HOURS holds for what is kept, too."""
    sessions.save_work(ANNA, some_work())
    long_ago = time.time() - 100
    for path in sessions.files(ANNA):
        os.utime(path, (long_ago, long_ago))

    erase_older(50, tmp_path / "sessions")

    assert sessions.files(ANNA) == []


def test_a_full_disk_is_explained(sessions: Sessions, tmp_path: Path) -> None:
    """With code and remedy, like every failure."""
    (tmp_path / "sessions").write_text("a file where the folder should be")

    with pytest.raises(StorageError):
        sessions.save_work(ANNA, some_work())


@pytest.mark.parametrize("name", ["../work.json", "a/b.json", "/etc/passwd", ".hidden", ""])
def test_no_name_leads_out_of_the_folder(sessions: Sessions, name: str) -> None:
    """Names come from us; if one ever came from outside, it would lead nowhere."""
    with pytest.raises(ValueError, match="no name"):
        sessions.save_file(ANNA, name, b"x")


def test_pictures_and_their_copies_go_but_not_the_shared_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one visitor deletes must not break the page of another who uses the same example."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    copies = []
    for name, content in (("mine", b"my photo"), ("example", b"an example")):
        path = files.new_path(f"{name}.jpg", ANNA)
        path.write_bytes(content)
        copy = tmp_path / files.hash_file(path) / path.name
        copy.parent.mkdir()
        copy.write_bytes(content)
        copies.append(copy)

    forget_visitor(ANNA, [], {hashlib.sha256(b"an example").hexdigest()})

    assert [copy.exists() for copy in copies] == [False, True]
    assert [p for p in tmp_path.rglob("*.jpg") if p not in copies] == []


@pytest.fixture
def site() -> TestClient:
    def name(request):
        return PlainTextResponse(str(visitor_of(request)))

    app = Starlette(routes=[Route("/", name), Route("/other", name)])
    app.add_middleware(VisitorCookie, keep_s=3600)
    return TestClient(app)


def test_a_visitor_stays_the_same_and_differs_from_others(site: TestClient) -> None:
    """The cookie that came with the page names the visitor from then on."""
    site.get("/")
    first, again = site.get("/other").text, site.get("/other").text
    site.cookies.clear()
    site.get("/")

    assert first == again != "None"
    assert site.get("/other").text != first


def test_no_script_can_read_the_cookie_and_no_other_site_can_send_it(site: TestClient) -> None:
    """HttpOnly; SameSite at home, partitioned where the page is framed over https."""
    assert "HttpOnly; SameSite=Lax" in site.get("/").headers["set-cookie"]
    framed = site.get("/", headers={"x-forwarded-proto": "https"}).headers["set-cookie"]
    assert "Secure; Partitioned" in framed


def test_a_made_up_cookie_names_nobody(site: TestClient) -> None:
    """A value we did not make could be a path or be shared on purpose."""
    site.cookies.set(COOKIE, "../../anna")

    assert site.get("/other").text == "None"
