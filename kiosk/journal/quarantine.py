"""Sets a journal aside: database, log, sealed key and a copy of the mark go into a folder of their own, as a case.

Invariant: nothing is deleted and nothing is written into what was set aside; a cut at any step leaves either the case
not begun, or one that `resume` completes. The database is moved last, so a case without it is an unfinished one.
"""

import os
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kiosk.core.entry import Head
from kiosk.journal.durable import sync_folder
from kiosk.journal.mark import Mark, read_mark

DATABASE, LOG, SEALED_KEY, MARK = "journal.db", "journal.db-wal", "journal.key.sealed", "journal.mark"
"""What a case holds of a journal."""

_CASE = "case.json"
_BROUGHT_OVER = "brought-over.json"
_PART = ".part"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a journal lies and where it goes when it does not hold. `quarantine` is a folder that is there."""

    journal: Path
    mark: Path
    sealed_key: Path
    quarantine: Path

    @property
    def log(self) -> Path:
        """SQLite's write-ahead log beside the database."""
        return self.journal.with_name(self.journal.name + "-wal")


class Case(msgspec.Struct, frozen=True):
    """`case.json`: why a journal was set aside, and what was known of it. `number` counts the cases of this home."""

    number: int
    reason: str
    had_database: bool
    before: Head | None
    acknowledged: int | None


def cases(quarantine: Path) -> list[tuple[Path, Case]]:
    """Every case, oldest first; a folder that holds none is passed over. Raises OSError."""
    found = []
    for folder in quarantine.iterdir() if quarantine.is_dir() else ():
        if folder.name.startswith(".") or not folder.is_dir():
            continue
        try:
            found.append((folder, case_of(folder)))
        except (FileNotFoundError, msgspec.MsgspecError):
            continue
    return sorted(found, key=lambda one: one[1].number)


def case_of(folder: Path) -> Case:
    """The case in this folder. Raises OSError, msgspec.MsgspecError."""
    return msgspec.json.decode((folder / _CASE).read_bytes(), type=Case)


def open_case(places: Places, reason: str, before: Head | None, acknowledged: int | None) -> Path:
    """Begin a case: its folder, with the copy of the mark, is on the disk as a whole or not at all. Raises OSError."""
    number = 1 + max((case.number for _, case in cases(places.quarantine)), default=0)
    case = Case(number, reason, places.journal.exists(), before, acknowledged)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    name = f"{stamp}-{reason}-{'unknown' if before is None else before.epoch}"
    if (places.quarantine / name).exists():
        name += f"-{number}"
    part = places.quarantine / f".{name}.{secrets.token_hex(4)}{_PART}"
    part.mkdir(mode=0o700)
    _write(part / _CASE, msgspec.json.encode(case))
    if places.mark.exists():
        _write(part / MARK, places.mark.read_bytes())
    sync_folder(part)
    folder = places.quarantine / name
    part.rename(folder)
    sync_folder(places.quarantine)
    return folder


def set_aside(places: Places, folder: Path) -> None:
    """Move what there is of the journal into the case; the database last. Raises OSError."""
    for source, name in ((places.log, LOG), (places.sealed_key, SEALED_KEY), (places.journal, DATABASE)):
        if source.exists():
            target = folder / name
            if target.exists():  # of the same name, made by whoever looked at a half-moved journal
                target = folder / f"{name}.{secrets.token_hex(4)}"
            source.rename(target)
            sync_folder(folder)
            sync_folder(source.parent)


def resume(places: Places) -> None:
    """Complete a setting aside that was cut short. Raises OSError.

    Until that is done the mark stands where it stood; a case whose database went later, for somebody freed the disk of
    it, says nothing of the journal that is in service now.
    """
    for folder, case in cases(places.quarantine)[-1:]:
        unfinished = case.had_database and not (folder / DATABASE).exists() and not (folder / _BROUGHT_OVER).exists()
        if unfinished and read_mark(places.mark) == read_mark(folder / MARK):
            set_aside(places, folder)


def awaiting_a_journal(places: Places, mark: Mark | None) -> tuple[Path, Case] | None:
    """The newest case, if no journal has been begun after it yet: the mark has not moved, or names a beginning."""
    found = cases(places.quarantine)
    if not found:
        return None
    folder, _ = found[-1]
    unmoved = mark == read_mark(folder / MARK)
    return found[-1] if unmoved or (mark is not None and mark.head.sequence == 0) else None


def pending(quarantine: Path) -> list[tuple[Path, Case]]:
    """The cases from which something may still be had, oldest first. Raises OSError."""
    return [one for one in cases(quarantine) if not (one[0] / _BROUGHT_OVER).exists()]


def say_brought_over(folder: Path, found: bytes) -> None:
    """The last thing that is written into a case: that nothing more is to be had from it. Raises OSError."""
    part = folder / f".{_BROUGHT_OVER}.{secrets.token_hex(4)}{_PART}"
    _write(part, found)
    part.replace(folder / _BROUGHT_OVER)
    sync_folder(folder)


def _write(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def clear_parts(quarantine: Path) -> None:
    """Remove beginnings of cases that a cut left behind: nothing had been moved into them. Raises OSError."""
    for folder in quarantine.glob(f".*{_PART}") if quarantine.is_dir() else ():
        if folder.is_dir():
            shutil.rmtree(folder)
