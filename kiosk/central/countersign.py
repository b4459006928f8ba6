"""Central's word for what it holds: the keys it signs heads with and recovers journals by, and the signing itself.

The keys are made once and lie in the server's folder. Several servers on one database must share that folder, or a
terminal would take the heads of one for forgeries of the other.
"""

import base64
import binascii
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.central.private import write_private
from kiosk.core.entry import Head
from kiosk.protocol.heads import CountersignedHead, countersigned_text

SIGNING_KEY_FILE = "central-signing.key"
RECOVERY_KEY_FILE = "recovery.key"
"""Both hold the raw private key, base64, on one line."""

_Key = TypeVar("_Key", Ed25519PrivateKey, X25519PrivateKey)


@dataclass(frozen=True, slots=True)
class Countersigner:
    """Signs heads. `central_key`, `recovery_key`: the public halves as enrolment gives them, raw, base64."""

    key: Ed25519PrivateKey
    recovery_key: str

    @property
    def central_key(self) -> str:
        """By which a terminal, or an auditor, checks the heads."""
        return _text(self.key.public_key().public_bytes_raw())

    def sign(self, device_id: str, held: Head, now_ms: int) -> CountersignedHead:
        """This head of this device's journal, over central's signature."""
        plain = CountersignedHead(
            device_id=device_id,
            epoch=held.epoch,
            sequence=held.sequence,
            hash=held.hash,
            at=now_ms,
            signature="",
        )
        return msgspec.structs.replace(plain, signature=_text(self.key.sign(countersigned_text(plain))))


def open_countersigner(data: Path) -> Countersigner:
    """The keys in this folder, made now if there are none. Raises OSError: a file there holds no key."""
    signing = _kept(data / SIGNING_KEY_FILE, Ed25519PrivateKey.generate, Ed25519PrivateKey.from_private_bytes)
    recovery = _kept(data / RECOVERY_KEY_FILE, X25519PrivateKey.generate, X25519PrivateKey.from_private_bytes)
    return Countersigner(signing, _text(recovery.public_key().public_bytes_raw()))


def _kept(path: Path, make: Callable[[], _Key], read: Callable[[bytes], _Key]) -> _Key:
    if not path.exists():
        write_private(path, _text(make().private_bytes_raw()).encode() + b"\n")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        os.chmod(path, 0o600)
    try:
        return read(base64.b64decode(path.read_bytes().strip(), validate=True))
    except (ValueError, binascii.Error) as fault:
        raise OSError(f"{path} holds no key; put the true one back, for terminals know its public half") from fault


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
