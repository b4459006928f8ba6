"""The journal's key, sealed for the hall's recovery key, in a file beside the journal.

Invariant: whoever has the whole home and not the hall's private key cannot read the journal by it; a journal that is
set aside takes its sealed key along.
"""

import base64
import binascii
from pathlib import Path

import msgspec

from kiosk.device.files import read_file, write_file
from kiosk.sync.sealing import SealBroken, open_key, recipient_of, seal_key

_LIMIT = 4096
_KEY_BYTES = 32


class SealedKey(msgspec.Struct, frozen=True, kw_only=True):
    """`journal.key.sealed`. `epoch`: of the journal; `recipient`: which recovery key opens it (`recipient_of`)."""

    format: int = 1
    epoch: int
    recipient: str
    sealed: str


def keep_sealed(path: Path, journal_key: bytes, epoch: int, recovery_key: str) -> None:
    """Write the file unless it is there for this journal and this recovery key (raw X25519, base64).

    Raises OSError, and ValueError for what is no key.
    """
    recipient = raw_key(recovery_key)
    known = _read(path)
    if known is not None and (known.epoch, known.recipient) == (epoch, recipient_of(recipient)):
        return
    sealed = base64.b64encode(seal_key(journal_key, epoch, recipient)).decode()
    write_file(path, msgspec.json.encode(SealedKey(epoch=epoch, recipient=recipient_of(recipient), sealed=sealed)))


def unseal(path: Path, recovery_private: bytes) -> bytes:
    """The journal's key out of the file. Raises SealBroken, OSError."""
    found = _read(path)
    if found is None:
        raise SealBroken(f"{path} is not there, or is no sealed key")
    try:
        sealed = base64.b64decode(found.sealed, validate=True)
    except binascii.Error as fault:
        raise SealBroken(f"{path} is damaged: {fault}") from fault
    key, _epoch = open_key(sealed, recovery_private)
    return key


def raw_key(text: str) -> bytes:
    """A key of 32 bytes out of its base64. Raises ValueError."""
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as fault:
        raise ValueError(f"this is no key: {fault}") from fault
    if len(raw) != _KEY_BYTES:
        raise ValueError(f"a key has {_KEY_BYTES} bytes, not {len(raw)}")
    return raw


def _read(path: Path) -> SealedKey | None:
    try:
        return msgspec.json.decode(read_file(path, _LIMIT), type=SealedKey)
    except (FileNotFoundError, ValueError):
        return None
