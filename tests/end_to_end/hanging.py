"""`kiosk`, which a signal can hang: SIGUSR1 as `KIOSK_HANG` says, `python`, `sleep` or `c` (with the interpreter's lock
held). `KIOSK_DEATHS`: a file whose number says how many lives still end at the start. `KIOSK_GROW`: a file; when it is
there, it is taken away and the life grows by `GROWN_MIB`; `KIOSK_QUIET_MS`: after so long nobody counts as being there.
Only to see the supervisor work.
"""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kiosk import supervisor
from kiosk.__main__ import main
from kiosk.core import care
from kiosk.ui import upkeep


def in_python() -> None:
    while True:
        pass


def in_c() -> None:
    ctypes.PyDLL(None).sleep(1000)  # which, unlike CDLL, keeps the lock


HANGS: dict[str, Callable[[], object]] = {"python": in_python, "sleep": lambda: time.sleep(1000), "c": in_c}


GROWN_MIB = 300
GROWN: list[bytearray] = []


def grow_at(file: Path) -> None:
    while not file.exists():
        time.sleep(0.1)
    file.unlink()
    GROWN.append(bytearray(b".") * (GROWN_MIB * 2**20))


def die_at_the_start(file: Path) -> None:
    left = int(file.read_text("ascii"))
    if left > 0:
        file.write_text(str(left - 1), "ascii")
        os.abort()


if __name__ == "__main__":
    if "run" in sys.argv:
        signal.signal(signal.SIGUSR1, lambda *_: HANGS[os.environ["KIOSK_HANG"]]())
        if "KIOSK_GROW" in os.environ:
            threading.Thread(target=grow_at, args=(Path(os.environ["KIOSK_GROW"]),), daemon=True).start()
        if "KIOSK_QUIET_MS" in os.environ:
            care.QUIET_MS, upkeep.LOOK_MS = int(os.environ["KIOSK_QUIET_MS"]), 300
        if "KIOSK_DEATHS" in os.environ:
            die_at_the_start(Path(os.environ["KIOSK_DEATHS"]))
    supervisor.this_program = lambda *arguments: [sys.executable, "-m", "tests.end_to_end.hanging", *arguments]
    sys.exit(main())
