"""One stage of the play: a terminal on a virtual screen, a citizen and a camera before it, its console on another."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path

from kiosk.demo.citizen import LEVELS, Citizen, Tapped, Targets
from kiosk.demo.console import Console
from kiosk.demo.programs import Central, Terminal, until
from kiosk.demo.screen import VirtualScreen


class Stage:
    """Entered, everything on it runs; left, everything is ended. `number` chooses window and clerk of the sample hall;
    `targets`: where to tap, by language."""

    def __init__(
        self, folder: Path, out: Path, central: Central, orientation: str, size: tuple[int, int], number: int,
        targets: Mapping[str, "Future[Targets]"],
    ) -> None:  # fmt: skip
        self._folder, self._out, self._orientation, self._central = folder, out, orientation, central
        self._size, self._number, self._targets = size, number, targets
        self._staff = central.sample["staff"][number]
        self._cases = iter(range(1, 10_000))
        self._stack = ExitStack()

    def __enter__(self) -> "Stage":
        with ExitStack() as stack:
            self.screen = VirtualScreen(*self._size, self._folder)
            stack.callback(self.screen.close)
            desk = VirtualScreen(420, 720, self._folder)
            stack.callback(desk.close)
            width, height = self._size
            home = self._folder / f"home-{self._orientation}"
            self.terminal = Terminal(home, f"{width}x{height}", self.screen.environment)
            stack.callback(self.terminal.stop)
            self.terminal.enroll(self._central, self._central.sample["windows"][self._number])
            self.terminal.start()
            self.terminal.wait_for("ready", "closed")
            self._console = Console(self.terminal, desk, self._folder / f"console-{self._orientation}.log")
            stack.callback(self._console.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stack.close()

    def play(self, say: Callable[[str], None]) -> list[Tapped]:
        """Five visits with five levels, the last in English, one skipped, one timed out; every page photographed."""
        tapped: list[Tapped] = []
        self.open()
        self._photograph("ready")
        chinese, english = (
            Citizen(self.terminal, self.screen, self._targets[language].result(), self._photograph_once(language[:2]))
            for language in ("zh-CN", "en")
        )
        for level in LEVELS:
            visit_id, case_number = self.begin()
            citizen = chinese
            self._wait(0.5)
            if level == LEVELS[0]:
                self._photograph("serving", "zh")
            if level == LEVELS[-1]:
                citizen = english
                self.screen.tap(*self._targets["zh-CN"].result()["serving"]["language"])
                self._wait(0.5)
                self._photograph("serving", "en")
            self.terminal.ask("POST", f"/visits/{visit_id}/invitation")
            citizen.rate(level, reasons=1 + LEVELS.index(level) % 2)
            tapped.append(Tapped(visit_id, case_number, "rated", level, 1 + LEVELS.index(level) % 2))
            say(f"{self._orientation}: a citizen tapped {level}; the thanks was shown")
            citizen.leave()
        visit_id, case_number = self.begin()
        self.terminal.ask("POST", f"/visits/{visit_id}/invitation")
        chinese.skip()
        tapped.append(Tapped(visit_id, case_number, "skipped"))
        say(f"{self._orientation}: a citizen did not want to rate")
        tapped.append(self._silent_visit(say))
        self._pause()
        self._console.photograph(self._out / f"console-{self._orientation}.png")
        return tapped

    def wait_until_delivered(self) -> None:
        """Until central has acknowledged every entry of this terminal."""
        until("delivery", lambda: self.terminal.journal()["unsent"] == 0, alive=self.terminal.program)

    def _silent_visit(self, say: Callable[[str], None]) -> Tapped:
        """Nobody taps a level."""
        visit_id, case_number = self.begin()
        self.terminal.ask("POST", f"/visits/{visit_id}/invitation")
        say(f"{self._orientation}: a citizen says nothing; waiting for the time to pass")
        self.terminal.wait_for("ready", "closed", patience_s=120)
        return Tapped(visit_id, case_number, "timed_out")

    def open(self) -> None:
        """The clerk sits down."""
        self.terminal.ask("PUT", "/staff", self._staff)
        self._matters = self.terminal.ask("GET", "/matters")["items"]

    def begin(self) -> tuple[str, str]:
        """A visit of the next case, for the next of the window's matters: its id and the case's number."""
        matters = self._matters
        number = next(self._cases)
        case_number = f"3412{self._number}20261124{number:05}"
        matter = {"code": matters[number % len(matters)]["code"]}
        body = {"matter": matter, "case_number": case_number, "service_number": 1}
        return str(self.terminal.ask("POST", "/visits", body)["visit_id"]), case_number

    def _pause(self) -> None:
        self.terminal.ask("PUT", "/pause", {"reason": "办理中需离开窗口"})
        self._wait(0.5)
        self._photograph("paused")
        self.terminal.ask("DELETE", "/pause")
        self.terminal.wait_for("ready", "closed")

    def _photograph_once(self, language: str) -> Callable[[str], None]:
        seen: set[str] = set()

        def photograph(page: str) -> None:
            if page not in seen:
                seen.add(page)
                self._photograph(page, language)

        return photograph

    def _photograph(self, page: str, language: str = "zh") -> None:
        self.screen.photograph(self._out / f"{page}-{self._orientation}-{language}.png")

    def _wait(self, seconds: float) -> None:
        threading.Event().wait(seconds)
