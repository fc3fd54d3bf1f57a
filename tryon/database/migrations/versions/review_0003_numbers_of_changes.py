"""SQLite gives no number of a change twice, also after items were erased."""

from alembic import op

revision = "review_0003"
down_revision = "review_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Other databases never did."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table(
            "review_changes", recreate="always", table_kwargs={"sqlite_autoincrement": True}
        ):
            pass


def downgrade() -> None:
    """Nothing to take back: the columns are the same."""
