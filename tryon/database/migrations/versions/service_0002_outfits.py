"""A job may have several garments: type and anchors belong to one of them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "service_0002"
down_revision = "service_0001"
branch_labels = None
depends_on = None

OF_ONE_GARMENT = ("garment_type", "anchors")
jobs = sa.table("jobs", sa.column("id", sa.String), sa.column("options", sa.JSON))


def upgrade() -> None:
    """Into a list of garments."""
    _rewrite(with_garments)


def downgrade() -> None:
    """Of an outfit only the first garment is left."""
    _rewrite(without_garments)


def with_garments(options: dict[str, Any]) -> dict[str, Any]:
    """Options as they are from now on."""
    common = {name: value for name, value in options.items() if name not in OF_ONE_GARMENT}
    return common | {"garments": [{name: options.get(name) for name in OF_ONE_GARMENT}]}


def without_garments(options: dict[str, Any]) -> dict[str, Any]:
    """Options as they were."""
    common = {name: value for name, value in options.items() if name != "garments"}
    first: dict[str, Any] = options["garments"][0]
    return common | first


def _rewrite(change: Any) -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(jobs)).all():
        connection.execute(
            jobs.update().where(jobs.c.id == row.id).values(options=change(row.options))
        )
