"""The technician's page: let in by a code alone, never during a visit, and unable to tap a level."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QPointF
from PySide6.QtQuick import QQuickItem

from kiosk.core.levels import Level
from kiosk.core.situation import Situation, State, Visit
from kiosk.core.technician import LevelTrip, Trip, Verdict
from kiosk.core.view import View
from kiosk.ui import technician as t
from kiosk.ui import touch_grid as g
from kiosk.ui.gallery_technician import technician_stages
from kiosk.ui.rehearsal import MATTER, Rehearsal
from kiosk.ui.rehearsal_bench import RehearsedTrip
from tests.ui.measures import Glass
from tests.ui.stage import Stage
from tests.ui.test_geometry import dress, eyes, hands
from tests.ui.test_menu_geometry import AtTheMenu, every

VISIT = Visit("ab" * 16, MATTER, "1", None, None)
GLASSES = [(Glass(1280, 800, 8), "en", "large"), (Glass(1080, 1920, 32), "zh-CN", "")]


def view(state: State = State.READY) -> View:
    visit = VISIT if state in (State.SERVING, State.INVITING) else None
    return View(Situation(state, visit=visit, faults=frozenset()))


def at_home(now_ms: int = 0) -> t.Page:
    page = t.opened(t.CLOSED, view(), now_ms)
    page, _ = t.entered(replace(page, typed="T1"), now_ms)
    page, act = t.entered(replace(page, typed="246810"), now_ms)
    assert act == t.LetIn("T1", "246810")
    page, _ = t.judged(page, Verdict("right", "T1", "李工"), now_ms)
    assert (page.step, page.who) == ("home", "T1")
    return page


# -- the gate --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["wrong", "used", "clock", "paused", "unknown", "nobody", "unreadable", None])
def test_only_a_right_code_that_is_on_record_opens_it(state: str | None):
    page = t.opened(t.CLOSED, view(), 0)
    page, _ = t.entered(replace(page, typed="T1"), 0)
    page, _ = t.entered(replace(page, typed="1"), 0)
    page, _ = t.judged(page, None if state is None else Verdict(state), 0)  # type: ignore[arg-type]
    assert (page.step, page.who) == ("code", "")
    assert t.chosen(page, "trip", 100, 100, 0) == (page, None)


@pytest.mark.parametrize("state", [State.SERVING, State.INVITING, State.EXPLAINING, State.THANKS])
def test_it_is_never_there_while_a_visit_runs(state: State):
    assert t.opened(t.CLOSED, view(state), 0).step == ""
    page, act = t.saw(replace(at_home(), tapping=True), view(state))
    assert page.step == ""
    assert act == t.Do("stop_trip"), "and a test that is being tapped ends with it"


def test_a_unit_that_is_out_of_order_can_be_looked_at():
    assert t.opened(t.CLOSED, view(State.OUT_OF_ORDER), 0).step == "number"


def test_left_alone_it_leaves_but_not_while_something_is_under_way():
    page = at_home()
    assert t.passed(page, t.IDLE_MS - 1)[0].step == "home"
    assert t.passed(page, t.IDLE_MS)[0].step == ""
    assert t.passed(replace(page, busy=True), t.IDLE_MS)[0].step == "home"


# -- the touch grid --------------------------------------------------------------------------------------------------


def painted(grid: g.Grid, cells: range) -> g.Grid:
    points = [((at % grid.columns + 0.5) / grid.columns, (at // grid.columns + 0.5) / grid.rows) for at in cells]
    for point in points:
        grid = g.touched(grid, [point], 1, 0)
    return grid


@pytest.mark.parametrize(("width", "height"), [(217, 136), (136, 217), (268, 476)])
def test_the_grid_passes_when_each_cell_of_the_whole_glass_was_touched(width: float, height: float):
    grid = g.passed_by(g.laid(width, height, 0), g.STILL_MS)
    assert max(width / grid.columns, height / grid.rows) <= g.CELL_MM
    almost = painted(grid, range(grid.cells - 1))
    assert (almost.phase, almost.missed) == ("painting", 1)
    assert painted(grid, range(grid.cells)).passed
    for corner in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)):
        assert g.touched(grid, [corner], 1, 0).hit, "the very corners are cells"


def test_a_cell_that_is_not_touched_fails_it_and_is_shown():
    grid = painted(g.passed_by(g.laid(100, 100, 0), g.STILL_MS), range(10))
    done = g.passed_by(grid, g.IDLE_MS)
    assert (done.phase, done.passed, done.missed) == ("done", False, done.cells - 10)


def test_what_touches_while_nobody_does_is_a_ghost_and_fails_it():
    grid = g.touched(g.laid(100, 100, 0), [(0.5, 0.5)], 1, 100)
    grid = g.passed_by(grid, g.STILL_MS)
    assert not painted(grid, range(grid.cells)).passed


def test_fingers_at_once_are_counted():
    grid = g.passed_by(g.laid(100, 100, 0), g.STILL_MS)
    grid = g.touched(grid, [(0.1, 0.1), (0.5, 0.5), (0.9, 0.9)], 3, 0)
    assert g.touched(grid, [(0.1, 0.1)], 0, 0).most == 3


# -- on the glass ----------------------------------------------------------------------------------------------------


def entered(stage: Stage) -> None:
    stage.terminal.start()
    stage.settle()
    page = stage.window.technician
    page.attach(stage.terminal, stage.terminal.workbench)
    page.open()
    for text in ("T1", stage.terminal.workbench.code):
        for character in text:
            page.type(character)
        page.enter()
        QCoreApplication.processEvents()
    assert page.shown.step == "home"


def test_the_citizens_own_pages_are_tapped_and_the_units_terminal_sees_nothing(make_stage: Callable[..., Stage]):
    stage = make_stage()
    entered(stage)
    page, bench = stage.window.technician, stage.terminal.workbench
    marked = Rehearsal(stage.terminal.scene)

    def begun() -> RehearsedTrip:
        marked.start()
        marked.begin_visit()
        marked.invite()
        return RehearsedTrip(marked)

    bench.stage = begun
    page.choose("trip")
    page.choose("act")
    QCoreApplication.processEvents()
    assert stage.model.shown.page == "inviting"
    assert "TEST" in page.shown.band
    stage.settle()
    stage.tap_at(stage.middle("level.dissatisfied"))
    assert marked.situation.visit is not None
    assert marked.situation.visit.level == Level.DISSATISFIED
    assert stage.terminal.situation.visit is None
    assert bench.trip is not None
    held = tuple(LevelTrip(level, True, 1, 900, "held") for level in Level)
    bench.trip.move(Trip(held, "over"))
    assert [(one.test, one.passed, who) for one, who in bench.kept] == [("round_trip", True, "T1")]
    assert stage.model.shown.page == "ready", "the unit's own pages stand there again"
    stage.window.technician.detach()


def test_a_visit_at_the_window_takes_the_page_away_and_the_test_with_it(make_stage: Callable[..., Stage]):
    stage = make_stage()
    entered(stage)
    bench = stage.terminal.workbench
    bench.stage = lambda: RehearsedTrip(Rehearsal(stage.terminal.scene))
    stage.window.technician.choose("trip")
    stage.window.technician.choose("act")
    QCoreApplication.processEvents()
    stage.terminal.begin_visit()
    assert stage.window.technician.shown.step == ""
    assert stage.model.shown.page == "serving"
    assert bench.trip is not None
    assert bench.trip.now.why == "stopped"
    stage.window.technician.detach()


def test_a_finger_hits_the_cells_of_the_grid_and_nothing_below(make_stage: Callable[..., Stage]):
    stage = make_stage()
    entered(stage)
    page = stage.window.technician
    page.choose("touch")
    page.choose("act")
    stage.terminal.now_ms += g.STILL_MS
    page.look()
    stage.tap_at(stage.window.contentItem().boundingRect().center().toPoint())
    assert page.shown.grid_hits.count("1") == 1
    page.detach()


@pytest.mark.parametrize(("glass", "language", "look"), GLASSES, ids=str)
def test_its_pages_have_their_millimetres(make_stage: Callable[..., Stage], glass: Glass, language: str, look: str):
    made = make_stage((glass.width, glass.height), glass.inches)
    made.terminal.start()
    made.settle()
    stage, found = AtThePage(made.terminal, made.window, made.touch), []
    for page in technician_stages(stage.terminal, stage.window):
        shown = stage.window.technician.shown
        if shown.covering and shown.grid_phase not in ("still", "painting"):  # cells of a fingertip's size
            picture = dress(stage, look, language)
            found += [f"{page}: {one}" for one in (*hands(stage, glass, look), *eyes(stage, glass, look, picture))]
    assert found == []


class AtThePage(AtTheMenu):
    """What is measured: the technician's page, which lies over everything; of its rows, those not cut off."""

    @property
    def root(self) -> QQuickItem:
        whole: QQuickItem = self.window.rootObject()
        return next((item for item in every(whole) if item.objectName() == "technician.sheet"), whole)

    def all_items(self) -> Iterator[QQuickItem]:
        pending = [self.root]
        while pending:
            item = pending.pop()
            if item.isVisible() and item.opacity() > 0 and not cut_off(item):
                yield item
                pending.extend(item.childItems())


def cut_off(item: QQuickItem) -> bool:
    if item.objectName() != "technician.row":
        return False
    view = item.parentItem().parentItem()
    top = item.mapToItem(view, QPointF(0, 0)).y()
    return top < 0 or top + item.height() > view.height()
