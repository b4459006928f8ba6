"""Takes in a journal that came by hand, as a terminal's batches are taken in, and just as often as one likes.

Nothing of a file is stored before its signature has shown who made it and its payload that it is what its header says.
"""

import base64
import logging
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import msgspec
import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from kiosk.central.devices import find_signer
from kiosk.central.ingest import take_in
from kiosk.central.keys import name_of
from kiosk.central.problems import refusal
from kiosk.central.signatures import Signer
from kiosk.central.store import Store
from kiosk.central.tables import epochs
from kiosk.core.options import OptionList
from kiosk.protocol.central import BATCH_LIMIT, BODY_LIMIT, JournalImport, Quarantined
from kiosk.protocol.export import ExportBroken, ExportHeader, Framed, sealing_info, signed_text, unframe

_LOG = logging.getLogger(__name__)
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_GZIP = 31
_STEP = 1024 * 1024


def import_journal(
    store: Store, options: OptionList, recovery: Callable[[], X25519PrivateKey], now_ms: Callable[[], int], file: bytes
) -> JournalImport:
    """Take an exported journal in.

    Raises Refusal: `export_broken`, `export_cut`, `export_format`, `export_altered`, `export_recipient`,
    `recovery_key_absent`, `unknown_device`, `revoked`, with nothing taken; `gap`, `equivocation`, as for a batch.
    """
    try:
        framed = unframe(file)
    except ExportBroken as fault:
        raise refusal(400, fault.code, "The file cannot be imported", str(fault)) from None
    header = framed.header
    with store.transaction() as connection:
        signer = _signer(find_signer(connection, header.key_id), framed)
        held = connection.execute(
            sa.select(epochs.c.sequence).where(epochs.c.device == signer.device, epochs.c.epoch == header.epoch)
        ).scalar()
    payload = _opened(framed, _key(recovery))
    _check(header, payload)
    already_held = min(max((held or 0) - header.first + 1, 0), header.last - header.first + 1)
    records, acknowledged = _records(payload), 0
    quarantined: list[Quarantined] = []
    while batch := list(islice(records, BATCH_LIMIT)):
        with store.transaction() as connection:
            taken = take_in(connection, signer.device, batch, options, now_ms())
        if taken.refused is not None:
            raise taken.refused
        acknowledged = taken.held.sequence
        quarantined.extend(taken.quarantined)
    return JournalImport(
        device_id=header.device_id,
        epoch=header.epoch,
        acknowledged=acknowledged,
        taken=header.last - header.first + 1 - already_held,
        already_held=already_held,
        quarantined=tuple(quarantined),
    )


def _signer(signer: Signer | None, framed: Framed) -> Signer:
    """The terminal that made this file. Raises Refusal."""
    if signer is None:
        raise refusal(
            404, "unknown_device", "Central does not know the terminal of this file", "It was enrolled somewhere else."
        )
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signer.public_key, validate=True))
        key.verify(framed.signature, signed_text(framed.text, framed.sealed))
    except InvalidSignature:
        raise _altered("It is not as the terminal signed it.") from None
    if signer.device_id != framed.header.device_id:
        raise _altered("It names one terminal and is signed by another.")
    if signer.revoked:
        raise refusal(
            403, "revoked", "This terminal has been withdrawn", "What its key signs is not believed any more."
        )
    return signer


def _key(recovery: Callable[[], X25519PrivateKey]) -> X25519PrivateKey:
    try:
        return recovery()
    except OSError as fault:
        _LOG.error("the recovery key cannot be read: %s", fault)
        raise refusal(
            409, "recovery_key_absent", "Central cannot open the file", "The recovery key is not in its folder."
        ) from None


def _opened(framed: Framed, key: X25519PrivateKey) -> bytes:
    """The payload, still packed. Raises Refusal."""
    if framed.header.recipient != name_of(key):
        raise refusal(
            409,
            "export_recipient",
            "The file is sealed for another recovery key",
            "Only the hall whose recovery key the terminal knew can open it.",
        )
    try:
        return _SUITE.decrypt(framed.sealed, key, sealing_info(framed.text))
    except InvalidTag:
        raise _altered("Its seal is broken.") from None


def _check(header: ExportHeader, payload: bytes) -> None:
    """Whether the payload is what the header says. Raises Refusal."""
    expected = header.first
    newest: dict[str, Any] = {}
    for newest in _records(payload):
        if newest.get("epoch") != header.epoch or newest.get("sequence") != expected:
            raise _unlike_its_header(f"an entry stands where {header.epoch}/{expected} should.")
        expected += 1
        if expected > header.last + 1:
            raise _unlike_its_header("it goes on after the last entry.")
    if expected != header.last + 1:
        raise _unlike_its_header(f"it ends before {expected}, and should at {header.last}.")
    if header.last == header.head.sequence and newest.get("hash") != header.head.hash:
        raise _unlike_its_header("its last entry is not the head.")


def _records(payload: bytes) -> Iterator[dict[str, Any]]:
    """The records of a payload, unpacked step by step. Raises Refusal."""
    rest = b""
    for part in _unpacked(payload):
        *lines, rest = (rest + part).split(b"\n")
        if len(rest) > BODY_LIMIT:
            raise _unlike_its_header("a line has no end.")
        for line in lines:
            try:
                yield msgspec.json.decode(line, type=dict[str, Any])
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                raise _unlike_its_header("a line is no entry.") from None
    if rest:
        raise _unlike_its_header("its last line has no end.")


def _unpacked(payload: bytes) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=_GZIP)
    waiting = payload
    try:
        while waiting and not unpacker.eof:
            yield unpacker.decompress(waiting, _STEP)
            waiting = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error:
        raise _unlike_its_header("it is not packed as it should be.") from None
    if not unpacker.eof or unpacker.unused_data:
        raise _unlike_its_header("it is not packed as it should be.")


def _altered(detail: str) -> Exception:
    return refusal(400, "export_altered", "The file was altered after it was made", detail)


def _unlike_its_header(detail: str) -> Exception:
    return refusal(400, "export_broken", "The file does not hold what its header says", f"In its payload, {detail}")
