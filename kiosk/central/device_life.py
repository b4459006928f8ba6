"""What entries say about the device itself: that it had been cut off, that it is retired, what it brought over."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from kiosk.central.devices import Heard
from kiosk.central.succession import end_recovery
from kiosk.central.tables import devices
from kiosk.core.entry import Kind


def note_life(
    connection: sa.Connection, device: int, heard: Heard, records: Iterable[Mapping[str, Any]], now_ms: int
) -> None:
    """Take note of what these new and sound entries say. What comes after a retirement takes it back."""
    unclean, retired = 0, heard.retired
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
