"""Projects and who may review them.

A reviewer is known by a token of an invitation link; the database keeps its SHA-256 only.
"""

import hashlib
import secrets
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tryon.database.sql import Database
from tryon.errors import InvalidReviewFile, ReviewNotAllowed, ReviewNotFound
from tryon.review.labels import Schema
from tryon.review.records import Project, Reviewer
from tryon.review.tables import ItemRow, LabelRow, ProjectRow, ReviewerRow
from tryon.review.turns import Rules

MAX_NAME: Final = 80
INSTRUCTIONS: Final = (
    "Judge the draft, and the final picture when there is one, against the two photos. "
    "Accept: could be shown to a customer as it is. Fixable: moving points or another attempt "
    "would do. Reject: start again with other photos. Mark what is wrong where it is wrong."
)


class Projects:
    """Projects, reviewers and their tokens."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        name: str,
        instructions: str = INSTRUCTIONS,
        schema: Schema | None = None,
        rules: Rules | None = None,
    ) -> Project:
        """A new project.

        Raises:
            InvalidReviewFile: no name, or one that is taken.
        """
        name = _checked(name, "project")
        project = Project(str(uuid4()), name, instructions, schema or Schema(), rules or Rules())
        try:
            with self._database.write() as session:
                session.add(
                    ProjectRow(
                        id=project.id, name=name, instructions=instructions,
                        schema=project.schema.to_json(), rules=project.rules.to_json(),
                    )
                )  # fmt: skip
        except IntegrityError as exc:
            raise InvalidReviewFile(
                name, message=f"There already is a project called {name}.",
                remedy="Choose another name.",
            ) from exc  # fmt: skip
        return project

    def all(self) -> list[Project]:
        """Every project, by name."""
        with self._database.read() as session:
            rows = session.scalars(select(ProjectRow).order_by(ProjectRow.name)).all()
        return [to_project(row) for row in rows]

    def get(self, name_or_id: str) -> Project:
        """One project.

        Raises:
            ReviewNotFound: there is none.
        """
        with self._database.read() as session:
            row = session.get(ProjectRow, name_or_id) or session.scalar(
                select(ProjectRow).where(ProjectRow.name == name_or_id)
            )
        if row is None:
            message = f"There is no review project {name_or_id!r}."
            raise ReviewNotFound(name_or_id, message=message)
        return to_project(row)

    def change(self, project: Project, instructions: str, **rules: Any) -> Project:
        """Other instructions or rules; items already handed out stay with who has them."""
        changed = replace(project, instructions=instructions, rules=replace(project.rules, **rules))
        with self._database.write() as session:
            row = session.get_one(ProjectRow, project.id)
            row.instructions, row.rules = instructions, changed.rules.to_json()
        return changed

    def invite(self, project: Project, name: str, is_lead: bool = False) -> tuple[Reviewer, str]:
        """Let somebody review; a second invitation replaces the first one's token.

        Returns:
            The reviewer, and the token for the link; it is not kept and cannot be shown again.
        """
        name, token = _checked(name, "reviewer"), secrets.token_urlsafe(24)
        with self._database.write() as session:
            row = session.scalar(
                select(ReviewerRow).where(
                    ReviewerRow.project_id == project.id, ReviewerRow.name == name
                )
            )
            if row is None:
                row = ReviewerRow(
                    id=str(uuid4()), project_id=project.id, name=name,
                    salt=secrets.randbits(62), is_lead=is_lead, token_sha256=None,
                )  # fmt: skip
                session.add(row)
            row.token_sha256, row.is_lead = _digest(token), is_lead
        return to_reviewer(row), token

    def dismiss(self, project: Project, name: str) -> None:
        """Let somebody review no longer; what they labelled stays.

        Raises:
            ReviewNotFound: nobody of this name.
        """
        with self._database.write() as session:
            row = session.scalar(
                select(ReviewerRow).where(
                    ReviewerRow.project_id == project.id, ReviewerRow.name == name
                )
            )
            if row is None:
                message = f"Nobody called {name} reviews {project.name}."
                raise ReviewNotFound(name, message=message)
            row.token_sha256 = None

    def reviewers(self, project: Project) -> list[Reviewer]:
        """Who reviews or reviewed, by name."""
        with self._database.read() as session:
            rows = session.scalars(
                select(ReviewerRow)
                .where(ReviewerRow.project_id == project.id)
                .order_by(ReviewerRow.name)
            ).all()
        return [to_reviewer(row) for row in rows]

    def sign_in(self, token: str) -> tuple[Project, Reviewer]:
        """Whose token this is. Compared by hash, so timing tells nothing about the token.

        Raises:
            ReviewNotAllowed: nobody's, or no longer.
        """
        with self._database.read() as session:
            found = session.execute(
                select(ProjectRow, ReviewerRow)
                .join(ReviewerRow, ReviewerRow.project_id == ProjectRow.id)
                .where(ReviewerRow.token_sha256 == _digest(token))
            ).first()
        if found is None:
            raise ReviewNotAllowed("unknown token")
        return to_project(found[0]), to_reviewer(found[1])

    def counts(self, project: Project) -> dict[str, int]:
        """How many items, and how many labels in which state."""
        with self._database.read() as session:
            items = session.scalar(
                select(func.count()).select_from(ItemRow).where(ItemRow.project_id == project.id)
            )
            states = session.execute(
                select(LabelRow.state, func.count())
                .where(LabelRow.project_id == project.id)
                .group_by(LabelRow.state)
            ).all()
        return {"items": int(items or 0)} | {state: int(num) for state, num in states}


def to_project(row: ProjectRow) -> Project:
    """The record of a row."""
    return Project(
        row.id, row.name, row.instructions, Schema.from_json(row.schema), Rules(**row.rules)
    )


def to_reviewer(row: ReviewerRow) -> Reviewer:
    """The record of a row."""
    return Reviewer(row.id, row.project_id, row.name, row.is_lead, row.salt)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _checked(name: str, what: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise InvalidReviewFile(
            repr(name[:100]),
            message=f"A {what} needs a name of 1 to {MAX_NAME} characters.",
            remedy="Choose another name.",
        )
    return name
