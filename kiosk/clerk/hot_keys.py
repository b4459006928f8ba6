"""Keys that reach the console while another program has the keyboard, where the system allows it; and what to say where
it does not. `hot_keys_x11` and `hot_keys_windows` do the listening, each in a thread of its own.
"""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from kiosk.clerk.keys import Chord

Standing = Literal["off", "held", "wayland", "unsupported", "failed"]


@dataclass(frozen=True, slots=True)
class Report:
    """How it stands with all of them, and which of them another program has taken or this keyboard lacks."""

    standing: Standing
    taken: frozenset[str] = field(default_factory=frozenset)


class Listener(Protocol):
    """Whoever listens to the keys."""

    def stop(self) -> None:
        """Listen no longer; every key is given back."""


def listen(
    chords: Mapping[str, Chord],
    platform: str,
    pressed: Callable[[str], None],
    reported: Callable[[Report], None],
    environment: Mapping[str, str] = os.environ,
) -> Listener | None:
    """Take these keys. `platform`: Qt's name for it. `pressed` (the function's name) and `reported` may be called from
    any thread. None where there is nothing to stop; `reported` says why."""
    if platform == "windows" and sys.platform == "win32":
        from kiosk.clerk.hot_keys_windows import WindowsListener

        return WindowsListener(chords, pressed, reported)
    if platform.startswith("wayland") or environment.get("XDG_SESSION_TYPE") == "wayland":
        reported(Report("wayland"))  # under XWayland, too, keys come only while a window of X has the keyboard
        return None
    if platform == "xcb":
        from kiosk.clerk.hot_keys_x11 import X11Listener

        return X11Listener(chords, pressed, reported)
    reported(Report("unsupported"))
    return None
