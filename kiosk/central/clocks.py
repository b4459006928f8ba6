"""When each boot of a terminal began, by central's clock.

A terminal says with each batch and heartbeat what its two clocks show. Central's time less the monotonic clock is when
that boot began, and with it the true time of every entry of that boot, whatever the wall clock was meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

import sqlalchemy as sa

from kiosk.central.chain import Placed
from kiosk.central.hall_tables import halls, windows
from kiosk.central.tables import boots, devices
from kiosk.central.true_time import Boot, Estimate, estimate, local_date, zone_of
from kiosk.protocol.central import StatedClocks

_LONGEST_BOOT_ID = 64

_BOOT = sa.select(boots.c.began_ms, boots.c.exact).where(
    boots.c.device == sa.bindparam("device"), boots.c.boot_id == sa.bindparam("boot_id")
)
_THIS_BOOT = sa.update(boots).where(
    boots.c.device == sa.bindparam("of_device"), boots.c.boot_id == sa.bindparam("of_boot")
)


@dataclass(slots=True)
class Timeline:
    """The boots of one terminal, as far as they are asked for. No entry is younger than `now_ms`, nor much older than
    `enrolled_ms`."""

    connection: sa.Connection
    device: int
    now_ms: int
    enrolled_ms: int
    zone: tzinfo
    known: dict[str, Boot | None] = field(default_factory=dict)

    def estimate(self, record: Mapping[str, Any]) -> Estimate:
        """When this entry was written."""
        boot = self.boot(record["boot_id"])
        found = estimate(record["wall_ms"], record["mono_ms"], boot, self.now_ms, self.enrolled_ms)
        return Estimate(*found, local_date(found[0], self.zone))

    def moment(self, record: Mapping[str, Any]) -> int | None:
        """When this entry was written, whatever the wall clock said, as exactly as a call is quick; None where the
        terminal has not stated the clock of that boot."""
        boot = self.boot(record["boot_id"])
        if boot is None or not boot.exact:
            return None
        return boot.began_ms + int(record["mono_ms"])

    def boot(self, boot_id: str) -> Boot | None:
        """What is known of a boot."""
        boot_id = _name(boot_id)
        if boot_id not in self.known:
            row = self.connection.execute(_BOOT, {"device": self.device, "boot_id": boot_id}).one_or_none()
            self.known[boot_id] = row and Boot(row.began_ms, row.exact)
        return self.known[boot_id]

    def learn(self, boot_id: str, mono_ms: int, exact: bool) -> None:
        """The monotonic clock of a boot showed `mono_ms` just now or, not `exact`, at some time until now.

        A bound is given up for what is exact, and for a tighter bound; what is exact follows what is newer, so that the
        drift of a long boot does not add up."""
        known, found = self.boot(boot_id), Boot(self.now_ms - mono_ms, exact)
        if known is not None and not exact and (known.exact or known.began_ms <= found.began_ms):
            return
        values = {"began_ms": found.began_ms, "exact": exact}
        if known is None:
            place = {"device": self.device, "boot_id": _name(boot_id)}
            self.connection.execute(sa.insert(boots), {**place, **values})
        elif known != found:
            self.connection.execute(_THIS_BOOT, {"of_device": self.device, "of_boot": _name(boot_id), **values})
        self.known[_name(boot_id)] = found


_ENROLLED_AND_ZONE = (
    sa.select(devices.c.enrolled_ms, halls.c.time_zone)
    .join(windows, windows.c.id == devices.c.window)
    .join(halls, halls.c.id == windows.c.hall)
    .where(devices.c.id == sa.bindparam("device"))
)


def hear_clocks(connection: sa.Connection, device: int, stated: StatedClocks | None, now_ms: int) -> Timeline:
    """The timeline of a terminal that calls at `now_ms`, and may have said what its clocks show. The caller holds the
    lock on the device."""
    row = connection.execute(_ENROLLED_AND_ZONE, {"device": device}).one()
    timeline = Timeline(connection, device, now_ms, row.enrolled_ms, zone_of(row.time_zone))
    if stated is not None:
        timeline.learn(stated.boot_id, stated.mono_ms, exact=True)
    return timeline


def bound_clock(timeline: Timeline, placed: Sequence[Placed]) -> None:
    """What has come was written by now, if nothing else is said of its clock; how long ago, nobody knows."""
    newest = next((p.record for p in reversed(placed) if not p.breaks), None)
    if newest is not None:
        timeline.learn(newest["boot_id"], newest["mono_ms"], exact=False)


def _name(boot_id: str) -> str:
    return boot_id.replace("\0", "\ufffd")[:_LONGEST_BOOT_ID]
