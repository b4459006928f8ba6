"""Frames of the real scene on the software renderer, on a virtual screen: how far apart they come while a page slides
in, and how many are drawn while nothing happens.

Measured inside a process of its own, which this module is when it is started: at `frameSwapped`, when the picture has
been handed to the screen. `python -m benchmarks.frames` with a `DISPLAY` prints the figures as JSON.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from kiosk.demo.screen import VirtualScreen

WIDTH, HEIGHT = 1280, 800
ROUNDS = 30
REST_S = 5.0
IN_TIME_MS = 20.0
_ASSETS = Path(__file__).parents[2] / "assets"


@dataclass(frozen=True)
class Frames:
    """`gaps_ms`: slide (`ready → serving` …) → milliseconds from each frame to the next; `at_rest`: page → frames in
    five seconds; `moving`: the same where a bar shows the time that is left."""

    gaps_ms: dict[str, list[float]]
    at_rest: dict[str, int]
    moving: dict[str, int]

    def share_in_time(self) -> float:
        """Of all frames while sliding, the part that came within 20 ms of the one before."""
        gaps = [gap for found in self.gaps_ms.values() for gap in found]
        return sum(gap <= IN_TIME_MS for gap in gaps) / len(gaps)


def measure(rounds: int = ROUNDS) -> Frames:
    """On a virtual screen of 1280x800, drawn by the processor alone."""
    with tempfile.TemporaryDirectory() as folder:
        screen = VirtualScreen(WIDTH, HEIGHT, Path(folder))
        try:
            command = [sys.executable, "-m", "benchmarks.frames", str(rounds)]
            environment = {**os.environ, **screen.environment}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
        finally:
            screen.close()
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return Frames(**json.loads(done.stdout))


class Watching:
    """The real scene with every page, over a terminal without a disk, and an eye on its frames."""

    def __init__(self, folder: Path) -> None:
        from PySide6.QtCore import QEventLoop, QTimer

        from kiosk.ui.loop import QtLoop
        from kiosk.ui.rehearsal import Rehearsal, sample_scene
        from kiosk.ui.shell import KioskWindow, Look, prepare
        from kiosk.ui.words import load_words

        look = Look(_ASSETS, folder, windowed=(WIDTH, HEIGHT))
        self._app = prepare(look)
        self.terminal = Rehearsal(sample_scene(_ASSETS))
        self._window = KioskWindow(look, load_words(_ASSETS / "translations"))
        self._window.furnish(QtLoop(), lambda: self.terminal.now_ms)
        self.model = self._window.model
        self.model.attach(self.terminal)
        self._swapped: list[tuple[float, float]] = []
        self._window.frameSwapped.connect(self._note)
        self._window.reveal()
        self._loops, self._timers = QEventLoop, QTimer
        self.wait(1.5)
        self.terminal.start()
        self.wait(1.5)

    def _note(self) -> None:
        root = self._window.rootObject()
        self._swapped.append((time.perf_counter(), float(root.property("offset") or 0)))

    def wait(self, seconds: float) -> None:
        """Let the scene run."""
        loop = self._loops()
        self._timers.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def gaps_of(self, act: Callable[[], object]) -> list[float]:
        """Milliseconds between the frames of the slide that this brings."""
        self._swapped.clear()
        act()
        self.wait(0.5)
        sliding = [n for n, (_, offset) in enumerate(self._swapped) if offset > 0]
        times = [at for at, _ in self._swapped[sliding[0] : sliding[-1] + 2]]  # and the one that brings it to rest
        return [(after - before) * 1000 for before, after in pairwise(times)]

    def count(self) -> int:
        """How many frames are drawn in five seconds in which nobody does anything."""
        self.wait(1.0)
        self._swapped.clear()
        self.wait(REST_S)
        return len(self._swapped)


def _watch(rounds: int, folder: Path) -> Frames:
    scene = Watching(folder)
    terminal, model = scene.terminal, scene.model
    gaps: dict[str, list[float]] = {}
    steps: list[tuple[str, Callable[[], object]]] = [
        ("ready → serving", terminal.begin_visit),
        ("serving → inviting", terminal.invite),
        ("inviting → explaining", lambda: model.tapLevel("satisfied")),
        ("explaining → inviting", model.chooseAgain),
        ("inviting → explaining", lambda: model.tapLevel("satisfied")),
        ("explaining → thanks", model.submit),
        ("thanks → ready", model.leave),
    ]
    for number in range(rounds + 1):
        for name, act in steps:
            found = scene.gaps_of(act)
            if number:  # the first time a page is made or drawn does not count
                gaps.setdefault(name, []).extend(found)
    rest, moving = {"ready": scene.count()}, {}
    terminal.begin_visit()
    rest["serving"] = scene.count()
    terminal.invite()
    moving["inviting"] = scene.count()
    model.tapLevel("satisfied")
    moving["explaining"] = scene.count()
    model.submit()
    moving["thanks"] = scene.count()
    model.leave()
    from kiosk.core import events as e

    terminal.submit(e.Pause("away"))
    rest["paused"] = scene.count()
    terminal.submit(e.Resume())
    terminal.submit(e.HoursChanged(False))
    rest["closed"] = scene.count()
    terminal.submit(e.Fault("journal"))
    rest["out of order"] = scene.count()
    return Frames(gaps, rest, moving)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        seen = _watch(int(sys.argv[1]), Path(scratch))
    print(json.dumps({"gaps_ms": seen.gaps_ms, "at_rest": seen.at_rest, "moving": seen.moving}))
