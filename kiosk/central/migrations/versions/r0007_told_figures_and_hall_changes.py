"""What clerks were told of a week, which stays; and who set what of a hall when."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "told_figures",
        sa.Column("hall", sa.Integer(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("visits", sa.BigInteger(), nullable=False),
        sa.Column("rated", sa.BigInteger(), nullable=False),
        sa.Column("good_percent", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_told_figures_hall")),
        sa.PrimaryKeyConstraint("hall", "staff", "since", name=op.f("pk_told_figures")),
    )
    op.create_table(
        "hall_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hall", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_hall_changes_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_changes")),
    )
    op.create_index(op.f("ix_hall_changes_hall"), "hall_changes", ["hall"], unique=False)


def downgrade() -> None:
    """There is no way back: who changed what is not thrown away by a command."""
    raise NotImplementedError("central's sixth schema cannot be taken back")
