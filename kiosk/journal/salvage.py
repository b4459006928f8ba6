"""What a journal in quarantine still gives: entries whose own hash holds, whatever became of the file around them.

Invariant: the record's hash is the judge, not the file; what central is not known to hold is either found or named as
missing, and nothing of what was set aside is changed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from kiosk.core.entry import Kind, content_fault
from kiosk.journal.connection import JournalDamaged
from kiosk.journal.mark import Mark
from kiosk.journal.pages import PageFile, Row
from kiosk.journal.past import GROUPS, unwrapped
from kiosk.journal.rows import record_of

CENTRAL = "central"
_ENTRY_COLUMNS = 8
Record = dict[str, Any]
"""A flat record, with `personal` where that is still held and holds."""


@dataclass(frozen=True, slots=True)
class Findings:
    """`records`: to be brought over, in order, unwrapped. `epoch`, `first`, `last`: of the file's own entries among
    them; `missing` by epoch: pairs of first and last. `readable`: whether any page held under the key."""

    records: tuple[Record, ...]
    epoch: int | None
    first: int | None
    last: int | None
    missing: dict[int, tuple[tuple[int, int], ...]]
    readable: bool


@dataclass(slots=True)
class _Seen:
    """The rows that are of use, as they come: entries by sequence and hash, the position, what a checkpoint keeps."""

    entries: dict[int, dict[str, tuple[Any, ...]]] = field(default_factory=dict)
    acknowledged: int = 0
    pruned: int = 0
    kept: str = "[]"

    def take(self, row: Row) -> None:
        sequence, values = row
        match values:
            case [_, str(), str(), str() | None, int(), str(digest), str(), str() | None] if sequence > 0:
                known = self.entries.setdefault(sequence, {})
                held = known.get(digest)
                if held is None or held[7] is None:  # personal data that an older page still has is the better version
                    known[digest] = (sequence, *values[1:])
            case [str(name), int(acknowledged), bytes() | None] if name == CENTRAL:
                self.acknowledged = max(self.acknowledged, acknowledged)
            case [_, int(last), str(), int(), bytes(), str(kept)] if last > self.pruned:
                self.pruned, self.kept = last, kept


def salvage(database: Path, log: Path, key: bytes, mark: Mark | None) -> Findings:
    """Read what can be read. Raises OSError."""
    seen = _Seen()
    file = PageFile(database, log, key)
    for row in file.rows():
        seen.take(row)
    own = {sequence: found for sequence in seen.entries if (found := _judged(seen, sequence, mark))}
    epochs = [record["epoch"] for found in own.values() for record in found]
    epoch = max(set(epochs), key=epochs.count, default=None)
    own = {
        sequence: mine
        for sequence, found in sorted(own.items())
        if (mine := [record for record in found if record["epoch"] == epoch])
    }
    known = seen.acknowledged
    marked = mark is not None and mark.head.epoch == epoch
    if mark is not None and marked:
        known = max(known, mark.acknowledged)
    over = {sequence: found for sequence, found in own.items() if sequence > known}
    missing: dict[int, tuple[tuple[int, int], ...]] = {}
    if mark is not None and not marked:
        missing[mark.head.epoch] = _ranges(range(mark.acknowledged + 1, mark.head.sequence + 1))
    if epoch is not None:
        top = max(max(own), mark.head.sequence if mark is not None and marked else 0)
        missing[epoch] = _ranges(sequence for sequence in range(known + 1, top + 1) if sequence not in own)
    facts = (_wiped(record) if record["sequence"] <= known else record for record in _facts(own, seen.kept))
    wanted = [*facts, *(record for found in over.values() for record in found)]
    return Findings(
        tuple(_once(unwrapped_whole(record) for record in wanted)),
        epoch, min(over, default=None), max(over, default=None), missing, file.readable > 0,
    )  # fmt: skip


def every_record(database: Path, log: Path, key: bytes) -> list[Record]:
    """Every record that holds, in order, as it stands in the file; none where the key is another's. Raises OSError."""
    seen = _Seen()
    for row in PageFile(database, log, key).rows():
        seen.take(row)
    return [record for sequence in sorted(seen.entries) for record in _judged(seen, sequence, None)]


def unwrapped_whole(record: Record) -> Record:
    """The entry itself, with what is still held of a citizen."""
    inner = unwrapped(record)
    if inner is record or "personal" not in record:
        return inner
    return {**inner, "personal": record["personal"]}


def _judged(seen: _Seen, sequence: int, mark: Mark | None) -> list[Record]:
    """What of the versions of one place holds. Where several do (a commit that failed, then another entry there), the
    one that the next links to, or that was answered for; all of them where that is not to be told."""
    found = [record for row in seen.entries[sequence].values() if (record := _held(row)) is not None]
    if len(found) < 2:
        return found
    following = {
        record["previous"] for row in seen.entries.get(sequence + 1, {}).values() if (record := _held(row)) is not None
    }
    if mark is not None and mark.head.sequence == sequence:
        following.add(mark.head.hash)
    return [record for record in found if record["hash"] in following] or found


def _held(row: tuple[Any, ...]) -> Record | None:
    try:
        record = record_of(row)
    except JournalDamaged:
        return None
    if record.get("sequence") != row[0] or not _is_formed(record):
        return None
    fault = content_fault(record)
    if fault == "altered_personal":
        del record["personal"]
        fault = content_fault(record)
    if fault is None and record["kind"] == Kind.ENTRY_RECOVERED:
        inner = record["body"].get("record")
        if not isinstance(inner, dict) or not _is_formed(inner) or content_fault(inner) is not None:
            return None
    return record if fault is None else None


def _is_formed(record: Record) -> bool:
    match record:
        case {
            "epoch": int(), "sequence": int(), "previous": str(), "hash": str(), "entry_id": str(), "kind": str(),
            "visit_id": str() | None, "wall_ms": int(), "mono_ms": int(), "boot_id": str(), "body": dict(),
        }:  # fmt: skip
            return True
    return False


def _facts(own: dict[int, list[Record]], kept: str) -> Iterator[Record]:
    """What a starting terminal must know though central has it: how things stood, and a visit that was open."""
    records = [record for found in own.values() for record in found]
    native = [record for record in records if record["kind"] != Kind.ENTRY_RECOVERED]
    wrapped = [record for record in records if record["kind"] == Kind.ENTRY_RECOVERED]
    try:
        left = [
            record
            for record in msgspec.json.decode(kept, type=list[Record])
            if _is_formed(record) and content_fault(record) is None
        ]
    except msgspec.DecodeError:
        left = []
    for kinds in GROUPS:
        for group in (native, wrapped, left):
            newest = next((record for record in reversed(group) if unwrapped(record).get("kind") in kinds), None)
            if newest is not None:
                yield newest
                break
    ended = {record["visit_id"] for record in records if unwrapped(record)["kind"] == Kind.VISIT_ENDED}
    begun = [record for record in records if unwrapped(record)["kind"] == Kind.VISIT_STARTED]
    is_open = {record["visit_id"] for record in begun[-1:]} - ended
    yield from (record for record in records if record["visit_id"] in is_open)


def _wiped(record: Record) -> Record:
    """Without what central holds of a citizen: an older page may still have it, and wiped it stays."""
    return {key: value for key, value in record.items() if key != "personal"}


def _once(records: Iterable[Record]) -> Iterator[Record]:
    """In the order in which they happened in their journal, each once."""
    seen: set[str] = set()
    for record in sorted(records, key=lambda one: (one["epoch"], one["sequence"])):
        if record["entry_id"] not in seen:
            seen.add(record["entry_id"])
            yield record


def _ranges(sequences: Iterable[int]) -> tuple[tuple[int, int], ...]:
    ranges: list[tuple[int, int]] = []
    for sequence in sequences:
        if ranges and ranges[-1][1] == sequence - 1:
            ranges[-1] = (ranges[-1][0], sequence)
        else:
            ranges.append((sequence, sequence))
    return tuple(ranges)
