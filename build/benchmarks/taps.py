"""From the citizen's tap to the thanks, against one bare durable commit of SQLite on the same disk."""

import queue
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import apsw

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.situation import State
from kiosk.core.view import Accepted, Refused, Scene
from kiosk.device.clock import SystemClock
from kiosk.device.paths import open_home
from kiosk.device.secrets import open_vault
from kiosk.journal.lane import JournalLane
from kiosk.terminal import Terminal
from kiosk.unit import new_id, open_journal

VISITS = 300


class ThreadLoop:
    """The terminal's loop on a thread of its own, with timers that never fire: nobody here waits that long."""

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def post(self, work: Callable[[], None]) -> None:
        """Run it on the loop's thread."""
        self._work.put(work)

    def call_later(self, _delay_ms: int, _work: Callable[[], None]) -> Callable[[], None]:
        """Never."""
        return lambda: None

    def close(self) -> None:
        """End the thread."""
        self._work.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()


@dataclass(frozen=True)
class Taps:
    """Medians, milliseconds: from the tap on "submit" to the thanks, and of one bare commit."""

    thanks_ms: float
    commit_ms: float


def measure(visits: int = VISITS) -> Taps:
    """Visits and bare commits in turn, on one disk."""
    with tempfile.TemporaryDirectory() as folder:
        home, clock = open_home(Path(folder) / "home"), SystemClock()
        vault = open_vault(home, "file", "file")
        lane = JournalLane(lambda: open_journal(home, vault, clock), trouble=print, well=lambda: None)
        lane.start()
        loop = ThreadLoop()
        terminal = Terminal(loop=loop, clock=clock, new_id=new_id, record=lane.append, scene=Scene())
        bare = apsw.Connection(str(Path(folder) / "bare.db"))
        bare.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rating (id, level)").fetchall()
        _settled(terminal.submit(e.Started("bench", clean=True)))
        thanks, commits = [], []
        for number in range(visits):
            thanks.append(_visit(terminal, f"{number:032x}"))
            began = time.perf_counter()
            bare.execute("INSERT INTO rating VALUES (?, ?)", (f"{number:032x}", "dissatisfied"))
            commits.append(time.perf_counter() - began)
        bare.close()
        loop.close()
        lane.close()
    return Taps(statistics.median(thanks) * 1000, statistics.median(commits) * 1000)


def _visit(terminal: Terminal, visit_id: str) -> float:
    """One visit; the seconds from the tap on submit to the thanks."""
    _settled(terminal.submit(e.StartVisit(visit_id, e.Matter("1", "社保参保证明打印"), "341220261124000178")))
    _settled(terminal.submit(e.Invite(visit_id)))
    _settled(terminal.submit(e.TapLevel(Level.DISSATISFIED)))
    _settled(terminal.submit(e.WriteComment("等待时间太长")))
    began = time.perf_counter()
    view = _settled(terminal.submit(e.Submit())).view
    seconds = time.perf_counter() - began
    if view.situation.state is not State.THANKS:
        raise RuntimeError(f"no thanks but {view.situation.state}")
    return seconds


def _settled(answer: "Future[Accepted | Refused]") -> Accepted:
    found = answer.result(30)
    if isinstance(found, Refused):
        raise RuntimeError(f"refused: {found.code}")
    return found
