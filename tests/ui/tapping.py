"""Hands before the glass that hold its corners, and hands that do not know of them.

`python -m tests.ui.tapping` taps for ten minutes (of the terminal's clock) on the real scene, upright and lying, in the
looks that move what is pressed, and then at the menu's gate; the test command does a minute of each.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest

from kiosk.ui import corner
from kiosk.ui.looks import NAMES
from tests.ui.stage import LANDSCAPE, PORTRAIT, Stage, until

Hand = Literal["mouse", "finger"]
HOLD = corner.HOLD_MS


@dataclass
class Holder:
    """One hand before the glass, whose time is the terminal's own clock: nobody waits."""

    stage: Stage
    hand: Hand = "mouse"
    _at: QPoint = field(default_factory=QPoint)

    @property
    def mm(self) -> float:
        width, height = self.stage.window.width(), self.stage.window.height()
        inches = 10.1 if (width, height) == LANDSCAPE else 21.5
        return float((width**2 + height**2) ** 0.5 / (inches * 25.4))

    def corner(self, name: corner.Corner, inwards_mm: float = 6.0) -> QPoint:
        inwards = round(inwards_mm * self.mm)
        if name == "upper left":
            return QPoint(inwards, inwards)
        return QPoint(self.stage.window.width() - 1 - inwards, self.stage.window.height() - 1 - inwards)

    def press(self, at: QPoint) -> None:
        self._at = at
        if self.hand == "mouse":
            QTest.mousePress(self.stage.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
        else:
            finger = QTest.touchEvent(self.stage.window, self.stage.touch, False)
            finger.press(0, at, self.stage.window)
            finger.commit()

    def move(self, to: QPoint) -> None:
        self._at = to
        if self.hand == "mouse":
            QTest.mouseMove(self.stage.window, to)
        else:
            finger = QTest.touchEvent(self.stage.window, self.stage.touch, False)
            finger.move(0, to, self.stage.window)
            finger.commit()

    def lift(self) -> None:
        if self.hand == "mouse":
            QTest.mouseRelease(self.stage.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self._at)
        else:
            finger = QTest.touchEvent(self.stage.window, self.stage.touch, False)
            finger.release(0, self._at, self.stage.window)
            finger.commit()
        QCoreApplication.processEvents()

    def hold(self, at: QPoint, ms: int = HOLD) -> None:
        self.press(at)
        self.stage.terminal.now_ms += ms
        self.lift()

    def two_holds(self, between_ms: int = 400) -> None:
        self.hold(self.corner("upper left"))
        self.stage.terminal.now_ms += between_ms
        self.hold(self.corner("lower right"))

    @property
    def open(self) -> bool:
        return self.stage.window.menu.shown.step != ""


@dataclass(frozen=True)
class Tap:
    """When the finger comes down after the last one left, where (mm), for how long, and where it leaves."""

    after_ms: int
    x: float
    y: float
    for_ms: int
    to_x: float
    to_y: float


def tapping(chance: random.Random, minutes: int, width: float, height: float) -> Iterator[Tap]:
    """A child's hands: every third tap in one of the two corners, some that rest, a few longer than a hold, some that
    slide."""
    passed = 0
    while passed < minutes * 60_000:
        x, y = chance.uniform(0, width), chance.uniform(0, height)
        if chance.random() < 0.34:
            far = chance.random() < 0.5
            x = width - chance.uniform(0, 15) if far else chance.uniform(0, 15)
            y = height - chance.uniform(0, 15) if far else chance.uniform(0, 15)
        rests = chance.random()
        for_ms = chance.randrange(15, 600)
        if rests < 0.025:
            for_ms = chance.randrange(HOLD, 2 * HOLD) if rests < 0.005 else chance.randrange(1500, HOLD - 100)
        slides = chance.random() < 0.2
        to_x, to_y = (x + chance.uniform(-40, 40), y + chance.uniform(-40, 40)) if slides else (x, y)
        tap = Tap(chance.randrange(5, 200), x, y, for_ms, to_x, to_y)
        passed += tap.after_ms + tap.for_ms
        yield tap


def tap_about(stage: Stage, chance: random.Random, minutes: int, look: str = "") -> int:
    """Tap all over the real scene, wherever that leads. Gives how often; raises AssertionError once the menu opens.
    Whatever has become of the look, it is put on again."""
    stage.terminal.start()
    stage.settle()
    taps = 0
    for tap in tapping(chance, minutes, *_millimetres(stage)):
        for name in NAMES:
            if look and getattr(stage.model.shown, name) != (name in look.split()):
                stage.model.toggleLook(name)
        _tap(stage, tap)
        taps += 1
        assert stage.window.menu.shown.step == "", f"opened by tap {taps}"
    return taps


def tap_at_the_gate(stage: Stage, chance: random.Random, minutes: int) -> int:
    """The same on the menu's first pages, opened again whenever it was left. Gives how often; raises AssertionError
    once a page stands there that needs the PIN."""
    stage.settle()
    taps = 0
    for tap in tapping(chance, minutes, *_millimetres(stage)):
        stage.window.menu.open()
        _take_presses(stage)
        _tap(stage, tap)
        taps += 1
        assert stage.window.menu.shown.step in ("", "number", "pin"), f"let in by tap {taps}"
    return taps


def _take_presses(stage: Stage) -> None:
    """The dead time after a change of the menu's page is over at once: these hands are faster than any."""
    dead = stage.items().get("menu.dead")
    for child in dead.children() if dead is not None else ():
        if child.property("interval"):
            child.setProperty("running", False)


def _millimetres(stage: Stage) -> tuple[float, float]:
    mm = Holder(stage).mm
    return stage.window.width() / mm, stage.window.height() / mm


def _tap(stage: Stage, tap: Tap) -> None:
    holder = Holder(stage, "finger")
    mm, width, height = holder.mm, stage.window.width(), stage.window.height()
    stage.terminal.now_ms += tap.after_ms
    holder.press(QPoint(min(width - 1, round(tap.x * mm)), min(height - 1, round(tap.y * mm))))
    if (tap.x, tap.y) != (tap.to_x, tap.to_y):
        holder.move(QPoint(round(tap.to_x * mm), round(tap.to_y * mm)))
    stage.terminal.now_ms += tap.for_ms
    holder.lift()


def main(arguments: list[str]) -> int:
    """See the module."""
    from kiosk.ui.loop import QtLoop
    from kiosk.ui.rehearsal import Rehearsal, sample_scene
    from kiosk.ui.shell import KioskWindow, Look, prepare
    from kiosk.ui.words import load_words
    from tests.ui.conftest import ASSETS, SCRATCH

    parser = argparse.ArgumentParser(prog="python -m tests.ui.tapping")
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    given = parser.parse_args(arguments)
    prepare(Look(ASSETS, SCRATCH))
    touch, words = QTest.createTouchDevice(), load_words(ASSETS / "translations")
    glasses = ((LANDSCAPE, 10.1), (PORTRAIT, 21.5))
    ways = [(size, inches, look) for size, inches in glasses for look in ("", "left", "low", "low left", "gate")]
    for size, inches, look in ways:
        terminal = Rehearsal(sample_scene(ASSETS))
        window = KioskWindow(Look(ASSETS, SCRATCH, windowed=size, diagonal_inches=inches), words)
        window.furnish(QtLoop(), terminal.mono_ms)
        window.model.attach(terminal)
        window.menu.attach(terminal)
        window.reveal()
        until(window.isExposed, "the window is on the screen")
        stage, chance = Stage(terminal, window, touch), random.Random(given.seed)
        if look == "gate":
            terminal.start()
            taps = tap_at_the_gate(stage, chance, given.minutes)
        else:
            taps = tap_about(stage, chance, given.minutes, look)
        print(f"{size[0]}x{size[1]} {look or 'ordinary'}: {taps} taps, seed {given.seed}, the menu stayed shut")
        window.model.detach()
        window.menu.detach()
        window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
