"""The review's page as a process: `python -m tests.fakes.review_server PORT FOLDER [--real]`.

Fits are laid anew by the fake studio, with --real by the real one. Started again on the same folder
it goes on with what is there, as after a crash.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from tests.fakes.studio import FakeStudio
from tryon.api.errors import add_error_handlers
from tryon.api.health import router
from tryon.api.review import add_review
from tryon.bootstrap import build
from tryon.database.sql import Database, database_url
from tryon.review.service import Review
from tryon.review.tables import ChangeRow
from tryon.settings import Settings
from tryon.ui.review_anchors import ReviewAnchors
from tryon.ui.review_page import add_review_page


def open_review(folder: Path) -> Review:
    """The review in `folder`."""
    database = Database.open(database_url(None, folder))
    database.migrate()
    return Review.open(database, folder)


def history(review: Review, turn_id: str) -> Sequence[ChangeRow]:
    """Every change of one label, oldest first."""
    with review.database.read() as session:
        query = select(ChangeRow).where(ChangeRow.label_id == turn_id).order_by(ChangeRow.id)
        return session.scalars(query).all()


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--real", action="store_true")
    options = parser.parse_args()
    studio = build(Settings()) if options.real else FakeStudio()
    api = FastAPI()
    add_error_handlers(api)
    api.include_router(router)
    add_review(api, open_review(options.folder), ReviewAnchors(studio))
    add_review_page(api)
    uvicorn.run(api, host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
