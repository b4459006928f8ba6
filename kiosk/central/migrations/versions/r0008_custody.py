"""Who looks after terminals, codes that are listed and revoked, and terminals that took another's place."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_HOUR_MS = 3_600_000


def upgrade() -> None:
    """Add the columns and the table. Codes that are here lived an hour, and are named by a piece of their digest."""
    op.create_table(
        "technicians",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hall", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_technicians_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technicians")),
        sa.UniqueConstraint("hall", "number", name=op.f("uq_technicians_hall_number")),
    )
    op.create_index(op.f("ix_technicians_technician_id"), "technicians", ["technician_id"], unique=True)
    with op.batch_alter_table("enrolment_codes", recreate="never") as table:
        table.add_column(sa.Column("code_id", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("made_ms", sa.BigInteger(), nullable=False, server_default="0"))
        for name in ("revoked_ms", "replaces", "device"):
            table.add_column(sa.Column(name, sa.BigInteger(), nullable=True))
    op.execute(f"UPDATE enrolment_codes SET code_id = substr(code_hash, 1, 32), made_ms = expires_ms - {_HOUR_MS}")
    op.create_index(op.f("ix_enrolment_codes_code_id"), "enrolment_codes", ["code_id"], unique=True)
    with op.batch_alter_table("devices", recreate="never") as table:
        for name in ("replaced_ms", "replaced_by"):
            table.add_column(sa.Column(name, sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """There is no way back: who was let in, and who took whose place, is not thrown away by a command."""
    raise NotImplementedError("central's sixth schema cannot be taken back")
