"""A terminal's means to look after itself and its screen, from its settings; what came of it is kept for the doctor."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from kiosk.device.clock import Clock
from kiosk.device.files import read_file, write_file
from kiosk.device.paths import Home
from kiosk.device.settings import Settings

if TYPE_CHECKING:
    from kiosk.core.care import Care
    from kiosk.device.lamp import Lamp
    from kiosk.ui.upkeep import Means

_LIMIT = 4096
log = logging.getLogger(__name__)


class Renewed(msgspec.Struct, frozen=True):
    """The terminal began anew at this time (Unix seconds), when it had so much memory."""

    at_s: int
    resident_mib: int


class UpkeepParts:
    """Of one life; nothing is loaded until `means` is called, after the first frame. `watched_over`: somebody starts
    the next one; else it never ends by itself."""

    def __init__(self, settings: Settings, clock: Clock, watched_over: bool) -> None:
        self._settings, self._clock, self._watched_over = settings, clock, watched_over
        self._lamp: Lamp | None = None
        self._grown_mib: int | None = None

    def means(self, platform: str, leave: Callable[[int], None]) -> "Means":
        """`platform`: Qt's name of the window system; `leave`: ends this life with an exit code."""
        from kiosk.core.supervision import EX_AGAIN
        from kiosk.device.lamp import open_lamp
        from kiosk.device.memory import resident_mib
        from kiosk.ui.upkeep import Means

        lamp = self._lamp = open_lamp(platform)

        def renew(grown_mib: int) -> None:
            self._grown_mib = grown_mib
            leave(EX_AGAIN)

        care = care_of(self._settings)

        def local() -> time.struct_time:
            return time.localtime(self._clock.wall_ms() / 1000)

        if not self._watched_over:
            care = replace(care, ceiling_mib=0)
        return Means(care, self._clock.mono_ms, local, resident_mib, lamp, renew)

    def close(self, home: Home) -> None:
        """The window is gone; what was done is kept."""
        if self._lamp is not None:
            self._lamp.close()
        if self._grown_mib is not None:
            try:
                write_file(home.renewed, msgspec.json.encode(Renewed(self._clock.wall_ms() // 1000, self._grown_mib)))
            except OSError as fault:
                log.warning("that it began anew cannot be kept: %s", fault)


def care_of(settings: Settings) -> "Care":
    """The same as the rules take it."""
    from kiosk.core.care import Brightness, Care

    glass = settings.glass
    periods = (one.replace("-", " ").split() for one in glass.brightness)
    return Care(
        settings.memory.ceiling_mib, glass.dark, glass.dark_after_min, glass.wake_before_min, glass.shift_every_min,
        brightness=tuple(Brightness(opens, closes, int(percent)) for opens, closes, percent in periods),
    )  # fmt: skip


def read_renewed(home: Home) -> Renewed | None:
    """When this terminal began anew last; None if it never did, or nobody can tell."""
    try:
        return msgspec.json.decode(read_file(home.renewed, _LIMIT), type=Renewed)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
