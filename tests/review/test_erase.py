"""What is erased is gone: rows, labels, every file; what is not, stays whole."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from tryon.database.sql import Base, Database
from tryon.errors import ReviewNotFound, StorageError
from tryon.review.labels import Label
from tryon.review.records import Item, Project
from tryon.review.service import FOLDER, Review
from tryon.review.tables import ChangeRow, ItemRow, LabelRow, ProjectRow, ReviewerRow

Fill = Callable[..., tuple[Project, list[Item]]]
TABLES = (ItemRow, LabelRow, ChangeRow, ReviewerRow, ProjectRow)


def num(database: Database, table: type[Base]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def label_all(review: Review, project: Project, name: str = "Ann") -> None:
    """Hand in every item."""
    who, _ = review.projects.invite(project, name)
    while turns := review.labelling.queue(project, who):
        review.labelling.save(who, turns[0].id, turns[0].revision, Label("accept"), 1.0, "submit")


def files_of(root: Path) -> list[Path]:
    return sorted(path for path in (root / FOLDER).rglob("*") if path.is_file())


def test_an_erased_item_leaves_nothing(review: Review, fill: Fill, tmp_path: Path) -> None:
    """Pictures, small copies for the screen, labels and their history; the others keep theirs."""
    project, items = fill(3)
    label_all(review, project)
    for item in items:
        review.items.view(project.id, item.id, "photo")
    kept = [path for path in files_of(tmp_path) if items[1].id not in path.parts]
    report = review.report(project)

    assert review.eraser.find([items[1].id]).num_labels == 1
    assert review.eraser.erase([items[1].id, "no such item"]) == 1

    assert files_of(tmp_path) == kept
    assert [item.id for item in review.items.all(project)] == [items[0].id, items[2].id]
    assert [num(review.database, table) for table in TABLES] == [2, 2, 2, 1, 1]
    assert report != review.report(project)


def test_an_item_somebody_looks_at_is_gone_for_them_too(review: Review, fill: Fill) -> None:
    """Their next save says that it is no longer there; then they go on with another."""
    project, items = fill(2)
    who, _ = review.projects.invite(project, "Ann")
    turn = review.labelling.queue(project, who)[0]

    review.eraser.erase([turn.item.id])

    with pytest.raises(ReviewNotFound):
        review.labelling.save(who, turn.id, turn.revision, Label("accept"), 1.0, "submit")
    left = {item.id for item in items} - {turn.item.id}
    assert {turn.item.id for turn in review.labelling.queue(project, who)} == left


def test_an_erased_project_takes_everything_along(
    review: Review, fill: Fill, tmp_path: Path
) -> None:
    """Items, labels, invitations; another project is not touched."""
    project, _ = fill(2)
    other, _ = fill(3)
    label_all(review, project)

    assert review.eraser.erase_project(project) == 2

    assert review.projects.all() == [other]
    assert [num(review.database, table) for table in TABLES] == [3, 0, 0, 0, 1]
    assert {path.relative_to(tmp_path / FOLDER).parts[0] for path in files_of(tmp_path)} == {
        other.id
    }


def test_numbers_of_changes_are_never_given_twice(review: Review, fill: Fill) -> None:
    """The journal asks for those above the last it wrote; it would miss a number used again."""
    project, items = fill(2)
    label_all(review, project)
    with review.database.read() as session:
        last = session.scalar(select(func.max(ChangeRow.id)))

    review.eraser.erase([item.id for item in items])
    fresh, _ = fill(1)
    label_all(review, fresh)

    with review.database.read() as session:
        assert session.scalar(select(func.min(ChangeRow.id))) > last


def test_old_items_go_when_the_settings_say_so(review: Review, fill: Fill, tmp_path: Path) -> None:
    """REVIEW_RETENTION_DAYS; without it nothing goes by itself."""
    project, items = fill(2)
    with review.database.write() as session:
        session.execute(
            update(ItemRow)
            .where(ItemRow.id == items[0].id)
            .values(created=time.time() - 31 * 86400)
        )

    assert review.eraser.sweep(None) == 0
    assert review.eraser.sweep(30) == 1

    assert review.items.all(project) == [items[1]]
    assert not review.items.folder(items[0], project.id).exists()


def test_files_of_no_item_are_swept(review: Review, fill: Fill, tmp_path: Path) -> None:
    """Left by a crash: between the pictures and their row, or on the way in. Fresh ones stay."""
    project, items = fill(1)
    long_ago = time.time() - 7200
    for name, is_old in (("lost", True), ("fresh", False)):
        for parent in (tmp_path / FOLDER / project.id, tmp_path / FOLDER / ".incoming"):
            folder = parent / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "person.png").write_bytes(b"a photo")
            if is_old:
                os.utime(folder, (long_ago, long_ago))
    os.utime(review.items.folder(items[0], project.id), (long_ago, long_ago))

    review.eraser.sweep(None)

    assert {path.parent.name for path in files_of(tmp_path)} == {"fresh", items[0].id}


def test_files_that_cannot_be_erased_are_told(
    review: Review, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The item is gone from the screen; the disk's no reaches whoever asked."""
    _, items = fill(1)

    def refuse(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tryon.review.erase.shutil.rmtree", refuse)

    with pytest.raises(StorageError, match="STORAGE_ERROR") as caught:
        review.eraser.erase([items[0].id])
    assert caught.value.message == "Files of the review could not be erased: permission denied."
