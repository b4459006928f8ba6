"""Takes a heartbeat in: how the terminal is, kept if it is the newest, and the head it states, weighed."""

import sqlalchemy as sa

from kiosk.central.devices import hear, keep_heartbeat
from kiosk.central.evidence import held_of, newest_head, owners, stated_as, swapped, weigh
from kiosk.core.entry import Head
from kiosk.protocol.central import Heartbeat


def take_beat(
    connection: sa.Connection, device: int, beat: Heartbeat, signed_s: int, now_ms: int
) -> tuple[Head, Head | None]:
    """What central holds of the epoch that the heartbeat names, and the head of the epoch that came last, where that is
    another."""
    stated = stated_as(beat.epoch, beat.sequence, beat.hash, signed_s)
    heard = hear(connection, device, None if stated is None else stated.signed_s, now_ms)
    keep_heartbeat(connection, device, beat, signed_s)
    held = held_of(connection, device, beat.epoch)
    if stated is not None:
        others = [] if held.known else owners(connection, device, beat.epoch, {beat.sequence: beat.hash})
        if others:
            swapped(connection, device, others, beat.epoch, beat.sequence, now_ms)
        else:
            weigh(connection, device, heard, held, stated, now_ms)
    newest = newest_head(connection, device)
    return held.head, newest if newest is not None and newest.epoch != beat.epoch else None
