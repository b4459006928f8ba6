"""The tables of rating on one's own phone. The rating itself stands in `ratings` like any other, with `way` `phone`."""

import sqlalchemy as sa

from kiosk.central.columns import integer, metadata, of, text

phone_visits = sa.Table(
    "phone_visits",
    metadata,
    of("device", "devices.id", primary_key=True),
    sa.Column("visit_id", sa.Text, primary_key=True),
    text("state"),
    integer("issued_s", nullable=True),
    text("bound_to", nullable=True),
    integer("at_ms"),
)
"""Visits that a phone has opened, or the terminal has taken back; one without a row is `unopened`. `state`: `opened`,
`rated`, `closed`. `issued_s`: as the link says. `bound_to`: SHA-256 (hex) of the cookie of the phone that opened it."""

phone_ratings = sa.Table(
    "phone_ratings",
    metadata,
    sa.Column("rating", sa.BigInteger, sa.ForeignKey("ratings.arrival"), primary_key=True, autoincrement=False),
    text("salt"),
    text("personal_salt"),
    text("personal_digest", nullable=True),
    text("options_version"),
    text("digest", nullable=True),
)
"""What vouches for a phone's rating. `digest`: once it is sealed and changes no more."""

phone_personal = sa.Table(
    "phone_personal",
    metadata,
    sa.Column("rating", sa.BigInteger, sa.ForeignKey("ratings.arrival"), primary_key=True, autoincrement=False),
    text("fields"),
)
"""Its comment and telephone number (JSON), apart, so that erasing them touches no rating and no digest."""

phone_taps = sa.Table(
    "phone_taps",
    metadata,
    sa.Column("rating", sa.BigInteger, sa.ForeignKey("ratings.arrival"), primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    text("level"),
    integer("tapped_ms"),
)
"""Every tap on a level, the first being 1; the newest is the rating's."""
