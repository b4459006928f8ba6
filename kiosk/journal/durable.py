"""Brings files and names of the journal's folder to the disk, what is read back after a sync that failed included.

After such a sync the kernel may call pages clean that never reached the disk, so a later sync says yes for nothing, and
a checkpoint would then leave a database that is newer than its log. Bytes written over themselves are dirty again.
"""

import contextlib
import os
from pathlib import Path

_STEP = 1 << 20
_FLAGS = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def rewrite(path: Path) -> None:
    """Write the file's bytes over themselves and sync it; nothing if there is no file, or none in it.

    Only for the one who holds the journal: a cut at any byte leaves the same bytes. Raises OSError.
    """
    try:
        handle = os.open(path, _FLAGS)
    except FileNotFoundError:
        return
    try:
        at = 0
        while data := os.read(handle, _STEP):
            os.lseek(handle, at, os.SEEK_SET)
            at += os.write(handle, data)
            os.lseek(handle, at, os.SEEK_SET)
        if at:
            os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(path.parent)  # SQLite does so for a log that it made itself, and not for one that a try before left


def make_private(path: Path) -> None:
    """Make an empty file that is ours alone unless there is one; what the database library makes beside it is as
    private. An empty file is an empty database. Raises OSError."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600))


def sync_folder(folder: Path) -> None:
    """Bring names made, moved or removed in this folder to the disk. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
