"""Central's tables. The migrations make them; a test holds that both say the same.

Times are Unix milliseconds, codes and ids are text, and the numeric `devices.id` stands for a device inside the
database only. Personal data has a table of its own, so that erasing it touches neither a record nor its chain.
"""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _int(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _row_id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def _of(name: str, target: str, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.ForeignKey(target), nullable=False, primary_key=primary_key)


def _place() -> tuple[sa.Column[int], sa.Column[int], sa.Column[int]]:
    return (
        _of("device", "devices.id", primary_key=True),
        sa.Column("epoch", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    )


# -- what the hall tells its terminals -------------------------------------------------------------------------------

halls = sa.Table(
    "halls",
    metadata,
    _row_id(),
    _text("code"),
    _text("name"),
    _text("name_en"),
    _text("receipt_page"),
    _text("options_version"),
    _int("inviting_s"),
    _int("explaining_s"),
    _int("thanks_s"),
    _text("time_zone"),
    _int("asking_s"),
    _text("crest"),
    _text("accent"),
    _text("background"),
    _text("help"),
    _text("help_en"),
    _flag("callbacks"),
    sa.UniqueConstraint("code"),
)

windows = sa.Table(
    "windows",
    metadata,
    _row_id(),
    _of("hall", "halls.id"),
    _text("number"),
    _text("name"),
    _text("name_en"),
    sa.UniqueConstraint("hall", "number"),
)

staff = sa.Table(
    "staff",
    metadata,
    _row_id(),
    _of("hall", "halls.id"),
    _text("number"),
    _text("name"),
    _text("post"),
    _text("post_en"),
    _flag("party_member"),
    _text("pin_hash", nullable=True),
    _text("photo", nullable=True),
    sa.UniqueConstraint("hall", "number"),
)

matters = sa.Table(
    "matters",
    metadata,
    _row_id(),
    _of("hall", "halls.id"),
    _text("code"),
    _text("name"),
    _text("name_en"),
    sa.UniqueConstraint("hall", "code"),
)

window_matters = sa.Table(
    "window_matters",
    metadata,
    _of("window", "windows.id", primary_key=True),
    _of("matter", "matters.id", primary_key=True),
)

notices = sa.Table(
    "notices",
    metadata,
    _row_id(),
    _of("hall", "halls.id"),
    _text("title"),
    _text("text"),
    _text("title_en"),
    _text("text_en"),
    _text("picture"),
    sa.Index(None, "hall"),
)

hours = sa.Table(
    "hours",
    metadata,
    _row_id(),
    _of("hall", "halls.id"),
    _int("weekday"),
    _text("opens"),
    _text("closes"),
    sa.Index(None, "hall"),
)

local_reasons = sa.Table(
    "local_reasons",
    metadata,
    _row_id(),
    _of("hall", "halls.id"),
    _text("code"),
    _text("name"),
    _text("name_en"),
    _text("levels"),
    sa.UniqueConstraint("hall", "code"),
)
"""`levels`: JSON, the levels at which it is offered; an empty list: at all."""

speech = sa.Table(
    "speech",
    metadata,
    _row_id(),
    _of("hall", "halls.id"),
    _text("opens"),
    _text("closes"),
    _int("volume"),
    sa.Index(None, "hall"),
)

# -- the terminals ---------------------------------------------------------------------------------------------------

enrolment_codes = sa.Table(
    "enrolment_codes",
    metadata,
    sa.Column("code_hash", sa.Text, primary_key=True),
    _of("window", "windows.id"),
    _text("mode"),
    _int("expires_ms"),
    _int("used_ms", nullable=True),
)

devices = sa.Table(
    "devices",
    metadata,
    _row_id(),
    _text("device_id"),
    _text("key_id"),
    _text("public_key"),
    _of("window", "windows.id"),
    _text("mode"),
    _text("hardware"),
    _int("enrolled_ms"),
    _int("revoked_ms", nullable=True),
    _int("seen_ms", nullable=True),
    _int("signed_s", nullable=True),
    _int("retired_ms", nullable=True),
    sa.Column("unclean_stops", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("device_id"),
    sa.UniqueConstraint("key_id"),
)

heartbeats = sa.Table(
    "heartbeats",
    metadata,
    _of("device", "devices.id", primary_key=True),
    _int("signed_s"),
    _text("body"),
)

alarms = sa.Table(
    "alarms",
    metadata,
    _row_id(),
    _of("device", "devices.id"),
    _text("kind"),
    _int("epoch"),
    _int("sequence"),
    _text("detail"),
    _int("at_ms"),
    sa.Column("since_ms", sa.BigInteger, nullable=False, server_default="0"),
    _int("ended_ms", nullable=True),
    sa.UniqueConstraint("device", "kind", "epoch", "sequence", "since_ms"),
)
"""`since_ms`: 0, but for what lasts and may come again at the same place; `ended_ms`: when that was over."""

# -- what they brought -----------------------------------------------------------------------------------------------

epochs = sa.Table(
    "epochs",
    metadata,
    _of("device", "devices.id", primary_key=True),
    sa.Column("epoch", sa.BigInteger, primary_key=True, autoincrement=False),
    _int("sequence"),
    _text("hash"),
    _int("began_ms"),
    _int("quarantined"),
    _int("broken_at", nullable=True),
    _text("broken_by", nullable=True),
    _text("reason", nullable=True),
    _int("before_epoch", nullable=True),
    _int("before_sequence", nullable=True),
    _int("ended_by", nullable=True),
    sa.Index(None, "epoch"),
)
"""`reason`, `before_*`: as its `journal.began` says; `ended_by`: the epoch that the device went on in."""

stated_heads = sa.Table(
    "stated_heads",
    metadata,
    *_place(),
    _text("hash"),
    _int("signed_s"),
    _int("received_ms"),
    sa.Index(None, "epoch"),
)
"""Heads that a device said it had, beyond what central held of the epoch then: gone once the entries have come."""

recovered = sa.Table(
    "recovered",
    metadata,
    *_place(),
    sa.Column("inner_epoch", sa.BigInteger, primary_key=True, autoincrement=False),
    _int("inner_sequence"),
    _text("hash"),
    sa.Index(None, "inner_epoch", "inner_sequence"),
)
"""Where an entry of an earlier journal stands that was brought over, one that was twice in each of its own places:
those and their hashes are `inner_*` and `hash`."""

entries = sa.Table(
    "entries",
    metadata,
    *_place(),
    _text("hash"),
    _text("kind"),
    _text("record"),
    _int("received_ms"),
    _text("quarantined", nullable=True),
)

entry_personal = sa.Table("entry_personal", metadata, *_place(), _text("fields"))

# Entries that stand beside: at a place where central holds another, or of a journal that is another device's.
equivocations = sa.Table(
    "equivocations",
    metadata,
    *_place(),
    sa.Column("hash", sa.Text, primary_key=True),
    _text("record"),
    _text("personal", nullable=True),
    _int("received_ms"),
)

visits = sa.Table(
    "visits",
    metadata,
    _of("device", "devices.id", primary_key=True),
    sa.Column("visit_id", sa.Text, primary_key=True),
    _text("matter_code", nullable=True),
    _text("matter_name", nullable=True),
    _text("case_number", nullable=True),
    _int("service_number", nullable=True),
    _text("staff", nullable=True),
    _text("window", nullable=True),
    _text("channel", nullable=True),
    _text("invited_by", nullable=True),
    _int("started_ms", nullable=True),
    _int("ended_ms", nullable=True),
    _text("outcome", nullable=True),
    _text("cause", nullable=True),
    _flag("canary"),
    sa.Index(None, "window"),
)

ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("arrival", sa.BigInteger, primary_key=True, autoincrement=False),
    _of("device", "devices.id"),
    _text("rating_id"),
    _text("visit_id"),
    _text("level"),
    _text("reasons"),
    _flag("finished"),
    _int("epoch"),
    _int("sequence"),
    _int("tapped_ms"),
    _int("received_ms"),
    _int("stated_ms"),
    _text("receipt", nullable=True),
    _flag("canary"),
    _int("true_ms"),
    _text("time_quality"),
    _text("business_date"),
    _text("local_reasons"),
    _text("seen", nullable=True),
    sa.UniqueConstraint("device", "rating_id"),
    sa.UniqueConstraint("device", "visit_id"),
    sa.Index(None, "receipt"),
    sa.Index(None, "device", "canary", "business_date"),
)

receipt_acts = sa.Table(
    "receipt_acts",
    metadata,
    _row_id(),
    _text("receipt"),
    _text("kind"),
    _text("way"),
    sa.Column("device", sa.Integer, sa.ForeignKey("devices.id"), nullable=True),
    _int("epoch", nullable=True),
    _int("sequence", nullable=True),
    _text("hash", nullable=True),
    _int("at_ms"),
    _int("received_ms"),
    sa.UniqueConstraint("hash"),
    sa.Index(None, "receipt"),
)
"""What someone with a receipt did: `kind` `addition` or `withdrawal`, `way` `terminal` or `web`. It bears the receipt
and no rating, so that it may come before the rating does: it is found when both are there. `device`, `epoch`,
`sequence`, `hash`: of the entry that told it. Its words stand in `entry_personal` or, from the web, in
`receipt_words`."""

receipt_words = sa.Table("receipt_words", metadata, _of("act", "receipt_acts.id", primary_key=True), _text("words"))

follow_ups = sa.Table(
    "follow_ups",
    metadata,
    _row_id(),
    sa.Column("rating", sa.BigInteger, sa.ForeignKey("ratings.arrival"), nullable=False),
    _text("state"),
    _text("reply"),
    _int("at_ms"),
    sa.Index(None, "rating"),
)
"""What the hall did about a rating, oldest first; rows are added only. A rating without any is `received`."""

boots = sa.Table(
    "boots",
    metadata,
    _of("device", "devices.id", primary_key=True),
    sa.Column("boot_id", sa.Text, primary_key=True),
    _int("began_ms"),
    _flag("exact"),
)
"""When each boot of a terminal began, by central's clock: its monotonic nought. Not exact: it began then or before."""

deliveries = sa.Table(
    "deliveries",
    metadata,
    _of("device", "devices.id", primary_key=True),
    sa.Column("rating_id", sa.Text, primary_key=True),
    _text("level"),
    _flag("canary"),
    _int("received_ms"),
    _int("true_ms"),
    _text("time_quality"),
    _text("business_date"),
    _text("fate", nullable=True),
    sa.Index(None, "business_date"),
    sa.Index(None, "device", "business_date"),
)
"""Every rating that reached central, written from the records themselves and not by what digests them, so that what was
lost between the two shows. `fate`: `quarantined` or `refused` if the newest entry that states it was."""

counters = sa.Table("counters", metadata, sa.Column("name", sa.Text, primary_key=True), _int("value"))
"""Row `ratings`: the arrival number given last. Taking the next ones locks the row until commit, so that numbers become
visible in their own order and no reader's cursor passes one by."""
