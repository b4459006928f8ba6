"""What a clerk may know of their own ratings: of days that are over, in groups, and so coarse that no figure tells of
one citizen."""

from datetime import date, timedelta

import sqlalchemy as sa

from kiosk.central.clocks import hear_clocks
from kiosk.central.hall_tables import windows
from kiosk.central.tables import devices, ratings, visits
from kiosk.central.true_time import local_date
from kiosk.core.levels import Level
from kiosk.protocol.phone import ClerkFigures

DAYS = 28
GROUP = 5
"""Fewer visits say nothing, and ratings are counted in steps of so many."""
SHARE_FROM = 20
"""With fewer ratings than these no share is told."""
_GOOD = tuple(str(level) for level in Level if not level.negative)

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
    """The figures of a clerk of the hall in which this terminal stands, of the four weeks before today. One of another
    hall has none."""
    today = date.fromisoformat(local_date(now_ms, hear_clocks(connection, device, None, now_ms).zone))
    since, until = (today - timedelta(days=DAYS)).isoformat(), (today - timedelta(days=1)).isoformat()
    hall = connection.execute(_HALL.where(devices.c.id == device)).scalar_one()
    wanted = {"staff": staff, "since": since, "until": until, "hall": hall}
    found = connection.execute(_COUNTS, wanted).one()
    if found.ended < GROUP:
        return ClerkFigures(staff=staff)
    return ClerkFigures(
        staff=staff,
        since=since,
        until=until,
        visits=found.ended,
        rated=found.rated // GROUP * GROUP,
        good_percent=_share(found.good, found.rated),
    )


def _share(good: int, rated: int) -> int | None:
    """In tens, from 10 to 90: "all" and "all but one" look alike."""
    if rated < SHARE_FROM:
        return None
    return min(max(good * 10 // rated * 10, 10), 90)
