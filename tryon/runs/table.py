"""The table of a batch: what is in its cells, checked before anything runs."""

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from tryon.anchors import GARMENT_TYPES, TUCKS, GarmentType
from tryon.errors import why
from tryon.fit import MOST_GARMENTS
from tryon.nearest import SLIP, nearest
from tryon.runs.run import Request, Wanted, is_url

SUMMARY_FILE = "summary.csv"  # beside the rows' folders: no row may be called so
NEEDED_COLUMNS = ("id", "person", "garment")
KNOWN_COLUMNS = (*NEEDED_COLUMNS, "garment_type", "anchors", "tuck")
DELIMITERS = (",", ";", "\t")  # of several as frequent, the first
SEPARATOR = ";"  # between the garments of an outfit


class BadTable(ValueError):
    """The table cannot be used; the text says what and where, for people."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: `id` names the folder."""

    id: str
    request: Request


def read_table(path: Path) -> list[Row]:
    """The rows of a CSV with the columns id, person, garment[, garment_type][, anchors][, tuck].

    Garment, type and anchors may hold several values with `;` between them, in the same order.
    Spreadsheets write semicolons or tabs between cells in some countries; the first line tells.

    Raises:
        BadTable: not readable, columns missing, or a row that cannot be meant.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as exc:
        raise BadTable(f"{path} cannot be read: {why(exc)}") from exc
    except UnicodeDecodeError as exc:
        raise BadTable(f"{path} is not UTF-8 text; save it as 'CSV UTF-8'") from exc
    if "\0" in text:
        raise BadTable(f"{path} is not a text file")
    lines = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True
    )
    rows: dict[str, Row] = {}
    try:
        columns = _columns(next(lines, []), path)
        for line in lines:
            cells = [cell.strip() for cell in line]
            if not any(cells):
                continue
            try:
                row = _row(_named(cells, columns), path.parent)
                folder = unicodedata.normalize("NFC", row.id).casefold()  # one on many disks
                if folder in rows:
                    raise BadTable(_twice(row.id, rows[folder].id))
            except BadTable as exc:
                raise BadTable(f"{path}, line {lines.line_num}: {exc}") from exc
            rows[folder] = row
    except csv.Error as exc:
        raise BadTable(f"{path}, line {lines.line_num}: {exc}") from exc
    if not rows:
        raise BadTable(f"{path} has no rows")
    return list(rows.values())


def _twice(row_id: str, earlier: str) -> str:
    if row_id == earlier:
        return f"the id {row_id!r} stands twice"
    return f"the ids {earlier!r} and {row_id!r} are the same folder on many disks; rename one"


def _delimiter(text: str) -> str:
    """What stands between the cells: whatever the first line has most of."""
    head = text.partition("\n")[0]
    return max(DELIMITERS, key=head.count)


def _columns(head: Sequence[str], path: Path) -> list[str]:
    """Names of the columns, in small letters."""
    columns = [name.strip().lower() for name in head]
    if missing := [name for name in NEEDED_COLUMNS if name not in columns]:
        found = ", ".join(filter(None, columns)) or "none"
        raise BadTable(f"{path} lacks the column {', '.join(missing)} (found: {found})")
    for name in columns:
        meant = nearest(name, KNOWN_COLUMNS, SLIP)
        if meant is not None and name != meant:
            raise BadTable(f"{path} has a column {name}; is it meant to be {meant}?")
    if twice := [name for name in KNOWN_COLUMNS if columns.count(name) > 1]:
        raise BadTable(f"{path} has the column {', '.join(twice)} twice")
    return columns


def _named(cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Cells by column; columns of no concern to us are among them."""
    if any(cells[len(columns) :]):
        raise BadTable(
            f"{len(cells)} cells for {len(columns)} columns; a separator within a cell needs quotes"
        )
    return dict(zip_longest(columns, cells[: len(columns)], fillvalue=""))


def _row(cells: dict[str, str], base: Path) -> Row:
    for name in NEEDED_COLUMNS:
        if not cells.get(name):
            raise BadTable(f"{name} is empty")
    row_id = cells["id"]
    odd = set(row_id) & set('/\\:*?"<>|') or not row_id.isprintable()
    if odd or row_id.startswith(".") or row_id == SUMMARY_FILE:
        raise BadTable(f"the id {row_id!r} cannot be the name of a folder")
    tuck = next((name for name in TUCKS if name == cells.get("tuck")), None)
    if tuck is None and cells.get("tuck"):
        raise BadTable(f"{cells['tuck']!r} is no way to wear a top ({', '.join(TUCKS)})")
    return Row(row_id, Request(_source(cells["person"], base), _garments(cells, base), tuck))


def _garments(cells: dict[str, str], base: Path) -> tuple[Wanted, ...]:
    garments, types, anchors = (
        [value.strip() for value in cells.get(name, "").split(SEPARATOR)]
        for name in ("garment", "garment_type", "anchors")
    )
    if "" in garments:
        raise BadTable(f"a garment is empty in {cells['garment']!r}")
    if len(garments) > MOST_GARMENTS:
        raise BadTable(f"{len(garments)} garments; at most {MOST_GARMENTS} in one row")
    for name, given in (("garment_type", types), ("anchors", anchors)):
        if len(given) > len(garments):
            raise BadTable(f"{name} has {len(given)} values for {len(garments)} garments")
    each = zip_longest(garments, types, anchors, fillvalue="")
    return tuple(
        Wanted(_source(garment, base), _garment_type(kind), base / points if points else None)
        for garment, kind, points in each
    )


def _garment_type(text: str) -> GarmentType | None:
    found = next((name for name in GARMENT_TYPES if name == text), None)
    if found is None and text not in ("", "auto"):
        raise BadTable(f"{text!r} is no garment type (auto, {', '.join(GARMENT_TYPES)})")
    return found


def _source(cell: str, base: Path) -> str:
    return cell if is_url(cell) else str(base / cell)
