"""What alembic runs: the steps, on the connection that is handed in."""

from __future__ import annotations

from alembic import context

from bot.state.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
