"""How Alembic runs the steps: on the connection it is handed, in the transaction that is already open there."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=True,
)
context.run_migrations()
