"""The first schema: hall, terminals, journal, visits and ratings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table, and the counter of arrivals at nought."""
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "halls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("receipt_page", sa.Text(), nullable=False),
        sa.Column("options_version", sa.Text(), nullable=False),
        sa.Column("inviting_s", sa.BigInteger(), nullable=False),
        sa.Column("explaining_s", sa.BigInteger(), nullable=False),
        sa.Column("thanks_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_halls")),
        sa.UniqueConstraint("code", name=op.f("uq_halls_code")),
    )
    op.create_table(
        "hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hall", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.BigInteger(), nullable=False),
        sa.Column("opens", sa.Text(), nullable=False),
        sa.Column("closes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_hours_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours")),
    )
    op.create_index(op.f("ix_hours_hall"), "hours", ["hall"], unique=False)
    op.create_table(
        "matters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hall", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_matters_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matters")),
        sa.UniqueConstraint("hall", "code", name=op.f("uq_matters_hall_code")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hall", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_notices_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_hall"), "notices", ["hall"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hall", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("post_en", sa.Text(), nullable=False),
        sa.Column("party_member", sa.Boolean(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=True),
        sa.Column("photo", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_staff_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("hall", "number", name=op.f("uq_staff_hall_number")),
    )
    op.create_table(
        "windows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hall", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_windows_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_windows")),
        sa.UniqueConstraint("hall", "number", name=op.f("uq_windows_hall_number")),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("hardware", sa.Text(), nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.Column("seen_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["window"], ["windows.id"], name=op.f("fk_devices_window")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("device_id", name=op.f("uq_devices_device_id")),
        sa.UniqueConstraint("key_id", name=op.f("uq_devices_key_id")),
    )
    op.create_table(
        "enrolment_codes",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["window"], ["windows.id"], name=op.f("fk_enrolment_codes_window")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_enrolment_codes")),
    )
    op.create_table(
        "window_matters",
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("matter", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["matter"], ["matters.id"], name=op.f("fk_window_matters_matter")),
        sa.ForeignKeyConstraint(["window"], ["windows.id"], name=op.f("fk_window_matters_window")),
        sa.PrimaryKeyConstraint("window", "matter", name=op.f("pk_window_matters")),
    )
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_alarms_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sa.UniqueConstraint("device", "kind", "epoch", "sequence", name=op.f("uq_alarms_device_kind_epoch_sequence")),
    )
    op.create_table(
        "entries",
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("quarantined", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_entries_device")),
        sa.PrimaryKeyConstraint("device", "epoch", "sequence", name=op.f("pk_entries")),
    )
    op.create_table(
        "entry_personal",
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_entry_personal_device")),
        sa.PrimaryKeyConstraint("device", "epoch", "sequence", name=op.f("pk_entry_personal")),
    )
    op.create_table(
        "epochs",
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.Column("quarantined", sa.BigInteger(), nullable=False),
        sa.Column("broken_at", sa.BigInteger(), nullable=True),
        sa.Column("broken_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_epochs_device")),
        sa.PrimaryKeyConstraint("device", "epoch", name=op.f("pk_epochs")),
    )
    op.create_table(
        "equivocations",
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("personal", sa.Text(), nullable=True),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_equivocations_device")),
        sa.PrimaryKeyConstraint("device", "epoch", "sequence", "hash", name=op.f("pk_equivocations")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("signed_s", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_heartbeats_device")),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "ratings",
        sa.Column("arrival", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("rating_id", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("tapped_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("stated_ms", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("withdrawn_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_ratings_device")),
        sa.PrimaryKeyConstraint("arrival", name=op.f("pk_ratings")),
        sa.UniqueConstraint("device", "rating_id", name=op.f("uq_ratings_device_rating_id")),
        sa.UniqueConstraint("device", "visit_id", name=op.f("uq_ratings_device_visit_id")),
    )
    op.create_index(op.f("ix_ratings_receipt"), "ratings", ["receipt"], unique=False)
    op.create_table(
        "visits",
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.Column("matter_code", sa.Text(), nullable=True),
        sa.Column("matter_name", sa.Text(), nullable=True),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("service_number", sa.BigInteger(), nullable=True),
        sa.Column("staff", sa.Text(), nullable=True),
        sa.Column("window", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("invited_by", sa.Text(), nullable=True),
        sa.Column("started_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_visits_device")),
        sa.PrimaryKeyConstraint("device", "visit_id", name=op.f("pk_visits")),
    )
    op.create_index(op.f("ix_visits_window"), "visits", ["window"], unique=False)
    op.execute("INSERT INTO counters (name, value) VALUES ('ratings', 0)")


def downgrade() -> None:
    """There is nothing before this: a journal once taken in is not thrown away by a command."""
    raise NotImplementedError("central's first schema cannot be taken back")
