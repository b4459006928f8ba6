"""Tells the terminal when the hall opens and closes, by the profile's hours and the wall clock.

Looked at again and again, for the clock may be set, the hours may change, and a machine may have slept.
"""

import time
from collections.abc import Callable

from kiosk.core import events as e
from kiosk.core.hours import closes_in, is_open
from kiosk.core.view import View
from kiosk.terminal import Clock, Loop

EVERY_MS = 15_000
NOTABLE_MS = 5_000
"""A closing time that moved by less is the same one: two clocks are read one after the other."""


class Opening:
    """On the loop. Until it has looked, the hall counts as open."""

    def __init__(
        self, loop: Loop, clock: Clock, view: Callable[[], View], submit: Callable[[e.Event], object]
    ) -> None:  # fmt: skip
        self._loop, self._clock, self._view, self._submit = loop, clock, view, submit
        self._told = e.HoursChanged(True)
        self._stop: Callable[[], None] = lambda: None

    def look(self) -> None:
        """Look now, and again every quarter of a minute."""
        now = self._now()
        if now.open != self._told.open or _moved(self._told.closes_ms, now.closes_ms):
            self._told = now
            self._submit(now)
        self._stop = self._loop.call_later(EVERY_MS, self.look)

    def close(self) -> None:
        """Look no more."""
        self._stop()

    def _now(self) -> e.HoursChanged:
        wall_ms, mono_ms = self._clock.wall_ms(), self._clock.mono_ms()
        local = time.localtime(wall_ms / 1000)
        hours = self._view().scene.hours
        weekday, at = local.tm_wday + 1, f"{local.tm_hour:02}:{local.tm_min:02}"
        minutes = closes_in(hours, weekday, at)
        into_ms = local.tm_sec * 1000 + wall_ms % 1000
        closes_ms = None if minutes is None else mono_ms + minutes * 60_000 - into_ms
        return e.HoursChanged(is_open(hours, weekday, at), closes_ms)


def _moved(before: int | None, now: int | None) -> bool:
    if before is None or now is None:
        return before is not now
    return abs(now - before) >= NOTABLE_MS
