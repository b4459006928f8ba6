"""`kiosk journal verify`: whether the journal holds, by its own chain, by the mark kept apart from it, and by the head
that central countersigned. Trusts nothing but the hashes and the key it is given.
"""

import sys
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from kiosk.bookkeeping.looking import BROKEN, OK, NoJournal, cannot, look_at_journal
from kiosk.core.entry import Head, Kind
from kiosk.core.receipt import normalise, receipt_code
from kiosk.core.situation import Outcome
from kiosk.delivery import DeliveryImpossible, witness_of
from kiosk.device.identity import Identity, IdentityBroken, read_identity
from kiosk.device.paths import Home
from kiosk.device.secrets import VaultError
from kiosk.device.settings import Settings
from kiosk.journal.connection import DiskFault, JournalDamaged, JournalFault
from kiosk.journal.mark import Mark, read_mark
from kiosk.journal.past import unwrapped
from kiosk.journal.store import CENTRAL, ChainReport, Journal
from kiosk.protocol.central import JournalReceipt
from kiosk.protocol.heads import CountersignedHead
from kiosk.sync.evidence import Witness

_STEP = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What else to check. `central_key`: base64, instead of the one kept at enrolment; `receipt`: as a person types it;
    both empty if not wanted."""

    central_key: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """`countersigned`: central's signed head; `countersign_fault`: why it does not agree, or why there is none.
    `receipt_at`: the place of the receipt's entry; None where none was asked for, 0 where no entry has it."""

    chain: ChainReport
    countersigned: CountersignedHead | None
    countersign_fault: str | None
    receipt_at: int | None

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the journal. A station that never had a line has nothing countersigned."""
        agreed = self.countersigned is None or self.countersign_fault is None
        return self.chain.fault is None and agreed and self.receipt_at != 0


def print_verification(home: Home, settings: Settings, asked: Asked, as_json: bool) -> int:
    """Exit 0 if everything holds, 1 if something does not, 2 if the journal cannot be looked at."""
    receipt = normalise(asked.receipt)
    if asked.receipt and receipt is None:
        return cannot(NoJournal(f"{asked.receipt!r} cannot be a receipt: its length, letters or check do not hold"))
    try:
        witness, mark = _witness(home, asked.central_key), read_mark(home.mark)  # before the copy, which may be newer
        with look_at_journal(home, settings) as journal:
            found = verify(journal, mark, witness, receipt, show_progress)
    except (NoJournal, JournalFault, VaultError, DiskFault, IdentityBroken, DeliveryImpossible, OSError) as fault:
        return cannot(fault)
    print(msgspec.json.encode(_as_record(found)).decode() if as_json else _in_words(found, asked.receipt))
    return OK if found.holds else BROKEN


def verify(
    journal: Journal, mark: Mark | None, witness: Witness | None, receipt: str | None, progress: Any
) -> Verification:
    """Everything that can be known of this journal on this machine. Raises JournalFault, DiskFault."""
    chain = _against_mark(journal.verify(progress), journal, mark)
    head = _countersigned(journal)
    fault = _countersign_fault(journal, head, witness)
    return Verification(chain, head, fault, None if receipt is None else _place_of(journal, receipt))


def verdict(report: ChainReport) -> str:
    """The outcome for a person, as far as the chain goes."""
    if report.fault is None:
        return f"the chain holds: {report.entries} entries, ending at {report.head.sequence} {report.head.hash}"
    if report.fault == "older":
        return (
            f"the chain holds, and ends at {report.head.sequence}; entry {report.sequence} was answered for, and this "
            "file is older than that. Keep it and start the terminal: it sets the file aside and tells central"
        )
    return (
        f"the chain is broken at entry {report.sequence} ({report.fault}); the {report.entries} before it hold. "
        "Nothing was changed. Keep the file and tell the hall's supervisor"
    )


def show_progress(done: int) -> None:
    """On a terminal, so that long work is seen to go on."""
    if sys.stderr.isatty():
        print(f"\r{done} entries checked", end="", file=sys.stderr, flush=True)


def _witness(home: Home, central_key: str) -> Witness | None:
    """Whom to believe; None where nobody's key is known. Raises IdentityBroken, DeliveryImpossible, NoJournal."""
    identity: Identity | None = read_identity(home)
    if identity is None:
        return None
    try:
        return witness_of(msgspec.structs.replace(identity, central_key=central_key or identity.central_key))
    except DeliveryImpossible as fault:
        if not central_key:
            raise
        raise NoJournal(f"{central_key!r} is no key of a central; `GET /api/v1/keys` of central gives it") from fault


def _against_mark(report: ChainReport, journal: Journal, mark: Mark | None) -> ChainReport:
    """The report, and `older` where the journal holds less than it once answered for."""
    if report.fault is not None or mark is None or mark.head.sequence == 0:
        return report
    ours = mark.head.epoch == report.head.epoch and mark.head.sequence <= report.head.sequence
    if ours and journal.hash_at(mark.head.sequence) in (mark.head.hash, None):
        return report
    return replace(report, fault="older", sequence=mark.head.sequence)


def _countersigned(journal: Journal) -> CountersignedHead | None:
    try:
        return msgspec.json.decode(journal.answer_of(CENTRAL), type=JournalReceipt).head
    except msgspec.MsgspecError:
        return None


def _countersign_fault(journal: Journal, head: CountersignedHead | None, witness: Witness | None) -> str | None:
    if head is None:
        return "central has countersigned nothing of this journal yet"
    if witness is None:
        return "central's key is not known here; name it with --central-key"
    if (fault := witness.fault(head)) is not None:
        return fault
    own: Head = journal.head()
    if head.epoch != own.epoch or head.sequence > own.sequence:
        return f"central holds {head.epoch}/{head.sequence}, and this journal ends at {own.epoch}/{own.sequence}"
    if journal.hash_at(head.sequence) not in (head.hash, None):  # None: it has left, behind its checkpoint
        return f"at {head.sequence} this journal has another entry than central"
    return None


def _place_of(journal: Journal, receipt: str) -> int:
    """The sequence of the entry from whose hash this receipt was cut; 0 if there is none."""
    after = 0
    try:
        while records := journal.read(after, _STEP):
            for record in records:
                entry = unwrapped(record)
                rated = entry["kind"] == Kind.VISIT_ENDED and entry["body"].get("outcome") == Outcome.RATED
                if rated and receipt_code(entry["hash"]) == receipt:
                    return int(record["sequence"])
            after = records[-1]["sequence"]
    except JournalDamaged:
        pass  # the walk over the chain has said so, and where
    return 0


def _as_record(found: Verification) -> dict[str, Any]:
    """The stable JSON of `kiosk journal verify --json`."""
    report, head = found.chain, found.countersigned
    return {
        "entries": report.entries,
        "head": {"epoch": report.head.epoch, "sequence": report.head.sequence, "hash": report.head.hash},
        "fault": report.fault,
        "sequence": report.sequence,
        "countersigned": None if head is None else msgspec.to_builtins(head),
        "countersign_fault": found.countersign_fault,
        "receipt_at": found.receipt_at,
    }


def _in_words(found: Verification, receipt: str) -> str:
    lines = [verdict(found.chain)]
    if found.countersigned is None or found.countersign_fault is not None:
        lines.append(f"central: {found.countersign_fault}")
    else:
        head = found.countersigned
        lines.append(f"central: countersigned {head.sequence} {head.hash}, and this journal has the same there")
    if found.receipt_at is not None:
        place = f"entry {found.receipt_at} of epoch {found.chain.head.epoch}" if found.receipt_at else "no entry here"
        lines.append(f"receipt: {receipt} is {place}")
    return "\n".join(lines)
