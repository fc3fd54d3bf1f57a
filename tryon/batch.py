"""Many try-ons from a table: reading it, running its rows, and the summary."""

import csv
import io
import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, fields
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from tryon.anchors import GARMENT_TYPES, GarmentType
from tryon.errors import Cancelled, StorageError, TryOnError
from tryon.fit import MOST_GARMENTS
from tryon.runs import Request, Runner, Wanted, is_url
from tryon.stages.tuck import TUCKS
from tryon.store import is_complete, save_files

SUMMARY_FILE = "summary.csv"
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of `summary.csv`; fields are its columns, but for `error`, which is for people."""

    id: str
    status: Literal["done", "failed", "not_run"]
    error_code: str = ""
    quality_score: float | None = None
    retry_count: int | None = None
    seconds: float | None = None
    error: TryOnError | None = None


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
        raise BadTable(f"{path} cannot be read: {exc.strerror or exc}") from exc
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
                if row.id in rows:
                    raise BadTable(f"the id {row.id!r} stands twice")
            except BadTable as exc:
                raise BadTable(f"{path}, line {lines.line_num}: {exc}") from exc
            rows[row.id] = row
    except csv.Error as exc:
        raise BadTable(f"{path}, line {lines.line_num}: {exc}") from exc
    if not rows:
        raise BadTable(f"{path} has no rows")
    return list(rows.values())


def run_batch(
    rows: Sequence[Row],
    out: Path,
    runner: Runner,
    on_outcome: Callable[[Outcome], None],
    *,
    workers: int = 1,
    force: bool = False,
) -> list[Outcome]:
    """Run the rows that are not done yet, each into `out/<id>/`, and write `out/summary.csv`.

    A row that fails is an outcome, not an exception. Ctrl+C ends the rows under way at their next
    stage, leaves nothing half-written and still writes the summary.

    Raises:
        StorageError: `out` cannot be written.
        KeyboardInterrupt: after the summary was written.
    """
    outcomes = {row.id: Outcome(row.id, "not_run") for row in rows}
    stop = threading.Event()

    def keep(outcome: Outcome) -> None:
        outcomes[outcome.id] = outcome
        on_outcome(outcome)

    try:
        out.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(workers) as pool:
            try:
                todo = []
                for row in rows:
                    if not force and is_complete(out / row.id, runner.record.mode):
                        keep(_earlier(row.id, out / row.id))
                    else:
                        todo.append(pool.submit(_run_row, row, out / row.id, runner, stop.is_set))
                for future in as_completed(todo):
                    keep(future.result())
            except BaseException:
                stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
    except OSError as exc:
        raise StorageError(str(exc), message=f"{out} cannot be written.") from exc
    finally:
        if out.is_dir():
            _write_summary(list(outcomes.values()), out)
    return list(outcomes.values())


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


def _run_row(row: Row, folder: Path, runner: Runner, is_cancelled: Callable[[], bool]) -> Outcome:
    start = time.perf_counter()
    if is_cancelled():
        return Outcome(row.id, "not_run")
    try:
        try_on = runner.run(row.request, folder, is_cancelled=is_cancelled).try_on
    except Cancelled:
        return Outcome(row.id, "not_run")
    except TryOnError as error:
        seconds = time.perf_counter() - start
        return Outcome(
            row.id, "failed", error_code=error.code, seconds=round(seconds, 3), error=error
        )
    return Outcome(
        row.id,
        "done",
        quality_score=round(min(fit.best.quality.score for fit in try_on.outfit), 4),
        retry_count=sum(len(fit.attempts) - 1 for fit in try_on.outfit),
        seconds=round(time.perf_counter() - start, 3),
    )


def _earlier(row_id: str, folder: Path) -> Outcome:
    """The outcome of a row done by an earlier batch, from its files."""
    try:
        fits = [json.loads(path.read_text("utf-8")) for path in folder.glob("quality*.json")]
        score, retries = min(fit["score"] for fit in fits), sum(fit["retry_count"] for fit in fits)
        record = json.loads((folder / "run.json").read_text("utf-8"))
        seconds = round(sum(record["seconds"].values()), 3)
        return Outcome(row_id, "done", "", score, retries, seconds)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Outcome(row_id, "done")


def _write_summary(outcomes: Sequence[Outcome], out: Path) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = [field.name for field in fields(Outcome) if field.name != "error"]
    writer.writerow(columns)
    for outcome in outcomes:
        values = [getattr(outcome, name) for name in columns]
        writer.writerow(["" if value is None else value for value in values])
    save_files([(SUMMARY_FILE, text.getvalue().encode())], out)
