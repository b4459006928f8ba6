"""`kiosk removal check`: may this terminal be taken away? Only what central has may go with it.

Asked by the package before it removes anything (RELIABILITY, PEERS: "removal guarded while ratings are unsent").
"""

import sys

from kiosk.bookkeeping.looking import NoJournal, look_at_journal
from kiosk.device.paths import Home
from kiosk.device.secrets import VaultError
from kiosk.device.settings import Settings
from kiosk.journal.connection import DiskFault, JournalFault

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
            unsent = journal.status().unsent
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
