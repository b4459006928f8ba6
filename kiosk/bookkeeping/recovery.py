"""`kiosk journal recover`: reads journals that were set aside, or whose key is lost, with the hall's recovery key.

Invariant: what was set aside is read and never changed; what comes over keeps its own id, so once more is harmless.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from kiosk.bookkeeping.looking import BROKEN, OK, cannot
from kiosk.core.entry import Kind
from kiosk.custody import JOURNAL_KEY, note, take_custody
from kiosk.device.clock import SystemClock
from kiosk.device.files import create_file, read_file
from kiosk.device.instance import AlreadyRunning, hold_lock
from kiosk.device.paths import JOURNAL_COPY, Home
from kiosk.device.secrets import VaultError, open_vault, read_lost
from kiosk.device.settings import Settings
from kiosk.journal.connection import DiskFault, JournalFault
from kiosk.journal.keeping import bring_over
from kiosk.journal.quarantine import DATABASE, LOG, SEALED_KEY, cases, pending
from kiosk.journal.salvage import every_record
from kiosk.sealed_key import raw_key, unseal
from kiosk.sync.sealing import SealBroken

EX_TEMPFAIL = 75
_KEY_LIMIT = 4096


class NotRecovered(Exception):
    """Nothing was done; the message says why and what to do."""


def recover(home: Home, settings: Settings, key_file: Path | None) -> int:
    """Bring over what every journal that was set aside still gives, with the keys that are to be had.

    Exit 0 if nothing is left to be had, 1 if a journal still cannot be read, 2 if the present one cannot be used, 75
    while the terminal runs.
    """
    try:
        recovery = _recovery_key(key_file)
        with hold_lock(home.lock):
            return _bring_over_all(home, settings, recovery)
    except AlreadyRunning as fault:
        print(f"{fault}: stop the terminal first, for the journal has one owner at a time", file=sys.stderr)
        return EX_TEMPFAIL
    except (NotRecovered, JournalFault, VaultError, DiskFault, OSError) as fault:
        return cannot(fault, "not recovered; nothing that was set aside was changed")


def write_records(home: Home, settings: Settings, key_file: Path | None, target: Path, personal: bool) -> int:
    """Write every record that can be read, of the journals set aside and of the present one, as one JSON object a line;
    for the hall's auditor, or where the terminal is no more. Works on a copy of a home on any machine.

    `personal`: with what citizens wrote. Exit 0 if every journal could be read, 1 if one could not, 2 if none could.
    """
    try:
        if target.exists() or not target.parent.is_dir():
            why = "is there already" if target.exists() else "lies in no folder that is there"
            raise NotRecovered(f"{target} {why}; name another file")
        recovery = _recovery_key(key_file)
        lines, unread, journals = [], [], 0
        for database, log, sealed in _journals(home):
            keys = [key for key in (_unsealed(sealed, recovery), _own_key(home, settings)) if key is not None]
            found = next((records for key in keys if (records := _read(database, log, key, home))), None)
            if found is None:
                unread.append(database)
                continue
            journals += 1
            lines += [_line(record, personal) for record in found]
        if not journals:
            raise NotRecovered(
                "no journal could be read: is this the hall's recovery key?" if unread else "none is here"
            )
        if not create_file(target, b"\n".join(lines) + b"\n"):
            raise NotRecovered(f"{target} has come into being meanwhile; name another file")
    except (NotRecovered, VaultError, OSError) as fault:
        return cannot(fault, "no records were written, and nothing was changed")
    print(f"{target}: {len(lines)} records of {journals} journals")
    for database in unread:
        print(f"{database} could not be read with the keys at hand", file=sys.stderr)
    return BROKEN if unread else OK


def _bring_over_all(home: Home, settings: Settings, recovery: bytes | None) -> int:
    clock = SystemClock()
    custody = take_custody(home, settings.secrets, clock)
    left = []
    with custody.journal as journal:
        waiting = pending(home.quarantine)
        print(f"{len(cases(home.quarantine))} journals were set aside; {len(waiting)} may still give something")
        for folder, case in waiting:
            keys = [*_lost_keys(folder), _unsealed(folder / SEALED_KEY, recovery)]
            brought = None
            for key in (key for key in keys if key is not None):
                brought = bring_over(journal, folder, key)
                if brought.done:
                    break
            if brought is None or not brought.done:
                left.append(folder)
                print(f"{folder.name} ({case.reason}): not readable with the keys at hand")
                continue
            lost = sum(last - first + 1 for first, last in brought.missing)
            print(f"{folder.name} ({case.reason}): {brought.count} entries came over, {lost} are missing")
        journal.append(note(clock, Kind.MAINTENANCE_DONE, {"what": "recover"}))
    if left:
        print(
            "name the hall's recovery key with --key FILE (it lies in central's folder as recovery.key)",
            file=sys.stderr,
        )
    return BROKEN if left else OK


def _recovery_key(key_file: Path | None) -> bytes | None:
    if key_file is None:
        return None
    try:
        return raw_key(read_file(key_file, _KEY_LIMIT).decode("ascii"))
    except OSError as fault:
        raise NotRecovered(f"the recovery key cannot be read: {fault}") from fault
    except ValueError as fault:
        raise NotRecovered(
            f"{key_file} is no recovery key: that is one line of base64, and lies in central's folder as recovery.key"
        ) from fault


def _unsealed(sealed: Path, recovery: bytes | None) -> bytes | None:
    if recovery is None or not sealed.exists():
        return None
    try:
        return unseal(sealed, recovery)
    except SealBroken as fault:
        print(f"{sealed}: {fault}", file=sys.stderr)
        return None


def _lost_keys(folder: Path) -> Iterator[bytes]:
    """What a key store that did not answer when this journal was set aside says now."""
    for record in folder.glob("vault.json.lost-*"):
        try:
            key = read_lost(record, JOURNAL_KEY)
        except (VaultError, OSError) as fault:
            print(f"{record}: {fault}", file=sys.stderr)
            continue
        if key is not None:
            yield key


def _own_key(home: Home, settings: Settings) -> bytes | None:
    if not home.vault.exists():  # opening it would choose a key store
        return None
    try:
        return open_vault(home, settings.secrets.store, settings.secrets.fallback).get(JOURNAL_KEY)
    except VaultError:
        return None


def _journals(home: Home) -> Iterator[tuple[Path, Path, Path]]:
    for folder, _case in cases(home.quarantine):
        yield folder / DATABASE, folder / LOG, folder / SEALED_KEY
    if home.journal.exists():
        yield home.journal, home.journal.with_name(home.journal.name + "-wal"), home.sealed_key


def _read(database: Path, log: Path, key: bytes, home: Home) -> list[dict[str, Any]]:
    """From a copy, for the terminal may be running; nothing where the key is not this journal's."""
    with tempfile.TemporaryDirectory(dir=home.scratch, prefix=JOURNAL_COPY) as name:
        folder = Path(name)
        for file in (database, log):
            if file.exists():
                shutil.copyfile(file, folder / file.name)
        return every_record(folder / database.name, folder / log.name, key)


def _line(record: dict[str, Any], personal: bool) -> bytes:
    kept = record if personal else {key: value for key, value in record.items() if key != "personal"}
    return msgspec.json.encode(kept, order="sorted")
