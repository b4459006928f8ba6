"""Global hot keys under X11: a passive grab of each key, on a connection and in a thread of its own.

A grab means one exact set of modifiers, and Caps Lock and Num Lock are modifiers too; so each key is grabbed with
either, both and neither of them. A key that another program has grabbed is reported and the others are held.
"""

import logging
import os
import select
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import chain, combinations
from typing import Any

from kiosk.clerk.hot_keys import Report
from kiosk.clerk.keys import Chord

_log = logging.getLogger(__name__)


class X11Listener:
    """Holds the keys until `stop`. `pressed` and `reported` are called on its thread."""

    def __init__(
        self, chords: Mapping[str, Chord], pressed: Callable[[str], None], reported: Callable[[Report], None]
    ) -> None:
        self._chords, self._pressed, self._reported = chords, pressed, reported
        self._wake_out, self._wake_in = os.pipe()
        self._names: dict[tuple[int, int], str] = {}
        self._tried: tuple[dict[str, tuple[int, int]], int] | None = None
        self._locks = 0
        self._held: set[int] = set()
        self._thread = threading.Thread(target=self._run, name="hot-keys", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Give every key back: the server does so when the connection ends."""
        os.close(self._wake_in)
        self._thread.join(5)
        os.close(self._wake_out)

    def _run(self) -> None:
        from Xlib.display import Display  # type: ignore[import-untyped]  # it brings no types
        from Xlib.error import ConnectionClosedError, DisplayError  # type: ignore[import-untyped]

        try:
            display = Display()
        except (DisplayError, OSError) as fault:
            _log.warning("no hot keys: %s", str(fault))
            self._reported(Report("failed"))
            return
        try:
            self._grab(display)
            while not self._is_over(display):
                self._take([display.next_event() for _ in range(display.pending_events())], display)
        except (ConnectionClosedError, OSError) as fault:
            _log.warning("the hot keys are lost: %s", str(fault))
            self._reported(Report("failed"))
        finally:
            with suppress(ConnectionClosedError, OSError):
                display.close()

    def _is_over(self, display: Any) -> bool:
        """Wait for an event, or for the end."""
        if display.pending_events():
            return False
        ready, _, _ = select.select([display.fileno(), self._wake_out], [], [])
        return self._wake_out in ready

    def _grab(self, display: Any) -> None:
        """Take every key and tell what came of it, unless this keyboard's are those that were tried last."""
        from Xlib import X, error  # type: ignore[import-untyped]  # it brings no types

        num_lock = _mask_of(display, "Num_Lock")
        wanted = {name: (_keycode(display, one.key), _mask(display, one)) for name, one in self._chords.items()}
        if (wanted, num_lock) == self._tried:
            return  # given back and taken anew, a key might be another program's in between
        self._tried = (wanted, num_lock)
        root = display.screen().root
        locks = [sum(some) for some in _subsets((X.LockMask, num_lock) if num_lock else (X.LockMask,))]
        self._locks = X.LockMask | num_lock
        root.ungrab_key(X.AnyKey, X.AnyModifier)
        self._names.clear()
        for name, (code, modifiers) in wanted.items():
            refused = error.CatchError(error.BadAccess)
            for lock in locks if code else ():
                root.grab_key(code, modifiers | lock, True, X.GrabModeAsync, X.GrabModeAsync, refused)
            display.sync()
            if code and not refused.get_error():
                self._names[code, modifiers] = name
            for lock in locks if code and refused.get_error() else ():
                root.ungrab_key(code, modifiers | lock)  # half a key is none
        display.sync()
        self._reported(Report("held", frozenset(wanted) - frozenset(self._names.values())))

    def _take(self, events: list[Any], display: Any) -> None:
        """Tell of each press. A key that is held repeats, as a release during which it is down, and a press."""
        from Xlib import X

        for event in events:
            if event.type == X.MappingNotify:
                display.refresh_keyboard_mapping(event)
                self._grab(display)
            elif event.type == X.KeyRelease:
                if not _is_down(display, event.detail):
                    self._held.discard(event.detail)
            elif event.type == X.KeyPress and event.detail not in self._held:
                self._held.add(event.detail)
                buttons = 0xFF  # beyond them the state tells of the pointer's
                if name := self._names.get((event.detail, event.state & buttons & ~self._locks)):
                    self._pressed(name)


def _is_down(display: Any, code: int) -> bool:
    return bool(display.query_keymap()[code // 8] & 1 << code % 8)


def _keycode(display: Any, key: str) -> int:
    """The key's code on this keyboard; 0 if it has none."""
    from Xlib import XK

    return int(display.keysym_to_keycode(XK.string_to_keysym(key if len(key) > 1 else key.lower())))


def _mask(display: Any, chord: Chord) -> int:
    from Xlib import X

    masks = {"Shift": X.ShiftMask, "Ctrl": X.ControlMask, "Alt": X.Mod1Mask, "Meta": _mask_of(display, "Super_L")}
    return sum(masks[one] for one in chord.modifiers)


def _mask_of(display: Any, key: str) -> int:
    """The modifier that this key stands for; 0 if it is none here."""
    from Xlib import XK

    code = display.keysym_to_keycode(XK.string_to_keysym(key))
    rows = enumerate(display.get_modifier_mapping())
    return next((1 << row for row, codes in rows if code and code in codes), 0)


def _subsets(masks: tuple[int, ...]) -> chain[tuple[int, ...]]:
    return chain.from_iterable(combinations(masks, size) for size in range(len(masks) + 1))
