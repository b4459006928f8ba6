"""What a phone rates. It is a rating from its first tap on, takes its last words when it is finished, and is sealed
then or when its time is over; from there on nothing changes it.

Its digest goes into the terminal's journal, which so vouches for what stands here; its receipt is cut from the digest.
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.clocks import hear_clocks
from kiosk.central.phone_tables import phone_personal, phone_ratings, phone_taps
from kiosk.central.shelf import take_numbers
from kiosk.central.tables import PHONE, ratings
from kiosk.central.true_time import local_date
from kiosk.core.entry import Personal, canonical
from kiosk.core.levels import Level
from kiosk.core.receipt import receipt_code


@dataclass(frozen=True, slots=True)
class PhoneRating:
    """A phone's rating as it stands. `digest`, `receipt`: empty until it is sealed. `done_ms`: when the phone said its
    newest word."""

    arrival: int
    rating_id: str
    level: Level
    finished: bool
    digest: str = ""
    receipt: str = ""
    done_ms: int = 0


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
    return PhoneRating(
        row.arrival, row.rating_id, Level(row.level), row.finished, row.digest or "", row.receipt or "", row.stated_ms
    )  # fmt: skip


def tap_level(
    connection: sa.Connection, device: int, visit_id: str, level: Level, options_version: str, seen: str, now_ms: int
) -> None:
    """A level was tapped on the phone: on record at once, and no second rating of the visit. The newest tap counts, as
    on the glass, and every one is kept. `seen`: JSON. The caller holds the lock on the device, and the visit is
    `opened`."""
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
        _keep_tap(connection, known.arrival, level, now_ms)
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
    _keep_tap(connection, arrival, level, now_ms)


def _keep_tap(connection: sa.Connection, arrival: int, level: Level, now_ms: int) -> None:
    count = sa.select(sa.func.count()).where(phone_taps.c.rating == arrival)
    number = connection.execute(count).scalar_one() + 1
    connection.execute(sa.insert(phone_taps).values(rating=arrival, number=number, level=str(level), tapped_ms=now_ms))


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


_TAPS = (
    sa.select(phone_taps.c.level, phone_taps.c.tapped_ms)
    .where(phone_taps.c.rating == sa.bindparam("arrival"))
    .order_by(phone_taps.c.number)
)


def content_digest(connection: sa.Connection, arrival: int, device_id: str) -> str:
    """SHA-256 (hex) of what this rating says, as it stands in the database now. Salted, so that nobody can try the five
    levels and see which one fits."""
    row = connection.execute(_CONTENT, {"arrival": arrival}).one()
    taps = [[tap.level, tap.tapped_ms] for tap in connection.execute(_TAPS, {"arrival": arrival})]
    content: dict[str, Any] = {
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
    if taps:  # those sealed before taps were kept have none
        content["taps"] = taps
    return hashlib.sha256(b"kiosk-phone-rating-1\n" + canonical(content)).hexdigest()


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
