"""The technician's page: entered by way of the staff menu alone, never during a visit, and unable to tap a level."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QPointF
from PySide6.QtQuick import QQuickItem

from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.levels import Level
from kiosk.core.situation import Situation, State, Visit
from kiosk.core.technician import LevelTrip, Trip
from kiosk.core.view import Accepted, Refused, View
from kiosk.ui import technician as t
from kiosk.ui import touch_grid as g
from kiosk.ui.gallery_technician import technician_stages
from kiosk.ui.rehearsal import MATTER, Rehearsal
from kiosk.ui.rehearsal_bench import RehearsedTrip
from tests.ui.measures import Glass
from tests.ui.stage import Stage, until
from tests.ui.test_geometry import dress, eyes, hands
from tests.ui.test_menu_geometry import AtTheMenu, every

VISIT = Visit("ab" * 16, MATTER, "1", None, None)
GLASSES = [(Glass(1280, 800, 8), "en", "large"), (Glass(1080, 1920, 32), "zh-CN", "")]


def view(state: State = State.READY) -> View:
    visit = VISIT if state in (State.SERVING, State.INVITING) else None
    return View(Situation(state, visit=visit, faults=frozenset()))


def at_home(now_ms: int = 0) -> t.Page:
    page = t.admitted(t.CLOSED, view(), "T1", "李工", now_ms)
    assert (page.step, page.who, page.name) == ("home", "T1", "李工")
    return page


# -- who is there, and when ------------------------------------------------------------------------------------------


def at_maintenance(stage: Stage) -> None:
    """Through the menu's gate, to the page that has a tile for this one."""
    stage.terminal.start()
    stage.settle()
    menu = stage.window.menu
    stage.window.technician.attach(stage.terminal, stage.terminal.workbench)
    menu.open()
    menu.choose("technician")
    for text in ("T1", stage.terminal.code):
        for character in text:
            menu.type(character)
        menu.enter()
        settle_answers()
    assert (menu.shown.step, menu.shown.choices) == ("maintain", ("bench", "leave"))


def settle_answers() -> None:
    for _ in range(3):  # an answer may bring another question, and that its answer
        QCoreApplication.processEvents()


def entered(stage: Stage) -> None:
    at_maintenance(stage)
    stage.window.menu.choose("bench")
    settle_answers()
    assert (stage.window.menu.shown.step, stage.window.technician.shown.step) == ("", "home")


def test_who_was_let_in_and_asks_for_it_is_there_on_record(make_stage: Callable[..., Stage]):
    stage = make_stage()
    at_maintenance(stage)
    until(lambda: all(one.objectName() != "menu.dead" for one in stage.all_items()), "the menu takes presses")
    stage.tap("menu.bench")
    settle_answers()
    assert stage.terminal.events[-1] == e.OpenMaintenance(e.Technician("T1", "李工"), "doctor")
    assert stage.terminal.drafts[-1].kind == Kind.MAINTENANCE_OPENED
    assert stage.window.menu.shown.step == ""
    assert stage.window.technician.shown.step == "home"
    assert "李工" in stage.window.technician.shown.note
    assert "technician.checks" in stage.items()
    stage.window.technician.detach()


@pytest.mark.parametrize("answer", [Refused("out_of_order"), OSError("the disk refuses")], ids=str)
def test_what_cannot_be_put_on_record_opens_nothing(make_stage: Callable[..., Stage], answer: Refused | OSError):
    stage = make_stage()
    at_maintenance(stage)
    future: Future[Accepted | Refused] = Future()
    stage.terminal.submit = lambda _event: future  # type: ignore[method-assign]
    stage.window.menu.choose("bench")
    settle_answers()
    assert (stage.window.menu.shown.step, stage.window.technician.shown.step) == ("maintain", "")
    future.set_exception(answer) if isinstance(answer, OSError) else future.set_result(answer)
    settle_answers()
    assert (stage.window.menu.shown.step, stage.window.technician.shown.step) == ("maintain", "")
    assert stage.window.menu.shown.hint


@pytest.mark.parametrize("invited", [False, True])
def test_a_visit_that_begins_while_it_goes_on_record_comes_first(make_stage: Callable[..., Stage], invited: bool):
    stage = make_stage()
    at_maintenance(stage)
    stage.window.menu.choose("bench")  # its answer is on its way
    stage.terminal.begin_visit()
    if invited:
        stage.terminal.invite()
    settle_answers()
    assert stage.window.technician.shown.step == ""
    assert stage.window.menu.shown.step == ("" if invited else "maintain")
    assert stage.model.shown.page == ("inviting" if invited else "serving")


def test_a_menu_that_was_left_meanwhile_opens_nothing(make_stage: Callable[..., Stage]):
    stage = make_stage()
    at_maintenance(stage)
    stage.window.menu.choose("bench")
    stage.window.menu.leave()
    settle_answers()
    assert (stage.window.menu.shown.step, stage.window.technician.shown.step) == ("", "")


def test_nobody_is_admitted_from_qml(make_stage: Callable[..., Stage]):
    what = stage_meta(make_stage().window.technician)
    assert "leave" in what
    assert not {"admit", "open", "enter"} & what


def stage_meta(model: QObject) -> set[str]:
    """What QML can call of it."""
    meta = model.metaObject()
    return {bytes(meta.method(at).name().data()).decode() for at in range(meta.methodCount())}


@pytest.mark.parametrize("state", [State.SERVING, State.INVITING, State.EXPLAINING, State.THANKS])
def test_it_is_never_there_while_a_visit_runs(state: State):
    assert t.admitted(t.CLOSED, view(state), "T1", "李工", 0).step == ""
    page, act = t.saw(replace(at_home(), tapping=True), view(state))
    assert page.step == ""
    assert act == t.Do("stop_trip"), "and a test that is being tapped ends with it"


def test_a_unit_that_is_out_of_order_can_be_looked_at():
    assert t.admitted(t.CLOSED, view(State.OUT_OF_ORDER), "T1", "李工", 0).step == "home"


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
