"""The window stays out of the way: folded, on top by choice, and where it was left."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from kiosk.clerk import console
from kiosk.clerk.console import CHIP, LARGER, SIZE
from kiosk.clerk.place import Box
from kiosk.clerk.settings import recall
from tests.clerk.desk import Desk

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_folded_it_is_a_chip_that_says_the_state_and_unfolds_as_it_was(desk: Desk) -> None:
    size = desk.window.size()
    desk.key(Qt.Key.Key_F12)
    desk.until(lambda: desk.window.size() == CHIP)
    assert desk.item("chipText").property("text") == "空闲"
    assert desk.window.flags() & Qt.WindowType.FramelessWindowHint
    desk.house.start()
    desk.until(lambda: desk.item("chipText").property("text") == "正在办理")
    desk.press("chip")
    desk.until(lambda: desk.window.size() == size)
    assert not desk.window.flags() & Qt.WindowType.FramelessWindowHint


def test_on_top_is_a_choice(desk: Desk) -> None:
    assert not desk.window.flags() & Qt.WindowType.WindowStaysOnTopHint
    desk.key(Qt.Key.Key_T, CONTROL)
    assert desk.window.flags() & Qt.WindowType.WindowStaysOnTopHint
    desk.key(Qt.Key.Key_F1)
    desk.press("onTop")
    assert not desk.window.flags() & Qt.WindowType.WindowStaysOnTopHint


def test_large_type_makes_the_window_larger_and_ordinary_type_as_it_was(desk: Desk) -> None:
    desk.key(Qt.Key.Key_G, CONTROL)
    assert desk.window.width() == int(SIZE.width() * LARGER)
    desk.key(Qt.Key.Key_G, CONTROL)
    assert desk.window.size() == SIZE


def test_place_size_fold_and_looks_are_remembered(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(language="")
    desk.until(lambda: desk.shown.can_start and desk.window.isActive())
    desk.window.setFramePosition(QPoint(40, 60))
    desk.window.resize(400, 500)
    desk.key(Qt.Key.Key_L, CONTROL)
    desk.key(Qt.Key.Key_T, CONTROL)
    desk.key(Qt.Key.Key_F12)
    desk.window.close()
    desk.window.shut()
    again = make_desk(language="")
    again.until(lambda: again.shown.can_start)
    assert (again.shown.folded, again.shown.on_top, again.shown.state_text) == (True, True, "Ready")
    assert again.window.framePosition() == QPoint(40, 60)
    assert again.window.size() == CHIP
    again.window.requestActivate()
    again.until(again.window.isActive)
    again.key(Qt.Key.Key_F12)
    assert (again.window.width(), again.window.height()) == (400, 500)


def test_a_screen_that_goes_and_comes_back_finds_the_console_there_again(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = Box(0, 0, 800, 800), Box(800, 0, 800, 800)
    monkeypatch.setattr(console, "_screens", lambda: [left, right])
    window = make_desk().window
    window.resize(360, 580)
    window.setFramePosition(QPoint(1000, 60))
    window._keep()
    monkeypatch.setattr(console, "_screens", lambda: [left])
    window._rescreen()
    assert window.framePosition().x() < 800 - 360
    window._return()
    assert window.framePosition().x() < 800 - 360, "another screen has come"
    monkeypatch.setattr(console, "_screens", lambda: [left, right])
    window._return()
    assert window.framePosition() == QPoint(1000, 60)


def test_a_place_on_a_screen_that_is_gone_is_not_believed(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.until(lambda: desk.shown.can_start)
    desk.window.setFramePosition(QPoint(20_000, 20_000))
    desk.window.close()
    desk.window.shut()
    again = make_desk()
    screen = QGuiApplication.primaryScreen().availableGeometry()
    again.until(lambda: screen.contains(again.window.frameGeometry()))


def test_what_is_remembered_holds_nothing_of_the_work(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.until(lambda: desk.shown.can_start and desk.window.isActive() and desk.focus() == "number")
    desk.sign_in()
    desk.start("3412-SECRET")
    desk.window.close()
    desk.window.shut()
    folder = desk.window._makings.folder
    assert recall(folder).recent == ("340100",)
    text = "".join(file.read_text("utf-8") for file in folder.iterdir())
    assert not any(word in text for word in ("3412-SECRET", "A103", "271828", "王敏"))


def test_a_visit_that_stands_open_is_told_once_in_a_banner_and_to_the_taskbar(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts: list[int] = []
    monkeypatch.setattr(desk.window, "alert", alerts.append, raising=False)
    desk.house.start()
    desk.until(lambda: desk.shown.face == "serving")
    desk.pass_time(1199)
    assert alerts == []
    desk.pass_time(61)
    assert desk.item("reminder").height() > 0
    desk.pass_time(600)
    desk.house.terminal.show_unsent(3, 60)
    desk.until(lambda: desk.shown.unsent)
    assert alerts == [0]
    desk.key(Qt.Key.Key_Escape)
    assert desk.shown.reminder == ""


def test_shift_change_is_one_step_and_refused_in_words_while_a_visit_runs(desk: Desk) -> None:
    desk.sign_in()
    desk.key(Qt.Key.Key_F8)
    assert desk.shown.sheet == "shift"
    desk.until(lambda: desk.focus() == "number")
    desk.scan("A104")
    desk.until(lambda: desk.shown.staff_name == "李强" and desk.shown.sheet == "")
    assert desk.house.terminal.kinds == ["staff.signed_in", "staff.signed_in"]
    desk.house.start()
    desk.until(lambda: desk.shown.face == "serving")
    desk.key(Qt.Key.Key_F8)
    assert desk.shown.sheet == ""
    assert desk.shown.trouble_text == "这次服务还没有结束，结束后才能换班或签退"


def test_a_wrong_pin_at_the_shift_change_leaves_the_last_clerk_signed_in(desk: Desk) -> None:
    desk.sign_in()
    desk.key(Qt.Key.Key_F8)
    desk.until(lambda: desk.focus() == "number")
    desk.type("A103\r0000\r")
    desk.until(lambda: desk.shown.trouble_place == "pin")
    assert (desk.shown.sheet, desk.shown.staff_name) == ("shift", "王敏")
    desk.key(Qt.Key.Key_F8, CONTROL)
    desk.until(lambda: not desk.shown.signed_in)


def test_the_next_number_is_called_with_two_keys_and_invites_whoever_is_served(desk: Desk) -> None:
    desk.house.call("POST", "/v1/calls", {"number": "A012"})
    desk.sign_in()
    desk.start()
    desk.key(Qt.Key.Key_F5)
    assert (desk.shown.sheet, desk.shown.call_number) == ("call", "A013")
    desk.key(Qt.Key.Key_Return)
    desk.until(lambda: desk.shown.face == "rating")
    assert desk.house.terminal.journal[-1].draft.body == {"by": "next_number", "number": "A013"}
    desk.until(lambda: desk.shown.can_call)
    desk.key(Qt.Key.Key_F5)
    assert desk.shown.call_number == "A014"
