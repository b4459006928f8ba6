"""Makes durable what is read back after a sync that failed.

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
