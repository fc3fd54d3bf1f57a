"""Stage 7: what a folder and a zip hold after a try-on, whole or not at all."""

import errno
import io
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from tests.fakes.studio import H, W, a_try_on, of_garment
from tryon.anchors import AnchorPair
from tryon.artifacts.files import (
    ALL_FILES,
    DEBUG_FILES,
    Recorder,
    json_bytes,
    photo_files,
    png_bytes,
    try_on_files,
)
from tryon.artifacts.record import RunRecord
from tryon.artifacts.store import is_complete, save_error, save_files, save_try_on, zip_try_on
from tryon.errors import PoseFailed, StorageError
from tryon.fit import TryOn
from tryon.ports import KEYPOINT_NAMES
from tryon.steps import StepEvent

ALWAYS = ALL_FILES - {"result.png", "generation.json", "error.json"}


@pytest.fixture(scope="module")
def try_on() -> TryOn:
    """A fit whose garment photo was given at twice the working size."""
    made = a_try_on()
    photo = replace(made.garment.photo, given_wh=(2 * W, 2 * H))
    person = replace(made.person.photo, given_wh=(2 * W, 2 * H))
    return replace(of_garment(made, photo=photo), person=replace(made.person, photo=person))


@pytest.fixture(scope="module")
def folder(try_on: TryOn, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fit, saved."""
    folder = tmp_path_factory.mktemp("saved") / "new" / "folder"
    save_try_on(try_on, folder, RunRecord(settings={"work_image_size": 1536}))
    return folder


def document(folder: Path, name: str) -> dict:
    return json.loads((folder / name).read_text("utf-8"))


def test_a_finished_fit_leaves_exactly_the_promised_files(folder: Path) -> None:
    """Scripts that read our folders rely on these names."""
    assert {path.name for path in folder.iterdir()} == ALWAYS


@pytest.mark.parametrize(
    ("name", "mode", "size_wh"),
    [
        ("person.png", "RGB", (W, H)),
        ("person_mask.png", "L", (W, H)),
        ("torso_mask.png", "L", (W, H)),
        ("arms_mask.png", "L", (W, H)),
        ("garment_mask.png", "L", (2 * W, 2 * H)),
        ("garment_cutout.png", "RGBA", (2 * W, 2 * H)),
        ("warped_garment.png", "RGBA", (W, H)),
        ("draft_composite.png", "RGB", (W, H)),
    ],
)
def test_pictures_have_the_promised_kind_and_size(
    folder: Path, name: str, mode: str, size_wh: tuple[int, int]
) -> None:
    """The garment's pictures fit the photo as given, all others the working picture."""
    with Image.open(folder / name) as picture:
        assert (picture.mode, picture.size) == (mode, size_wh)
        assert not picture.getexif()
        assert not picture.info


def test_the_draft_is_stored_without_loss(folder: Path, try_on: TryOn) -> None:
    """ "Every pixel outside the garment is kept" must survive saving."""
    with Image.open(folder / "draft_composite.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), try_on.best.draft.rgb)


def test_an_enlarged_garment_mask_stays_smooth_and_in_place(folder: Path, try_on: TryOn) -> None:
    """A half-size mask enlarged by nearest neighbour would show steps and shift by half a pixel."""
    with Image.open(folder / "garment_mask.png") as picture:
        mask = np.asarray(picture) / 255
        back = np.asarray(picture.resize((W, H), Image.Resampling.BOX)) / 255

    assert np.abs(back - try_on.garment.alpha).mean() < 0.003
    assert np.count_nonzero((mask > 0.02) & (mask < 0.98)) > 0


def test_keypoints_are_named_and_in_working_pixels(folder: Path, try_on: TryOn) -> None:
    """33 points in MediaPipe's names and order, with the size they belong to."""
    keypoints = document(folder, "keypoints.json")

    assert (keypoints["width"], keypoints["height"]) == (W, H)
    assert [point["name"] for point in keypoints["keypoints"]] == list(KEYPOINT_NAMES)
    nose = keypoints["keypoints"][0]
    assert (nose["x"], nose["y"]) == pytest.approx(try_on.person.pose.xy("nose"), abs=0.01)
    assert nose["visibility"] == pytest.approx(0.98)


def test_anchors_can_be_given_back(folder: Path, try_on: TryOn) -> None:
    """`--anchors` takes the very file a run left."""
    again = AnchorPair.from_json(document(folder, "anchors.json"))

    assert again.garment.names == try_on.best.draft.anchors.garment.names
    np.testing.assert_allclose(
        again.garment.points_xy, try_on.best.draft.anchors.garment.points_xy, atol=0.01
    )


def test_the_garment_map_says_where_each_pixel_comes_from(folder: Path, try_on: TryOn) -> None:
    """float32 and the scale of the working picture, as the benchmark reads them."""
    with np.load(folder / "garment_map.npz") as stored:
        assert stored["garment_xy"].dtype == np.float32
        np.testing.assert_array_equal(stored["garment_xy"], try_on.best.draft.garment_xy)
        assert float(stored["person_scale"]) == 0.5


def test_the_score_names_every_attempt(folder: Path) -> None:
    """A retry that did not help is still reported."""
    quality = document(folder, "quality.json")

    assert quality["passed"]
    assert [attempt["score"] for attempt in quality["attempts"]] == [0.61, 0.83]
    assert [attempt["gain"] for attempt in quality["attempts"]] == [0, 0.22]
    assert (quality["retry_count"], quality["strategy"]) == (1, "strategy_1")
    assert quality["components"]["shoulder_fit"]["message"]
    assert quality["is_tucked"] is False


def test_the_record_says_how_it_was_made(folder: Path, try_on: TryOn) -> None:
    """Versions, settings, inputs, seconds and notes: enough to make it again."""
    record = document(folder, "run.json")

    assert record["settings"] == {"work_image_size": 1536}
    assert record["inputs"]["garment"] == {
        "sha256": sha256(b"garment").hexdigest(),
        "width": 2 * W,
        "height": 2 * H,
    }
    assert {"tryon", "python", "mediapipe", "rembg", "onnxruntime"} <= record["versions"].keys()
    assert record["seconds"].keys() == try_on.seconds.keys()
    assert record["notes"] == list(try_on.notes)
    assert is_complete(folder, "draft")
    assert not is_complete(folder, "final")


def test_debug_files_can_be_left_out(try_on: TryOn) -> None:
    """A small Space keeps the result without the masks."""
    names = {name for name, _ in try_on_files(try_on, RunRecord(save_debug=False))}

    assert names == ALWAYS - DEBUG_FILES


def test_the_zip_holds_the_same_files(folder: Path, try_on: TryOn, tmp_path: Path) -> None:
    """ "Download everything" is everything, and leaves nothing else beside it."""
    target = tmp_path / "mine.zip"

    zip_try_on(try_on, target)

    with ZipFile(target) as archive:
        assert set(archive.namelist()) == ALWAYS
        assert archive.testzip() is None
        assert archive.read("person.png") == (folder / "person.png").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.zip"]


def test_a_failure_leaves_what_exists_so_far_and_nothing_old(try_on: TryOn, tmp_path: Path) -> None:
    """The draft of an earlier run beside today's error would be a lie."""
    save_try_on(try_on, tmp_path)
    (tmp_path / "my notes.txt").write_text("keep me")
    recorder = Recorder()
    recorder(StepEvent("load person"))
    recorder(StepEvent("load person", 0.1, try_on.person.photo))
    error = PoseFailed()
    error.stage = "detect pose"

    save_error(error, tmp_path, recorder.files())

    assert {path.name for path in tmp_path.iterdir()} == {
        "person.png", "error.json", "my notes.txt",
    }  # fmt: skip
    assert document(tmp_path, "error.json") == error.to_json()
    assert not is_complete(tmp_path, "draft")


def test_success_after_a_failure_takes_the_error_away(try_on: TryOn, tmp_path: Path) -> None:
    """A folder is either done or failed."""
    save_error(PoseFailed(), tmp_path)

    save_try_on(try_on, tmp_path)

    assert not (tmp_path / "error.json").exists()
    assert is_complete(tmp_path, "draft")


def test_a_write_that_breaks_off_changes_nothing(try_on: TryOn, tmp_path: Path) -> None:
    """Ctrl+C or a full disk in the middle of saving leaves the earlier run as it was."""
    save_try_on(try_on, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def breaks_off() -> Iterator[tuple[str, bytes]]:
        yield from photo_files(try_on.person.photo)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save_files(breaks_off(), tmp_path, ALL_FILES)

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_two_processes_may_save_in_one_folder(try_on: TryOn, tmp_path: Path) -> None:
    """A batch started twice: neither takes away what the other is about to move in place."""

    def while_another_saves() -> Iterator[tuple[str, bytes]]:
        for number, file in enumerate(try_on_files(try_on, RunRecord())):
            if number == 1:
                save_try_on(try_on, tmp_path)
            yield file

    save_files(while_another_saves(), tmp_path, ALL_FILES)

    assert {path.name for path in tmp_path.iterdir()} == ALWAYS
    assert is_complete(tmp_path, "draft")


def test_what_a_killed_process_left_is_cleared_away(try_on: TryOn, tmp_path: Path) -> None:
    """Later, when nobody can be at it any more."""
    left = tmp_path / ".saving-killed"
    left.mkdir()
    (left / "person.png").write_bytes(b"half of it")
    os.utime(left, (0, 0))

    save_try_on(try_on, tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == ALWAYS


def test_a_disk_full_of_pictures_still_takes_the_reason(
    try_on: TryOn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks into the folder tomorrow reads why there is nothing new in it."""
    save_try_on(try_on, tmp_path)
    write_bytes = Path.write_bytes

    def nearly_full(path: Path, content: bytes) -> int:
        if path.suffix == ".png":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", nearly_full)

    save_error(StorageError(), tmp_path, photo_files(try_on.person.photo))

    assert document(tmp_path, "error.json") == StorageError().to_json()
    assert not is_complete(tmp_path, "draft")


@pytest.mark.parametrize("lost", ["person.png", "draft_composite.png", "quality.json"])
def test_a_run_that_is_moved_in_place_by_half_is_not_finished(
    try_on: TryOn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """A power cut between two files: `batch` must not take the folder for done."""
    save_try_on(try_on, tmp_path)
    replace_file = Path.replace

    def breaks_off(path: Path, target: Path) -> Path:
        if path.name == lost:
            raise KeyboardInterrupt
        return replace_file(path, target)

    monkeypatch.setattr(Path, "replace", breaks_off)

    with pytest.raises(KeyboardInterrupt):
        save_try_on(try_on, tmp_path)

    assert not is_complete(tmp_path, "draft")


def test_a_folder_that_cannot_be_made_is_a_storage_error(try_on: TryOn, tmp_path: Path) -> None:
    """The message gives the reason but not the path: visitors of a server see it too."""
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(StorageError) as caught:
        save_try_on(try_on, tmp_path / "file" / "out")

    assert "not a directory" in caught.value.message
    assert str(tmp_path) not in caught.value.message + caught.value.remedy


def test_a_folder_without_permission_is_a_storage_error(
    try_on: TryOn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual mistake on a server. Root may write anywhere, so the refusal is played."""

    def refused(*_args: object, **_more: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/somewhere")

    monkeypatch.setattr(Path, "mkdir", refused)

    with pytest.raises(StorageError, match="permission denied"):
        save_try_on(try_on, tmp_path / "out")


@pytest.mark.parametrize("channels", [(), (3,), (4,)], ids=["grey", "rgb", "rgba"])
def test_png_bytes_keep_every_pixel(channels: tuple[int, ...]) -> None:
    """Straight alpha: colours under a transparent pixel are kept."""
    image = np.random.default_rng(5).integers(0, 256, (7, 5, *channels), dtype=np.uint8)

    with Image.open(io.BytesIO(png_bytes(image))) as picture:
        np.testing.assert_array_equal(np.asarray(picture), image)


def test_json_keeps_letters_readable() -> None:
    """Messages may carry any language."""
    assert json_bytes({"message": "Ärmel"}) == '{\n  "message": "Ärmel"\n}\n'.encode()
