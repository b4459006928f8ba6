"""Takes a batch of journal entries in, in one transaction: kept whole, checked against the chain, digested.

Keyed by (device, epoch, sequence). The same entry again changes nothing; another one at the same place is kept beside
the first and never instead of it. What cannot be digested is quarantined and acknowledged like the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from kiosk.central import shelf
from kiosk.central.alarms import AlarmKind, raise_alarm
from kiosk.central.canaries import watch_canaries
from kiosk.central.chain import UNCLAIMED, Placed, Run, claimed_hash, find_run, follow
from kiosk.central.clocks import Timeline, bound_clock, hear_clocks
from kiosk.central.device_life import note_life
from kiosk.central.devices import Heard, hear
from kiosk.central.digest import Book
from kiosk.central.evidence import Held, Stated, held_of, owners, settle, swapped, weigh
from kiosk.central.forks import compare, keep_altered, keep_beside, keep_fork
from kiosk.central.parity import note_deliveries, statement
from kiosk.central.phone_vouching import watch_phones
from kiosk.central.problems import Refusal, invalid, refusal
from kiosk.central.recovery import Told, check_recovered, keep_recovered, told_before, unwrap
from kiosk.central.succession import begin_epoch
from kiosk.central.tables import devices, entries, entry_personal, epochs
from kiosk.core.entry import Head, Kind
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
    came: tuple[Placed, ...] = ()


def take_in(
    connection: sa.Connection,
    device: int,
    records: Sequence[dict[str, Any]],
    options: OptionList,
    now_ms: int,
    stated: Stated | None = None,
    *,
    personal_sent: bool = True,
    clocks: StatedClocks | None = None,
) -> Taken:
    """Take a batch in. To be committed whatever the answer: a refusal leaves its evidence behind. `stated`: the head
    that came with it. `personal_sent`: False where the terminal says that it left personal data out on purpose, for
    this central is a mirror; not believed of one that ever sent any. `clocks`: what the terminal says of its clocks.

    Raises Refusal, with nothing to commit, if the batch does not say where it stands.
    """
    run = find_run(records)
    if run is None:
        raise invalid(
            "No entry says where it stands (epoch, sequence).", "$.entries[0].sequence" if records else "$.entries"
        )
    heard = hear(connection, device, None if stated is None else stated.signed_s, now_ms)
    held = held_of(connection, device, run.epoch)
    others = None if held.known else _owners(connection, device, heard, run)
    if others is not None:
        keep_beside(connection, device, run, range(len(run.records)), now_ms)
        swapped(connection, device, others, run.epoch, run.first, now_ms)
        return Taken(held.head, refused=_foreign())
    timeline = hear_clocks(connection, device, clocks, now_ms)
    taken = _take(timeline, heard, held, run, options, personal_sent)
    came = {found.sequence: found.hash for found in taken.came}
    settle(connection, device, held, came, now_ms)
    if stated is not None:
        at = held if stated.head.epoch == run.epoch else held_of(connection, device, stated.head.epoch)
        weigh(connection, device, heard, at, stated, now_ms, came if at is held else {})
    return taken


def _take(timeline: Timeline, heard: Heard, held: Held, run: Run, options: OptionList, personal_sent: bool) -> Taken:
    connection, device, now_ms = timeline.connection, timeline.device, timeline.now_ms
    if run.first > held.head.sequence + 1:
        raise_alarm(connection, device, AlarmKind.GAP, run.epoch, held.head.sequence + 1, f"then {run.first}", now_ms)
        return Taken(held.head, refused=_gap(held.head.sequence, run.first))

    repeated = min(held.head.sequence - run.first + 1, len(run.records))
    again = compare(connection, device, run, repeated)
    if again.differs is not None:
        keep_fork(connection, device, run, again.fork, now_ms)
        note_deliveries(timeline, (statement(record, "refused") for record in run.records[again.fork :]))
        refused = _equivocation(held.head.sequence, again.differs.sequence)
        return Taken(held.head, refused=refused, differs=again.differs)
    if again.altered:
        keep_altered(connection, device, run, again.altered, now_ms)

    placed = follow(run, held.head, repeated)
    if placed:
        bound_clock(timeline, placed)
        placed = _enter(timeline, heard, held, placed, options, personal_sent)
    newest = Head(run.epoch, placed[-1].sequence, placed[-1].hash) if placed else held.head
    quarantined = (*again.quarantined, *(Quarantined(sequence=p.sequence, reason=p.fault) for p in placed if p.fault))
    if run.cut:
        raise_alarm(connection, device, AlarmKind.GAP, run.epoch, newest.sequence + 1, "inside a batch", now_ms)
        return Taken(newest, quarantined, _gap(newest.sequence, None), came=tuple(placed))
    return Taken(newest, quarantined, came=tuple(placed))


def _owners(connection: sa.Connection, device: int, heard: Heard, run: Run) -> list[int] | None:
    """Whose journal this is, if it is another device's: of a batch of an epoch that this device never had. A name that
    central does not know is no reason, for a terminal is named otherwise where it brings its journal elsewhere too."""
    places = {run.first + index: claimed_hash(record) for index, record in enumerate(run.records)}
    previous = run.records[0].get("previous")
    if run.first > 1 and isinstance(previous, str):
        places[run.first - 1] = previous
    others = owners(connection, device, run.epoch, {s: digest for s, digest in places.items() if digest != UNCLAIMED})
    if others:
        return others
    body = run.records[0].get("body")
    named = body.get("device_id") if run.first == 1 and isinstance(body, dict) else None
    if run.records[0].get("kind") != Kind.JOURNAL_BEGAN or not isinstance(named, str) or named == heard.device_id:
        return None
    known = sa.select(devices.c.id).where(devices.c.device_id == named.replace("\0", "\ufffd"))
    return list(connection.execute(known).scalars()) or None


def _enter(
    timeline: Timeline, heard: Heard, held: Held, placed: list[Placed], options: OptionList, personal_sent: bool
) -> list[Placed]:
    """Bring what follows into every table; what could not be digested comes back with its reason."""
    connection, device, now_ms = timeline.connection, timeline.device, timeline.now_ms
    told = [unwrap(found) if found.fault is None else Told(found.record, fault=found.fault) for found in placed]
    sound = [each for each in told if each.fault is None]
    known = told_before(connection, held.head.epoch, sound)
    new: list[Mapping[str, Any]] = []
    for each in sound:
        if each.hash not in known:
            new.append(each.record)
            known.add(each.hash)
    faults = _digest(timeline, new, options)
    placed = [
        replace(found, fault=each.fault or faults.get(found.sequence)) for found, each in zip(placed, told, strict=True)
    ]
    _keep(connection, device, placed, now_ms)
    _move_head(connection, device, heard, held, placed, now_ms)
    judged = personal_sent or _has_sent_personal(connection, device)
    first_told = {record["sequence"]: record for record in new} if judged else {}
    _alarm(connection, device, placed, first_told, now_ms)
    keep_recovered(connection, device, sound)
    check_recovered(connection, device, sound, now_ms)
    note_life(connection, device, heard, new, now_ms)
    spoilt = (statement(each.record, "quarantined") for each in told if each.fault is not None)
    entered = (statement(record, "quarantined" if record["sequence"] in faults else None) for record in new)
    note_deliveries(timeline, (*entered, *spoilt))
    watch_canaries(timeline, new, {each.record["sequence"] for each in sound if each.own})
    watch_phones(timeline, new, heard.device_id, is_mirror=not judged)
    return placed


def _digest(timeline: Timeline, records: Sequence[Mapping[str, Any]], options: OptionList) -> dict[int, str]:
    """Enter what is told into the book; what could not be digested, by its place, with its reason."""
    book = Book(options, timeline.now_ms, timeline.estimate, timeline.moment)
    shelf.open_book(timeline.connection, timeline.device, book, records)
    found = {record["sequence"]: book.enter(record) for record in records}
    shelf.close_book(timeline.connection, timeline.device, book)
    return {sequence: fault for sequence, fault in found.items() if fault is not None}


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


def _has_sent_personal(connection: sa.Connection, device: int) -> bool:
    """Whether personal data ever came from this device: then this central is no mirror of it, whatever it says, and
    what it withholds is hidden."""
    return (
        connection.execute(
            sa.select(entry_personal.c.sequence).where(entry_personal.c.device == device).limit(1)
        ).first()
        is not None
    )


def _alarm(
    connection: sa.Connection,
    device: int,
    placed: Sequence[Placed],
    first_told: Mapping[int, Mapping[str, Any]],
    now_ms: int,
) -> None:
    """Alarm where entries break the chain: once for each row of them, for one alone breaks the next link as well. And
    where one of `first_told` comes without the personal data that it vouches for: a terminal wipes that only once
    central has it, so somebody else did, and a comment is hidden."""
    broken = False
    for found in placed:
        breaks = found.fault is not None and (found.breaks or found.fault.startswith("recovered: "))
        if breaks and not broken and not (found.fault or "").endswith("newer_format"):
            raise_alarm(
                connection, device, AlarmKind.CHAIN_BROKEN, found.epoch, found.sequence, found.fault or "", now_ms
            )
        broken = breaks
        told = first_told.get(found.sequence)
        if told is not None and told["personal_digest"] is not None and found.personal is None:
            raise_alarm(connection, device, AlarmKind.PERSONAL_MISSING, found.epoch, found.sequence, found.kind, now_ms)


_THIS_EPOCH = sa.update(epochs).where(
    epochs.c.device == sa.bindparam("of_device"), epochs.c.epoch == sa.bindparam("of_epoch")
)


def _move_head(
    connection: sa.Connection, device: int, heard: Heard, held: Held, placed: list[Placed], now_ms: int
) -> None:
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
        connection.execute(_THIS_EPOCH, {"of_device": device, "of_epoch": newest.epoch, **values})
        return
    opening = placed[0]
    began = None if opening.breaks else opening.record["body"]
    begin_epoch(connection, device, {"epoch": newest.epoch, **values}, began, now_ms, heard.fresh)


def _foreign() -> Refusal:
    return refusal(
        409,
        "foreign_journal",
        "This journal is another terminal's",
        "What came is kept apart. This terminal must go on in a journal of its own.",
        field="$.entries",
    )


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
