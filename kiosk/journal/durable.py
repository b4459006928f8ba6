"""Brings files and names of the journal's folder to the disk, what is read back after a sync that failed included.

After such a sync the kernel may call pages clean that never reached the disk, so a later sync says yes for nothing, and
a checkpoint would then leave a database that is newer than its log. Bytes written over themselves are dirty again.
"""

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


def sync_folder(folder: Path) -> None:
    """Bring names made, moved or removed in this folder to the disk. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
