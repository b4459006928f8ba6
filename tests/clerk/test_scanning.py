"""What a scanner or a card reader types goes where it belongs, wherever the keyboard is."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from kiosk.clerk.settings import Settings
from kiosk.core import events as e
from tests.clerk.desk import HAND_MS, SCANNER_MS, Desk


def staff(desk: Desk) -> e.Staff | None:
    return desk.house.terminal.view().situation.staff


def test_a_card_in_the_number_field_signs_in_and_is_not_called_verified(desk: Desk) -> None:
    assert desk.focus() == "number"
    desk.scan("A103")
    desk.until(lambda: desk.shown.signed_in)
    assert staff(desk) == e.Staff("A103", "王敏", verified=False)
    desk.until(lambda: desk.shown.staff_line == "工号 A103 · 刷卡，未验口令")


def test_a_card_with_the_halls_prefix_signs_in(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(settings=Settings(card_prefixes=("STAFF-",)))
    desk.until(lambda: desk.shown.can_start and desk.window.isActive() and desk.focus() == "number")
    desk.scan("STAFF-A104")
    desk.until(lambda: desk.shown.staff_name == "李强")


def test_a_card_of_nobody_is_said_at_the_number(desk: Desk) -> None:
    desk.scan("99887766")
    desk.until(lambda: desk.shown.trouble_place == "number")
    assert desk.shown.number == "99887766"
    assert staff(desk) is None


def test_a_hand_that_types_a_number_is_asked_for_the_pin(desk: Desk) -> None:
    desk.type("A103\r", HAND_MS)
    assert desk.focus() == "pin"
    assert staff(desk) is None


@pytest.mark.parametrize("field", ["matter", "caseNumber", "serviceNumber"])
def test_a_scanned_case_number_goes_to_its_field_and_leaves_the_others_alone(desk: Desk, field: str) -> None:
    desk.sign_in()
    desk.press("matter")
    desk.type("3402\r")
    desk.press("serviceNumber")
    desk.type("2")
    desk.press(field)
    desk.scan("341200202611240178")
    assert desk.shown.case_number == "341200202611240178"
    assert (desk.shown.matter_text, desk.shown.service_number) == ("社会保障卡申领", "2")
    assert desk.house.terminal.kinds == ["staff.signed_in"]  # its Enter starts nothing
    desk.key(Qt.Key.Key_F2)
    desk.until(lambda: desk.shown.can_invite)
    assert desk.shown.running_case == "341200202611240178"


def test_a_scan_over_a_button_presses_nothing(desk: Desk) -> None:
    desk.sign_in()
    desk.start("1")
    for _ in range(20):
        desk.key(Qt.Key.Key_Tab)
        if desk.focus() == "invite":
            break
    assert desk.focus() == "invite"
    desk.scan("3412 0020 2611")
    assert desk.shown.next_case == "下一件：3412 0020 2611"
    assert desk.state == "serving"


def test_a_scan_while_a_sheet_is_open_is_not_its_reason(desk: Desk) -> None:
    desk.sign_in()
    desk.key(Qt.Key.Key_F6)
    desk.type("等待")
    desk.scan("341200202611240178")
    assert (desk.shown.sheet, desk.shown.reason) == ("pause", "等待")
    assert desk.shown.case_number == "341200202611240178"
    assert desk.state == "ready"


def test_a_scanned_slip_fills_the_form_and_its_number_is_in_the_journal(desk: Desk) -> None:
    desk.sign_in()
    desk.scan("KQ1;A013;A12;340200;3412-9")
    assert (desk.shown.slip_text, desk.shown.matter_text, desk.shown.case_number) == (
        "排队号 A013", "社会保障卡申领", "3412-9",
    )  # fmt: skip
    desk.key(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    desk.key(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    desk.type("2")
    desk.key(Qt.Key.Key_F2)
    desk.until(lambda: desk.shown.can_invite)
    said = desk.house.terminal.journal[-1].draft.body
    assert {name: said[name] for name in ("slip", "case_number", "service_number", "stage")} == {
        "slip": "A013", "case_number": "3412-9", "service_number": 2, "stage": "accepted",
    }  # fmt: skip


def test_a_slip_in_the_number_field_is_no_card(desk: Desk) -> None:
    desk.scan("KQ1;A013;A12;340200;3412-9")
    assert (desk.shown.number, desk.shown.slip_text) == ("", "排队号 A013")


def test_a_pin_is_never_taken_for_a_scan(desk: Desk) -> None:
    desk.press("pin")
    desk.type("271828\r", SCANNER_MS)
    assert desk.shown.case_number == ""
    assert desk.shown.pin == "271828"


def test_the_folded_console_takes_a_scan(desk: Desk) -> None:
    desk.sign_in()
    desk.key(Qt.Key.Key_F12)
    desk.until(lambda: desk.shown.folded)
    desk.scan("341200202611240178")
    desk.key(Qt.Key.Key_F12)
    assert desk.shown.case_number == "341200202611240178"
