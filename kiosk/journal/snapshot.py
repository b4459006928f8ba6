"""A copy of a journal that another process holds, for looking at it without disturbing the terminal.

The terminal locks its file for itself alone. The copy is taken only while neither file changes, stays encrypted, and
is the caller's to remove.
"""

import shutil
from pathlib import Path

from kiosk.journal.connection import JournalBusy

_TRIES = 50


def snapshot(path: Path, folder: Path) -> Path:
    """Copy the database and its WAL into `folder` (which must exist) and give the copy's path.

    Raises JournalBusy if the files would not hold still, FileNotFoundError if there is no journal.
    """
    target = folder / path.name
    wal, target_wal = path.with_name(path.name + "-wal"), target.with_name(target.name + "-wal")
    for _ in range(_TRIES):
        before = _look(path), _look(wal)
        shutil.copyfile(path, target)
        target_wal.unlink(missing_ok=True)
        if before[1] is not None:
            try:
                shutil.copyfile(wal, target_wal)
            except FileNotFoundError:
                continue
        if before == (_look(path), _look(wal)):
            return target
    raise JournalBusy(f"{path} is being written too busily to be copied; try again")


def _look(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns
