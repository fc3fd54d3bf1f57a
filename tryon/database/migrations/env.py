"""Run by alembic inside `Database.migrate`, on the connection and transaction of that call."""

from alembic import context

from tryon.database.sql import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()
