"""The staff menu as a value: each touch makes exactly the event it says, and nothing is left when it is closed."""

from dataclasses import replace
from datetime import datetime

import pytest

from kiosk.core import events as e
from kiosk.core.situation import Situation, State, Visit
from kiosk.core.view import Accepted, CodeAnswer, MatterCard, Pairing, PinAnswer, Refused, Scene, View
from kiosk.ui import menu as m
from kiosk.ui import menu_leave

STAFF = e.Staff("A103", "王敏", verified=True)
MATTERS = tuple(MatterCard(f"{number:04}", f"事项{number}") for number in range(17))
SCENE = Scene(matters=MATTERS, slip="{slip}|{case}")
VISIT = Visit("ab" * 16, e.Matter("0001", "m"), "1", None, None)


def view(state: State = State.READY, **more: object) -> View:
    visit = VISIT if state is State.SERVING else None
    return View(Situation(state, visit=visit, faults=frozenset()), SCENE, **more)  # type: ignore[arg-type]


def around(state: State = State.READY) -> m.Around:
    return m.Around(view(state), datetime(2026, 11, 24, 9, 58), "cd" * 16)


def at_home(state: State = State.READY) -> m.Menu:
    asked = m.chosen(m.opened(m.CLOSED, view(state), 0), "A103", around(state))[0]
    menu, act = m.entered(m.typed(asked, "1"), around(state), 0)
    assert act == m.CheckPin("A103", "1")
    menu, act = m.pin_answered(menu, PinAnswer("right", staff=STAFF), 0)
    assert act == e.OpenMenu(STAFF)
    return m.settled(menu, Accepted(view(state)))


def typing(menu: m.Menu, text: str) -> m.Menu:
    for character in text:
        menu = m.typed(menu, character)
    return menu


@pytest.mark.parametrize("state", [State.INVITING, State.EXPLAINING, State.THANKS, State.HANDED_TO_PHONE])
def test_it_never_lies_on_the_glass_while_a_citizen_has_it(state: State):
    assert m.opened(m.CLOSED, view(state), 0).step == ""
    assert m.saw(at_home(), view(state), 0).step == ""


@pytest.mark.parametrize(
    ("state", "choice", "event"),
    [
        (State.READY, "sign_in", e.SignIn(STAFF)),
        (State.READY, "sign_out", e.SignOut()),
        (State.PAUSED, "resume", e.Resume()),
        (State.SERVING, "invite", e.Invite(VISIT.visit_id, by="menu")),
    ],
)
def test_each_tile_makes_its_event(state: State, choice: str, event: e.Event):
    menu, act = m.chosen(at_home(state), choice, around(state))
    assert act == event
    assert menu.busy
    assert m.chosen(menu, choice, around(state)) == (menu, None), "one at a time"


def test_a_pause_says_its_kind_and_when_it_is_over():
    menu, _ = m.chosen(at_home(), "pause", around())
    menu, _ = m.chosen(menu, "away", around())
    assert m.chosen(menu, "10", around())[1] == e.Pause("away", "10:10", "away")
    assert m.chosen(menu, "none", around())[1] == e.Pause("away", None, "away")


@pytest.mark.parametrize(("typed", "case", "slip"), [("3412", "3412", None), ("", "", None), ("A018|99", "99", "A018")])
def test_a_visit_is_started_with_a_number_typed_scanned_or_none(typed: str, case: str, slip: str | None):
    menu, _ = m.chosen(at_home(), "start", around())
    menu, _ = m.chosen(menu, "more", around())
    menu, _ = m.chosen(menu, "0008", around())
    assert menu.step == "case"
    _, act = m.entered(typing(menu, typed), around(), 0)
    assert act == e.StartVisit("cd" * 16, e.Matter("0008", "事项8"), case, slip=slip, by="menu")


def test_the_matters_go_round_in_pages():
    menu, _ = m.chosen(at_home(), "start", around())
    pages = []
    for _ in range(4):
        pages.append(menu.page)
        menu, _ = m.chosen(menu, "more", around())
    assert pages == [0, 1, 2, 0]


@pytest.mark.parametrize("reason", m.REASONS)
def test_a_visit_is_cancelled_with_a_reason(reason: str):
    menu, _ = m.chosen(at_home(State.SERVING), "cancel", around(State.SERVING))
    _, act = m.chosen(menu, reason, around(State.SERVING))
    assert act == e.CancelVisit(VISIT.visit_id, reason, by="menu")


def test_a_number_is_called():
    menu, _ = m.chosen(at_home(), "call", around())
    assert m.entered(menu, around(), 0)[1] is None, "none was typed"
    assert m.entered(typing(menu, "A019"), around(), 0)[1] == e.CallNumber("A019")


def test_a_code_is_shown_and_void_when_it_goes():
    menu, act = m.chosen(at_home(), "pair", around())
    assert act == m.ShowPairing(True)
    assert m.saw(menu, view(), 0).step == "pair", "it is on its way"
    shown = m.saw(menu, view(pairing=Pairing("042619", 1)), 0)
    assert m.stepped_back(shown)[1] == m.ShowPairing(False)
    assert m.left(shown)[1] == m.ShowPairing(False)
    assert m.saw(shown, view(), 0).step == "home", "it was used"


def test_a_code_asked_for_elsewhere_is_shown_at_rest_and_lets_nobody_into_the_menu():
    code = Pairing("042619", 1)
    shown = m.saw(m.CLOSED, view(pairing=code), 0)
    assert (shown.step, shown.staff) == ("pair", None)
    assert m.stepped_back(shown)[0].step == ""
    assert m.saw(shown, view(), 0).step == ""
    assert m.saw(m.CLOSED, view(State.INVITING, pairing=code), 0).step == ""
    assert m.saw(m.CLOSED, view(State.SERVING, pairing=code), 0).step == ""


@pytest.mark.parametrize("answer", [PinAnswer("wrong"), PinAnswer("unknown"), PinAnswer("paused", 30), None])
def test_without_the_right_pin_there_is_no_menu(answer: PinAnswer | None):
    asked = m.typed(m.chosen(m.opened(m.CLOSED, view(), 0), "A103", around())[0], "1")
    menu, _ = m.entered(asked, around(), 0)
    menu, act = m.pin_answered(menu, answer, 0)
    assert (act, menu.step, menu.typed, menu.staff) == (None, "pin", "", None)
    assert menu.hint == ("not_now" if answer is None else "paused" if answer.state == "paused" else "wrong")
    assert m.entered(m.typed(menu, "1"), around(), 0)[1] == (None if menu.wait_until_ms else m.CheckPin("A103", "1"))


def test_a_refusal_keeps_the_page_and_says_why():
    menu, _ = m.chosen(at_home(State.SERVING), "cancel", around(State.SERVING))
    menu, _ = m.chosen(menu, "left", around(State.SERVING))
    refused = m.settled(menu, Refused("level_tapped"))
    assert (refused.step, refused.hint, refused.busy) == ("cancel", "refused.level_tapped", False)


def test_it_is_gone_after_a_minute_without_a_touch_and_nothing_is_left():
    menu = m.touched(replace(typing(m.chosen(at_home(), "call", around())[0], "A0"), hint="x"), 1_000)
    assert m.passed(menu, 1_000 + m.IDLE_MS - 1) == menu
    gone = m.passed(menu, 1_000 + m.IDLE_MS)
    assert gone == m.Menu(menu.turn + 1)
    assert m.closed(gone) == gone


def test_a_code_that_never_comes_keeps_nobodys_menu_open():
    """Where the hall's network is not served there is no code to wait for, and the page was opened with a PIN."""
    menu, _ = m.chosen(at_home(), "pair", around())
    assert m.passed(menu, m.IDLE_MS - 1) == menu
    assert m.passed(menu, m.IDLE_MS).step == ""


def test_a_code_that_is_shown_stays_for_its_own_time():
    menu = m.saw(m.chosen(at_home(), "pair", around())[0], view(pairing=Pairing("042619", 1)), 0)
    assert m.passed(menu, m.IDLE_MS + 1).step == "pair"


@pytest.mark.parametrize("state", [State.SERVING, State.OUT_OF_ORDER])
def test_a_code_never_lies_over_a_visit(state: State):
    code = Pairing("042619", 1)
    shown = m.saw(m.CLOSED, view(pairing=code), 0)
    assert m.saw(shown, view(state, pairing=code), 0).step == "", "asked for elsewhere, it lets nobody in either"
    asked = m.saw(m.chosen(at_home(), "pair", around())[0], view(pairing=code), 0)
    assert m.saw(asked, view(state, pairing=code), 0).step == "home"


def test_what_is_scanned_before_a_matter_was_chosen_is_no_matter():
    menu, _ = m.chosen(at_home(), "start", around())
    menu, act = m.entered(typing(menu, "341200202611240178"), around(), 0)
    assert (menu.step, menu.matter, menu.typed, act) == ("matter", None, "", None)


def test_a_case_number_that_is_too_long_is_refused_and_never_cut():
    menu, _ = m.chosen(m.chosen(at_home(), "start", around())[0], "0001", around())
    long, act = m.entered(typing(menu, "3" * (m.CASE_LIMIT + 1)), around(), 0)
    assert (long.step, long.hint, long.typed, long.busy, act) == ("case", "too_long", "", False, None)
    _, act = m.entered(typing(long, "3" * m.CASE_LIMIT), around(), 0)
    assert isinstance(act, e.StartVisit)
    assert act.case_number == "3" * m.CASE_LIMIT


TECHNICIAN = e.Technician("T1", "李工")


def let_in(state: State = State.READY) -> m.Menu:
    menu, act = m.chosen(m.opened(m.CLOSED, view(state), 0), "technician", around(state))
    assert (menu.step, act) == ("number", None)
    menu, _ = m.entered(typing(menu, "T1"), around(state), 0)
    menu, act = m.entered(typing(menu, "123456"), around(state), 0)
    assert act == m.CheckPin("T1", "123456")
    menu, act = menu_leave.code_answered(menu, CodeAnswer("right", technician=TECHNICIAN, clock_off_s=60), 0)
    assert act == e.OpenMaintenance(TECHNICIAN, "leave", 60)
    assert menu.step == "pin", "nothing opens before it is on record"
    return m.settled(menu, Accepted(view(state)))


def test_a_technician_is_let_in_on_record_and_leaves_for_a_reason():
    menu = let_in()
    assert (menu.step, menu.staff) == ("maintain", None)
    menu, act = menu_leave.chosen(menu, "leave")
    assert (menu.step, act) == ("leave", None)
    assert menu_leave.chosen(menu, "a whim") == (menu, None)
    busy, act = menu_leave.chosen(menu, "update")
    assert act == e.LeaveProgram(TECHNICIAN, "update")
    assert busy.busy
    assert m.settled(busy, Refused("visit_running")).hint == "refused.visit_running"
    assert m.stepped_back(menu)[0].step == "maintain"
    assert m.stepped_back(m.stepped_back(menu)[0])[0].step == ""


def test_what_could_not_be_recorded_opens_nothing():
    menu = m.opened(m.CLOSED, view(), 0)
    menu = replace(menu, step="pin", number="T1", busy=True)
    menu, _ = menu_leave.code_answered(menu, CodeAnswer("right", technician=TECHNICIAN), 0)
    menu = m.settled(menu, Refused("out_of_order"))
    assert (menu.step, menu.hint) == ("pin", "refused.out_of_order")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (CodeAnswer("wrong"), "wrong"), (CodeAnswer("unknown"), "wrong"), (CodeAnswer("nobody"), "wrong"),
        (CodeAnswer("used"), "code_used"), (CodeAnswer("unreadable"), "no_technician"), (None, "not_now"),
        (CodeAnswer("paused", 30), "paused"), (CodeAnswer("clock", clock_off_s=-28_800), "clock"),
    ],
)  # fmt: skip
def test_no_other_answer_lets_in(answer: CodeAnswer | None, hint: str):
    asked = replace(m.opened(m.CLOSED, view(), 0), step="pin", number="T1", busy=True)
    menu, act = menu_leave.code_answered(asked, answer, 1_000)
    assert (menu.step, menu.hint, menu.busy, act, menu.technician) == ("pin", hint, False, None, None)
    assert menu.wait_until_ms == (31_000 if hint == "paused" else 0)
    assert menu.astray_min == (480 if hint == "clock" else 0)


def test_without_a_technician_no_page_of_theirs_leaves():
    for step in ("home", "leave", "maintain"):
        menu = replace(at_home(), step=step)
        assert not isinstance(menu_leave.chosen(menu, "update")[1], e.LeaveProgram)
