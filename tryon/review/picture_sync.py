"""The fits of the review on their way to a dataset, for a machine whose disk does not last.

Beside the labels of `journal.py`, and only when asked for: photos of people leave this machine.
Every item is a folder `items/PROJECT/ITEM/` with its artifacts, so that `review add` takes it back.
What was carried is not kept twice; what is erased here is erased there.
"""

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Protocol

from sqlalchemy import select

from tryon.database.sql import Database
from tryon.review.fits import keep_files
from tryon.review.journal import Carrier
from tryon.review.tables import ItemRow, ProjectRow

FOLDER: Final = "items"
STATE: Final = "pictures.json"  # which folders were carried already; not carried itself


class PictureCarrier(Carrier, Protocol):
    """A carrier that also says what it has carried, and takes things away again."""

    def has_carried(self, path: Path) -> bool:
        """Whether this file is at its place as it is now."""

    def erase(self, names: Iterable[str]) -> None:
        """Erase folders there, named from the carrier's folder on, and their history."""


class PictureSync:
    """Puts items into the carrier's folder.

    Args:
        database: of the review.
        root: where the review keeps its items.
        carrier: takes them away.
    """

    def __init__(self, database: Database, root: Path, carrier: PictureCarrier) -> None:
        self._database = database
        self._root = root
        self._carrier = carrier
        self._state = carrier.folder / STATE

    def copy_new(self) -> int:
        """Put new items in, take carried and erased ones out; how many are new."""
        items = self._items()
        carried = self._carried()
        waiting = {self._name(path) for path in self._carrier.folder.glob(f"{FOLDER}/*/*")}
        gone = (carried | waiting) - items.keys()
        with self._carrier.lock:
            done = {name for name in waiting - gone if self._is_carried(name)}
            for name in done | (waiting & gone):
                shutil.rmtree(self._carrier.folder / name)
            new = [name for name in items if name not in carried | waiting]
            for name in new:
                source, files = items[name]
                keep_files(source, self._carrier.folder / name, files)
        if gone:
            self._carrier.erase(sorted(gone))
        self._remember((carried | done) - gone)
        return len(new)

    def _items(self) -> dict[str, tuple[Path, tuple[str, ...]]]:
        """Name in the carrier's folder -> where the item is, its files that are there."""
        with self._database.read() as session:
            rows = session.execute(
                select(ItemRow.id, ItemRow.project_id, ItemRow.files, ProjectRow.name)
                .join(ProjectRow, ProjectRow.id == ItemRow.project_id)
            ).all()  # fmt: skip
        found = {}
        for item_id, project_id, files, project in rows:
            folder = self._root / project_id / item_id
            here = tuple(name for name in files if (folder / name).is_file())
            if here:  # another machine's items are that machine's to carry
                title = re.sub(r"[^\w-]+", "_", project).strip("_")
                found[f"{FOLDER}/{title}-{project_id[:8]}/{item_id}"] = (folder, here)
        return found

    def _is_carried(self, name: str) -> bool:
        return all(map(self._carrier.has_carried, (self._carrier.folder / name).iterdir()))

    def _name(self, folder: Path) -> str:
        return folder.relative_to(self._carrier.folder).as_posix()

    def _carried(self) -> set[str]:
        try:
            document: dict[str, Any] = json.loads(self._state.read_text("utf-8"))
            return set(document["carried"])
        except (OSError, ValueError, KeyError, TypeError):
            return set()  # carrying twice does no harm

    def _remember(self, carried: set[str]) -> None:
        self._state.write_text(json.dumps({"carried": sorted(carried)}), "utf-8")
