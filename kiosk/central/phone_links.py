"""Whether an address that a phone brings is a terminal's own link, and how far the visit is that it leads to.

Whoever changes how a visit stands here holds the lock on its terminal, as whoever takes a journal in does: so of a
phone that rates and a terminal that takes the visit back, one comes first, and the other sees it. Who only looks locks
nothing.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.central.phone_ratings import PhoneRating, phone_rating, seal
from kiosk.central.phone_tables import phone_visits
from kiosk.central.tables import PHONE, devices, ratings, visits
from kiosk.core.phone_link import LinkMalformed, PhoneLink, read_token
from kiosk.protocol.phone import CLOCKS_APART_S, LINK_AGE_S

State = Literal["unopened", "opened", "rated", "closed", "expired"]


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as a phone and its terminal name it. `device`: the terminal's number inside the database."""

    device: int
    device_id: str
    visit_id: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a visit is. `bound_to`: the phone that has it (SHA-256 of its cookie). `rating`: what that phone has
    rated so far; it changes no more once the visit is `rated`."""

    state: State
    bound_to: str = ""
    rating: PhoneRating | None = None

    @property
    def is_due(self) -> bool:
        """Whether its time is over and its level is still to be sealed."""
        return self.state == "rated" and self.rating is not None and not self.rating.digest


def find_link(connection: sa.Connection, token: str) -> tuple[Visit, PhoneLink] | None:
    """The visit to which this token leads; None: no terminal in service has signed it."""
    try:
        link, signature = read_token(token)
    except LinkMalformed:
        return None
    row = connection.execute(
        sa.select(devices.c.id, devices.c.public_key).where(
            devices.c.device_id == link.device_id, devices.c.revoked_ms.is_(None), devices.c.retired_ms.is_(None)
        )
    ).one_or_none()
    if row is None:
        return None
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(row.public_key)).verify(signature, link.signed())
    except InvalidSignature:
        return None
    return Visit(row.id, link.device_id, link.visit_id), link


def is_of_this_time(link: PhoneLink, now_ms: int) -> bool:
    """Whether a link may be opened now."""
    return -CLOCKS_APART_S <= now_ms // 1000 - link.issued_s <= LINK_AGE_S + CLOCKS_APART_S


def standing_of(connection: sa.Connection, visit: Visit, now_ms: int, link: PhoneLink | None = None) -> Standing:
    """How far this visit is; locks its terminal until commit. A level that was tapped on a phone whose time is over is
    sealed as it stands. `link`: as the phone brought it, of a visit that none may have opened."""
    connection.execute(_LOCK, {"device": visit.device})
    found = look_at(connection, visit, now_ms, link)
    return end(connection, visit, found.bound_to, now_ms) if found.is_due else found


def look_at(connection: sa.Connection, visit: Visit, now_ms: int, link: PhoneLink | None = None) -> Standing:
    """The same without lock and change, for whoever only shows it: the next moment it may be otherwise."""
    row = connection.execute(_ROW, {"device": visit.device, "visit_id": visit.visit_id}).one_or_none()
    if row is None:
        if _is_over(connection, visit):
            return Standing("closed")
        return Standing("unopened" if link is None or is_of_this_time(link, now_ms) else "expired")
    rating, bound_to = phone_rating(connection, visit.device, visit.visit_id), row.bound_to or ""
    if row.state != "opened":
        return Standing(row.state, bound_to, rating)
    over = _is_over(connection, visit)
    if not over and is_of_this_time(PhoneLink(visit.device_id, visit.visit_id, row.issued_s), now_ms):
        return Standing("opened", bound_to, rating)
    if rating is not None:
        return Standing("rated", bound_to, rating)
    return Standing("closed" if over else "expired", bound_to)


def open_visit(connection: sa.Connection, visit: Visit, link: PhoneLink, bound_to: str, now_ms: int) -> None:
    """Bind a visit that is `unopened` to a phone."""
    values = {"state": "opened", "issued_s": link.issued_s, "bound_to": bound_to, "at_ms": now_ms}
    connection.execute(sa.insert(phone_visits).values(device=visit.device, visit_id=visit.visit_id, **values))


def end(connection: sa.Connection, visit: Visit, bound_to: str, now_ms: int) -> Standing:
    """No phone adds to this visit any more: what it has rated so far is sealed, or else the visit is `closed`."""
    rating = phone_rating(connection, visit.device, visit.visit_id)
    if rating is not None:
        rating = seal(connection, rating, visit.device_id)
    state: State = "closed" if rating is None else "rated"
    this = phone_visits.c.device == visit.device, phone_visits.c.visit_id == visit.visit_id
    connection.execute(sa.update(phone_visits).where(*this).values(state=state, at_ms=now_ms))
    return Standing(state, bound_to, rating)


def close_visit(connection: sa.Connection, visit: Visit, now_ms: int) -> Standing:
    """The terminal takes the visit back, unless a phone has rated: then it is told so."""
    found = standing_of(connection, visit, now_ms)
    if found.state == "opened":
        return end(connection, visit, found.bound_to, now_ms)
    if found.state == "unopened":
        connection.execute(
            sa.insert(phone_visits).values(device=visit.device, visit_id=visit.visit_id, state="closed", at_ms=now_ms)
        )
        return Standing("closed")
    return found


def bound(key: str) -> str:
    """What a phone's cookie is kept as."""
    return hashlib.sha256(b"kiosk-phone-cookie-1\n" + key.encode("utf-8", "replace")).hexdigest()


def is_bound_to(standing: Standing, key: str) -> bool:
    """Whether the phone with this cookie is the one that opened the visit."""
    return bool(key and standing.bound_to) and hmac.compare_digest(standing.bound_to, bound(key))


_LOCK = sa.select(devices.c.id).where(devices.c.id == sa.bindparam("device")).with_for_update(key_share=True)
_ROW = sa.select(phone_visits).where(
    phone_visits.c.device == sa.bindparam("device"), phone_visits.c.visit_id == sa.bindparam("visit_id")
)
_ENDED = sa.select(visits.c.visit_id).where(
    visits.c.device == sa.bindparam("device"),
    visits.c.visit_id == sa.bindparam("visit_id"),
    sa.or_(visits.c.outcome.is_not(None), visits.c.canary),
)
_RATED_ON_GLASS = sa.select(ratings.c.arrival).where(
    ratings.c.device == sa.bindparam("device"), ratings.c.visit_id == sa.bindparam("visit_id"), ratings.c.way != PHONE
)


def _is_over(connection: sa.Connection, visit: Visit) -> bool:
    """Whether the terminal's journal says already that this visit needs no phone."""
    named: dict[str, Any] = {"device": visit.device, "visit_id": visit.visit_id}
    return any(connection.execute(query, named).first() is not None for query in (_ENDED, _RATED_ON_GLASS))
