"""The light of the screen: on or off, and how bright, where this machine gives us a way.

Backlight files of Linux, if they may be written; DPMS under X11; the monitor's power under Windows. Under `cage` there
is none of the latter two, and a machine without any of them keeps its light on behind a black page. On a thread of its
own: a backlight may answer slowly, and no screen waits for it.
"""

import contextlib
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

_BACKLIGHTS = Path("/sys/class/backlight")
_CLOSE_S = 2.0
_LEAST_PERCENT = 5
"""A screen that is on can be seen."""
log = logging.getLogger(__name__)
Way = Callable[[bool, int], None]
"""Makes it so: on or off, and the percent. Raises OSError where that fails."""


class Lamp:
    """`ways`: what there is here."""

    def __init__(self, ways: Sequence[Way]) -> None:
        self._ways = ways
        self._asked: tuple[bool, int] = (True, 100)
        self._work: queue.SimpleQueue[tuple[bool, int] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="lamp", daemon=True)
        self._thread.start()

    def shine(self, on: bool, percent: int) -> None:
        """From now on so. Never blocks, and does nothing where it is so."""
        if (on, percent) != self._asked:
            self._asked = (on, percent)
            self._work.put(self._asked)

    def close(self) -> None:
        """Leave it on: whoever comes after us finds a screen."""
        if not self._asked[0]:
            self.shine(True, self._asked[1])
        self._work.put(None)
        self._thread.join(_CLOSE_S)

    def _run(self) -> None:
        while (asked := self._work.get()) is not None:
            for way in self._ways:
                try:
                    way(*asked)
                except OSError as fault:
                    log.warning("the screen's light is not as it should be: %s", fault)


def open_lamp(platform: str, backlights: Path = _BACKLIGHTS) -> Lamp:
    """The light of this machine. `platform`: Qt's name of the window system."""
    ways: list[Way] = [_backlight(folder) for folder in writable_backlights(backlights)]
    if sys.platform == "win32":
        ways.append(_windows)
    elif platform == "xcb":
        ways.append(_dpms)
    return Lamp(ways)


def writable_backlights(backlights: Path = _BACKLIGHTS) -> list[Path]:
    """Those that this account may set."""
    try:
        return [one for one in sorted(backlights.iterdir()) if os.access(one / "brightness", os.W_OK)]
    except OSError:
        return []


def _backlight(folder: Path) -> Way:
    def shine(on: bool, percent: int) -> None:
        try:
            most = int((folder / "max_brightness").read_text("ascii"))
        except ValueError as fault:
            raise OSError(f"{folder} does not say how bright it can be") from fault
        value = max(1, most * max(percent, _LEAST_PERCENT) // 100) if on else 0
        (folder / "brightness").write_text(str(value), "ascii")

    return shine


def has_dpms() -> bool:
    """Whether the X server of this session can turn its screen off; many virtual ones cannot."""
    try:
        with _x_server() as display:
            return display is not None
    except OSError:
        return False


def _dpms(on: bool, _percent: int) -> None:
    """Under X11. The server turns it on by itself at a touch; its own timers must not turn it off."""
    from Xlib.ext import dpms  # type: ignore[import-untyped, unused-ignore]

    with _x_server() as display:
        if display is not None:
            display.dpms_set_timeouts(0, 0, 0)
            display.dpms_enable()
            display.dpms_force_level(dpms.DPMSModeOn if on else dpms.DPMSModeOff)
            display.sync()


@contextlib.contextmanager
def _x_server() -> Iterator[Any]:
    """A connection of its own for as long as the block lasts; None where its screen cannot be turned off. Raises
    OSError."""
    from Xlib.display import Display  # type: ignore[import-untyped, unused-ignore]
    from Xlib.error import ConnectionClosedError, DisplayError, XError  # type: ignore[import-untyped, unused-ignore]

    try:
        display = Display()
        try:
            there = display.has_extension("DPMS") and display.dpms_capable().capable
            yield display if there else None
        finally:
            display.close()
    except (DisplayError, ConnectionClosedError, XError) as fault:
        raise OSError(f"the X server does not do it: {fault}") from fault


def _windows(on: bool, _percent: int) -> None:
    if sys.platform != "win32":
        return
    import ctypes

    everyone, system_command, monitor_power, awake = 0xFFFF, 0x0112, 0xF170, 0x0001
    user = ctypes.windll.user32
    user.PostMessageW(everyone, system_command, monitor_power, -1 if on else 2)
    if on:
        user.mouse_event(awake, 0, 0, 0, 0)  # not every driver hears the message
