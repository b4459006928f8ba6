"""`kiosk doctor`: looks at one unit and says, one line a check, what holds and what to do about what does not.

It changes nothing, and looks at a copy of the journal where the terminal is running.
"""

import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from kiosk import __version__
from kiosk.bookkeeping.looking import NoJournal, look_at_journal
from kiosk.bookkeeping.verification import verdict
from kiosk.delivery import DeliveryImpossible, open_exchange
from kiosk.device.clock import SystemClock
from kiosk.device.files import read_file
from kiosk.device.identity import Identity, IdentityBroken, read_identity
from kiosk.device.instance import AlreadyRunning, hold_lock
from kiosk.device.paths import Home, HomeError, assets_folder, languages_in, open_home
from kiosk.device.secrets import Vault, VaultError, open_vault
from kiosk.device.settings import Settings, SettingsRefused, read_settings
from kiosk.journal.connection import DiskFault, JournalFault
from kiosk.profile_file import PROFILE_LIMIT
from kiosk.protocol.profile import ProfileRefused, read_profile
from kiosk.sync.ports import Call, NoReply

ROOM_MIB = 200
"""Less room than this on the disk is a warning; a year offline needs about 20 MiB."""

BROUGHT_OVER = "brought-over.json"
"""In the folder of a journal that was set aside: what could be read of it is in the journal now."""
_TROUBLES_LIMIT = 1024 * 1024
_REMEDIES = {
    "disk_full": "make room on the disk; the terminal goes on by itself and lives on its ballast meanwhile",
    "journal_begun_anew": "nothing to mend here; tell the hall's supervisor, and keep the folder quarantine/",
    "quarantined_at_central": "tell the hall's supervisor; central keeps these entries, and the reason with each",
    "screen_missing": "see to the citizen's screen and its cable; `kiosk displays` lists what is there",
    "lan": "see docs/PAIRING.md; loopback is served meanwhile",
    "canary": "tell the hall's supervisor at once: ratings of a level do not arrive as they were given",
}

Result = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its stable name, how it went, what was found, and what to do about it."""

    check: str
    result: Result
    found: str
    remedy: str = ""


def examine(root: Path, as_json: bool) -> int:
    """Run every check and print the findings; 1 if any failed."""
    findings = list(findings_of(root))
    if as_json:
        print(msgspec.json.encode(findings).decode())
    else:
        for finding in findings:
            print(f"{finding.result:<8} {finding.check:<10} {finding.found}")
            if finding.remedy:
                print(f"{'':<8} {'':<10} → {finding.remedy}")
    return 1 if any(finding.result == "failed" for finding in findings) else 0


def findings_of(root: Path) -> Iterator[Finding]:
    """Each finding as it is made. Where the home itself cannot be used, the checks end there."""
    yield Finding("program", "ok", f"kiosk {__version__}, Python {platform.python_version()}, {platform.platform()}")
    try:
        home = open_home(root)
    except HomeError as fault:
        yield Finding("home", "failed", str(fault), "give the terminal a folder of its own, owned by its account")
        return
    yield Finding("home", "ok", f"{home.root}, for this account alone")
    yield _room(home)
    try:
        settings = read_settings(home.settings, languages_in(assets_folder()))
        yield Finding("settings", "ok", "valid" if home.settings.exists() else "none; everything is as built in")
    except SettingsRefused as fault:
        yield Finding("settings", "failed", str(fault), f"mend {home.settings}; the terminal does not start with it")
        settings = Settings()
    yield _speech(settings)
    yield _running(home)
    yield from _troubles(home)
    yield _quarantine(home)
    vault: Vault | None = None
    try:
        if home.vault.exists():  # else opening it would choose one, and looking changes nothing
            vault = open_vault(home, settings.secrets.store, settings.secrets.fallback)
            yield _key_store(vault)
        else:
            yield Finding("key store", "warning", "none chosen yet", "enrol or start the terminal once")
    except (VaultError, OSError) as fault:
        yield Finding("key store", "failed", str(fault), "unlock or mend the key store; nothing was deleted")
    yield _journal(home, settings)
    identity: Identity | None = None
    try:
        identity = read_identity(home)
    except IdentityBroken as fault:
        yield Finding("identity", "failed", str(fault), "restore identity.json, or move it away and enrol anew")
    else:
        yield _identity(identity)
    yield _profile(home)
    if identity is not None and vault is not None:
        yield from _central(settings, identity, vault)


def _room(home: Home) -> Finding:
    free = shutil.disk_usage(home.root).free // 2**20
    if free < ROOM_MIB:
        return Finding("disk", "warning", f"{free} MiB free", "make room; a full disk stops the service")
    return Finding("disk", "ok", f"{free} MiB free")


def _speech(settings: Settings) -> Finding:
    if not settings.speech.enabled:
        return Finding("speech", "ok", "turned off in the settings")
    try:
        from kiosk.device.speech import command, describe, probe
    except ImportError as fault:
        return Finding("speech", "warning", str(fault), "install the program whole; nothing else needs this")
    found = probe(command(settings.speech.voice))
    if found.kind == "voice" and found.sound and all(found.voices.values()):
        return Finding("speech", "ok", describe(found))
    remedy = "install a voice for each language (Debian: speech-dispatcher-espeak-ng), and see that sound comes out"
    return Finding("speech", "warning", describe(found), remedy)


def _running(home: Home) -> Finding:
    try:
        with hold_lock(home.lock):
            return Finding("terminal", "warning", "not running", "start it with `kiosk run`")
    except AlreadyRunning as fault:
        return Finding("terminal", "ok", f"running; {fault}")
    except OSError as fault:
        return Finding("terminal", "failed", str(fault), "see that the home can be written")


def _troubles(home: Home) -> Iterator[Finding]:
    """What the terminal itself found wrong while it ran, or runs."""
    try:
        found = msgspec.json.decode(read_file(home.troubles, _TROUBLES_LIMIT), type=dict[str, str])
    except FileNotFoundError:
        return
    except (OSError, ValueError) as fault:
        yield Finding("troubles", "warning", str(fault), "start the terminal again; it writes this file anew")
        return
    for code, words in sorted(found.items()):
        yield Finding("troubles", "warning", f"{code}: {words}", _REMEDIES.get(code, "see the terminal's log"))


def _quarantine(home: Home) -> Finding:
    kept = sorted(path.name for path in home.quarantine.iterdir())
    if not kept:
        return Finding("quarantine", "ok", "no journal was ever set aside")
    waiting = [name for name in kept if not (home.quarantine / name / BROUGHT_OVER).exists()]
    words = f"{len(kept)} journals were set aside, the last one as {kept[-1]}"
    if waiting:
        return Finding(
            "quarantine", "warning", f"{words}; {', '.join(waiting)} could not be read yet",
            "run `kiosk journal recover --key FILE` with the hall's recovery key, the terminal being stopped",
        )  # fmt: skip
    return Finding("quarantine", "ok", f"{words}; what could be read was brought over. Keep the folder")


def _key_store(vault: Vault) -> Finding:
    if vault.kind == "keyring":
        return Finding("key store", "ok", vault.describe())
    return Finding(
        "key store", "warning", vault.describe(),
        "on a machine with a key store, set it up before enrolling; else keep the disk itself encrypted",
    )  # fmt: skip


def _journal(home: Home, settings: Settings) -> Finding:
    try:
        with look_at_journal(home, settings) as journal:
            status, report = journal.status(), journal.verify()
    except NoJournal as fault:
        return Finding("journal", "warning", str(fault), "start the terminal once")
    except (JournalFault, VaultError, DiskFault, OSError) as fault:
        return Finding("journal", "failed", str(fault), "keep the file as it is and tell the hall's supervisor")
    if report.fault is not None:
        return Finding("journal", "failed", verdict(report), "keep the file as it is and tell the hall's supervisor")
    return Finding("journal", "ok", f"{verdict(report)}; {status.unsent} not yet with central")


def _identity(identity: Identity | None) -> Finding:
    if identity is None:
        return Finding("identity", "failed", "not enrolled", "get a code from the hall and run `kiosk enroll`")
    return Finding("identity", "ok", f"{identity.device_id}, enrolled with {identity.central_url}")


def _profile(home: Home) -> Finding:
    try:
        profile = read_profile(read_file(home.profile, PROFILE_LIMIT))
    except FileNotFoundError:
        return Finding("profile", "failed", "none", "enrol the terminal and let it reach central once")
    except (ProfileRefused, OSError, ValueError) as fault:
        return Finding("profile", "failed", str(fault), "remove profile.json and let the terminal fetch it again")
    window = profile.window
    return Finding(
        "profile", "ok", f"{profile.hall.name}, window {window.number} {window.name}, {profile.version[:12]}"
    )


def _central(settings: Settings, identity: Identity, vault: Vault) -> Iterator[Finding]:
    address = settings.central.url or identity.central_url
    try:
        exchange = open_exchange(settings, identity, vault)
    except (DeliveryImpossible, VaultError) as fault:
        yield Finding("central", "failed", str(fault), "enrol the terminal again")
        return
    reply = exchange.call(Call("GET", "/device/profile"), SystemClock().wall_ms() // 1000)
    exchange.close()
    if isinstance(reply, NoReply):
        remedy = "see to the network or to central; ratings are kept meanwhile and nothing is lost"
        yield Finding("central", "failed", f"{address} cannot be reached: {reply.why}", remedy)
        return
    if reply.status != 200:
        remedy = "if it is about the time, set this machine's clock; else tell the hall's supervisor"
        yield Finding("central", "failed", f"{address} answers {reply.status}: {_problem(reply.body)}", remedy)
        return
    yield Finding("central", "ok", f"{address} knows this terminal")
    yield _latest_profile(reply.body)


def _latest_profile(text: bytes) -> Finding:
    try:
        profile = read_profile(text)
    except ProfileRefused as fault:
        return Finding(
            "new profile", "failed", f"central's newest profile is refused: {fault}",
            "the last good one stays in force; have the hall mend its profile",
        )  # fmt: skip
    return Finding("new profile", "ok", f"central's newest profile is valid ({profile.version[:12]})")


def _problem(body: bytes) -> str:
    try:
        found = msgspec.json.decode(body)
        return f"{found['title']} {found.get('detail', '')}".strip()
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        return "no words of central's"
