"""Entries of earlier journals that a terminal brought over (`entry.recovered`): taken out of their wrapping, and told
only once, whichever way and however often they come.

What is told keeps its own content and hash, and with it its receipt; its place is the one in which it came.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.central.alarms import AlarmKind, raise_alarm
from kiosk.central.chain import LARGEST, Placed, readable
from kiosk.central.evidence import held_of, settle
from kiosk.central.forks import mark_broken
from kiosk.central.links import WRAPPED_IN, check_links
from kiosk.central.tables import entries, epochs, recovered
from kiosk.core.entry import FORMAT, Head, Kind, content_fault

MOST_WRAPPINGS = 8
"""A terminal takes an entry out of its wrapping before it wraps it again; each costs a hash over all that is in it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry says, to be digested. `own`: if it came in wrappings, the place and hash that each record in them
    has by itself, the innermost last; `previous`: what each of them calls the one before; `fault`: why that cannot be
    taken out."""

    record: Mapping[str, Any]
    own: tuple[Head, ...] = ()
    previous: tuple[str, ...] = ()
    fault: str | None = None

    @property
    def hash(self) -> str:
        """The hash by which it is known, wrapped or not."""
        return str(self.own[-1].hash if self.own else self.record["hash"])


def unwrap(found: Placed) -> Told:
    """What this entry says: itself, or what is in it."""
    record = found.record
    if record["kind"] != Kind.ENTRY_RECOVERED:
        return Told(record)
    own: list[Head] = []
    previous: list[str] = []
    while record["kind"] == Kind.ENTRY_RECOVERED:
        inner = record["body"].get("record")
        fault = _inner_fault(inner, found.record)
        if fault is not None:
            return Told(record, fault=f"recovered: {fault}")
        record = inner
        if len(own) == MOST_WRAPPINGS:
            return Told(found.record, fault="recovered: wrapped too often")
        if any(each.epoch == record["epoch"] for each in own):
            return Told(record, fault="recovered: wrapped twice in one journal")
        own.append(Head(record["epoch"], record["sequence"], record["hash"]))
        previous.append(record["previous"])
    return Told({**record, "epoch": found.epoch, "sequence": found.sequence}, tuple(own), tuple(previous))


def _inner_fault(inner: Any, outer: Mapping[str, Any]) -> str | None:
    if not isinstance(inner, dict):
        return "unreadable"
    version = inner.get("format")
    if type(version) is int and version > FORMAT:
        return "newer_format"
    if not readable(inner) or not _placed(inner):
        return "unreadable"
    if outer["personal_digest"] not in (None, inner["personal_digest"]):
        return "altered_personal"
    return content_fault({key: value for key, value in inner.items() if key != "personal"})


def _placed(record: Mapping[str, Any]) -> bool:
    epoch, sequence = record.get("epoch"), record.get("sequence")
    return type(epoch) is int and type(sequence) is int and 0 <= epoch <= LARGEST and 1 <= sequence <= LARGEST


def told_before(connection: sa.Connection, epoch: int, told: Sequence[Told]) -> set[str]:
    """Hashes of those among these entries of a batch that central was told before: of what was brought over, that it
    holds in its own place, whichever device sent it; of all, that were brought over earlier."""
    own = [each.own[-1] for each in told if each.own]
    known: set[str] = set()
    for inner_epoch, heads in _by_epoch(own).items():
        known |= _held(connection, inner_epoch, heads) | _brought(connection, inner_epoch, heads)
    plain = [Head(epoch, t.record["sequence"], t.record["hash"]) for t in told if not t.own and t.fault is None]
    if plain:
        known |= _brought(connection, epoch, plain)
    return known


def keep_recovered(connection: sa.Connection, device: int, told: Iterable[Told]) -> None:
    """Keep where what was brought over stands now."""
    rows = [
        {
            "device": device,
            "epoch": each.record["epoch"],
            "sequence": each.record["sequence"],
            "inner_epoch": own.epoch,
            "inner_sequence": own.sequence,
            "hash": own.hash,
        }
        for each in told
        for own in each.own
    ]
    if rows:
        connection.execute(sa.insert(recovered), rows)


def check_recovered(connection: sa.Connection, device: int, told: Iterable[Told], now_ms: int) -> None:
    """Compare what was brought over with what the device had stated of the earlier journal, with what central holds
    in the same places, and with what comes before and after."""
    told = list(told)
    links = [link for each in told for link in zip(each.own, each.previous, strict=True)]
    check_links(connection, device, links, now_ms)
    for epoch, heads in _by_epoch(own for each in told for own in each.own).items():
        held = held_of(connection, device, epoch)
        came = {head.sequence: head.hash for head in heads}
        settle(connection, device, held, came, now_ms, gone=False)
        if min(came) > held.head.sequence:
            continue
        rows = connection.execute(
            sa.select(entries.c.sequence, entries.c.hash)
            .where(entries.c.device == device, entries.c.epoch == epoch, entries.c.sequence.in_(came))
            .order_by(entries.c.sequence)
        )
        at = next((row.sequence for row in rows if row.hash != came[row.sequence]), None)
        if at is not None and (held.broken_at is None or at < held.broken_at):
            detail = "brought over with another content"
            raise_alarm(connection, device, AlarmKind.EQUIVOCATION, epoch, at, detail, now_ms)
            mark_broken(connection, device, epoch, at, AlarmKind.EQUIVOCATION)


def _by_epoch(heads: Iterable[Head]) -> dict[int, list[Head]]:
    grouped: defaultdict[int, list[Head]] = defaultdict(list)
    for head in heads:
        grouped[head.epoch].append(head)
    return grouped


def _held(connection: sa.Connection, epoch: int, heads: Sequence[Head]) -> set[str]:
    having = connection.execute(sa.select(epochs.c.device).where(epochs.c.epoch == epoch)).scalars().all()
    if not having:
        return set()
    wanted = {head.sequence: head.hash for head in heads}
    rows = connection.execute(
        sa.select(entries.c.sequence, entries.c.hash).where(
            entries.c.device.in_(having),
            entries.c.epoch == epoch,
            entries.c.sequence.in_(wanted),
            entries.c.quarantined.is_(None),
        )
    )
    return {row.hash for row in rows if wanted[row.sequence] == row.hash}


_DIGESTED_THERE = (
    sa.select(recovered.c.hash)
    .join(entries, WRAPPED_IN)
    .where(
        recovered.c.inner_epoch == sa.bindparam("epoch"),
        recovered.c.inner_sequence.between(sa.bindparam("first"), sa.bindparam("last")),
        entries.c.quarantined.is_(None),
    )
)


def _brought(connection: sa.Connection, epoch: int, heads: Sequence[Head]) -> set[str]:
    """What was brought over and digested there: what could not be has told nothing, and hides nothing that comes."""
    sequences = [head.sequence for head in heads]
    wanted = {"epoch": epoch, "first": min(sequences), "last": max(sequences)}
    return set(connection.execute(_DIGESTED_THERE, wanted).scalars()) & {head.hash for head in heads}
