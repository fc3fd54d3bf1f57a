"""What comes in: uploads untouched, links and examples as files, options within the offer."""

import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from tryon.fit import FitOptions
from tryon.ui.examples import example_garments, example_people
from tryon.ui.files import erase_older, keep_bytes, keep_picture, new_path
from tryon.ui.fit_run import fit_options
from tryon.ui.photo_input import uploaded_path


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))


def test_an_upload_is_handed_over_unopened(tmp_path: Path) -> None:
    """Gradio would open it, and fail on a text file with a message nobody understands."""
    text = tmp_path / "photo.jpg"
    text.write_text("not a picture")

    assert uploaded_path(SimpleNamespace(path=str(text))) == str(text)
    assert uploaded_path(None) is None


def test_fetched_bytes_are_kept_byte_for_byte() -> None:
    """A link brings the same photo as an upload."""
    png = b"\x89PNG\r\n\x1a\n and the rest"

    path = keep_bytes(png, "person")

    assert path.name == "person.png"
    assert path.read_bytes() == png


def test_nobody_can_guess_where_a_file_lies() -> None:
    """The address of a picture is all that keeps one visitor's photo from another."""
    folders = {new_path("draft.jpg").parent.name for _ in range(50)}

    assert len(folders) == 50
    assert min(map(len, folders)) >= 32


def test_a_kept_picture_is_a_file_gradio_serves(tmp_path: Path) -> None:
    """The record names a file inside the cache; Gradio turns it into an address."""
    from tests.fakes.studio import a_photo

    record = keep_picture(a_photo().rgb, "person")

    assert record["meta"] == {"_type": "gradio.FileData"}
    assert Path(record["path"]).is_relative_to(tmp_path)
    with Image.open(record["path"]) as picture:
        assert picture.size == (384, 512)


def test_files_past_their_time_are_erased_and_others_are_not(tmp_path: Path) -> None:
    """What is promised to visitors at the foot of the page."""
    old, new = new_path("old.jpg"), new_path("new.jpg")
    for path in (old, new):
        path.write_bytes(b"photo")
    yesterday = time.time() - 86_400
    os.utime(old, (yesterday, yesterday))

    assert erase_older(3600) == 1

    assert new.exists()
    assert not old.exists()


def test_folders_left_empty_go_too() -> None:
    """One folder for each picture would fill the disk with nothing."""
    folder = new_path("never-written.zip").parent
    os.utime(folder, (0, 0))

    erase_older(3600)

    assert not folder.exists()


@pytest.mark.parametrize(
    ("chosen", "options"),
    [
        (("auto", "auto", 2, 0.7), FitOptions(None, None, "auto", 2, 0.7)),
        (("hoodie", "in", 0, 0.5), FitOptions("hoodie", None, "in", 0, 0.5)),
        (("../etc", "${1}", 99, 7.0), FitOptions(None, None, "auto", 3, 1.0)),
        (("dress", None, -4, -1.0), FitOptions("dress", None, "auto", 0, 0.0)),
    ],
    ids=["detect", "given", "forged high", "forged low"],
)
def test_options_stay_within_the_offer(
    chosen: tuple[str, str | None, float, float], options: FitOptions
) -> None:
    """Whatever a request says, no run is asked for more than the page offers."""
    names = ("kind", "worn", "retries", "threshold")

    assert fit_options(**dict(zip(names, chosen, strict=True))) == options


def test_the_examples_can_be_opened() -> None:
    """A visitor without photos starts here."""
    examples = (*example_people(), *example_garments())

    assert len(example_people()) == 2
    assert all(e.thumb[8:12] == b"WEBP" for e in examples)
    assert len({e.thumb_name for e in examples}) == len(examples)


def test_a_folder_without_garments_is_no_failure(tmp_path: Path) -> None:
    """The page works before the garments are drawn."""
    assert example_garments(tmp_path / "missing") == ()
