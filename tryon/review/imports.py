"""Reading labels back: tables of `exports.py`, lines of `journal.py`, Label Studio's JSON.

Items are found by their content key, so labels may go to another server that has the same fits.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, cast
from uuid import uuid4

from sqlalchemy import select

from tryon.database.sql import Database
from tryon.errors import InvalidLabel, InvalidReviewFile, why
from tryon.review.changes import write_change
from tryon.review.exports import JSON_COLUMNS
from tryon.review.journal import last_words
from tryon.review.labels import LABEL_SCHEMA, Label
from tryon.review.records import Project
from tryon.review.tables import ItemRow, LabelRow, ReviewerRow
from tryon.review.turns import Kind

KINDS = ("label", "repeat", "adjudication")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows: new labels, labels that were there, rows without an item here."""

    added: int = 0
    known: int = 0
    unknown_items: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One label of a file."""

    item_key: str
    reviewer: str
    kind: Kind
    label: Label
    seconds: float
    completed: float


def read_labels(path: Path, project: Project) -> list[Row]:
    """The labels of a .csv, .jsonl, .parquet or Label Studio .json.

    Raises:
        InvalidReviewFile: not such a file; the sentence names the line.
    """
    readers = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet, ".json": _label_studio}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        message = f"{path.name}: labels are read from {', '.join(readers)}."
        raise InvalidReviewFile(path.suffix, message=message)
    rows: list[Row] = []
    try:
        for document in last_words(reader(path.read_bytes())):
            rows.append(_row(document, project))  # noqa: PERF401 its length is told in errors
    except OSError as exc:
        message = f"{path} cannot be read: {why(exc)}."
        raise InvalidReviewFile(str(exc), message=message) from exc
    except InvalidLabel as exc:
        message = f"{path.name}, label {len(rows) + 1}: {exc.message}"
        raise InvalidReviewFile(str(exc), message=message) from exc
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as exc:
        message = f"{path.name}, label {len(rows) + 1} cannot be read."
        raise InvalidReviewFile(f"{type(exc).__name__}: {exc}", message=message) from exc
    return rows


def import_labels(database: Database, project: Project, rows: Iterable[Row]) -> Imported:
    """Add labels in one transaction: all of them or none.

    A reviewer this project does not know is added without a token. A label that is there is left
    alone, so a file may be imported twice.
    """
    added = known = unknown = 0
    with database.write() as session:
        items = dict(
            session.execute(
                select(ItemRow.key, ItemRow.id).where(ItemRow.project_id == project.id)
            ).all()
        )
        people = dict(
            session.execute(
                select(ReviewerRow.name, ReviewerRow.id).where(ReviewerRow.project_id == project.id)
            ).all()
        )
        there: set[tuple[str, str, str]] = set(
            session.execute(
                select(LabelRow.item_id, LabelRow.reviewer_id, LabelRow.kind).where(
                    LabelRow.project_id == project.id
                )
            ).all()
        )
        taken: dict[str, int] = {}
        for row in rows:
            item_id = items.get(row.item_key)
            if item_id is None:
                unknown += 1
                continue
            if row.reviewer not in people:
                people[row.reviewer] = _add_reviewer(session, project, row)
            key = (item_id, people[row.reviewer], row.kind)
            if key in there:
                known += 1
                continue
            there.add(key)
            label = LabelRow(
                id=str(uuid4()), project_id=project.id, item_id=item_id,
                reviewer_id=people[row.reviewer], kind=row.kind, state="open", is_held=True,
                revision=0, document={}, seconds=row.seconds, opened=row.completed - row.seconds,
            )  # fmt: skip
            session.add(label)
            session.flush()
            write_change(session, label, row.reviewer, "import", row.label, "done")
            label.completed = row.completed
            taken[item_id] = taken.get(item_id, 0) + (row.kind == "label")
            added += 1
        for item_id, num in taken.items():
            session.get_one(ItemRow, item_id).taken += num
    return Imported(added, known, unknown)


def _add_reviewer(session: Any, project: Project, row: Row) -> str:
    reviewer = ReviewerRow(
        id=str(uuid4()), project_id=project.id, name=row.reviewer[:80],
        is_lead=row.kind == "adjudication", token_sha256=None,
        salt=uuid4().int & (2**62 - 1),
    )  # fmt: skip
    session.add(reviewer)
    session.flush()
    return reviewer.id


def _row(document: Mapping[str, Any], project: Project) -> Row:
    if int(document.get("schema", LABEL_SCHEMA)) != LABEL_SCHEMA:
        raise InvalidLabel(f"schema {document['schema']!r}", message="It is of another schema.")
    kind = document.get("kind") or "label"
    if kind not in KINDS:
        raise InvalidLabel(f"kind {kind!r}")
    completed = document["completed"]
    if isinstance(completed, str):
        completed = datetime.fromisoformat(completed).timestamp()
    return Row(
        item_key=str(document["item_key"]),
        reviewer=str(document["reviewer"]),
        kind=cast("Kind", kind),
        label=Label.from_json(document, project.schema),
        seconds=float(document.get("seconds") or 0.0),
        completed=float(completed),
    )


def _jsonl(content: bytes) -> Iterator[dict[str, Any]]:
    for line in content.decode("utf-8-sig").splitlines():
        if line.strip():
            yield json.loads(line)


def _csv(content: bytes) -> Iterator[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    for cells in reader:
        yield _unpacked({name: cell or None for name, cell in cells.items()})


def _parquet(content: bytes) -> Iterator[dict[str, Any]]:
    import fastparquet
    import pandas as pd

    table = fastparquet.ParquetFile(io.BytesIO(content)).to_pandas()
    for cells in table.to_dict("records"):
        yield _unpacked({str(n): None if pd.isna(cell) else cell for n, cell in cells.items()})


def _unpacked(row: dict[str, Any]) -> dict[str, Any]:
    """A table's row with its JSON columns and whole numbers as such."""
    for name in JSON_COLUMNS:
        row[name] = json.loads(row[name]) if row.get(name) else None
    row["rating"] = int(row["rating"]) if row.get("rating") else None
    row["schema"] = int(row.get("schema") or LABEL_SCHEMA)
    return row


def _label_studio(content: bytes) -> Iterator[dict[str, Any]]:
    for task in json.loads(content):
        for annotation in task["annotations"]:
            if annotation.get("was_cancelled"):
                continue
            yield _from_label_studio(task, annotation)


def _from_label_studio(task: Mapping[str, Any], annotation: Mapping[str, Any]) -> dict[str, Any]:
    meta = annotation.get("meta") or {}
    row: dict[str, Any] = {
        "item_key": task["data"]["item_key"], "reviewer": meta.get("reviewer") or "Label Studio",
        "kind": meta.get("kind") or "label", "seconds": annotation.get("lead_time"),
        "completed": meta.get("completed") or annotation.get("created_at") or 0.0,
        "anchors": meta.get("anchors"), "defects": [],
    }  # fmt: skip
    for result in annotation["result"]:
        name: Literal["verdict", "rating", "defects", "unplaced", "comment"] = result["from_name"]
        value = result["value"]
        if name == "verdict":
            row["verdict"] = value["choices"][0]
        elif name == "rating":
            row["rating"] = int(value["rating"])
        elif name == "comment":
            row["comment"] = "\n".join(value["text"])
        elif name == "unplaced":
            row["defects"] += [{"name": choice} for choice in value["choices"]]
        elif name == "defects":
            size_wh = (result["original_width"], result["original_height"])
            x, y = (
                value[axis] / 100 * size - 0.5 for axis, size in zip("xy", size_wh, strict=True)
            )
            row["defects"] += [{"name": n, "x": x, "y": y} for n in value["keypointlabels"]]
    return row
