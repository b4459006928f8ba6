"""What the screen shows is decided by its inputs alone, and what is one citizen's ends with their visit."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.situation import Situation, State
from kiosk.core.view import Earlier, NoticeText, OpeningHours, Scene, View
from kiosk.ui.derive import Inputs, Properties, derive, saw, tidied, visit_over
from kiosk.ui.hours import hours_table
from kiosk.ui.looks import Looks
from kiosk.ui.receipt_desk import ReceiptDesk
from kiosk.ui.rehearsal import MATTER, Rehearsal, sample_scene
from kiosk.ui.words import Words, load_words

ASSETS = Path(__file__).parents[2] / "assets"
CODE = "K7QM-4T9X-2HWC"
WORDS: Words = load_words(ASSETS / "translations")


class Screen:
    """Inputs that follow a rehearsal, without Qt."""

    def __init__(self, scene: Scene | None = None) -> None:
        self.terminal = Rehearsal(scene or sample_scene(ASSETS))
        self.inputs = Inputs(self.terminal.view(), WORDS, WORDS.home)
        self.wiped = 0
        self.terminal.watch(self._saw)

    def _saw(self, view: View) -> None:
        before = self.inputs
        self.inputs = saw(before, view, self.terminal.now_ms)
        self.wiped += visit_over(before, self.inputs)

    def speak(self, language: str) -> None:
        self.inputs = replace(self.inputs, language=language)

    @property
    def shown(self) -> Properties:
        return derive(self.inputs)

    def to_explaining(self, level: Level = Level.DISSATISFIED) -> None:
        self.terminal.start()
        self.terminal.begin_visit()
        self.terminal.invite()
        self.terminal.submit(e.TapLevel(level))


@pytest.fixture
def screen() -> Screen:
    return Screen()


def test_before_the_terminal_has_read_its_journal_the_splash_shows(screen: Screen) -> None:
    assert screen.shown.page == "splash"


def test_every_state_of_the_table_has_its_page(screen: Screen) -> None:
    for state in State:
        situation = Situation(state=state, faults=frozenset({"journal"}))
        assert derive(replace(screen.inputs, view=View(situation))).page == str(state)


def test_another_fault_beside_starting_is_out_of_order(screen: Screen) -> None:
    situation = Situation(faults=frozenset({"starting", "journal"}))
    assert derive(replace(screen.inputs, view=View(situation))).page == "out_of_order"


def test_what_is_chosen_while_waiting_holds_in_the_visit_and_ends_with_it(screen: Screen) -> None:
    screen.terminal.start()
    screen.speak("en")
    screen.inputs = replace(screen.inputs, looks=Looks(large=True, spoken=True))
    screen.terminal.begin_visit()
    assert (screen.shown.language, screen.shown.large, screen.shown.spoken) == ("en", True, True)
    screen.terminal.invite()
    screen.terminal.submit(e.Skip())
    assert (screen.shown.language, screen.shown.large, screen.shown.spoken) == ("zh-CN", False, False)


def test_a_visit_never_begins_behind_the_curtain_that_somebody_left_drawn(screen: Screen) -> None:
    screen.terminal.start()
    screen.inputs = replace(screen.inputs, looks=Looks(spoken=True, curtain=True))
    screen.terminal.begin_visit()
    assert (screen.shown.spoken, screen.shown.curtain) == (True, False)


def test_the_language_of_a_visit_ends_with_it(screen: Screen) -> None:
    screen.to_explaining(Level.SATISFIED)
    screen.speak("en")
    screen.terminal.submit(e.ToggleReason("406"))
    assert screen.shown.language == "en"
    screen.terminal.submit(e.Submit())
    assert screen.shown.language == "en"
    screen.terminal.submit(e.Leave())
    assert screen.shown.language == "zh-CN"


@pytest.mark.parametrize("way_out", ["submit", "walk_off", "skip", "next_visit"])
def test_nothing_of_one_citizen_is_left_for_the_next(screen: Screen, way_out: str) -> None:
    fresh = Screen()
    fresh.terminal.start()
    screen.to_explaining()
    screen.speak("en")
    screen.inputs = replace(screen.inputs, more=True, panel="comment", refusal="reason_needed")
    screen.terminal.submit(e.ToggleReason("207"))
    screen.terminal.submit(e.WriteComment("排队太久"))
    screen.terminal.submit(e.WriteContact("13800138000"))
    match way_out:
        case "submit":
            screen.terminal.submit(e.Submit())
            screen.terminal.submit(e.Leave())
        case "walk_off":
            screen.terminal.wait(10_000_000)
            assert screen.shown.asking
            screen.terminal.wait(screen.terminal.situation.terms.asking_ms)
        case "skip":
            screen.terminal.submit(e.ChooseAgain())
            screen.terminal.submit(e.Skip())
        case "next_visit":
            screen.terminal.submit(e.Submit())
            screen.terminal.begin_visit()
            fresh.terminal.begin_visit()
    assert screen.wiped == 1
    assert replace(screen.shown, citizen=0) == replace(fresh.shown, citizen=0)


def test_a_visit_that_only_began_is_not_yet_wiped(screen: Screen) -> None:
    screen.to_explaining()
    assert screen.wiped == 0


def test_the_thanks_is_the_same_after_every_level() -> None:
    shown = []
    for level in Level:
        screen = Screen()
        screen.to_explaining(level)
        screen.terminal.submit(e.WriteComment("很好"))
        screen.terminal.submit(e.Submit())
        assert screen.shown.page == "thanks"
        assert screen.shown.receipt
        shown.append(replace(screen.shown, receipt="", receipt_content="", receipt_key=""))
    assert shown == [shown[0]] * 5


def test_the_level_is_named_only_while_explaining(screen: Screen) -> None:
    screen.to_explaining(Level.DISSATISFIED)
    assert (screen.shown.level, screen.shown.level_label) == ("dissatisfied", "不满意")
    screen.terminal.submit(e.ChooseAgain())
    assert (screen.shown.page, screen.shown.level, screen.shown.level_label) == ("inviting", "", "")


def test_three_core_reasons_show_first_and_five_more_on_wish(screen: Screen) -> None:
    screen.to_explaining(Level.DISSATISFIED)
    assert screen.shown.reasons == ("207", "208", "209")
    screen.inputs = replace(screen.inputs, more=True)
    assert screen.shown.reasons == ("207", "208", "209", "210", "211", "212", "213", "214")
    screen.terminal.submit(e.ToggleReason("208"))
    assert screen.shown.reason_chosen == (False, True, *(False,) * 6)
    assert screen.shown.more


def test_choosing_again_closes_what_was_open(screen: Screen) -> None:
    screen.to_explaining()
    screen.inputs = replace(screen.inputs, more=True, panel="comment")
    screen.terminal.submit(e.ChooseAgain())
    screen.terminal.submit(e.TapLevel(Level.SATISFIED))
    assert (screen.shown.more, screen.shown.panel) == (False, "")


def test_a_hint_stays_until_something_is_done_about_it(screen: Screen) -> None:
    screen.to_explaining()
    screen.inputs = replace(screen.inputs, refusal="reason_needed")
    assert screen.shown.hint == "请至少选择一项原因，或者写一句话"
    screen.terminal.submit(e.ToggleReason("207"))
    assert screen.shown.hint == ""


def test_a_refusal_the_citizen_can_do_nothing_about_shows_no_hint(screen: Screen) -> None:
    screen.to_explaining()
    screen.inputs = replace(screen.inputs, refusal="not_now")
    assert screen.shown.hint == ""


def test_the_case_number_and_the_telephone_number_are_masked(screen: Screen) -> None:
    screen.to_explaining()
    screen.terminal.submit(e.WriteContact("13800138000"))
    assert screen.shown.case_number == "办件编号 3412••••••0178"
    assert screen.shown.contact_masked == "138******00"
    assert "13800138000" not in repr(screen.shown)


def test_the_counter_counts_characters_not_code_units(screen: Screen) -> None:
    screen.to_explaining()
    screen.terminal.submit(e.WriteComment("好𠮷"))
    assert screen.shown.counter == "2/150"


def test_english_falls_back_to_chinese_where_the_hall_gave_none() -> None:
    scene = Scene(hall="大厅", window="窗口", notices=(NoticeText("公告", "内容"), NoticeText("题", "文", "Title")))
    screen = Screen(scene)
    screen.terminal.start()
    screen.speak("en")
    assert (screen.shown.hall, screen.shown.window_name) == ("大厅", "窗口")
    assert (screen.shown.notice_titles, screen.shown.notice_texts) == (("公告", "Title"), ("内容", ""))


def test_the_clerk_of_the_visit_shows_even_if_the_profile_forgot_the_card() -> None:
    screen = Screen(Scene())
    screen.terminal.start(e.Staff("B7", "李华"))
    assert (screen.shown.staff_name, screen.shown.staff_number) == ("李华", "工号 B7")


def test_the_matter_shows_in_the_language(screen: Screen) -> None:
    screen.terminal.start()
    screen.terminal.begin_visit()
    assert screen.shown.matter == MATTER.name
    screen.speak("en")
    assert screen.shown.matter == "Transfer of land-use right and house ownership"


def test_the_receipt_is_drawn_as_the_page_and_the_code(screen: Screen) -> None:
    screen.terminal.set_scene(replace(screen.terminal.scene, receipt_page="https://example.gov.cn/r/"))
    screen.to_explaining(Level.SATISFIED)
    screen.terminal.submit(e.Submit())
    assert screen.shown.receipt_content == "https://example.gov.cn/r/" + screen.shown.receipt.replace("-", "")


def test_without_a_page_the_receipt_is_drawn_as_the_code(screen: Screen) -> None:
    screen.to_explaining(Level.SATISFIED)
    screen.terminal.submit(e.Submit())
    assert screen.shown.receipt_content == screen.shown.receipt != ""


def test_the_time_left_counts_from_when_the_view_came(screen: Screen) -> None:
    screen.to_explaining()
    terms = screen.terminal.situation.terms
    assert (screen.shown.time_left, screen.shown.time_total) == (terms.explaining_ms, terms.explaining_ms)
    late = replace(screen.inputs, seen_ms=screen.inputs.seen_ms + terms.explaining_ms - 5)
    assert derive(late).time_left == 5
    assert derive(replace(late, seen_ms=late.seen_ms + 100)).time_left == 0


def test_a_new_profile_does_not_restart_the_bar(screen: Screen) -> None:
    screen.to_explaining()
    before = screen.shown
    screen.terminal.now_ms += 9_000
    screen.terminal.set_scene(replace(screen.terminal.scene, hall="别的大厅"))
    assert (screen.shown.hall, screen.shown.time_left) == ("别的大厅", before.time_left)


def test_a_page_without_a_deadline_has_no_time(screen: Screen) -> None:
    screen.terminal.start()
    assert (screen.shown.deadline, screen.shown.time_total) == (0.0, 0)


def test_a_known_pause_reason_is_translated_and_another_shown_as_it_is(screen: Screen) -> None:
    screen.terminal.start()
    screen.terminal.submit(e.Pause("away"))
    assert screen.shown.pause_reason == "工作人员暂时离开，很快回来"
    screen.speak("en")
    assert screen.shown.pause_reason == "The clerk is away and will be back soon"
    screen.terminal.submit(e.Pause("系统升级"))
    assert screen.shown.pause_reason == "系统升级"


def test_a_pause_of_a_known_kind_says_so_and_when_it_is_expected_to_end(screen: Screen) -> None:
    screen.terminal.start()
    screen.terminal.submit(e.Pause("waiting", "10:40"))
    assert (screen.shown.pause_kind, screen.shown.pause_until) == ("waiting", "预计 10:40 恢复")
    screen.terminal.submit(e.Pause("系统升级"))
    assert (screen.shown.pause_kind, screen.shown.pause_until) == ("", "")


def test_the_receipt_desk_is_shown_as_its_sheet_reads_it(screen: Screen) -> None:
    screen.terminal.start()
    desk = ReceiptDesk(
        step="answer", code=CODE, earlier=Earlier("found", "2026-11-23T09:12:00+08:00", "answered", "已补齐", 2)
    )
    screen.inputs = replace(screen.inputs, sheet="receipt", desk=desk)
    shown = screen.shown
    assert (shown.desk_step, shown.desk_found, shown.desk_follow_up) == ("answer", "found", "answered")
    assert (shown.desk_reply, shown.desk_added) == ("已补齐", "您已补充 2 次")
    assert shown.desk_received.startswith("2026年11月2")
    assert CODE not in repr(shown)
    assert "已补齐" not in repr(shown)


def test_a_reply_shows_only_once_the_hall_has_answered(screen: Screen) -> None:
    desk = ReceiptDesk(step="answer", code=CODE, earlier=Earlier("found", "no time", "in_hand", "draft"))
    shown = derive(replace(screen.inputs, sheet="receipt", desk=desk))
    assert (shown.desk_reply, shown.desk_received) == ("", "")


def test_a_desk_whose_sheet_is_closed_is_blank(screen: Screen) -> None:
    busy = replace(screen.inputs, sheet="receipt", desk=ReceiptDesk(3, typed="K7QM"))
    assert tidied(busy) == busy
    assert tidied(replace(busy, sheet="")).desk == ReceiptDesk(4)
    assert tidied(replace(busy, sheet="", desk=ReceiptDesk(4))).desk == ReceiptDesk(4)


def test_a_visit_that_begins_closes_the_desk(screen: Screen) -> None:
    screen.terminal.start()
    screen.inputs = replace(screen.inputs, sheet="receipt", desk=ReceiptDesk(1, "writing", "K", CODE, act="add"))
    screen.terminal.begin_visit()
    assert (screen.shown.sheet, screen.shown.desk_code, screen.shown.desk_words) == ("", "", "")


def test_a_fault_shows_words_of_ours_never_its_code(screen: Screen) -> None:
    for code in ("journal", "not_enrolled", "OSError: [Errno 28] No space left on device"):
        shown = derive(replace(screen.inputs, view=View(Situation(faults=frozenset({code})))))
        assert shown.fault_text in WORDS.texts["zh-CN"].values()


def test_days_with_the_same_hours_stand_in_one_line() -> None:
    day = [("09:00", "12:00"), ("13:00", "17:00")]
    hours = [OpeningHours(weekday, *period) for weekday in (1, 2, 3, 5) for period in reversed(day)]
    hours.append(OpeningHours(6, "09:00", "12:00"))
    days, times = hours_table(hours, WORDS, "zh-CN")
    assert days == ("周一至周三", "周五", "周六")
    assert times == ("09:00–12:00   13:00–17:00",) * 2 + ("09:00–12:00",)
    assert hours_table((), WORDS, "en") == ((), ())


def test_lists_that_belong_together_have_the_same_length(screen: Screen) -> None:
    screen.to_explaining()
    shown = screen.shown
    assert len(shown.levels) == len(shown.level_labels) == len(shown.level_beside) == 5
    assert len(shown.reasons) == len(shown.reason_labels) == len(shown.reason_chosen)
    assert len(shown.notice_titles) == len(shown.notice_texts) == 3


def test_properties_are_a_value() -> None:
    assert all(one.name for one in fields(Properties))
    assert Screen().shown == Screen().shown
