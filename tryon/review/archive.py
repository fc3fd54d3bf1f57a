"""A whole project in one zip, with its pictures; and any export as a file.

`items/<item>/` holds the artifacts of each fit, `labels.jsonl` the labels, and beside them COCO and
Label Studio files that point to the pictures by the same paths. `read_archive` takes it in again.
"""

import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, get_args

from tryon.artifacts.files import ALL_FILES
from tryon.errors import InvalidReviewFile, StorageError, why
from tryon.review.annotations import label_studio_config, to_coco, to_label_studio
from tryon.review.corrections import write_corrections
from tryon.review.exports import label_rows, to_csv, to_jsonl, to_parquet
from tryon.review.items import Items
from tryon.review.labels import Gold
from tryon.review.records import Given, Item, Project, Source

ARCHIVE_SCHEMA: Final = 1
MAX_FILE_BYTES: Final = 200 * 2**20  # of one picture in an archive; more is no picture of ours
SUFFIXES: Final = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet", ".zip": "archive"}


def export(
    project: Project, items: list[Item], labels: list[Given], kind: str, target: Path, store: Items
) -> None:
    """Write an export; nothing half-written is ever left under its name.

    Raises:
        StorageError: the disk said no.
    """
    with _whole(target) as part:
        if kind == "archive":
            write_archive(project, items, labels, part, store)
        elif kind == "anchors":
            write_corrections(items, labels, part)
        else:
            part.write_bytes(EXPORTERS[kind](project, items, labels))


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


EXPORTERS: Final[dict[str, Callable[[Project, list[Item], list[Given]], bytes]]] = {
    "csv": lambda p, i, given: to_csv(label_rows(p, i, given)),
    "jsonl": lambda p, i, given: to_jsonl(label_rows(p, i, given)),
    "parquet": lambda p, i, given: to_parquet(label_rows(p, i, given)),
    "coco": lambda p, i, given: _json(to_coco(p, i, given)),
    "label-studio": lambda p, i, given: _json(to_label_studio(p, i, given)),
}


def write_archive(
    project: Project, items: list[Item], labels: list[Given], target: Path, store: Items
) -> None:
    """The zip; pictures are stored as they are, because they are packed already."""
    head = {
        "schema": ARCHIVE_SCHEMA,
        "kind": "tryon-review-archive",
        "project": project.name,
        "instructions": project.instructions,
        "label_schema": project.schema.to_json(),
        "rules": project.rules.to_json(),
        "items": [
            {"item": i.id, "item_key": i.key, "title": i.title, "source": i.source,
             "gold": i.gold and i.gold.to_json()}
            for i in items
        ],
    }  # fmt: skip
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("project.json", _json(head))
        archive.writestr("labels.jsonl", EXPORTERS["jsonl"](project, items, labels))
        archive.writestr("items/coco.json", EXPORTERS["coco"](project, items, labels))
        archive.writestr(
            "items/label_studio.json", EXPORTERS["label-studio"](project, items, labels)
        )
        archive.writestr("items/label_studio.xml", label_studio_config(project))
        for item in items:
            folder = store.folder(item, project.id)
            for name in item.files:
                path = folder / name
                if path.is_file():
                    packing = zipfile.ZIP_STORED if path.suffix == ".png" else None
                    archive.write(path, f"items/{item.id}/{name}", packing)


@dataclass(frozen=True, slots=True)
class Entry:
    """One fit of an archive; its files are in `items/<item>` of the folder."""

    item: str
    title: str
    source: Source
    gold: Gold | None


@contextmanager
def read_archive(path: Path) -> Iterator[tuple[list[Entry], Path]]:
    """An archive unpacked into a folder that goes at the end: (its fits, the folder).

    Only names that an archive of ours has are unpacked, so nothing can land elsewhere.

    Raises:
        InvalidReviewFile: not an archive of a project.
    """
    with tempfile.TemporaryDirectory(prefix="tryon-review-") as name:
        folder = Path(name)
        try:
            with zipfile.ZipFile(path) as archive:
                head = json.loads(archive.read("project.json"))
                if head["schema"] != ARCHIVE_SCHEMA or head["kind"] != "tryon-review-archive":
                    raise InvalidReviewFile(f"{head.get('kind')} {head.get('schema')}")
                (folder / "labels.jsonl").write_bytes(archive.read("labels.jsonl"))
                entries = [_entry(document) for document in head["items"]]
                for info in archive.infolist():
                    _unpack(archive, info, folder)
        except InvalidReviewFile:
            raise
        except Exception as exc:  # a foreign zip: zipfile raises whatever it likes
            message = f"{path.name} is no archive of a review project."
            raise InvalidReviewFile(f"{type(exc).__name__}: {exc}", message=message) from exc
        yield entries, folder


def _entry(document: Mapping[str, Any]) -> Entry:
    item, source = str(document["item"]), document["source"]
    if not _is_item(item) or source not in get_args(Source):
        raise ValueError(f"{item!r} from {source!r}")
    gold = Gold.from_json(document["gold"]) if document.get("gold") else None
    return Entry(item, str(document["title"]), source, gold)


def _is_item(name: str) -> bool:
    """Whether it is the name of a folder and no way out of one."""
    return all(c.isalnum() or c in "-_" for c in name)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, folder: Path) -> None:
    parts = PurePosixPath(info.filename).parts
    is_ours = len(parts) == 3 and parts[0] == "items" and parts[2] in ALL_FILES
    if not is_ours or not _is_item(parts[1]):
        return
    if info.file_size > MAX_FILE_BYTES:
        raise InvalidReviewFile(info.filename, message=f"{parts[2]} in the archive is too large.")
    target = folder / "items" / parts[1] / parts[2]
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(info) as source, target.open("wb") as out:
        shutil.copyfileobj(source, out)


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(target)
    except OSError as exc:
        raise StorageError(str(exc), message=f"{target} could not be written: {why(exc)}.") from exc
    finally:
        with suppress(OSError):  # a disk that refused the file refuses this, too
            part.unlink(missing_ok=True)
