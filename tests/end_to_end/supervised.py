"""`python -m tests.end_to_end.supervised`: the real terminal under its supervisor, hung, killed and stopped in every
way we know, with a level tapped just before: how long until it serves again, and whether the tap is at central.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.core.supervision import SILENCE_MS
from kiosk.demo.citizen import Citizen, Targets, learn_targets
from kiosk.demo.programs import Central, Program, Terminal, until
from kiosk.demo.screen import VirtualScreen
from tests.end_to_end.desk import SIZE
from tests.end_to_end.glasses import TwoScreens
from tests.end_to_end.storms import pause
from tests.end_to_end.two_screens import Found, SecondScreen

HANGS = ("python", "sleep", "c")
SIGNALS = {"crash": signal.SIGSEGV, "kill": signal.SIGKILL, "stopped": signal.SIGSTOP}
FAULTS = (*HANGS, *SIGNALS)
CEILING_MIB = 400
CARDS = {
    "no OpenGL at all": {"QSG_RHI_BACKEND": "opengl", "QT_XCB_GL_INTEGRATION": "none"},
    "a driver that is not there": {"LIBGL_DRIVERS_PATH": "/nowhere", "GALLIUM_DRIVER": "none"},
    "Vulkan without a library": {"QSG_RHI_BACKEND": "vulkan"},
}
"""Graphics cards that give no picture, by what Qt is made to look for."""


class Supervised(Terminal):
    """A terminal started by `kiosk supervise`."""

    def run(self) -> Program:
        size = ("--windowed", self._size) if self._size else ()
        arguments = ("supervise", *size, "--station-port", str(self.port))
        command = [sys.executable, "-m", self.module, *arguments]
        return Program("supervisor", command, self.home.parent / f"{self.home.name}.log", self.more)

    def child(self) -> int | None:
        """The process id of the life that runs."""
        assert self.program is not None
        found = subprocess.run(
            ["pgrep", "-P", str(self.program.process.pid)], capture_output=True, text=True, check=False
        )
        return int(found.stdout.split()[0]) if found.stdout.split() else None


@dataclass(frozen=True)
class Back:
    """What one fault came to. `seconds`: until another life served; `kept`: the tap is at central, once, as tapped."""

    fault: str
    seconds: float
    kept: bool

    def __str__(self) -> str:
        return f"{self.fault:<8} back in {self.seconds:5.1f} s, the tap {'is at central' if self.kept else 'IS LOST'}"


class Lab:
    """Central, a screen, and the terminal under its supervisor."""

    def __init__(self, central: Central, terminal: Supervised, citizen: Citizen, folder: Path) -> None:
        self.central, self.terminal, self.citizen, self.folder = central, terminal, citizen, folder
        self.matter = central.sample["matters"][0]
        self.visits = 0

    def tap(self, level: str) -> str:
        """A visit up to the tap on a level; its id."""
        self.visits += 1
        body = {"matter": self.matter, "case_number": f"3412{self.visits:014}"}
        visit_id = str(self.terminal.ask("POST", "/visits", body)["visit_id"])
        self.terminal.ask("POST", f"/visits/{visit_id}/invitation")
        self.citizen.tap_level(level)
        self.terminal.wait_for("explaining")
        return visit_id

    def suffer(self, fault: str, level: str = "very_dissatisfied") -> Back:
        """One fault after a tap, until the terminal serves again and central has the tap."""
        visit_id = self.tap(level)
        child = until("a life", self.terminal.child)
        began = time.monotonic()
        os.kill(child, SIGNALS.get(fault, signal.SIGUSR1))
        until("another life", lambda: self.terminal.child() not in (None, child))
        until("the station", lambda: self.terminal.state() == "ready")
        seconds = time.monotonic() - began
        until("delivery", lambda: self.terminal.journal()["unsent"] == 0)
        found = [rating["level"] for rating in self.central.ratings() if rating["visit_id"] == visit_id]
        return Back(fault, seconds, found == [level])


@contextmanager
def opened_lab(folder: Path, targets: Targets, settings: str = "", **environment: str) -> Iterator[Lab]:
    """Everything started, and ended afterwards. `settings`: of the terminal; `environment`: what makes it hang or die,
    see `hanging`."""
    screen = VirtualScreen(*SIZE, folder)
    try:
        central = Central(folder)
        try:
            more = {**screen.environment, **environment}
            terminal = Supervised(folder / "home", f"{SIZE[0]}x{SIZE[1]}", more, "tests.end_to_end.hanging")
            terminal.enroll(central, central.sample["windows"][0])
            if settings:
                (terminal.home / "kiosk.toml").write_text(settings, "ascii")
            try:
                terminal.start()
                terminal.wait_for("ready")
                yield Lab(central, terminal, Citizen(terminal, screen, targets), folder)
            finally:
                terminal.stop()
        finally:
            central.program.stop()
    finally:
        screen.close()


def one(fault: str, targets: Targets) -> Back:
    """This fault, in a lab of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="supervised-") as folder,
        opened_lab(Path(folder), targets, KIOSK_HANG=fault if fault in HANGS else "python") as lab,
    ):
        return lab.suffer(fault)


def deaths_at_the_start(number: int, targets: Targets) -> tuple[float, bool]:
    """So many lives that end at the start: seconds until one paints, and whether it took the safe profile."""
    with tempfile.TemporaryDirectory(prefix="supervised-") as folder:
        deaths = Path(folder) / "deaths"
        deaths.write_text("0", "ascii")
        with opened_lab(Path(folder), targets, KIOSK_DEATHS=str(deaths)) as lab:
            lab.tap("dissatisfied")
            deaths.write_text(str(number), "ascii")
            child, began = until("a life", lab.terminal.child), time.monotonic()
            os.kill(child, signal.SIGKILL)
            until("the deaths", lambda: deaths.read_text("ascii") == "0")
            until("a life", lab.terminal.child)
            command = Path(f"/proc/{lab.terminal.child()}/cmdline").read_bytes()
            until("delivery", lambda: [r["level"] for r in lab.central.ratings()] == ["dissatisfied"])
            return time.monotonic() - began, b"--safe" in command


def resident_mib(process: int) -> int:
    """As the system has it."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:"))


@dataclass(frozen=True)
class Grown:
    """What a low ceiling came to. `within`: it began anew within the visit; `seconds`: from the visit's end until
    another life served; `crash`: the supervisor took it for one."""

    first_mib: int
    grown_mib: int
    within: bool
    seconds: float
    kept: bool
    crash: bool


def above_the_ceiling(targets: Targets, watched_s: float = 3.0) -> Grown:
    """A terminal that grows above its ceiling within a visit, watched for a while, and then left alone."""
    with (
        tempfile.TemporaryDirectory(prefix="supervised-") as folder,
        opened_lab(
            Path(folder),
            targets,
            f"[memory]\nceiling_mib = {CEILING_MIB}\n",
            KIOSK_QUIET_MS="1000",
            KIOSK_GROW=str(Path(folder) / "grow"),
        ) as lab,  # fmt: skip
    ):
        terminal = lab.terminal
        child = until("a life", terminal.child)
        first = resident_mib(child)
        visit_id = lab.tap("dissatisfied")
        (Path(folder) / "grow").touch()
        grown = until("growth", lambda: held if (held := resident_mib(child)) > CEILING_MIB else 0)
        pause(watched_s)  # several looks
        within = terminal.child() != child
        lab.citizen.explain(1)
        lab.citizen.leave()
        began = time.monotonic()
        until("another life", lambda: terminal.child() not in (None, child))
        until("the station", lambda: terminal.state() == "ready")
        seconds = time.monotonic() - began
        until("delivery", lambda: terminal.journal()["unsent"] == 0)
        found = [rating["level"] for rating in lab.central.ratings() if rating["visit_id"] == visit_id]
        log = (Path(folder) / "home.log").read_text("utf-8", "replace")
        crash = "the terminal ended with" in log or not (terminal.home / "renewed.json").exists()
        return Grown(first, grown, within, seconds, found == ["dissatisfied"], crash)


class Watched(SecondScreen):
    """The citizen's screen of a terminal under its supervisor."""

    @property
    def process(self) -> int:
        assert isinstance(self._terminal, Supervised)
        return until("a life", self._terminal.child)


def off_and_on(times: int, targets: Targets) -> tuple[list[float], bool]:
    """The citizen's screen off for longer than the supervisor's patience, and on again: seconds until it is covered
    each time, and whether one life served throughout."""
    with tempfile.TemporaryDirectory(prefix="supervised-") as name, ExitStack() as held:
        folder, found = Path(name), Found()
        screen = TwoScreens(folder)
        held.callback(screen.close)
        central = Central(folder)
        held.callback(central.program.stop)
        terminal = Supervised(folder / "home", "", screen.environment, "tests.end_to_end.hanging")
        terminal.enroll(central, central.sample["windows"][0])
        held.callback(terminal.stop)
        place = Watched(terminal, screen, targets, central.sample["matters"][0])
        place.start('position = "right"')
        child = place.process
        for _ in range(times):
            place.pull_the_cable(found)
            pause(SILENCE_MS / 1000 + 2)
            place.put_it_in(found)
        return found.back_s, place.process == child


@dataclass(frozen=True)
class Drawn:
    """What a card without a picture came to. `seconds`, `next_s`: until a terminal served, the first time and after a
    restart of the whole; `by_itself`: then it needed no death for it."""

    seconds: float
    next_s: float
    remembered: bool
    by_itself: bool


def without_a_picture(card: str) -> Drawn:
    """A machine with this graphics card, until it serves; and once more."""
    with tempfile.TemporaryDirectory(prefix="supervised-") as name, ExitStack() as held:
        folder = Path(name)
        screen = VirtualScreen(*SIZE, folder)
        held.callback(screen.close)
        central = Central(folder)
        held.callback(central.program.stop)
        more = {**screen.environment, "QT_QUICK_BACKEND": "", **CARDS[card]}
        terminal = Supervised(folder / "home", f"{SIZE[0]}x{SIZE[1]}", more, "tests.end_to_end.hanging")
        terminal.enroll(central, central.sample["windows"][0])
        held.callback(terminal.stop)
        took = []
        for _ in range(2):
            began = time.monotonic()
            terminal.start()
            terminal.wait_for("ready")
            took.append(time.monotonic() - began)
            until("the note of it", lambda: (terminal.home / "graphics.json").exists())
            words = Path(f"/proc/{terminal.child()}/cmdline").read_bytes()
            terminal.stop()
        log = (folder / "home.log").read_text("utf-8", "replace")
        return Drawn(took[0], took[1], "without the graphics card" in log, b"--software" not in words)


def main() -> int:
    """Every fault once, a line each; 1 if a tap was lost."""
    targets = learn_targets(*SIZE)
    good = True
    for fault in FAULTS:
        back = one(fault, targets)
        good &= back.kept
        print(back, flush=True)
    for number in (3, 6):
        seconds, as_it_should = deaths_at_the_start(number, targets)
        good &= as_it_should
        profile = "in the safe profile" if as_it_should else "NOT in the safe profile"
        print(f"{number} deaths at the start: at central in {seconds:5.1f} s, {profile}", flush=True)
    seconds_, same = off_and_on(2, targets)
    good &= same
    print(f"screen off and on: covered after {max(seconds_):5.2f} s, {'the same life' if same else 'ANOTHER life'}")
    grown = above_the_ceiling(targets, watched_s=20)
    good &= grown.kept and not grown.within and not grown.crash
    when = "WITHIN the visit" if grown.within else f"{grown.seconds:5.1f} s after the visit"
    print(f"{grown.grown_mib} MiB, {grown.first_mib} at the start: anew {when}", flush=True)
    for card in CARDS:
        drawn = without_a_picture(card)
        good &= drawn.remembered and drawn.by_itself
        print(f"{card}: serves after {drawn.seconds:5.1f} s, at the next start after {drawn.next_s:5.1f} s", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
