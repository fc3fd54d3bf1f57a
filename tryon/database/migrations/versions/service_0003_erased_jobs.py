"""Jobs that were erased, and turns at sweeps."""

import sqlalchemy as sa
from alembic import op

revision = "service_0003"
down_revision = "service_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "erased_jobs",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("erased", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erased_jobs"),
    )
    op.create_index("ix_erased_jobs_erased", "erased_jobs", ["erased"])
    op.create_table(
        "job_sweeps",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("due", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_job_sweeps"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("job_sweeps")
    op.drop_table("erased_jobs")
