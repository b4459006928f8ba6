"""The way to the staff menu: two holds in two corners, by mouse or finger, and by nothing that happens to a glass."""

import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest

from kiosk.core import events as e
from kiosk.ui import corner
from tests.ui.stage import PORTRAIT, Stage
from tests.ui.tapping import HOLD, Holder, tap_about, tap_at_the_gate, tapping


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


@pytest.mark.parametrize(("upright", "look"), [(False, ""), (False, "left"), (True, "low left")])
def test_random_tapping_on_the_glass_itself_does_not_open_it(
    make_stage: Callable[..., Stage], upright: bool, look: str
) -> None:
    """A part of the same on the real scene, wherever its taps lead; `python -m tests.ui.tapping` does all of it."""
    stage = make_stage(PORTRAIT, 21.5) if upright else make_stage()
    assert tap_about(stage, random.Random(7), 1, look) > 100


def test_random_tapping_at_the_gate_leads_to_no_page(stage: Stage) -> None:
    """As if somebody had found the corners: without a PIN nothing follows."""
    stage.terminal.start()
    before = len(stage.terminal.events)
    assert tap_at_the_gate(stage, random.Random(7), 1) > 100
    assert not [one for one in stage.terminal.events[before:] if isinstance(one, e.OpenMenu)]
