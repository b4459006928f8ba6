"""Canaries, the true time of a rating, and what reached central of each level."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and tables; ratings that are here already are nobody's canary, and of unsure time."""
    op.create_table(
        "boots",
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("boot_id", sa.Text(), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_boots_device")),
        sa.PrimaryKeyConstraint("device", "boot_id", name=op.f("pk_boots")),
    )
    op.create_table(
        "deliveries",
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("rating_id", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("canary", sa.Boolean(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("true_ms", sa.BigInteger(), nullable=False),
        sa.Column("time_quality", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Text(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_deliveries_device")),
        sa.PrimaryKeyConstraint("device", "rating_id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_business_date"), "deliveries", ["business_date"], unique=False)
    op.create_index(op.f("ix_deliveries_device_business_date"), "deliveries", ["device", "business_date"], unique=False)
    with op.batch_alter_table("halls") as table:
        table.add_column(sa.Column("time_zone", sa.Text(), nullable=False, server_default="Asia/Shanghai"))
    with op.batch_alter_table("visits") as table:
        table.add_column(sa.Column("canary", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("ratings") as table:
        table.add_column(sa.Column("canary", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("true_ms", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("time_quality", sa.Text(), nullable=False, server_default="unsure"))
        table.add_column(sa.Column("business_date", sa.Text(), nullable=False, server_default=""))
    op.create_index(
        op.f("ix_ratings_device_canary_business_date"), "ratings", ["device", "canary", "business_date"], unique=False
    )
    _date_what_is_there()


def _date_what_is_there() -> None:
    """By the clock of the terminal, in China: nothing better is known of them."""
    ratings = sa.table("ratings", *(sa.column(name) for name in ("arrival", "tapped_ms", "true_ms", "business_date")))
    connection, began = op.get_bind(), datetime(1970, 1, 1, tzinfo=UTC)
    for row in connection.execute(sa.select(ratings.c.arrival, ratings.c.tapped_ms)).all():
        date = (began + timedelta(milliseconds=row.tapped_ms, hours=8)).date().isoformat()
        connection.execute(
            sa.update(ratings).where(ratings.c.arrival == row.arrival).values(true_ms=row.tapped_ms, business_date=date)
        )


def downgrade() -> None:
    """There is no way back: what is known of canaries and of time is not thrown away by a command."""
    raise NotImplementedError("central's third schema cannot be taken back")
