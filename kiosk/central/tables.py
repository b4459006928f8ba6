"""Central's tables of terminals and of what they brought. The migrations make all tables; a test holds that both say
the same.

Times are Unix milliseconds, codes and ids are text, and the numeric `devices.id` stands for a device inside the
database only. Personal data has a table of its own, so that erasing it touches neither a record nor its chain.
"""

import sqlalchemy as sa

from kiosk.central.columns import flag, integer, metadata, of, place, row_id, text

# -- the terminals ---------------------------------------------------------------------------------------------------

enrolment_codes = sa.Table(
    "enrolment_codes",
    metadata,
    sa.Column("code_hash", sa.Text, primary_key=True),
    of("window", "windows.id"),
    text("mode"),
    integer("expires_ms"),
    integer("used_ms", nullable=True),
    text("code_id"),
    integer("made_ms"),
    integer("revoked_ms", nullable=True),
    integer("replaces", nullable=True),
    integer("device", nullable=True),
    sa.Index(None, "code_id", unique=True),
)
"""`code_id`: how a person names it who must not use it; `replaces`: the device whose place its bearer takes; `device`:
what it made."""

devices = sa.Table(
    "devices",
    metadata,
    row_id(),
    text("device_id"),
    text("key_id"),
    text("public_key"),
    of("window", "windows.id"),
    text("mode"),
    text("hardware"),
    integer("enrolled_ms"),
    integer("revoked_ms", nullable=True),
    integer("seen_ms", nullable=True),
    integer("signed_s", nullable=True),
    integer("retired_ms", nullable=True),
    sa.Column("unclean_stops", sa.BigInteger, nullable=False, server_default="0"),
    integer("replaced_ms", nullable=True),
    integer("replaced_by", nullable=True),
    sa.UniqueConstraint("device_id"),
    sa.UniqueConstraint("key_id"),
)

heartbeats = sa.Table(
    "heartbeats",
    metadata,
    of("device", "devices.id", primary_key=True),
    integer("signed_s"),
    text("body"),
)

alarms = sa.Table(
    "alarms",
    metadata,
    row_id(),
    of("device", "devices.id"),
    text("kind"),
    integer("epoch"),
    integer("sequence"),
    text("detail"),
    integer("at_ms"),
    sa.Column("since_ms", sa.BigInteger, nullable=False, server_default="0"),
    integer("ended_ms", nullable=True),
    sa.UniqueConstraint("device", "kind", "epoch", "sequence", "since_ms"),
)
"""`since_ms`: 0, but for what lasts and may come again at the same place; `ended_ms`: when that was over."""

# -- what they brought -----------------------------------------------------------------------------------------------

epochs = sa.Table(
    "epochs",
    metadata,
    of("device", "devices.id", primary_key=True),
    sa.Column("epoch", sa.BigInteger, primary_key=True, autoincrement=False),
    integer("sequence"),
    text("hash"),
    integer("began_ms"),
    integer("quarantined"),
    integer("broken_at", nullable=True),
    text("broken_by", nullable=True),
    text("reason", nullable=True),
    integer("before_epoch", nullable=True),
    integer("before_sequence", nullable=True),
    integer("ended_by", nullable=True),
    sa.Index(None, "epoch"),
)
"""`reason`, `before_*`: as its `journal.began` says; `ended_by`: the epoch that the device went on in."""

stated_heads = sa.Table(
    "stated_heads",
    metadata,
    *place(),
    text("hash"),
    integer("signed_s"),
    integer("received_ms"),
    sa.Index(None, "epoch"),
)
"""Heads that a device said it had, beyond what central held of the epoch then: gone once the entries have come."""

recovered = sa.Table(
    "recovered",
    metadata,
    *place(),
    sa.Column("inner_epoch", sa.BigInteger, primary_key=True, autoincrement=False),
    integer("inner_sequence"),
    text("hash"),
    sa.Index(None, "inner_epoch", "inner_sequence"),
)
"""Where an entry of an earlier journal stands that was brought over, one that was twice in each of its own places:
those and their hashes are `inner_*` and `hash`."""

entries = sa.Table(
    "entries",
    metadata,
    *place(),
    text("hash"),
    text("kind"),
    text("record"),
    integer("received_ms"),
    text("quarantined", nullable=True),
)

entry_personal = sa.Table("entry_personal", metadata, *place(), text("fields"))

# Entries that stand beside: at a place where central holds another, or of a journal that is another device's.
equivocations = sa.Table(
    "equivocations",
    metadata,
    *place(),
    sa.Column("hash", sa.Text, primary_key=True),
    text("record"),
    text("personal", nullable=True),
    integer("received_ms"),
)

visits = sa.Table(
    "visits",
    metadata,
    of("device", "devices.id", primary_key=True),
    sa.Column("visit_id", sa.Text, primary_key=True),
    text("matter_code", nullable=True),
    text("matter_name", nullable=True),
    text("case_number", nullable=True),
    integer("service_number", nullable=True),
    text("staff", nullable=True),
    text("window", nullable=True),
    text("channel", nullable=True),
    text("invited_by", nullable=True),
    integer("started_ms", nullable=True),
    integer("ended_ms", nullable=True),
    text("outcome", nullable=True),
    text("cause", nullable=True),
    flag("canary"),
    text("stage", nullable=True),
    text("slip", nullable=True),
    text("started_by", nullable=True),
    text("staff_number", nullable=True),
    text("business_date", nullable=True),
    sa.Index(None, "window"),
    sa.Index(None, "staff_number", "business_date"),
)
"""`business_date`: on which it ended, the hall's."""

GLASS, PHONE = "glass", "phone"
"""The ways by which a rating is given."""

ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("arrival", sa.BigInteger, primary_key=True, autoincrement=False),
    of("device", "devices.id"),
    text("rating_id"),
    text("visit_id"),
    text("level"),
    text("reasons"),
    flag("finished"),
    integer("epoch"),
    integer("sequence"),
    integer("tapped_ms"),
    integer("received_ms"),
    integer("stated_ms"),
    text("receipt", nullable=True),
    flag("canary"),
    integer("true_ms"),
    text("time_quality"),
    text("business_date"),
    text("local_reasons"),
    text("seen", nullable=True),
    text("flags"),
    text("way"),
    flag("second"),
    sa.Column("vouched", sa.Boolean, nullable=True),
    integer("first_ms", nullable=True),
    sa.UniqueConstraint("device", "rating_id"),
    sa.UniqueConstraint("device", "visit_id", "way"),
    sa.Index(None, "receipt"),
    sa.Index(None, "device", "canary", "business_date"),
)
"""`way`: `GLASS` or `PHONE`. `second`: the later one, where glass and phone have rated the same visit; it counts in no
figure. `vouched`: of the phone's alone, whether an entry bears its digest; `epoch` and `sequence` are that entry's
then, and 0 before. `first_ms`: of the glass's alone, when its first tap was, to within seconds; null: nobody knows."""

boots = sa.Table(
    "boots",
    metadata,
    of("device", "devices.id", primary_key=True),
    sa.Column("boot_id", sa.Text, primary_key=True),
    integer("began_ms"),
    flag("exact"),
)
"""When each boot of a terminal began, by central's clock: its monotonic nought. Not exact: it began then or before."""

deliveries = sa.Table(
    "deliveries",
    metadata,
    of("device", "devices.id", primary_key=True),
    sa.Column("rating_id", sa.Text, primary_key=True),
    text("level"),
    flag("canary"),
    integer("received_ms"),
    integer("true_ms"),
    text("time_quality"),
    text("business_date"),
    text("fate", nullable=True),
    sa.Index(None, "business_date"),
    sa.Index(None, "device", "business_date"),
)
"""Every rating that reached central, written from the records themselves and not by what digests them, so that what was
lost between the two shows. `fate`: `quarantined` or `refused` if the newest entry that states it was."""

counters = sa.Table("counters", metadata, sa.Column("name", sa.Text, primary_key=True), integer("value"))
"""Row `ratings`: the arrival number given last. Taking the next ones locks the row until commit, so that numbers become
visible in their own order and no reader's cursor passes one by."""
