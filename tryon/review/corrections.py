"""Corrected anchors as files that a run takes: `--anchors FILE`, or a column of `batch`.

A zip with `anchors/NAME.json` for every item whose anchors somebody moved, and `corrected.csv`,
which says whose they are.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tryon.review.records import Given, Item

TABLE: Final = "corrected.csv"
COLUMNS: Final = ("id", "garment_type", "anchors", "item", "reviewer", "kind", "verdict")


def write_corrections(items: Sequence[Item], labels: Iterable[Given], target: Path) -> None:
    """The zip; of several corrections of an item the lead's counts, else the last one."""
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, COLUMNS)
    writer.writeheader()
    taken: set[str] = set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for item, given, anchors in _last_corrections(items, labels):
            name = f"anchors/{_file_name(item, taken)}.json"
            archive.writestr(name, json.dumps(anchors, indent=2) + "\n")
            writer.writerow({
                "id": item.title, "garment_type": anchors["garment_type"], "anchors": name,
                "item": item.id, "reviewer": given.reviewer, "kind": given.kind,
                "verdict": given.label.verdict,
            })  # fmt: skip
        archive.writestr(TABLE, table.getvalue())


def _last_corrections(
    items: Sequence[Item], labels: Iterable[Given]
) -> list[tuple[Item, Given, Mapping[str, Any]]]:
    last: dict[str, tuple[Given, Mapping[str, Any]]] = {}
    for given in labels:  # oldest first
        anchors = given.label.anchors
        known = last.get(given.item_id)
        is_settled = known is not None and known[0].kind == "adjudication"
        if anchors is not None and (given.kind == "adjudication" or not is_settled):
            last[given.item_id] = (given, anchors.to_json())
    return [(item, *last[item.id]) for item in items if item.id in last]


def _file_name(item: Item, taken: set[str]) -> str:
    """The item's title as a file name; with its id when another item has the same title."""
    name = re.sub(r"[^\w-]+", "_", item.title).strip("_") or item.id
    if name in taken:
        name = f"{name}_{item.id}"
    taken.add(name)
    return name
