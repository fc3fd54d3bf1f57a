"""Labels as tables: CSV, JSON Lines, Parquet. One row a label, schema 1; `docs/review.md`.

The three hold the same columns, so that any of them can be read back by `imports.py`.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from tryon.review.labels import LABEL_SCHEMA
from tryon.review.records import Given, Item, Project
from tryon.review.tables import ItemRow

# Columns, in order; the last three are JSON texts in CSV and Parquet.
COLUMNS: Final = (
    "schema", "project", "item", "item_key", "title", "source", "garment_type", "width", "height",
    "score", "reviewer", "kind", "verdict", "rating", "comment", "skip_reason", "seconds",
    "completed", "defects", "anchors", "components",
)  # fmt: skip
JSON_COLUMNS: Final = ("defects", "anchors", "components")
INTEGERS: Final = ("schema", "width", "height", "rating")
FLOATS: Final = ("score", "seconds")


def item_columns(item: Item | ItemRow, project: str) -> dict[str, Any]:
    """What every row says of the item it is about."""
    return {
        "schema": LABEL_SCHEMA,
        "project": project,
        "item": item.id,
        "item_key": item.key,
        "title": item.title,
        "source": item.source,
        "garment_type": item.garment_type,
        "width": item.width,
        "height": item.height,
        "score": item.score,
    }


def label_rows(
    project: Project, items: Iterable[Item], labels: Iterable[Given]
) -> list[dict[str, Any]]:
    """One plain row a label, oldest first."""
    by_id = {item.id: item for item in items}
    rows = []
    for given in labels:
        item, said = by_id[given.item_id], given.label.to_json()
        rows.append({
            **item_columns(item, project.name),
            "reviewer": given.reviewer,
            "kind": given.kind,
            "verdict": said["verdict"],
            "rating": said["rating"],
            "comment": said["comment"],
            "skip_reason": said["skip_reason"],
            "seconds": round(given.seconds, 3),
            "completed": datetime.fromtimestamp(given.completed, UTC).isoformat(),
            "defects": said["defects"],
            "anchors": said["anchors"],
            "components": dict(item.components),
        })  # fmt: skip
    return rows


def to_jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """JSON Lines, UTF-8."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def to_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """CSV with a byte-order mark, which spreadsheets need to read UTF-8."""
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, COLUMNS)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(name, row[name]) for name in COLUMNS})
    return target.getvalue().encode("utf-8-sig")


def to_parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Parquet; a missing number is null, a missing text is null."""
    import fastparquet
    import pandas as pd

    columns: dict[str, Any] = {}
    for name in COLUMNS:
        values = [row[name] for row in rows]
        if name in JSON_COLUMNS:
            columns[name] = pd.Series([_cell(name, v) for v in values], dtype="object")
        elif name in INTEGERS:
            columns[name] = pd.Series(values, dtype="Int64")
        elif name in FLOATS:
            columns[name] = pd.Series(values, dtype="float64")
        else:
            columns[name] = pd.Series(values, dtype="object")
    target = _Kept()
    texts = {name: "utf8" for name in COLUMNS if name not in INTEGERS + FLOATS}
    fastparquet.write(
        "labels.parquet", pd.DataFrame(columns), write_index=False, object_encoding=texts,
        open_with=lambda *_: target,
    )  # fmt: skip
    return target.getvalue()


class _Kept(io.BytesIO):
    """fastparquet closes what it wrote to."""

    def close(self) -> None:
        pass


def _cell(name: str, value: Any) -> Any:
    if name not in JSON_COLUMNS or value is None:
        return value
    return json.dumps(value, ensure_ascii=False)
