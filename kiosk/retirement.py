"""`kiosk retire`: the last entry of a terminal that is taken away for good, brought to central before it goes.

Central takes a journal that stops for an alarm unless this entry ends it.
"""

import sys
import threading

from kiosk.core.entry import Kind
from kiosk.custody import note
from kiosk.delivery import Delivery, DeliveryImpossible, Listener, open_exchange, pace_of, witness_of
from kiosk.device.clock import SystemClock
from kiosk.device.identity import IdentityBroken, read_identity
from kiosk.device.instance import AlreadyRunning, hold_lock
from kiosk.device.paths import Home
from kiosk.device.secrets import VaultError
from kiosk.device.settings import Settings
from kiosk.journal.connection import DiskFault, JournalFault
from kiosk.journal.store import Journal
from kiosk.removal import check_removal
from kiosk.roster import read_roster
from kiosk.safekeeping import Alarmed, Safekeeping
from kiosk.sync.ports import LiveState
from kiosk.technicians import Technicians, words_of

DONE, NOT_LET_IN, FAILED, EX_UNAVAILABLE, EX_TEMPFAIL = 0, 1, 2, 69, 75
PATIENCE_S = 90.0


def retire(home: Home, settings: Settings, number: str, code: str, patience_s: float = PATIENCE_S) -> int:
    """Retire this terminal, for this technician with this code.

    Exit 0 once central has its last entry, 1 if the code does not hold or something is unsent, 2 if the journal cannot
    be written, 69 if central was not reached (then once more, with another code), 75 while the terminal runs.
    """
    try:
        with hold_lock(home.lock):
            if check_removal(home, settings) != 0:
                return NOT_LET_IN
            return _retire(home, settings, number, code, patience_s)
    except AlreadyRunning as fault:
        print(f"{fault}: stop the terminal first", file=sys.stderr)
        return EX_TEMPFAIL
    except (JournalFault, VaultError, DiskFault, IdentityBroken, DeliveryImpossible, OSError) as fault:
        print(f"not retired: {fault}", file=sys.stderr)
        return FAILED


def _retire(home: Home, settings: Settings, number: str, code: str, patience_s: float) -> int:
    identity = read_identity(home)
    if identity is None:
        print("this terminal is not enrolled; there is nobody to tell", file=sys.stderr)
        return NOT_LET_IN
    clock = SystemClock()
    trouble: list[str] = []
    alarmed = Alarmed(lambda: None, lambda: None, lambda _code, words: trouble.append(words) if words else None)
    keeping = Safekeeping(home, settings.secrets, clock, alarmed)
    keeping.lane.start()
    try:
        keeping.lane.status().result(patience_s)  # the journal is open, and the vault with it
        vault = keeping.vault
        assert vault is not None
        answer = Technicians(lambda: read_roster(vault), clock, home.codes).check_now(number, code)
        if answer.technician is None:
            print(words_of(number, answer), file=sys.stderr)
            return NOT_LET_IN
        if keeping.lane.call(_newest_kind).result(patience_s) != Kind.DEVICE_RETIRED:
            keeping.lane.append(note(clock, Kind.DEVICE_RETIRED, {"technician": answer.technician.number})).result(
                patience_s
            )
        arrived = threading.Event()
        listener = Listener(arrived.set, lambda _text: None, lambda _c, words: trouble.append(words) if words else None)
        witness = keeping.witness = witness_of(identity)
        delivery = Delivery(
            open_exchange(settings, identity, vault), keeping.lane, clock, pace_of(settings, identity),
            lambda: LiveState("", "closed"), listener, witness,
        )  # fmt: skip
        delivery.start()
        try:
            return _await(keeping, arrived, clock, patience_s, trouble)
        finally:
            delivery.close()
    finally:
        keeping.lane.close()


def _await(
    keeping: Safekeeping, arrived: threading.Event, clock: SystemClock, patience_s: float, trouble: list[str]
) -> int:
    end_ms = clock.mono_ms() + int(patience_s * 1000)
    while keeping.lane.status().result(patience_s).unsent:
        left_s = (end_ms - clock.mono_ms()) / 1000
        if left_s <= 0 or not arrived.wait(left_s):
            why = f" ({trouble[-1]})" if trouble else ""
            print(f"the last entry is written, and central does not have it yet{why}.", file=sys.stderr)
            print("Run this again, with another code, once there is a line.", file=sys.stderr)
            return EX_UNAVAILABLE
        arrived.clear()
    print("retired: central has the last entry of this terminal. It may be taken away now. 已停用，可以撤下。")
    return DONE


def _newest_kind(journal: Journal) -> str:
    status = journal.status()
    records = journal.read(status.head.sequence - 1, 1)
    return str(records[0]["kind"]) if records else ""
