"""The high-water mark: how far the journal had got, kept in a small file apart from the database.

Invariant: two slots of one sector each, written in turn and each under a checksum, so a cut or a torn write leaves the
mark before or the new one. A journal that ends below its mark has lost what was answered (docs/adr/0006).
"""

import hashlib
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from kiosk.core.entry import GENESIS, Head
from kiosk.journal.durable import sync_folder

SLOT = 512
_MAGIC = b"kiosk-m1"
_FIELDS = struct.Struct(">8sQQQQ32s")
_SEAL = 32
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_CLOEXEC = getattr(os, "O_CLOEXEC", 0)


@dataclass(frozen=True, slots=True)
class Mark:
    """The head that was last answered for, and how much of that epoch central was known to hold."""

    head: Head
    acknowledged: int = 0


def read_mark(path: Path) -> Mark | None:
    """The newest mark that holds; None if there is no file, or none of its slots holds. Raises OSError."""
    try:
        found = _newest(_content(path))
    except FileNotFoundError:
        return None
    return None if found is None else found[1]


class MarkFile:
    """The open mark of one journal, for the one who writes it. Raises OSError where the disk refuses."""

    def __init__(self, path: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | _NOFOLLOW | _BINARY | _CLOEXEC
        self._handle = os.open(path, flags, 0o600)
        try:
            if os.name != "nt":
                os.fchmod(self._handle, 0o600)
            if os.fstat(self._handle).st_size != 2 * SLOT:
                self._make_room(path)
            found = _newest(_content(path))
        except BaseException:
            os.close(self._handle)
            raise
        self._serial = 0 if found is None else found[0]
        self._mark = None if found is None else found[1]

    @property
    def mark(self) -> Mark | None:
        """What was written last, if that holds."""
        return self._mark

    def write(self, mark: Mark) -> None:
        """Bring the mark to the disk; on return it is there. The slot before stays as it is."""
        if mark == self._mark:
            return
        serial = self._serial + 1
        slot = _slot(serial, mark)
        place = serial % 2 * SLOT
        if os.name == "nt":
            os.lseek(self._handle, place, os.SEEK_SET)
            written = os.write(self._handle, slot)
        else:
            written = os.pwrite(self._handle, slot, place)
        if written != SLOT:
            raise OSError(f"only {written} bytes of the mark were written")
        _bring_to_disk(self._handle)
        self._serial, self._mark = serial, mark

    def close(self) -> None:
        """Close the file. Safe to call twice."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def _make_room(self, path: Path) -> None:
        """Both slots at their full length before the first mark, so that a mark never needs new room on the disk."""
        os.ftruncate(self._handle, 0)
        os.write(self._handle, bytes(2 * SLOT))
        os.fsync(self._handle)
        sync_folder(path.parent)


def _slot(serial: int, mark: Mark) -> bytes:
    head = mark.head
    fields = _FIELDS.pack(_MAGIC, serial, head.epoch, head.sequence, mark.acknowledged, bytes.fromhex(head.hash))
    return (fields + hashlib.sha256(fields).digest()).ljust(SLOT, b"\0")


def _content(path: Path) -> bytes:
    with open(os.open(path, os.O_RDONLY | _NOFOLLOW | _BINARY | _CLOEXEC), "rb") as file:
        return file.read(2 * SLOT)


def _newest(content: bytes) -> tuple[int, Mark] | None:
    slots = [found for start in (0, SLOT) if (found := _unpack(content[start : start + SLOT])) is not None]
    return max(slots, key=lambda found: found[0], default=None)


def _unpack(slot: bytes) -> tuple[int, Mark] | None:
    fields, seal = slot[: _FIELDS.size], slot[_FIELDS.size : _FIELDS.size + _SEAL]
    if hashlib.sha256(fields).digest() != seal:
        return None
    magic, serial, epoch, sequence, acknowledged, digest = _FIELDS.unpack(fields)
    if magic != _MAGIC:
        return None
    return serial, Mark(Head(epoch, sequence, digest.hex() if sequence else GENESIS), acknowledged)


def _bring_to_disk(handle: int) -> None:
    getattr(os, "fdatasync", os.fsync)(handle)
