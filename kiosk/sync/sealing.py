"""What a terminal seals for the hall's recovery key alone: an exported stretch of journal, and the journal's own key.

Invariant: with nothing but what lies on the terminal, its vault aside, neither can be opened; the terminal keeps only
the public half.
"""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from kiosk.core.entry import Head
from kiosk.protocol.central import StatedHead
from kiosk.protocol.export import (
    FORMAT,
    SEALING_BYTES,
    ExportHeader,
    frame,
    header_text,
    sealing_info,
    signed_text,
)

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_KEY_INFO = b"kiosk-journal-key-1\n"
_KEY_BYTES = 32
_EPOCH_BYTES = 8
_GZIP = 31


class SealBroken(Exception):
    """The sealed key cannot be opened with this recovery key, or is none; the message says so."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose journal it is, by the identity, and where it ends. `made_at`: Unix ms."""

    device_id: str
    key_id: str
    head: Head
    made_at: int


def seal_export(
    records: Iterable[Mapping[str, Any]], sender: Sender, device_key: bytes, recovery_public: bytes
) -> bytes:
    """The file of these records, oldest first. `device_key`: raw Ed25519, private; `recovery_public`: raw X25519.

    Raises ValueError: there is no record, or they are not consecutive ones of the sender's epoch.
    """
    packed, first, last = _pack(records, sender.head.epoch)
    header = header_text(
        ExportHeader(
            format=FORMAT,
            device_id=sender.device_id,
            key_id=sender.key_id,
            epoch=sender.head.epoch,
            first=first,
            last=last,
            head=StatedHead(epoch=sender.head.epoch, sequence=sender.head.sequence, hash=sender.head.hash),
            made_at=sender.made_at,
            recipient=recipient_of(recovery_public),
            payload=len(packed) + SEALING_BYTES,
        )
    )
    sealed = _SUITE.encrypt(packed, X25519PublicKey.from_public_bytes(recovery_public), sealing_info(header))
    signature = Ed25519PrivateKey.from_private_bytes(device_key).sign(signed_text(header, sealed))
    return frame(header, sealed, signature)


def seal_key(journal_key: bytes, epoch: int, recovery_public: bytes) -> bytes:
    """The key of the journal of this epoch, for the hall alone. 88 bytes."""
    if len(journal_key) != _KEY_BYTES:
        raise ValueError(f"a journal's key has {_KEY_BYTES} bytes")
    plain = epoch.to_bytes(_EPOCH_BYTES, "big") + journal_key
    return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(recovery_public), _KEY_INFO)


def open_key(sealed: bytes, recovery_private: bytes) -> tuple[bytes, int]:
    """The journal's key and its epoch. `recovery_private`: raw X25519.

    Raises SealBroken.
    """
    try:
        plain = _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(recovery_private), _KEY_INFO)
    except (InvalidTag, ValueError) as fault:
        raise SealBroken("this key was not sealed for that recovery key, or its file is damaged") from fault
    if len(plain) != _EPOCH_BYTES + _KEY_BYTES:
        raise SealBroken("what was sealed is no journal's key")
    return plain[_EPOCH_BYTES:], int.from_bytes(plain[:_EPOCH_BYTES], "big")


def recipient_of(recovery_public: bytes) -> str:
    """How a header names the key for which a payload is sealed."""
    return hashlib.sha256(recovery_public).hexdigest()


def _pack(records: Iterable[Mapping[str, Any]], epoch: int) -> tuple[bytes, int, int]:
    """The payload, and the first and last sequence in it. Holds no more than the packed bytes."""
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    parts: list[bytes] = []
    first, last = 0, 0
    for record in records:
        sequence = record["sequence"]
        if record["epoch"] != epoch or (first and sequence != last + 1):
            raise ValueError(f"entry {record['epoch']}/{sequence} does not follow {epoch}/{last}")
        first, last = first or sequence, sequence
        parts.append(packer.compress(msgspec.json.encode(record) + b"\n"))
    if not first:
        raise ValueError("there is nothing to export")
    parts.append(packer.flush())
    return b"".join(parts), first, last
