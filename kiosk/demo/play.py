"""`kiosk demo`: the whole path once, on this machine, with the sample hall.

On a machine with a screen it opens terminal and console on it and leaves the tapping to whoever sits there. Without one
it plays clerk and citizen on virtual screens, saves a picture of every page, and holds what central received against
what was tapped.
"""

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from kiosk.demo.citizen import LEVELS, Citizen, Tapped, learn_targets
from kiosk.demo.console import Console
from kiosk.demo.programs import Central, Program, ProgramFailed, Terminal, kiosk_command, until
from kiosk.demo.screen import VirtualScreen

LANDSCAPE, PORTRAIT = (1280, 800), (1080, 1920)


def run_demo(out: Path) -> int:
    """Play, or let play. Exit 0 if central received exactly what was tapped."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kiosk-demo-") as folder:
        try:
            if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform in ("win32", "darwin"):
                return _let_play(Path(folder))
            return _play(Path(folder), out)
        except ProgramFailed as fault:
            for log in sorted(Path(folder).glob("*.log")):
                shutil.copy(log, out)
            print(f"the demonstration stopped: {fault}\nThe programs' logs are in {out}", file=sys.stderr)
            return 1


class _Clock:
    """Says what is being done, and how long it has taken so far."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def say(self, words: str) -> None:
        print(f"[{time.monotonic() - self._began:5.1f} s] {words}", flush=True)


# -- nobody there: play ----------------------------------------------------------------------------------------------


def _play(folder: Path, out: Path) -> int:
    clock = _Clock()
    with ExitStack() as stack:
        clock.say("starting central with the sample hall")
        central = Central(folder)
        stack.callback(central.program.stop)
        stages = []
        for orientation, size, number in (("landscape", LANDSCAPE, 0), ("portrait", PORTRAIT, 1)):
            clock.say(f"starting a terminal on a virtual screen of {size[0]}x{size[1]}")
            stages.append(stack.enter_context(_Stage(folder, out, central, orientation, size, number)))
        with ThreadPoolExecutor(len(stages)) as threads:
            played = list(threads.map(lambda stage: stage.play(clock.say), stages))
        tapped = [one for stage in played for one in stage]
        clock.say("waiting until central has everything")
        for stage in stages:
            stage.wait_until_delivered()
        found = central.ratings()
    good = print_comparison(tapped, found)
    clock.say(f"{len(list(out.glob('*.png')))} pictures in {out}")
    return 0 if good else 1


class _Stage:
    """One terminal on one virtual screen, its console on another."""

    def __init__(
        self, folder: Path, out: Path, central: Central, orientation: str, size: tuple[int, int], number: int
    ) -> None:
        self._out, self._orientation, self._central = out, orientation, central
        self._stack = ExitStack()
        self.screen = VirtualScreen(*size, folder)
        self._stack.callback(self.screen.close)
        self.terminal = Terminal(folder / f"home-{orientation}", f"{size[0]}x{size[1]}", self.screen.environment)
        self.terminal.enroll(central, central.sample["windows"][number])
        self._targets = {language: learn_targets(*size, language) for language in ("zh-CN", "en")}
        self._desk = VirtualScreen(420, 720, folder)
        self._stack.callback(self._desk.close)
        self._folder = folder
        self._staff = central.sample["staff"][number]
        self._cases = iter(range(1, 10_000))
        self._number = number

    def __enter__(self) -> "_Stage":
        self.terminal.start()
        assert self.terminal.program is not None
        self._stack.callback(self.terminal.program.stop)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stack.close()

    def play(self, say: Callable[[str], None]) -> list[Tapped]:
        """Five visits with five levels, one skipped, one timed out, one cancelled; every page photographed."""
        tapped: list[Tapped] = []
        citizen = Citizen(self.terminal, self.screen, self._targets["zh-CN"], self._photograph_once())
        self.terminal.wait_for("ready", "closed")
        console = Console(self.terminal, self._desk, self._folder / f"console-{self._orientation}.log")
        self._stack.callback(console.close)
        self.terminal.ask("PUT", "/staff", self._staff)
        self._matters = self.terminal.ask("GET", "/matters")["items"]
        self._photograph("ready")
        for level in LEVELS:
            visit_id, case_number = self._start()
            self._photograph_once_named("serving")
            self.terminal.ask("POST", f"/visits/{visit_id}/invitation")
            citizen.rate(level, reasons=1 + LEVELS.index(level) % 2)
            tapped.append(Tapped(visit_id, case_number, "rated", level, 1 + LEVELS.index(level) % 2))
            say(f"{self._orientation}: a citizen tapped {level}; the thanks was shown")
            citizen.leave()
        visit_id, case_number = self._start()
        self.terminal.ask("POST", f"/visits/{visit_id}/invitation")
        citizen.skip()
        tapped.append(Tapped(visit_id, case_number, "skipped"))
        say(f"{self._orientation}: a citizen did not want to rate")
        tapped.append(self._silent_visit(say))
        self._pause()
        console.photograph(self._out / f"console-{self._orientation}.png")
        return tapped

    def wait_until_delivered(self) -> None:
        """Until central has acknowledged every entry of this terminal."""
        until("delivery", lambda: self.terminal.journal()["unsent"] == 0, alive=self.terminal.program)

    def _silent_visit(self, say: Callable[[str], None]) -> Tapped:
        """Nobody taps a level. Meanwhile the pages are photographed in English."""
        visit_id, case_number = self._start()
        self.terminal.ask("POST", f"/visits/{visit_id}/invitation")
        self._wait(0.5)
        self.screen.tap(*self._targets["zh-CN"]["inviting"]["language"])
        self._wait(0.5)
        self._photograph("inviting", "en")
        say(f"{self._orientation}: a citizen says nothing; waiting for the time to pass")
        self.terminal.wait_for("ready", "closed", patience_s=120)
        return Tapped(visit_id, case_number, "timed_out")

    def _start(self) -> tuple[str, str]:
        matters = self._matters
        number = next(self._cases)
        case_number = f"3412{self._number}20261124{number:05}"
        body = {"matter": matters[number % len(matters)], "case_number": case_number, "service_number": 1}
        return str(self.terminal.ask("POST", "/visits", body)["visit_id"]), case_number

    def _pause(self) -> None:
        self.terminal.ask("PUT", "/pause", {"reason": "办理中需离开窗口"})
        self._wait(0.5)
        self._photograph("paused")
        self.terminal.ask("DELETE", "/pause")
        self.terminal.wait_for("ready", "closed")

    def _photograph_once(self) -> Callable[[str], None]:
        seen: set[str] = set()

        def photograph(page: str) -> None:
            if page not in seen:
                seen.add(page)
                self._photograph(page)

        return photograph

    def _photograph_once_named(self, page: str) -> None:
        if not (self._out / f"{page}-{self._orientation}-zh.png").exists():
            self._wait(0.5)
            self._photograph(page)

    def _photograph(self, page: str, language: str = "zh") -> None:
        self.screen.photograph(self._out / f"{page}-{self._orientation}-{language}.png")

    def _wait(self, seconds: float) -> None:
        threading.Event().wait(seconds)


def print_comparison(tapped: list[Tapped], found: list[dict[str, Any]]) -> bool:
    """The table of what was tapped beside what central received; True if they are the same."""
    received = {rating["visit_id"]: rating for rating in found}
    good = len(received) == len(found) == sum(one.level is not None for one in tapped)
    print(f"\n{'case number':<20} {'outcome':<10} {'tapped':<20} {'central received':<20} {'reasons':<12} same")
    for one in tapped:
        rating = received.get(one.visit_id)
        level = rating["level"] if rating else None
        reasons = len(rating["reasons"]) if rating else 0
        same = level == one.level and reasons == one.reasons
        good = good and same
        codes = ",".join(rating["reasons"]) if rating else "-"
        print(
            f"{one.case_number:<20} {one.outcome:<10} {one.level or '-':<20} {level or '-':<20} {codes:<12} "
            f"{'yes' if same else 'NO'}"
        )
    print(f"\n{'everything central received is what was tapped' if good else 'THIS IS NOT WHAT WAS TAPPED'}\n")
    return good


# -- somebody there: let play ----------------------------------------------------------------------------------------


def _let_play(folder: Path) -> int:
    with ExitStack() as stack:
        central = Central(folder)
        stack.callback(central.program.stop)
        terminal = Terminal(folder / "home", f"{LANDSCAPE[0]}x{LANDSCAPE[1]}", {})
        terminal.enroll(central, central.sample["windows"][0])
        terminal.start()
        assert terminal.program is not None
        stack.callback(terminal.program.stop)
        command = kiosk_command("clerk", "--station", f"http://127.0.0.1:{terminal.port}")
        console = Program("console", command, folder / "console.log", {"KIOSK_HOME": str(terminal.home)})
        stack.callback(console.stop)
        staff = central.sample["staff"][0]
        print(f"Two windows are open: the citizen's screen and the clerk's console. central is at {central.url}")
        print(f"Sign in at the console as {staff['number']} with PIN {staff['pin']}, start a visit, invite, and tap.")
        print("What central receives is printed here. Close a window, or press Ctrl+C, to end.\n")
        for rating in _arrivals(central, (terminal.program, console)):
            reasons = ",".join(rating["reasons"]) or "no reason"
            print(f"central received: {rating['level']} for {rating['case_number']} ({reasons})", flush=True)
    return 0


def _arrivals(central: Central, windows: tuple[Program, ...]) -> Iterator[dict[str, Any]]:
    """Each rating once, when its citizen is done, until a window is closed or Ctrl+C."""
    seen: set[str] = set()
    try:
        while all(window.process.poll() is None for window in windows):
            for rating in central.ratings():
                if rating["finished"] and rating["rating_id"] not in seen:
                    seen.add(rating["rating_id"])
                    yield rating
            threading.Event().wait(1.0)
    except KeyboardInterrupt:
        return
