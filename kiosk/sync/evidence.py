"""Weighs what central has countersigned against our own journal.

Invariant: nothing here follows from a word that central has not signed, but for `foreign`, which central says of a
journal that it cannot countersign for us; and nothing is an acknowledgement that its head does not bear out. A person
must look then: it is an attack, or central's key is another one than at enrolment.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.core.entry import Head
from kiosk.protocol.heads import CountersignedHead, countersigned_text
from kiosk.sync.outcome import Beaten, BeginAnew, Outcome, Stop, Taken

OwnHash = Callable[[int], str | None]
"""The hash of our own entry at a sequence, GENESIS at 0; None where the journal does not hold it (any more)."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Whom to believe, and of whom: central's raw Ed25519 public key, and our own device id."""

    device_id: str
    key: bytes

    def fault(self, head: CountersignedHead) -> str | None:
        """Why central did not say this of us, or None if it did."""
        import base64

        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if head.device_id != self.device_id:
            return "it is about another device"
        try:
            signature = base64.b64decode(head.signature, validate=True)
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, countersigned_text(head))
        except (InvalidSignature, ValueError):
            return "its signature is not that of this terminal's central"
        return None


def weigh(outcome: Outcome, witness: Witness, own: Head, own_hash: OwnHash) -> Outcome:
    """The outcome as far as central's signature bears it out, or what the signature proves instead. `own`: our head."""
    match outcome:
        case Taken(_, receipt, _):
            fault = _fault(receipt.head, witness, own.epoch, receipt.acknowledged)
            if receipt.head is None or fault is not None:
                return Stop("signature", f"the receipt's head does not hold: {fault}", "this")
            return _against(receipt.head, own, own_hash) or outcome
        case Beaten(answer):
            for head, epoch in ((answer.head, own.epoch), (answer.newest, None)):
                if head is not None and (fault := _fault(head, witness, epoch, None)) is not None:
                    return Stop("signature", f"the heartbeat's answer does not hold: {fault}", "this")
            return _of_heartbeat(outcome, own, own_hash)
        case Stop("equivocation", head=head) if head is not None:
            if _fault(head, witness, own.epoch, None) is not None:
                return outcome
            found = _against(head, own, own_hash)
            return found if found is not None and found.reason == "equivocation" else outcome
        case Stop("foreign", why):
            return BeginAnew("foreign", why)
        case _:
            return outcome


def _of_heartbeat(beaten: Beaten, own: Head, own_hash: OwnHash) -> Outcome:
    answer = beaten.answer
    if answer.head is not None and (found := _against(answer.head, own, own_hash)) is not None:
        return found
    newest = answer.newest
    # Of an epoch that central knows already; one that it has not seen yet may well bear a smaller name, by a clock
    # that was put right.
    if newest is not None and newest.epoch > own.epoch and answer.head is not None and answer.head.sequence > 0:
        words = f"central has seen journal {newest.epoch} of this device, and this disk holds the older {own.epoch}"
        return BeginAnew("rewound", words)
    return beaten


def _fault(head: CountersignedHead | None, witness: Witness, epoch: int | None, sequence: int | None) -> str | None:
    if head is None:
        return "there is none"
    if epoch is not None and head.epoch != epoch:
        return "it is about another epoch"
    if sequence is not None and head.sequence != sequence:
        return "it is about another place than is acknowledged"
    return witness.fault(head)


def _against(head: CountersignedHead, own: Head, own_hash: OwnHash) -> BeginAnew | None:
    """What a countersigned head of our epoch proves against our journal, if anything."""
    if head.sequence > own.sequence:
        words = f"central has countersigned {head.sequence} entries of this journal, which ends at {own.sequence}"
        return BeginAnew("rewound", words)
    if own_hash(head.sequence) not in (None, head.hash):
        words = f"central has countersigned another entry {head.sequence} than this journal has there"
        return BeginAnew("equivocation", words)
    return None
