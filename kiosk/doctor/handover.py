"""The checks of what is handed over: who may open the unit's page, what was tried at the glass, what holds it."""

from collections.abc import Iterator

from kiosk.acceptance_book import read_book
from kiosk.device.secrets import VaultError
from kiosk.doctor.finding import Note, ok, warning
from kiosk.doctor.patient import Patient, command_line
from kiosk.roster import read_roster

TESTS = ("touch", "speaker", "round_trip")
SESSION = "cage"
_ANCESTORS = 8


def technicians(patient: Patient) -> Iterator[Note]:
    """Whether anybody can be let in at the glass, where there may be no keyboard and no network."""
    if patient.vault is None or patient.identity is None:
        return
    try:
        known = read_roster(patient.vault).technicians
    except (VaultError, OSError) as fault:
        yield warning("technicians.unreadable", fault=fault)
        return
    yield ok("technicians.ok", count=len(known)) if known else warning("technicians.none")


def acceptance(patient: Patient) -> Iterator[Note]:
    """Whether glass, loudspeaker and the five levels were tried here by hand, and how that went."""
    try:
        book = read_book(patient.home)
    except (OSError, ValueError) as fault:
        yield warning("acceptance.unread", fault=fault)
        return
    failed = [test for test in TESTS if test in book and not book[test].passed]
    untried = [test for test in TESTS if test not in book]
    if failed:
        yield warning("acceptance.failed", tests=", ".join(failed))
    elif untried:
        yield warning("acceptance.untried", tests=", ".join(untried))
    else:
        yield ok("acceptance.ok")


def lock_down(patient: Patient) -> Iterator[Note]:
    """Whether a session of its own holds the terminal, out of which no key and no gesture leads; asked of a terminal
    that runs on Linux, where its ancestors tell."""
    pid = patient.running.pid
    if patient.system.platform != "linux" or not pid:
        return
    for _ in range(_ANCESTORS):
        status = patient.system.read(f"/proc/{pid}/status") or ""
        found = [line.split()[1] for line in status.splitlines() if line.startswith("PPid:")]
        if not found or int(found[0]) <= 1:
            break
        pid = int(found[0])
        if command_line(patient.system, pid)[:1] and command_line(patient.system, pid)[0].rpartition("/")[2] == SESSION:
            yield ok("lock_down.ok", session=SESSION)
            return
    yield warning("lock_down.none", session=SESSION)
