"""A whole unit without a screen: real files, real lanes, and a loop that turns when the test says so."""

import json
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.situation import State
from kiosk.core.view import Accepted, Refused
from kiosk.device.clock import SystemClock
from kiosk.device.paths import assets_folder, open_home
from kiosk.device.settings import Secrets, Settings
from kiosk.unit import Makings, Unit, boot

PATIENCE_S = 60.0
PROFILE = {
    "format": 1,
    "version": "v1",
    "hall": {"code": "FY", "name": "大厅"},
    "window": {"number": "A01", "name": "综合窗口"},
}


class ThreadLoop:
    """The loop of a unit: runs what any thread posted, on the test's own thread and when the test says so."""

    def __init__(self) -> None:
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def post(self, work: Callable[[], None]) -> None:
        self._posted.put(work)

    def call_later(self, delay_ms: int, work: Callable[[], None]) -> Callable[[], None]:
        timer = threading.Timer(delay_ms / 1000, lambda: self.post(work))
        timer.daemon = True
        timer.start()
        return timer.cancel

    def until(self, look: Callable[[], Any]) -> Any:
        """Run what is posted until `look` gives something true."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := look()):
            assert time.monotonic() < deadline, "it never came"
            try:
                self._posted.get(timeout=0.02)()
            except queue.Empty:
                continue
        return found


class Bench:
    """One home, and the unit that runs in it."""

    def __init__(self, folder: Path) -> None:
        self.home = open_home(folder / "home")
        self.loop = ThreadLoop()
        self.units: list[Unit] = []
        self.home.profile.write_text(json.dumps(PROFILE), "utf-8")

    def start(self, station_port: int = 0) -> Unit:
        settings = Settings(secrets=Secrets(store="file"))
        unit = boot(self.loop, Makings(self.home, settings, assets_folder(), station_port, SystemClock()))
        self.units.append(unit)
        return unit

    def ready(self, station_port: int = 0) -> Unit:
        unit = self.start(station_port)
        self.loop.until(lambda: unit.view().situation.state in (State.READY, State.CLOSED))
        return unit

    def do(self, unit: Unit, event: e.Event) -> Accepted | Refused:
        answer = unit.submit(event)
        self.loop.until(answer.done)
        return answer.result(0)

    def rated(self, unit: Unit, comment: str = "慢", contact: str = "") -> None:
        """One visit, rated badly."""
        self.do(unit, e.StartVisit("5" * 32, e.Matter("0101", "社保参保证明打印"), "341200198001019999"))
        self.do(unit, e.Invite("5" * 32))
        self.do(unit, e.TapLevel(Level.VERY_DISSATISFIED))
        self.do(unit, e.WriteComment(comment))
        self.do(unit, e.WriteContact(contact))
        assert isinstance(self.do(unit, e.Submit()), Accepted)

    def close(self) -> None:
        for unit in self.units:
            unit.close()
        self.units.clear()
