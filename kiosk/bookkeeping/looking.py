"""Looks after the journal from the command line: what it holds, and whether its chain holds.

Looks at a copy where the terminal is running, so that looking never disturbs a citizen.
"""

import contextlib
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from kiosk.core.entry import Draft
from kiosk.device.paths import JOURNAL_COPY, Home
from kiosk.device.secrets import VaultError, open_vault
from kiosk.device.settings import Settings
from kiosk.journal.connection import DiskFault, JournalBusy, JournalFault
from kiosk.journal.snapshot import snapshot
from kiosk.journal.store import CENTRAL, ChainReport, Journal, JournalStatus
from kiosk.unit import JOURNAL_KEY

OK, BROKEN, UNUSABLE = 0, 1, 2


class NoJournal(Exception):
    """This home has no journal, or no key for it."""


@contextlib.contextmanager
def look_at_journal(home: Home, settings: Settings) -> Iterator[Journal]:
    """The journal, or a copy of it where the terminal holds the original.

    Raises NoJournal, JournalFault, VaultError, DiskFault.
    """
    if not home.journal.exists():
        raise NoJournal(f"{home.journal} is not there; the terminal has not run in this home yet")
    if not home.vault.exists():  # opening it would choose a key store, and looking changes nothing
        raise NoJournal(f"there is a journal, and {home.vault}, which says where its key lies, is not there")
    key = open_vault(home, settings.secrets.store, settings.secrets.fallback).get(JOURNAL_KEY)
    if key is None:
        raise NoJournal("there is a journal, and no key for it in the key store")
    try:
        opened = Journal.open(home.journal, key, _never_begin)
    except JournalBusy:
        with tempfile.TemporaryDirectory(dir=home.scratch, prefix=JOURNAL_COPY) as folder:
            copy = snapshot(home.journal, Path(folder))
            with Journal.open(copy, key, _never_begin) as journal:
                yield journal
        return
    with opened:
        yield opened


def _never_begin() -> tuple[int, Draft]:
    raise JournalFault("the journal is empty; looking at it does not begin one")


def status_record(status: JournalStatus, destinations: Mapping[str, int]) -> dict[str, Any]:
    """The stable JSON of `kiosk journal status --json`."""
    return {
        "entries": status.entries,
        "acknowledged": status.acknowledged,
        "unsent": status.unsent,
        "head": {"epoch": status.head.epoch, "sequence": status.head.sequence, "hash": status.head.hash},
        "destinations": dict(destinations),
    }


def print_status(home: Home, settings: Settings, as_json: bool) -> int:
    """`kiosk journal status`. Exit 0, or 2 if there is nothing that can be looked at."""
    try:
        with look_at_journal(home, settings) as journal:
            status, known = journal.status(), journal.positions()
    except (NoJournal, JournalFault, VaultError, DiskFault, OSError) as fault:
        return _cannot(fault)
    destinations = {**{mirror.name: 0 for mirror in settings.mirror}, **known}
    if as_json:
        print(msgspec.json.encode(status_record(status, destinations)).decode())
        return OK
    print(f"entries       {status.entries}")
    print(f"acknowledged  {status.acknowledged}")
    print(f"unsent        {status.unsent}")
    for name in sorted(destinations.keys() - {CENTRAL}):
        print(f"  {name:<11} {destinations[name]}")
    print(f"head          epoch {status.head.epoch}, sequence {status.head.sequence}, hash {status.head.hash}")
    return OK


def print_verification(home: Home, settings: Settings, as_json: bool) -> int:
    """`kiosk journal verify`. Exit 0 if every entry holds, 1 if one does not, 2 if the journal cannot be looked at."""
    try:
        with look_at_journal(home, settings) as journal:
            report = journal.verify(_show_progress)
    except (NoJournal, JournalFault, VaultError, DiskFault, OSError) as fault:
        return _cannot(fault)
    if as_json:
        head = {"epoch": report.head.epoch, "sequence": report.head.sequence, "hash": report.head.hash}
        found = {"entries": report.entries, "head": head, "fault": report.fault, "sequence": report.sequence}
        print(msgspec.json.encode(found).decode())
    else:
        print(verdict(report))
    return OK if report.fault is None else BROKEN


def verdict(report: ChainReport) -> str:
    """The outcome of a verification, for a person."""
    if report.fault is None:
        return f"the chain holds: {report.entries} entries, ending at {report.head.sequence} {report.head.hash}"
    return (
        f"the chain is broken at entry {report.sequence} ({report.fault}); the {report.entries} before it hold. "
        "Nothing was changed. Keep the file and tell the hall's supervisor"
    )


def _show_progress(done: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} entries checked", end="", file=sys.stderr, flush=True)


def _cannot(fault: Exception) -> int:
    print(f"the journal cannot be looked at: {fault}", file=sys.stderr)
    return UNUSABLE
