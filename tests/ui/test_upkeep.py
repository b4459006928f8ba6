"""What the terminal does for itself and its screen while nobody is before it, on the real scene."""

import time
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.core import events as e
from kiosk.core.care import QUIET_MS, Brightness, Care
from kiosk.core.view import OpeningHours
from kiosk.ui.upkeep import Means
from tests.ui.stage import Stage
from tests.ui.test_at_rest import frames_while_nothing_happens

HOURS = tuple(OpeningHours(day, "09:00", "17:00") for day in range(1, 8))
CARE = Care(ceiling_mib=500, brightness=(Brightness("18:00", "08:00", 40),))


@dataclass
class Tended:
    """A stage that looks after itself, in a time of its own."""

    stage: Stage
    time: str = "23:00"
    mib: int = 200
    lit: list[tuple[bool, int]] = field(default_factory=list)
    renewed: list[int] = field(default_factory=list)

    def begin(self, care: Care = CARE) -> "Tended":
        terminal, window = self.stage.terminal, self.stage.window

        def local() -> time.struct_time:
            return time.strptime(f"2026-01-05 {self.time}", "%Y-%m-%d %H:%M")

        window.upkeep.begin(
            Means(care, lambda: terminal.now_ms, local, lambda: self.mib, self, self.renewed.append)
        )  # fmt: skip
        terminal.watch(window.upkeep.see)
        window.upkeep.see(replace(terminal.view(), scene=replace(terminal.view().scene, hours=HOURS)))
        return self

    def shine(self, on: bool, percent: int) -> None:
        self.lit.append((on, percent))

    def quiet(self) -> None:
        self.stage.terminal.wait(QUIET_MS)
        self.stage.window.upkeep.look()

    @property
    def dark(self) -> bool:
        night = self.stage.window.rootObject().findChild(QQuickItem, "night")
        assert night is not None
        assert night.isVisible() is self.stage.window.upkeep.dark
        return night.isVisible()


@pytest.fixture
def tended(stage: Stage) -> Tended:
    stage.terminal.start()
    stage.terminal.set_scene(replace(stage.terminal.view().scene, hours=HOURS))
    stage.terminal.submit(e.HoursChanged(open=False))
    stage.settle()
    return Tended(stage).begin()


def test_after_hours_it_is_black_and_nothing_is_drawn(tended: Tended):
    assert not tended.dark
    tended.quiet()
    assert tended.dark
    assert tended.lit[-1] == (False, 40)
    picture = tended.stage.window.grabWindow()
    assert {picture.pixelColor(x, y).name() for x in range(0, 1280, 64) for y in range(0, 800, 40)} == {"#000000"}
    assert frames_while_nothing_happens(tended.stage) == 0


def test_a_touch_wakes_it_and_is_for_nothing_else(tended: Tended):
    tended.stage.terminal.submit(e.HoursChanged(open=True))  # with tiles and buttons on the page
    tended.stage.settle()
    tended.quiet()
    assert tended.dark
    before = tended.stage.model.shown
    tended.stage.tap_at(tended.stage.middle("large"))
    assert not tended.dark
    assert tended.lit[-1] == (True, 40)
    assert tended.stage.model.shown == before
    tended.quiet()
    assert tended.dark


def test_a_key_wakes_it_and_is_for_nothing_else(tended: Tended):
    tended.stage.terminal.submit(e.HoursChanged(open=True))
    tended.stage.settle()
    tended.quiet()
    before = tended.stage.window.activeFocusItem()
    QTest.keyClick(tended.stage.window, Qt.Key.Key_Tab)
    assert not tended.dark
    assert tended.stage.window.activeFocusItem() is before
    QTest.keyClick(tended.stage.window, Qt.Key.Key_Tab)
    assert tended.stage.window.activeFocusItem() is not before


def test_under_a_finger_nothing_moves(tended: Tended):
    stage, root = tended.stage, tended.stage.root
    tended.time = "10:10"
    finger = QTest.touchEvent(stage.window, stage.touch, False)
    finger.press(0, QPoint(400, 300), stage.window)
    finger.commit()
    tended.quiet()
    assert (root.x(), root.y()) == (0, 0)
    finger.release(0, QPoint(400, 300), stage.window)
    finger.commit()
    del finger
    tended.quiet()
    assert (root.x(), root.y()) != (0, 0)


def test_it_wakes_before_the_hall_opens(tended: Tended):
    tended.quiet()
    assert tended.dark
    tended.time = "08:45"
    tended.stage.window.upkeep.look()
    assert not tended.dark


def test_whoever_is_called_finds_it_lit(tended: Tended):
    tended.stage.terminal.submit(e.HoursChanged(open=True))
    tended.quiet()
    assert tended.dark
    tended.stage.terminal.begin_visit()
    assert not tended.dark
    tended.quiet()
    assert not tended.dark


def test_a_self_service_machine_has_no_night(stage: Stage):
    stage.terminal.start()
    tended = Tended(stage).begin()
    scene = replace(stage.terminal.view().scene, mode="self_service", hours=HOURS)
    stage.window.upkeep.see(replace(stage.terminal.view(), scene=scene))
    tended.quiet()
    assert not tended.dark


def test_it_begins_anew_when_nobody_is_there_and_never_within_a_visit(tended: Tended):
    stage = tended.stage
    stage.terminal.submit(e.HoursChanged(open=True))
    stage.terminal.begin_visit()
    stage.terminal.invite()
    tended.mib = 501
    tended.quiet()
    tended.quiet()
    assert tended.renewed == []
    stage.terminal.submit(e.Skip())
    stage.terminal.submit(e.Leave())
    stage.model.openSheet("assist")
    tended.quiet()
    assert tended.renewed == []
    stage.model.openSheet("")
    stage.window.upkeep.look()
    assert tended.renewed == []
    tended.quiet()
    tended.quiet()
    assert tended.renewed == [501]


def test_the_page_moves_while_nobody_is_there_and_stands_still_in_a_visit(tended: Tended):
    stage, root = tended.stage, tended.stage.root
    stage.terminal.submit(e.HoursChanged(open=True))
    tended.time = "10:10"
    tended.quiet()
    places = {(root.x(), root.y())}
    assert max(abs(root.x()), abs(root.y())) > 0
    for minutes in range(20, 60, 10):
        tended.time = f"10:{minutes}"
        tended.quiet()
        places.add((root.x(), root.y()))
    assert len(places) == 5
    stage.terminal.begin_visit()
    stage.terminal.invite()
    stage.settle()
    here = root.x(), root.y()
    tended.time = "11:30"
    tended.quiet()
    assert (root.x(), root.y()) == here


@pytest.mark.parametrize("corner", [(2, 2), (-2, -2)])
def test_on_a_page_that_was_moved_a_tap_hits_what_lies_there(stage: Stage, corner: tuple[int, int]):
    stage.to("inviting")
    stage.window.upkeep._move(corner)
    stage.settle()
    for name, item in stage.items().items():
        box = item.mapRectToScene(item.boundingRect())
        assert stage.window.contentItem().boundingRect().adjusted(-1, -1, 1, 1).contains(box), name
    tile = next(item for name, item in stage.items().items() if "dissatisfied" in name)
    edge = tile.mapToScene(tile.boundingRect().topLeft()).toPoint() + QPoint(1, 1)
    stage.tap_at(edge)
    assert stage.model.shown.page == "explaining"
