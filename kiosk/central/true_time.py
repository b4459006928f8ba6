"""What time it really was, and what date in the hall. Pure.

Terminals' clocks are wrong by years, jump, and are set. The tapped time itself is never altered; what is found here
stands beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.central.times import EARLIEST_MS, LATEST_MS

GOOD_MS = 120_000
"""As far as a terminal's clock may be off and still be called good."""
DEFAULT_ZONE = "Asia/Shanghai"
_CHINA = timezone(timedelta(hours=8), DEFAULT_ZONE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """When an entry was really written. `quality`: `good` (its clock was right within two minutes), `corrected` (it was
    not, and by how much is known from the monotonic clock of the same boot), `unsure`. `business_date`: the hall's."""

    true_ms: int
    quality: str
    business_date: str


@dataclass(frozen=True, slots=True)
class Boot:
    """When a boot began, by central's clock (Unix ms). Not `exact`: it began then or before."""

    began_ms: int
    exact: bool


def estimate(wall_ms: int, mono_ms: int, boot: Boot | None, now_ms: int, earliest_ms: int) -> tuple[int, str]:
    """When an entry with these clocks was written, and how sure that is (see `Estimate`).

    Where nothing vouches for the time, the wall clock is believed within what is possible; past that, an entry is taken
    to have been written when it came.
    """
    latest_ms = now_ms if boot is None else min(now_ms, boot.began_ms + mono_ms)
    if boot is not None:
        true_ms = boot.began_ms + mono_ms
        if abs(wall_ms - true_ms) <= GOOD_MS and true_ms <= now_ms + GOOD_MS:
            return wall_ms, "good"
        if boot.exact and true_ms <= now_ms + GOOD_MS:
            return true_ms, "corrected"
    possible = earliest_ms - _DAY_MS <= wall_ms <= latest_ms + GOOD_MS
    return (wall_ms if possible else max(latest_ms, earliest_ms)), "unsure"


def by_the_wall(record: Mapping[str, Any]) -> Estimate:
    """An estimate by nothing but the entry's own word."""
    return Estimate(record["wall_ms"], "unsure", local_date(record["wall_ms"], _CHINA))


def local_date(ms: int, zone: tzinfo) -> str:
    """The date in a zone, `2026-05-01`; that of the first or last day there is for what lies beyond."""
    ms = min(max(ms, EARLIEST_MS + _DAY_MS), LATEST_MS - _DAY_MS)
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone).date().isoformat()


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """The time zone of this name. China's needs no database of zones: it has not changed its clocks since 1991.

    Raises ZoneInfoNotFoundError, ValueError.
    """
    return _CHINA if name == DEFAULT_ZONE else ZoneInfo(name)
