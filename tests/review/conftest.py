"""A review on an empty SQLite file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.fits import write_fit
from tryon.database.sql import Database, database_url
from tryon.review.records import Item, Project
from tryon.review.service import Review
from tryon.review.turns import Rules


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Empty tables."""
    database = Database.open(database_url(None, tmp_path))
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def review(database: Database, tmp_path: Path) -> Review:
    """Nothing in it yet."""
    return Review.open(database, tmp_path)


@pytest.fixture
def fill(review: Review, tmp_path: Path) -> Callable[..., tuple[Project, list[Item]]]:
    """Make a project with drawn fits: `fill(5, overlap=1, reviewers=2)`."""

    def fill(num: int, **rules: float) -> tuple[Project, list[Item]]:
        plain = {"gold": 0, "repeats": 0, "overlap": 0}
        project = review.projects.create(f"Project of {num}", rules=Rules(**(plain | rules)))
        folders = [write_fit(tmp_path / f"fits{num}" / f"f{n}", n) for n in range(num)]
        items = [review.items.add_folder(project, f, "batch", f.name) for f in folders]
        return project, items

    return fill
