"""Global hot keys under Windows: `RegisterHotKey` and its messages, in a thread of its own."""

import sys
import threading
from collections.abc import Callable, Mapping

from kiosk.clerk.hot_keys import Report
from kiosk.clerk.keys import Chord

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _MODIFIERS = {"Alt": 0x1, "Ctrl": 0x2, "Shift": 0x4, "Meta": 0x8}
    _NO_REPEAT, _HOTKEY, _QUIT, _F1 = 0x4000, 0x0312, 0x0012, 0x70

    class WindowsListener:
        """Holds the keys until `stop`. `pressed` and `reported` are called on its thread."""

        def __init__(
            self, chords: Mapping[str, Chord], pressed: Callable[[str], None], reported: Callable[[Report], None]
        ) -> None:
            self._chords, self._pressed, self._reported = chords, pressed, reported
            self._id = 0
            self._ready = threading.Event()
            self._thread = threading.Thread(target=self._run, name="hot-keys", daemon=True)
            self._thread.start()

        def stop(self) -> None:
            """Give every key back: the system does so when their thread ends."""
            self._ready.wait(5)
            ctypes.windll.user32.PostThreadMessageW(self._id, _QUIT, 0, 0)
            self._thread.join(5)

        def _run(self) -> None:
            user32, names, taken = ctypes.windll.user32, list(self._chords), set()
            message = wintypes.MSG()
            user32.PeekMessageW(ctypes.byref(message), None, 0, 0, 0)  # from here on the thread has a queue
            self._id = ctypes.windll.kernel32.GetCurrentThreadId()
            self._ready.set()
            for number, name in enumerate(names):
                chord = self._chords[name]
                modifiers = sum(_MODIFIERS[one] for one in chord.modifiers) | _NO_REPEAT
                key = _F1 + int(chord.key[1:]) - 1 if len(chord.key) > 1 else ord(chord.key)
                if not user32.RegisterHotKey(None, number, modifiers, key):
                    taken.add(name)
            self._reported(Report("held", frozenset(taken)))
            while user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
                if message.message == _HOTKEY:
                    self._pressed(names[message.wParam])
            for number in range(len(names)):
                user32.UnregisterHotKey(None, number)
