"""What entries say about the device itself: that it had been cut off, that it is retired, what it brought over."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from kiosk.central.alarms import AlarmKind, raise_alarm
from kiosk.central.devices import Heard
from kiosk.central.succession import end_recovery
from kiosk.central.tables import alarms, devices
from kiosk.central.times import rfc3339
from kiosk.core.entry import Kind


def note_life(
    connection: sa.Connection, device: int, heard: Heard, records: Iterable[Mapping[str, Any]], now_ms: int
) -> None:
    """Take note of what these new and sound entries say. What comes after a retirement takes it back."""
    unclean, retired = 0, heard.retired
    records = list(records)
    if heard.replaced_ms is not None and records:
        _flag_replaced(connection, device, heard.replaced_ms, records, now_ms)
    for record in records:
        kind = record["kind"]
        retired = kind == Kind.DEVICE_RETIRED
        if kind == Kind.TERMINAL_STARTED and record["body"].get("unclean_stop") is True:
            unclean += 1
        elif kind == Kind.JOURNAL_RECOVERED:
            end_recovery(connection, device, record["body"], now_ms)
    values: dict[str, Any] = {}
    if unclean:
        values["unclean_stops"] = devices.c.unclean_stops + unclean
    if retired != heard.retired:
        values["retired_ms"] = now_ms if retired else None
    if values:
        connection.execute(sa.update(devices).where(devices.c.id == device).values(**values))


def _flag_replaced(
    connection: sa.Connection, device: int, replaced_ms: int, records: Sequence[Mapping[str, Any]], now_ms: int
) -> None:
    """Once for each time it was replaced: it brings what was left, or stands at a window still. The entries are taken
    like any others."""
    known = sa.select(alarms.c.id).where(
        alarms.c.device == device, alarms.c.kind == AlarmKind.REPLACED_SPEAKS, alarms.c.since_ms == replaced_ms
    )
    if connection.execute(known).first() is None:
        first = records[0]
        raise_alarm(
            connection, device, AlarmKind.REPLACED_SPEAKS, first["epoch"], first["sequence"],
            f"replaced {rfc3339(replaced_ms)}", now_ms, since_ms=replaced_ms,
        )  # fmt: skip
