"""What a clerk may know of their own ratings: of whole weeks that are over, in groups, and so coarse that no figure
tells of one citizen.

No two answers speak of the same day unless they are the same answer: with sums over days that overlap, or that still
change, whoever asks every day subtracts one from the other and has the citizens of one day, or the one that came late.
"""

from collections.abc import Callable
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kiosk.central.clocks import hear_clocks
from kiosk.central.hall_tables import told_figures, windows
from kiosk.central.tables import devices, ratings, visits
from kiosk.central.true_time import local_date
from kiosk.core.levels import Level
from kiosk.protocol.phone import ClerkFigures

SETTLES = 1
"""Days after which a week is told, so that terminals that were cut off have sent what is theirs."""
GROUP = 5
"""Fewer visits say nothing, and ratings are counted in steps of so many."""
SHARE_FROM = 20
"""With fewer ratings than these no share is told."""
_GOOD = tuple(str(level) for level in Level if not level.negative)

_INSERTS: dict[str, Callable[[sa.Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
_TOLD = sa.select(told_figures).where(
    *(told_figures.c[name] == sa.bindparam(name) for name in ("hall", "staff", "since"))
)
_HALL = sa.select(windows.c.hall).join(devices, devices.c.window == windows.c.id)
_COUNTS = (
    sa.select(
        sa.func.count(visits.c.visit_id.distinct()).label("ended"),
        sa.func.count(ratings.c.arrival).label("rated"),
        sa.func.count(sa.case((ratings.c.level.in_(_GOOD), 1))).label("good"),
    )
    .select_from(visits)
    .join(devices, devices.c.id == visits.c.device)
    .join(windows, windows.c.id == devices.c.window)
    .outerjoin(
        ratings,
        sa.and_(
            ratings.c.device == visits.c.device,
            ratings.c.visit_id == visits.c.visit_id,
            ratings.c.second.is_(False),
            ratings.c.canary.is_(False),
        ),
    )
    .where(
        visits.c.staff_number == sa.bindparam("staff"),
        visits.c.business_date.between(sa.bindparam("since"), sa.bindparam("until")),
        visits.c.canary.is_(False),
        windows.c.hall == sa.bindparam("hall"),
    )
)


def clerk_figures(connection: sa.Connection, device: int, staff: str, now_ms: int) -> ClerkFigures:
    """The figures of a clerk of the hall in which this terminal stands, of the last week that is over. One of another
    hall has none. What was told of a week once is told ever after, whatever comes late."""
    today = date.fromisoformat(local_date(now_ms, hear_clocks(connection, device, None, now_ms).zone))
    since, until = week_told_on(today)
    hall = connection.execute(_HALL.where(devices.c.id == device)).scalar_one()
    place = {"hall": hall, "staff": staff, "since": since.isoformat()}
    told = connection.execute(_TOLD, place).one_or_none()
    if told is None:
        counted = connection.execute(_COUNTS, {**place, "until": until.isoformat()}).one()
        tell = _INSERTS[connection.dialect.name](told_figures).values({**place, **_groups(*counted)})
        connection.execute(tell.on_conflict_do_nothing())
        told = connection.execute(_TOLD, place).one()  # another terminal of the hall may have asked at the same time
    if not told.visits:
        return ClerkFigures(staff=staff)
    return ClerkFigures(
        staff=staff,
        since=since.isoformat(),
        until=until.isoformat(),
        visits=told.visits,
        rated=told.rated,
        good_percent=told.good_percent,
    )


def week_told_on(today: date) -> tuple[date, date]:
    """The Monday and the Sunday of the week of which clerks are told on this day, by the hall's calendar."""
    settled = today - timedelta(days=SETTLES)
    monday = settled - timedelta(days=settled.weekday())
    return monday - timedelta(days=7), monday - timedelta(days=1)


def _groups(ended: int, rated: int, good: int) -> dict[str, int | None]:
    if ended < GROUP:
        return {"visits": 0, "rated": 0, "good_percent": None}
    return {"visits": ended, "rated": rated // GROUP * GROUP, "good_percent": _share(good, rated)}


def _share(good: int, rated: int) -> int | None:
    """In tens, from 10 to 90: "all" and "all but one" look alike."""
    if rated < SHARE_FROM:
        return None
    return min(max(good * 10 // rated * 10, 10), 90)
