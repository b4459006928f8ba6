import dataclasses
from pathlib import Path

import pytest

from kiosk.core import events as e
from kiosk.core.entry import Draft, Kind
from kiosk.core.levels import Level
from kiosk.core.options import load_options
from kiosk.core.situation import Outcome, Situation, State
from kiosk.core.visit import RULES, Record, Refuse, fold

OPTIONS = load_options((Path(__file__).parents[2] / "assets" / "national-options.json").read_text("utf-8"))
TERMS = e.Terms(window="A12", options=OPTIONS, options_version="2020")
MATTER = e.Matter("0101", "国有建设用地使用权及房屋所有权转移登记")
CLERK = e.Staff("A103", "王敏", True)


TECHNICIAN = e.Technician("T1", "李工")


class Walk:
    """Folds events one after another and commits what they record, as the terminal does."""

    def __init__(self) -> None:
        self.situation = Situation(terms=TERMS)
        self.drafts: list[Draft] = []
        self.refusal: str | None = None
        self.clock = 0
        self.count = 0
        self.take(e.Started("1", clean=True))

    def now(self) -> e.Now:
        self.count += 1
        return e.Now(1_000_000 + self.clock, self.clock, "boot", f"{self.count:032x}", "5a" * 16)

    def take(self, event: e.Event, commit: bool = True) -> Situation:
        self.situation, effects = fold(self.situation, event, self.now())
        self.refusal = None
        for effect in effects:
            match effect:
                case Refuse(code):
                    self.refusal = code
                case Record(draft):
                    self.drafts.append(draft)
                    if commit:
                        self.commit()
        return self.situation

    def commit(self) -> None:
        entry_id = self.drafts[-1].entry_id
        self.situation, _ = fold(self.situation, e.Recorded(entry_id, len(self.drafts), "ab" * 32), self.now())

    def wait(self, ms: int) -> Situation:
        self.clock += ms
        return self.take(e.TimePassed())

    def start(self) -> "Walk":
        self.take(e.StartVisit("v1", MATTER, "341200202611240178", 1, "李雷"))
        return self

    def invite(self) -> "Walk":
        self.start().take(e.Invite("v1"))
        return self

    def tap(self, level: Level = Level.SATISFIED) -> "Walk":
        self.invite().take(e.TapLevel(level))
        return self

    @property
    def last(self) -> Draft:
        return self.drafts[-1]


def test_a_visit_is_on_the_disk_before_the_screen_shows_it() -> None:
    walk = Walk()
    walk.take(e.StartVisit("v1", MATTER, "1"), commit=False)
    assert walk.situation.state is State.READY
    assert walk.last.kind == Kind.VISIT_STARTED
    walk.commit()
    assert walk.situation.state is State.SERVING


def test_the_start_of_a_visit_says_who_serves_and_what_is_done() -> None:
    walk = Walk()
    walk.take(e.SignIn(CLERK))
    walk.start()
    assert walk.last.body == {
        "matter": {"code": MATTER.code, "name": MATTER.name},
        "case_number": "341200202611240178",
        "service_number": 1,
        "staff": {"number": "A103", "name": "王敏", "verified": True},
        "window": "A12",
        "channel": "hall_tablet",
        "by": "clerk",
        "stage": None,
        "slip": None,
        "invited_by": None,
    }
    assert walk.last.personal is not None
    assert dict(walk.last.personal.fields) == {"citizen_name": "李雷"}


def test_no_thanks_stands_while_the_next_visit_goes_to_the_disk() -> None:
    walk = Walk().tap()
    walk.take(e.Submit())
    walk.take(e.StartVisit("v2", MATTER, "2"), commit=False)
    assert walk.situation.state is State.READY
    walk.commit()
    assert walk.situation.state is State.SERVING


def test_there_is_no_thanks_without_a_commit() -> None:
    walk = Walk().tap()
    walk.take(e.Submit(), commit=False)
    assert walk.situation.state is State.EXPLAINING
    assert walk.situation.visit is not None
    assert walk.situation.visit.receipt is None
    walk.commit()
    assert walk.situation.state is State.THANKS
    assert walk.situation.visit is not None
    assert walk.situation.visit.receipt == "8H14-JMFF-F1AP"


@pytest.mark.parametrize("level", list(Level))
def test_a_tap_on_a_level_is_an_entry_of_its_own(level: Level) -> None:
    walk = Walk().tap(level)
    assert walk.last.kind == Kind.LEVEL_TAPPED
    assert walk.last.body["level"] == level.value
    assert walk.situation.state is State.EXPLAINING


def test_the_first_tap_wins() -> None:
    walk = Walk().tap(Level.DISSATISFIED)
    before = walk.situation
    assert walk.take(e.TapLevel(Level.VERY_SATISFIED)) == before
    assert walk.refusal == "visit_running"


def test_someone_who_taps_and_walks_off_has_rated_and_the_next_citizen_sees_nothing_of_it() -> None:
    walk = Walk().tap(Level.VERY_DISSATISFIED)
    walk.take(e.ToggleReason("108"))
    walk.take(e.WriteComment("等待时间太长"))
    walk.take(e.WriteContact("13812345678"))
    assert walk.wait(TERMS.explaining_ms).asking
    situation = walk.wait(TERMS.asking_ms)
    assert walk.last.body["outcome"] == "rated"
    assert walk.last.body["level"] == "very_dissatisfied"
    assert walk.last.body["reasons"] == ["108"]
    assert walk.last.body["finished"] is False
    assert walk.last.personal is not None
    assert dict(walk.last.personal.fields) == {"comment": "等待时间太长"}
    assert situation.state is State.READY


def test_silence_is_never_a_level() -> None:
    walk = Walk().invite()
    assert walk.wait(TERMS.inviting_ms - 1).state is State.INVITING
    assert walk.wait(1).asking
    assert walk.wait(TERMS.asking_ms - 1).state is State.INVITING
    assert walk.wait(1).state is State.READY
    assert walk.last.body == {"outcome": "timed_out", "cause": None}


def test_skipping_is_an_outcome_without_a_level() -> None:
    walk = Walk().invite()
    walk.take(e.Skip())
    assert walk.last.body == {"outcome": "skipped", "cause": None}
    assert walk.situation.state is State.READY


def test_choosing_again_keeps_the_tapped_level_until_another_is_tapped() -> None:
    walk = Walk().tap(Level.DISSATISFIED)
    rating_id = walk.last.body["rating_id"]
    walk.take(e.ToggleReason("207"))
    walk.take(e.ChooseAgain())
    assert walk.situation.state is State.INVITING
    walk.wait(TERMS.inviting_ms)
    walk.wait(TERMS.asking_ms)
    assert walk.last.body["level"] == "dissatisfied"
    assert walk.last.body["rating_id"] == rating_id
    assert walk.last.body["reasons"] == []


def test_another_level_after_choosing_again_is_the_same_rating() -> None:
    walk = Walk().tap(Level.DISSATISFIED)
    rating_id = walk.last.body["rating_id"]
    walk.take(e.ChooseAgain())
    walk.take(e.TapLevel(Level.SATISFIED))
    assert walk.last.body == {"rating_id": rating_id, "level": "satisfied", "options_version": "2020", "seen": None}


def test_leaving_by_skip_after_a_tap_is_a_rating() -> None:
    walk = Walk().tap(Level.VERY_DISSATISFIED)
    walk.take(e.ChooseAgain())
    walk.take(e.Skip())
    assert walk.last.body["outcome"] == "rated"


@pytest.mark.parametrize("level", [Level.DISSATISFIED, Level.VERY_DISSATISFIED])
def test_a_negative_rating_needs_a_reason_or_a_comment_to_be_submitted(level: Level) -> None:
    walk = Walk().tap(level)
    walk.take(e.Submit())
    assert walk.refusal == "reason_needed"
    walk.take(e.WriteComment("   "))
    walk.take(e.Submit())
    assert walk.refusal == "reason_needed"
    walk.take(e.WriteComment("慢"))
    walk.take(e.Submit())
    assert walk.situation.state is State.THANKS


@pytest.mark.parametrize("level", [Level.VERY_SATISFIED, Level.SATISFIED, Level.BASICALLY_SATISFIED])
def test_the_other_levels_may_go_bare(level: Level) -> None:
    walk = Walk().tap(level)
    walk.take(e.Submit())
    assert walk.situation.state is State.THANKS


def test_a_reason_is_toggled_and_only_this_levels_live_reasons_are_taken() -> None:
    walk = Walk().tap(Level.SATISFIED)
    for code in ("406", "407", "406"):
        walk.take(e.ToggleReason(code))
    for foreign in ("510", "401", "x"):
        walk.take(e.ToggleReason(foreign))
        assert walk.refusal == "unknown_reason"
    walk.take(e.Submit())
    assert walk.last.body["reasons"] == ["407"]


def test_a_contact_that_is_no_number_is_asked_about_again() -> None:
    walk = Walk().tap()
    walk.take(e.WriteContact("12345"))
    walk.take(e.Submit())
    assert walk.refusal == "contact_unclear"
    walk.take(e.WriteContact(""))
    walk.take(e.Submit())
    assert walk.last.personal is None


def test_a_comment_ends_at_150_characters_and_cannot_break_the_encoding() -> None:
    walk = Walk().tap()
    walk.take(e.WriteComment("\ud83d" + "字" * 200))
    assert walk.situation.visit is not None
    assert walk.situation.visit.comment == "字" * 150


def test_a_finished_visit_no_longer_says_what_was_tapped() -> None:
    walk = Walk().tap(Level.VERY_DISSATISFIED)
    walk.take(e.ToggleReason("108"))
    walk.take(e.WriteComment("慢"))
    walk.take(e.WriteContact("13812345678"))
    walk.take(e.Submit())
    visit = walk.situation.visit
    assert visit is not None
    assert (visit.level, visit.rating_id, visit.reasons, visit.comment, visit.contact) == (None, None, (), "", "")
    assert visit.outcome is Outcome.RATED


@pytest.mark.parametrize("level", list(Level))
def test_the_finish_takes_the_same_time_after_every_level(level: Level) -> None:
    walk = Walk().tap(level)
    walk.take(e.WriteComment("x"))
    walk.take(e.Submit())
    assert walk.wait(TERMS.thanks_ms - 1).state is State.THANKS
    assert walk.wait(1).state is State.READY


def test_a_visit_can_be_cancelled_only_before_a_level_is_tapped() -> None:
    walk = Walk().invite()
    walk.take(e.CancelVisit("v1", "叫错号"))
    assert walk.last.body == {"outcome": "cancelled", "cause": "叫错号", "by": "clerk"}
    again = Walk().tap()
    again.take(e.CancelVisit("v1", "不想要"))
    assert again.refusal == "level_tapped"
    again.take(e.ChooseAgain())
    again.take(e.CancelVisit("v1", "不想要"))
    assert again.refusal == "level_tapped"


def test_calls_for_another_visit_are_refused() -> None:
    walk = Walk().start()
    walk.take(e.Invite("v2"))
    assert walk.refusal == "other_visit"
    walk.take(e.CancelVisit("v2", "x"))
    assert walk.refusal == "other_visit"


def test_one_visit_at_a_time() -> None:
    walk = Walk().start()
    walk.take(e.StartVisit("v2", MATTER, "2"))
    assert walk.refusal == "visit_running"


def test_the_next_visit_need_not_wait_for_the_thanks_to_end() -> None:
    walk = Walk().tap()
    walk.take(e.Submit())
    walk.take(e.StartVisit("v2", MATTER, "2"))
    assert walk.situation.state is State.SERVING


def test_leaving_the_thanks_brings_the_ready_screen() -> None:
    walk = Walk().tap()
    walk.take(e.Submit())
    assert walk.take(e.Leave()).state is State.READY


def test_a_citizen_may_ask_to_rate_without_being_invited() -> None:
    walk = Walk().start()
    assert walk.take(e.AskToRate()).state is State.INVITING
    assert walk.last.body == {"by": "citizen"}


def test_the_phone_brings_back_an_outcome_and_never_a_level() -> None:
    walk = Walk().invite()
    assert walk.take(e.HandToPhone()).state is State.HANDED_TO_PHONE
    walk.take(e.PhoneFinished())
    assert walk.last.body == {"outcome": "handed_to_phone", "cause": None, "phone": None}
    silent = Walk().invite()
    silent.take(e.HandToPhone())
    assert silent.wait(1).state is State.HANDED_TO_PHONE
    assert silent.wait(TERMS.phone_ms).state is State.INVITING
    silent.take(e.HandToPhone())
    assert silent.refusal == "taken_back"
    assert silent.take(e.TapLevel(Level.SATISFIED)).state is State.EXPLAINING
    tapped = Walk().tap()
    tapped.take(e.ChooseAgain())
    tapped.take(e.HandToPhone())
    assert tapped.refusal == "level_tapped"


def test_the_end_on_the_phone_vouches_for_what_central_holds() -> None:
    walk = Walk().invite()
    walk.take(e.HandToPhone())
    walk.take(e.PhoneFinished("r1", "ab" * 32, "v1"))
    assert walk.last.body["phone"] == {"rating_id": "r1", "digest": "ab" * 32}
    assert walk.situation.visit is not None
    assert walk.situation.visit.outcome is Outcome.HANDED_TO_PHONE


def test_a_phone_that_was_quicker_than_we_saw_ends_the_visit_and_a_level_tapped_here_stands() -> None:
    quick = Walk().invite()
    quick.take(e.PhoneFinished("r1", "ab", "v9"))
    assert quick.refusal == "other_visit"
    assert quick.take(e.PhoneFinished("r1", "ab", "v1")).state is State.READY
    tapped = Walk().tap()
    tapped.take(e.ChooseAgain())
    tapped.take(e.PhoneFinished("r1", "ab", "v1"))
    assert tapped.refusal == "level_tapped"
    back = Walk().invite()
    back.take(e.HandToPhone())
    assert back.take(e.TakeBack()).state is State.INVITING
    assert back.take(e.PhoneFinished("r1", "ab", "v1")).state is State.READY


def test_a_citizen_begins_a_visit_only_in_a_hall() -> None:
    walk = Walk()
    walk.take(e.BeginVisit("v1", MATTER))
    assert walk.refusal == "not_here"
    hall = Walk()
    hall.take(e.TermsChanged(dataclasses.replace(TERMS, self_start=True)))
    assert hall.take(e.BeginVisit("v1", MATTER, "A018", "B07")).state is State.INVITING
    started = hall.last.body
    assert (started["by"], started["slip"], started["window"], started["invited_by"]) == (
        "citizen", "A018", "B07", "citizen",
    )  # fmt: skip


def test_a_start_after_the_service_invites_at_once() -> None:
    walk = Walk()
    assert walk.take(e.StartVisit("v1", MATTER, "1", invited=True)).state is State.INVITING
    assert walk.last.body["invited_by"] == "clerk"


def test_calling_the_next_number_invites_whoever_is_served_and_disturbs_nobody_who_rates() -> None:
    walk = Walk().start()
    assert walk.take(e.CallNumber("A019")).state is State.INVITING
    assert walk.last.body == {"by": "next_number", "number": "A019"}
    tapped = Walk().tap()
    assert tapped.take(e.CallNumber("A019")).state is State.EXPLAINING
    assert (tapped.last.kind, tapped.last.body) == (Kind.NUMBER_CALLED, {"number": "A019"})
    idle = Walk()
    assert idle.take(e.CallNumber("A019")).called == "A019"
    assert idle.take(e.StartVisit("v1", MATTER, "1")).called is None


def test_opening_the_staff_menu_goes_on_record_and_moves_nothing() -> None:
    walk = Walk()
    before = walk.situation
    assert walk.take(e.OpenMenu(CLERK)) == before
    assert (walk.last.kind, walk.last.body["staff"]["number"]) == (Kind.MENU_OPENED, "A103")


def test_a_technician_let_in_goes_on_record_and_moves_nothing() -> None:
    walk = Walk().tap()
    before = walk.situation
    assert walk.take(e.OpenMaintenance(TECHNICIAN, "doctor")) == before
    assert (walk.last.kind, walk.last.body) == (Kind.MAINTENANCE_OPENED, {"technician": "T1", "what": "doctor"})
    walk.take(e.OpenMaintenance(TECHNICIAN, "doctor", 28_800))
    assert walk.last.body["clock_off_s"] == 28_800


def test_a_technician_leaves_on_record_and_never_while_a_citizen_is_here() -> None:
    walk = Walk()
    walk.take(e.LeaveProgram(TECHNICIAN, "update"))
    assert (walk.last.kind, walk.last.body) == (Kind.TERMINAL_LEFT, {"technician": "T1", "why": "update"})
    walk.take(e.LeaveProgram(TECHNICIAN, "no reason of ours"))
    assert walk.refusal == "not_now"
    out_of_order = Walk()
    out_of_order.take(e.Fault("not_enrolled"))
    out_of_order.take(e.LeaveProgram(TECHNICIAN, "repair"))
    assert out_of_order.last.kind == Kind.TERMINAL_LEFT
    rated = Walk().tap()
    rated.take(e.Submit())
    behind_a_fault = Walk().start()
    behind_a_fault.take(e.Fault("journal"))
    starting = Walk()
    starting.take(e.StartVisit("v1", MATTER, "1"), commit=False)
    for walk in (Walk().start(), Walk().invite(), Walk().tap(), rated, behind_a_fault, starting):
        walk.take(e.LeaveProgram(TECHNICIAN, "repair"))
        assert walk.refusal == "visit_running"


def test_a_pause_is_recorded_and_ends() -> None:
    walk = Walk()
    assert walk.take(e.Pause("取件")).state is State.PAUSED
    assert walk.last.body == {"reason": "取件", "until": None, "kind": ""}
    walk.take(e.StartVisit("v1", MATTER, "1"))
    assert walk.refusal == "paused"
    assert walk.take(e.Resume()).state is State.READY


def test_a_running_visit_cannot_be_hidden_behind_a_pause() -> None:
    walk = Walk().invite()
    walk.take(e.Pause("x"))
    assert walk.refusal == "visit_running"


def test_staff_change_only_between_visits() -> None:
    walk = Walk()
    walk.take(e.SignOut())
    assert walk.refusal == "nobody_signed_in"
    assert walk.take(e.SignIn(CLERK)).staff == CLERK
    walk.start()
    walk.take(e.SignOut())
    assert walk.refusal == "visit_running"
    walk.take(e.CancelVisit("v1", "x"))
    assert walk.take(e.SignOut()).staff is None


def test_the_hall_closes_and_opens_but_never_over_a_visit() -> None:
    walk = Walk()
    assert walk.take(e.HoursChanged(False)).state is State.CLOSED
    walk.start()
    assert walk.situation.state is State.SERVING
    walk.take(e.HoursChanged(False))
    assert walk.situation.state is State.SERVING
    walk.take(e.CancelVisit("v1", "x"))
    assert walk.situation.state is State.CLOSED
    assert walk.take(e.HoursChanged(True)).state is State.READY


def test_a_journal_in_trouble_never_gives_a_false_thanks() -> None:
    walk = Walk().tap()
    walk.take(e.Submit(), commit=False)
    assert walk.take(e.Fault("journal")).state is State.OUT_OF_ORDER
    assert walk.take(e.FaultCleared("journal")).state is State.OUT_OF_ORDER
    walk.commit()
    assert walk.situation.state is State.THANKS


def test_a_commit_that_comes_while_a_fault_stands_ends_the_visit_quietly() -> None:
    walk = Walk().tap()
    walk.take(e.Submit(), commit=False)
    walk.take(e.Fault("journal"))
    walk.commit()
    assert walk.situation.state is State.OUT_OF_ORDER
    assert walk.take(e.FaultCleared("journal")).state is State.READY


def test_a_fault_while_a_citizen_is_choosing_leaves_the_page_until_something_must_be_kept() -> None:
    walk = Walk().tap()
    assert walk.take(e.Fault("journal")).state is State.EXPLAINING
    assert walk.take(e.Submit(), commit=False).state is State.OUT_OF_ORDER
    walk.take(e.FaultCleared("journal"))
    walk.commit()
    assert walk.situation.state is State.THANKS


def test_a_visit_whose_start_met_a_fault_goes_on_when_it_is_cleared() -> None:
    walk = Walk()
    walk.take(e.StartVisit("v1", MATTER, "1"), commit=False)
    walk.take(e.Fault("journal"))
    walk.commit()
    assert walk.situation.state is State.OUT_OF_ORDER
    assert walk.take(e.FaultCleared("journal")).state is State.SERVING


def test_a_citizen_s_own_start_that_met_a_fault_goes_on_with_the_five_levels_for_no_clerk_would_invite() -> None:
    walk = Walk()
    walk.take(e.TermsChanged(dataclasses.replace(TERMS, self_start=True)))
    walk.take(e.BeginVisit("v1", MATTER), commit=False)
    walk.take(e.Fault("journal"))
    walk.commit()
    assert walk.take(e.FaultCleared("journal")).state is State.INVITING
    assert walk.situation.deadline_ms is not None


def test_out_of_order_takes_nothing() -> None:
    walk = Walk()
    walk.take(e.Fault("not_enrolled"))
    walk.take(e.StartVisit("v1", MATTER, "1"))
    assert walk.refusal == "out_of_order"


def test_a_tap_on_the_thanks_page_is_not_now() -> None:
    walk = Walk().tap()
    walk.take(e.Submit())
    walk.take(e.TapLevel(Level.SATISFIED))
    assert walk.refusal == "not_now"


def test_a_second_submit_while_the_first_is_written_is_busy() -> None:
    walk = Walk().tap()
    walk.take(e.Submit(), commit=False)
    drafts = len(walk.drafts)
    walk.take(e.Submit(), commit=False)
    assert walk.refusal == "busy"
    assert len(walk.drafts) == drafts


def test_a_start_tells_whether_the_last_stop_was_clean_and_restores_who_sat_there() -> None:
    situation, effects = fold(
        Situation(), e.Started("2", clean=False, staff=CLERK, paused="午休"), e.Now(1, 1, "b", "1" * 32, "2" * 32)
    )
    assert (situation.staff, situation.state) == (CLERK, State.PAUSED)
    assert isinstance(effects[0], Record)
    assert effects[0].draft.body == {"version": "2", "unclean_stop": True}


@pytest.mark.parametrize(
    ("left", "body"),
    [
        (e.OpenVisit("v9"), {"cause": "unclean_stop", "outcome": "cancelled"}),
        (
            e.OpenVisit("v9", "r9", Level.DISSATISFIED, 77),
            {
                "cause": "unclean_stop", "outcome": "rated", "rating_id": "r9", "level": "dissatisfied",
                "tapped_ms": 77, "reasons": [], "finished": False,
            },
        ),
    ],
)  # fmt: skip
def test_a_visit_left_open_by_a_pulled_plug_is_closed_truthfully(left: e.OpenVisit, body: dict[str, object]) -> None:
    walk = Walk()
    walk.take(e.CloseInterrupted(left))
    assert walk.last.visit_id == "v9"
    assert walk.last.body == body


def test_a_proper_stop_is_recorded_and_a_visit_left_open_by_it_says_so() -> None:
    walk = Walk().start()
    walk.take(e.Stopping())
    assert walk.last.kind == Kind.TERMINAL_STOPPED
    walk.take(e.CloseInterrupted(e.OpenVisit("v1"), "terminal_stopped"))
    assert walk.last.body == {"cause": "terminal_stopped", "outcome": "cancelled"}


def test_an_early_timer_changes_nothing() -> None:
    for walk in (Walk().invite(), Walk().tap()):
        before = walk.situation
        assert walk.take(e.TimePassed()) == before
    walk = Walk().tap()
    walk.take(e.Submit())
    assert walk.take(e.TimePassed()).state is State.THANKS


def test_every_state_of_the_design_is_in_the_table_or_takes_nothing() -> None:
    assert {state for state, _ in RULES} == set(State) - {State.OUT_OF_ORDER}


def test_the_fold_is_pure() -> None:
    situation = Walk().tap().situation
    now = e.Now(5, 6, "b", "1" * 32, "2" * 32)
    assert fold(situation, e.Submit(), now) == fold(dataclasses.replace(situation), e.Submit(), now)


RECEIPT = "8H14-JMFF-F1AP"


def test_a_sign_of_life_begins_the_wait_anew_ten_times_and_an_act_of_the_citizen_counts_anew() -> None:
    walk = Walk().tap(Level.DISSATISFIED)
    for _ in range(TERMS.extensions):
        assert walk.wait(TERMS.explaining_ms).asking
        assert not walk.take(e.StillThere()).asking
    walk.take(e.WriteComment("慢"))
    assert walk.wait(TERMS.explaining_ms).asking
    for _ in range(TERMS.extensions):
        walk.take(e.StillThere())
        walk.wait(TERMS.explaining_ms)
    assert walk.situation.state is State.READY
    assert walk.last.body["level"] == "dissatisfied"


def test_a_sign_of_life_that_was_not_asked_for_moves_no_deadline() -> None:
    walk = Walk().invite()
    before = walk.situation
    walk.clock += 5
    assert walk.take(e.StillThere()) == before


@pytest.mark.parametrize("event", [e.BreakOff(), e.Submit(), e.ChooseAgain(), e.ToggleReason("406")])
def test_asking_ends_with_whatever_comes_and_the_tapped_level_stands(event: e.Event) -> None:
    walk = Walk().tap(Level.SATISFIED)
    assert walk.wait(TERMS.explaining_ms).asking
    walk.take(e.Fault("other"))
    assert walk.situation.asking
    walk.take(e.FaultCleared("other"))
    walk.take(event)
    assert not walk.situation.asking
    assert [d.body["level"] for d in walk.drafts if d.kind == Kind.LEVEL_TAPPED] == ["satisfied"]


def test_while_it_asks_a_visit_can_be_cancelled_only_before_a_tap_and_none_can_be_started() -> None:
    walk = Walk().invite()
    assert walk.wait(TERMS.inviting_ms).asking
    walk.take(e.StartVisit("v2", MATTER, "2"))
    assert (walk.refusal, walk.situation.asking) == ("visit_running", True)
    walk.take(e.CancelVisit("v1", "x"))
    assert (walk.situation.state, walk.situation.asking) == (State.READY, False)
    tapped = Walk().tap()
    tapped.wait(TERMS.explaining_ms)
    tapped.take(e.CancelVisit("v1", "x"))
    assert (tapped.refusal, tapped.situation.asking) == ("level_tapped", True)


def test_a_reason_of_the_halls_own_stands_apart_is_enough_and_goes_with_its_level() -> None:
    walk = Walk()
    own = e.LocalReason("H1", "停车难", levels=frozenset({Level.DISSATISFIED}))
    walk.take(e.TermsChanged(dataclasses.replace(TERMS, local_reasons=(own,))))
    walk.tap(Level.DISSATISFIED)
    walk.take(e.ToggleLocalReason("H2"))
    assert walk.refusal == "unknown_reason"
    walk.take(e.ToggleLocalReason("H1"))
    walk.take(e.ChooseAgain())
    walk.take(e.TapLevel(Level.SATISFIED))
    walk.take(e.ToggleLocalReason("H1"))
    assert walk.refusal == "unknown_reason"
    walk.take(e.ChooseAgain())
    walk.take(e.TapLevel(Level.DISSATISFIED))
    walk.take(e.Submit())
    assert walk.refusal == "reason_needed"
    walk.take(e.ToggleLocalReason("H1"))
    walk.take(e.Submit())
    assert (walk.last.body["reasons"], walk.last.body["local_reasons"]) == ([], ["H1"])


def test_a_rating_says_what_was_seen() -> None:
    walk = Walk().invite()
    walk.take(e.TapLevel(Level.SATISFIED, e.Seen("en", "large", "aa", "bb", "1")))
    told = {"options": OPTIONS.digest, "language": "en", "look": "large", "wording": "aa", "layout": "bb"}
    assert walk.last.body["seen"] == {**told, "version": "1"}
    walk.take(e.Submit())
    assert walk.last.body["seen"] == {**told, "version": "1"}


def test_words_to_an_earlier_rating_are_kept_apart_from_what_they_belong_to() -> None:
    walk = Walk()
    before = walk.situation
    walk.take(e.AddWords("8h14jmfff1ap", " \ud83d办好了 "))
    assert (walk.last.kind, walk.last.visit_id, walk.last.body) == (Kind.RECEIPT_ADDITION, None, {"receipt": RECEIPT})
    assert walk.last.personal is not None
    assert dict(walk.last.personal.fields) == {"words": "办好了"}
    walk.take(e.Withdraw(RECEIPT, "  "))
    assert (walk.last.kind, walk.last.body, walk.last.personal) == (
        Kind.RECEIPT_WITHDRAWAL, {"receipt": RECEIPT}, None
    )  # fmt: skip
    assert walk.situation == before


def test_words_without_a_receipt_or_without_words_are_refused() -> None:
    walk = Walk()
    for event in (e.AddWords("8H14-JMFF-F1AQ", "x"), e.Withdraw("", "x")):
        walk.take(event)
        assert walk.refusal == "receipt_malformed"
    walk.take(e.AddWords(RECEIPT, " "))
    assert walk.refusal == "words_needed"


@pytest.mark.parametrize("event", [e.AddWords(RECEIPT, "x"), e.Withdraw(RECEIPT, "x")])
def test_an_earlier_rating_is_not_touched_while_a_visit_runs(event: e.Event) -> None:
    for walk in (Walk().start(), Walk().invite(), Walk().tap()):
        walk.take(event)
        assert walk.refusal == "visit_running"
    for before in (e.HoursChanged(False), e.Pause("p")):
        walk = Walk()
        walk.take(before)
        walk.take(event)
        assert walk.refusal is None
