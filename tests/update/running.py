"""A supervisor over tiny versions: what ran, when, and how long a citizen was without."""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kiosk.device.service_host import ServiceHost
from kiosk.supervisor import Supervisor
from tests.update.lab import PACKAGE, Unit, program

SOON_S = 120.0


def until(what: str, ask: Callable[[], object], within_s: float = SOON_S) -> None:
    end = time.monotonic() + within_s
    while not ask():
        assert time.monotonic() < end, f"{what}: it never came about"
        threading.Event().wait(0.02)


class Running:
    """The supervisor of a unit, on a thread; its package is a tiny program as well, which `leaves` for an update."""

    def __init__(self, unit: Unit, folder: Path, package_how: str = "leaves") -> None:
        self.unit = unit
        self.package = program(folder / "package", PACKAGE, package_how) / "kiosk"
        words = [sys.executable, str(self.package)]
        self.supervisor = Supervisor(
            ["--home", str(unit.home)], safely=("--safe",), host=ServiceHost(""), versions=unit.choice(words)
        )
        self.codes: list[int] = []
        self.thread = threading.Thread(target=lambda: self.codes.append(self.supervisor.run()), daemon=True)
        self.thread.start()

    def lives(self) -> list[str]:
        file = self.unit.home / "lives"
        return [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []

    def profiles(self) -> list[str]:
        """Of each life: `usual` or `safe`."""
        return [line.split()[2] for line in (self.unit.home / "lives").read_text().splitlines()]

    def paints(self) -> bool:
        return self.supervisor._life.beat_ms is not None

    def change_over(self) -> float:
        """What the terminal does when its moment has come; when that was (monotonic s)."""
        self.unit.wish()
        (self.unit.home / "leave").touch()
        return time.monotonic()

    def end(self) -> None:
        self.supervisor.end()
        self.thread.join(SOON_S)
        assert not self.thread.is_alive()
