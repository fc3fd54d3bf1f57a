"""Review projects, reviewers, items, labels, and every change of a label."""

import sqlalchemy as sa
from alembic import op

revision = "review_0001"
down_revision = None
branch_labels = ("review",)
depends_on = None

PROJECT = "review_projects.id"


def upgrade() -> None:
    """Make the five tables."""
    op.create_table(
        "review_projects",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("instructions", sa.Text, nullable=False),
        sa.Column("schema", sa.JSON, nullable=False),
        sa.Column("rules", sa.JSON, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_projects"),
        sa.UniqueConstraint("name", name="uq_review_projects_name"),
    )
    op.create_table(
        "review_reviewers",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("project_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("is_lead", sa.Boolean, nullable=False),
        sa.Column("token_sha256", sa.String(64)),
        sa.Column("salt", sa.BigInteger, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_reviewers"),
        sa.ForeignKeyConstraint(["project_id"], [PROJECT], name="fk_review_reviewers_project_id"),
        sa.UniqueConstraint("project_id", "name", name="uq_review_reviewers_project_id_name"),
        sa.UniqueConstraint("token_sha256", name="uq_review_reviewers_token_sha256"),
    )
    op.create_table(
        "review_items",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("project_id", sa.String(36), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("garment_type", sa.String(20), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("components", sa.JSON, nullable=False),
        sa.Column("body", sa.JSON),
        sa.Column("files", sa.JSON, nullable=False),
        sa.Column("provenance", sa.JSON, nullable=False),
        sa.Column("gold", sa.JSON),
        sa.Column("shuffle", sa.BigInteger, nullable=False),
        sa.Column("wanted", sa.Integer, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_items"),
        sa.ForeignKeyConstraint(["project_id"], [PROJECT], name="fk_review_items_project_id"),
        sa.UniqueConstraint("project_id", "key", name="uq_review_items_project_id_key"),
    )
    op.create_table(
        "review_labels",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("project_id", sa.String(36), nullable=False),
        sa.Column("item_id", sa.String(36), nullable=False),
        sa.Column("reviewer_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("is_held", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("verdict", sa.String(8)),
        sa.Column("rating", sa.Integer),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("opened", sa.Float, nullable=False),
        sa.Column("completed", sa.Float),
        sa.PrimaryKeyConstraint("id", name="pk_review_labels"),
        sa.ForeignKeyConstraint(["project_id"], [PROJECT], name="fk_review_labels_project_id"),
        sa.ForeignKeyConstraint(["item_id"], ["review_items.id"], name="fk_review_labels_item_id"),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["review_reviewers.id"], name="fk_review_labels_reviewer_id"
        ),
        sa.UniqueConstraint(
            "item_id", "reviewer_id", "kind", name="uq_review_labels_item_id_reviewer_id_kind"
        ),
    )
    op.create_index("ix_review_labels_project_id_state", "review_labels", ["project_id", "state"])
    op.create_index("ix_review_labels_reviewer_id_state", "review_labels", ["reviewer_id", "state"])
    op.create_table(
        "review_changes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("project_id", sa.String(36), nullable=False),
        sa.Column("label_id", sa.String(36), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_changes"),
        sa.ForeignKeyConstraint(["project_id"], [PROJECT], name="fk_review_changes_project_id"),
        sa.ForeignKeyConstraint(
            ["label_id"], ["review_labels.id"], name="fk_review_changes_label_id"
        ),
    )
    op.create_index("ix_review_changes_project_id", "review_changes", ["project_id"])
    op.create_index("ix_review_changes_label_id", "review_changes", ["label_id"])


def downgrade() -> None:
    """Drop them with all that is in them."""
    for name in ("changes", "labels", "items", "reviewers", "projects"):
        op.drop_table(f"review_{name}")
