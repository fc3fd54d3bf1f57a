"""Every change of a label as a line of JSON in a folder that somebody else carries away.

On a machine whose disk does not last (a Hugging Face Space) the folder is synced to a dataset, from
where labels are read back with `review import`. One file a process, because two must not append to
the same one.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import uuid4

from sqlalchemy import select

from tryon.database.sql import Database
from tryon.review.exports import item_columns
from tryon.review.tables import ChangeRow, ItemRow, LabelRow, ProjectRow, ReviewerRow

LOG = logging.getLogger(__name__)
EVERY_S: Final = 30.0  # how soon a change is in the folder
AT_ONCE: Final = 2000  # changes read from the database in one go
POSITION: Final = "position.json"  # which change was written last; not synced


class Carrier(Protocol):
    """Carries the files of a folder to a place that lasts, now and then."""

    folder: Path
    lock: AbstractContextManager[Any]  # held while a file is written, so none is carried half

    def close(self) -> None:
        """Carry what is there, then stop."""


class Journal:
    """Appends changes to `labels-<process>.jsonl` in the carrier's folder.

    Args:
        database: of the review.
        carrier: takes the folder away.
        and_then: what else belongs into the folder; called after every round.
    """

    def __init__(
        self, database: Database, carrier: Carrier, and_then: Callable[[], object] | None = None
    ) -> None:
        self._database = database
        self._carrier = carrier
        self._and_then = and_then
        self._file = carrier.folder / f"labels-{uuid4().hex}.jsonl"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="review-journal", daemon=True)

    def start(self) -> None:
        """Write changes as they come, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Write and carry what is left."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._copy_and_log()
        self._carrier.close()
        self._copy_and_log()  # what is there now need not be kept here as well

    def copy_new(self) -> int:
        """Append the changes that are not in the folder yet; how many."""
        num = 0
        while True:
            lines, last = self._new_lines()
            if not lines:
                return num
            with self._carrier.lock:
                self._carrier.folder.mkdir(parents=True, exist_ok=True)
                with self._file.open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
                (self._carrier.folder / POSITION).write_text(json.dumps({"last": last}), "utf-8")
            num += len(lines)

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            self._copy_and_log()

    def _copy_and_log(self) -> None:
        try:
            self.copy_new()
            if self._and_then is not None:
                self._and_then()
        except Exception:  # everything is in the database and beside it; the next round tries again
            LOG.exception("what is new in the review could not be written for syncing")

    def _new_lines(self) -> tuple[list[dict[str, Any]], int]:
        with self._database.read() as session:
            rows = session.execute(
                select(ChangeRow, LabelRow, ItemRow, ReviewerRow.name, ProjectRow.name)
                .join(LabelRow, LabelRow.id == ChangeRow.label_id)
                .join(ItemRow, ItemRow.id == LabelRow.item_id)
                .join(ReviewerRow, ReviewerRow.id == LabelRow.reviewer_id)
                .join(ProjectRow, ProjectRow.id == ChangeRow.project_id)
                .where(ChangeRow.id > self._position())
                .order_by(ChangeRow.id)
                .limit(AT_ONCE)
            ).all()
        lines = [
            _line(change, label, item, name, project) for change, label, item, name, project in rows
        ]
        return lines, rows[-1][0].id if rows else 0

    def _position(self) -> int:
        try:
            return int(json.loads((self._carrier.folder / POSITION).read_text("utf-8"))["last"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0  # writing a line twice does no harm: the last one of a label counts


def _line(
    change: ChangeRow, label: LabelRow, item: ItemRow, reviewer: str, project: str
) -> dict[str, Any]:
    """A row of `exports.COLUMNS` as it was after this change, and what the change was."""
    return {
        **change.after,
        **item_columns(item, project),
        "components": item.components,
        "reviewer": reviewer,
        "kind": label.kind,
        "seconds": round(label.seconds, 3),
        "completed": datetime.fromtimestamp(change.at, UTC).isoformat(),
        "change": {
            "label": label.id, "number": change.id, "who": change.who, "action": change.action,
            "before": change.before,
        },
    }  # fmt: skip


def last_words(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Of journal lines the last one of each label, if it was handed in; other rows as they are."""
    latest: dict[str, dict[str, Any]] = {}
    for row in rows:
        change = row.get("change")
        if change is None:
            yield row
            continue
        known = latest.get(change["label"])
        if known is None or known["change"]["number"] <= change["number"]:
            latest[change["label"]] = row
    yield from (row for row in latest.values() if row.get("state") == "done")
