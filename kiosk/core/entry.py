"""One line of the journal (流水), its canonical encoding and its place in the hash chain.

An entry is a flat record. Its hash covers every key but `hash` and `personal`, known to us or not, so a reader that is
older than the writer can still check the chain. Personal data is covered by a salted digest: wiping it leaves the
chain whole.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FORMAT = 1
GENESIS = "0" * 64
"""The `previous` of an epoch's first entry."""

_OUTSIDE_THE_HASH = frozenset({"hash", "personal"})
_LARGEST = 2**53 - 1
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class Kind:
    """The kinds of entry. A kind that is not listed here is kept by every reader and digested by none."""

    JOURNAL_BEGAN = "journal.began"
    """Body: `version`, `reason` (see `BEGAN_REASONS`), `before` (the head of the journal before, or null),
    `acknowledged` (how much of that central was known to hold, or null), `device_id` (or null)."""
    ENTRY_RECOVERED = "entry.recovered"
    """An entry of an earlier journal of this device, brought over whole. Body: `record`, its flat record. It bears the
    same entry id and visit id, and the same personal data under the same digest."""
    JOURNAL_RECOVERED = "journal.recovered"
    """Ends the bringing over. Body: `epoch`, `first`, `last`, `count`, `missing` (pairs of first and last lost)."""
    JOURNAL_PRUNED = "journal.pruned"
    """Body: `sequence`, `hash`: the countersigned place up to which entries have left the terminal."""
    CLOCK_JUMPED = "clock.jumped"
    """Body: `by_ms`: how far the wall clock moved against the monotonic one."""
    PROFILE_CHANGED = "profile.changed"
    """Body: `version`, `before`."""
    MAINTENANCE_DONE = "maintenance.done"
    """A technician did something to the journal. Body: `what`."""
    CANARY_READ_BACK = "canary.read_back"
    """Body: `asked`, `held` (rating ids), `wrong` (`rating_id`: what central has instead); `acceptance` (its run) where
    a technician's round trip was read back."""
    ACCEPTANCE_BEGAN = "acceptance.began"
    """A technician begins the round trip of the five levels on the glass. Body: `run`, `technician`."""
    ACCEPTANCE_TESTED = "acceptance.tested"
    """Something was tried at the glass. Body: `test`, `passed`, `technician`, and numbers of that test, no level."""
    ACCEPTANCE_MADE = "acceptance.made"
    """An acceptance sheet was made and signed. Body: `sha256`, `technician`."""
    MAINTENANCE_OPENED = "maintenance.opened"
    """A technician was let in by a one-time code. Body: `technician` (number), `what`, and `clock_off_s` where the
    unit's clock was found wrong by it."""
    TERMINAL_LEFT = "terminal.left"
    """A technician is about to end the program. Body: `technician` (number), `why` (see `LEAVE_REASONS`)."""
    REMOVAL_ALLOWED = "removal.allowed"
    """Two technicians allowed the terminal to be taken away though entries are unsent. Body: `technicians` (numbers),
    `unsent` (how many of citizens)."""
    DISK_FULL = "disk.full"
    """The ballast was given up. Body: `given_up` (bytes)."""
    DISK_HAS_ROOM = "disk.has_room"
    """The ballast is there again."""
    DEVICE_RETIRED = "device.retired"
    """The last entry of a device that is taken away for good. Body: `technician` (number)."""
    MENU_OPENED = "staff.menu_opened"
    """A clerk opened the staff menu on the glass. Body: `staff`."""
    NUMBER_CALLED = "number.called"
    """The next queue number was called. Body: `number`."""
    TERMINAL_STARTED = "terminal.started"
    TERMINAL_STOPPED = "terminal.stopped"
    STAFF_SIGNED_IN = "staff.signed_in"
    STAFF_SIGNED_OUT = "staff.signed_out"
    SERVICE_PAUSED = "service.paused"
    SERVICE_RESUMED = "service.resumed"
    VISIT_STARTED = "visit.started"
    VISIT_INVITED = "visit.invited"
    LEVEL_TAPPED = "visit.level_tapped"
    VISIT_ENDED = "visit.ended"
    PHONE_ASKED = "visit.phone_asked"
    """The citizen asked for the code by which a phone may rate: no link is older than this. Body: empty."""
    PHONE_VOUCHED = "phone.vouched"
    """Central holds a phone's rating of a visit whose end does not name it. Body: `rating_id`, `digest`, `flags`, as in
    the end of a visit that was handed to the phone. An older central keeps it and digests nothing; a newer one joins
    it to its rating whenever it came."""
    RECEIPT_ADDITION = "receipt.addition"
    """Someone with a receipt added a word. Body: `receipt`. Personal: `words`."""
    RECEIPT_WITHDRAWAL = "receipt.withdrawal"
    """Someone with a receipt withdrew that rating. Body: `receipt`. Personal: `words`, if any."""


BEGAN_REASONS = (
    "first",  #         this home never had a journal
    "unreadable",  #    the file is no database under this key
    "damaged",  #       the file opens, and does not hold: its pages, its schema, its chain
    "older",  #         the file is older than the high-water mark kept apart from it: a copy put back, commits lost
    "missing",  #       the file is gone, and the high-water mark says there was one
    "key_lost",  #      the key store does not give the key any more
    "rewound",  #       central's countersigned head lies beyond this journal
    "equivocation",  #  central holds another entry at the same place
    "foreign",  #       central knows this journal as another device's
)
"""Why a journal was begun. Central takes every other word as it is."""


@dataclass(frozen=True, slots=True)
class Head:
    """(epoch, sequence, hash) of the newest entry. Sequence 0 with GENESIS stands for an empty epoch.

    The epoch names one journal of one device: the microsecond since 1970 (by the device's own clock) at which that
    journal was begun. It is a name, not a time: compare for equality, and order only as a hint.
    """

    epoch: int
    sequence: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Personal:
    """What identifies a citizen, kept beside the chain: a random salt (hex) and the fields themselves."""

    salt: str
    fields: Mapping[str, str]

    def digest(self) -> str:
        """SHA-256 over salt and fields, hex; this is what the chain covers."""
        return hashlib.sha256(b"kiosk-personal-1\n" + canonical({"salt": self.salt, **self.fields})).hexdigest()


@dataclass(frozen=True, slots=True)
class Draft:
    """What happened, before it has a place. `wall_ms`: Unix ms; `mono_ms`: monotonic ms of boot `boot_id`."""

    entry_id: str
    kind: str
    wall_ms: int
    mono_ms: int
    boot_id: str
    visit_id: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    personal: Personal | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A draft with its place: sequence counts from 1 in its epoch, `previous` is the hash before; hashes are hex."""

    epoch: int
    sequence: int
    previous: str
    hash: str
    draft: Draft
    personal_digest: str | None

    @property
    def head(self) -> Head:
        """The head of a journal that ends here."""
        return Head(self.epoch, self.sequence, self.hash)

    def record(self) -> dict[str, Any]:
        """The flat record as it is stored and sent, without personal data."""
        return {
            **_chained(self.draft, self.epoch, self.sequence, self.previous, self.personal_digest),
            "hash": self.hash,
        }


def seal(draft: Draft, head: Head) -> Entry:
    """Give a draft the place after `head`."""
    digest = draft.personal.digest() if draft.personal else None
    record = _chained(draft, head.epoch, head.sequence + 1, head.hash, digest)
    return Entry(head.epoch, head.sequence + 1, head.hash, record_hash(record), draft, digest)


def _chained(draft: Draft, epoch: int, sequence: int, previous: str, digest: str | None) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "epoch": epoch,
        "sequence": sequence,
        "previous": previous,
        "entry_id": draft.entry_id,
        "kind": draft.kind,
        "visit_id": draft.visit_id,
        "wall_ms": draft.wall_ms,
        "mono_ms": draft.mono_ms,
        "boot_id": draft.boot_id,
        "body": dict(draft.body),
        "personal_digest": digest,
    }


def record_hash(record: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the canonical encoding of everything but `hash` and `personal`, unknown keys included."""
    covered = {key: value for key, value in record.items() if key not in _OUTSIDE_THE_HASH}
    return hashlib.sha256(b"kiosk-entry-1\n" + canonical(covered)).hexdigest()


def chain_fault(record: Mapping[str, Any], before: Head) -> str | None:
    """Why this record does not follow `before`, or None if it does.

    One of `wrong_epoch`, `gap`, `broken_link`, `altered`, `altered_personal`.
    """
    if record.get("epoch") != before.epoch:
        return "wrong_epoch"
    if record.get("sequence") != before.sequence + 1:
        return "gap"
    if record.get("previous") != before.hash:
        return "broken_link"
    return content_fault(record)


def content_fault(record: Mapping[str, Any]) -> str | None:
    """Why this record's own hash or personal digest does not hold, or None. Looks at no neighbour."""
    try:
        if record.get("hash") != record_hash(record):
            return "altered"
        personal = record.get("personal")
        if personal is not None:
            fields = {key: value for key, value in personal.items() if key != "salt"}
            if Personal(personal["salt"], fields).digest() != record.get("personal_digest"):
                return "altered_personal"
    except (AttributeError, KeyError, TypeError, ValueError):
        return "altered"
    return None


def canonical(value: Any) -> bytes:
    """The one encoding that is hashed: RFC 8785 (JCS), restricted to strings, booleans, null, lists, objects with ASCII
    keys, and integers within 2**53.

    Raises ValueError for anything else: a float, a larger integer, a lone surrogate.
    """
    _restrict(value)
    return _ENCODER.encode(value).encode("utf-8")


def _restrict(value: Any) -> None:
    """Raise ValueError unless the value has a canonical form. Called for every entry that is checked: kept quick, so
    that only lists and objects within cost a call."""
    if isinstance(value, dict):
        for key in value:
            if not (isinstance(key, str) and key.isascii()):
                raise ValueError(f"not a canonical key: {key!r}")
        items: Any = value.values()
    elif isinstance(value, list | tuple):
        items = value
    else:
        items = (value,)
    for item in items:
        kind = type(item)
        if kind is str or item is None or kind is bool:
            continue
        if isinstance(item, int):
            if not -_LARGEST <= item <= _LARGEST:
                raise ValueError(f"not a canonical value: {item}")
        elif isinstance(item, dict | list | tuple):
            _restrict(item)
        elif not isinstance(item, str):
            raise ValueError(f"not a canonical value: {kind.__name__}")
