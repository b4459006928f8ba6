"""Citizens at the real scene: fingers in, events out, by the real rules."""

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.levels import Level
from tests.ui.stage import LANDSCAPE, PORTRAIT, Stage, until


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


def test_a_level_tapped_by_a_finger_says_where_on_the_glass_in_millimetres(make_stage) -> None:
    stage = make_stage(LANDSCAPE, 10.1)
    stage.to("inviting")
    stage.settle()
    point = stage.middle("level.dissatisfied")
    stage.tap_at(point)
    mm = (LANDSCAPE[0] ** 2 + LANDSCAPE[1] ** 2) ** 0.5 / (10.1 * 25.4)
    tapped = next(event for event in stage.terminal.events if isinstance(event, e.TapLevel))
    assert tapped.spot == (int(point.x() / mm), int(point.y() / mm))


def test_a_level_chosen_by_keys_or_by_a_screen_reader_says_no_place(stage: Stage) -> None:
    stage.to("inviting")
    stage.settle()
    stage.tap_at(stage.middle("level.dissatisfied"))  # the place of a finger before is not the next key's
    stage.tap("again")
    stage.settle()
    item = stage.items()["level.satisfied"]
    actions = QAccessible.queryAccessibleInterface(item).actionInterface()
    actions.doAction(actions.pressAction())
    stage.tap("again")
    stage.settle()
    item = stage.items()["level.dissatisfied"]
    item.forceActiveFocus()
    QTest.keyClick(stage.window, Qt.Key.Key_Return)
    spots = [event.spot for event in stage.terminal.events if isinstance(event, e.TapLevel)]
    assert spots[0] is not None
    assert spots[1:] == [None, None]
