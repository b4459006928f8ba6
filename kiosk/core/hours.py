"""When the hall is open and how soon it closes, and how loud the terminal speaks then.

Local time comes in as a value; daylight saving is the caller's clock's business.
"""

from collections.abc import Iterable

from kiosk.core.view import OpeningHours, SpeechHours


def is_open(hours: Iterable[OpeningHours], weekday: int, time: str) -> bool:
    """Whether `time` (local, `HH:MM`) on `weekday` (1 is Monday) lies in a period; no period at all is always open.

    A period that closes before it opens runs over midnight into the next day.
    """
    periods = tuple(hours)
    if not periods:
        return True
    yesterday = 7 if weekday == 1 else weekday - 1
    for period in periods:
        over_midnight = period.closes < period.opens
        if period.weekday == weekday and period.opens <= time and (over_midnight or time < period.closes):
            return True
        if over_midnight and period.weekday == yesterday and time < period.closes:
            return True
    return False


def closes_in(hours: Iterable[OpeningHours], weekday: int, time: str) -> int | None:
    """Minutes from `time` (local, `HH:MM`) on `weekday` until the hall closes next: the end of a period that no other
    goes on from. None where it never closes; while it is closed, the end of the period that comes."""
    periods = tuple(hours)
    now = _minute(weekday, time)
    waits: list[int] = []
    for period in periods:
        if period.opens == period.closes:
            continue
        day = period.weekday % 7 + 1 if period.closes < period.opens else period.weekday
        if not is_open(periods, day, period.closes):
            waits.append((_minute(day, period.closes) - now - 1) % _WEEK + 1)
    return min(waits, default=None)


def opens_in(hours: Iterable[OpeningHours], weekday: int, time: str) -> int | None:
    """Minutes from `time` until the next period begins; None where there is none."""
    now = _minute(weekday, time)
    return min(((_minute(one.weekday, one.opens) - now - 1) % _WEEK + 1 for one in hours), default=None)


def closed_for(hours: Iterable[OpeningHours], weekday: int, time: str) -> int | None:
    """Minutes since a period ended last, while the hall is closed; None where there is none."""
    now = _minute(weekday, time)
    ends = (_minute(one.weekday % 7 + 1 if one.closes < one.opens else one.weekday, one.closes) for one in hours)
    return min(((now - end) % _WEEK for end in ends), default=None)


_WEEK = 7 * 24 * 60


def _minute(weekday: int, time: str) -> int:
    """Of the week."""
    return ((weekday - 1) * 24 + int(time[:2])) * 60 + int(time[3:])


def volume_now(speech: Iterable[SpeechHours], time: str) -> int:
    """How loud (0 to 100) at `time` (local, `HH:MM`): as the first period says that it lies in; outside all, silent.

    A period that closes before it opens runs over midnight.
    """
    for period in speech:
        since, before = period.opens <= time, time < period.closes
        if (since or before) if period.closes < period.opens else (since and before):
            return min(max(period.volume, 0), 100)
    return 0
