"""Looks after the journal from the command line: what it holds, and whether its chain holds.

Looks at a copy, so that looking disturbs no citizen and changes no evidence.
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
from kiosk.journal.connection import DiskFault, JournalFault, JournalUnreadable
from kiosk.journal.snapshot import snapshot
from kiosk.journal.store import CENTRAL, Journal, JournalStatus
from kiosk.unit import JOURNAL_KEY

OK, BROKEN, UNUSABLE = 0, 1, 2


class NoJournal(Exception):
    """This home has no journal, or no key for it."""


@contextlib.contextmanager
def look_at_journal(home: Home, settings: Settings) -> Iterator[Journal]:
    """A copy of the journal: the terminal may hold the original, and opening one that does not hold would change it.

    Raises NoJournal, JournalFault, VaultError, DiskFault.
    """
    if not home.journal.exists():
        raise NoJournal(f"{home.journal} is not there; the terminal has not run in this home yet")
    if not home.vault.exists():  # opening it would choose a key store, and looking changes nothing
        raise NoJournal(f"there is a journal, and {home.vault}, which says where its key lies, is not there")
    key = open_vault(home, settings.secrets.store, settings.secrets.fallback).get(JOURNAL_KEY)
    if key is None:
        raise NoJournal("there is a journal, and no key for it in the key store")
    with tempfile.TemporaryDirectory(dir=home.scratch, prefix=JOURNAL_COPY) as folder:
        copy = snapshot(home.journal, Path(folder))
        try:
            opened = Journal.open(copy, key, _never_begin)
        except JournalUnreadable as fault:
            raise JournalUnreadable(
                f"{home.journal} is damaged, or under another key. Start the terminal: it sets the file aside, begins "
                "another journal and brings over what holds"
            ) from fault
        with opened as journal:
            yield journal


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
        return cannot(fault)
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


def cannot(fault: Exception, what: str = "the journal cannot be looked at") -> int:
    """Say `what` and why, for nothing was changed; exit 2."""
    print(f"{what}: {fault}", file=sys.stderr)
    return UNUSABLE
