"""Visit after visit through the real scene, and what it weighs meanwhile: `python -m tests.ui.soak --visits 2000`.

Every visit goes through every page of a visit, writes, looks at more, goes back, and changes the language; one in fifty
does it by real touches, with the keyboard in the scene. Each page is drawn.
"""

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.core.levels import Level
from kiosk.ui.loop import QtLoop
from kiosk.ui.rehearsal import Rehearsal, sample_scene
from kiosk.ui.shell import KioskWindow, Look, prepare
from kiosk.ui.words import load_words
from tests.ui.stage import LANDSCAPE, Stage, until

ASSETS = Path(__file__).parents[2] / "assets"
BY_TOUCH = 50
LEVELS = tuple(Level)


@dataclass(frozen=True)
class Weight:
    """After so many visits: resident memory (MiB), Qt's objects and items below the window, Python's
    objects."""

    visits: int
    resident_mib: float
    objects: int
    items: int
    python: int

    def __str__(self) -> str:
        return (
            f"{self.visits:>6} visits  {self.resident_mib:7.1f} MiB  {self.objects:>6} QObjects  "
            f"{self.items:>6} items  {self.python:>7} Python objects"
        )


def weigh(stage: Stage, visits: int) -> Weight:
    """What is there when everything that may go has gone."""
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        stage.window.engine().collectGarbage()
        gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    objects = len(stage.window.findChildren(QObject)) + len(stage.root.findChildren(QObject))
    items, pending = 0, [stage.root]
    while pending:
        items += 1
        pending.extend(pending.pop().childItems())
    gc.collect()
    # Not the handles on Qt's objects: looking for a key makes one for each it passes; the objects are counted above.
    python = sum(not str(type(one).__module__).startswith("PySide6") for one in gc.get_objects())
    return Weight(visits, pages * os.sysconf("SC_PAGE_SIZE") / 2**20, objects, items, python)


def soak(stage: Stage, visits: int, weigh_at: set[int]) -> Iterator[Weight]:
    """Go through so many visits, and weigh after those."""
    for number in range(1, visits + 1):
        (_by_touch if number % BY_TOUCH == 0 else _by_call)(stage, LEVELS[number % len(LEVELS)], number)
        stage.terminal.drafts.clear()
        stage.terminal.events.clear()
        if number in weigh_at:
            yield weigh(stage, number)


def _by_call(stage: Stage, level: Level, number: int) -> None:
    model, terminal = stage.model, stage.terminal
    terminal.begin_visit(f"3412{number:014}")
    _draw(stage)
    model.switchLanguage()
    terminal.invite()
    _draw(stage)
    model.tapLevel(level)
    _draw(stage)
    model.toggleMore()
    model.toggleReason(model.shown.reasons[number % len(model.shown.reasons)])
    _draw(stage)
    for panel, text in (("comment", f"第{number}位，等待时间太长"), ("contact", "13855512345")):
        model.openPanel(panel)
        _draw(stage)
        field = stage.root.findChild(QQuickItem, f"{panel}.field")
        assert field is not None
        field.setProperty("text", text)
        _draw(stage)
        model.openPanel("")
    model.chooseAgain()
    _draw(stage)
    if number % 7 == 0:
        terminal.wait(10_000_000)  # walks off …
        terminal.wait(10_000_000)  # … and does not answer
    else:
        model.tapLevel(level)
        model.toggleReason(model.shown.reasons[0])
        model.submit()
        _draw(stage)
        model.leave()
    _draw(stage)


def _by_touch(stage: Stage, level: Level, number: int) -> None:
    stage.terminal.begin_visit(f"3412{number:014}")
    stage.tap("language")
    stage.terminal.invite()
    stage.tap(f"level.{level}")
    stage.tap("more")
    stage.tap("reason.5")
    stage.tap("comment")
    until(lambda: QGuiApplication.inputMethod().isVisible(), "the keyboard is there")
    for key in "nihao":
        _press(stage, key)
    stage.tap("panel.done")
    stage.tap("again")
    stage.tap(f"level.{level}")
    stage.tap("reason.0")
    stage.tap("submit")
    stage.tap("leave")
    stage.settle()


def _press(stage: Stage, face: str) -> None:
    found: list[QQuickItem] = []

    def is_there() -> bool:
        found[:] = [one for one in stage.all_items() if one.property("displayText") == face and one.property("keyType")]
        return bool(found)

    until(is_there, f"the key {face}")
    stage.tap_at(found[0].mapToScene(found[0].boundingRect().center()).toPoint())


def _draw(stage: Stage) -> None:
    QCoreApplication.processEvents()
    stage.window.grabWindow()


@contextmanager
def opened_stage(folder: Path) -> Iterator[Stage]:
    """The window with every page, on the screen."""
    look = Look(ASSETS, folder, windowed=LANDSCAPE)
    prepare(look)
    terminal = Rehearsal(sample_scene(ASSETS))
    window = KioskWindow(look, load_words(ASSETS / "translations"))
    window.furnish(QtLoop(), lambda: terminal.now_ms)
    window.model.attach(terminal)
    window.reveal()
    stage = Stage(terminal, window, QTest.createTouchDevice())
    until(window.isExposed, "the window is on the screen")
    window.requestActivate()
    terminal.start()
    yield stage
    window.model.detach()
    window.close()


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=2000)
    options = parser.parse_args()
    at = {max(1, options.visits * percent // 100) for percent in (10, 25, 50, 75, 100)}
    with tempfile.TemporaryDirectory() as folder, opened_stage(Path(folder)) as stage:
        for weight in soak(stage, options.visits, at):
            print(weight, flush=True)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    sys.exit(main())
