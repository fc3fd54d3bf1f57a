"""Indexes for handing out the next item among many."""

import sqlalchemy as sa
from alembic import op

revision = "review_0002"
down_revision = "review_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both."""
    columns = ["project_id", "taken", "wanted", "shuffle", "id"]
    op.create_index("ix_review_items_places", "review_items", columns)
    has_gold = sa.text("gold is not null")
    op.create_index(
        "ix_review_items_gold", "review_items", ["project_id"],
        sqlite_where=has_gold, postgresql_where=has_gold,
    )  # fmt: skip


def downgrade() -> None:
    """Drop both."""
    for name in ("gold", "places"):
        op.drop_index(f"ix_review_items_{name}", "review_items")
