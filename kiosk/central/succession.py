"""How the journals of a device follow each other: why one began, which one it ended, and what was lost between them."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from kiosk.central.alarms import AlarmKind, raise_alarm
from kiosk.central.chain import LARGEST, head_in
from kiosk.central.evidence import held_of, successor_of, weigh_before
from kiosk.central.tables import alarms, epochs, recovered, stated_heads

Span = tuple[int, int]
"""The first and the last of a row of sequences."""


def begin_epoch(
    connection: sa.Connection,
    device: int,
    head: Mapping[str, Any],
    began: Mapping[str, Any] | None,
    now_ms: int,
    fresh: bool,
) -> None:
    """Put a new epoch in its row. `head`: the values of its row; `began`: the body of its `journal.began`, None if that
    cannot be read. `fresh`: not so where this comes late, behind what was signed after it: then the heads that have
    been stated meanwhile are those of later journals."""
    epoch: int = head["epoch"]
    before = head_in((began or {}).get("before"))
    named = (began or {}).get("reason")
    reason = named.replace("\0", "\ufffd")[:200] if isinstance(named, str) else None
    open_rows = sa.select(epochs.c.epoch).where(epochs.c.device == device, epochs.c.ended_by.is_(None))
    stated = sa.select(stated_heads.c.epoch).where(stated_heads.c.device == device, stated_heads.c.epoch != epoch)
    earlier = set(connection.execute(open_rows.union(stated) if fresh else open_rows).scalars())
    successor = successor_of(connection, device, epoch)
    connection.execute(
        sa.insert(epochs).values(
            device=device,
            began_ms=now_ms,
            reason=reason,
            before_epoch=before.epoch if before else None,
            before_sequence=before.sequence if before else None,
            ended_by=successor,
            **head,
        )
    )
    if successor is not None or (not earlier and before is None):
        return
    if before is None and began is not None:
        raise_alarm(connection, device, AlarmKind.REIMAGED, epoch, 1, "knows of no journal before it", now_ms)
    else:
        after = f"after {before.epoch}:{before.sequence}" if before else "its first entry cannot be read"
        raise_alarm(connection, device, AlarmKind.NEW_EPOCH, epoch, 1, f"{reason}, {after}"[:300], now_ms)
    connection.execute(
        sa.update(epochs)
        .where(epochs.c.device == device, epochs.c.epoch != epoch, epochs.c.ended_by.is_(None))
        .values(ended_by=epoch)
    )
    if before is not None:
        weigh_before(connection, device, before, now_ms)
    elif began is not None:
        for each in sorted(earlier):
            judge_loss(connection, device, each, (), now_ms)


def end_recovery(connection: sa.Connection, device: int, body: Mapping[str, Any], now_ms: int) -> None:
    """Judge what is lost of an earlier journal, now that all that could be has been brought over."""
    epoch, missing = body.get("epoch"), body.get("missing")
    if type(epoch) is not int or not 0 <= epoch <= LARGEST:
        return
    spans = [span for span in missing if _is_span(span)] if isinstance(missing, list) else []
    judge_loss(connection, device, epoch, [(first, last) for first, last in spans], now_ms)


def judge_loss(connection: sa.Connection, device: int, epoch: int, missing: Iterable[Span], now_ms: int) -> None:
    """Alarm if anything that was in this journal has neither come in its place nor been brought over. `missing`: what
    the device itself says it has lost. More may be known from the heads it stated."""
    held = held_of(connection, device, epoch)
    ended_at = connection.execute(
        sa.select(sa.func.max(epochs.c.before_sequence)).where(
            epochs.c.device == device, epochs.c.before_epoch == epoch
        )
    ).scalar()
    kin = _kin(connection, device, epoch)
    of_kin = sa.select(sa.func.max(epochs.c.sequence)).where(epochs.c.epoch == epoch, epochs.c.device.in_(kin))
    floor = connection.execute(of_kin).scalar() or 0
    lost = _holes(connection, kin, epoch, _merged((max(first, floor + 1), last) for first, last in missing))
    beyond = _holes(connection, kin, epoch, _merged([(floor + 1, max(held.top, ended_at or 0))]))
    # What a journal had itself brought over is brought over again without that journal's wrapping, in whose place
    # there is nothing then.
    if sum(last - first + 1 for first, last in beyond) > _unwrapped(connection, device, epoch):
        lost = _merged([*lost, *beyond])
    if lost:
        told = ", ".join(f"{first}-{last}" for first, last in lost[:20])
        raise_alarm(connection, device, AlarmKind.ENTRIES_LOST, epoch, lost[0][0], f"lost: {told}"[:300], now_ms)


def judge_unfinished(connection: sa.Connection, from_ms: int, to_ms: int, now_ms: int) -> None:
    """Judge what is lost where a journal began within this time, and it has not been told: the end of its bringing over
    may never have come."""
    rows = connection.execute(
        sa.select(epochs.c.device, epochs.c.before_epoch)
        .where(
            epochs.c.before_epoch.is_not(None),
            epochs.c.began_ms.between(from_ms, to_ms),
            ~sa.exists().where(
                alarms.c.device == epochs.c.device,
                alarms.c.kind == AlarmKind.ENTRIES_LOST,
                alarms.c.epoch == epochs.c.before_epoch,
            ),
        )
        .order_by(epochs.c.device)
    ).all()
    for row in rows:
        judge_loss(connection, row.device, row.before_epoch, (), now_ms)


def _is_span(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(type(end) is int and 1 <= end <= LARGEST for end in value)
        and value[0] <= value[1]
    )


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The same sequences in spans that are apart, in order."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if first > last:
            continue
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _kin(connection: sa.Connection, device: int, epoch: int) -> set[int]:
    """The devices that central knows to have had this very journal: this one, and those with which it was swapped. What
    any other says of a journal of the same name covers nothing up."""
    met = sa.select(alarms.c.device).where(alarms.c.kind == AlarmKind.SWAPPED, alarms.c.epoch == epoch)
    swapped = set(connection.execute(met).scalars())
    return swapped if device in swapped else {device}


def _holes(connection: sa.Connection, kin: set[int], epoch: int, spans: Iterable[Span]) -> list[Span]:
    """What of these spans was not brought over, by any of these devices."""
    holes: list[Span] = []
    for first, last in spans:
        found = connection.execute(
            sa.select(recovered.c.inner_sequence)
            .where(
                recovered.c.device.in_(kin),
                recovered.c.inner_epoch == epoch,
                recovered.c.inner_sequence.between(first, last),
            )
            .order_by(recovered.c.inner_sequence)
            .distinct()
        ).scalars()
        at = first
        for sequence in found:
            if sequence > at:
                holes.append((at, sequence - 1))
            at = sequence + 1
        if at <= last:
            holes.append((at, last))
    return holes


def _descendants(connection: sa.Connection, device: int, epoch: int) -> set[int]:
    """The journals into which this one was brought over, and those that were begun after them."""
    direct = connection.execute(
        sa.select(epochs.c.epoch)
        .where(epochs.c.device == device, epochs.c.before_epoch == epoch)
        .union(sa.select(recovered.c.epoch).where(recovered.c.device == device, recovered.c.inner_epoch == epoch))
    ).scalars()
    before = {
        row.epoch: row.before_epoch
        for row in connection.execute(
            sa.select(epochs.c.epoch, epochs.c.before_epoch).where(
                epochs.c.device == device, epochs.c.before_epoch.is_not(None)
            )
        )
    }
    found = set(direct) - {epoch}
    while more := {later for later, earlier in before.items() if earlier in found} - found - {epoch}:
        found |= more
    return found


def _unwrapped(connection: sa.Connection, device: int, epoch: int) -> int:
    """How many entries of other journals came in a journal that this one was brought over into, or in one after that:
    at most so many had been brought over into this one. What came in earlier journals excuses nothing. One that had
    come before is counted all the same: an honest terminal whose acknowledgement was lost brings it once more."""
    into = _descendants(connection, device, epoch)
    count = connection.execute(
        sa.select(sa.func.count(recovered.c.hash.distinct())).where(
            recovered.c.device == device, recovered.c.inner_epoch != epoch, recovered.c.epoch.in_(into)
        )
    ).scalar_one()
    return int(count)
