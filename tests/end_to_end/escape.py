"""`python -m tests.end_to_end.escape [--minutes 10] [--cage dist/kiosk/kiosk]`: whoever wants out stays in.

The real terminal, fullscreen under a plain window manager that would gladly close, move and iconify it (openbox), or
as its package has it, behind `cage` (`caged.py`); forty ways to get out one after another, then random taps and keys.
After each: the same process, fullscreen, on top, with no other window. (RELIABILITY 31. What the window manager itself
does with its own keys is the lock-down's to forbid.)
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.demo.programs import Central, Program, Terminal, until
from kiosk.demo.screen import VirtualScreen
from tests.end_to_end.desk import SIZE

WIDTH, HEIGHT = SIZE
KEYS = (
    "alt+F4", "alt+Tab", "alt+Escape", "ctrl+alt+Delete", "ctrl+alt+BackSpace", "ctrl+Escape", "super_L", "super+d",
    "super+e", "super+r", "super+l", "alt+space", "F1", "F3", "F5", "F10", "F11", "F12", "Escape", "ctrl+p", "ctrl+o",
    "ctrl+s", "ctrl+n", "ctrl+w", "ctrl+q", "ctrl+shift+i", "ctrl+shift+Escape", "Menu", "Print",
)  # fmt: skip
OPENBOX = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc"><keyboard/><mouse/></openbox_config>
"""
"""No keys of its own: what is left is what a window itself lets happen."""


class FullTerminal(Terminal):
    """The terminal over the whole screen, as a hall starts it."""

    def run(self) -> Program:
        command = [sys.executable, "-m", self.module, "run", "--station-port", str(self.port)]
        return Program("terminal", command, self.home.parent / f"{self.home.name}.log", self.more)


@dataclass(frozen=True)
class Escaped:
    """A way that led out, and what was seen."""

    way: str
    seen: str


class Prison:
    """A terminal that covers a screen, and somebody before it."""

    size = SIZE

    def __init__(self, screen: VirtualScreen, terminal: Terminal) -> None:
        self.screen, self.terminal = screen, terminal
        assert terminal.program is not None
        self.process = terminal.program.process

    def tool(self, *arguments: str) -> str:
        """xdotool's answer."""
        return subprocess.run(
            ["xdotool", *arguments], env={**os.environ, **self.screen.environment},
            capture_output=True, text=True, check=False, timeout=60,
        ).stdout.strip()  # fmt: skip

    def eyes(self, *arguments: str) -> str:
        """xdotool's answer where the terminal's window stands, which may be another display."""
        return self.tool(*arguments)

    def windows(self) -> list[str]:
        """Every window that can be seen and bears a name."""
        return self.eyes("search", "--onlyvisible", "--name", ".+").split()

    def fault(self) -> str:
        """What is not as it should be; empty if all is."""
        if self.process.poll() is not None:
            return f"the program ended with {self.process.returncode}"
        windows = self.windows()
        if len(windows) != 1:
            return f"{len(windows)} windows can be seen"
        geometry = dict(
            line.split("=")
            for line in self.eyes("getwindowgeometry", "--shell", windows[0]).splitlines()
            if "=" in line
        )
        place = tuple(int(geometry[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
        if place != (0, 0, *self.size):
            return f"the window lies at {place}"
        if self.eyes("getactivewindow") != windows[0]:
            return "another window has the keyboard"
        return "" if self.terminal.state() is not None else "the station does not answer"

    def whole(self) -> str:
        """The fault that is still there once what was set off has had time to happen."""
        end = time.monotonic() + 20
        while fault := self.fault():
            if time.monotonic() > end or self.process.poll() is not None:
                return fault
            time.sleep(0.1)
        return ""


def ways(prison: Prison) -> Iterator[tuple[str, Callable[[], object]]]:
    """Forty of them, by name."""
    tool, (width, height) = prison.tool, prison.size
    for key in KEYS:
        yield f"the key {key}", lambda key=key: tool("key", "--delay", "30", key)  # type: ignore[misc]
    yield "shift five times", lambda: tool("key", *["shift"] * 5)
    yield "a right click", lambda: tool("mousemove", "640", "400", "click", "3")
    yield "a middle click", lambda: tool("mousemove", "640", "400", "click", "2")
    yield "a long press", lambda: tool("mousemove", "640", "400", "mousedown", "1", "sleep", "2.5", "mouseup", "1")
    far, low = str(width - 1), str(height - 1)
    edges = {"left": ("0", "400", "600", "400"), "right": (far, "400", "400", "400"),
             "upper": ("640", "0", "640", "500"), "lower": ("640", low, "640", "200")}  # fmt: skip
    for edge, (x, y, to_x, to_y) in edges.items():
        drag = ("mousemove", x, y, "mousedown", "1", "mousemove", to_x, to_y, "mouseup", "1")
        yield f"a swipe from the {edge} edge", lambda drag=drag: tool(*drag)  # type: ignore[misc]
    yield (
        "something dragged and dropped",
        lambda: tool(
            "mousemove",
            "300",
            "300",
            "mousedown",
            "1",
            "mousemove",
            "700",
            "500",
            "mousemove",
            "900",
            "100",
            "mouseup",
            "1",
        ),
    )
    yield "two hundred taps", lambda: tool("mousemove", "640", "500", "click", "--repeat", "200", "--delay", "5", "1")
    yield "asked to close by its window manager", lambda: prison.eyes("windowquit", prison.windows()[0])


def try_everything(prison: Prison) -> list[Escaped]:
    """Each way once."""
    escaped = []
    for name, act in ways(prison):
        act()
        if fault := prison.whole():
            escaped.append(Escaped(name, fault))
            print(f"OUT     {name}: {fault}", flush=True)
            break
        print(f"stayed  {name}", flush=True)
    return escaped


def random_hands(prison: Prison, seconds: float, seed: int) -> list[Escaped]:
    """Taps anywhere and keys of any kind, by chance."""
    chance, end, acts = random.Random(seed), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        if chance.random() < 0.6:
            x, y = (chance.randrange(side) for side in prison.size)
            prison.tool("mousemove", str(x), str(y), "click", chance.choice(["1", "1", "1", "2", "3"]))
        else:
            prison.tool("key", chance.choice([*KEYS, "Tab", "Return", "space", "a", "1", "Left", "Down"]))
        acts += 1
        if acts % 50 == 0 and (fault := prison.whole()):
            return [Escaped(f"act {acts} of seed {seed}", fault)]
    fault = prison.whole()
    print(f"{acts} random acts in {seconds:.0f} s (seed {seed}): {fault or 'stayed'}", flush=True)
    return [Escaped(f"the end of seed {seed}", fault)] if fault else []


@contextmanager
def locked_up(folder: Path) -> Iterator[Prison]:
    """The terminal, enrolled and covering the screen."""
    with ExitStack() as held:
        screen = VirtualScreen(*SIZE, folder)
        held.callback(screen.close)
        settings = folder / "openbox.xml"
        settings.write_text(OPENBOX, "utf-8")
        manager = Program(
            "openbox", ["openbox", "--config-file", str(settings)], folder / "openbox.log", screen.environment
        )
        held.callback(manager.stop)
        central = Central(folder)
        held.callback(central.program.stop)
        terminal = FullTerminal(folder / "home", f"{WIDTH}x{HEIGHT}", screen.environment)
        terminal.enroll(central, central.sample["windows"][0])
        held.callback(terminal.stop)
        terminal.start()
        terminal.wait_for("ready")
        prison = Prison(screen, terminal)
        until("the whole screen", lambda: prison.fault() == "", alive=terminal.program)
        yield prison


def main(arguments: Sequence[str] | None = None) -> int:
    """Everything once, and so many minutes of chance; 1 if anybody got out."""
    parser = argparse.ArgumentParser(prog="python -m tests.end_to_end.escape")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--cage", type=Path, metavar="PROGRAM", help="behind cage, as root: this built program")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="escape-") as name, ExitStack() as held:
        folder = Path(name)
        if options.cage:
            from tests.end_to_end.caged import behind_cage

            prison: Prison = held.enter_context(behind_cage(folder, options.cage.resolve()))
        else:
            prison = held.enter_context(locked_up(folder))
        escaped = try_everything(prison) or random_hands(prison, options.minutes * 60, options.seed)
    for one in escaped:
        print(f"escaped by {one.way}: {one.seen}")
    return 1 if escaped else 0


if __name__ == "__main__":
    sys.exit(main())
