"""What the journal says of phones' ratings: for which it vouches, and which of two ratings of one visit counts.

Nothing is dropped here: a rating for which nothing vouches stands, its terminal is told of it, and in time a person is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.alarms import AlarmKind, raise_alarm
from kiosk.central.bodies import flags_in
from kiosk.central.clocks import Timeline, hear_clocks
from kiosk.central.phone_links import Visit, standing_of
from kiosk.central.phone_ratings import content_digest
from kiosk.central.phone_tables import phone_ratings
from kiosk.central.tables import GLASS, PHONE, alarms, devices, entries, ratings
from kiosk.core.entry import Kind
from kiosk.core.levels import Level
from kiosk.protocol.phone import PhoneRated

ORDER_MS = 5_000
"""Two first taps closer than this cannot be put in order: a terminal's clock is known as well as a call is quick."""
UNVOUCHED_MS = 2 * 3_600_000
"""So long a phone's rating may be without a word of the journal: thrice as long as a link is good."""
_MOST_TOLD = 20
_LEVELS = [str(level) for level in Level]


def watch_phones(timeline: Timeline, records: Iterable[Mapping[str, Any]], device_id: str, is_mirror: bool) -> None:
    """Look at what has just been digested: which phone's ratings it vouches for, and which visits it rates again.
    `is_mirror`: phones rate elsewhere, so that nothing is missing here."""
    visit_ids: set[str] = set()
    for record in records:
        if record["kind"] not in _TELLING or not isinstance(record["visit_id"], str):
            continue
        visit_ids.add(record["visit_id"].replace("\0", "\ufffd"))
        claim = claim_of(record)
        if claim is not None:
            _check_claim(timeline, record, claim, device_id, is_mirror)
    if visit_ids:
        _watch_second(timeline, visit_ids)


_TELLING = (Kind.LEVEL_TAPPED, Kind.VISIT_ENDED, Kind.PHONE_VOUCHED)


def claim_of(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The phone's rating for which an entry vouches, if it does."""
    if record["kind"] == Kind.PHONE_VOUCHED:
        return dict(record["body"])
    claim = record["body"].get("phone")
    return claim if record["kind"] == Kind.VISIT_ENDED and isinstance(claim, dict) else None


_CLAIMED = (
    sa.select(ratings.c.arrival, ratings.c.visit_id, phone_ratings.c.digest)
    .join(phone_ratings, phone_ratings.c.rating == ratings.c.arrival)
    .where(ratings.c.device == sa.bindparam("device"), ratings.c.rating_id == sa.bindparam("rating_id"))
)


def _check_claim(
    timeline: Timeline, record: Mapping[str, Any], claim: Mapping[str, Any], device_id: str, is_mirror: bool
) -> None:
    """The terminal says which rating a phone gave of its visit: it must be here, and what it was then. What it saw that
    looks like pressure stands with the rating from then on."""
    connection, device = timeline.connection, timeline.device
    place = record["epoch"], record["sequence"]
    rating_id = str(claim.get("rating_id", "")).replace("\0", "\ufffd")[:64]
    row = connection.execute(_CLAIMED, {"device": device, "rating_id": rating_id}).one_or_none()
    if row is None or row.visit_id != record["visit_id"]:
        if not is_mirror:
            raise_alarm(connection, device, AlarmKind.PHONE_MISSING, *place, rating_id, timeline.now_ms)
        return
    if not claim.get("digest") == row.digest == content_digest(connection, row.arrival, device_id):
        raise_alarm(connection, device, AlarmKind.PHONE_ALTERED, *place, rating_id, timeline.now_ms)
        return
    flags, _ = flags_in(record["body"].get("flags"))  # what of them cannot be read was said when it was digested
    vouched = {"vouched": True, "epoch": record["epoch"], "sequence": record["sequence"]}
    this = sa.update(ratings).where(ratings.c.arrival == row.arrival, ratings.c.vouched.is_not(True))
    connection.execute(this.values(**vouched, flags=msgspec.json.encode(flags).decode()))
    unvouched = alarms.c.kind == AlarmKind.PHONE_UNVOUCHED, alarms.c.sequence == row.arrival
    over = sa.update(alarms).where(alarms.c.device == device, alarms.c.ended_ms.is_(None), *unvouched)
    connection.execute(over.values(ended_ms=timeline.now_ms))


# -- two ratings of one visit ----------------------------------------------------------------------------------------

_PHONES, _GLASSES = ratings.alias("of_phone"), ratings.alias("of_glass")
_RATED_TWICE = (
    sa.select(
        _PHONES.c.arrival,
        _PHONES.c.rating_id,
        _PHONES.c.level,
        _PHONES.c.received_ms,
        _GLASSES.c.arrival.label("glass"),
        _GLASSES.c.level.label("glass_level"),
        _GLASSES.c.first_ms,
        _GLASSES.c.epoch,
        _GLASSES.c.sequence,
        sa.exists()
        .where(
            alarms.c.device == _PHONES.c.device,
            alarms.c.kind == AlarmKind.TWO_RATINGS,
            alarms.c.detail == _PHONES.c.rating_id,
        )
        .label("told"),
    )
    .join(_GLASSES, sa.and_(_GLASSES.c.device == _PHONES.c.device, _GLASSES.c.visit_id == _PHONES.c.visit_id))
    .where(
        _PHONES.c.device == sa.bindparam("device"),
        _PHONES.c.visit_id.in_(sa.bindparam("visit_ids", expanding=True)),
        _PHONES.c.way == PHONE,
        _GLASSES.c.way == GLASS,
    )
)


def phone_counts(phone_ms: int, phone_level: str, glass_ms: int | None, glass_level: str) -> bool:
    """Whether of two ratings of one visit the phone's counts: the one whose first tap was earlier, whichever way.

    `phone_ms`: when central took the phone's first tap; `glass_ms`: when the glass had its first one, by the monotonic
    clock of a boot of which central knows when it began; None where nobody knows that. Where they cannot be put in
    order the lower level counts, for nobody gains by pulling a plug then.
    """
    if glass_ms is not None and abs(phone_ms - glass_ms) >= ORDER_MS:
        return phone_ms < glass_ms
    return _LEVELS.index(phone_level) > _LEVELS.index(glass_level)


def _watch_second(timeline: Timeline, visit_ids: set[str]) -> None:
    """Where glass and phone have both rated, both are kept, and one is the second, which is in no figure."""
    connection, device = timeline.connection, timeline.device
    for row in connection.execute(_RATED_TWICE, {"device": device, "visit_ids": list(visit_ids)}).all():
        phone_first = phone_counts(row.received_ms, row.level, row.first_ms, row.glass_level)
        for arrival, second in ((row.arrival, not phone_first), (row.glass, phone_first)):
            connection.execute(sa.update(ratings).where(ratings.c.arrival == arrival).values(second=second))
        if not row.told:
            place = row.epoch, row.sequence
            raise_alarm(connection, device, AlarmKind.TWO_RATINGS, *place, row.rating_id, timeline.now_ms)


# -- what nothing vouches for ----------------------------------------------------------------------------------------

_UNVOUCHED = (
    sa.select(ratings, phone_ratings.c.digest)
    .join(phone_ratings, phone_ratings.c.rating == ratings.c.arrival)
    .where(ratings.c.way == PHONE, ratings.c.vouched.is_not(True))
    .order_by(ratings.c.arrival)
)


def unvouched_of(connection: sa.Connection, device: int) -> tuple[PhoneRated, ...]:
    """The oldest sealed ratings of this terminal for which nothing vouches yet: it may have learnt of none."""
    query = _UNVOUCHED.where(ratings.c.device == device, phone_ratings.c.digest.is_not(None)).limit(_MOST_TOLD)
    return tuple(
        PhoneRated(visit_id=row.visit_id, rating_id=row.rating_id, digest=row.digest, done_ms=row.stated_ms)
        for row in connection.execute(query)
    )


_KEPT = sa.select(entries.c.record).where(
    entries.c.device == sa.bindparam("device"),
    entries.c.kind == Kind.PHONE_VOUCHED,
    entries.c.quarantined.is_(None),
    entries.c.record.contains(sa.bindparam("rating_id"), autoescape=False),
)


def notice_unvouched(connection: sa.Connection, now_ms: int, after_ms: int = UNVOUCHED_MS) -> None:
    """Seal what is over, join what an older central had kept without understanding it, and raise an alarm for each
    phone's rating that has been without a word of its terminal's journal for so long."""
    due = _UNVOUCHED.where(ratings.c.received_ms <= now_ms - after_ms)
    for row in connection.execute(due).all():
        device_id = connection.execute(sa.select(devices.c.device_id).where(devices.c.id == row.device)).scalar_one()
        standing_of(connection, Visit(row.device, device_id, row.visit_id), now_ms)  # locks the terminal
        timeline = hear_clocks(connection, row.device, None, now_ms)
        for text in connection.execute(_KEPT, {"device": row.device, "rating_id": row.rating_id}).scalars().all():
            record = msgspec.json.decode(text)
            _check_claim(timeline, record, record["body"], device_id, is_mirror=False)
        vouched = sa.select(ratings.c.vouched).where(ratings.c.arrival == row.arrival)
        if not connection.execute(vouched).scalar_one():
            place = 0, row.arrival
            raise_alarm(connection, row.device, AlarmKind.PHONE_UNVOUCHED, *place, row.rating_id, now_ms)
