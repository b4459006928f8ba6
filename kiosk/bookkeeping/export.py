"""`kiosk journal export`: what central is not known to have, sealed for the hall alone, as a file that travels by hand.

For stations without a line. Nothing leaves the journal by it: only central's own answer moves the position.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.bookkeeping.looking import BROKEN, OK, NoJournal, cannot, look_at_journal
from kiosk.bookkeeping.verification import show_progress
from kiosk.device.clock import SystemClock
from kiosk.device.files import create_file
from kiosk.device.identity import DEVICE_KEY, Identity, IdentityBroken, read_identity
from kiosk.device.paths import Home
from kiosk.device.secrets import VaultError, open_vault
from kiosk.device.settings import Settings
from kiosk.journal.connection import DiskFault, JournalDamaged, JournalFault
from kiosk.journal.store import Journal
from kiosk.protocol.export import FILE_LIMIT
from kiosk.sealed_key import raw_key
from kiosk.sync.sealing import Sender, seal_export

_STEP = 500


class NotExported(Exception):
    """There is no file; the message says why and what to do."""


def export_journal(home: Home, settings: Settings, target: Path, everything: bool) -> int:
    """Write the file. `everything`: what central already has, too, as far as it has not left.

    Exit 0 if it is written or there is nothing to write, 1 if the journal does not hold, 2 if it cannot be exported.
    """
    try:
        if target.exists():
            raise NotExported(f"{target} is there already; name another file")
        if not target.parent.is_dir():
            raise NotExported(f"there is no folder {target.parent}; make it, or name another file")
        identity = _known(home)
        key = open_vault(home, settings.secrets.store, settings.secrets.fallback).get(DEVICE_KEY)
        if key is None:
            raise NotExported("this terminal's key is not in the key store; enrol it again")
        recipient = raw_key(identity.recovery_key)
        with look_at_journal(home, settings) as journal:
            status = journal.status()
            after = 0 if everything else status.acknowledged
            if after == status.head.sequence:
                print(f"central has everything, up to {after}; there is nothing to export")
                return OK
            sender = Sender(identity.device_id, identity.key_id, status.head, SystemClock().wall_ms())
            data = seal_export(_records(journal, after, status.head.sequence), sender, key, recipient)
        if len(data) > FILE_LIMIT:
            raise NotExported(f"the file would have {len(data):,} bytes; central takes {FILE_LIMIT:,} at once")
        if not create_file(target, data):
            raise NotExported(f"{target} is there already; name another file")
    except JournalDamaged as fault:
        print(f"not exported: the journal does not hold at entry {fault.sequence} ({fault})")
        print(
            "start the terminal: it sets the file aside, begins a new journal and brings over what holds; then export"
        )
        return BROKEN
    except (NotExported, NoJournal, JournalFault, VaultError, DiskFault, IdentityBroken, OSError, ValueError) as fault:
        return cannot(fault, "not exported, and nothing was changed")
    print(f"{target}: entries {after + 1} to {status.head.sequence} of epoch {status.head.epoch}, {len(data):,} bytes")
    print("only the hall can read it: hand it to whoever runs central (`kiosk central --data DIR --import FILE`)")
    print("nothing was taken from the journal; importing the file twice does no harm")
    return OK


def _known(home: Home) -> Identity:
    identity = read_identity(home)
    if identity is None:
        raise NotExported("this terminal is not enrolled, so central would not know whose journal it is")
    if not identity.recovery_key:
        raise NotExported(
            f"the hall's recovery key is not known here: put what `GET {identity.central_url}/api/v1/keys` says as "
            f"recovery_key and central_key into {home.identity}"
        )
    return identity


def _records(journal: Journal, after: int, last: int) -> Iterator[dict[str, Any]]:
    """Each as the chain vouches for it. Raises JournalDamaged."""
    while after < last:
        records = journal.read(after, min(_STEP, last - after))
        yield from records
        after = records[-1]["sequence"]
        show_progress(after)
