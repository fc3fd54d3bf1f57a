"""Labels as figures and leads see them; the queue of items people are at odds about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tryon.database.sql import Database
from tryon.errors import InvalidLabel, LabelConflict, ReviewNotAllowed, ReviewNotFound
from tryon.review.changes import write_change
from tryon.review.items import to_item
from tryon.review.labels import Label
from tryon.review.records import Given, Item, Project, Reviewer
from tryon.review.tables import ChangeRow, ItemRow, LabelRow, ReviewerRow
from tryon.review.turns import Kind
from tryon.review.verdicts import open_disputes


@dataclass(frozen=True, slots=True)
class Dispute:
    """An item and everything said about it.

    Attributes:
        settled: the lead's word; None while it is open.
        revision: of the lead's word; 0 when there is none.
    """

    item: Item
    said: Sequence[Given]
    settled: Given | None
    revision: int


class Disputes:
    """What was handed in, and settling it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def labels(self, project: Project) -> list[Given]:
        """Every label handed in, oldest first; skipped ones are not among them."""
        with self._database.read() as session:
            rows = session.execute(
                select(
                    LabelRow.id, LabelRow.item_id, ReviewerRow.name, LabelRow.kind,
                    LabelRow.document, LabelRow.seconds, LabelRow.completed,
                )
                .join(ReviewerRow, ReviewerRow.id == LabelRow.reviewer_id)
                .where(LabelRow.project_id == project.id, LabelRow.state == "done")
                .order_by(LabelRow.completed, LabelRow.id)
            ).all()  # fmt: skip
        return [
            Given(label_id, item_id, name, cast("Kind", kind), Label.from_json(document), seconds,
                  completed or 0.0)
            for label_id, item_id, name, kind, document, seconds, completed in rows
        ]  # fmt: skip

    def state(self, project: Project) -> tuple[int, int, int, int]:
        """Numbers that change whenever a figure of the project may."""
        with self._database.read() as session:
            return (
                session.scalar(
                    select(func.max(ChangeRow.id)).where(ChangeRow.project_id == project.id)
                ) or 0,
                session.scalar(
                    select(func.count()).select_from(ItemRow)
                    .where(ItemRow.project_id == project.id)
                ) or 0,
                session.scalar(
                    select(func.count()).select_from(ItemRow)
                    .where(ItemRow.project_id == project.id, ItemRow.gold.is_not(None))
                ) or 0,
                session.scalar(  # an erased item takes its labels along
                    select(func.count()).select_from(LabelRow)
                    .where(LabelRow.project_id == project.id)
                ) or 0,
            )  # fmt: skip

    def open(self, project: Project) -> list[str]:
        """Ids of the items in dispute that no lead has settled, oldest first."""
        return open_disputes(self.labels(project))

    def get(self, project: Project, item_id: str) -> Dispute:
        """One item with what everybody said.

        Raises:
            ReviewNotFound: not in this project.
        """
        with self._database.read() as session:
            row = session.get(ItemRow, item_id)
            rows = session.execute(
                select(LabelRow, ReviewerRow.name)
                .join(ReviewerRow, ReviewerRow.id == LabelRow.reviewer_id)
                .where(LabelRow.item_id == item_id, LabelRow.state == "done")
                .order_by(LabelRow.completed)
            ).all()
        if row is None or row.project_id != project.id:
            raise ReviewNotFound(item_id)
        said = [
            Given(r.id, item_id, name, cast("Kind", r.kind), Label.from_json(r.document),
                  r.seconds, r.completed or 0.0)
            for r, name in rows
        ]  # fmt: skip
        settled = [(g, r) for g, (r, _) in zip(said, rows, strict=True) if g.kind == "adjudication"]
        last = settled[-1] if settled else None
        return Dispute(
            to_item(row), [g for g in said if g.kind != "adjudication"],
            last and last[0], last[1].revision if last else 0,
        )  # fmt: skip

    def settle(self, lead: Reviewer, item_id: str, revision: int, label: Label) -> Given:
        """The lead's word on an item; it may be changed later.

        Raises:
            ReviewNotAllowed: not a lead.
            ReviewNotFound: not an item of the lead's project.
            LabelConflict: somebody settled it in between.
            InvalidLabel: without a verdict.
        """
        if not lead.is_lead:
            raise ReviewNotAllowed(lead.name, message="Only a lead settles disputes.")
        if not label.is_complete:
            raise InvalidLabel("no verdict")
        try:
            with self._database.write() as session:
                item = session.get(ItemRow, item_id)
                if item is None or item.project_id != lead.project_id:
                    raise ReviewNotFound(item_id)
                row = session.scalar(
                    select(LabelRow).where(
                        LabelRow.item_id == item_id, LabelRow.kind == "adjudication"
                    )
                )
                if (row.revision if row else 0) != revision:
                    raise LabelConflict(item_id)
                if row is None:
                    row = LabelRow(
                        id=str(uuid4()), project_id=item.project_id, item_id=item_id,
                        reviewer_id=lead.id, kind="adjudication", state="open", is_held=False,
                        revision=0, document={}, seconds=0.0,
                    )  # fmt: skip
                    session.add(row)
                    session.flush()
                write_change(session, row, lead.name, "submit", label, "done")
                session.flush()
                completed: Any = row.completed
                return Given(row.id, item_id, lead.name, "adjudication", label, 0.0, completed)
        except IntegrityError as exc:
            raise LabelConflict(item_id) from exc
