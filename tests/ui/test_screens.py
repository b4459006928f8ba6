"""Citizens at the real scene: fingers in, events out, by the real rules."""

import pytest
from PySide6.QtCore import QCoreApplication, QMetaObject, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest

from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.levels import Level
from kiosk.ui.rehearsal import sample_terms
from tests.ui.stage import LANDSCAPE, PORTRAIT, Stage, rectangle, until


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
@pytest.mark.parametrize("level", list(Level))
def test_two_taps_and_a_reason_make_a_rating(make_stage, size: tuple[int, int], level: Level) -> None:
    stage = make_stage(size)
    stage.to("thanks", level)
    until(lambda: stage.model.shown.page == "thanks")
    ended = stage.terminal.drafts[-1]
    assert (ended.kind, ended.body["level"], ended.body["finished"]) == (Kind.VISIT_ENDED, level, True)
    stage.tap("leave")
    assert stage.model.shown.page == "ready"


def test_a_mouse_does_what_a_finger_does(stage: Stage) -> None:
    stage.to("inviting")
    stage.settle()
    QTest.mouseClick(stage.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, stage.middle("skip"))
    assert stage.model.shown.page == "ready"
    assert stage.terminal.drafts[-1].body["outcome"] == "skipped"


def test_a_right_click_does_nothing(stage: Stage) -> None:
    stage.to("inviting")
    stage.settle()
    QTest.mouseClick(stage.window, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, stage.middle("skip"))
    assert stage.model.shown.page == "inviting"


def test_a_citizen_may_rate_without_being_invited(stage: Stage) -> None:
    stage.to("serving")
    stage.tap("rate_now")
    assert stage.model.shown.page == "inviting"
    assert stage.terminal.drafts[-1].body == {"by": "citizen"}


def test_fifty_taps_on_a_level_are_one_tap(stage: Stage) -> None:
    stage.to("inviting")
    stage.settle()
    point = stage.middle("level.dissatisfied")
    for _ in range(50):
        stage.tap_at(point)
    assert [draft.kind for draft in stage.terminal.drafts].count(Kind.LEVEL_TAPPED) == 1
    assert stage.model.shown.page == "explaining"


def test_ten_fingers_on_five_levels_are_one_tap(stage: Stage) -> None:
    stage.to("inviting")
    stage.settle()
    points = [stage.middle(f"level.{level}") for level in Level]
    fingers = QTest.touchEvent(stage.window, stage.touch, False)
    for number, point in enumerate(points):
        fingers.press(number, point, stage.window)
    fingers.commit()
    for number, point in enumerate(points):
        fingers.release(number, point, stage.window)
    fingers.commit()
    del fingers
    QCoreApplication.processEvents()
    assert [draft.kind for draft in stage.terminal.drafts].count(Kind.LEVEL_TAPPED) == 1


def test_a_tap_on_the_change_of_page_is_dead(stage: Stage) -> None:
    stage.to("inviting")
    stage.settle()
    stage.tap_at(stage.middle("level.satisfied"))
    assert not stage.root.isEnabled()
    for name in ("submit", "reason.0"):
        until(lambda name=name: name in stage.items(), name)
        stage.tap_at(stage.middle(name))
    assert [type(event) for event in stage.terminal.events[-1:]] == [e.TapLevel]


def test_a_finger_that_rests_long_still_counts(stage: Stage) -> None:
    stage.to("inviting")
    stage.settle()
    point = stage.middle("level.satisfied")
    finger = QTest.touchEvent(stage.window, stage.touch, False)
    finger.press(0, point, stage.window)
    finger.commit()
    QTest.qWait(1000)  # longer than what Qt calls a long press
    finger.release(0, point, stage.window)
    finger.commit()
    del finger
    until(lambda: stage.model.shown.page == "explaining", "the tap counted")


def test_a_finger_that_slides_off_does_not_count(stage: Stage) -> None:
    stage.to("inviting")
    stage.settle()
    finger = QTest.touchEvent(stage.window, stage.touch, False)
    finger.press(0, stage.middle("level.satisfied"), stage.window)
    finger.commit()
    finger.move(0, stage.middle("skip"), stage.window)
    finger.commit()
    finger.release(0, stage.middle("skip"), stage.window)
    finger.commit()
    del finger
    QCoreApplication.processEvents()
    assert stage.model.shown.page == "inviting"


def test_reasons_are_chosen_and_taken_back(stage: Stage) -> None:
    stage.to("explaining", "dissatisfied")
    stage.tap("more")
    for name in ("reason.0", "reason.7", "reason.0"):
        stage.tap(name)
    assert stage.terminal.situation.visit.reasons == ("214",)


def test_a_bad_level_without_a_reason_gets_a_kind_hint(stage: Stage) -> None:
    stage.to("explaining", "very_dissatisfied")
    stage.tap("submit")
    until(lambda: stage.model.shown.hint == "请至少选择一项原因，或者写一句话", "the hint")
    assert stage.model.shown.page == "explaining"


def test_choosing_again_brings_the_five_back_with_none_chosen(stage: Stage) -> None:
    stage.to("explaining", "dissatisfied")
    stage.tap("again")
    assert stage.model.shown.page == "inviting"
    stage.tap("level.very_satisfied")
    stage.tap("submit")
    assert stage.terminal.drafts[-1].body["level"] == "very_satisfied"


def test_english_by_one_tap(stage: Stage) -> None:
    stage.to("inviting")
    stage.tap("language")
    assert stage.model.shown.level_labels[3] == "Dissatisfied"
    assert stage.model.shown.level_beside[3] == "不满意"


def accessible(item) -> tuple[str, QAccessible.Role]:
    face = QAccessible.queryAccessibleInterface(item)
    return face.text(QAccessible.Text.Name), face.role()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_level_is_called_by_its_label_to_a_screen_reader(stage: Stage, language: str) -> None:
    stage.to("inviting")
    while stage.model.shown.language != language:
        stage.tap("language")
    stage.settle()
    for level, label in zip(stage.model.shown.levels, stage.model.shown.level_labels, strict=True):
        assert accessible(stage.items()[f"level.{level}"]) == (label, QAccessible.Role.Button)


@pytest.mark.parametrize("state", ["serving", "inviting", "explaining", "thanks"])
def test_everything_that_can_be_pressed_has_a_name_and_a_role(stage: Stage, state: str) -> None:
    stage.to(state)
    stage.settle()
    for name, item in stage.items().items():
        label, role = accessible(item)
        assert label, name
        assert role in (QAccessible.Role.Button, QAccessible.Role.CheckBox, QAccessible.Role.StaticText), name


def test_a_screen_reader_can_press_a_level(stage: Stage) -> None:
    stage.to("inviting")
    stage.settle()
    face = QAccessible.queryAccessibleInterface(stage.items()["level.basically_satisfied"])
    face.actionInterface().doAction(face.actionInterface().pressAction())
    assert stage.terminal.events[-1].level == Level.BASICALLY_SATISFIED


def test_nothing_has_the_focus_of_itself(stage: Stage) -> None:
    stage.to("inviting")
    stage.settle()
    assert stage.window.activeFocusItem() in (None, stage.window.contentItem(), stage.root)


def test_a_page_wanted_before_it_was_made_is_made_at_once(stage: Stage) -> None:
    stage.to("serving")
    stage.terminal.invite()
    assert "skip" in stage.items()


def test_twenty_visits_leave_no_item_behind(stage: Stage) -> None:
    def count() -> int:
        pending, found = [stage.root], 0
        while pending:
            item = pending.pop()
            found += 1
            pending.extend(item.childItems())
        return found

    def visit() -> None:
        stage.terminal.begin_visit()
        stage.terminal.invite()
        for act in (lambda: stage.model.tapLevel("satisfied"), stage.model.submit, stage.model.leave):
            act()
            QCoreApplication.processEvents()

    stage.to("thanks")
    stage.tap("leave")
    stage.settle()
    visit()
    before = count()
    for _ in range(20):
        visit()
    assert count() == before


# -- tools, sheets, and the time between two visits ----------------------------------------------------------------


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
