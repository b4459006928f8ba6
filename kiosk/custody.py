"""The journal of a home together with its key: opens both, and begins both anew where the key is lost.

Invariant: a key is never written over another, and a journal whose key does not answer is set aside whole before a new
key is made; new ratings are taken meanwhile, and the old ones wait in quarantine for their key.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk import __version__
from kiosk.core.entry import Draft, Head, Kind
from kiosk.device.clock import Clock
from kiosk.device.files import sync_folder
from kiosk.device.identity import IdentityBroken, read_identity
from kiosk.device.paths import Home
from kiosk.device.secrets import Vault, VaultLost, VaultRefused, open_vault
from kiosk.device.settings import Secrets
from kiosk.journal.keeping import KEY_LOST, Began, Places, begin_anew, open_kept
from kiosk.journal.mark import read_mark
from kiosk.journal.quarantine import awaiting_a_journal, open_case, set_aside
from kiosk.journal.store import Journal

JOURNAL_KEY = "journal-key"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Custody:
    """A journal in service, the key it is under, and the vault that keeps the key."""

    vault: Vault
    key: bytes
    journal: Journal


def places_of(home: Home) -> Places:
    """Where the journal of this home lies, and where it goes when it does not hold."""
    return Places(home.journal, home.mark, home.sealed_key, home.quarantine)


def beginning(home: Home, clock: Clock) -> Began:
    """What the journals of this home begin with."""

    def began(reason: str, before: Head | None, acknowledged: int | None) -> tuple[int, Draft]:
        where = None if before is None else {"epoch": before.epoch, "sequence": before.sequence, "hash": before.hash}
        body = {
            "version": __version__,
            "reason": reason,
            "before": where,
            "acknowledged": acknowledged,
            "device_id": _device_id(home),
        }
        return time.time_ns() // 1_000, note(clock, Kind.JOURNAL_BEGAN, body)

    return began


def take_custody(home: Home, kept: Secrets, clock: Clock) -> Custody:
    """Open vault and journal of a home; begin another journal, under another key, where the key is lost.

    Raises VaultRefused where no key can be kept at all, and what `open_kept` raises.
    """
    try:
        vault = open_vault(home, kept.store, kept.fallback)
        key = _key_of(home, vault)
    except VaultLost:
        vault, key = _key_anew(home, kept)
    return Custody(vault, key, open_kept(places_of(home), key, beginning(home, clock)))


def open_journal(home: Home, vault: Vault, clock: Clock) -> Journal:
    """Open the journal of a home with the key this vault keeps, or begin one. Raises VaultLost, and as `open_kept`."""
    return open_kept(places_of(home), _key_of(home, vault), beginning(home, clock))


def reopen(home: Home, key: bytes, clock: Clock) -> Journal:
    """Open the journal of a home once more, under the key that it was under. Raises as `open_kept`."""
    return open_kept(places_of(home), key, beginning(home, clock))


def renew(home: Home, key: bytes, clock: Clock, journal: Journal, reason: str) -> Journal:
    """Set a journal in service aside and begin another under the same key. Raises as `open_kept`."""
    return begin_anew(places_of(home), key, beginning(home, clock), journal, reason)


def note(clock: Clock, kind: str, body: Mapping[str, Any]) -> Draft:
    """An entry about the terminal itself, which concerns no visit."""
    entry_id = secrets.token_hex(16)
    return Draft(entry_id, kind, clock.wall_ms(), clock.mono_ms(), clock.boot_id(), None, body)


def _key_of(home: Home, vault: Vault) -> bytes:
    key = vault.get(JOURNAL_KEY)
    if key is None:
        if any(file.exists() for file in (home.journal, places_of(home).log, home.sealed_key, home.mark)):
            raise VaultLost(f"there is a journal, {home.journal}, and no key for it")
        key = secrets.token_bytes(_KEY_BYTES)
        vault.put(JOURNAL_KEY, key)
    return key


def _key_anew(home: Home, kept: Secrets) -> tuple[Vault, bytes]:
    """Set the journal aside, then get a vault and a key for the next: a cut between them is taken up where it was."""
    places, mark = places_of(home), read_mark(home.mark)
    waiting = awaiting_a_journal(places, mark)
    if waiting is not None and waiting[1].reason == KEY_LOST:
        folder = waiting[0]
    else:
        head, acknowledged = (None, None) if mark is None else (mark.head, mark.acknowledged)
        folder = open_case(places, KEY_LOST, head, acknowledged)
    set_aside(places, folder)
    try:
        return _keep_new_key(home, kept, folder)
    except VaultLost:
        aside = folder / f"vault.json.lost-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
        _move(home.vault, aside)
        try:
            return _keep_new_key(home, kept, folder)
        except VaultRefused:  # the settings allow no other store: the one that is lost may come back
            if not home.vault.exists():
                _move(aside, home.vault)
            raise


def _keep_new_key(home: Home, kept: Secrets, folder: Path) -> tuple[Vault, bytes]:
    vault = open_vault(home, kept.store, kept.fallback)
    key = _if_there(vault)
    if key is None:
        spoilt = home.keys / f"{JOURNAL_KEY}.key"
        if spoilt.exists():  # a key file that cannot be read as one
            _move(spoilt, folder / f"{spoilt.name}.lost")
        key = secrets.token_bytes(_KEY_BYTES)
        vault.put(JOURNAL_KEY, key)
    return vault, key


def _if_there(vault: Vault) -> bytes | None:
    """The key, should the vault have it after all: only what said where it lies was lost."""
    try:
        return vault.get(JOURNAL_KEY)
    except VaultLost:
        return None


def _move(source: Path, target: Path) -> None:
    source.rename(target)
    sync_folder(target.parent)
    sync_folder(source.parent)


def _device_id(home: Home) -> str | None:
    try:
        identity = read_identity(home)
    except (IdentityBroken, OSError):
        return None
    return None if identity is None else identity.device_id
