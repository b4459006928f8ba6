"""Room on the disk that is held for the day the disk is full: given up then, so that a tap is still kept, and taken
again as soon as there is room.

Invariant: the file is nothing but room. Whether it is there, or half there, says nothing of the journal.
"""

import errno
import logging
import os
import shutil
import stat
import time
from collections.abc import Callable
from pathlib import Path

import apsw

from kiosk.journal.durable import sync_folder

log = logging.getLogger(__name__)

SIZE = 32 * 1024 * 1024
"""More than 2,000 whole ratings with long comments take, log included; `python -m tests.journal.full_disk` measures."""

LOOK_EVERY_S = 30.0
_STEP = 1 << 20
_FLAGS = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


def is_full(fault: BaseException) -> bool:
    """Whether this fault says that the disk, or our share of it, is full."""
    if isinstance(fault, OSError):
        return fault.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(fault, apsw.FullError)


def free_bytes(folder: Path) -> int:
    """What this program may still write there."""
    return shutil.disk_usage(folder).free


class Ballast:
    """The ballast of one journal, used on the lane's thread alone.

    `full(given_up)` is called when it was given up (bytes), or could not be made for want of room (0); `room()` when it
    is there again after that. It is made only where twice its size is free, so that it never fills a disk itself.
    """

    def __init__(
        self,
        path: Path,
        *,
        full: Callable[[int], None],
        room: Callable[[], None],
        size: int = SIZE,
        free: Callable[[Path], int] = free_bytes,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._full = full
        self._room = room
        self._size = size
        self._free = free
        self._now_s = now_s
        self._is_there = False
        self._told = False
        self._look_at_s = now_s()

    def wait_s(self) -> float | None:
        """For how long the lane may sleep before `tend` has something to do; None for ever."""
        return None if self._is_there else max(0.0, self._look_at_s - self._now_s())

    def tend(self) -> None:
        """Make the ballast if it is missing and there is room; at most every 30 s. Costs nothing otherwise."""
        if self._is_there or self._now_s() < self._look_at_s:
            return
        self._look_at_s = self._now_s() + LOOK_EVERY_S
        try:
            self._is_there = self._stands() or self._make()
        except OSError as fault:
            log.warning("the ballast cannot be made, and is tried again: %s", fault)
        if self._is_there and self._told:
            self._told = False
            self._room()
        elif not self._is_there and not self._told:
            self._told = True
            self._full(0)

    def relieves(self, fault: BaseException) -> bool:
        """Give the ballast up if the fault says that the disk is full; whether that made room."""
        if not is_full(fault):
            return False
        try:
            given_up = self._give_up()
        except OSError as refused:
            log.error("the ballast cannot be given up: %s", refused)
            return False
        if given_up:
            self._told = True
            self._full(given_up)
        return given_up > 0

    def _stands(self) -> bool:
        """Whether a whole one is there, left by the last run; the remains of one are removed."""
        try:
            found = os.lstat(self._path)
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.ELOOP, "is no regular file", str(self._path))
        held = found.st_blocks * 512 if hasattr(found, "st_blocks") else found.st_size
        if found.st_size == self._size and held >= self._size:
            return True
        os.unlink(self._path)
        return False

    def _make(self) -> bool:
        if self._free(self._path.parent) < 2 * self._size:
            return False
        handle = os.open(self._path, _FLAGS, 0o600)
        try:
            if os.name != "nt":
                os.fchmod(handle, 0o600)
            _allocate(handle, self._size)
        except BaseException:
            os.close(handle)
            os.unlink(self._path)
            raise
        os.close(handle)
        return True

    def _give_up(self) -> int:
        """Remove the file, and say how large it was."""
        self._is_there = False
        self._look_at_s = self._now_s() + LOOK_EVERY_S
        try:
            size = os.lstat(self._path).st_size
            os.unlink(self._path)
        except FileNotFoundError:
            return 0
        sync_folder(self._path.parent)  # some file systems free the room only then
        return size


def _allocate(handle: int, size: int) -> None:
    """Blocks of the disk, not a hole; random bytes where they must be written, so that nothing can compress them."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(handle, 0, size)
            return
        except OSError as fault:
            if fault.errno not in (errno.EOPNOTSUPP, errno.EINVAL):  # a file system that knows of no such thing
                raise
    left = size
    while left:
        left -= os.write(handle, os.urandom(min(left, _STEP)))
    os.fsync(handle)
