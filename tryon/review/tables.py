"""The tables of the review. Verdict, rating and state stand beside the label's JSON for queries."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tryon.database.sql import Base, now


class ProjectRow(Base):
    """What is reviewed, by which rules."""

    __tablename__ = "review_projects"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    instructions: Mapped[str] = mapped_column(Text)
    schema: Mapped[dict[str, Any]] = mapped_column(JSON)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    created: Mapped[float] = mapped_column(Float, default=now())


class ReviewerRow(Base):
    """Who may review a project; the token itself is never kept."""

    __tablename__ = "review_reviewers"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("review_projects.id"))
    name: Mapped[str] = mapped_column(String(80))
    is_lead: Mapped[bool]
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)  # None: may not
    salt: Mapped[int] = mapped_column(BigInteger)  # of this reviewer's own order
    created: Mapped[float] = mapped_column(Float, default=now())


class ItemRow(Base):
    """One fit. `taken` counts the reviewers who have it or had it, of `wanted` ones."""

    __tablename__ = "review_items"
    __table_args__ = (
        UniqueConstraint("project_id", "key"),
        # Holds all that handing out the next item reads, so that it never touches the wide rows.
        Index("ix_review_items_places", "project_id", "taken", "wanted", "shuffle", "id"),
        Index(
            "ix_review_items_gold", "project_id",
            sqlite_where=text("gold is not null"), postgresql_where=text("gold is not null"),
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("review_projects.id"))
    key: Mapped[str] = mapped_column(String(64))  # of the content: the same fit is added once
    source: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    garment_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    score: Mapped[float | None] = mapped_column(Float)
    components: Mapped[dict[str, Any]] = mapped_column(JSON)
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    files: Mapped[list[str]] = mapped_column(JSON)
    provenance: Mapped[dict[str, Any]] = mapped_column(JSON)
    gold: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    shuffle: Mapped[int] = mapped_column(BigInteger)
    wanted: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    created: Mapped[float] = mapped_column(Float, default=now())


class LabelRow(Base):
    """One reviewer's turn at one item, and what came of it."""

    __tablename__ = "review_labels"
    __table_args__ = (
        UniqueConstraint("item_id", "reviewer_id", "kind"),
        Index(None, "project_id", "state"),
        Index(None, "reviewer_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("review_projects.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("review_items.id"))
    reviewer_id: Mapped[str] = mapped_column(ForeignKey("review_reviewers.id"))
    kind: Mapped[str] = mapped_column(String(12))  # label, repeat, adjudication
    state: Mapped[str] = mapped_column(String(8))  # open, done, skipped
    is_held: Mapped[bool]  # counted in the item's `taken`
    revision: Mapped[int] = mapped_column(default=0)  # 0: not touched yet
    verdict: Mapped[str | None] = mapped_column(String(8))
    rating: Mapped[int | None]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)  # the item was looked at
    opened: Mapped[float] = mapped_column(Float, default=now())
    completed: Mapped[float | None] = mapped_column(Float)


class ChangeRow(Base):
    """Every change of a label: who, when, before, after. Rows are only ever added."""

    __tablename__ = "review_changes"
    __table_args__ = ({"sqlite_autoincrement": True},)  # the journal goes by numbers: none twice

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("review_projects.id"), index=True)
    label_id: Mapped[str] = mapped_column(ForeignKey("review_labels.id"), index=True)
    who: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(10))  # save, submit, skip, reopen, import
    at: Mapped[float] = mapped_column(Float, default=now())
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
