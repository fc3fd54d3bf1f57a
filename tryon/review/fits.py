"""A finished fit as a folder of artifacts: what the review reads of it, and its pictures."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from tryon.artifacts.files import ALL_FILES
from tryon.errors import InvalidReviewFile
from tryon.stages.load import MAX_PIXELS

DRAFT: Final = "draft_composite.png"
NEEDED: Final = ("person.png", DRAFT)
KEY_FILES: Final = ("run.json", "quality.json", "anchors.json")
# What is shown, in this order: name in addresses, file, title.
PICTURES: Final = (
    ("photo", "person.png", "Photo"),
    ("draft", DRAFT, "Draft"),
    ("final", "result.png", "Final"),
    ("garment", "garment_cutout.png", "Garment"),
    ("warped", "warped_garment.png", "Warped garment"),
    ("person_mask", "person_mask.png", "Person mask"),
    ("torso_mask", "torso_mask.png", "Torso mask"),
    ("arms_mask", "arms_mask.png", "Arms mask"),
)
NOT_KEPT: Final = frozenset({"garment_map.npz", "error.json"})  # 9 MB a fit; nobody looks at it
MAX_PICTURE_BYTES: Final = 200 * 2**20
MAX_JSON_BYTES: Final = 8 * 2**20  # ours have some 10 kB
VIEW_SIDE_PX: Final = 1600
VIEW_QUALITY: Final = 90
PAPER: Final = (236, 236, 233)  # behind cutouts


@dataclass(frozen=True, slots=True)
class Fit:
    """What the files of a fit say; see `records.Item`."""

    key: str
    garment_type: str
    width: int
    height: int
    score: float | None
    components: Mapping[str, float]
    body: Mapping[str, tuple[float, float]] | None
    files: tuple[str, ...]
    provenance: Mapping[str, Any]


def read_fit(folder: Path) -> Fit:
    """Read the artifacts of a fit (`docs/artifacts.md`).

    Raises:
        InvalidReviewFile: no finished fit lies there.
    """
    for name in NEEDED:
        if not (folder / name).is_file():
            raise InvalidReviewFile(
                f"{folder}: no {name}",
                message=f"{folder.name} holds no finished fit: {name} is missing.",
            )
    sizes = {file: _size_of(folder / file) for _, file, _ in PICTURES if (folder / file).exists()}
    run, quality, keypoints, anchors = (
        _json(folder / name)
        for name in ("run.json", "quality.json", "keypoints.json", "anchors.json")
    )
    try:
        parts = quality.get("components", {})
        score = quality.get("raw_score", quality.get("score"))  # what a calibration starts from
        return Fit(
            key=fit_key(folder),
            garment_type=str(anchors.get("garment_type") or run.get("garment_type") or "unknown"),
            width=sizes[DRAFT][0],
            height=sizes[DRAFT][1],
            score=None if score is None else float(score),
            components={str(name): float(part["score"]) for name, part in parts.items()},
            body=_body(keypoints),
            files=tuple(
                sorted(n for n in ALL_FILES if n not in NOT_KEPT and (folder / n).is_file())
            ),
            provenance={
                name: run[name]
                for name in ("created", "mode", "versions", "inputs", "settings", "strategy")
                if name in run
            },
        )
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as exc:
        raise InvalidReviewFile(
            f"{folder}: {type(exc).__name__}: {exc}",
            message=f"{folder.name} holds files that cannot be read as a fit.",
        ) from exc


def fit_key(folder: Path) -> str:
    """The same fit has the same key; any other run another one."""
    digest = hashlib.sha256()
    for name in KEY_FILES:
        path = folder / name
        digest.update(name.encode() + b"\0")
        digest.update(path.read_bytes() if path.is_file() else b"")
    if not (folder / KEY_FILES[0]).is_file():
        digest.update((folder / DRAFT).read_bytes())
    return digest.hexdigest()


def keep_files(source: Path, target: Path, names: tuple[str, ...]) -> None:
    """Hard links where the disk allows, else copies.

    Runs replace files and never write into them, so a link keeps what was there when it was made.
    """
    target.mkdir(parents=True)
    for name in names:
        try:
            os.link(source / name, target / name)
        except OSError:
            shutil.copyfile(source / name, target / name)


def view_of(folder: Path, name: str) -> Path | None:
    """A JPEG of a picture by its name in `PICTURES`, made at the first call; None without one."""
    file = next((file for key, file, _ in PICTURES if key == name), None)
    if file is None or not (folder / file).is_file():
        return None
    view = folder / ".view" / f"{name}.jpg"
    if not view.is_file():
        view.parent.mkdir(exist_ok=True)
        part = view.with_suffix(f".{os.urandom(4).hex()}")
        with Image.open(folder / file) as given:
            image: Image.Image = given
            if given.mode in ("RGBA", "LA", "P"):
                rgba = given.convert("RGBA")
                image = Image.new("RGB", rgba.size, PAPER)
                image.paste(rgba, mask=rgba.getchannel("A"))
            image = image.convert("RGB")
            image.thumbnail((VIEW_SIDE_PX, VIEW_SIDE_PX), Image.Resampling.LANCZOS)
            image.save(part, "JPEG", quality=VIEW_QUALITY, subsampling=0)
        part.replace(view)
    return view


def _body(keypoints: Mapping[str, Any]) -> Mapping[str, tuple[float, float]] | None:
    points = {p["name"]: (float(p["x"]), float(p["y"])) for p in keypoints.get("keypoints", ())}
    body = {}
    for part in ("shoulder", "hip"):
        left, right = points.get(f"left_{part}"), points.get(f"right_{part}")
        if left is None or right is None:
            return None
        body[f"{part}s"] = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    return body


def _size_of(path: Path) -> tuple[int, int]:
    """(width, height) of a PNG, from its first bytes: a page shows it later, and must be able to.

    Raises:
        InvalidReviewFile: no picture, or a larger one than any fit has.
    """
    try:
        _check_file(path, MAX_PICTURE_BYTES)
        with Image.open(path, formats=["PNG"]) as picture:
            width, height = picture.size
        if width * height > MAX_PIXELS:
            raise ValueError(f"{width} x {height} pixels")
    except (OSError, ValueError, Image.DecompressionBombError) as exc:
        raise InvalidReviewFile(
            f"{path}: {exc}", message=f"{path.parent.name}/{path.name} is no picture of a fit."
        ) from exc
    return width, height


def _json(path: Path) -> dict[str, Any]:
    """An object of finite numbers; none where there is no file."""
    if not path.exists():
        return {}
    try:
        _check_file(path, MAX_JSON_BYTES)
        document = json.loads(path.read_text("utf-8"), parse_constant=_refuse)
    except (OSError, ValueError, RecursionError) as exc:
        raise InvalidReviewFile(
            f"{path}: {exc}", message=f"{path.parent.name}/{path.name} is not readable JSON."
        ) from exc
    return document if isinstance(document, dict) else {}


def _check_file(path: Path, max_bytes: int) -> None:
    """Raises ValueError for a pipe, which would never end, a link, or too much."""
    if not path.is_file() or path.is_symlink() or path.stat().st_size > max_bytes:
        raise ValueError("no file of its own, or too large")


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no number")
