"""What stands on an acceptance sheet, as values without words, and the digest of it that its QR code bears.

Nothing of a citizen is on it: no rating, no level, no comment.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from kiosk.core.entry import canonical


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """One of the doctor's findings, in the sheet's language."""

    check: str
    result: str
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class TriedItem:
    """One test at the glass: which, whether it passed, when (local `YYYY-MM-DD HH:MM`), by whom, and its numbers."""

    test: str
    passed: bool
    at: str
    technician: str
    numbers: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One acceptance sheet. `hardware` and `versions`: by name; `made_at`: local `YYYY-MM-DD HH:MM`."""

    language: str
    hall: str
    window: str
    device_id: str
    key_id: str
    central: str
    technician: str
    made_at: str
    hardware: Mapping[str, str]
    versions: Mapping[str, str]
    checks: tuple[CheckedItem, ...]
    tests: tuple[TriedItem, ...]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over all of it, as `kiosk.core.entry.canonical` writes it."""
        return hashlib.sha256(b"kiosk-acceptance-contents-1\n" + canonical(asdict(self))).hexdigest()

    @property
    def code(self) -> str:
        """What the QR code says."""
        return f"KA1;{self.device_id};{self.digest}"

    @property
    def passed(self) -> bool:
        """No check failed, and each of the three tests was made and passed."""
        done = {one.test for one in self.tests if one.passed}
        return done >= {"touch", "speaker", "round_trip"} and all(one.result != "failed" for one in self.checks)


def signed_text(device_id: str, key_id: str, sha256: str, signed_at: str) -> bytes:
    """What the unit's key signs of a sheet: who it is and the digest of the PDF's bytes."""
    said = {"device_id": device_id, "key_id": key_id, "sha256": sha256, "signed_at": signed_at}
    return b"kiosk-acceptance-1\n" + canonical(said)
