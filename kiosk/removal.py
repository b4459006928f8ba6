"""`kiosk removal check`: may this terminal be taken away? What a citizen did must be with central before.

Asked by the package before it removes anything (RELIABILITY, PEERS: "removal guarded while ratings are unsent"). That
the program started or stopped may go unsent: it stops in order to be removed, and nobody is left to send that.
"""

import sys

from kiosk.bookkeeping.looking import NoJournal, look_at_journal
from kiosk.core.entry import Kind
from kiosk.device.paths import Home
from kiosk.device.secrets import VaultError
from kiosk.device.settings import Settings
from kiosk.journal.connection import DiskFault, JournalFault
from kiosk.journal.store import Journal

_STEP = 500
_OF_THE_PROGRAM = {
    Kind.JOURNAL_BEGAN, Kind.TERMINAL_STARTED, Kind.TERMINAL_STOPPED, Kind.CLOCK_JUMPED, Kind.PROFILE_CHANGED,
    Kind.DISK_FULL, Kind.DISK_HAS_ROOM, Kind.STAFF_SIGNED_IN, Kind.STAFF_SIGNED_OUT, Kind.MENU_OPENED,
    Kind.NUMBER_CALLED, Kind.SERVICE_PAUSED, Kind.SERVICE_RESUMED,
}  # fmt: skip
_WHAT_TO_DO = """\
What to do: let the terminal run with a line to central until `kiosk journal status` says that nothing is unsent,
or carry it by hand: `kiosk journal export FILE`, bring FILE to central (`kiosk central --import FILE`), and start
the terminal once more so that central can tell it.
还有评价未送达中心，不能卸载。请保持网络畅通直至全部送达，或用 kiosk journal export 导出后交中心导入。"""


def check_removal(home: Home, settings: Settings) -> int:
    """0 if nothing would be lost, 1 with words on standard error if something would."""
    waiting = sorted(path.name for path in home.quarantine.iterdir())
    if waiting:
        print(f"Journals that were set aside lie in {home.quarantine}: {', '.join(waiting)}.", file=sys.stderr)
        print("Bring them over first: `kiosk journal recover`, then move the folder to the hall.", file=sys.stderr)
        return 1
    try:
        with look_at_journal(home, settings) as journal:
            unsent = _of_citizens(journal)
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


def _of_citizens(journal: Journal) -> int:
    """How many unsent entries are not of the program alone."""
    after, found = journal.status().acknowledged, 0
    while records := journal.read(after, _STEP):
        found += sum(record["kind"] not in _OF_THE_PROGRAM for record in records)
        after = records[-1]["sequence"]
    return found
