"""Whether entries that were brought over follow each other as they did in their own journal.

A stated head covers every entry before it only by the links between them; without this an entry could be exchanged on
its way into a new journal, under a hash of its own.
"""

from collections.abc import Iterable, Mapping

import msgspec
import sqlalchemy as sa

from kiosk.central.alarms import AlarmKind, raise_alarm
from kiosk.central.chain import UNCLAIMED
from kiosk.central.tables import entries, recovered
from kiosk.core.entry import Head

WRAPPED_IN = sa.and_(
    recovered.c.device == entries.c.device,
    recovered.c.epoch == entries.c.epoch,
    recovered.c.sequence == entries.c.sequence,
)
"""The entry in which something was brought over."""

Named = Mapping[int, set[str]]
"""Hashes by sequence."""


def check_links(connection: sa.Connection, device: int, links: Iterable[tuple[Head, str]], now_ms: int) -> None:
    """Alarm where what came of an earlier journal (each place with the hash that it calls previous), or came before
    and is next to it, does not follow. Where several are known of one place, it is enough that one is followed."""
    epochs: dict[int, dict[int, set[str]]] = {}
    for head, previous in links:
        epochs.setdefault(head.epoch, {}).setdefault(head.sequence, set()).add(previous)
    for epoch, named in epochs.items():
        for sequence, previous in _of_the_next(connection, device, epoch, named):
            named.setdefault(sequence, set()).add(previous)
        known = _known(connection, device, epoch, [sequence - 1 for sequence in named])
        for sequence in sorted(named):
            before = known.get(sequence - 1)
            if before and not named[sequence] <= before:
                detail = "brought over, and does not follow the entry before it"
                raise_alarm(connection, device, AlarmKind.CHAIN_BROKEN, epoch, sequence, detail, now_ms)
                break


def _of_the_next(connection: sa.Connection, device: int, epoch: int, named: Named) -> list[tuple[int, str]]:
    """What the entries behind these, which had come before, call previous."""
    following = [sequence + 1 for sequence in named if sequence + 1 not in named]
    own = sa.select(entries.c.record).where(
        entries.c.device == device, entries.c.epoch == epoch, entries.c.sequence.in_(following)
    )
    brought = (
        sa.select(entries.c.record)
        .join(recovered, WRAPPED_IN)
        .where(
            recovered.c.device == device, recovered.c.inner_epoch == epoch, recovered.c.inner_sequence.in_(following)
        )
    )
    found = []
    for text in [*connection.execute(own).scalars(), *connection.execute(brought).scalars()]:
        record = msgspec.json.decode(text)
        while isinstance(record, dict) and record.get("epoch") != epoch:
            record = record.get("body", {}).get("record")
        if isinstance(record, dict) and isinstance(record.get("previous"), str):
            found.append((record["sequence"], record["previous"]))
    return [(sequence, previous) for sequence, previous in found if sequence in following]


def _known(connection: sa.Connection, device: int, epoch: int, sequences: list[int]) -> dict[int, set[str]]:
    """The hashes of this journal's entries that are known, in their own places and brought over."""
    own = sa.select(entries.c.sequence, entries.c.hash).where(
        entries.c.device == device, entries.c.epoch == epoch, entries.c.sequence.in_(sequences)
    )
    brought = sa.select(recovered.c.inner_sequence, recovered.c.hash).where(
        recovered.c.device == device, recovered.c.inner_epoch == epoch, recovered.c.inner_sequence.in_(sequences)
    )
    known: dict[int, set[str]] = {}
    for sequence, digest in [*connection.execute(own), *connection.execute(brought)]:
        if digest != UNCLAIMED:
            known.setdefault(sequence, set()).add(digest)
    return known
