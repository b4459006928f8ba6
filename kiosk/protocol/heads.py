"""What central signs when it says how far it holds a journal: the shape, and the one text under the signature."""

import msgspec

from kiosk.core.entry import canonical


class CountersignedHead(msgspec.Struct, frozen=True, kw_only=True):
    """What central holds of one epoch of one device, signed by central. `at`: Unix ms; `signature`: Ed25519, base64."""

    device_id: str
    epoch: int
    sequence: int
    hash: str
    at: int
    signature: str


def countersigned_text(head: CountersignedHead) -> bytes:
    """The bytes under the signature: everything of the head but the signature itself."""
    covered = {
        "device_id": head.device_id,
        "epoch": head.epoch,
        "sequence": head.sequence,
        "hash": head.hash,
        "at": head.at,
    }
    return b"kiosk-head-1\n" + canonical(covered)
