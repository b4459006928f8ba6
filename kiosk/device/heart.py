"""The two ends of a heartbeat: the terminal's, which beats down a pipe, and the supervisor's, which listens.

While nobody supervises there is no heart. Down a second pipe the supervisor may ask the terminal to end; when that pipe
ends, so has the supervisor, nobody would start the terminal again, and it leaves. Only threads wait for pipes: Windows
has no other way before Python 3.12.
"""

import contextlib
import faulthandler
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

BEAT_VARIABLE = "KIOSK_BEAT"
"""Set for a supervised terminal: its standard output carries beats, its standard input what it is asked."""
STACKS_AFTER_S = 4.0
"""So long without a beat, and the stacks of all threads are on the disk: before the supervisor's patience ends."""
PAINTED, TURNED = b"\x06", b"\x05"
"""A frame was painted; the event loop turned while the window was not to be seen. Bytes that nothing prints, for what
is printed before the heart is there goes down the same pipe."""
END = b"end\n"


class Heart:
    """The terminal's end. `beat` and `turn` may be called from the GUI thread only; they never block and never fail.
    `on_told_to_end` is called on a thread, once."""

    def __init__(self, pipe: int, asked: int, stacks: IO[str], on_told_to_end: Callable[[], None]) -> None:
        self._pipe, self._asked, self._stacks, self._on_told_to_end = pipe, asked, stacks, on_told_to_end
        self._next = b""
        self._stir = threading.Event()
        faulthandler.enable(stacks)  # SIGABRT, by which the supervisor ends what hangs, leaves its stacks as well
        for name, work in (("heart", self._write), ("asked", self._read)):
            threading.Thread(target=work, name=name, daemon=True).start()

    def beat(self) -> None:
        """A frame was painted."""
        self._say(PAINTED)

    def turn(self) -> None:
        """None was, for the window is not to be seen; the event loop turns."""
        self._say(TURNED)

    def stop(self) -> None:
        """The program ends properly; it is no hang if that takes a moment."""
        faulthandler.cancel_dump_traceback_later()

    def _say(self, what: bytes) -> None:
        faulthandler.dump_traceback_later(STACKS_AFTER_S, repeat=False, file=self._stacks)
        self._next = what
        self._stir.set()

    def _write(self) -> None:
        """One beat at a time: if the supervisor is behind, it has enough to read."""
        with contextlib.suppress(OSError):  # it is gone; the other pipe says so
            while self._stir.wait():
                self._stir.clear()
                os.write(self._pipe, self._next)

    def _read(self) -> None:
        try:
            while (said := os.read(self._asked, 64)) and END not in said:
                pass
        except OSError:
            pass
        self._on_told_to_end()


def heart_of_this_process(stacks: Path, on_told_to_end: Callable[[], None]) -> Heart | None:
    """The heart of a supervised terminal, None where nobody supervises. `stacks`: the file that hangs are written to.

    What the program prints goes to standard error from now on.
    """
    if os.environ.pop(BEAT_VARIABLE, "") != "stdout":
        return None
    pipe, asked, nothing = os.dup(1), os.dup(0), os.open(os.devnull, os.O_RDONLY)
    os.dup2(2, 1)
    os.dup2(nothing, 0)
    os.close(nothing)
    for one in (pipe, asked):
        os.set_inheritable(one, False)
    file: IO[str]
    try:
        file = open(stacks, "a", encoding="utf-8")  # noqa: SIM115 - open for as long as the process lives
    except OSError:
        file = sys.stderr
    return Heart(pipe, asked, file, on_told_to_end)


class Listener:
    """The supervisor's end: reads beats on a thread of its own, and tells of each whether a frame was painted."""

    def __init__(self, pipe: IO[bytes], on_beat: Callable[[bool], None]) -> None:
        self._pipe, self._on_beat = pipe, on_beat
        self._thread = threading.Thread(target=self._listen, name="heartbeat", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with self._pipe:
            while said := os.read(self._pipe.fileno(), 4096):
                if PAINTED in said or TURNED in said:
                    self._on_beat(PAINTED in said)

    def join(self, timeout_s: float) -> None:
        """Wait for the pipe's end."""
        self._thread.join(timeout_s)
