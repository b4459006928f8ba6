"""The lock that lets one terminal run per home.

Invariant: the lock is the operating system's and dies with the process; what lies in the file, or that it lies there
at all, means nothing.
"""

import os
import sys
from pathlib import Path
from types import TracebackType

_LOCKED_BYTE = 1 << 30
"""Windows locks bytes, and a locked byte cannot be read by others: so one far behind the process id."""


class AlreadyRunning(Exception):
    """Another process holds the lock; `pid` is what it wrote, or None."""

    def __init__(self, path: Path, pid: int | None) -> None:
        super().__init__(f"{path} is held by process {pid or 'unknown'}")
        self.path = path
        self.pid = pid


class InstanceLock:
    """A lock held by this process until `release`, or until the process ends in whatever way."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    def release(self) -> None:
        """Let go. The file stays, which is harmless; removing it would open a race."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> "InstanceLock":
        """Hold it for a block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        """Let go at the block's end."""
        self.release()


def hold_lock(path: Path) -> InstanceLock:
    """Take the lock or leave at once.

    Raises AlreadyRunning, or OSError where the file cannot be made.
    """
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            if not _try_lock(handle):
                raise AlreadyRunning(path, _read_pid(path))
            if _is_still(handle, path):
                os.ftruncate(handle, 0)
                os.write(handle, f"{os.getpid()}\n".encode())
                return InstanceLock(handle)
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def wait_lock(path: Path) -> InstanceLock:
    """Take a lock that others hold for moments only, waiting for it.

    Raises OSError.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        _wait_lock(handle)
    except BaseException:
        os.close(handle)
        raise
    return InstanceLock(handle)


def _is_still(handle: int, path: Path) -> bool:
    """Whether the file we locked is the one others will open."""
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path))
    except FileNotFoundError:
        return False


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_bytes()[:20])
    except (OSError, ValueError):
        return None


if sys.platform == "win32":

    def _try_lock(handle: int) -> bool:
        import msvcrt

        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(handle, 0, os.SEEK_SET)
        return True

    def _wait_lock(handle: int) -> None:
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # waits ten seconds at most, then raises OSError

else:

    def _try_lock(handle: int) -> bool:
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait_lock(handle: int) -> None:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
