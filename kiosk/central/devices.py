"""The terminals that central knows: codes to enrol them by, their keys, their heartbeats."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.alarms import end_silence, silences
from kiosk.central.countersign import Countersigner
from kiosk.central.hall_tables import halls, windows
from kiosk.central.problems import Refusal, refusal
from kiosk.central.signatures import Signer
from kiosk.central.tables import devices, enrolment_codes, heartbeats
from kiosk.central.times import rfc3339
from kiosk.central.true_time import DEFAULT_ZONE
from kiosk.core.receipt import ALPHABET
from kiosk.protocol.central import (
    Credentials,
    Enrolment,
    EnrolmentCode,
    EnrolmentCodeRequest,
    EnrolmentRequest,
    Heartbeat,
)

CODE_LIFE_MS = 3_600_000
_CODE_LENGTH = 10
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})


def make_code(connection: sa.Connection, wanted: EnrolmentCodeRequest, now_ms: int) -> EnrolmentCode:
    """A new code for a window, which comes into being with its hall if it is not known: named as it is numbered."""
    hall = _found_or_made(connection, halls, {"code": wanted.hall}, new_hall(wanted.hall))
    named: dict[str, object] = {"name": wanted.window, "name_en": ""}
    window = _found_or_made(connection, windows, {"hall": hall, "number": wanted.window}, named)
    characters = "".join(secrets.choice(ALPHABET) for _ in range(_CODE_LENGTH))
    connection.execute(sa.delete(enrolment_codes).where(enrolment_codes.c.expires_ms < now_ms - 24 * CODE_LIFE_MS))
    connection.execute(
        sa.insert(enrolment_codes).values(
            code_hash=_code_hash(characters),
            window=window,
            mode=wanted.mode,
            expires_ms=now_ms + CODE_LIFE_MS,
            used_ms=None,
        )
    )
    return EnrolmentCode(code=f"{characters[:5]}-{characters[5:]}", expires_at=rfc3339(now_ms + CODE_LIFE_MS))


def enrol(
    connection: sa.Connection, wanted: EnrolmentRequest, countersigner: Countersigner, now_ms: int
) -> Enrolment | Refusal:
    """Make the bearer of a code a known terminal. The code is used up; a refusal changes nothing.

    The same code with the same key again, as where the answer was lost, gives the first answer again.
    """
    code = connection.execute(
        sa.select(enrolment_codes).where(enrolment_codes.c.code_hash == _code_hash(wanted.code)).with_for_update()
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
    if code.expires_ms <= now_ms:
        return refusal(410, "enrolment_code_expired", "This code has expired", "Ask for a new one.", field="$.code")
    device_id, key_id = uuid.uuid4().hex, secrets.token_hex(16)
    connection.execute(
        sa.update(enrolment_codes).where(enrolment_codes.c.code_hash == code.code_hash).values(used_ms=now_ms)
    )
    connection.execute(
        sa.insert(devices).values(
            device_id=device_id,
            key_id=key_id,
            public_key=wanted.public_key,
            window=code.window,
            mode=code.mode,
            hardware=msgspec.json.encode(wanted.hardware).decode(),
            enrolled_ms=now_ms,
        )
    )
    return _enrolment(device_id, key_id, countersigner)


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
            devices.c.window == code.window,
            devices.c.enrolled_ms == code.used_ms,
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


_HEARD_BEFORE = (
    sa.select(
        devices.c.device_id,
        devices.c.signed_s,
        devices.c.retired_ms,
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
    return Heard(row.device_id, fresh, row.retired_ms is not None)


def keep_heartbeat(connection: sa.Connection, device: int, beat: Heartbeat, signed_s: int) -> None:
    """Keep the newest heartbeat of a device, by the time of its signature: an older one sent again changes nothing.
    The caller holds the lock on the device."""
    kept = connection.execute(sa.select(heartbeats.c.signed_s).where(heartbeats.c.device == device)).scalar()
    values = {"signed_s": signed_s, "body": msgspec.json.encode(beat).decode()}
    if kept is None:
        connection.execute(sa.insert(heartbeats).values(device=device, **values))
    elif kept <= signed_s:
        connection.execute(sa.update(heartbeats).where(heartbeats.c.device == device).values(**values))


def new_hall(code: str) -> dict[str, object]:
    """The row of a hall of which nothing is known but its code."""
    return {
        "code": code,
        "name": code,
        "name_en": "",
        "receipt_page": "",
        "options_version": "2020",
        "inviting_s": 30,
        "explaining_s": 60,
        "thanks_s": 6,
        "time_zone": DEFAULT_ZONE,
        "asking_s": 20,
        "crest": "",
        "accent": "",
        "background": "",
        "help": "",
        "help_en": "",
        "callbacks": True,
        "phone_page": "",
        "phone_wait_s": 180,
        "slip": "",
        "remind_s": 1_200,
    }


def _found_or_made(connection: sa.Connection, table: sa.Table, key: dict[str, object], rest: dict[str, object]) -> int:
    query = sa.select(table.c.id).where(*(table.c[name] == value for name, value in key.items()))
    found = connection.execute(query).scalar()
    if found is not None:
        return int(found)
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(table).values(**{**rest, **key}))
    except sa.exc.IntegrityError:
        pass  # another request has just made it
    return int(connection.execute(query).scalar_one())


def _code_hash(code: str) -> str:
    plain = code.upper().translate(_FORGIVEN)
    return hashlib.sha256(b"kiosk-enrolment-1\n" + plain.encode()).hexdigest()
