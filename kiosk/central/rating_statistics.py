"""How many ratings came by each channel, and what looked like pressure or fakery at each window. For the hall alone."""

from collections import Counter, defaultdict
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.hall_tables import windows
from kiosk.central.reading import PHONE_CHANNEL
from kiosk.central.tables import PHONE, devices, ratings, visits
from kiosk.core.flags import FLAGS
from kiosk.core.levels import Level
from kiosk.protocol.central import channel_of
from kiosk.protocol.statistics import ChannelRatings, RatingStatistics, WindowFlags

_WINDOW = sa.func.coalesce(visits.c.window, windows.c.number)
_COUNTED = (
    sa.select(
        _WINDOW.label("window"),
        ratings.c.way,
        visits.c.channel,
        devices.c.mode,
        ratings.c.level,
        ratings.c.flags,
        sa.func.count().label("found"),
    )
    .select_from(ratings)
    .join(devices, devices.c.id == ratings.c.device)
    .join(windows, windows.c.id == devices.c.window)
    .outerjoin(visits, sa.and_(visits.c.device == ratings.c.device, visits.c.visit_id == ratings.c.visit_id))
    .where(ratings.c.canary.is_(False), ratings.c.second.is_(False))
    .group_by(_WINDOW, ratings.c.way, visits.c.channel, devices.c.mode, ratings.c.level, ratings.c.flags)
)


def rating_statistics(connection: sa.Connection, first: str | None, last: str | None) -> RatingStatistics:
    """The figures of the hall's dates from `first` to `last`."""
    query = _COUNTED
    if first:
        query = query.where(ratings.c.business_date >= first)
    if last:
        query = query.where(ratings.c.business_date <= last)
    by_channel: defaultdict[str, Counter[str]] = defaultdict(Counter)
    rated: Counter[str] = Counter()
    flagged: Counter[str] = Counter()
    by_flag: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in connection.execute(query):
        by_channel[_channel(row)][row.level] += row.found
        rated[row.window] += row.found
        flags = msgspec.json.decode(row.flags)
        flagged[row.window] += row.found if flags else 0
        for flag in flags:
            by_flag[row.window][flag] += row.found
    return RatingStatistics(
        first=first,
        last=last,
        channels=tuple(
            ChannelRatings(
                channel=channel, rated=counted.total(), levels={str(level): counted[level] for level in Level}
            )
            for channel, counted in sorted(by_channel.items())
        ),
        windows=tuple(
            WindowFlags(window=window, rated=count, flagged=flagged[window], flags=_flags(by_flag[window]))
            for window, count in sorted(rated.items())
        ),
    )


def _channel(row: sa.Row[Any]) -> str:
    return PHONE_CHANNEL if row.way == PHONE else row.channel or channel_of(row.mode)


def _flags(counted: Counter[str]) -> dict[str, int]:
    """Every flag there is, and those that a newer terminal knows beside them."""
    return {flag: counted[flag] for flag in (*FLAGS, *sorted(set(counted) - set(FLAGS)))}
