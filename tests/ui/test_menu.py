"""The staff menu as a value: each touch makes exactly the event it says, and nothing is left when it is closed."""

from dataclasses import replace
from datetime import datetime

import pytest

from kiosk.core import events as e
from kiosk.core.situation import Situation, State, Visit
from kiosk.core.view import Accepted, CodeAnswer, MatterCard, OwnFigures, Pairing, PinAnswer, Refused, Scene, View
from kiosk.ui import menu as m
from kiosk.ui import menu_home, menu_leave, menu_visit
from kiosk.ui import menu_values as v

STAFF = e.Staff("A103", "王敏", verified=True)
REASONS = {"papers": "材料不全", "window": "不属本窗口", "again": "群众要求改日", "mistake": "录入有误"}
MATTERS = tuple(MatterCard(f"{number:04}", f"事项{number}") for number in range(17))
SCENE = Scene(matters=MATTERS, slip="{slip}|{case}")
OTHER = e.Staff("A104", "李强", verified=True)
VISIT = Visit("ab" * 16, e.Matter("0001", "m"), "1", None, None)


def view(state: State = State.READY, staff: e.Staff | None = None, **more: object) -> View:
    visit = VISIT if state is State.SERVING else None
    return View(Situation(state, visit=visit, staff=staff, faults=frozenset()), SCENE, **more)  # type: ignore[arg-type]


def around(state: State = State.READY, staff: e.Staff | None = None) -> v.Around:
    return v.Around(view(state, staff), datetime(2026, 11, 24, 9, 58), "cd" * 16, REASONS)


def at_home(state: State = State.READY) -> v.Menu:
    asked = m.chosen(m.opened(v.CLOSED, view(state), 0), "A103", around(state))[0]
    menu, act = m.entered(m.typed(asked, "1"), around(state), 0)
    assert act == v.CheckPin("A103", "1")
    menu, act = m.pin_answered(menu, PinAnswer("right", staff=STAFF), 0)
    assert act == e.OpenMenu(STAFF)
    return m.settled(menu, Accepted(view(state)))


def typing(menu: v.Menu, text: str) -> v.Menu:
    for character in text:
        menu = m.typed(menu, character)
    return menu


@pytest.mark.parametrize("state", [State.INVITING, State.EXPLAINING, State.THANKS, State.HANDED_TO_PHONE])
def test_it_never_lies_on_the_glass_while_a_citizen_has_it(state: State):
    assert m.opened(v.CLOSED, view(state), 0).step == ""
    assert m.saw(at_home(), view(state), 0).step == ""


@pytest.mark.parametrize(
    ("state", "staff", "choice", "event"),
    [
        (State.READY, None, "sign_in", e.SignIn(STAFF)),
        (State.READY, OTHER, "relieve", e.SignIn(STAFF)),
        (State.CLOSED, OTHER, "sign_out", e.SignOut()),
        (State.PAUSED, STAFF, "resume", e.Resume()),
        (State.SERVING, STAFF, "invite", e.Invite(VISIT.visit_id, by="menu")),
    ],
)
def test_each_tile_makes_its_event(state: State, staff: e.Staff | None, choice: str, event: e.Event):
    menu, act = m.chosen(at_home(state), choice, around(state, staff))
    assert act == event
    assert menu.busy
    assert m.chosen(menu, choice, around(state, staff)) == (menu, None), "one at a time"


@pytest.mark.parametrize(
    ("state", "choice"),
    [
        (State.READY, "sign_out"),
        (State.READY, "invite"),
        (State.PAUSED, "start"),
        (State.SERVING, "pause"),
        (State.OUT_OF_ORDER, "call"),
    ],
)
def test_what_cannot_be_done_now_stands_nowhere_and_is_not_done(state: State, choice: str):
    menu = at_home(state)
    assert choice not in {entry.choice for entry in menu_home.entries(menu, view(state))}
    assert m.chosen(menu, choice, around(state)) == (menu, None)


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


@pytest.mark.parametrize("reason", e.CANCEL_REASONS)
def test_a_visit_is_cancelled_with_a_reason(reason: str):
    menu, _ = m.chosen(at_home(State.SERVING), "cancel", around(State.SERVING))
    _, act = m.chosen(menu, reason, around(State.SERVING))
    assert act == e.CancelVisit(VISIT.visit_id, REASONS[reason], by="menu")


def test_a_number_is_called():
    menu, _ = m.chosen(at_home(), "call", around())
    assert m.entered(menu, around(), 0)[1] is None, "none was typed"
    assert m.entered(typing(menu, "A019"), around(), 0)[1] == e.CallNumber("A019")


def test_a_code_is_shown_and_void_when_it_goes():
    menu, act = m.chosen(at_home(), "pair", around())
    assert act == v.ShowPairing(True)
    assert m.saw(menu, view(), 0).step == "pair", "it is on its way"
    shown = m.saw(menu, view(pairing=Pairing("042619", 1)), 0)
    assert m.stepped_back(shown)[1] == v.ShowPairing(False)
    assert m.left(shown)[1] == v.ShowPairing(False)
    assert m.saw(shown, view(), 0).step == "home", "it was used"


def test_a_code_asked_for_elsewhere_is_shown_at_rest_and_lets_nobody_into_the_menu():
    code = Pairing("042619", 1)
    shown = m.saw(v.CLOSED, view(pairing=code), 0)
    assert (shown.step, shown.staff) == ("pair", None)
    assert m.stepped_back(shown)[0].step == ""
    assert m.saw(shown, view(), 0).step == ""
    assert m.saw(v.CLOSED, view(State.INVITING, pairing=code), 0).step == ""
    assert m.saw(v.CLOSED, view(State.SERVING, pairing=code), 0).step == ""


@pytest.mark.parametrize("answer", [PinAnswer("wrong"), PinAnswer("unknown"), PinAnswer("paused", 30), None])
def test_without_the_right_pin_there_is_no_menu(answer: PinAnswer | None):
    asked = m.typed(m.chosen(m.opened(v.CLOSED, view(), 0), "A103", around())[0], "1")
    menu, _ = m.entered(asked, around(), 0)
    menu, act = m.pin_answered(menu, answer, 0)
    assert (act, menu.step, menu.typed, menu.staff) == (None, "pin", "", None)
    assert menu.hint == ("not_now" if answer is None else "paused" if answer.state == "paused" else "wrong")
    assert m.entered(m.typed(menu, "1"), around(), 0)[1] == (None if menu.wait_until_ms else v.CheckPin("A103", "1"))


def test_a_refusal_keeps_the_page_and_says_why():
    menu, _ = m.chosen(at_home(State.SERVING), "cancel", around(State.SERVING))
    menu, _ = m.chosen(menu, "papers", around(State.SERVING))
    refused = m.settled(menu, Refused("level_tapped"))
    assert (refused.step, refused.hint, refused.busy) == ("cancel", "refused.level_tapped", False)


def test_it_is_gone_after_a_minute_without_a_touch_and_nothing_is_left():
    menu = m.touched(replace(typing(m.chosen(at_home(), "call", around())[0], "A0"), hint="x"), 1_000)
    assert m.passed(menu, 1_000 + v.IDLE_MS - 1) == menu
    gone = m.passed(menu, 1_000 + v.IDLE_MS)
    assert gone == v.Menu(menu.turn + 1)
    assert m.closed(gone) == gone


def test_a_code_that_never_comes_keeps_nobodys_menu_open():
    """Where the hall's network is not served there is no code to wait for, and the page was opened with a PIN."""
    menu, _ = m.chosen(at_home(), "pair", around())
    assert m.passed(menu, v.IDLE_MS - 1) == menu
    assert m.passed(menu, v.IDLE_MS).step == ""


def test_a_code_that_is_shown_stays_for_its_own_time():
    menu = m.saw(m.chosen(at_home(), "pair", around())[0], view(pairing=Pairing("042619", 1)), 0)
    assert m.passed(menu, v.IDLE_MS + 1).step == "pair"


@pytest.mark.parametrize("state", [State.SERVING, State.OUT_OF_ORDER])
def test_a_code_never_lies_over_a_visit(state: State):
    code = Pairing("042619", 1)
    shown = m.saw(v.CLOSED, view(pairing=code), 0)
    assert m.saw(shown, view(state, pairing=code), 0).step == "", "asked for elsewhere, it lets nobody in either"
    asked = m.saw(m.chosen(at_home(), "pair", around())[0], view(pairing=code), 0)
    assert m.saw(asked, view(state, pairing=code), 0).step == "home"


def test_what_is_scanned_before_a_matter_was_chosen_is_no_matter():
    menu, _ = m.chosen(at_home(), "start", around())
    menu, act = m.entered(typing(menu, "341200202611240178"), around(), 0)
    assert (menu.step, menu.draft.matter, menu.typed, act) == ("matter", None, "", None)


def test_a_case_number_that_is_too_long_is_refused_and_never_cut():
    menu, _ = m.chosen(m.chosen(at_home(), "start", around())[0], "0001", around())
    long, act = m.entered(typing(menu, "3" * (v.CASE_LIMIT + 1)), around(), 0)
    assert (long.step, long.hint, long.typed, long.busy, act) == ("case", "too_long", "", False, None)
    _, act = m.entered(typing(long, "3" * v.CASE_LIMIT), around(), 0)
    assert isinstance(act, e.StartVisit)
    assert act.case_number == "3" * v.CASE_LIMIT


# -- a visit being started -------------------------------------------------------------------------------------------


def at_case(state: State = State.READY) -> v.Menu:
    menu, _ = m.chosen(m.chosen(at_home(state), "start", around(state))[0], "0001", around(state))
    assert menu.step == "case"
    return menu


def scan(menu: v.Menu, text: str, world: v.Around | None = None) -> v.Moved:
    return m.entered(typing(menu, text), world or around(), 0)


def test_all_that_the_console_can_say_of_a_visit_can_be_said_here():
    menu, act = m.chosen(typing(at_case(), "77"), "details", around())
    assert (menu.step, menu.draft.case, act) == ("visit", "77", None)
    for field, text in (("case", "8"), ("slip", "A018"), ("times", "3")):
        on_it, _ = m.chosen(menu, field, around())
        menu, act = m.entered(typing(on_it, text), around(), 0)
        assert (menu.step, act) == ("visit", None)
    menu, _ = m.chosen(menu, "accepted", around())
    menu, _ = m.chosen(menu, "completed", around())
    started = e.StartVisit("cd" * 16, e.Matter("0001", "事项1"), "778", 3, stage="completed", slip="A018", by="menu")
    assert m.chosen(menu, "start", around())[1] == started
    assert m.chosen(menu, "rate_now", around())[1] == replace(started, invited=True)
    without, _ = m.chosen(menu, "completed", around())
    assert without.draft.stage is None, "the same again takes it back"


@pytest.mark.parametrize(("field", "known"), [("case", "778"), ("slip", "A018"), ("times", "3")])
def test_a_field_shows_what_was_said_and_may_be_taken_back(field: str, known: str):
    full = v.Draft(e.Matter("0001", "m"), "778", "A018", "3")
    menu, _ = m.chosen(replace(v.at(at_home(), "visit"), draft=full, form=True), field, around())
    assert menu.typed == known
    assert m.stepped_back(menu)[0].draft == full
    empty, act = m.entered(replace(menu, typed=""), around(), 0)
    assert (empty.step, getattr(empty.draft, field), act) == ("visit", "", None)


@pytest.mark.parametrize("text", ["0", "1000001", "9999999", "1x"])
def test_a_service_number_that_is_none_is_refused(text: str):
    menu = v.at(at_home(), "times")
    odd, act = m.entered(typing(menu, text), around(), 0)
    assert (odd.step, odd.hint, odd.draft.times, act) == ("times", "times_odd", "", None)


USUAL = replace(SCENE, slip="", windows={"A12": "one"})


def usual(state: State = State.READY) -> v.Around:
    return replace(around(state), view=replace(view(state), scene=USUAL))


@pytest.mark.parametrize("step", ["home", "matter", "visit"])
def test_a_slip_brings_its_own_matter(step: v.Step):
    before = v.Draft(e.Matter("0001", "事项1"), "1") if step == "visit" else v.NO_DRAFT
    menu, act = scan(replace(v.at(at_home(), step), draft=before), "KQ1;A018;A12;0005;778", usual())
    assert (menu.step, menu.draft, act) == ("visit", v.Draft(e.Matter("0005", "事项5"), "778", "A018"), None)
    assert menu.hint == ("slip_matter" if step == "visit" else "")


def test_a_slip_that_contradicts_the_matter_chosen_is_shown_before_it_begins():
    menu, act = scan(at_case(), "KQ1;A018;A12;0005;778", usual())
    assert (menu.step, menu.draft.matter, menu.hint, act) == ("visit", e.Matter("0005", "事项5"), "slip_matter", None)
    for agrees in ("KQ1;A018;A12;0001;778", "KQ1;A018;A12;;778"):
        _, act = scan(at_case(), agrees, usual())
        assert act == e.StartVisit("cd" * 16, e.Matter("0001", "事项1"), "778", slip="A018", by="menu")


@pytest.mark.parametrize("text", ["KQ1;A018;Z99;0005;778", "KQ1;A018;A12;9999;778"])
@pytest.mark.parametrize("step", ["home", "case"])
def test_a_slip_of_another_hall_is_refused(step: str, text: str):
    menu = at_home() if step == "home" else at_case()
    refused, act = scan(menu, text, usual())
    assert (refused.step, refused.hint, refused.draft.slip, act) == (step, "slip_unknown", "", None)


def test_a_slip_without_a_matter_waits_for_one():
    menu, _ = scan(at_home(), "KQ1;A018;A12;;778", usual())
    assert (menu.step, menu.draft.slip) == ("matter", "A018")
    menu, _ = m.chosen(menu, "0002", usual())
    assert (menu.step, menu.draft) == ("visit", v.Draft(e.Matter("0002", "事项2"), "778", "A018"))


def test_where_there_is_no_list_of_matters_the_slip_is_believed():
    bare = replace(usual(), view=replace(view(), scene=replace(USUAL, matters=())))
    menu, _ = scan(v.at(at_home(), "matter"), "KQ1;A018;A12;340200;778", bare)
    assert (menu.step, menu.draft.matter) == ("visit", e.Matter("340200", "340200"))
    menu, _ = scan(v.at(at_home(), "matter"), "340200", bare)
    assert (menu.step, menu.draft.matter) == ("case", e.Matter("340200", "340200"))


@pytest.mark.parametrize("state", [State.SERVING, State.PAUSED, State.OUT_OF_ORDER])
def test_a_scan_begins_nothing_while_no_visit_can_begin(state: State):
    menu, act = scan(at_home(state), "KQ1;A018;A12;0005;778", usual(state))
    assert (menu.step, menu.draft, act) == ("home", v.NO_DRAFT, None)
    assert menu.hint


def test_a_key_pressed_by_chance_spoils_no_scan():
    menu = m.typed(at_home(), "x", 1_000)
    for character in "KQ1;A018;A12;0005;778":
        menu = m.typed(menu, character, 5_000)
    assert m.entered(menu, usual(), 5_000)[0].draft.slip == "A018"
    assert scan(at_home(), "12", usual())[0].step == "home"


def test_letters_find_the_matter_as_they_do_for_a_citizen():
    cards = (MatterCard("1", "社会保障卡申领", "", "SHBZKSL"), MatterCard("2", "企业设立登记", "", "QYSLDJ"))
    world = replace(around(), view=replace(view(), scene=replace(SCENE, matters=cards)))
    menu, _ = m.chosen(m.chosen(at_home(), "start", world)[0], "search", world)
    assert menu.step == "search"
    assert [one.code for one in menu_visit.found(typing(menu, "SL"), world.view)] == ["1", "2"]
    menu, _ = m.entered(typing(menu, "QY"), world, 0)
    assert (menu.step, menu.draft.matter) == ("case", e.Matter("2", "企业设立登记"))


def test_the_next_number_is_offered_and_gives_way_to_another():
    called = replace(around(), view=replace(view(), situation=replace(view().situation, called="A019")))
    menu, _ = m.chosen(at_home(), "call", called)
    assert m.entered(menu, called, 0)[1] == e.CallNumber("A020")
    assert m.entered(typing(menu, "B7"), called, 0)[1] == e.CallNumber("B7")
    assert m.erased(menu).typed == ""


def test_figures_are_asked_for_by_whoever_has_given_the_pin_and_shown_on_their_page_only():
    menu, act = m.chosen(at_home(), "figures", around(staff=OTHER))
    assert act == v.AskFigures(STAFF.number)
    own = OwnFigures("2026-10-26", "2026-11-23", 25, 20, 90)
    assert m.figures_answered(menu, own).figures == own
    away, _ = m.stepped_back(menu)
    assert m.figures_answered(away, own) == away


TECHNICIAN = e.Technician("T1", "李工")


def let_in(state: State = State.READY) -> v.Menu:
    menu, act = m.chosen(m.opened(v.CLOSED, view(state), 0), "technician", around(state))
    assert (menu.step, act) == ("number", None)
    menu, _ = m.entered(typing(menu, "T1"), around(state), 0)
    menu, act = m.entered(typing(menu, "123456"), around(state), 0)
    assert act == v.CheckPin("T1", "123456")
    menu, act = menu_leave.code_answered(menu, CodeAnswer("right", technician=TECHNICIAN, clock_off_s=60), 0)
    assert act == e.OpenMaintenance(TECHNICIAN, "menu", 60)
    assert menu.step == "pin", "nothing opens before it is on record"
    menu, admitted = menu_leave.recorded(menu, act, Accepted(view(state)), view(state))
    assert admitted is None, "the technician's page is asked for by itself"
    return menu


def test_a_technician_is_let_in_on_record_and_leaves_for_a_reason():
    menu = let_in()
    assert (menu.step, menu.staff) == ("maintain", None)
    menu, act = menu_leave.chosen(menu, "leave", view())
    assert (menu.step, act) == ("leave", None)
    assert menu_leave.chosen(menu, "a whim", view()) == (menu, None)
    busy, act = menu_leave.chosen(menu, "update", view())
    assert act == e.LeaveProgram(TECHNICIAN, "update")
    assert busy.busy
    assert m.settled(busy, Refused("visit_running")).hint == "refused.visit_running"
    assert m.stepped_back(menu)[0].step == "maintain"
    assert m.stepped_back(m.stepped_back(menu)[0])[0].step == ""


def test_what_could_not_be_recorded_opens_nothing():
    menu = m.opened(v.CLOSED, view(), 0)
    menu = replace(menu, step="pin", number="T1", busy=True)
    menu, act = menu_leave.code_answered(menu, CodeAnswer("right", technician=TECHNICIAN), 0)
    assert isinstance(act, e.OpenMaintenance)
    menu, admitted = menu_leave.recorded(menu, act, Refused("out_of_order"), view())
    assert (menu.step, menu.hint, admitted) == ("pin", "refused.out_of_order", None)
    menu, _ = m.pin_answered(menu, PinAnswer("right", staff=STAFF), 0)
    assert m.settled(menu, Accepted(view())).step == "home", "a clerk who comes next is no technician"


def test_the_technicians_page_is_asked_for_on_record():
    menu, act = menu_leave.chosen(let_in(), "bench", view())
    assert act == e.OpenMaintenance(TECHNICIAN, "doctor", 60)
    assert (menu.step, menu.busy) == ("maintain", True)
    gone, admitted = menu_leave.recorded(menu, act, Accepted(view()), view())
    assert (gone, admitted) == (v.Menu(menu.turn + 1), TECHNICIAN)
    for answer, hint in ((Refused("busy"), "refused.busy"), (None, "not_now")):
        stays, admitted = menu_leave.recorded(menu, act, answer, view())
        assert (stays.step, stays.busy, stays.hint, admitted) == ("maintain", False, hint, None)
    stays, admitted = menu_leave.recorded(menu, act, Accepted(view()), view(State.SERVING))
    assert (stays.step, stays.busy, stays.hint, admitted) == ("maintain", False, "refused.visit_running", None)


def test_the_technicians_page_is_not_asked_for_while_a_visit_runs():
    menu, act = menu_leave.chosen(let_in(), "bench", view(State.SERVING))
    assert (menu.step, menu.hint, menu.busy, act) == ("maintain", "refused.visit_running", False, None)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (CodeAnswer("wrong"), "wrong"), (CodeAnswer("unknown"), "wrong"), (CodeAnswer("nobody"), "wrong"),
        (CodeAnswer("used"), "code_used"), (CodeAnswer("unreadable"), "no_technician"), (None, "not_now"),
        (CodeAnswer("paused", 30), "paused"), (CodeAnswer("clock", clock_off_s=-28_800), "clock"),
    ],
)  # fmt: skip
def test_no_other_answer_lets_in(answer: CodeAnswer | None, hint: str):
    asked = replace(m.opened(v.CLOSED, view(), 0), step="pin", number="T1", busy=True)
    menu, act = menu_leave.code_answered(asked, answer, 1_000)
    assert (menu.step, menu.hint, menu.busy, act, menu.technician) == ("pin", hint, False, None, None)
    assert menu.wait_until_ms == (31_000 if hint == "paused" else 0)
    assert menu.clock_off_s == (-28_800 if hint == "clock" else 0)


def test_without_a_technician_no_page_of_theirs_does_anything():
    for step in ("home", "leave", "maintain"):
        menu = replace(at_home(), step=step)
        for choice in ("update", "bench", "leave"):
            assert menu_leave.chosen(menu, choice, view()) == (menu, None)
