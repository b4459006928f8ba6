"""What stands beside the pages: the tools, the question whether one is still there, the leaves of the reasons, the rest
between two visits, the curtain."""

import pytest
from PySide6.QtCore import QCoreApplication, QMetaObject, QObject, QPoint, QPointF
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.ui.rehearsal import sample_terms
from tests.ui.stage import LANDSCAPE, PORTRAIT, Stage, rectangle, until


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
@pytest.mark.parametrize("state", ["ready", "serving", "inviting", "explaining", "thanks"])
def test_the_tools_are_in_one_place_on_every_page(make_stage, size: tuple[int, int], state: str) -> None:
    stage = make_stage(size)
    stage.to("ready")
    tools = ("large", "language", "spoken", "assist")
    before = {name: stage.items()[name].mapToScene(QPointF(0, 0)) for name in tools}
    stage.to(state)
    stage.settle()
    assert {name: stage.items()[name].mapToScene(QPointF(0, 0)) for name in tools} == before


def test_the_look_for_elders_comes_by_one_tap_and_goes_by_another(stage: Stage) -> None:
    stage.to("inviting")
    for on in (True, False):
        stage.tap("large")
        assert stage.model.shown.large is on
        assert bool(accessible_state(stage.items()["large"]).checked) is on


def accessible_state(item) -> QAccessible.State:
    return QAccessible.queryAccessibleInterface(item).state()


@pytest.mark.parametrize("level", list(Level))
def test_who_is_asked_whether_they_are_still_there_answers_by_one_tap(stage: Stage, level: Level) -> None:
    stage.to("explaining", level)
    stage.terminal.wait(stage.terminal.situation.terms.explaining_ms)
    assert stage.model.shown.asking
    stage.tap("still_there")
    assert not stage.model.shown.asking
    assert stage.model.shown.page == "explaining"


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_the_question_covers_no_level_and_no_reason(make_stage, size: tuple[int, int]) -> None:
    stage = make_stage(size)
    stage.to("inviting")
    stage.terminal.wait(stage.terminal.situation.terms.inviting_ms)
    stage.settle()
    bar = rectangle(stage.items()["still_there"].parentItem())
    free = [item for name, item in stage.items().items() if name.startswith(("level.", "skip"))]
    assert len(free) == 6
    assert not any(rectangle(item).intersects(bar) for item in free)
    stage.tap("level.satisfied")
    assert stage.model.shown.page == "explaining"


def test_the_question_is_seen_over_the_sheet_for_writing(stage: Stage) -> None:
    stage.to("explaining")
    stage.tap("comment")
    stage.terminal.wait(stage.terminal.situation.terms.explaining_ms)
    stage.tap("still_there")
    assert not stage.model.shown.asking
    assert stage.model.shown.panel == "comment"


def test_a_call_back_is_offered_once_something_was_said(stage: Stage) -> None:
    stage.to("explaining")
    assert "contact" not in stage.items()
    stage.tap("reason.0")
    assert "contact" in stage.items()


def test_reasons_of_the_halls_own_stand_in_a_field_of_their_own(make_stage) -> None:
    stage = make_stage(PORTRAIT)
    stage.terminal.start()
    stage.terminal.submit(e.TermsChanged(sample_terms()))
    stage.to("explaining")
    assert "local.0" not in stage.items()
    stage.tap("more")
    stage.tap("local.1")
    assert stage.terminal.situation.visit.local_reasons == ("L02",)
    assert stage.terminal.situation.visit.reasons == ()


def test_what_does_not_fit_is_on_the_next_leaf(make_stage) -> None:
    stage = make_stage(LANDSCAPE, 8)
    stage.terminal.start()
    stage.terminal.submit(e.TermsChanged(sample_terms()))
    stage.to("explaining")
    stage.tap("more")
    assert "local.0" not in stage.items()
    stage.tap("turn")
    stage.tap("local.0")
    assert stage.terminal.situation.visit.local_reasons == ("L01",)
    stage.tap("turn")
    assert "reason.7" in stage.items()


def timers(stage: Stage) -> dict[int, object]:
    """The timers that run now, by their length."""
    return {one.property("interval"): one for one in stage.root.findChildren(QObject)
            if one.metaObject().className() == "QQmlTimer" and one.property("running")}  # fmt: skip


def test_between_two_visits_untouched_glass_comes_to_rest_and_then_home(stage: Stage) -> None:
    stage.to("ready")
    stage.settle()
    stage.tap("language")
    stage.tap("large")
    running = timers(stage)
    assert {30000, 60000} <= running.keys()
    QMetaObject.invokeMethod(running[30000], "triggered")
    assert stage.model.shown.page == "attract"
    assert stage.model.shown.language == "en"
    QMetaObject.invokeMethod(timers(stage)[60000], "triggered")
    assert (stage.model.shown.language, stage.model.shown.large) == ("zh-CN", False)
    stage.settle()
    stage.tap_at(QPoint(400, 400))
    until(lambda: stage.model.shown.page == "ready", "a touch wakes it")


def test_no_clock_of_the_rest_runs_in_a_visit(stage: Stage) -> None:
    stage.to("serving")
    stage.settle()
    assert not {30000, 60000} & timers(stage).keys()


def test_behind_the_curtain_a_touch_does_nothing_and_a_long_one_lifts_it(stage: Stage) -> None:
    stage.to("inviting")
    stage.settle()
    point = stage.middle("level.satisfied")
    stage.model.toggleLook("curtain")
    picture = stage.picture()
    assert picture.pixelColor(point) == QColor("black")
    stage.tap_at(point)
    assert stage.model.shown.page == "inviting"
    finger = QTest.touchEvent(stage.window, stage.touch, False)
    finger.press(0, point, stage.window)
    finger.commit()
    until(lambda: not stage.model.shown.curtain, "the curtain is lifted")
    finger.release(0, point, stage.window)
    finger.commit()
    del finger
    QCoreApplication.processEvents()
    assert stage.model.shown.page == "inviting"


@pytest.mark.parametrize(
    "event", [e.HoursChanged(open=False), e.Pause("away"), e.Fault("journal")], ids=["closed", "paused", "out_of_order"]
)
def test_from_every_page_between_two_visits_there_is_a_way_home(stage: Stage, event: e.Event) -> None:
    stage.to("ready")
    stage.terminal.submit(event)
    stage.settle()
    stage.model.toggleLook("curtain")
    stage.model.switchLanguage()
    assert 60000 in timers(stage)
    assert 30000 not in timers(stage)
    QMetaObject.invokeMethod(timers(stage)[60000], "triggered")
    assert (stage.model.shown.curtain, stage.model.shown.language) == (False, "zh-CN")
