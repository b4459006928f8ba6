"""Evidence: heads that terminals stated, what they brought over from earlier journals, and how journals follow each
other."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NEWEST = "(SELECT n.epoch FROM epochs n WHERE n.device = epochs.device ORDER BY n.began_ms DESC, n.epoch DESC LIMIT 1)"


def upgrade() -> None:
    """Add what is new; of the epochs there are, each but the newest of its device is ended by that."""
    op.create_table(
        "stated_heads",
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("signed_s", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_stated_heads_device")),
        sa.PrimaryKeyConstraint("device", "epoch", "sequence", name=op.f("pk_stated_heads")),
    )
    op.create_index(op.f("ix_stated_heads_epoch"), "stated_heads", ["epoch"], unique=False)
    op.create_table(
        "recovered",
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("inner_epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("inner_sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_recovered_device")),
        sa.PrimaryKeyConstraint("device", "epoch", "sequence", "inner_epoch", name=op.f("pk_recovered")),
    )
    op.create_index(
        op.f("ix_recovered_inner_epoch_inner_sequence"), "recovered", ["inner_epoch", "inner_sequence"], unique=False
    )
    with op.batch_alter_table("devices") as table:
        table.add_column(sa.Column("signed_s", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("retired_ms", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("unclean_stops", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("epochs") as table:
        table.add_column(sa.Column("reason", sa.Text(), nullable=True))
        table.add_column(sa.Column("before_epoch", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("before_sequence", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("ended_by", sa.BigInteger(), nullable=True))
        table.create_index(op.f("ix_epochs_epoch"), ["epoch"], unique=False)
    with op.batch_alter_table("alarms") as table:
        table.add_column(sa.Column("since_ms", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("ended_ms", sa.BigInteger(), nullable=True))
        table.drop_constraint(op.f("uq_alarms_device_kind_epoch_sequence"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_alarms_device_kind_epoch_sequence_since_ms"), ["device", "kind", "epoch", "sequence", "since_ms"]
        )
    op.execute(f"UPDATE epochs SET ended_by = {_NEWEST} WHERE epoch <> {_NEWEST}")


def downgrade() -> None:
    """Evidence is not thrown away by a command."""
    raise NotImplementedError("central's evidence cannot be taken back")
