"""The codes by which machines become known terminals: one use, for a time, kept as digests, listed and revoked.

A code may wait in a package for its unit, so it may live for days; whoever finds one that is not used can take a place
in a hall by it, and so each can be revoked until then.
"""

import hashlib
import secrets
import uuid
from typing import Any

import sqlalchemy as sa

from kiosk.central.hall_tables import halls, windows
from kiosk.central.new_halls import window_row
from kiosk.central.tables import devices, enrolment_codes
from kiosk.central.times import rfc3339
from kiosk.core.receipt import ALPHABET
from kiosk.protocol.central import EnrolmentCode, EnrolmentCodeItem, EnrolmentCodeRequest, Page

KEPT_MS = 90 * 24 * 3_600_000
"""So long after its end a code stands in the list."""
_CODE_LENGTH = 10
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})


def code_hash(code: str) -> str:
    """What is kept of a code, however it was read aloud."""
    plain = code.upper().translate(_FORGIVEN)
    return hashlib.sha256(b"kiosk-enrolment-1\n" + plain.encode()).hexdigest()


def make_code(connection: sa.Connection, wanted: EnrolmentCodeRequest, now_ms: int) -> EnrolmentCode:
    """A new code for a window, which comes into being with its hall if it is not known."""
    window = window_row(connection, wanted.hall, wanted.window)
    return _keep_code(connection, window, wanted.mode, wanted.valid_s, None, now_ms)


def make_replacement(connection: sa.Connection, old: sa.Row[Any], valid_s: int, now_ms: int) -> EnrolmentCode:
    """A new code whose bearer takes the place of this row of `devices`."""
    return _keep_code(connection, old.window, old.mode, valid_s, old.id, now_ms)


def _keep_code(
    connection: sa.Connection, window: int, mode: str, valid_s: int, replaces: int | None, now_ms: int
) -> EnrolmentCode:
    characters = "".join(secrets.choice(ALPHABET) for _ in range(_CODE_LENGTH))
    code_id, expires_ms = uuid.uuid4().hex, now_ms + valid_s * 1000
    connection.execute(sa.delete(enrolment_codes).where(enrolment_codes.c.expires_ms < now_ms - KEPT_MS))
    connection.execute(
        sa.insert(enrolment_codes).values(
            code_hash=code_hash(characters), code_id=code_id, window=window, mode=mode, made_ms=now_ms,
            expires_ms=expires_ms, replaces=replaces,
        )
    )  # fmt: skip
    return EnrolmentCode(
        code=f"{characters[:5]}-{characters[5:]}", expires_at=rfc3339(expires_ms), code_id=code_id
    )  # fmt: skip


_used, _replaced = devices.alias("used_by"), devices.alias("replaced")
_LISTED = (
    sa.select(
        enrolment_codes,
        halls.c.code.label("hall_code"),
        windows.c.number.label("window_number"),
        _used.c.device_id.label("used_by"),
        _replaced.c.device_id.label("replaced"),
    )
    .join(windows, windows.c.id == enrolment_codes.c.window)
    .join(halls, halls.c.id == windows.c.hall)
    .outerjoin(_used, _used.c.id == enrolment_codes.c.device)
    .outerjoin(_replaced, _replaced.c.id == enrolment_codes.c.replaces)
)


def read_codes(connection: sa.Connection, limit: int, after: tuple[int, str] | None, now_ms: int) -> Page:
    """At most `limit` codes, newest first, after the one made then (Unix ms, id). Never the codes themselves."""
    query = _LISTED.order_by(enrolment_codes.c.made_ms.desc(), enrolment_codes.c.code_id.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(sa.tuple_(enrolment_codes.c.made_ms, enrolment_codes.c.code_id) < sa.tuple_(*after))
    rows = connection.execute(query).all()
    more, rows = len(rows) > limit, rows[:limit]
    cursor = f"{rows[-1].made_ms}.{rows[-1].code_id}" if more else None
    return Page(items=tuple(_item(row, now_ms) for row in rows), next=cursor)


def revoke_code(connection: sa.Connection, code_id: str, now_ms: int) -> EnrolmentCodeItem | None:
    """Let nobody in by this code, if nobody has used it. None: there is none."""
    connection.execute(
        sa.update(enrolment_codes)
        .where(
            enrolment_codes.c.code_id == code_id,
            enrolment_codes.c.used_ms.is_(None),
            enrolment_codes.c.revoked_ms.is_(None),
        )
        .values(revoked_ms=now_ms)
    )
    row = connection.execute(_LISTED.where(enrolment_codes.c.code_id == code_id)).first()
    return None if row is None else _item(row, now_ms)


def _item(row: sa.Row[Any], now_ms: int) -> EnrolmentCodeItem:
    if row.used_ms is not None:
        state = "used"
    elif row.revoked_ms is not None:
        state = "revoked"
    else:
        state = "expired" if row.expires_ms <= now_ms else "unused"
    return EnrolmentCodeItem(
        code_id=row.code_id, hall=row.hall_code, window=row.window_number, mode=row.mode,
        made_at=rfc3339(row.made_ms), expires_at=rfc3339(row.expires_ms), state=state,  # type: ignore[arg-type]
        device_id=row.used_by, replaces=row.replaced,
    )  # fmt: skip
