"""`kiosk removal check`, `kiosk removal allow`: may this terminal be taken away? What a citizen did must be with
central before, or sealed in a file for the hall with two persons who said so.

Asked by the package before it removes anything (RELIABILITY, PEERS: "removal guarded while ratings are unsent"). That
the program started or stopped may go unsent: it stops in order to be removed, and nobody is left to send that.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from kiosk.bookkeeping.export import export_journal
from kiosk.bookkeeping.looking import NoJournal, look_at_journal
from kiosk.core.entry import Kind
from kiosk.core.events import Technician
from kiosk.custody import note, open_journal
from kiosk.device.clock import Clock, SystemClock
from kiosk.device.instance import AlreadyRunning, hold_lock
from kiosk.device.paths import Home
from kiosk.device.secrets import VaultError, open_vault
from kiosk.device.settings import Settings
from kiosk.journal.connection import DiskFault, JournalFault
from kiosk.journal.store import Journal
from kiosk.protocol.central import StatedHead
from kiosk.roster import read_roster
from kiosk.technicians import Technicians, words_of

PERMISSION = "removal-permission"
PERMISSION_MS = 30 * 60_000
EX_TEMPFAIL = 75
_PERSONS = 2

_STEP = 500
_OF_THE_PROGRAM = {
    Kind.JOURNAL_BEGAN, Kind.TERMINAL_STARTED, Kind.TERMINAL_STOPPED, Kind.CLOCK_JUMPED, Kind.PROFILE_CHANGED,
    Kind.DISK_FULL, Kind.DISK_HAS_ROOM, Kind.STAFF_SIGNED_IN, Kind.STAFF_SIGNED_OUT, Kind.MENU_OPENED,
    Kind.NUMBER_CALLED, Kind.SERVICE_PAUSED, Kind.SERVICE_RESUMED, Kind.MAINTENANCE_OPENED, Kind.TERMINAL_LEFT,
    Kind.REMOVAL_ALLOWED, Kind.DEVICE_RETIRED, Kind.MAINTENANCE_DONE, Kind.ACCEPTANCE_BEGAN, Kind.CANARY_READ_BACK,
    Kind.JOURNAL_PRUNED,
}  # fmt: skip
_WHAT_TO_DO = """\
What to do: let the terminal run with a line to central until `kiosk journal status` says that nothing is unsent,
or carry it by hand: `kiosk journal export FILE`, bring FILE to central (`kiosk central --import FILE`), and start
the terminal once more so that central can tell it.
Or two technicians allow it, each with a one-time code; what is unsent goes into a sealed file first:
`kiosk removal allow --technician N --code CODE --technician M --code CODE --export FILE`, and remove it within half
an hour.
还有评价未送达中心，不能卸载。请保持网络畅通直至全部送达，或用 kiosk journal export 导出后交中心导入；
也可由两名技术人员各凭一次性验证码放行（kiosk removal allow），未送达的评价会先写入只有大厅能读的加密文件。"""


def check_removal(home: Home, settings: Settings) -> int:
    """0 if nothing would be lost, 1 with words on standard error if something would."""
    waiting = sorted(path.name for path in home.quarantine.iterdir())
    if waiting:
        print(f"Journals that were set aside lie in {home.quarantine}: {', '.join(waiting)}.", file=sys.stderr)
        print("Bring them over first: `kiosk journal recover`, then move the folder to the hall.", file=sys.stderr)
        return 1
    try:
        with look_at_journal(home, settings) as journal:
            unsent = of_citizens(journal, journal.status().acknowledged)
            if unsent and is_allowed(home, settings, journal, SystemClock()):
                print(f"{unsent} entries have not reached central; two technicians allowed the removal all the same.")
                return 0
    except NoJournal:
        return 0
    except (JournalFault, VaultError, DiskFault, OSError) as fault:
        print(f"The journal cannot be read, so nobody knows what would be lost: {fault}", file=sys.stderr)
        print("See `kiosk doctor`, and give the whole folder to the hall before removing anything.", file=sys.stderr)
        return 1
    if unsent:
        print(
            f"{unsent} entries of the journal have not reached central; they lie on this machine alone.",
            file=sys.stderr,
        )
        print(_WHAT_TO_DO, file=sys.stderr)
        return 1
    return 0


def of_citizens(journal: Journal, after: int) -> int:
    """How many entries above this place are not of the program alone."""
    found = 0
    while records := journal.read(after, _STEP):
        found += sum(record["kind"] not in _OF_THE_PROGRAM for record in records)
        after = records[-1]["sequence"]
    return found


# -- allowed by two persons --------------------------------------------------------------------------------------------


class _Permission(msgspec.Struct, frozen=True, kw_only=True):
    """In the vault, so that nobody but the program writes it. The place up to which the journal was looked at: whatever
    a citizen does after it, the permission does not cover. `made_*`: by both clocks."""

    boot_id: str
    made_mono_ms: int
    made_wall_ms: int
    head: StatedHead


def allow_removal(home: Home, settings: Settings, persons: Sequence[tuple[str, str]], export: Path) -> int:
    """Take down that two technicians (numbers, one-time codes) allow the removal, after the sealed file is written.

    Exit 0 if it may go now, 1 if a code does not hold, 2 if the file or the journal cannot be written, 75 while the
    terminal runs.
    """
    if len(persons) != _PERSONS or len({number for number, _ in persons}) != _PERSONS:
        print("Two different technicians are needed, each with a code of their own.", file=sys.stderr)
        return 1
    clock = SystemClock()
    try:
        with hold_lock(home.lock):
            vault = open_vault(home, settings.secrets.store, settings.secrets.fallback)
            allowed = _let_in(Technicians(lambda: read_roster(vault), clock, home.codes), persons)
            if not allowed:
                return 1
            if home.root in export.resolve().parents:
                raise OSError(f"{export} would be deleted with the home; name a place that stays")
            if export.exists() or not export.parent.is_dir():
                raise OSError(f"{export} is there already, or lies in no folder that is there; name another file")
            with open_journal(home, vault, clock) as journal:
                unsent = of_citizens(journal, journal.status().acknowledged)
                body = {"technicians": [one.number for one in allowed], "unsent": unsent}
                head = journal.append(note(clock, Kind.REMOVAL_ALLOWED, body))
            if export_journal(home, settings, export, everything=False) != 0:
                print("Nothing was allowed, for what is unsent could not be written into the file.", file=sys.stderr)
                return 2
            permission = _Permission(
                boot_id=clock.boot_id(), made_mono_ms=clock.mono_ms(), made_wall_ms=clock.wall_ms(),
                head=StatedHead(epoch=head.epoch, sequence=head.sequence, hash=head.hash),
            )  # fmt: skip
            vault.put(PERMISSION, msgspec.json.encode(permission))
    except AlreadyRunning as fault:
        print(f"{fault}: stop the terminal first, so that nothing is tapped meanwhile", file=sys.stderr)
        return EX_TEMPFAIL
    except (JournalFault, VaultError, DiskFault, OSError) as fault:
        print(f"Nothing was allowed: {fault}", file=sys.stderr)
        return 2
    print(f"{unsent} entries are unsent. The removal is allowed for {PERMISSION_MS // 60_000} minutes on this machine.")
    print(f"Bring {export} to central before anything else: it is the only copy.")
    print(f"请先将 {export} 交中心导入，这是唯一的副本；{PERMISSION_MS // 60_000} 分钟内可以卸载。")
    return 0


def _let_in(gate: Technicians, persons: Sequence[tuple[str, str]]) -> list[Technician]:
    """Both, or nobody, with words on standard error."""
    found: list[Technician] = []
    for number, code in persons:
        answer = gate.check_now(number, code)
        if answer.technician is None:
            print(words_of(number, answer), file=sys.stderr)
            break
        found.append(answer.technician)
    if len(found) == len(persons):
        return found
    if found:
        print(f"The code of {found[0].number} is used up by this; wait for the next.", file=sys.stderr)
    return []


def is_allowed(home: Home, settings: Settings, journal: Journal, clock: Clock) -> bool:
    """Whether two persons allowed it a short while ago, and no citizen has done anything since."""
    kept = open_vault(home, settings.secrets.store, settings.secrets.fallback).get(PERMISSION)
    if kept is None:
        return False
    permission = msgspec.json.decode(kept, type=_Permission)
    if permission.boot_id == clock.boot_id():
        age_ms = clock.mono_ms() - permission.made_mono_ms
    elif sys.platform == "linux":
        return False  # it was another boot, or another machine
    else:
        age_ms = clock.wall_ms() - permission.made_wall_ms
    head = permission.head
    if not 0 <= age_ms < PERMISSION_MS or journal.status().head.epoch != head.epoch:
        return False
    there = journal.read(head.sequence - 1, 1)
    return bool(there) and there[0]["hash"] == head.hash and of_citizens(journal, head.sequence) == 0
