"""Erasing items: their rows, what was said of them, and every file.

Rows go first, in one transaction, then files: nobody is shown half an item. Files that a crash
leaves behind belong to no row and go with the next sweep.
"""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tryon.database.sql import Database, now
from tryon.errors import ReviewNotFound, StorageError, why
from tryon.review.records import Project
from tryon.review.tables import ChangeRow, ItemRow, LabelRow, ProjectRow, ReviewerRow

AT_ONCE: Final = 200  # items in one transaction
ORPHAN_S: Final = 3600.0  # files without a row for so long: adding an item takes seconds
DAY_S: Final = 86400.0


@dataclass(frozen=True, slots=True)
class Doomed:
    """What would be erased.

    Attributes:
        items: ids.
        num_labels: labels said of them, of every kind and state.
    """

    items: tuple[str, ...]
    num_labels: int


class Eraser:
    """Erases items of every project, with their files below `root`."""

    def __init__(self, database: Database, root: Path) -> None:
        self._database = database
        self._root = root

    def find(self, names: Sequence[str] = (), project: Project | None = None) -> Doomed:
        """What these names mean.

        Args:
            names: ids of items; within a project titles, too. None: every item of the project.
            project: None looks through all.

        Raises:
            ReviewNotFound: a name that nothing has.
        """
        found: dict[str, None] = {}
        with self._database.read() as session:
            if project is not None and not names:
                ids = select(ItemRow.id).where(ItemRow.project_id == project.id)
                found.update(dict.fromkeys(session.scalars(ids)))
            for name in names:
                query = select(ItemRow.id).where(ItemRow.id == name)
                if project is not None:
                    query = select(ItemRow.id).where(
                        ItemRow.project_id == project.id,
                        (ItemRow.id == name) | (ItemRow.title == name),
                    )
                ids_of_name = session.scalars(query).all()
                if not ids_of_name:
                    where = f" in {project.name}" if project else ""
                    raise ReviewNotFound(name, message=f"There is no item {name!r}{where}.")
                found.update(dict.fromkeys(ids_of_name))
            items, num_labels = tuple(found), 0
            for some in _portions(items):
                query_num = select(func.count()).where(LabelRow.item_id.in_(some))
                num_labels += session.scalar(query_num) or 0
        return Doomed(items, num_labels)

    def erase(self, items: Sequence[str]) -> int:
        """Erase the items of these ids with all that was said of them; how many were there.

        Raises:
            StorageError: the rows are gone, files could not be erased; the sweep tries again.
        """
        num = 0
        for some in _portions(items):
            with self._database.write() as session:
                folders = self._erase_rows(session, some)
            num += len(folders)
            for folder in folders:
                self._erase_files(folder)
        return num

    def erase_project(self, project: Project) -> int:
        """Erase a project with its items, labels and invitations; how many items there were.

        Raises:
            StorageError: the rows are gone, files could not be erased; the sweep tries again.
        """
        num = self.erase(self.find(project=project).items)
        with self._database.write() as session:
            left = session.scalars(select(ItemRow.id).where(ItemRow.project_id == project.id)).all()
            self._erase_rows(session, left)  # added meanwhile
            for table in (ChangeRow, LabelRow, ReviewerRow):
                session.execute(delete(table).where(table.project_id == project.id))
            session.execute(delete(ProjectRow).where(ProjectRow.id == project.id))
        self._erase_files(self._root / project.id)
        return num + len(left)

    def sweep(self, keep_days: float | None) -> int:
        """Erase items older than `keep_days` (None: none) and files of no item; how many items.

        Raises:
            StorageError: the disk said no.
        """
        num = 0
        if keep_days is not None:
            with self._database.read() as session:
                old = ItemRow.created < now() - keep_days * DAY_S
                items = session.scalars(select(ItemRow.id).where(old)).all()
            num = self.erase(items)
        self._erase_orphans()
        return num

    def _erase_rows(self, session: Session, items: Sequence[str]) -> list[Path]:
        """The folders of those that were there. Locks them, so that nobody adds a label now."""
        rows = session.execute(
            select(ItemRow.id, ItemRow.project_id).where(ItemRow.id.in_(items)).with_for_update()
        ).all()
        labels = session.scalars(
            select(LabelRow.id).where(LabelRow.item_id.in_(items)).with_for_update()
        ).all()
        for some in _portions(labels):
            session.execute(delete(ChangeRow).where(ChangeRow.label_id.in_(some)))
        session.execute(delete(LabelRow).where(LabelRow.item_id.in_(items)))
        session.execute(delete(ItemRow).where(ItemRow.id.in_(items)))
        return [self._root / row.project_id / row.id for row in rows]

    def _erase_orphans(self) -> None:
        oldest = time.time() - ORPHAN_S
        with self._database.read() as session:
            known = set(session.scalars(select(ItemRow.id)))
        for folder in sorted(self._root.glob("*/*")):
            if folder.name not in known and folder.lstat().st_mtime < oldest:
                self._erase_files(folder)

    def _erase_files(self, folder: Path) -> None:
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            return
        except OSError as exc:
            message = f"Files of the review could not be erased: {why(exc)}."
            raise StorageError(str(exc), message=message) from exc


def _portions(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE)]
