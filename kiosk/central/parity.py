"""What came of each level on its way: the ledger of deliveries, and who travelled worse.

The ledger is written from the records as they came in, apart from what digests them; a rating that is in the one and
not in the other was lost in central itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from kiosk.central.alarms import AlarmKind, raise_alarm
from kiosk.central.bias import DAYS, NOTABLE_MS, Sample, acceptance_bias, delay_bias, is_unlikely
from kiosk.central.clocks import Timeline
from kiosk.central.tables import deliveries, ratings
from kiosk.central.times import is_time
from kiosk.core.entry import Kind
from kiosk.core.levels import Level

_STATING = (Kind.LEVEL_TAPPED, Kind.VISIT_ENDED)
_LEVELS = frozenset(Level)


@dataclass(frozen=True, slots=True)
class Statement:
    """An entry that states a level. `fate`: why it was not digested, `quarantined` or `refused`; None: it was."""

    rating_id: str
    level: str
    canary: bool
    record: Mapping[str, Any]
    fate: str | None


def statement(record: Mapping[str, Any], fate: str | None) -> Statement | None:
    """What an entry says of a level, itself or as an entry brought over from an earlier journal; None: nothing."""
    if record.get("kind") == Kind.ENTRY_RECOVERED and isinstance(record.get("body"), dict):
        record = record["body"].get("record")
    body = record.get("body") if isinstance(record, dict) else None
    if not isinstance(body, dict) or record.get("kind") not in _STATING:
        return None
    rating_id, level = body.get("rating_id"), body.get("level")
    if not isinstance(rating_id, str) or not 0 < len(rating_id) <= 64 or level not in _LEVELS:
        return None
    if type(record.get("mono_ms")) is not int or not isinstance(record.get("boot_id"), str):
        return None
    if type(record.get("wall_ms")) is not int or not is_time(record["wall_ms"]):
        return None
    return Statement(rating_id.replace("\0", "\ufffd"), level, body.get("canary") is True, record, fate)


_NOTED = sa.select(deliveries).where(
    deliveries.c.device == sa.bindparam("device"), deliveries.c.rating_id.in_(sa.bindparam("named", expanding=True))
)
_CHANGED = sa.update(deliveries).where(
    deliveries.c.device == sa.bindparam("of_device"), deliveries.c.rating_id == sa.bindparam("at")
)


def note_deliveries(timeline: Timeline, found: Iterable[Statement | None]) -> None:
    """Enter into the ledger what has come. The first entry of a rating counts for when it came, the newest for what it
    says; one that was refused says nothing of a rating that is there already."""
    connection, device = timeline.connection, timeline.device
    statements = [item for item in found if item is not None]
    if not statements:
        return
    wanted = {"device": device, "named": list({item.rating_id for item in statements})}
    known = {row.rating_id: dict(row._mapping) for row in connection.execute(_NOTED, wanted)}
    new: dict[str, dict[str, Any]] = {}
    changed: dict[str, dict[str, Any]] = {}
    for item in statements:
        row = new.get(item.rating_id) or known.get(item.rating_id)
        if row is None:
            when = timeline.estimate(item.record)
            new[item.rating_id] = {
                "device": device,
                "rating_id": item.rating_id,
                "level": item.level,
                "canary": item.canary,
                "received_ms": timeline.now_ms,
                "true_ms": when.true_ms,
                "time_quality": when.quality,
                "business_date": when.business_date,
                "fate": item.fate,
            }
        elif item.fate != "refused":
            row.update(level=item.level, canary=row["canary"] and item.canary, fate=item.fate)
            if item.rating_id not in new:
                changed[item.rating_id] = row
    if new:
        connection.execute(sa.insert(deliveries), list(new.values()))
    if changed:
        names = ("level", "canary", "fate")
        rows = [{"of_device": device, "at": at, **{n: row[n] for n in names}} for at, row in changed.items()]
        connection.execute(_CHANGED, rows)
    _watch_bias(timeline, {item.rating_id for item in statements if Level(item.level).negative})


_LEDGER = (
    sa.select(
        deliveries,
        sa.case((ratings.c.level == deliveries.c.level, ratings.c.received_ms)).label("digested_ms"),
        sa.func.coalesce(ratings.c.canary, deliveries.c.canary).label("marked"),
    )
    .outerjoin(ratings, sa.and_(ratings.c.device == deliveries.c.device, ratings.c.rating_id == deliveries.c.rating_id))
    .order_by(deliveries.c.business_date)
)


def read_deliveries(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> sa.Result[Any]:
    """The ledger, oldest date first, with `digested_ms`: when what central has of it was first digested; None: central
    has no such rating, or has it with another level."""
    return connection.execute(_LEDGER.where(*which))


def travel_ms(row: sa.Row[Any]) -> int | None:
    """How long a rating took from the tap to central; None where nobody knows when the tap was."""
    return None if row.time_quality == "unsure" else max(row.received_ms - row.true_ms, 0)


def _watch_bias(timeline: Timeline, negative: set[str]) -> None:
    """Look at the days of the negative ratings that have just come, as `kiosk.central.bias` says: where one of them was
    lost or is late, for else nothing has become less likely."""
    connection, device = timeline.connection, timeline.device
    if not negative:
        return
    of_these = sa.and_(deliveries.c.device == device, deliveries.c.rating_id.in_(negative))
    suspect = {row.business_date for row in read_deliveries(connection, of_these) if _is_suspect(row)}
    for day in sorted(suspect):
        first = (date.fromisoformat(day) - timedelta(days=DAYS - 1)).isoformat()
        week: list[tuple[str, Sample]] = [
            (row.business_date, _sample(row))
            for row in read_deliveries(
                connection, deliveries.c.device == device, deliveries.c.business_date.between(first, day)
            )
            if not row.marked
        ]
        lost = acceptance_bias([sample for _, sample in week])
        late = delay_bias([sample for of, sample in week if of == day])
        found = [name for name, chance in (("accepted", lost), ("late", late)) if is_unlikely(chance)]
        if found:
            place = int(day.replace("-", ""))
            raise_alarm(connection, device, AlarmKind.DELIVERY_BIAS, 0, place, ", ".join(found), timeline.now_ms)


def _is_suspect(row: sa.Row[Any]) -> bool:
    return not row.marked and (row.digested_ms is None or (travel_ms(row) or 0) > NOTABLE_MS)


def _sample(row: sa.Row[Any]) -> Sample:
    return Sample(Level(row.level).negative, row.digested_ms is not None, travel_ms(row))
