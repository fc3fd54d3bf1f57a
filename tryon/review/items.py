"""The fits of a project: adding them from anywhere, their files, known answers.

Files are there before their row is, so a row always has its pictures.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tryon.anchors import AnchorPair
from tryon.database.sql import Database
from tryon.errors import (
    InvalidAnchors,
    InvalidReviewFile,
    ReviewNotFound,
    StorageError,
    TryOnError,
    why,
)
from tryon.review.fits import NEEDED, Fit, fit_key, keep_files, read_fit, view_of
from tryon.review.labels import Gold
from tryon.review.records import Item, Project, Source
from tryon.review.tables import ItemRow, LabelRow
from tryon.review.turns import wanted


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one folder. `reason` is for people."""

    folder: Path
    status: Literal["added", "known", "refused"]
    item_id: str | None = None
    reason: str = ""


class Items:
    """The fits of every project, with their files below `root`."""

    def __init__(self, database: Database, root: Path) -> None:
        self._database = database
        self.root = root

    def folder(self, item: Item | ItemRow, project_id: str) -> Path:
        """Where the files of an item are."""
        return self.root / project_id / item.id

    def add_folders(
        self, project: Project, folders: Iterable[Path], source: Source = "batch"
    ) -> Iterator[Added]:
        """Add finished fits one by one; stopped and started again, it goes on where it was.

        A folder that holds no fit is an outcome, not an exception.
        """
        known = self._keys(project)
        for folder in folders:
            try:
                if all((folder / name).is_file() for name in NEEDED):
                    key = fit_key(folder)
                    if key in known:
                        yield Added(folder, "known", known[key])
                        continue
                item = self.add_folder(project, folder, source, folder.name)
                known[item.key] = item.id
                yield Added(folder, "added", item.id)
            except TryOnError as error:
                yield Added(folder, "refused", reason=error.message)
            except OSError as exc:
                yield Added(folder, "refused", reason=_disk(exc).message)

    def add_folder(self, project: Project, folder: Path, source: Source, title: str) -> Item:
        """Add one fit; the one that is there when it was added before.

        Raises:
            InvalidReviewFile: no finished fit lies there.
            StorageError: the disk said no.
        """
        fit = read_fit(folder)
        return self._keep(project, fit, folder, source, title)

    def add_files(
        self, project: Project, files: Iterable[tuple[str, bytes]], source: Source, title: str
    ) -> Item:
        """Add one fit given as the files of `artifacts.try_on_files`.

        Raises:
            StorageError: the disk said no.
        """
        aside = self.root / ".incoming" / str(uuid4())
        try:
            aside.mkdir(parents=True)
            for name, content in files:
                (aside / Path(name).name).write_bytes(content)
            return self.add_folder(project, aside, source, title)
        except OSError as exc:
            raise _disk(exc) from exc
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _keep(self, project: Project, fit: Fit, folder: Path, source: Source, title: str) -> Item:
        seed = f"{project.rules.seed} {fit.key}".encode()
        shuffle = int.from_bytes(hashlib.sha256(seed).digest()[:8]) >> 1  # SQL integers have a sign
        row = ItemRow(
            id=str(uuid4()), project_id=project.id, key=fit.key, source=source,
            title=title[:200], garment_type=fit.garment_type, width=fit.width, height=fit.height,
            score=fit.score, components=dict(fit.components),
            body=fit.body and {name: list(xy) for name, xy in fit.body.items()},
            files=list(fit.files), provenance=dict(fit.provenance), gold=None, shuffle=shuffle,
            wanted=wanted(shuffle, project.rules), taken=0,
        )  # fmt: skip
        target = self.folder(row, project.id)
        try:
            keep_files(folder, target, fit.files)
            with self._database.write() as session:
                session.add(row)
        except IntegrityError:  # somebody else added the same fit, or it was there
            shutil.rmtree(target, ignore_errors=True)
            return self.by_key(project, fit.key)
        except OSError as exc:
            shutil.rmtree(target, ignore_errors=True)
            raise _disk(exc) from exc
        return to_item(row)

    def get(self, project_id: str, item_id: str) -> Item:
        """One item.

        Raises:
            ReviewNotFound: not in this project.
        """
        with self._database.read() as session:
            row = session.get(ItemRow, item_id)
        if row is None or row.project_id != project_id:
            raise ReviewNotFound(item_id)
        return to_item(row)

    def by_key(self, project: Project, key: str) -> Item:
        """The item of this content.

        Raises:
            ReviewNotFound: there is none.
        """
        with self._database.read() as session:
            row = session.scalar(
                select(ItemRow).where(ItemRow.project_id == project.id, ItemRow.key == key)
            )
        if row is None:
            raise ReviewNotFound(key)
        return to_item(row)

    def all(self, project: Project) -> list[Item]:
        """Every item, oldest first."""
        with self._database.read() as session:
            rows = session.scalars(
                select(ItemRow)
                .where(ItemRow.project_id == project.id)
                .order_by(ItemRow.created, ItemRow.id)
            ).all()
        return [to_item(row) for row in rows]

    def labelled(self, project: Project) -> list[Item]:
        """The items with labels as figures need them: without files and provenance."""
        done = select(LabelRow.item_id).where(
            LabelRow.project_id == project.id, LabelRow.state == "done"
        )
        with self._database.read() as session:
            rows = session.execute(
                select(
                    ItemRow.id, ItemRow.key, ItemRow.source, ItemRow.title, ItemRow.garment_type,
                    ItemRow.width, ItemRow.height, ItemRow.score, ItemRow.components,
                    ItemRow.body, ItemRow.gold, ItemRow.wanted,
                )
                .where(ItemRow.id.in_(done))
                .order_by(ItemRow.created, ItemRow.id)
            ).all()  # fmt: skip
        return [
            Item(
                id=row.id, key=row.key, source=cast("Source", row.source), title=row.title,
                garment_type=row.garment_type, width=row.width, height=row.height,
                score=row.score, components=row.components, body=cast("Any", row.body),
                files=(), provenance={}, gold=Gold.from_json(row.gold) if row.gold else None,
                wanted=row.wanted,
            )
            for row in rows
        ]  # fmt: skip

    def view(self, project_id: str, item_id: str, name: str) -> Path:
        """A JPEG of one picture of an item.

        Raises:
            ReviewNotFound: no such item or picture.
        """
        item = self.get(project_id, item_id)
        path = view_of(self.folder(item, project_id), name)
        if path is None:
            raise ReviewNotFound(f"{item_id}/{name}")
        return path

    def artifact(self, project_id: str, item: Item, name: str) -> bytes | None:
        """One file as it was kept; None when the fit has none of this name."""
        path = self.folder(item, project_id) / name
        return path.read_bytes() if name in item.files and path.is_file() else None

    def anchors(self, project_id: str, item: Item) -> AnchorPair | None:
        """The anchors of the fit; None when it has none, or no cutout to lay by them."""
        content = self.artifact(project_id, item, "anchors.json")
        if content is None or "garment_cutout.png" not in item.files:
            return None
        try:
            return AnchorPair.from_json(json.loads(content))
        except (InvalidAnchors, ValueError):
            return None  # written by hand; the item can be judged all the same

    def set_gold(self, project: Project, title: str, gold: Gold | None) -> int:
        """Give every item of this title (or id) a known answer, or take it away; how many.

        Raises:
            ReviewNotFound: there is no such item.
            InvalidReviewFile: a defect the project does not know.
        """
        odd = set(gold.defects if gold else ()) - {word.name for word in project.schema.defects}
        if odd:
            raise InvalidReviewFile(f"{odd}", message=f"{min(odd)} is no defect of this project.")
        with self._database.write() as session:
            rows = session.scalars(
                select(ItemRow).where(
                    ItemRow.project_id == project.id,
                    (ItemRow.title == title) | (ItemRow.id == title),
                )
            ).all()
            for row in rows:
                row.gold = gold.to_json() if gold else None
        if not rows:
            message = f"There is no item {title!r} in {project.name}."
            raise ReviewNotFound(title, message=message)
        return len(rows)

    def _keys(self, project: Project) -> dict[str, str]:
        with self._database.read() as session:
            rows = session.execute(
                select(ItemRow.key, ItemRow.id).where(ItemRow.project_id == project.id)
            ).all()
        return dict(rows)


def to_item(row: ItemRow) -> Item:
    """The record of a row."""
    body: dict[str, Any] | None = row.body
    return Item(
        id=row.id, key=row.key, source=cast("Source", row.source), title=row.title,
        garment_type=row.garment_type, width=row.width, height=row.height, score=row.score,
        components=row.components,
        body=body and {name: (xy[0], xy[1]) for name, xy in body.items()},
        files=tuple(row.files), provenance=row.provenance,
        gold=Gold.from_json(row.gold) if row.gold else None, wanted=row.wanted,
    )  # fmt: skip


def _disk(exc: OSError) -> StorageError:
    return StorageError(str(exc), message=f"The item could not be kept: {why(exc)}.")
