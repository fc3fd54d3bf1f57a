"""Rows of labels: how they change, and that every change is kept."""

from typing import Any, cast

from sqlalchemy import CursorResult, or_, update
from sqlalchemy.orm import Session

from tryon.database.sql import now
from tryon.review.items import to_item
from tryon.review.labels import Label
from tryon.review.records import State, Turn
from tryon.review.tables import ChangeRow, ItemRow, LabelRow
from tryon.review.turns import Kind


def write_change(
    session: Session, row: LabelRow, who: str, action: str, label: Label, state: State
) -> None:
    """Give a label its new content and state, and remember the change."""
    before = None if row.revision == 0 else {**row.document, "state": row.state}
    document = label.to_json()
    session.add(
        ChangeRow(
            project_id=row.project_id, label_id=row.id, who=who, action=action,
            before=before, after={**document, "state": state},
        )
    )  # fmt: skip
    row.document, row.state = document, state
    row.verdict, row.rating = label.verdict, label.rating
    row.revision += 1
    row.completed = None if state == "open" else cast("Any", now())


def to_turn(row: LabelRow, item: ItemRow) -> Turn:
    """The record of a row and its item."""
    return Turn(
        id=row.id, item=to_item(item), reviewer_id=row.reviewer_id, kind=cast("Kind", row.kind),
        state=cast("State", row.state), revision=row.revision,
        label=Label.from_json(row.document), seconds=row.seconds,
    )  # fmt: skip


def take(session: Session, item_id: str) -> bool:
    """Count one more reviewer if there is room; one statement, so two cannot take one place."""
    done = session.execute(
        update(ItemRow)
        .where(
            ItemRow.id == item_id,
            or_(ItemRow.taken < ItemRow.wanted, ItemRow.gold.is_not(None)),
        )
        .values(taken=ItemRow.taken + 1)
    )
    return bool(cast("CursorResult[Any]", done).rowcount)


def count(session: Session, item_id: str, by: int) -> None:
    session.execute(update(ItemRow).where(ItemRow.id == item_id).values(taken=ItemRow.taken + by))
