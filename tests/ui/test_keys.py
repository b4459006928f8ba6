"""The whole way by keys alone: arrows, Return, Escape, or a pad of four buttons that sends the same."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtTest import QTest

from kiosk.core.levels import Level
from kiosk.ui.key_walk import is_stop, reading_order, rectangle
from tests.ui.stage import LANDSCAPE, PORTRAIT, Stage, until

Key = Qt.Key


def press(stage: Stage, key: Qt.Key, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(stage.window, key)


def repeat(stage: Stage, key: Qt.Key, times: int) -> None:
    """A key that is held down: its first event and then many more, marked as repeated."""
    for number in range(times):
        event = QKeyEvent(
            QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", number > 0
        )  # fmt: skip
        QCoreApplication.sendEvent(stage.window, event)


def focused(stage: Stage) -> str:
    item = stage.window.activeFocusItem()
    return item.objectName() if item is not None and is_stop(item) else ""


def walk_to(stage: Stage, name: str, key: Qt.Key = Key.Key_Right) -> None:
    """Keys until this has the focus, once the stage is at rest."""
    stage.settle()
    for _ in range(60):
        if focused(stage) == name:
            return
        press(stage, key)
    raise AssertionError(f"keys never came to {name}")


def choose(stage: Stage, name: str) -> None:
    walk_to(stage, name)
    press(stage, Key.Key_Return)


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
@pytest.mark.parametrize("level", list(Level))
def test_the_whole_way_by_keys_alone_ends_in_a_rating(
    make_stage: Callable[..., Stage], size: tuple[int, int], level: Level
) -> None:
    stage = make_stage(size)
    stage.to("serving")
    choose(stage, "rate_now")
    choose(stage, f"level.{level}")
    choose(stage, "reason.1")
    choose(stage, "comment")
    until(lambda: stage.window.activeFocusItem().objectName() == "comment.field", "the field is open")
    for letter in "ok, thanks":
        QTest.keyClick(stage.window, letter)
    until(lambda: stage.model.shown.comment == "ok, thanks", "what was typed is there")
    press(stage, Key.Key_Return)
    choose(stage, "submit")
    until(lambda: stage.model.shown.page == "thanks", "the rating is taken")
    body = stage.terminal.drafts[-1].body
    assert (body["level"], body["finished"]) == (level, True)
    assert stage.terminal.drafts[-1].personal.fields["comment"] == "ok, thanks"
    assert len(body["reasons"]) == 1
    choose(stage, "leave")
    assert stage.model.shown.page == "ready"


@pytest.mark.parametrize(
    ("forth", "back", "enter"),
    [(Key.Key_Right, Key.Key_Left, Key.Key_Return), (Key.Key_Down, Key.Key_Up, Key.Key_Space)],
)
@pytest.mark.parametrize("page", ["serving", "inviting", "explaining", "thanks"])
def test_two_keys_come_by_everything_that_can_be_pressed_in_the_order_of_reading(
    stage: Stage, page: str, forth: Qt.Key, back: Qt.Key, enter: Qt.Key
) -> None:
    stage.to(page)
    stage.settle()
    stops = [item for item in stage.all_items() if is_stop(item) and item.isEnabled()]
    names = [item.objectName() for item in reading_order(stops)]
    seen = []
    for _ in names:
        press(stage, forth)
        seen.append(focused(stage))
    assert seen == names
    press(stage, forth)
    assert focused(stage) == names[0]
    press(stage, back)
    assert focused(stage) == names[-1]


def test_the_five_levels_are_walked_in_their_order(stage: Stage) -> None:
    stage.to("inviting")
    walk_to(stage, "level.very_satisfied")
    seen = []
    for _ in Level:
        seen.append(focused(stage))
        press(stage, Key.Key_Down)
    assert seen == [f"level.{level}" for level in Level]


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Space, Key.Key_Right, Key.Key_Left, Key.Key_Up])
def test_the_first_key_on_a_page_presses_nothing_and_brings_the_focus_to_the_first(stage: Stage, key: Qt.Key) -> None:
    stage.to("inviting")
    stage.settle()
    assert focused(stage) == ""
    press(stage, key)
    first = reading_order([item for item in stage.all_items() if is_stop(item)])[0]
    assert focused(stage) == first.objectName()
    assert stage.model.shown.page == "inviting"


def test_a_held_return_is_one_press(stage: Stage) -> None:
    stage.to("inviting")
    walk_to(stage, "level.dissatisfied")
    repeat(stage, Key.Key_Return, 40)
    stage.settle()
    repeat(stage, Key.Key_Return, 1)
    assert stage.model.shown.page == "explaining"
    walk_to(stage, "reason.0")
    repeat(stage, Key.Key_Space, 7)
    assert stage.model.shown.reason_chosen == (True, False, False)


def test_keys_are_dead_for_a_moment_after_each_change_of_page(stage: Stage) -> None:
    stage.to("inviting")
    walk_to(stage, "level.satisfied")
    press(stage, Key.Key_Return, 12)
    press(stage, Key.Key_Escape)
    assert not stage.root.isEnabled()
    assert (stage.model.shown.page, focused(stage)) == ("explaining", "")
    stage.settle()
    assert focused(stage) == "", "nothing wakes with the focus on it"


def test_escape_is_one_step_back_and_never_ends_a_visit(stage: Stage) -> None:
    stage.to("explaining")
    stage.settle()
    choose(stage, "more")
    press(stage, Key.Key_Escape)
    assert not stage.model.shown.more
    press(stage, Key.Key_Escape)
    assert stage.model.shown.page == "inviting"
    stage.settle()
    press(stage, Key.Key_Escape)
    assert stage.model.shown.page == "inviting"


def test_where_the_focus_was_is_kept_when_what_had_it_goes_away(stage: Stage) -> None:
    stage.to("explaining")
    walk_to(stage, "more")
    place = rectangle(stage.window.activeFocusItem())
    press(stage, Key.Key_Return)
    press(stage, Key.Key_Right)
    assert focused(stage).startswith("reason.")
    assert (rectangle(stage.window.activeFocusItem()).center() - place.center()).manhattanLength() < place.width()


def test_a_sheet_to_write_on_keeps_the_keys_and_escape_leads_out_to_where_one_was(stage: Stage) -> None:
    stage.to("explaining")
    choose(stage, "comment")
    until(lambda: stage.window.activeFocusItem().objectName() == "comment.field", "the field is open")
    seen = set()
    for _ in range(12):
        press(stage, Key.Key_Tab)
        seen.add(stage.window.activeFocusItem().objectName())
    assert seen >= {"panel.clear", "panel.done", "comment.field"}
    assert not seen & {"submit", "comment", "reason.0", "language"}
    press(stage, Key.Key_Escape)
    assert stage.model.shown.panel == ""
    press(stage, Key.Key_Right)
    assert focused(stage) == "comment"


def test_arrows_leave_a_field_at_its_end_and_move_within_it_before_that(stage: Stage) -> None:
    stage.to("explaining")
    choose(stage, "comment")
    until(lambda: stage.window.activeFocusItem().objectName() == "comment.field", "the field is open")
    field = stage.window.activeFocusItem()
    for letter in "ab":
        QTest.keyClick(stage.window, letter)
    press(stage, Key.Key_Left)
    assert field.property("cursorPosition") == 1
    press(stage, Key.Key_Right)
    assert stage.window.activeFocusItem() is field
    press(stage, Key.Key_Right)
    assert focused(stage) != ""


def test_a_finger_takes_the_ring_away(stage: Stage) -> None:
    stage.to("explaining")
    walk_to(stage, "reason.0")
    stage.tap("reason.1")
    assert focused(stage) == ""
    assert stage.model.shown.reason_chosen == (False, True, False)
    walk_to(stage, "reason.2")


def test_who_comes_by_touch_never_sees_a_ring(stage: Stage) -> None:
    stage.to("serving")
    for name in ("rate_now", "level.satisfied", "reason.0", "submit"):
        stage.tap(name)
        stage.settle()
        assert focused(stage) == ""


def test_no_ring_is_left_for_the_next_citizen(stage: Stage) -> None:
    stage.to("thanks")
    walk_to(stage, "leave")
    press(stage, Key.Key_Return)
    stage.settle()
    assert focused(stage) == ""


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier])
def test_chords_do_nothing(stage: Stage, modifier: Qt.KeyboardModifier) -> None:
    stage.to("inviting")
    walk_to(stage, "level.satisfied")
    for key in (Key.Key_Return, Key.Key_Right, Key.Key_Tab, Key.Key_F4, Key.Key_Q, Key.Key_Escape):
        QTest.keyClick(stage.window, key, modifier)
    assert (stage.model.shown.page, focused(stage)) == ("inviting", "level.satisfied")
    assert stage.window.isVisible()


def test_a_key_wakes_the_screen_at_rest_and_does_no_more(stage: Stage) -> None:
    stage.to("ready")
    stage.settle()
    stage.model.rest()
    stage.settle()
    press(stage, Key.Key_Return, 3)
    assert stage.model.shown.page == "ready"
    stage.settle()
    assert focused(stage) == ""


def test_any_key_says_that_one_is_still_there(stage: Stage) -> None:
    stage.to("inviting")
    walk_to(stage, "level.satisfied")
    stage.terminal.wait(stage.terminal.situation.terms.inviting_ms)
    assert stage.model.shown.asking
    press(stage, Key.Key_Return)
    assert (stage.model.shown.asking, stage.model.shown.page) == (False, "inviting")


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_a_sheet_is_opened_used_and_left_by_keys(make_stage: Callable[..., Stage], size: tuple[int, int]) -> None:
    stage = make_stage(size)
    stage.to("ready")
    choose(stage, "assist")
    stage.settle()
    seen = set()
    for _ in range(20):
        press(stage, Key.Key_Right)
        seen.add(focused(stage))
    assert "sheet.close" in seen
    assert all(name.startswith(("assist.", "sheet.")) for name in seen), seen
    choose(stage, "assist.spoken")
    assert stage.model.shown.spoken
    press(stage, Key.Key_Escape)
    assert stage.model.shown.sheet == ""
    stage.settle()
    press(stage, Key.Key_Left)
    assert focused(stage) == "assist"


def test_a_receipt_is_typed_on_a_keyboard_or_chosen_key_by_key(stage: Stage) -> None:
    stage.to("ready")
    choose(stage, "earlier")
    for letter in "8fx":
        QTest.keyClick(stage.window, letter)
    press(stage, Key.Key_Backspace)
    choose(stage, "desk.key.M")
    assert stage.model.shown.desk_typed == "8FM"


def luminance(colour: QColor) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("look", ["", "contrast"])
def test_the_ring_stands_out_and_is_the_same_around_all_five(stage: Stage, look: str) -> None:
    stage.to("inviting")
    if look:
        stage.model.toggleLook(look)
    stage.settle()
    before, inks = stage.picture(), []
    for level in Level:
        walk_to(stage, f"level.{level}")
        after = stage.picture()
        changed = [
            (before.pixelColor(x, y), after.pixelColor(x, y))
            for y in range(before.height())
            for x in range(before.width())
            if before.pixel(x, y) != after.pixel(x, y) and y < stage.middle("skip").y() - 60
        ]
        inks.append(len(changed))
        bright = [
            (max(luminance(a), luminance(b)) + 0.05) / (min(luminance(a), luminance(b)) + 0.05) for a, b in changed
        ]
        assert sum(one >= 3 for one in bright) > 0.85 * len(bright)
    assert max(inks) <= 1.02 * min(inks)
