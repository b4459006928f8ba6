"""A terminal's journal and its way to central in a process of their own: drains a backlog, and watches its own memory.

Prints one line of JSON: entries a second, and the memory (PSS, MiB) at the start, at its highest and at the end.
"""

import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from kiosk.core.situation import Situation
from kiosk.core.view import View
from kiosk.delivery import Delivery, Listener, live_state, open_exchange, pace_of, witness_of
from kiosk.device.clock import SystemClock
from kiosk.device.identity import read_identity
from kiosk.device.paths import open_home
from kiosk.device.secrets import open_vault
from kiosk.device.settings import Settings
from kiosk.journal.lane import JournalLane
from kiosk.journal.store import JournalStatus
from kiosk.sync.ports import LiveState
from kiosk.unit import open_journal

_EVERY_S = 0.1
_LIMIT_S = 600.0


class Drained(msgspec.Struct, frozen=True):
    """What came of it."""

    entries: int
    per_s: float
    start_mib: float
    peak_mib: float
    end_mib: float


@dataclass
class Memory:
    """This process's proportional memory, sampled by a thread."""

    start_mib: float = 0.0
    peak_mib: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Until `done`."""
        while not self.done.wait(_EVERY_S):
            self.peak_mib = max(self.peak_mib, pss_mib())


def pss_mib() -> float:
    """The proportional set size of this process."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the kernel tells no Pss")


@contextmanager
def watched() -> Iterator[Memory]:
    """Sample from here to the end of the block."""
    memory = Memory(pss_mib(), pss_mib())
    thread = threading.Thread(target=memory.watch, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        memory.done.set()
        thread.join()


def drain(root: Path) -> Drained:
    """Bring the whole journal of this home to its central. Memory counts from the first acknowledgement, with all that
    a call needs imported; the rate from there to the last."""
    home, clock, settings = open_home(root), SystemClock(), Settings()
    vault, identity = open_vault(home, "auto", "file"), read_identity(home)
    assert identity is not None
    lane = JournalLane(lambda: open_journal(home, vault, clock), trouble=print, well=lambda: None)
    lane.start()
    first, done = threading.Event(), threading.Event()
    marks: list[tuple[float, int]] = []

    def moved(status: "Future[JournalStatus]") -> None:
        marks.append((time.perf_counter(), status.result().acknowledged))
        first.set()
        if status.result().unsent == 0:
            done.set()

    def progressed() -> None:
        lane.status().add_done_callback(moved)

    def live() -> LiveState:
        return live_state(View(Situation()), "", "", "file")

    delivery = Delivery(
        open_exchange(settings, identity, vault), lane, clock, pace_of(settings, identity), live,
        Listener(progressed, lambda _text: None), witness_of(identity),
    )  # fmt: skip
    delivery.start()
    if not first.wait(_LIMIT_S):
        raise RuntimeError("central acknowledged nothing")
    with watched() as memory:
        if not done.wait(_LIMIT_S):
            raise RuntimeError(f"the backlog was not drained within {_LIMIT_S:.0f} s")
        end_mib = pss_mib()
    delivery.close()
    lane.close()
    (began, before), (ended, last) = marks[0], marks[-1]
    peak_mib = max(memory.peak_mib, end_mib)
    return Drained(last, (last - before) / (ended - began), memory.start_mib, peak_mib, end_mib)


if __name__ == "__main__":
    print(msgspec.json.encode(drain(Path(sys.argv[1]))).decode())
