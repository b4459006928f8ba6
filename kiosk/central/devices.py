"""The terminals that central knows: how they become known, whose place they take, their keys, their heartbeats."""

import secrets
import uuid
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.alarms import end_silence, silences
from kiosk.central.countersign import Countersigner
from kiosk.central.enrolment_codes import code_hash
from kiosk.central.hall_tables import windows
from kiosk.central.problems import Refusal, refusal
from kiosk.central.signatures import Signer
from kiosk.central.tables import devices, enrolment_codes, heartbeats
from kiosk.protocol.central import (
    Credentials,
    Enrolment,
    EnrolmentRequest,
    Heartbeat,
)


def enrol(
    connection: sa.Connection, wanted: EnrolmentRequest, countersigner: Countersigner, now_ms: int
) -> Enrolment | Refusal:
    """Make the bearer of a code a known terminal. The code is used up; a refusal changes nothing.

    The same code with the same key again, as where the answer was lost, gives the first answer again.
    """
    code = connection.execute(
        sa.select(enrolment_codes).where(enrolment_codes.c.code_hash == code_hash(wanted.code)).with_for_update()
    ).one_or_none()
    if code is None:
        return refusal(
            404, "enrolment_code_unknown", "There is no such code", "Check it, or ask for a new one.", field="$.code"
        )
    if code.used_ms is not None:
        known = _enrolled_with(connection, code, wanted.public_key)
        if known is not None:
            return _enrolment(known.device_id, known.key_id, countersigner)
        return refusal(409, "enrolment_code_used", "This code has been used", "Ask for a new one.", field="$.code")
    if code.revoked_ms is not None:
        return refusal(410, "enrolment_code_revoked", "This code was revoked", "Ask for a new one.", field="$.code")
    if code.expires_ms <= now_ms:
        return refusal(410, "enrolment_code_expired", "This code has expired", "Ask for a new one.", field="$.code")
    place = _place_of(connection, code)
    if isinstance(place, Refusal):
        return place
    device_id, key_id = uuid.uuid4().hex, secrets.token_hex(16)
    made = connection.execute(
        sa.insert(devices).values(
            device_id=device_id,
            key_id=key_id,
            public_key=wanted.public_key,
            window=place.window,
            mode=place.mode,
            hardware=msgspec.json.encode(wanted.hardware).decode(),
            enrolled_ms=now_ms,
        )
    ).inserted_primary_key
    assert made is not None
    connection.execute(
        sa.update(enrolment_codes)
        .where(enrolment_codes.c.code_hash == code.code_hash)
        .values(used_ms=now_ms, device=made[0])
    )
    if code.replaces is not None:
        connection.execute(
            sa.update(devices).where(devices.c.id == code.replaces).values(replaced_ms=now_ms, replaced_by=made[0])
        )
    return _enrolment(device_id, key_id, countersigner)


def _place_of(connection: sa.Connection, code: sa.Row[Any]) -> sa.Row[Any] | Refusal:
    """The window and the mode that the bearer of this code gets: its own, or those of the terminal it replaces."""
    if code.replaces is None:
        return code
    old = connection.execute(sa.select(devices).where(devices.c.id == code.replaces).with_for_update()).one()
    if old.replaced_ms is not None:
        return already_replaced()
    return old


def already_replaced() -> Refusal:
    """409: that place was taken."""
    return refusal(
        409, "already_replaced", "Another terminal has taken that place", "Ask for a code of the window itself.",
        field="$.code",
    )  # fmt: skip


def _enrolment(device_id: str, key_id: str, countersigner: Countersigner) -> Enrolment:
    return Enrolment(
        device_id=device_id,
        credentials=Credentials(key_id=key_id),
        central_key=countersigner.central_key,
        recovery_key=countersigner.recovery_key,
    )


def _enrolled_with(connection: sa.Connection, code: sa.Row[Any], public_key: str) -> sa.Row[Any, Any] | None:
    """What this used code made of the terminal with this key; None if it made another terminal."""
    return connection.execute(
        sa.select(devices.c.device_id, devices.c.key_id).where(
            devices.c.id == code.device,
            devices.c.public_key == public_key,
            devices.c.revoked_ms.is_(None),
        )
    ).first()


_SIGNER = sa.select(devices.c.id, devices.c.device_id, devices.c.public_key, devices.c.revoked_ms).where(
    devices.c.key_id == sa.bindparam("key_id")
)


def find_signer(connection: sa.Connection, key_id: str) -> Signer | None:
    """The device that signs with this key."""
    found = connection.execute(_SIGNER, {"key_id": key_id}).one_or_none()
    return found and Signer(found.id, found.device_id, found.public_key, found.revoked_ms is not None)


@dataclass(frozen=True, slots=True)
class Heard:
    """A device as it stood when it was heard of. `fresh`: whether this was signed later than whatever came before."""

    device_id: str
    fresh: bool
    retired: bool
    replaced_ms: int | None = None


_HEARD_BEFORE = (
    sa.select(
        devices.c.device_id,
        devices.c.signed_s,
        devices.c.retired_ms,
        devices.c.replaced_ms,
        sa.exists().where(*silences(sa.bindparam("device"))).label("silent"),
    )
    .where(devices.c.id == sa.bindparam("device"))
    .with_for_update(of=devices, key_share=True)  # alarms of other devices may be put on record meanwhile
)
_THIS_DEVICE = sa.update(devices).where(devices.c.id == sa.bindparam("device"))


def hear(connection: sa.Connection, device: int, signed_s: int | None, now_ms: int) -> Heard:
    """Lock the device's row until commit, and note that the device was heard from. `signed_s`: when it signed what it
    states of its journal; None: it states nothing."""
    row = connection.execute(_HEARD_BEFORE, {"device": device}).one()
    fresh = signed_s is not None and (row.signed_s is None or signed_s > row.signed_s)
    now = {"seen_ms": now_ms, "signed_s": signed_s if fresh else row.signed_s}
    connection.execute(_THIS_DEVICE, {"device": device, **now})
    if row.silent:
        end_silence(connection, device, now_ms)
    return Heard(row.device_id, fresh, row.retired_ms is not None, row.replaced_ms)


def keep_heartbeat(connection: sa.Connection, device: int, beat: Heartbeat, signed_s: int) -> None:
    """Keep the newest heartbeat of a device, by the time of its signature: an older one sent again changes nothing.
    The caller holds the lock on the device."""
    kept = connection.execute(sa.select(heartbeats.c.signed_s).where(heartbeats.c.device == device)).scalar()
    values = {"signed_s": signed_s, "body": msgspec.json.encode(beat).decode()}
    if kept is None:
        connection.execute(sa.insert(heartbeats).values(device=device, **values))
    elif kept <= signed_s:
        connection.execute(sa.update(heartbeats).where(heartbeats.c.device == device).values(**values))


def hall_of_device(connection: sa.Connection, device: int) -> int:
    """The hall in which a terminal stands."""
    of = sa.select(windows.c.hall).join(devices, devices.c.window == windows.c.id).where(devices.c.id == device)
    return int(connection.execute(of).scalar_one())
