"""The way to the staff menu: two holds in two corners, by mouse or finger, and by nothing that happens to a glass."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest

from kiosk.core import events as e
from kiosk.ui import corner
from tests.ui.stage import LANDSCAPE, PORTRAIT, Stage

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


@pytest.fixture(params=["mouse", "finger"])
def holder(stage: Stage, request: pytest.FixtureRequest) -> Holder:
    stage.terminal.start()
    stage.settle()
    return Holder(stage, request.param)


def test_two_holds_in_two_corners_open_it(holder: Holder) -> None:
    holder.hold(holder.corner("upper left"))
    assert not holder.open
    holder.hold(holder.corner("lower right"))
    assert holder.open


def test_it_opens_on_upright_glass(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage(PORTRAIT, 21.5)
    stage.terminal.start()
    stage.settle()
    holder = Holder(stage, "finger")
    holder.two_holds()
    assert holder.open


def test_one_hold_does_not(holder: Holder) -> None:
    for name in ("upper left", "lower right", "lower right"):
        holder.hold(holder.corner(name))  # type: ignore[arg-type]
        holder.stage.terminal.now_ms += corner.BETWEEN_MS + 1
    assert not holder.open


@pytest.mark.parametrize("name", ["upper left", "lower right"])
def test_the_same_corner_twice_does_not(holder: Holder, name: corner.Corner) -> None:
    holder.hold(holder.corner(name))
    holder.hold(holder.corner(name))
    assert not holder.open


def test_the_other_way_round_does_not(holder: Holder) -> None:
    holder.hold(holder.corner("lower right"))
    holder.hold(holder.corner("upper left"))
    assert not holder.open


@pytest.mark.parametrize("short", [0, 1])
def test_a_short_hold_does_not(holder: Holder, short: int) -> None:
    names: tuple[corner.Corner, ...] = ("upper left", "lower right")
    for number, name in enumerate(names):
        holder.hold(holder.corner(name), HOLD - 1 if number == short else HOLD)
    assert not holder.open


def test_a_finger_that_moves_does_not(holder: Holder) -> None:
    holder.press(holder.corner("upper left", 3))
    holder.move(holder.corner("upper left", 9))
    holder.move(holder.corner("upper left", 3))
    holder.stage.terminal.now_ms += HOLD
    holder.lift()
    holder.hold(holder.corner("lower right"))
    assert not holder.open


def test_a_finger_that_trembles_does(holder: Holder) -> None:
    holder.press(holder.corner("upper left", 5))
    holder.move(holder.corner("upper left", 6.5))
    holder.stage.terminal.now_ms += HOLD
    holder.lift()
    holder.hold(holder.corner("lower right"))
    assert holder.open


def test_the_second_hold_too_late_does_not(holder: Holder) -> None:
    holder.two_holds(between_ms=corner.BETWEEN_MS + 1)
    assert not holder.open


def test_a_tap_between_them_begins_anew(holder: Holder) -> None:
    holder.hold(holder.corner("upper left"))
    holder.hold(QPoint(holder.stage.window.width() // 2, 300), 80)
    holder.hold(holder.corner("lower right"))
    assert not holder.open


def test_outside_the_corner_does_not(holder: Holder) -> None:
    holder.hold(holder.corner("upper left", corner.SQUARE_MM + 1))
    holder.hold(holder.corner("lower right"))
    assert not holder.open


def test_a_second_finger_spoils_it(stage: Stage) -> None:
    stage.terminal.start()
    stage.settle()
    holder = Holder(stage, "finger")
    holder.hold(holder.corner("upper left"))
    at = holder.corner("lower right")
    fingers = QTest.touchEvent(stage.window, stage.touch, False)
    fingers.press(0, at, stage.window)
    fingers.commit()
    fingers.stationary(0)
    fingers.press(1, QPoint(600, 300), stage.window)
    fingers.commit()
    stage.terminal.now_ms += HOLD
    fingers.stationary(0)
    fingers.release(1, QPoint(600, 300), stage.window)
    fingers.commit()
    fingers.release(0, at, stage.window)
    fingers.commit()
    del fingers
    assert not holder.open


@pytest.mark.parametrize("state", ["inviting", "explaining", "thanks"])
def test_never_while_a_citizen_has_the_glass(stage: Stage, state: str) -> None:
    stage.to(state)
    stage.settle()
    for hand in ("mouse", "finger"):
        holder = Holder(stage, hand)  # type: ignore[arg-type]
        holder.two_holds()
        assert not holder.open
        assert str(stage.terminal.situation.state) == state


def test_not_when_the_citizen_is_invited_between_the_holds(holder: Holder) -> None:
    holder.stage.terminal.begin_visit()
    holder.stage.settle()
    holder.hold(holder.corner("upper left"))
    holder.press(holder.corner("lower right"))
    holder.stage.terminal.invite()
    holder.stage.terminal.now_ms += HOLD
    holder.lift()
    assert not holder.open


def test_whoever_opens_it_presses_nothing_below(holder: Holder) -> None:
    """While a visit runs, the button to rate of one's own accord lies in that corner."""
    holder.stage.terminal.begin_visit()
    holder.stage.settle()
    button = holder.stage.items()["rate_now"]
    box = button.mapRectToScene(button.boundingRect()).toRect()
    at = QPoint(box.right() - 4, box.bottom() - 4)
    holder.hold(holder.corner("upper left"))
    holder.hold(at)
    assert holder.open
    assert str(holder.stage.terminal.situation.state) == "serving"


def test_a_tap_in_the_corner_reaches_what_lies_below(holder: Holder) -> None:
    holder.stage.terminal.begin_visit()
    holder.stage.settle()
    button = holder.stage.items()["rate_now"]
    box = button.mapRectToScene(button.boundingRect()).toRect()
    at = QPoint(box.right() - 4, box.bottom() - 4)
    width, height = holder.stage.window.width(), holder.stage.window.height()
    mm = holder.mm
    assert corner.corner_of(at.x() / mm, at.y() / mm, width / mm, height / mm) == "lower right"
    holder.hold(at, 120)
    assert str(holder.stage.terminal.situation.state) == "inviting"


def test_no_key_leads_there(stage: Stage) -> None:
    stage.terminal.start()
    stage.settle()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_M, Qt.Key.Key_F1, Qt.Key.Key_Menu):
        QTest.keyClick(stage.window, key)
        QCoreApplication.processEvents()
    assert stage.window.menu.shown.step == ""


def test_nothing_of_it_can_be_seen(holder: Holder) -> None:
    before = holder.stage.picture()
    holder.press(holder.corner("upper left"))
    QCoreApplication.processEvents()
    held = holder.stage.window.grabWindow()
    holder.stage.terminal.now_ms += HOLD
    holder.lift()
    assert held == before
    assert holder.stage.picture() == before


# -- ten minutes of random tapping -----------------------------------------------------------------------------------


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


@pytest.mark.parametrize("seed", range(20))
def test_ten_minutes_of_random_tapping_do_not_open_it(seed: int) -> None:
    width, height = 217.0, 136.0
    way, now, taps = corner.NOWHERE, 0, 0
    for tap in tapping(random.Random(seed), 10, width, height):
        now += tap.after_ms
        taps += 1
        way = corner.pressed(way, corner.corner_of(tap.x, tap.y, width, height), tap.x, tap.y, now)
        way = corner.moved(way, tap.to_x, tap.to_y)
        now += tap.for_ms
        way, opened = corner.lifted(way, now)
        assert not opened
    assert taps > 1000


def test_random_tapping_on_the_glass_itself_does_not_open_it(stage: Stage) -> None:
    """A part of the same on the real scene, wherever its taps lead."""
    stage.terminal.start()
    stage.settle()
    chance = random.Random(7)
    holder = Holder(stage, "finger")
    mm, width, height = holder.mm, stage.window.width(), stage.window.height()
    for number, tap in enumerate(tapping(chance, 2, width / mm, height / mm)):
        stage.terminal.now_ms += tap.after_ms
        holder.press(QPoint(min(width - 1, round(tap.x * mm)), min(height - 1, round(tap.y * mm))))
        if (tap.x, tap.y) != (tap.to_x, tap.to_y):
            holder.move(QPoint(round(tap.to_x * mm), round(tap.to_y * mm)))
        stage.terminal.now_ms += tap.for_ms
        holder.lift()
        assert not holder.open, number
    stage.terminal.submit(e.TimePassed())
