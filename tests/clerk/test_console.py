"""A clerk's day at the console: the real window, the real station, the real rules."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication

import kiosk.clerk
from kiosk.clerk.console import ConsoleWindow, Makings, run
from kiosk.clerk.line import Station
from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.pins import Pins
from kiosk.station.server import Station as StationServer
from tests.clerk.conftest import OF_THE_INVISIBLE_SCREEN
from tests.clerk.desk import ASSETS, Desk
from tests.station.house import PROFILE, TOKEN, VISIT, House


def test_a_visit_from_signing_in_to_the_next_one_by_keyboard_alone(desk: Desk) -> None:
    assert desk.focus() == "number"
    desk.type("A103\r")
    assert desk.focus() == "pin"
    desk.type("271828\r")
    desk.until(lambda: desk.shown.staff_name == "王敏")
    desk.until(lambda: desk.focus() == "matter")
    desk.type("340")
    assert [code.split()[0] for code in desk.shown.match_codes] == ["340100", "340200", "340310"]
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Return)
    assert desk.shown.matter_text == "社会保障卡申领"
    assert desk.focus() == "caseNumber"
    desk.type("3412-7")
    desk.key(Qt.Key.Key_F2)
    desk.until(lambda: desk.shown.can_invite)
    assert (desk.shown.running_matter, desk.shown.running_case) == ("社会保障卡申领", "3412-7")
    desk.key(Qt.Key.Key_F3)
    desk.until(lambda: desk.shown.face == "rating")
    desk.house.terminal.submit(e.TapLevel(Level.SATISFIED))
    desk.house.terminal.submit(e.Submit())
    desk.until(lambda: desk.shown.panel == "form")
    assert desk.shown.matter_text == "社会保障卡申领"
    desk.until(lambda: desk.focus() == "caseNumber")
    desk.type("3412-8\r")
    desk.until(lambda: desk.shown.can_invite)
    visit = desk.house.terminal.view().situation.visit
    assert visit is not None
    assert (visit.matter.code, visit.case_number, visit.staff) == ("340200", "3412-8", e.Staff("A103", "王敏", True))


def test_a_visit_by_pointer_alone_but_for_the_typing(desk: Desk) -> None:
    desk.press("number")
    desk.type("A103")
    desk.press("pin")
    desk.type("271828")
    desk.press("signIn")
    desk.until(lambda: desk.shown.signed_in)
    desk.press("matter")
    desk.type("转移 登记")
    assert [code.split()[0] for code in desk.shown.match_codes] == ["340100"]
    desk.press("caseNumber")
    desk.type("7")
    desk.press("start")  # one match is a choice
    desk.until(lambda: desk.shown.can_invite)
    desk.press("invite")
    desk.until(lambda: desk.shown.face == "rating" and desk.shown.can_cancel)
    desk.press("cancel")
    desk.press("choice")
    desk.press("confirmSheet")
    desk.until(lambda: desk.shown.face == "ready")
    ended = desk.house.terminal.journal[-1].draft.body
    assert (ended["outcome"], ended["cause"]) == ("cancelled", "材料不全")
    desk.press("shift")
    desk.press("signOut")
    desk.until(lambda: not desk.shown.signed_in)


def test_tab_goes_through_everything_that_can_be_done(desk: Desk) -> None:
    seen = [desk.focus()]
    while len(seen) < 2 or desk.focus() != seen[0]:
        desk.key(Qt.Key.Key_Tab)
        seen.append(desk.focus())
        assert len(seen) < 20
    assert seen[:-1] == [
        *("number", "pin", "signIn", "matter", "caseNumber", "accepted", "completed", "serviceNumber", "start"),
        *("call", "pause", "figures", "settings", "fold"),
    ]


def test_enter_presses_the_button_that_has_the_focus(desk: Desk) -> None:
    for _ in range(10):
        desk.key(Qt.Key.Key_Tab)
    assert desk.focus() == "pause"
    desk.key(Qt.Key.Key_Return)
    assert desk.shown.sheet == "pause"


def test_a_wrong_pin_is_said_near_the_pin_and_nothing_typed_is_lost(desk: Desk) -> None:
    desk.press("number")
    desk.type("A103\r0000\r")
    desk.until(lambda: desk.shown.trouble_place == "pin")
    assert desk.shown.trouble_text == "口令不对"
    assert (desk.shown.number, desk.shown.pin) == ("A103", "0000")
    desk.type("271828\r")  # the wrong one is selected, and so replaced
    desk.until(lambda: desk.shown.signed_in)
    assert (desk.shown.number, desk.shown.pin) == ("", "")
    desk.until(lambda: desk.shown.trouble_text == "")


def test_too_many_wrong_pins_are_told_with_the_seconds_that_are_left(desk: Desk) -> None:
    for _ in range(5):
        desk.house.call("PUT", "/v1/staff", {"number": "A103", "pin": "0000"})
    desk.press("number")
    desk.type("A103\r271828\r")
    desk.until(lambda: desk.shown.trouble_text != "")
    assert desk.shown.trouble_text == "口令错误过多，请 30 秒后再试"
    desk.pass_time(7)
    assert desk.shown.trouble_text == "口令错误过多，请 23 秒后再试"
    desk.type("\r")  # not heard: the terminal would not listen anyway
    assert desk.shown.trouble_text == "口令错误过多，请 23 秒后再试"
    desk.pass_time(23)
    assert desk.shown.trouble_text == "现在可以再试"
    desk.house.clock.now += 30
    desk.type("\r")
    desk.until(lambda: desk.shown.signed_in)


@pytest.mark.parametrize(
    ("number", "pin", "place"), [("", "", "number"), ("A103", "12", "pin"), ("A999", "1234", "number")]
)
def test_a_fault_at_signing_in_is_shown_at_its_field(desk: Desk, number: str, pin: str, place: str) -> None:
    desk.press("number")
    desk.type(number)
    desk.press("pin")
    desk.type(pin)
    desk.press("signIn")
    desk.until(lambda: desk.shown.trouble_place == place)
    assert (desk.shown.number, desk.shown.pin) == (number, pin)


def test_what_is_missing_in_the_form_is_said_at_its_field(desk: Desk) -> None:
    desk.key(Qt.Key.Key_F2)
    assert desk.shown.trouble_place == "matter"
    desk.press("matter")
    desk.type("340\r")
    assert desk.shown.trouble_place == ""
    desk.type("\r")
    assert desk.shown.trouble_place == "case_number"
    desk.type(" \r")
    assert desk.shown.trouble_place == "case_number"
    assert desk.house.terminal.kinds == []


def test_a_start_that_is_refused_keeps_the_form(desk: Desk) -> None:
    desk.press("matter")
    desk.type("3401\r7788")
    desk.house.profile = None  # no list any more, so that the refusal below is the fold's own
    with_fault = e.Fault("journal")
    desk.house.terminal.submit(with_fault)
    desk.until(lambda: desk.shown.face == "out_of_order")
    assert not desk.shown.can_start
    desk.house.terminal.submit(e.FaultCleared("journal"))
    desk.until(lambda: desk.shown.can_start)
    desk.house.terminal.hold_commits()
    desk.key(Qt.Key.Key_F2)
    desk.until(lambda: len(desk.house.terminal.events) > 3)
    assert not desk.shown.can_start  # not twice
    assert (desk.shown.matter_text, desk.shown.case_number) == (PROFILE.matters[0].name, "7788")
    desk.house.terminal.release()
    desk.until(lambda: desk.shown.can_invite)
    assert desk.shown.case_number == ""


def test_a_matter_the_window_no_longer_handles_is_said_at_the_matter(desk: Desk) -> None:
    desk.press("matter")
    desk.type("3401\r7788")
    desk.house.profile = type(PROFILE)(
        format=1, version="2", hall=PROFILE.hall, window=PROFILE.window, matters=PROFILE.matters[1:]
    )
    desk.key(Qt.Key.Key_F2)
    desk.until(lambda: desk.shown.trouble_place == "matter")
    assert desk.shown.trouble_text == "本窗口不办理该事项"
    assert (desk.shown.matter_text, desk.shown.case_number) == (PROFILE.matters[0].name, "7788")


def test_a_pause_is_of_a_kind_and_f6_ends_it(desk: Desk) -> None:
    desk.key(Qt.Key.Key_F6)
    assert desk.shown.sheet == "pause"
    assert desk.focus() == "reason"
    desk.key(Qt.Key.Key_Return)
    assert desk.shown.trouble_place == "reason"
    desk.key(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert desk.shown.chosen == 1
    desk.key(Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
    assert desk.shown.pause_until == "14:30"
    desk.key(Qt.Key.Key_Return)
    desk.until(lambda: desk.shown.can_resume)
    assert desk.shown.sheet == ""
    said = desk.house.terminal.journal[-1].draft.body
    assert said == {"reason": "waiting", "until": "14:30", "kind": "waiting"}
    assert desk.shown.pause_text == "等待上一环节 · 预计 14:30 恢复"
    desk.key(Qt.Key.Key_F6)
    desk.until(lambda: desk.shown.face == "ready")


def test_a_pause_in_ones_own_words_has_a_time_that_is_one(desk: Desk) -> None:
    desk.key(Qt.Key.Key_F6)
    desk.type("等待系统恢复")
    desk.press("pauseUntil")
    desk.type("25:00\r")
    assert desk.shown.trouble_place == "until"
    desk.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    desk.type("905\r")
    desk.until(lambda: desk.shown.can_resume)
    said = desk.house.terminal.journal[-1].draft.body
    assert said == {"reason": "等待系统恢复", "until": "09:05", "kind": ""}


def test_escape_closes_the_sheet_and_does_nothing(desk: Desk) -> None:
    desk.key(Qt.Key.Key_F6)
    desk.press("choice")
    desk.key(Qt.Key.Key_Escape)
    assert desk.shown.sheet == ""
    assert desk.house.terminal.kinds == []


def test_a_cancellation_that_comes_too_late_is_refused_in_words_and_harmless(desk: Desk) -> None:
    desk.start()
    desk.key(Qt.Key.Key_F3)
    desk.until(lambda: desk.shown.face == "rating" and desk.shown.can_cancel)
    desk.key(Qt.Key.Key_F7)
    assert desk.shown.sheet == "cancel"
    desk.type("x")
    desk.house.terminal.submit(e.TapLevel(Level.DISSATISFIED))
    desk.type("\r")
    desk.until(lambda: desk.shown.trouble_place == "reason")
    assert desk.shown.trouble_text == "群众已开始评价，不能取消"
    assert desk.house.terminal.kinds[-1] == "visit.level_tapped"


def test_a_visit_of_the_business_system_is_shown_and_can_be_gone_on_with(desk: Desk) -> None:
    desk.house.call("POST", "/v1/visits", VISIT)
    desk.until(lambda: desk.shown.panel == "running")
    assert desk.shown.running_matter == "由业务系统发起"
    desk.key(Qt.Key.Key_F3)
    desk.until(lambda: desk.shown.face == "rating")


def test_the_terminal_goes_away_and_comes_back_and_the_form_is_still_there(desk: Desk) -> None:
    house = desk.house
    desk.press("matter")
    desk.type("3402\r7788")
    house.station.close(10)
    desk.until(lambda: desk.shown.away)
    assert desk.shown.banner == "评价终端未连接，正在自动重连。已填内容会保留。"
    assert desk.item("banner").height() > 0
    assert not desk.shown.can_start
    again = StationServer(
        house.terminal,
        profile=lambda: house.profile,
        token=TOKEN,
        port=house.port,
        new_id=house.terminal.fresh_id,
        on_failed=house.failures.append,
        check_pin=Pins(lambda: house.profile, house.clock).check,
    )
    again.start()
    try:
        desk.until(lambda: desk.shown.can_start)
        assert desk.shown.banner == ""
        assert (desk.shown.matter_text, desk.shown.case_number) == ("社会保障卡申领", "7788")
        desk.key(Qt.Key.Key_F2)
        desk.until(lambda: desk.shown.can_invite)
    finally:
        again.close(10)


def test_a_call_that_gets_no_answer_says_so_and_keeps_the_form(desk: Desk) -> None:
    desk.press("matter")
    desk.type("3402\r7788")
    desk.house.terminal.hold_commits()
    desk.key(Qt.Key.Key_F2)
    desk.until(lambda: len(desk.house.terminal.events) > 1)
    desk.house.station.close(10)
    desk.until(lambda: desk.shown.trouble_place == "visit")
    assert desk.shown.case_number == "7788"


def test_a_token_that_is_not_accepted_is_told_apart_from_a_terminal_that_is_away(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk(token="another")
    desk.until(lambda: "凭证" in desk.shown.banner)
    assert desk.shown.state_text == "状态未知"


def test_what_is_unsent_is_shown_with_its_age(desk: Desk) -> None:
    assert desk.shown.unsent_text == "评价已全部上报"
    for age, text in ((59, "刚刚"), (60, "1 分钟前"), (7200, "2 小时前"), (200_000, "2 天前")):
        desk.house.terminal.show_unsent(12, age)
        desk.until(lambda text=text: desk.shown.unsent_text == f"12 条待上报，最早 {text}")  # type: ignore[misc]


def test_every_outcome_is_shown_as_finished_and_no_more(desk: Desk) -> None:
    shown = set()
    for end in ("skip", "time", "cancel", "rated"):
        visit_id = desk.house.start()
        desk.house.call("POST", f"/v1/visits/{visit_id}/invitation")
        match end:
            case "skip":
                desk.house.terminal.submit(e.Skip())
            case "time":
                desk.house.terminal.pass_time(30_000)
                desk.house.terminal.pass_time(20_000)  # it asks first
            case "cancel":
                desk.house.call("POST", f"/v1/visits/{visit_id}/cancellation", {"reason": "x"})
            case _:
                desk.house.terminal.submit(e.TapLevel(Level.SATISFIED))
                desk.house.terminal.pass_time(60_000)
                desk.house.terminal.pass_time(20_000)  # it asks first
        desk.until(lambda: desk.house.terminal.view().situation.state == "ready")
        ended = desk.house.terminal.kinds.count("visit.ended")
        desk.until(lambda: desk.shown.face == "ready" and desk.shown.state_detail.startswith("上一位"))
        shown.add((ended > 0, desk.shown.state_text, desk.shown.state_detail))
    assert shown == {(True, "空闲", "上一位已结束，可以开始下一位")}


def test_the_console_is_a_client_of_the_station_and_of_nothing_else() -> None:
    shared = ("kiosk.clerk", "kiosk.protocol", "kiosk.core.slip", "kiosk.core.events", "kiosk.ui.words")
    for source in Path(kiosk.clerk.__file__).parent.glob("*.py"):
        allowed = (*shared, "kiosk.ui.contact_sheet") if source.name == "gallery.py" else shared
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kiosk"):
                assert (node.module or "").startswith(allowed), source.name


def test_run_follows_the_station_until_its_window_is_closed(
    application: QGuiApplication, qt_messages: list[str], house: House, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    seen: list[str] = []

    def look() -> None:
        for window in application.allWindows():
            if isinstance(window, ConsoleWindow) and window.model.shown.can_start:
                seen.append(window.model.shown.state_text)
                window.close()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(5)
    station = Station(f"http://127.0.0.1:{house.port}/v1/", TOKEN)
    assert run(Makings(station, ASSETS, tmp_path, language="en")) == 0
    timer.stop()
    assert set(seen) == {"Ready"}
    said = {record.getMessage() for record in caplog.records if record.name == "qt"}
    assert said <= {f"default: {OF_THE_INVISIBLE_SCREEN}"}


def test_the_other_language_is_one_press_away(desk: Desk) -> None:
    desk.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert (desk.shown.state_text, desk.shown.next_language) == ("Ready", "中文")
    desk.press("settings")
    desk.press("language")
    assert (desk.shown.state_text, desk.shown.next_language) == ("空闲", "English")
