"""Entries that come for a place where central holds one already: the same again, or another, which is kept beside."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kiosk.central.alarms import AlarmKind, raise_alarm
from kiosk.central.chain import Run, claimed_hash, record_text
from kiosk.central.tables import entries, epochs, equivocations
from kiosk.core.entry import Head, content_fault
from kiosk.protocol.central import Quarantined


@dataclass(frozen=True, slots=True)
class Repeat:
    """What of a batch was held already. `quarantined`: of that, what is in quarantine; `altered`: indices of records
    that claim the hash of a held one and say something else; `fork`: index of the first that claims another hash, and
    `differs`, what central holds there."""

    quarantined: tuple[Quarantined, ...] = ()
    altered: tuple[int, ...] = ()
    fork: int = 0
    differs: Head | None = None


def compare(connection: sa.Connection, device: int, run: Run, repeated: int) -> Repeat:
    """Compare the first `repeated` records of a run with what is held in their places."""
    if repeated <= 0:
        return Repeat()
    rows = connection.execute(
        sa.select(entries.c.sequence, entries.c.hash, entries.c.record, entries.c.quarantined)
        .where(
            entries.c.device == device,
            entries.c.epoch == run.epoch,
            entries.c.sequence.between(run.first, run.first + repeated - 1),
        )
        .order_by(entries.c.sequence)
    ).all()
    altered = []
    quarantined = []
    for index, row in enumerate(rows):
        record = run.records[index]
        if claimed_hash(record) != row.hash:
            return Repeat(fork=index, differs=Head(run.epoch, row.sequence, row.hash))
        if record_text(record)[0] != row.record:
            altered.append(index)
            fault = row.quarantined or content_fault(record) or "altered"
            quarantined.append(Quarantined(sequence=row.sequence, reason=fault))
        elif row.quarantined:
            quarantined.append(Quarantined(sequence=row.sequence, reason=row.quarantined))
    return Repeat(tuple(quarantined), tuple(altered))


def keep_fork(connection: sa.Connection, device: int, run: Run, fork: int, now_ms: int) -> None:
    """Keep everything from the first difference on: ratings stand in it that are nowhere else."""
    keep_beside(connection, device, run, range(fork, len(run.records)), now_ms)
    at = run.first + fork
    raise_alarm(connection, device, AlarmKind.EQUIVOCATION, run.epoch, at, "another entry at the same place", now_ms)
    mark_broken(connection, device, run.epoch, at, AlarmKind.EQUIVOCATION)


def keep_altered(connection: sa.Connection, device: int, run: Run, altered: Sequence[int], now_ms: int) -> None:
    """Keep records that were true when they came first and were altered before they came again."""
    keep_beside(connection, device, run, altered, now_ms)
    for index in altered:
        detail = "altered since it came first"
        raise_alarm(connection, device, AlarmKind.CHAIN_BROKEN, run.epoch, run.first + index, detail, now_ms)


def keep_beside(connection: sa.Connection, device: int, run: Run, indices: Sequence[int], now_ms: int) -> None:
    """Keep these records of a run beside what is held, each once."""
    kept = {
        (row.sequence, row.hash)
        for row in connection.execute(
            sa.select(equivocations.c.sequence, equivocations.c.hash).where(
                equivocations.c.device == device, equivocations.c.epoch == run.epoch
            )
        )
    }
    rows = []
    for index in indices:
        sequence, claimed = run.first + index, claimed_hash(run.records[index])
        if (sequence, claimed) in kept:
            continue
        text, personal = record_text(run.records[index])
        rows.append(
            {
                "device": device,
                "epoch": run.epoch,
                "sequence": sequence,
                "hash": claimed,
                "record": text,
                "personal": personal,
                "received_ms": now_ms,
            }
        )
    if rows:
        connection.execute(sa.insert(equivocations), rows)


def mark_broken(connection: sa.Connection, device: int, epoch: int, sequence: int, reason: str) -> None:
    """Mark an epoch as broken from this place on, unless it was before."""
    connection.execute(
        sa.update(epochs)
        .where(epochs.c.device == device, epochs.c.epoch == epoch, epochs.c.broken_at.is_(None))
        .values(broken_at=sequence, broken_by=reason)
    )
