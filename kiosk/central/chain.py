"""Where each record of a batch stands, and whether it follows the one before. Pure.

A record that does not is quarantined alone: the chain goes on from the place and the hash that it claims, so that one
bad entry never blocks the rest, and the epoch is marked as broken there.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from kiosk.core.entry import FORMAT, GENESIS, Head, Kind, chain_fault

LARGEST = 2**53 - 1
UNCLAIMED = ""
"""The hash of a record that claims none; whatever the next one calls its previous then stands."""
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Placed:
    """A record with its place. `text`: canonical JSON, all of it but `personal`; `fault`: why it is quarantined;
    `breaks`: whether that is a matter of the chain, rather than of what the entry says."""

    epoch: int
    sequence: int
    hash: str
    kind: str
    record: Mapping[str, Any]
    text: str
    personal: str | None
    fault: str | None
    breaks: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive records of one epoch, and whether the batch went on with something that does not follow them."""

    epoch: int
    first: int
    records: Sequence[Mapping[str, Any]]
    cut: bool


def find_run(records: Sequence[Mapping[str, Any]]) -> Run | None:
    """Where a batch stands. None: not one record says so.

    A single record with an unreadable or foreign place between fitting neighbours stands where they leave room for it.
    """
    claims = [_claimed_place(record) for record in records]
    votes = Counter((claim[0], claim[1] - index) for index, claim in enumerate(claims) if claim is not None)
    if not votes:
        return None
    opening = next((claim[0], claim[1] - index) for index, claim in enumerate(claims) if claim is not None)
    leading, count = votes.most_common(1)[0]
    base = leading if votes[opening] == 1 and count > 1 else opening
    if base[1] < 1:
        return None
    end = len(records)
    fits = [claim is None or claim == (base[0], base[1] + index) for index, claim in enumerate(claims)]
    for index, fit in enumerate(fits):
        if not fit and (index + 1 == len(fits) or not fits[index + 1]):
            end = index
            break
    return Run(base[0], base[1], records[:end], end < len(records))


def follow(run: Run, head: Head, skip: int) -> list[Placed]:
    """Place the records of a run from index `skip` on, the first of which comes right after `head`."""
    placed: list[Placed] = []
    for index in range(skip, len(run.records)):
        found = _place(run, index, head)
        placed.append(found)
        head = Head(run.epoch, found.sequence, found.hash)
    return placed


def is_hash(value: Any) -> bool:
    """Whether this is a SHA-256 in lower-case hex."""
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def claimed_hash(record: Mapping[str, Any]) -> str:
    """The hash that a record says it has, or UNCLAIMED."""
    claimed = record.get("hash")
    return claimed if isinstance(claimed, str) and is_hash(claimed) else UNCLAIMED


def head_in(body: Any) -> Head | None:
    """A head as it stands in the body of an entry, or None if it is none."""
    if not isinstance(body, Mapping):
        return None
    epoch, sequence, digest = body.get("epoch"), body.get("sequence"), body.get("hash")
    if type(epoch) is int and type(sequence) is int and isinstance(digest, str) and is_hash(digest):
        return Head(epoch, sequence, digest) if 0 <= epoch <= LARGEST and 0 <= sequence <= LARGEST else None
    return None


def record_text(record: Mapping[str, Any]) -> tuple[str, str | None]:
    """A record as kept: canonical JSON without `personal`, and that apart. What cannot be so is kept as it is."""
    if "personal" in record:
        bare = {key: value for key, value in record.items() if key != "personal"}
        return _encoded(bare), _encoded(record["personal"])
    return _encoded(record), None


def _place(run: Run, index: int, head: Head) -> Placed:
    record = run.records[index]
    text, personal = record_text(record)
    kind = record.get("kind")
    fault = _fault(record, run, index, head)
    return Placed(
        run.epoch,
        run.first + index,
        claimed_hash(record),
        kind.replace("\0", "\ufffd") if isinstance(kind, str) else "",
        record,
        text,
        personal,
        fault,
        fault is not None,
    )


def _fault(record: Mapping[str, Any], run: Run, index: int, head: Head) -> str | None:
    if _claimed_place(record) != (run.epoch, run.first + index):
        return "misplaced"
    version = record.get("format")
    if type(version) is int and version > FORMAT:
        return "newer_format"
    if not readable(record):
        return "unreadable"
    if head.hash == UNCLAIMED:
        head = Head(head.epoch, head.sequence, record["previous"])
    fault = chain_fault(record, head)
    if fault is None and run.first + index == 1 and record["kind"] != Kind.JOURNAL_BEGAN:
        return "not_begun"
    return fault


def _claimed_place(record: Mapping[str, Any]) -> tuple[int, int] | None:
    epoch, sequence = record.get("epoch"), record.get("sequence")
    if type(epoch) is int and type(sequence) is int and 0 <= epoch <= LARGEST and 1 <= sequence <= LARGEST:
        return epoch, sequence
    return None


def readable(record: Mapping[str, Any]) -> bool:
    """Whether a record has the keys of format 1, each of its type."""
    visit_id = record.get("visit_id")
    return (
        record.get("format") == FORMAT
        and claimed_hash(record) != UNCLAIMED
        and all(isinstance(record.get(key), str) for key in ("previous", "entry_id", "kind", "boot_id"))
        and all(type(record.get(key)) is int for key in ("wall_ms", "mono_ms"))
        and (visit_id is None or isinstance(visit_id, str))
        and isinstance(record.get("body"), dict)
        and isinstance(record.get("personal", {}), dict)
    )


def _encoded(value: Any) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def first_head(epoch: int) -> Head:
    """The head of an epoch of which nothing is held."""
    return Head(epoch, 0, GENESIS)
