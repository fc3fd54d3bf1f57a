"""Many try-ons from a table: running its rows, and the summary."""

import csv
import hashlib
import io
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from tryon.artifacts.files import RECORD_FILE
from tryon.artifacts.store import is_complete, save_files
from tryon.errors import Cancelled, StorageError, TryOnError
from tryon.runs.run import Runner, is_url
from tryon.runs.table import SUMMARY_FILE, Row


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
                    if not force and _is_done(row, out / row.id, runner):
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


def _is_done(row: Row, folder: Path, runner: Runner) -> bool:
    """Whether the folder holds a finished run of what the row asks for now.

    Photos are compared by content, anchors by when they were edited; what an address leads to is
    not asked again.
    """
    if not is_complete(folder, "final" if runner.final else "draft"):
        return False
    request, garments = row.request, row.request.garments
    try:
        record = json.loads((folder / RECORD_FILE).read_text("utf-8"))
        photos = dict(record["inputs"])
        person = photos.pop("person")["sha256"]
        worn = Counter(photo["sha256"] for photo in photos.values())
        kinds = Counter([record["garment_type"], *(one["garment_type"] for one in record["under"])])
        is_same = (
            record["settings"]["tuck"] == (request.tuck or runner.options.tuck)
            and (record["settings"]["anchors"] == "given") == any(one.anchors for one in garments)
            and len(garments) == worn.total()
            and _sha256(request.person) in (None, person)
            and Counter(filter(None, (_sha256(one.garment) for one in garments))) <= worn
            and Counter(one.garment_type for one in garments if one.garment_type) <= kinds
        )
        made = (folder / RECORD_FILE).stat().st_mtime
        return is_same and all(
            one.anchors.stat().st_mtime <= made for one in garments if one.anchors
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _sha256(source: str) -> str | None:
    """Of a file; None for an address. Raises OSError, ValueError."""
    if is_url(source):
        return None
    with Path(source).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
        quality_score=round(try_on.score, 4),
        retry_count=try_on.num_retries,
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
