"""What central makes of canaries: whether they come, whether there are too many, whether their terminal misses one.

The mark takes a rating out of every list and figure, so central counts what hides behind it. A terminal's night makes
one of each level, twice a day at most and never while a visit runs. A technician's round trip makes more, and says so
in the journal first, with who it is (docs/adr/0019).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from datetime import date, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.alarms import AlarmKind, raise_alarm
from kiosk.central.clocks import Timeline
from kiosk.central.reading import RatingFilter, read_ratings
from kiosk.central.tables import GLASS, entries, ratings
from kiosk.core.entry import Kind
from kiosk.core.levels import Level
from kiosk.protocol.central import Canary, CanaryAnswer

MOST_A_DAY = 10
MOST_OF_A_LEVEL = 2
DAYS_WITHOUT = 3
RUNS_A_DAY = 3
"""So many round trips of technicians are taken for what they say on one day."""
VISITS_OF_A_RUN = 8
OF_A_LEVEL_IN_A_RUN = 2
RUN_MS = 60 * 60_000
"""So long after its announcement a run's visits may begin."""
_LOOK_BACK = 60


def answer_canaries(connection: sa.Connection, device_id: str, rating_ids: Iterable[str], now_ms: int) -> CanaryAnswer:
    """Which of these canaries of this terminal central has, read by what the hall's list of ratings is read by."""
    wanted = RatingFilter(device_id=device_id, canary=True, rating_ids=tuple(rating_ids))
    found = read_ratings(connection, len(wanted.rating_ids or ()), 0, wanted) if wanted.rating_ids else None
    return CanaryAnswer(
        canaries=tuple(
            Canary(rating_id=item.rating_id, level=item.level, reasons=item.reasons, finished=item.finished)
            for item in (found.items if found else ())
        ),
        server_time=now_ms,
    )


def watch_canaries(timeline: Timeline, records: Iterable[Mapping[str, Any]], brought: Set[int] = frozenset()) -> None:
    """Look at what has just been digested. `brought`: the places of what was brought over from an earlier journal, of
    which its place does not tell when it was."""
    rated: set[str] = set()
    for record in records:
        body = record["body"]
        if record["kind"] == Kind.CANARY_READ_BACK:
            _watch_read_back(timeline, record)
        elif record["kind"] == Kind.VISIT_STARTED:
            if body.get("canary") is True and record["sequence"] not in brought:
                _watch_start(timeline, record)
                _watch_run(timeline, record)
        elif record["kind"] in (Kind.LEVEL_TAPPED, Kind.VISIT_ENDED) and isinstance(body.get("rating_id"), str):
            rated.add(body["rating_id"].replace("\0", "\ufffd"))
    if rated:
        _watch_days(timeline, rated)


def _watch_read_back(timeline: Timeline, record: Mapping[str, Any]) -> None:
    """The terminal asked for its canaries and did not get them as they were."""
    body = record["body"]
    asked, held, wrong = body.get("asked"), body.get("held"), body.get("wrong")
    missing = sorted(set(_texts(asked)) - set(_texts(held)))
    changed = sorted(wrong) if isinstance(wrong, dict) else []
    if missing or changed:
        told = [f"missing {', '.join(missing)}"] if missing else []
        told += [f"changed {', '.join(changed)}"] if changed else []
        detail = "; ".join(told).replace("\0", "\ufffd")[:300]
        at = record["epoch"], record["sequence"]
        raise_alarm(timeline.connection, timeline.device, AlarmKind.CANARY_WRONG, *at, detail, timeline.now_ms)


def _watch_start(timeline: Timeline, record: Mapping[str, Any]) -> None:
    """A canary may not begin while a citizen's visit runs: that would be a citizen's rating under the mark."""
    before = timeline.connection.execute(
        sa.select(entries.c.record)
        .where(
            entries.c.device == timeline.device,
            entries.c.epoch == record["epoch"],
            entries.c.sequence < record["sequence"],
            entries.c.kind == Kind.VISIT_STARTED,
            entries.c.quarantined.is_(None),
        )
        .order_by(entries.c.sequence.desc())
        .limit(1)
    ).scalar()
    if before is None:
        return
    visit = msgspec.json.decode(before)
    end = timeline.connection.execute(
        sa.select(entries.c.sequence)
        .where(
            entries.c.device == timeline.device,
            entries.c.epoch == record["epoch"],
            entries.c.sequence.between(visit["sequence"], record["sequence"]),
            entries.c.kind == Kind.VISIT_ENDED,
        )
        .limit(1)
    ).first()
    if end is None and visit["body"].get("canary") is not True:
        _excess(timeline, record["epoch"], record["sequence"], "during a citizen's visit")


def _watch_run(timeline: Timeline, record: Mapping[str, Any]) -> None:
    """A visit that says it is of a technician's round trip, which must have been announced shortly before and has only
    so many visits: else anything could be called a test."""
    run = record["body"].get("acceptance")
    if run is None:
        return
    place = record["epoch"], record["sequence"]
    began = _announced(timeline, record["epoch"], record["sequence"]).get(str(run))
    if began is None:
        _excess(timeline, *place, "a test that no technician announced")
    elif began["boot_id"] != record["boot_id"] or not 0 <= record["mono_ms"] - began["mono_ms"] <= RUN_MS:
        _excess(timeline, *place, "a test long after its technician announced it")
    else:
        starts = timeline.connection.execute(
            sa.select(entries.c.record).where(
                entries.c.device == timeline.device,
                entries.c.epoch == record["epoch"],
                entries.c.sequence.between(began["sequence"], record["sequence"]),
                entries.c.kind == Kind.VISIT_STARTED,
                entries.c.quarantined.is_(None),
            )
        ).scalars()
        if sum(msgspec.json.decode(one)["body"].get("acceptance") == run for one in starts) > VISITS_OF_A_RUN:
            _excess(timeline, *place, f"more than {VISITS_OF_A_RUN} visits in one test")


def _announced(timeline: Timeline, epoch: int | None, before: int | None) -> dict[str, dict[str, Any]]:
    """The announcements of this terminal by their run: of an epoch until a place, or all that are recent."""
    where = [
        entries.c.device == timeline.device,
        entries.c.kind == Kind.ACCEPTANCE_BEGAN,
        entries.c.quarantined.is_(None),
    ]
    if epoch is not None:
        where += [entries.c.epoch == epoch, entries.c.sequence < before]
    query = sa.select(entries.c.record).where(*where).order_by(entries.c.epoch.desc(), entries.c.sequence.desc())
    found = {}
    for text in timeline.connection.execute(query.limit(_LOOK_BACK)).scalars():
        record = msgspec.json.decode(text)
        body = record["body"]
        if isinstance(body.get("run"), str) and isinstance(body.get("technician"), str) and body["technician"].strip():
            found[body["run"]] = record
    return found


_OF_DEVICE = ratings.c.device == sa.bindparam("device")
_DAYS = (
    sa.select(ratings.c.business_date, ratings.c.canary)
    .where(_OF_DEVICE, ratings.c.rating_id.in_(sa.bindparam("rated", expanding=True)))
    .distinct()
)


def _watch_days(timeline: Timeline, rated: set[str]) -> None:
    found = timeline.connection.execute(_DAYS, {"device": timeline.device, "rated": list(rated)})
    touched = {(row.business_date, row.canary) for row in found}
    for day in sorted(day for day, canary in touched if canary):
        _watch_excess(timeline, day)
    dates = [day for day, canary in touched if not canary]
    if dates:
        _watch_missing(timeline, max(dates))


def _watch_excess(timeline: Timeline, day: str) -> None:
    """Of the night and of each technician's test by itself: none of them widens the room of another."""
    marked = timeline.connection.execute(
        sa.select(ratings.c.level, entries.c.record)
        .join(entries, sa.and_(
            entries.c.device == ratings.c.device, entries.c.epoch == ratings.c.epoch,
            entries.c.sequence == ratings.c.sequence,
        ))
        .where(ratings.c.device == timeline.device, ratings.c.canary.is_(True), ratings.c.business_date == day)
    ).all()  # fmt: skip
    found: dict[str | None, Counter[str]] = defaultdict(Counter)
    for level, record in marked:
        run = msgspec.json.decode(record)["body"].get("acceptance")
        found[None if run is None else str(run)][level] += 1
    nightly = found.pop(None, Counter())
    faults = []
    if nightly.total() > MOST_A_DAY or any(count > MOST_OF_A_LEVEL for count in nightly.values()):
        faults.append(f"{nightly.total()} on {day}")
    if len(found) > RUNS_A_DAY:
        faults.append(f"{len(found)} tests of technicians on {day}")
    if any(max(levels.values()) > OF_A_LEVEL_IN_A_RUN or levels.total() > VISITS_OF_A_RUN for levels in found.values()):
        faults.append(f"one level too often in a test on {day}")
    if faults:
        _excess(timeline, 0, _day_number(day), "; ".join(faults))


_NEWEST_COMPLETE_DAY = (
    sa.select(ratings.c.business_date)
    .where(
        _OF_DEVICE,
        ratings.c.canary.is_(True),
        ratings.c.business_date.between(sa.bindparam("earliest"), sa.bindparam("day")),
    )
    .group_by(ratings.c.business_date)
    .having(sa.func.count(ratings.c.level.distinct()) == len(Level))
    .order_by(ratings.c.business_date.desc())
    .limit(1)
)
_DAYS_OF_CITIZENS = (
    sa.select(ratings.c.business_date)
    .where(
        _OF_DEVICE,
        ratings.c.canary.is_(False),
        ratings.c.way == GLASS,
        ratings.c.business_date > sa.bindparam("after"),
        ratings.c.business_date <= sa.bindparam("day"),
        ratings.c.time_quality != "unsure",
    )
    .distinct()
    .limit(DAYS_WITHOUT + 1)
)


def _watch_missing(timeline: Timeline, day: str) -> None:
    """Citizens' ratings came from more than three days after the last one on which every level's canary came."""
    connection, device = timeline.connection, timeline.device
    earliest = (date.fromisoformat(day) - timedelta(days=_LOOK_BACK)).isoformat()
    complete = connection.execute(_NEWEST_COMPLETE_DAY, {"device": device, "earliest": earliest, "day": day}).scalar()
    without = connection.execute(_DAYS_OF_CITIZENS, {"device": device, "after": complete or earliest, "day": day})
    if len(without.all()) > DAYS_WITHOUT:
        detail = f"none since {complete}" if complete else "none so far"
        raise_alarm(connection, device, AlarmKind.CANARY_MISSING, 0, _day_number(day), detail, timeline.now_ms)


def _excess(timeline: Timeline, epoch: int, sequence: int, detail: str) -> None:
    raise_alarm(timeline.connection, timeline.device, AlarmKind.CANARY_EXCESS, epoch, sequence, detail, timeline.now_ms)


def _day_number(day: str) -> int:
    return int(day.replace("-", ""))


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
