"""The checks of what the terminal keeps: its keys, its journal, who it is, and what it is to show."""

import time
from collections.abc import Iterator

import msgspec

from kiosk.bookkeeping.looking import NoJournal, look_at_journal
from kiosk.bookkeeping.verification import verdict
from kiosk.core.hours import is_open
from kiosk.core.view import OpeningHours
from kiosk.device.files import read_file
from kiosk.device.identity import Identity, IdentityBroken, read_identity
from kiosk.device.paths import Home
from kiosk.device.secrets import Vault, VaultError, open_vault
from kiosk.device.settings import Settings
from kiosk.doctor.finding import Note, failed, ok, warning
from kiosk.doctor.patient import Patient
from kiosk.journal.connection import DiskFault, JournalFault
from kiosk.profile_file import PROFILE_LIMIT
from kiosk.protocol.profile import FORMAT, ProfileRefused, read_profile

BROUGHT_OVER = "brought-over.json"
"""In the folder of a journal that was set aside: what could be read of it is in the journal now."""
OLD_H = 24
"""Ratings that wait longer than this for central are a warning."""
_TROUBLES_LIMIT = 1024 * 1024


def vault_of(home: Home, settings: Settings) -> tuple[Vault | None, Note]:
    """The key store, and how it is."""
    try:
        if not home.vault.exists():  # else opening it would choose one, and looking changes nothing
            return None, warning("key_store.none")
        vault = open_vault(home, settings.secrets.store, settings.secrets.fallback)
    except (VaultError, OSError) as fault:
        return None, failed("key_store.fault", fault=fault)
    if vault.kind == "keyring":
        return vault, ok("key_store.keyring", words=vault.describe())
    return vault, warning("key_store.file")


def identity_of(home: Home) -> tuple[Identity | None, Note]:
    """Who it is, and whether that can be read."""
    try:
        identity = read_identity(home)
    except IdentityBroken as fault:
        return None, failed("identity.broken", fault=fault, file=home.identity)
    if identity is None:
        return None, failed("identity.none")
    return identity, ok("identity.ok", device=identity.device_id, central=identity.central_url)


def troubles(patient: Patient) -> Iterator[Note]:
    """What the terminal itself found wrong while it ran, or runs."""
    try:
        found = msgspec.json.decode(read_file(patient.home.troubles, _TROUBLES_LIMIT), type=dict[str, str])
    except FileNotFoundError:
        return
    except (OSError, ValueError) as fault:
        yield warning("troubles.unread", fault=fault)
        return
    for code, words in sorted(found.items()):
        yield _trouble(code, words)


def _trouble(code: str, words: str) -> Note:
    match code:
        case "disk_full":
            return warning("troubles.disk_full", words=words)
        case "journal_begun_anew":
            return warning("troubles.journal_begun_anew", words=words)
        case "quarantined_at_central":
            return warning("troubles.quarantined_at_central", words=words)
        case "screen_missing":
            return warning("troubles.screen_missing", words=words)
        case "lan":
            return warning("troubles.lan", words=words)
        case "canary":
            return warning("troubles.canary", words=words)
        case _:
            return warning("troubles.other", trouble=code, words=words)


def quarantine(patient: Patient) -> Iterator[Note]:
    """Whether a journal that was set aside still has something to give."""
    folder = patient.home.quarantine
    kept = sorted(path.name for path in folder.iterdir())
    if not kept:
        yield ok("quarantine.none")
        return
    waiting = [name for name in kept if not (folder / name / BROUGHT_OVER).exists()]
    if waiting:
        yield warning("quarantine.waiting", count=len(kept), last=kept[-1], waiting=", ".join(waiting))
    else:
        yield ok("quarantine.kept", count=len(kept), last=kept[-1])


def journal(patient: Patient) -> Iterator[Note]:
    """Whether its chain holds, and how long the oldest entry has waited for central."""
    try:
        with look_at_journal(patient.home, patient.settings) as looked_at:
            status, report = looked_at.status(), looked_at.verify()
    except NoJournal as fault:
        lost = patient.home.journal.exists() and patient.home.vault.exists()
        yield failed("journal.no_key", fault=fault) if lost else warning("journal.none", fault=fault)
        return
    except (JournalFault, VaultError, DiskFault, OSError) as fault:
        yield failed("journal.fault", fault=fault)
        return
    if report.fault is not None:
        yield failed("journal.broken", words=verdict(report))
        return
    yield ok("journal.ok", words=verdict(report), unsent=status.unsent)
    oldest = status.oldest_unsent_wall_ms
    hours = 0 if oldest is None else int((patient.system.wall_s() - oldest / 1000) / 3600)
    if status.unsent and hours >= OLD_H:
        yield warning("unsent.old", unsent=status.unsent, hours=hours)
    else:
        yield ok("unsent.ok", unsent=status.unsent)


def profile(patient: Patient) -> Iterator[Note]:
    """What the window is, and when it is open."""
    try:
        found = read_profile(read_file(patient.home.profile, PROFILE_LIMIT))
    except FileNotFoundError:
        yield failed("profile.none")
        return
    except (ProfileRefused, OSError, ValueError) as fault:
        yield failed("profile.broken", fault=fault, file=patient.home.profile)
        return
    window = found.window
    yield ok(
        "profile.ok", hall=found.hall.name, number=window.number, name=window.name, version=found.version[:12],
        format=found.format, newest=FORMAT,
    )  # fmt: skip
    hours = tuple(OpeningHours(one.weekday, one.opens, one.closes) for one in found.hours)
    if not hours:
        yield ok("hours.always")
        return
    local = time.gmtime(patient.system.wall_s() + patient.system.offset_minutes() * 60)
    at = f"{local.tm_hour:02}:{local.tm_min:02}"
    days = len({one.weekday for one in hours})
    if is_open(hours, local.tm_wday + 1, at):
        yield ok("hours.open", days=days, at=at)
    else:
        yield ok("hours.closed", days=days, at=at)
