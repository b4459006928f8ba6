"""What the hall reads: ratings in order of arrival, terminals with their health."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.acts import NOTHING_SAID, Acts, acts_of
from kiosk.central.alarms import Words
from kiosk.central.hall_tables import halls, windows
from kiosk.central.phone_tables import phone_personal, phone_taps
from kiosk.central.profiles import hall_facts, profile_fault
from kiosk.central.tables import (
    PHONE,
    alarms,
    devices,
    entry_personal,
    epochs,
    heartbeats,
    ratings,
    stated_heads,
    visits,
)
from kiosk.central.times import rfc3339
from kiosk.protocol.central import Device, Heartbeat, Page, Rating, Tap, channel_of

_ALARMS_SHOWN = 20
SECOND_FLAG = "second_rating"
"""Central's own flag, beside those of `kiosk.core.flags`: another rating of the same visit came first, and counts."""
PHONE_CHANNEL = "qr_phone"
"""Rated on one's own phone by a code (DOMAIN: `pf` 3, 二维码)."""


@dataclass(frozen=True, slots=True)
class RatingFilter:
    """Which ratings are wanted; None: any. Canaries are never among citizens' ratings, nor the other way about."""

    device_id: str | None = None
    window: str | None = None
    level: str | None = None
    visit_id: str | None = None
    canary: bool = False
    flag: str | None = None
    rating_ids: tuple[str, ...] | None = None


def read_ratings(connection: sa.Connection, limit: int, after: int, wanted: RatingFilter) -> Page:
    """At most `limit` ratings that arrived after the one numbered `after`."""
    query = (
        sa.select(
            ratings,
            devices.c.device_id,
            devices.c.mode,
            visits.c.matter_code,
            visits.c.matter_name,
            visits.c.case_number,
            visits.c.service_number,
            visits.c.staff,
            visits.c.window,
            visits.c.channel,
            visits.c.stage,
            visits.c.slip,
            visits.c.started_by,
            visits.c.invited_by,
            sa.func.coalesce(phone_personal.c.fields, entry_personal.c.fields).label("fields"),
        )
        .join(devices, devices.c.id == ratings.c.device)
        .outerjoin(visits, sa.and_(visits.c.device == ratings.c.device, visits.c.visit_id == ratings.c.visit_id))
        .outerjoin(
            entry_personal,
            sa.and_(
                entry_personal.c.device == ratings.c.device,
                entry_personal.c.epoch == ratings.c.epoch,
                entry_personal.c.sequence == ratings.c.sequence,
            ),
        )
        .outerjoin(phone_personal, phone_personal.c.rating == ratings.c.arrival)
        .where(ratings.c.arrival > after, ratings.c.canary.is_(wanted.canary))
        .order_by(ratings.c.arrival)
        .limit(limit + 1)
    )
    for column, value in (
        (devices.c.device_id, wanted.device_id),
        (visits.c.window, wanted.window),
        (ratings.c.level, wanted.level),
        (ratings.c.visit_id, wanted.visit_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.flag == SECOND_FLAG:
        query = query.where(ratings.c.second.is_(True))
    elif wanted.flag is not None:
        query = query.where(ratings.c.flags.contains(f'"{wanted.flag}"', autoescape=True))
    if wanted.rating_ids is not None:
        query = query.where(ratings.c.rating_id.in_(wanted.rating_ids))
    rows = connection.execute(query).all()
    more = len(rows) > limit
    rows = rows[:limit]
    said = acts_of(connection, [row.receipt for row in rows])
    taps = _taps(connection, [row.arrival for row in rows if row.way == PHONE])
    items = tuple(_rating(row, said.get(row.receipt, NOTHING_SAID), taps.get(row.arrival, ())) for row in rows)
    return Page(items=items, next=str(rows[-1].arrival) if more else None)


def _taps(connection: sa.Connection, arrivals: list[int]) -> dict[int, tuple[Tap, ...]]:
    """Every tap on a level, of these phones' ratings."""
    found: dict[int, tuple[Tap, ...]] = {}
    if arrivals:
        query = sa.select(phone_taps).where(phone_taps.c.rating.in_(arrivals)).order_by(phone_taps.c.number)
        for row in connection.execute(query):
            found[row.rating] = (*found.get(row.rating, ()), Tap(level=row.level, at=rfc3339(row.tapped_ms)))
    return found


_SUCCESSOR = devices.alias("successor")


def read_devices(connection: sa.Connection, limit: int, after: int, words: Words) -> Page:
    """At most `limit` terminals that were enrolled after the one numbered `after`."""
    rows = connection.execute(
        sa.select(
            devices,
            halls.c.id.label("hall_row"),
            halls.c.code.label("hall_code"),
            windows.c.number.label("window_number"),
            heartbeats.c.body,
            _SUCCESSOR.c.device_id.label("successor"),
        )
        .join(windows, windows.c.id == devices.c.window)
        .outerjoin(_SUCCESSOR, _SUCCESSOR.c.id == devices.c.replaced_by)
        .join(halls, halls.c.id == windows.c.hall)
        .outerjoin(heartbeats, heartbeats.c.device == devices.c.id)
        .where(devices.c.id > after)
        .order_by(devices.c.id)
        .limit(limit + 1)
    ).all()
    more = len(rows) > limit
    rows = rows[:limit]
    of_epochs = _grouped(connection, epochs, [row.id for row in rows], epochs.c.began_ms, epochs.c.epoch)
    of_alarms = _grouped(connection, alarms, [row.id for row in rows], alarms.c.id)
    of_stated = _grouped(connection, stated_heads, [row.id for row in rows], stated_heads.c.sequence)
    facts = {hall: hall_facts(connection, hall) for hall in {row.hall_row for row in rows}}
    items = tuple(
        _device(
            row,
            of_epochs[row.id],
            of_stated[row.id],
            of_alarms[row.id],
            profile_fault(facts[row.hall_row], row.window, row.mode),
            words,
        )
        for row in rows
    )
    return Page(items=items, next=str(rows[-1].id) if more else None)


def _rating(row: sa.Row[Any], said: Acts, taps: tuple[Tap, ...]) -> Rating:
    personal = msgspec.json.decode(row.fields) if row.fields else {}
    return Rating(
        rating_id=row.rating_id,
        device_id=row.device_id,
        epoch=row.epoch,
        sequence=row.sequence,
        visit_id=row.visit_id,
        level=row.level,
        reasons=tuple(msgspec.json.decode(row.reasons)),
        comment=personal.get("comment"),
        channel=PHONE_CHANNEL if row.way == PHONE else row.channel or channel_of(row.mode),
        matter=None if row.matter_code is None else {"code": row.matter_code, "name": row.matter_name},
        case_number=row.case_number,
        service_number=row.service_number,
        staff=None if row.staff is None else msgspec.json.decode(row.staff),
        window=row.window,
        tapped_at=rfc3339(row.tapped_ms),
        received_at=rfc3339(row.received_ms),
        withdrawn_at=said.withdrawn_at,
        finished=row.finished,
        business_date=row.business_date,
        time_quality=row.time_quality,
        local_reasons=tuple(msgspec.json.decode(row.local_reasons)),
        seen=None if row.seen is None else msgspec.json.decode(row.seen),
        additions=said.additions,
        withdrawal=said.withdrawal,
        flags=(*msgspec.json.decode(row.flags), *((SECOND_FLAG,) if row.second else ())),
        phone=row.way == PHONE,
        second=row.second,
        vouched=row.vouched,
        taps=taps,
        stage=row.stage,
        slip=row.slip,
        started_by=row.started_by,
        invited_by=row.invited_by,
    )


def _device(
    row: sa.Row[Any],
    kept: list[sa.Row[Any]],
    stated: list[sa.Row[Any]],
    raised: list[sa.Row[Any]],
    fault: str,
    words: Words,
) -> Device:
    beat = None if row.body is None else msgspec.json.decode(row.body, type=Heartbeat)
    kept = sorted(kept, key=lambda epoch: epoch.ended_by is None)  # an old journal may be brought to central late
    newest = kept[-1] if kept else None
    said = max((s.sequence for s in stated if newest is None or s.epoch == newest.epoch), default=0)
    broken = next((epoch for epoch in reversed(kept) if epoch.broken_at is not None), None)
    refused = beat.refused_profile if beat else ""
    return Device(
        device_id=row.device_id,
        hall=row.hall_code,
        window=row.window_number,
        mode=row.mode,
        enrolled_at=rfc3339(row.enrolled_ms),
        last_seen_at=None if row.seen_ms is None else rfc3339(row.seen_ms),
        version=beat.version if beat else "",
        state=beat.state if beat else "",
        epoch=newest.epoch if newest else None,
        sequence=newest.sequence if newest else 0,
        unsent=beat.unsent if beat else 0,
        quarantined=sum(epoch.quarantined for epoch in kept),
        chain="whole" if broken is None else f"broken at {broken.broken_at}: {broken.broken_by}",
        refused_profile=f"central: {fault}" if fault else refused,
        alarms=tuple(f"{alarm.kind} {alarm.epoch}:{alarm.sequence}" for alarm in raised[: -_ALARMS_SHOWN - 1 : -1]),
        journal_began=words.of_reason(newest.reason) if newest else {},
        behind=max(0, said - newest.sequence) if newest else said,
        unclean_stops=row.unclean_stops,
        retired_at=None if row.retired_ms is None else rfc3339(row.retired_ms),
        revoked_at=None if row.revoked_ms is None else rfc3339(row.revoked_ms),
        replaced_at=None if row.replaced_ms is None else rfc3339(row.replaced_ms),
        replaced_by=row.successor,
        public_key=row.public_key,
    )


def _grouped(
    connection: sa.Connection, table: sa.Table, of: list[int], *order: sa.ColumnElement[Any]
) -> defaultdict[int, list[sa.Row[Any]]]:
    grouped: defaultdict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in connection.execute(sa.select(table).where(table.c.device.in_(of)).order_by(*order)):
        grouped[row.device].append(row)
    return grouped
