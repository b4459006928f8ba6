"""How a terminal looks after itself and its screen while nobody is before it: pure rules, settings as values.

Local time comes in as a weekday (1 is Monday) and `HH:MM`; nothing here ever happens while a visit is on.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.core.hours import closed_for, is_open, opens_in
from kiosk.core.view import OpeningHours

QUIET_MS = 60_000
"""So long nobody has touched anything, and nothing is before a citizen."""
SPOTS = ((0, 0), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
"""Where the page lies, one after the other, in steps of `Care.shift_px`: each next to the one before."""


@dataclass(frozen=True, slots=True)
class Brightness:
    """From `opens` to `closes` (local `HH:MM`, over midnight if it closes first) so bright, in percent."""

    opens: str
    closes: str
    percent: int


@dataclass(frozen=True, slots=True)
class Care:
    """`ceiling_mib`: above so much memory the terminal begins anew, 0 for never. `dark`: whether the screen goes dark
    outside the hall's hours, `dark_after_min` after they ended and until `wake_before_min` before they begin.
    `shift_every_min`: how often the page moves by `shift_px`, 0 for never. `brightness`: the first that fits."""

    ceiling_mib: int = 1_024
    dark: bool = True
    dark_after_min: int = 30
    wake_before_min: int = 15
    shift_every_min: int = 10
    shift_px: int = 2
    brightness: tuple[Brightness, ...] = ()


def begins_anew(resident_mib: int | None, first_mib: int | None, ceiling_mib: int, quiet_ms: int) -> bool:
    """Whether to begin anew now. `first_mib`: what it had when it began: a ceiling that not even a start keeps would
    only make it begin for ever."""
    if not ceiling_mib or resident_mib is None or first_mib is None or first_mib > ceiling_mib:
        return False
    return resident_mib > ceiling_mib and quiet_ms >= QUIET_MS


def is_dark(hours: Iterable[OpeningHours], weekday: int, time: str, care: Care, quiet_ms: int) -> bool:
    """Whether the screen is dark. A hall without hours never closes."""
    periods = tuple(hours)
    if not care.dark or quiet_ms < QUIET_MS or is_open(periods, weekday, time):
        return False
    since, until = closed_for(periods, weekday, time), opens_in(periods, weekday, time)
    return (since is None or since >= care.dark_after_min) and (until is None or until > care.wake_before_min)


def percent_now(brightness: Iterable[Brightness], time: str) -> int:
    """How bright the screen is to be at `time`; 100 where nothing is said."""
    for period in brightness:
        since, before = period.opens <= time, time < period.closes
        if (since or before) if period.closes < period.opens else (since and before):
            return period.percent
    return 100


def place(minutes: int, care: Care) -> tuple[int, int]:
    """By how many pixels the page lies to the right and below, `minutes` after some fixed moment."""
    if not care.shift_every_min:
        return 0, 0
    x, y = SPOTS[minutes // care.shift_every_min % len(SPOTS)]
    return x * care.shift_px, y * care.shift_px
