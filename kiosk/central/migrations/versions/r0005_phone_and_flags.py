"""Ratings on one's own phone, flags for the supervisor, and by whom and when a visit was served."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and tables. Every rating that is here was given on the glass."""
    with op.batch_alter_table("halls", recreate="never") as table:
        table.add_column(sa.Column("phone_page", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("phone_wait_s", sa.BigInteger(), nullable=False, server_default="180"))
        table.add_column(sa.Column("slip", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("remind_s", sa.BigInteger(), nullable=False, server_default="1200"))
    for name in ("stage", "slip", "started_by", "staff_number", "business_date"):
        op.add_column("visits", sa.Column(name, sa.Text(), nullable=True))
    op.create_index(
        op.f("ix_visits_staff_number_business_date"), "visits", ["staff_number", "business_date"], unique=False
    )
    _say_who_and_when()
    if op.get_bind().dialect.name == "sqlite":
        _remake_ratings()
    else:
        _change_ratings()
    _add_phones()


def _say_who_and_when() -> None:
    """Of the visits that are here: the number in `staff`, and the date in China by the terminal's own clock."""
    if op.get_bind().dialect.name == "sqlite":
        number, date = "json_extract(staff, '$.number')", "date(ended_ms / 1000 + 28800, 'unixepoch')"
    else:
        number = "CAST(staff AS json) ->> 'number'"
        date = "to_char(to_timestamp(ended_ms / 1000 + 28800) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    op.execute(f"UPDATE visits SET staff_number = {number} WHERE staff IS NOT NULL")
    op.execute(f"UPDATE visits SET business_date = {date} WHERE ended_ms IS NOT NULL")


def _remake_ratings() -> None:
    """SQLite changes no constraint of a table but makes it anew, which nothing may refer to meanwhile."""
    connection = op.get_bind()
    follow_ups = sa.table("follow_ups", *(sa.column(name) for name in ("id", "rating", "state", "reply", "at_ms")))
    kept = [dict(row._mapping) for row in connection.execute(sa.select(follow_ups))]
    op.drop_table("follow_ups")
    _change_ratings()
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
    if kept:
        connection.execute(sa.insert(follow_ups), kept)


def _change_ratings() -> None:
    with op.batch_alter_table("ratings") as table:
        table.add_column(sa.Column("flags", sa.Text(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("way", sa.Text(), nullable=False, server_default="glass"))
        table.add_column(sa.Column("second", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("vouched", sa.Boolean(), nullable=True))
        table.drop_constraint(op.f("uq_ratings_device_visit_id"), type_="unique")
        table.create_unique_constraint(op.f("uq_ratings_device_visit_id_way"), ["device", "visit_id", "way"])


def _add_phones() -> None:
    op.create_table(
        "phone_visits",
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("issued_s", sa.BigInteger(), nullable=True),
        sa.Column("bound_to", sa.Text(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_phone_visits_device")),
        sa.PrimaryKeyConstraint("device", "visit_id", name=op.f("pk_phone_visits")),
    )
    op.create_table(
        "phone_ratings",
        sa.Column("rating", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("personal_salt", sa.Text(), nullable=False),
        sa.Column("personal_digest", sa.Text(), nullable=True),
        sa.Column("options_version", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["rating"], ["ratings.arrival"], name=op.f("fk_phone_ratings_rating")),
        sa.PrimaryKeyConstraint("rating", name=op.f("pk_phone_ratings")),
    )
    op.create_table(
        "phone_personal",
        sa.Column("rating", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["rating"], ["ratings.arrival"], name=op.f("fk_phone_personal_rating")),
        sa.PrimaryKeyConstraint("rating", name=op.f("pk_phone_personal")),
    )


def downgrade() -> None:
    """There is no way back: what citizens have said is not thrown away by a command."""
    raise NotImplementedError("central's fifth schema cannot be taken back")
