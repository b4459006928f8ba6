"""The technicians of a hall: their secrets drawn here, shown once, kept under a key, and given to terminals sealed.

Invariant: outside this module a secret exists in the one answer that shows it, and in what is sealed for a terminal.
"""

import base64
import hashlib
import os
import secrets
import stat
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyotp
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from kiosk.central.countersign import Countersigner
from kiosk.central.hall_tables import halls, technicians
from kiosk.central.private import write_private
from kiosk.central.problems import Refusal, refusal
from kiosk.central.times import rfc3339
from kiosk.protocol.central import Page
from kiosk.protocol.technicians import (
    DIGITS,
    INTERVAL_S,
    Roster,
    SealedRoster,
    Secret,
    Technician,
    TechnicianIssued,
    TechnicianRequest,
    roster_info,
    roster_text,
)

KEY_FILE = "technicians.key"
_KEY_BYTES = 32
_NONCE_BYTES = 12


def technician_key(data: Path) -> bytes:
    """The key in this folder, made now if there is none. Raises OSError: the file there holds no key."""
    path = data / KEY_FILE
    if not path.exists():
        write_private(path, base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        os.chmod(path, 0o600)
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise OSError(f"{path} holds no key; put the true one back, or every technician must be issued anew")
    return key


def issue(connection: sa.Connection, wanted: TechnicianRequest, key: bytes, now_ms: int) -> TechnicianIssued | Refusal:
    """A new technician of a hall that is known, or a revoked one anew, with a secret drawn now."""
    hall = connection.execute(sa.select(halls.c.id, halls.c.name).where(halls.c.code == wanted.hall)).first()
    if hall is None:
        return refusal(404, "hall_unknown", "Central knows no such hall", "Its code is meant.", field="$.hall")
    known = connection.execute(
        sa.select(technicians)
        .where(technicians.c.hall == hall.id, technicians.c.number == wanted.number)
        .with_for_update()
    ).first()
    if known is not None and known.revoked_ms is None:
        return refusal(
            409, "technician_known", "This number is given", "Revoke it first, and its codes are worth nothing.",
            field="$.number",
        )  # fmt: skip
    if known is not None and known.name != wanted.name:
        return refusal(
            409, "number_of_another", "This number was another person's",
            "What journals say of it stays said of that person: give a number of its own.", field="$.number",
        )  # fmt: skip
    secret = pyotp.random_base32()
    technician_id = uuid.uuid4().hex
    values = {
        "technician_id": technician_id, "name": wanted.name, "role": wanted.role, "made_ms": now_ms,
        "revoked_ms": None, "secret": _closed(secret, key, technician_id),
    }  # fmt: skip
    if known is None:
        connection.execute(sa.insert(technicians).values(hall=hall.id, number=wanted.number, **values))
    else:
        connection.execute(sa.update(technicians).where(technicians.c.id == known.id).values(**values))
    uri = pyotp.TOTP(secret, digits=DIGITS, interval=INTERVAL_S).provisioning_uri(
        name=f"{wanted.name} {wanted.number}", issuer_name=hall.name
    )
    shown = Technician(
        technician_id=technician_id, hall=wanted.hall, number=wanted.number, name=wanted.name, role=wanted.role,
        made_at=rfc3339(now_ms),
    )  # fmt: skip
    return TechnicianIssued(technician=shown, secret=secret, uri=uri)


_WITH_HALL = sa.select(technicians, halls.c.code.label("hall_code")).join(halls, halls.c.id == technicians.c.hall)


def read_technicians(connection: sa.Connection, limit: int, after: int) -> Page:
    """At most `limit` of all halls, those revoked too, after the one numbered `after`."""
    rows = connection.execute(
        _WITH_HALL.where(technicians.c.id > after).order_by(technicians.c.id).limit(limit + 1)
    ).all()
    more, rows = len(rows) > limit, rows[:limit]
    return Page(items=tuple(_shown(row) for row in rows), next=str(rows[-1].id) if more else None)


def revoke(connection: sa.Connection, technician_id: str, now_ms: int) -> Technician | None:
    """Let this one in no more, on each terminal as soon as it hears of it. Twice is harmless."""
    connection.execute(
        sa.update(technicians)
        .where(technicians.c.technician_id == technician_id, technicians.c.revoked_ms.is_(None))
        .values(revoked_ms=now_ms)
    )
    row = connection.execute(_WITH_HALL.where(technicians.c.technician_id == technician_id)).first()
    return None if row is None else _shown(row)


def _shown(row: sa.Row[Any]) -> Technician:
    return Technician(
        technician_id=row.technician_id, hall=row.hall_code, number=row.number, name=row.name, role=row.role,
        made_at=rfc3339(row.made_ms), revoked_at=None if row.revoked_ms is None else rfc3339(row.revoked_ms),
    )  # fmt: skip


def on_duty(connection: sa.Connection, hall: int) -> Sequence[sa.Row[Any]]:
    """The rows of those of a hall who are let in."""
    return connection.execute(
        sa.select(technicians)
        .where(technicians.c.hall == hall, technicians.c.revoked_ms.is_(None))
        .order_by(technicians.c.number)
    ).all()


def roster_version(rows: Sequence[sa.Row[Any]]) -> str:
    """Changes whenever anybody comes, goes, or gets another secret; empty where there is nobody."""
    if not rows:
        return ""
    total = hashlib.sha256(b"kiosk-technicians-1\n")
    for row in rows:
        total.update(msgspec.json.encode((row.technician_id, row.number, row.name, row.role)))
    return total.hexdigest()[:32]


def sealed_roster(
    rows: Sequence[sa.Row[Any]], device_id: str, sealing_key: str, key: bytes, countersigner: Countersigner
) -> SealedRoster:
    """What this terminal asked for, which nobody else can open. Raises ValueError: that is no X25519 key."""
    roster = Roster(
        version=roster_version(rows),
        technicians=tuple(
            Secret(number=row.number, name=row.name, role=row.role, secret=_opened(row, key)) for row in rows
        ),
    )
    recipient = X25519PublicKey.from_public_bytes(base64.b64decode(sealing_key, validate=True))
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    sealed = base64.b64encode(suite.encrypt(msgspec.json.encode(roster), recipient, roster_info(device_id))).decode()
    signature = countersigner.key.sign(roster_text(device_id, sealing_key, sealed))
    return SealedRoster(sealed=sealed, signature=base64.b64encode(signature).decode())


def _closed(secret: str, key: bytes, technician_id: str) -> str:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    text = ChaCha20Poly1305(key).encrypt(nonce, secret.encode(), technician_id.encode())
    return base64.b64encode(nonce + text).decode()


def _opened(row: sa.Row[Any], key: bytes) -> str:
    raw = base64.b64decode(row.secret)
    try:
        opened = ChaCha20Poly1305(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], row.technician_id.encode())
    except InvalidTag:
        raise refusal(
            500, "technician_key", "The technicians' secrets were kept under another key",
            f"Put the true {KEY_FILE} back into central's folder, or issue every technician anew.",
        ) from None  # fmt: skip
    return opened.decode()
