"""The two ends of a heartbeat: the terminal's, which beats down a pipe, and the supervisor's, which listens.

While nobody supervises there is no heart. The terminal's end notices when the supervisor is gone, for then nobody
would start it again, and leaves.
"""

import faulthandler
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

BEAT_VARIABLE = "KIOSK_BEAT"
"""Set for a supervised terminal: its standard output carries beats and nothing else."""
STACKS_AFTER_S = 4.0
"""So long without a beat, and the stacks of all threads are on the disk: before the supervisor's patience ends."""


class Heart:
    """The terminal's end. `beat` may be called from the GUI thread only; it never blocks and never fails."""

    def __init__(self, pipe: int, stacks: IO[str], on_orphaned: Callable[[], None]) -> None:
        self._pipe = pipe
        self._stacks = stacks
        self._on_orphaned = on_orphaned
        os.set_blocking(pipe, False)
        faulthandler.enable(stacks)  # SIGABRT, by which the supervisor ends what hangs, leaves its stacks as well

    def beat(self) -> None:
        """A frame was painted."""
        faulthandler.dump_traceback_later(STACKS_AFTER_S, repeat=False, file=self._stacks)
        try:
            os.write(self._pipe, b".")
        except BlockingIOError:
            pass  # the supervisor is behind; it has enough to read
        except OSError:
            self._on_orphaned()

    def stop(self) -> None:
        """The program ends properly; it is no hang if that takes a moment."""
        faulthandler.cancel_dump_traceback_later()


def heart_of_this_process(stacks: Path, on_orphaned: Callable[[], None]) -> Heart | None:
    """The heart of a supervised terminal, None where nobody supervises. `stacks`: the file that hangs are written to.

    What the program prints goes to standard error from now on.
    """
    if os.environ.pop(BEAT_VARIABLE, "") != "stdout":
        return None
    pipe = os.dup(1)
    os.dup2(2, 1)
    os.set_inheritable(pipe, False)
    file: IO[str]
    try:
        file = open(stacks, "a", encoding="utf-8")  # noqa: SIM115 - open for as long as the process lives
    except OSError:
        file = sys.stderr
    return Heart(pipe, file, on_orphaned)


class Listener:
    """The supervisor's end: reads beats on a thread of its own and tells the time (monotonic ms) of each."""

    def __init__(self, pipe: IO[bytes], now_ms: Callable[[], int], on_beat: Callable[[int], None]) -> None:
        self._pipe, self._now_ms, self._on_beat = pipe, now_ms, on_beat
        self._thread = threading.Thread(target=self._listen, name="heartbeat", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with self._pipe:
            while os.read(self._pipe.fileno(), 4096):
                self._on_beat(self._now_ms())

    def join(self, timeout_s: float) -> None:
        """Wait for the pipe's end."""
        self._thread.join(timeout_s)
