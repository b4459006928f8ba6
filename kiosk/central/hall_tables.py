"""The tables of what a hall tells its terminals: what profiles are built from."""

import sqlalchemy as sa

from kiosk.central.columns import flag, integer, metadata, of, row_id, text

halls = sa.Table(
    "halls",
    metadata,
    row_id(),
    text("code"),
    text("name"),
    text("name_en"),
    text("receipt_page"),
    text("options_version"),
    integer("inviting_s"),
    integer("explaining_s"),
    integer("thanks_s"),
    text("time_zone"),
    integer("asking_s"),
    text("crest"),
    text("accent"),
    text("background"),
    text("help"),
    text("help_en"),
    flag("callbacks"),
    text("phone_page"),
    integer("phone_wait_s"),
    text("slip"),
    integer("remind_s"),
    sa.UniqueConstraint("code"),
)
"""`phone_page`: where phones reach this central, empty where they do not; `slip`: how a slip's code is written."""

windows = sa.Table(
    "windows",
    metadata,
    row_id(),
    of("hall", "halls.id"),
    text("number"),
    text("name"),
    text("name_en"),
    sa.UniqueConstraint("hall", "number"),
)

staff = sa.Table(
    "staff",
    metadata,
    row_id(),
    of("hall", "halls.id"),
    text("number"),
    text("name"),
    text("post"),
    text("post_en"),
    flag("party_member"),
    text("pin_hash", nullable=True),
    text("photo", nullable=True),
    sa.UniqueConstraint("hall", "number"),
)

technicians = sa.Table(
    "technicians",
    metadata,
    row_id(),
    of("hall", "halls.id"),
    text("technician_id"),
    text("number"),
    text("name"),
    text("role"),
    text("secret"),
    integer("made_ms"),
    integer("revoked_ms", nullable=True),
    sa.UniqueConstraint("hall", "number"),
    sa.Index(None, "technician_id", unique=True),
)
"""`secret`: under the key in central's folder (`kiosk.central.technicians`), so that a copy of the database is none."""

matters = sa.Table(
    "matters",
    metadata,
    row_id(),
    of("hall", "halls.id"),
    text("code"),
    text("name"),
    text("name_en"),
    sa.UniqueConstraint("hall", "code"),
)

window_matters = sa.Table(
    "window_matters",
    metadata,
    of("window", "windows.id", primary_key=True),
    of("matter", "matters.id", primary_key=True),
)

notices = sa.Table(
    "notices",
    metadata,
    row_id(),
    of("hall", "halls.id"),
    text("title"),
    text("text"),
    text("title_en"),
    text("text_en"),
    text("picture"),
    sa.Index(None, "hall"),
)

hours = sa.Table(
    "hours",
    metadata,
    row_id(),
    of("hall", "halls.id"),
    integer("weekday"),
    text("opens"),
    text("closes"),
    sa.Index(None, "hall"),
)

local_reasons = sa.Table(
    "local_reasons",
    metadata,
    row_id(),
    of("hall", "halls.id"),
    text("code"),
    text("name"),
    text("name_en"),
    text("levels"),
    sa.UniqueConstraint("hall", "code"),
)
"""`levels`: JSON, the levels at which it is offered; an empty list: at all."""

speech = sa.Table(
    "speech",
    metadata,
    row_id(),
    of("hall", "halls.id"),
    text("opens"),
    text("closes"),
    integer("volume"),
    sa.Index(None, "hall"),
)

told_figures = sa.Table(
    "told_figures",
    metadata,
    of("hall", "halls.id", primary_key=True),
    sa.Column("staff", sa.Text, primary_key=True),
    sa.Column("since", sa.Text, primary_key=True),
    integer("visits"),
    integer("rated"),
    integer("good_percent", nullable=True),
)
"""What a clerk was told of the week that began on this Monday; it is told so ever after. `visits` 0: nothing was."""

hall_changes = sa.Table(
    "hall_changes",
    metadata,
    row_id(),
    of("hall", "halls.id"),
    integer("at_ms"),
    text("changed_by"),
    text("before"),
    text("after"),
    sa.Index(None, "hall"),
)
"""`before`, `after`: JSON, of the settings that this change changed."""
