"""Files and photos that cannot be used, through the command line: code, a way out, exit 1.

What stage 0 makes of each kind of file is in `stages/test_load.py`; here it is what people get.
"""

import csv
import io
import json
import os
import struct
import subprocess
import sys
import zlib
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

from tryon import cli
from tryon.bootstrap import build
from tryon.fit import Models
from tryon.settings import Settings
from tryon.stages.load import PhotoLimits
from tryon.studio import Studio

ROOT = Path(__file__).parents[1]
GARMENTS = sorted((ROOT / "assets" / "garments").glob("*.jpg"))
SHIRT = ROOT / "assets" / "garments" / "white_tshirt.jpg"


def sample(name: str) -> Path:
    """A photo that comes with scikit-image."""
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data" / name


ASTRONAUT = sample("astronaut.png")


def cut_off_jpeg() -> bytes:
    buffer = io.BytesIO()
    with Image.open(ASTRONAUT) as photo:
        photo.save(buffer, "JPEG")
    return buffer.getvalue()[: buffer.tell() // 2]


def header_of_a_huge_png() -> bytes:
    """20000 x 20000 pixels in the header, 1 kB of file: decoding it would take 1.2 GB."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    return b"".join((
        b"\x89PNG\r\n\x1a\n",
        chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)),
        chunk(b"IDAT", zlib.compress(bytes(1000))),
        chunk(b"IEND", b""),
    ))  # fmt: skip


# Name -> content, code, what the message and the remedy must speak of.
BAD_FILES = {
    "empty.jpg": (b"", "INVALID_IMAGE_FORMAT", "empty", "again"),
    "text.jpg": (b"Dear diary,\n" * 30, "INVALID_IMAGE_FORMAT", "text file", "JPEG"),
    "cut_off.jpg": (cut_off_jpeg(), "INVALID_IMAGE_FORMAT", "cut off", "again"),
    "huge.png": (header_of_a_huge_png(), "IMAGE_TOO_LARGE", "20000 x 20000", "smaller"),
}
NOT_PEOPLE = {
    "cat": sample("chelsea.png"),
    "landscape": sample("rocket.jpg"),
    "still_life": sample("coffee.png"),
    **{path.stem: path for path in GARMENTS},
}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_photo_is_refused_before_any_model_runs(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Code, message and remedy in one line and in error.json, which is the only file left."""
    content, code, message, remedy = BAD_FILES[name]
    Path(name).write_bytes(content)
    no_models = Settings(_env_file=None, weights_dir=tmp_path / "none", weights_offline=True)

    status = cli.main(["run", name, name, "--out", "out", "--quiet"], lambda _: build(no_models))

    printed = capsys.readouterr()
    error = json.loads(Path("out/error.json").read_text("utf-8"))
    assert status == 1
    assert [path.name for path in Path("out").iterdir()] == ["error.json"]
    assert (error["code"], error["stage"]) == (code, "load person")
    assert message in error["message"]
    assert remedy in error["remedy"]
    assert printed.out == ""
    assert printed.err == f"error: {code} (load person): {error['message']} {error['remedy']}\n"


@pytest.mark.slow
@pytest.mark.parametrize("name", NOT_PEOPLE)
def test_a_picture_without_a_person_is_explained(name: str, real_models: Models) -> None:
    """No draft of a shirt on a cat, on a landscape, or on another shirt."""
    studio = Studio(real_models, PhotoLimits())

    status = cli.main(
        ["run", str(NOT_PEOPLE[name]), str(SHIRT), "--out", "out", "--quiet"],
        lambda _: studio,
    )

    error = json.loads(Path("out/error.json").read_text("utf-8"))
    left = {path.name for path in Path("out").iterdir()}
    assert status == 1
    assert (error["code"], error["stage"]) == ("POSE_FAILED", "detect pose")
    assert "person" in error["message"]
    assert "photo" in error["remedy"]
    assert {"error.json", "person.png"} <= left
    assert left <= {"error.json", "person.png", "garment_mask.png", "garment_cutout.png"}


@pytest.mark.slow
def test_a_batch_outlives_its_worst_rows() -> None:
    """One process, every bad file as person and as garment, and a good pair at the end."""
    for name, (content, *_) in BAD_FILES.items():
        Path(name).write_bytes(content)
    with Image.open(ASTRONAUT) as photo:
        red = Image.new("RGB", photo.size, "red")
        photo.convert("RGB").save("moving.gif", save_all=True, append_images=[red], duration=100)
    rows = [
        *((f"person {name}", name, SHIRT, code) for name, (_, code, *_) in BAD_FILES.items()),
        *((f"garment {name}", ASTRONAUT, name, code) for name, (_, code, *_) in BAD_FILES.items()),
        ("no such file", "nobody.jpg", SHIRT, "INVALID_IMAGE_FORMAT"),
        ("cat", NOT_PEOPLE["cat"], SHIRT, "POSE_FAILED"),
        ("first frame of a GIF", "moving.gif", SHIRT, ""),
    ]
    with Path("pairs.csv").open("w", encoding="utf-8", newline="") as table:
        csv.writer(table).writerows([("id", "person", "garment"), *(row[:3] for row in rows)])

    done = subprocess.run(
        [sys.executable, "-m", "tryon", "batch", "pairs.csv", "--out", "out"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    with Path("out/summary.csv").open(encoding="utf-8", newline="") as file:
        codes = {row["id"]: row["error_code"] for row in csv.DictReader(file)}
    assert done.returncode == 1, done.stderr
    assert codes == {row[0]: row[3] for row in rows}
    assert Path("out/first frame of a GIF/draft_composite.png").is_file()
    assert "Traceback" not in done.stderr
    for row_id, *_, code in rows:
        folder = Path("out") / row_id
        assert (folder / "error.json").exists() == bool(code)
        assert not (folder / "draft_composite.png").exists() or not code
