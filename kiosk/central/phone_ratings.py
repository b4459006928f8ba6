"""What a phone rates. It is a rating from its first tap on, takes its last words when it is finished, and is sealed
then or when its time is over; from there on nothing changes it.

Its digest goes into the terminal's journal, which so vouches for what stands here; its receipt is cut from the digest.
"""

import hashlib
import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.alarms import AlarmKind, raise_alarm
from kiosk.central.clocks import Timeline, hear_clocks
from kiosk.central.phone_tables import phone_personal, phone_ratings
from kiosk.central.shelf import take_numbers
from kiosk.central.tables import GLASS, PHONE, ratings
from kiosk.central.true_time import local_date
from kiosk.core.entry import Kind, Personal, canonical
from kiosk.core.levels import Level
from kiosk.core.receipt import receipt_code


@dataclass(frozen=True, slots=True)
class PhoneRating:
    """A phone's rating as it stands. `digest`, `receipt`: empty until it is sealed."""

    arrival: int
    rating_id: str
    level: Level
    finished: bool
    digest: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What a citizen says beside the level. `reasons`, `local_reasons`: codes that the level offers."""

    reasons: tuple[str, ...] = ()
    local_reasons: tuple[str, ...] = ()
    comment: str = ""
    contact: str = ""


_OF_VISIT = (
    sa.select(ratings, phone_ratings.c.digest)
    .join(phone_ratings, phone_ratings.c.rating == ratings.c.arrival)
    .where(
        ratings.c.device == sa.bindparam("device"),
        ratings.c.visit_id == sa.bindparam("visit_id"),
        ratings.c.way == PHONE,
    )
)


def phone_rating(connection: sa.Connection, device: int, visit_id: str) -> PhoneRating | None:
    """What a phone has rated of this visit."""
    row = connection.execute(_OF_VISIT, {"device": device, "visit_id": visit_id}).one_or_none()
    if row is None:
        return None
    return PhoneRating(row.arrival, row.rating_id, Level(row.level), row.finished, row.digest or "", row.receipt or "")


def tap_level(
    connection: sa.Connection, device: int, visit_id: str, level: Level, options_version: str, seen: str, now_ms: int
) -> None:
    """A level was tapped on the phone: on record at once, and no second one of the visit. `seen`: JSON. The caller
    holds the lock on the device, and the visit is `opened`."""
    known = phone_rating(connection, device, visit_id)
    when = {
        "tapped_ms": now_ms,
        "stated_ms": now_ms,
        "true_ms": now_ms,
        "business_date": local_date(now_ms, hear_clocks(connection, device, None, now_ms).zone),
    }
    if known is not None:
        this = sa.update(ratings).where(ratings.c.arrival == known.arrival)
        connection.execute(this.values(level=str(level), seen=seen, **when))
        return
    arrival = take_numbers(connection, 1)
    connection.execute(
        sa.insert(ratings).values(
            arrival=arrival,
            device=device,
            rating_id=uuid.uuid4().hex,
            visit_id=visit_id,
            level=str(level),
            reasons="[]",
            local_reasons="[]",
            flags="[]",
            finished=False,
            epoch=0,
            sequence=0,
            received_ms=now_ms,
            canary=False,
            time_quality="good",
            seen=seen,
            way=PHONE,
            second=False,
            vouched=False,
            **when,
        )
    )
    connection.execute(
        sa.insert(phone_ratings).values(
            rating=arrival,
            salt=secrets.token_hex(16),
            personal_salt=secrets.token_hex(16),
            options_version=options_version,
        )
    )


def finish(connection: sa.Connection, rating: PhoneRating, words: Words, now_ms: int) -> None:
    """The citizen is done with the reasons."""
    said = {"comment": words.comment, "contact": words.contact}
    fields = {name: text for name, text in said.items() if text}
    connection.execute(
        sa.update(ratings)
        .where(ratings.c.arrival == rating.arrival)
        .values(reasons=_json(words.reasons), local_reasons=_json(words.local_reasons), finished=True, stated_ms=now_ms)
    )
    if not fields:
        return
    this = phone_ratings.c.rating == rating.arrival
    salt = connection.execute(sa.select(phone_ratings.c.personal_salt).where(this)).scalar_one()
    connection.execute(sa.update(phone_ratings).where(this).values(personal_digest=Personal(salt, fields).digest()))
    connection.execute(sa.insert(phone_personal).values(rating=rating.arrival, fields=_json(fields)))


def seal(connection: sa.Connection, rating: PhoneRating, device_id: str) -> PhoneRating:
    """Give a rating its digest and its receipt, from which on it changes no more."""
    if rating.digest:
        return rating
    digest = content_digest(connection, rating.arrival, device_id)
    receipt = receipt_code(digest)
    connection.execute(sa.update(phone_ratings).where(phone_ratings.c.rating == rating.arrival).values(digest=digest))
    connection.execute(sa.update(ratings).where(ratings.c.arrival == rating.arrival).values(receipt=receipt))
    return replace(rating, digest=digest, receipt=receipt)


_CONTENT = (
    sa.select(ratings, phone_ratings.c.salt, phone_ratings.c.personal_digest, phone_ratings.c.options_version)
    .join(phone_ratings, phone_ratings.c.rating == ratings.c.arrival)
    .where(ratings.c.arrival == sa.bindparam("arrival"))
)


def content_digest(connection: sa.Connection, arrival: int, device_id: str) -> str:
    """SHA-256 (hex) of what this rating says, as it stands in the database now. Salted, so that nobody can try the five
    levels and see which one fits."""
    row = connection.execute(_CONTENT, {"arrival": arrival}).one()
    content = {
        "salt": row.salt,
        "device_id": device_id,
        "visit_id": row.visit_id,
        "rating_id": row.rating_id,
        "level": row.level,
        "reasons": msgspec.json.decode(row.reasons),
        "local_reasons": msgspec.json.decode(row.local_reasons),
        "options_version": row.options_version,
        "tapped_ms": row.tapped_ms,
        "finished": row.finished,
        "personal_digest": row.personal_digest,
    }
    return hashlib.sha256(b"kiosk-phone-rating-1\n" + canonical(content)).hexdigest()


# -- what the journal says of it -------------------------------------------------------------------------------------


def watch_phones(timeline: Timeline, records: Iterable[Mapping[str, Any]], device_id: str, is_mirror: bool) -> None:
    """Look at what has just been digested: which phone's ratings it vouches for, and which visits it rates again.
    `is_mirror`: phones rate elsewhere, so that nothing is missing here."""
    visit_ids: set[str] = set()
    for record in records:
        if record["kind"] not in (Kind.LEVEL_TAPPED, Kind.VISIT_ENDED) or not isinstance(record["visit_id"], str):
            continue
        visit_ids.add(record["visit_id"].replace("\0", "\ufffd"))
        claim = record["body"].get("phone")
        if record["kind"] == Kind.VISIT_ENDED and isinstance(claim, dict):
            _check_claim(timeline, record, claim, device_id, is_mirror)
    if visit_ids:
        _watch_second(timeline, visit_ids)


_CLAIMED = (
    sa.select(ratings.c.arrival, ratings.c.visit_id, phone_ratings.c.digest)
    .join(phone_ratings, phone_ratings.c.rating == ratings.c.arrival)
    .where(ratings.c.device == sa.bindparam("device"), ratings.c.rating_id == sa.bindparam("rating_id"))
)


def _check_claim(
    timeline: Timeline, record: Mapping[str, Any], claim: Mapping[str, Any], device_id: str, is_mirror: bool
) -> None:
    """The terminal says which rating a phone gave of its visit: it must be here, and what it was then."""
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
    vouched = {"vouched": True, "epoch": record["epoch"], "sequence": record["sequence"]}
    connection.execute(sa.update(ratings).where(ratings.c.arrival == row.arrival).values(**vouched))


_PHONES, _GLASSES = ratings.alias("of_phone"), ratings.alias("of_glass")
_RATED_TWICE = (
    sa.select(_PHONES.c.arrival, _PHONES.c.rating_id, _GLASSES.c.epoch, _GLASSES.c.sequence)
    .join(_GLASSES, sa.and_(_GLASSES.c.device == _PHONES.c.device, _GLASSES.c.visit_id == _PHONES.c.visit_id))
    .where(
        _PHONES.c.device == sa.bindparam("device"),
        _PHONES.c.visit_id.in_(sa.bindparam("visit_ids", expanding=True)),
        _PHONES.c.way == PHONE,
        _GLASSES.c.way == GLASS,
        _PHONES.c.second.is_(False),
    )
)


def _watch_second(timeline: Timeline, visit_ids: set[str]) -> None:
    """Where glass and phone have both rated, the glass counts; the phone's is kept, and shown as the second."""
    connection, device = timeline.connection, timeline.device
    for row in connection.execute(_RATED_TWICE, {"device": device, "visit_ids": list(visit_ids)}).all():
        connection.execute(sa.update(ratings).where(ratings.c.arrival == row.arrival).values(second=True))
        place = row.epoch, row.sequence
        raise_alarm(connection, device, AlarmKind.TWO_RATINGS, *place, row.rating_id, timeline.now_ms)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
