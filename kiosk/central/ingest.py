"""Takes a batch of journal entries in, in one transaction: kept whole, checked against the chain, digested.

Keyed by (device, epoch, sequence). The same entry again changes nothing; another one at the same place is kept beside
the first and never instead of it. What cannot be digested is quarantined and acknowledged like the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from kiosk.central import shelf
from kiosk.central.canaries import watch_canaries
from kiosk.central.chain import Placed, Run, claimed_hash, find_run, first_head, follow, record_text
from kiosk.central.clocks import Timeline, hear_clocks
from kiosk.central.devices import raise_alarm, seen
from kiosk.central.digest import Book
from kiosk.central.parity import note_deliveries, stated
from kiosk.central.problems import Refusal, invalid, refusal
from kiosk.central.tables import devices, entries, entry_personal, epochs, equivocations
from kiosk.core.entry import Head
from kiosk.core.options import OptionList
from kiosk.protocol.central import Quarantined, StatedClocks


@dataclass(frozen=True, slots=True)
class Taken:
    """What central holds of the epoch now. `refused`: what the terminal must hear instead of a receipt. `differs`: with
    an equivocation, what central holds at the first place that differs, to be shown countersigned."""

    held: Head
    quarantined: tuple[Quarantined, ...] = ()
    refused: Refusal | None = None
    differs: Head | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What was held of an epoch before the batch: `known` is False if that was nothing at all."""

    head: Head
    known: bool
    quarantined: int
    broken_at: int | None


def take_in(
    connection: sa.Connection,
    device: int,
    records: Sequence[dict[str, Any]],
    options: OptionList,
    now_ms: int,
    personal_sent: bool = True,
    clocks: StatedClocks | None = None,
) -> Taken:
    """Take a batch in. To be committed whatever the answer: a refusal leaves its evidence behind.

    `personal_sent`: False where the terminal says that it left personal data out on purpose, for this central is a
    mirror. `clocks`: what it says of its clocks.

    Raises Refusal, with nothing to commit, if the batch does not say where it stands.
    """
    run = find_run(records)
    if run is None:
        raise invalid(
            "No entry says where it stands (epoch, sequence).", "$.entries[0].sequence" if records else "$.entries"
        )
    connection.execute(sa.select(devices.c.id).where(devices.c.id == device).with_for_update())
    seen(connection, device, now_ms)
    held = _held(connection, device, run.epoch)
    if run.first > held.head.sequence + 1:
        raise_alarm(connection, device, "gap", run.epoch, held.head.sequence + 1, f"then {run.first}", now_ms)
        return Taken(held.head, refused=_gap(held.head.sequence, run.first))

    repeated = min(held.head.sequence - run.first + 1, len(run.records))
    before, fork = _compare(connection, device, run, repeated)
    if fork is not None:
        index, differs = fork
        _keep_fork(connection, device, run, index, now_ms)
        _note_refused(hear_clocks(connection, device, clocks, now_ms), run.records[index:])
        return Taken(held.head, refused=_equivocation(held.head.sequence, differs.sequence), differs=differs)

    placed = follow(run, held.head, repeated)
    timeline = hear_clocks(connection, device, clocks, now_ms)
    if placed:
        if clocks is None:
            _bound_clock(timeline, placed)
        placed = _digest(connection, device, placed, options, timeline)
        _keep(connection, device, placed, now_ms)
        if personal_sent:
            _miss_personal(connection, device, placed, now_ms)
        _move_head(connection, device, held, placed, now_ms)
        _watch(timeline, placed)
    newest = Head(run.epoch, placed[-1].sequence, placed[-1].hash) if placed else held.head
    quarantined = (*before, *(Quarantined(sequence=p.sequence, reason=p.fault) for p in placed if p.fault))
    if run.cut:
        raise_alarm(connection, device, "gap", run.epoch, newest.sequence + 1, "inside a batch", now_ms)
        return Taken(newest, quarantined, _gap(newest.sequence, None))
    return Taken(newest, quarantined)


def held_head(connection: sa.Connection, device: int, epoch: int) -> Head:
    """How far central has this epoch of this device without a gap."""
    return _held(connection, device, epoch).head


def newest_head(connection: sa.Connection, device: int) -> Head | None:
    """The same of the epoch that came to central last; None: nothing of this device is held."""
    row = connection.execute(
        sa.select(epochs.c.epoch, epochs.c.sequence, epochs.c.hash)
        .where(epochs.c.device == device)
        .order_by(epochs.c.began_ms.desc(), epochs.c.epoch.desc())
        .limit(1)
    ).one_or_none()
    return row and Head(row.epoch, row.sequence, row.hash)


def _held(connection: sa.Connection, device: int, epoch: int) -> Held:
    row = connection.execute(sa.select(epochs).where(epochs.c.device == device, epochs.c.epoch == epoch)).one_or_none()
    if row is None:
        return Held(first_head(epoch), False, 0, None)
    return Held(Head(epoch, row.sequence, row.hash), True, row.quarantined, row.broken_at)


def _compare(
    connection: sa.Connection, device: int, run: Run, repeated: int
) -> tuple[list[Quarantined], tuple[int, Head] | None]:
    """Of the entries that central holds already: which are in quarantine; and the index of the first that differs, with
    what central holds there."""
    if repeated <= 0:
        return [], None
    rows = connection.execute(
        sa.select(entries.c.sequence, entries.c.hash, entries.c.quarantined)
        .where(
            entries.c.device == device,
            entries.c.epoch == run.epoch,
            entries.c.sequence.between(run.first, run.first + repeated - 1),
        )
        .order_by(entries.c.sequence)
    ).all()
    for index, row in enumerate(rows):
        if claimed_hash(run.records[index]) != row.hash:
            return [], (index, Head(run.epoch, row.sequence, row.hash))
    return [Quarantined(sequence=row.sequence, reason=row.quarantined) for row in rows if row.quarantined], None


def _keep_fork(connection: sa.Connection, device: int, run: Run, fork: int, now_ms: int) -> None:
    """Keep everything from the first difference on: ratings stand in it that are nowhere else."""
    kept = {
        (row.sequence, row.hash)
        for row in connection.execute(
            sa.select(equivocations.c.sequence, equivocations.c.hash).where(
                equivocations.c.device == device, equivocations.c.epoch == run.epoch
            )
        )
    }
    rows = []
    for index in range(fork, len(run.records)):
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
    at = run.first + fork
    raise_alarm(connection, device, "equivocation", run.epoch, at, "another entry at the same place", now_ms)
    connection.execute(
        sa.update(epochs)
        .where(epochs.c.device == device, epochs.c.epoch == run.epoch, epochs.c.broken_at.is_(None))
        .values(broken_at=at, broken_by="equivocation")
    )


def _bound_clock(timeline: Timeline, placed: list[Placed]) -> None:
    """What does not say its clocks was written by now; how long ago, nobody knows."""
    newest = next((p.record for p in reversed(placed) if not p.breaks), None)
    if newest is not None:
        timeline.learn(newest["boot_id"], newest["mono_ms"], exact=False)


def _watch(timeline: Timeline, placed: list[Placed]) -> None:
    """Look for what only shows in what has come of the entries."""
    found = (stated(p.record, "quarantined" if p.fault else None) for p in placed)
    note_deliveries(timeline, [item for item in found if item is not None])
    watch_canaries(timeline, [p.record for p in placed if not p.breaks])


def _note_refused(timeline: Timeline, records: Sequence[Mapping[str, Any]]) -> None:
    found = (stated(record, "refused") for record in records)
    note_deliveries(timeline, [item for item in found if item is not None])


def _digest(
    connection: sa.Connection, device: int, placed: list[Placed], options: OptionList, timeline: Timeline
) -> list[Placed]:
    """Enter what follows the chain into the book; what could not be digested comes back with its reason."""
    book = Book(options, timeline.now_ms, timeline.estimate)
    shelf.open_book(connection, device, book, [p.record for p in placed if p.fault is None])
    digested = []
    for found in placed:
        fault = found.fault or book.enter(found.record)
        digested.append(found if fault is found.fault else replace(found, fault=fault))
    shelf.close_book(connection, device, book)
    return digested


def _keep(connection: sa.Connection, device: int, placed: list[Placed], now_ms: int) -> None:
    connection.execute(
        sa.insert(entries),
        [
            {
                "device": device,
                "epoch": p.epoch,
                "sequence": p.sequence,
                "hash": p.hash,
                "kind": p.kind,
                "record": p.text,
                "received_ms": now_ms,
                "quarantined": p.fault,
            }
            for p in placed
        ],
    )
    personal = [
        {"device": device, "epoch": p.epoch, "sequence": p.sequence, "fields": p.personal} for p in placed if p.personal
    ]
    if personal:
        connection.execute(sa.insert(entry_personal), personal)


def _miss_personal(connection: sa.Connection, device: int, placed: list[Placed], now_ms: int) -> None:
    """Alarm where an entry comes for the first time without the personal data that it vouches for: a terminal wipes
    that only once central has it, so somebody else did, and a comment is hidden."""
    for found in placed:
        if found.personal is None and not found.breaks and found.record["personal_digest"] is not None:
            raise_alarm(connection, device, "personal_missing", found.epoch, found.sequence, found.kind, now_ms)


def _move_head(connection: sa.Connection, device: int, held: Held, placed: list[Placed], now_ms: int) -> None:
    newest = placed[-1]
    broken = next((p for p in placed if p.breaks), None)
    values: dict[str, Any] = {
        "sequence": newest.sequence,
        "hash": newest.hash,
        "quarantined": held.quarantined + sum(p.fault is not None for p in placed),
    }
    if broken is not None and held.broken_at is None:
        values |= {"broken_at": broken.sequence, "broken_by": broken.fault}
    if held.known:
        connection.execute(
            sa.update(epochs).where(epochs.c.device == device, epochs.c.epoch == newest.epoch).values(**values)
        )
        return
    earlier = connection.execute(sa.select(epochs.c.epoch).where(epochs.c.device == device).limit(1)).first()
    connection.execute(sa.insert(epochs).values(device=device, epoch=newest.epoch, began_ms=now_ms, **values))
    if earlier is not None:
        raise_alarm(connection, device, "new_epoch", newest.epoch, 1, "the device began another journal", now_ms)


def _gap(acknowledged: int, found: int | None) -> Refusal:
    then = "something that does not follow" if found is None else f"entry {found}"
    return refusal(
        409,
        "gap",
        "Entries are missing before these",
        f"Central holds this epoch up to {acknowledged}; then came {then}. Send again from {acknowledged + 1}.",
        field="$.entries",
        acknowledged=acknowledged,
    )


def _equivocation(acknowledged: int, at: int) -> Refusal:
    return refusal(
        409,
        "equivocation",
        "Central holds another entry at the same place",
        f"At {at} of this epoch two entries differ; both are kept. The journal must go on in a new epoch.",
        field="$.entries",
        acknowledged=acknowledged,
    )
