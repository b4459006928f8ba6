"""Keeps a home in service with a journal that holds: opens it, or sets it aside and begins another in its place.

Invariant: what was set aside is brought over as far as central is not known to hold it, each entry under its own id, so
a kill at any step is completed at the next opening and nothing comes over twice.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import apsw
import msgspec

from kiosk.core.entry import Draft, Head, Kind, canonical
from kiosk.journal.begun import BegunAnew, BroughtOver
from kiosk.journal.connection import DAMAGE, JournalDamaged, JournalFault, JournalMissing, damage_reason
from kiosk.journal.mark import Mark, MarkFile, read_mark
from kiosk.journal.quarantine import (
    DATABASE,
    LOG,
    MARK,
    Places,
    awaiting_a_journal,
    case_of,
    cases,
    clear_parts,
    open_case,
    pending,
    resume,
    say_brought_over,
    set_aside,
)
from kiosk.journal.rows import personal_of
from kiosk.journal.salvage import Findings, Record, salvage
from kiosk.journal.store import Journal

__all__ = ["Began", "Places", "begin_anew", "bring_over", "bring_over_waiting", "open_kept"]

KEY_LOST = "key_lost"

Began = Callable[[str, Head | None, int | None], tuple[int, Draft]]
"""The epoch and the first entry of a journal, for a reason of BEGAN_REASONS, the best known head of the journal before
and how much of that central was known to hold."""


def open_kept(places: Places, key: bytes, began: Began, *, vfs: str | None = None) -> Journal:
    """Open the journal of a home; where the file does not hold, set it aside and begin another.

    `Journal.begun_anew` says so. Raises JournalNewer and JournalBusy, which are no damage; JournalFault, apsw.Error and
    OSError where the disk itself fails, and then nothing is lost by trying again.
    """
    clear_parts(places.quarantine)
    resume(places)
    try:
        journal = _opened(places, key, began, vfs)
    except DAMAGE as fault:
        mark = read_mark(places.mark)
        head, held = (None, None) if mark is None else (mark.head, mark.acknowledged)
        set_aside(places, open_case(places, damage_reason(fault), head, held))
        journal = _opened(places, key, began, vfs)
    try:
        bring_over_waiting(journal, places, key)
    except BaseException:
        journal.close()
        raise
    return journal


def begin_anew(
    places: Places, key: bytes, began: Began, journal: Journal, reason: str, *, vfs: str | None = None
) -> Journal:
    """Set a journal that is in use aside, and give the one begun in its place. Raises as `open_kept`."""
    mark = read_mark(places.mark)
    before, held = (None, None) if mark is None else (mark.head, mark.acknowledged)
    try:
        status = journal.status()
        before, held = status.head, max(status.acknowledged, held or 0)
    except (JournalFault, apsw.Error):  # it does not hold; the mark knows better
        pass
    journal.abandon()
    set_aside(places, open_case(places, reason, before, held))
    return open_kept(places, key, began, vfs=vfs)


def bring_over(journal: Journal, folder: Path, key: bytes, earlier: Iterable[Path] = ()) -> BroughtOver:
    """Append to `journal` what the case in `folder` still gives under `key` and central is not known to hold.

    Doing it again changes nothing. `earlier`: older cases, from which everything had been brought over into journals
    that came after; where one of those has lost something, they give it once more. Raises OSError, apsw.Error.
    """
    database, log = folder / DATABASE, folder / LOG
    found = salvage(database, log, key, read_mark(folder / MARK))
    here = database.exists() or log.exists()
    told = found.readable or not here or case_of(folder).reason != KEY_LOST
    if told:  # else it is for whoever has the key to say what is in there
        again = [_found_in(case, key) for case in earlier] if any(found.missing.values()) else []
        with journal.together():
            stamp = journal.stamp()
            for record in [record for records in again for record in records] + list(found.records):
                journal.append(_wrapped(record))
            for draft in _closing(folder, found, stamp):
                journal.append(draft)
    missing = tuple(pair for ranges in found.missing.values() for pair in ranges) if told else ()
    done = found.readable or not here
    brought = BroughtOver(folder, found.epoch, found.first, found.last, len(found.records), missing, done)
    if done:
        say_brought_over(folder, msgspec.json.encode(brought, enc_hook=str))
    return brought


def _opened(places: Places, key: bytes, began: Began, vfs: str | None) -> Journal:
    mark = read_mark(places.mark)
    waiting = awaiting_a_journal(places, mark)
    begun: list[BegunAnew] = []

    def first() -> tuple[int, Draft]:
        if waiting is None:
            return began("first", None, None)
        folder, case = waiting
        epoch, draft = began(case.reason, case.before, case.acknowledged)
        begun.append(BegunAnew(case.reason, epoch, case.before, folder))
        return epoch, draft

    beginning = first
    if not places.journal.exists():
        if places.log.exists() or (waiting is None and mark is not None and mark.head.sequence > 0):
            raise JournalMissing(f"{places.journal} is gone, and there was one")
        epoch, draft = first()
        _name_a_beginning(places.mark, epoch)
        beginning = lambda: (epoch, draft)  # noqa: E731 - the same, as a call
    elif places.journal.stat().st_size == 0 and mark is not None and mark.head.sequence > 0:
        raise JournalDamaged("it is empty")  # before SQLite takes it for a new one, and removes its log
    journal = Journal.open(places.journal, key, beginning, mark=places.mark, vfs=vfs)
    journal.begun_anew = begun[0] if begun else None
    return journal


def _name_a_beginning(mark: Path, epoch: int) -> None:
    """The mark stands at nothing of this epoch before there is a file: a cut here is a beginning, and not a loss."""
    marks = MarkFile(mark)
    try:
        marks.write(Mark(Head(epoch)))
    finally:
        marks.close()


def bring_over_waiting(journal: Journal, places: Places, key: bytes) -> None:
    """From every case that may still give something; `Journal.begun_anew` says what came. A disk that refuses keeps
    nobody from rating: it is tried again when the disk does as it is told, or at the next start."""
    told = journal.begun_anew
    brought: list[BroughtOver] = []
    fault: str | None = None
    waiting = pending(places.quarantine)
    done = [one for one in cases(places.quarantine) if one not in waiting]
    for folder, case in waiting:
        try:
            one = bring_over(journal, folder, key, [other for other, of in done if of.number < case.number])
        except DAMAGE:
            raise
        except (apsw.Error, OSError) as refused:
            fault = f"{type(refused).__name__}: {refused}"
            continue
        if one.count or one.missing:
            brought.append(one)
            if told is None and one.done:
                told = BegunAnew(case.reason, journal.epoch, case.before, folder)
    if told is not None:
        journal.begun_anew = replace(told, brought=tuple(brought), fault=fault)


def _found_in(folder: Path, key: bytes) -> tuple[Record, ...]:
    return salvage(folder / DATABASE, folder / LOG, key, read_mark(folder / MARK)).records


def _wrapped(record: Record) -> Draft:
    """As of when it happened, and under its own id."""
    inner = {key: value for key, value in record.items() if key != "personal"}
    return Draft(
        record["entry_id"], Kind.ENTRY_RECOVERED, record["wall_ms"], record["mono_ms"], record["boot_id"],
        record["visit_id"], {"record": inner}, personal_of(record),
    )  # fmt: skip


def _closing(folder: Path, found: Findings, stamp: tuple[int, int, str]) -> Iterator[Draft]:
    """What ends the bringing over, for each epoch of which something was known; the same finding has the same id."""
    for epoch, missing in found.missing.items():
        own = epoch == found.epoch
        body = {
            "epoch": epoch,
            "first": found.first if own else None,
            "last": found.last if own else None,
            "count": len(found.records) if own else 0,
            "missing": [list(pair) for pair in missing],
        }
        name = hashlib.sha256(folder.name.encode() + canonical(body)).hexdigest()[:32]
        yield Draft(name, Kind.JOURNAL_RECOVERED, *stamp, None, body)
