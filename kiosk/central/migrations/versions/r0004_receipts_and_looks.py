"""What holders of receipts say later, what the hall does about it, what was seen, and how a hall looks and speaks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and tables. `ratings.withdrawn_ms` goes: nothing ever wrote it, and `receipt_acts` now tells."""
    with op.batch_alter_table("halls", recreate="never") as table:
        table.add_column(sa.Column("asking_s", sa.BigInteger(), nullable=False, server_default="20"))
        for name in ("crest", "accent", "background", "help", "help_en"):
            table.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("callbacks", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("notices", sa.Column("picture", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "local_reasons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hall", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("levels", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_local_reasons_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_reasons")),
        sa.UniqueConstraint("hall", "code", name=op.f("uq_local_reasons_hall_code")),
    )
    op.create_table(
        "speech",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hall", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Text(), nullable=False),
        sa.Column("closes", sa.Text(), nullable=False),
        sa.Column("volume", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_speech_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speech")),
    )
    op.create_index(op.f("ix_speech_hall"), "speech", ["hall"], unique=False)
    op.drop_column("ratings", "withdrawn_ms")
    op.add_column("ratings", sa.Column("local_reasons", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("ratings", sa.Column("seen", sa.Text(), nullable=True))
    _add_receipts()


def _add_receipts() -> None:
    op.create_table(
        "receipt_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("device", sa.Integer(), nullable=True),
        sa.Column("epoch", sa.BigInteger(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.Text(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_receipt_acts_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_acts")),
        sa.UniqueConstraint("hash", name=op.f("uq_receipt_acts_hash")),
    )
    op.create_index(op.f("ix_receipt_acts_receipt"), "receipt_acts", ["receipt"], unique=False)
    op.create_table(
        "receipt_words",
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["act"], ["receipt_acts.id"], name=op.f("fk_receipt_words_act")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_receipt_words")),
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rating", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["rating"], ["ratings.arrival"], name=op.f("fk_follow_ups_rating")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
    )
    op.create_index(op.f("ix_follow_ups_rating"), "follow_ups", ["rating"], unique=False)


def downgrade() -> None:
    """There is no way back: what citizens and the hall have said is not thrown away by a command."""
    raise NotImplementedError("central's fourth schema cannot be taken back")
