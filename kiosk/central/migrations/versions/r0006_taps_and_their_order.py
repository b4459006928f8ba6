"""Every tap on a phone, and when the glass was tapped first: so that of two ratings of one visit the earlier counts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the table. Of what is here nobody knows when it was tapped first."""
    op.add_column("ratings", sa.Column("first_ms", sa.BigInteger(), nullable=True))
    op.create_table(
        "phone_taps",
        sa.Column("rating", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("tapped_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["rating"], ["ratings.arrival"], name=op.f("fk_phone_taps_rating")),
        sa.PrimaryKeyConstraint("rating", "number", name=op.f("pk_phone_taps")),
    )


def downgrade() -> None:
    """There is no way back: what citizens have said is not thrown away by a command."""
    raise NotImplementedError("central's sixth schema cannot be taken back")
