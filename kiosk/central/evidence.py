"""Heads that a device states under its signature, weighed against what it stated before and what central holds.

A head stated covers every entry before it. It is kept until central holds its place, and whatever comes for that place
must be what was stated, however much was rewritten and however well the chain was closed again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import sqlalchemy as sa

from kiosk.central.alarms import AlarmKind, raise_alarm
from kiosk.central.chain import LARGEST, is_hash
from kiosk.central.devices import Heard
from kiosk.central.tables import devices, entries, epochs, recovered, stated_heads
from kiosk.core.entry import GENESIS, Head

NOTHING: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Stated:
    """A head by the device's own word, and when it signed that (Unix seconds)."""

    head: Head
    signed_s: int


@dataclass(frozen=True, slots=True)
class Held:
    """What central holds of an epoch: `known` is False if that is nothing at all, `ended` if the device went on in
    another, `stated`: heads that lie beyond, by sequence."""

    head: Head
    known: bool = False
    ended: bool = False
    quarantined: int = 0
    broken_at: int | None = None
    stated: Mapping[int, str] = field(default_factory=dict)

    @property
    def top(self) -> int:
        """The largest sequence that this epoch ever had, as far as central knows."""
        return max(self.head.sequence, *self.stated) if self.stated else self.head.sequence


def stated_as(epoch: int, sequence: int, digest: str, signed_s: int) -> Stated | None:
    """A head as it came. None: it is none, and there is nothing to compare."""
    if 0 <= epoch <= LARGEST and 0 <= sequence <= LARGEST and is_hash(digest):
        return Stated(Head(epoch, sequence, digest), signed_s)
    return None


_EPOCH = sa.select(epochs).where(epochs.c.device == sa.bindparam("device"), epochs.c.epoch == sa.bindparam("epoch"))
_STATED_BEYOND = sa.select(stated_heads.c.sequence, stated_heads.c.hash).where(
    stated_heads.c.device == sa.bindparam("device"), stated_heads.c.epoch == sa.bindparam("epoch")
)


def held_of(connection: sa.Connection, device: int, epoch: int) -> Held:
    """What central holds of this epoch of this device, and what the device has stated beyond that."""
    place = {"device": device, "epoch": epoch}
    row = connection.execute(_EPOCH, place).one_or_none()
    beyond = {found.sequence: found.hash for found in connection.execute(_STATED_BEYOND, place)}
    if row is None:
        return Held(Head(epoch), ended=successor_of(connection, device, epoch) is not None, stated=beyond)
    return Held(
        Head(epoch, row.sequence, row.hash),
        True,
        row.ended_by is not None,
        row.quarantined,
        row.broken_at,
        beyond,
    )


def successor_of(connection: sa.Connection, device: int, epoch: int) -> int | None:
    """The epoch that is known to have come after this one, if this one comes late."""
    named = sa.select(epochs.c.epoch).where(epochs.c.device == device, epochs.c.before_epoch == epoch).limit(1)
    brought = (
        sa.select(recovered.c.epoch).where(recovered.c.device == device, recovered.c.inner_epoch == epoch).limit(1)
    )
    return connection.execute(named).scalar() or connection.execute(brought).scalar()


def newest_head(connection: sa.Connection, device: int) -> Head | None:
    """The head of the epoch that came to central last; None: nothing of this device is held."""
    row = connection.execute(
        sa.select(epochs.c.epoch, epochs.c.sequence, epochs.c.hash)
        .where(epochs.c.device == device)
        .order_by(
            sa.case((epochs.c.ended_by.is_(None), 1), else_=0).desc(), epochs.c.began_ms.desc(), epochs.c.epoch.desc()
        )
        .limit(1)
    ).one_or_none()
    return row and Head(row.epoch, row.sequence, row.hash)


def weigh(
    connection: sa.Connection,
    device: int,
    heard: Heard,
    held: Held,
    stated: Stated,
    now_ms: int,
    came: Mapping[int, str] = NOTHING,
) -> None:
    """Compare what a device states with what was known of that epoch before this contact (`held`) and with what came
    with it (hashes by sequence), and keep it.

    Order is judged by the time of the signature, and only where that is later than any before: a request that was
    delayed, or is sent again, says nothing new. A hash that differs needs no order.
    """
    head = stated.head
    if heard.fresh and held.ended:
        detail = f"says {head.sequence} of a journal that it had ended"
        raise_alarm(connection, device, AlarmKind.REWOUND, head.epoch, 0, detail, now_ms)
    elif heard.fresh and head.sequence < held.top:
        _rewound(connection, device, held, f"says {head.sequence}, there were {held.top}", now_ms)
    if head.sequence == 0:
        return
    before = held.stated.get(head.sequence) or came.get(head.sequence)
    if before is None and head.sequence <= held.head.sequence:
        before = _held_hash(connection, device, head)
    if before is None:
        if head.sequence > held.head.sequence:
            connection.execute(
                sa.insert(stated_heads).values(
                    device=device,
                    epoch=head.epoch,
                    sequence=head.sequence,
                    hash=head.hash,
                    signed_s=stated.signed_s,
                    received_ms=now_ms,
                )
            )
    elif before != head.hash:
        _altered(connection, device, head, "states another hash than was known", now_ms)


def weigh_before(connection: sa.Connection, device: int, before: Head, now_ms: int) -> None:
    """Compare the head that a new journal gives for the one before it: nobody ends a journal earlier than it was."""
    held = held_of(connection, device, before.epoch)
    if before.sequence < held.top:
        _rewound(connection, device, held, f"ended at {before.sequence}, there were {held.top}", now_ms)
    known = held.stated.get(before.sequence)
    if known is None and 0 < before.sequence <= held.head.sequence:
        known = _held_hash(connection, device, before)
    if known not in (None, before.hash):
        _altered(connection, device, before, "ended with another hash than was known", now_ms)


def settle(
    connection: sa.Connection, device: int, held: Held, came: Mapping[int, str], now_ms: int, *, gone: bool = True
) -> None:
    """Compare what came (hashes by sequence) with the heads that were stated of it, which have then served. `gone`
    False: it was brought over from an earlier journal, and the heads may serve again."""
    met = [sequence for sequence in held.stated if sequence in came]
    for sequence in met:
        if came[sequence] != held.stated[sequence]:
            found = Head(held.head.epoch, sequence, came[sequence])
            _altered(connection, device, found, "another entry came than was stated", now_ms)
    if met and gone:
        connection.execute(
            sa.delete(stated_heads).where(
                stated_heads.c.device == device,
                stated_heads.c.epoch == held.head.epoch,
                stated_heads.c.sequence.in_(met),
            )
        )


def owners(connection: sa.Connection, device: int, epoch: int, places: Mapping[int, str]) -> list[int]:
    """Other devices of whose journal at least one of these places (hashes by sequence) is known."""
    found: set[int] = set()
    wanted = {sequence: digest for sequence, digest in places.items() if digest != GENESIS}
    for table, named in ((entries, epochs), (stated_heads, stated_heads)):
        having = sa.select(named.c.device).where(named.c.epoch == epoch, named.c.device != device)
        others = set(connection.execute(having).scalars())
        if not others:
            continue
        query = sa.select(table.c.device, table.c.sequence, table.c.hash).where(
            table.c.device.in_(others), table.c.epoch == epoch, table.c.sequence.in_(wanted)
        )
        found |= {row.device for row in connection.execute(query) if wanted[row.sequence] == row.hash}
    return sorted(found)


def swapped(connection: sa.Connection, device: int, others: list[int], epoch: int, sequence: int, now_ms: int) -> None:
    """Put on record that a device came with the journal of others, with all of them."""
    named = sa.select(devices.c.id, devices.c.device_id).where(devices.c.id.in_([device, *others]))
    names = {row.id: row.device_id for row in connection.execute(named)}
    belongs = ", ".join(names[other] for other in others)
    for each in sorted({device, *others}):  # in one order, for two devices that come at once
        detail = f"belongs to {belongs}" if each == device else f"came from {names[device]}"
        raise_alarm(connection, each, AlarmKind.SWAPPED, epoch, sequence, detail, now_ms)


def _held_hash(connection: sa.Connection, device: int, head: Head) -> str | None:
    place = (entries.c.device == device, entries.c.epoch == head.epoch, entries.c.sequence == head.sequence)
    return connection.execute(sa.select(entries.c.hash).where(*place)).scalar()


def _rewound(connection: sa.Connection, device: int, held: Held, detail: str, now_ms: int) -> None:
    raise_alarm(connection, device, AlarmKind.REWOUND, held.head.epoch, held.top, detail, now_ms)


def _altered(connection: sa.Connection, device: int, head: Head, detail: str, now_ms: int) -> None:
    raise_alarm(connection, device, AlarmKind.ALTERED_HEAD, head.epoch, head.sequence, detail, now_ms)
