"""What the console shows, derived from what it knows: pure, without Qt."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clerk import model as m
from kiosk.clerk.derive import Properties, derive
from kiosk.clerk.event_stream import BLOCK_LIMIT, Rest, StreamBroken, feed
from kiosk.clerk.inputs import Inputs, Link
from kiosk.core.levels import Level
from kiosk.core.situation import Outcome, State
from kiosk.protocol.phone import ClerkFigures
from kiosk.protocol.station import MatterView, StaffView, StationState, VisitStarted, VisitView, WindowView
from kiosk.station.refusals import REFUSALS
from kiosk.ui.words import load_words

WORDS = load_words(Path(__file__).parents[2] / "assets" / "translations" / "clerk")
MATTERS = (
    MatterView(code="340100", name="不动产转移登记"),
    MatterView(code="340200", name="社会保障卡申领"),
    MatterView(code="AB-7", name="Business licence"),
    MatterView(code="999", name=""),
)
READY = StationState(
    state="ready",
    window=WindowView(number="A12", name="不动产登记"),
    staff=StaffView(number="A103", name="王敏"),
    visit=None,
    unsent=0,
    oldest_unsent_s=0,
)


def console(state: StationState = READY) -> Inputs:
    return m.listed(m.heard(Inputs(WORDS, "zh-CN"), state), MATTERS)


def in_state(state: State, outcome: Outcome | None = None) -> StationState:
    visit = VisitView(visit_id="1" * 32, outcome=None if outcome is None else str(outcome))
    return StationState(
        state=str(state), window=READY.window, staff=READY.staff, visit=visit, unsent=0, oldest_unsent_s=0
    )


@pytest.mark.parametrize("language", WORDS.languages)
@pytest.mark.parametrize("state", State)
def test_every_state_has_words_in_every_language(state: State, language: str) -> None:
    shown = derive(replace(console(in_state(state)), language=language))
    assert shown.face != "unknown"
    assert shown.state_text
    assert shown.state_detail


def test_every_refusal_of_the_station_has_words() -> None:
    assert {code for code in REFUSALS if not WORDS.has(f"trouble.{code}")} == set()
    assert derive(m.troubled(console(), "visit", "of_tomorrow")).trouble_text == "没有办成，请稍后再试"


def test_a_state_of_a_newer_terminal_is_unknown_and_offers_nothing() -> None:
    shown = derive(console(in_state_named("resting")))
    assert shown.face == "unknown"
    assert not any(getattr(shown, name) for name in Properties.__slots__ if name.startswith("can_"))


def in_state_named(name: str) -> StationState:
    return StationState(state=name, window=None, staff=None, visit=None, unsent=0, oldest_unsent_s=0)


def test_the_highlight_stays_within_the_list() -> None:
    inputs = m.typed_matter(console(), "340")
    for step, there in ((1, 1), (1, 1), (-1, 0), (-1, 0)):
        inputs = m.highlighted(inputs, step)
        assert inputs.highlighted == there
    assert m.chose(inputs, 5).matter is None


def test_typing_on_undoes_a_choice() -> None:
    inputs = m.chose(m.typed_matter(console(), "3401"), 0)
    assert inputs.matter == MATTERS[0]
    assert m.typed_matter(inputs, "不动产转移登").matter is None


def test_a_choice_that_is_no_longer_listed_is_no_choice() -> None:
    inputs = m.chose(m.typed_matter(console(), "3401"), 0)
    assert m.listed(inputs, MATTERS).matter == MATTERS[0]
    assert m.listed(inputs, MATTERS[1:]).matter is None


def test_without_a_list_the_code_typed_is_taken() -> None:
    inputs = replace(m.listed(console(), ()), matter_text=" 777 ", case_number="1")
    assert m.to_start(inputs).matter == MatterView(code="777", name="")


@pytest.mark.parametrize(
    ("matter", "case_number", "place"), [("", "1", "matter"), ("340", "1", "matter"), ("3401", " ", "case_number")]
)
def test_an_incomplete_form_is_not_sent(matter: str, case_number: str, place: str) -> None:
    sent = m.to_start(replace(m.typed_matter(console(), matter), case_number=case_number))
    assert sent.trouble is not None
    assert sent.trouble.place == place


def test_the_path_of_a_field_knows_its_place_better_than_the_call() -> None:
    for path, place in (("$.number", "number"), ("$.matter.code", "matter"), ("$.unheard", "visit"), ("", "visit")):
        assert derive(m.troubled(console(), "visit", "invalid", path)).trouble_place == place


def test_nothing_can_be_done_while_a_call_is_under_way_or_the_station_is_away() -> None:
    for inputs in (m.began(console(), "visit"), m.lost(console(), Link.AWAY), Inputs(WORDS, "zh-CN")):
        shown = derive(inputs)
        assert not any(getattr(shown, name) for name in Properties.__slots__ if name.startswith("can_"))


def test_while_away_the_last_known_state_is_shown_and_the_form_kept() -> None:
    inputs = m.lost(replace(console(in_state(State.SERVING)), case_number="7"), Link.AWAY)
    shown = derive(inputs)
    assert (shown.away, shown.face, shown.case_number) == (True, "serving", "7")


def started(inputs: Inputs) -> Inputs:
    inputs = m.to_start(replace(m.typed_matter(inputs, "3401"), case_number="7", service_number="2", slip="A1"))
    return m.started(m.attempted(inputs, "k"), VisitStarted(visit_id="1" * 32, state="serving"))


def test_a_started_visit_is_known_by_name_until_another_begins() -> None:
    inputs = started(console())
    assert derive(inputs).running_case == "7"
    assert (inputs.case_number, inputs.service_number, inputs.slip) == ("", "", "")
    assert inputs.recent == ("340100",)
    assert derive(m.heard(inputs, in_state(State.INVITING))).running_case == "7"
    other = msgspec.structs.replace(in_state(State.SERVING), visit=VisitView(visit_id="2" * 32, outcome=None))
    assert derive(m.heard(inputs, other)).running_case == ""


def test_what_was_scanned_while_a_start_was_on_its_way_is_kept() -> None:
    inputs = m.attempted(m.to_start(replace(m.typed_matter(console(), "3401"), case_number="7")), "k")
    inputs = m.started(m.scanned(inputs, "8888"), VisitStarted(visit_id="1" * 32, state="serving"))
    assert derive(inputs).next_case == "下一件：8888"


def test_a_start_whose_answer_was_lost_is_sent_again_with_its_key_and_not_for_ever() -> None:
    inputs = m.attempted(m.to_start(replace(m.typed_matter(console(), "3401"), case_number="7")), "first")
    assert inputs.attempt is not None
    inputs = replace(inputs, attempt=replace(inputs.attempt, lost=True))
    again = m.to_repeat(inputs)
    assert again is not None
    assert again.key == "first"
    assert m.to_repeat(m.lost(inputs, Link.AWAY)) is None
    assert m.to_repeat(m.ticked(inputs, m.REPEAT_MS)) is None
    by_hand = m.attempted(m.ticked(inputs, m.REPEAT_MS), "second")
    assert by_hand.attempt is not None
    assert by_hand.attempt.key == "first"
    another = m.attempted(replace(inputs, case_number="8"), "second")
    assert another.attempt is not None
    assert another.attempt.key == "second"


def test_a_scanned_slip_fills_number_matter_and_case() -> None:
    inputs = m.scanned(console(), "KQ1;A013;A12;340200;3412-9")
    assert (inputs.slip, inputs.matter, inputs.case_number) == ("A013", MATTERS[1], "3412-9")
    without_case = m.scanned(replace(console(), case_number="7"), "KQ1;A013;;;")
    assert (without_case.slip, without_case.case_number) == ("A013", "7")
    foreign = m.scanned(console(), "KQ1;A013;A12;999999;3412-9")
    assert foreign.trouble is not None
    assert foreign.trouble.place == "matter"
    assert m.scanned(console(), "341200202611240178").case_number == "341200202611240178"


@pytest.mark.parametrize(
    ("called", "following"),
    [("A012", "A013"), ("A099", "A100"), ("9", "10"), ("007", "008"), ("VIP", ""), (None, "")],
)
def test_the_next_number_is_offered_as_the_last_is_written(called: str | None, following: str) -> None:
    assert m.opened(console(msgspec.structs.replace(READY, called=called)), "call").call_number == following


@pytest.mark.parametrize(
    ("typed", "time"),
    [("1040", "10:40"), ("9:05", "09:05"), ("905", "09:05"), ("10：40", "10:40"), ("24:00", None), ("1060", None),
     ("soon", None), ("", None)],
)  # fmt: skip
def test_a_time_of_return_is_read_as_it_is_typed(typed: str, time: str | None) -> None:
    assert m.return_time(typed) == time


def test_a_visit_that_stands_open_is_told_of_until_it_is_put_away_or_moves_on() -> None:
    serving = msgspec.structs.replace(in_state(State.SERVING), remind_s=1200)
    inputs = m.heard(console(), serving)
    assert derive(m.ticked(inputs, 1_199_999)).reminder == ""
    late = m.ticked(inputs, 1_260_000)
    assert derive(late).reminder.startswith("这次服务已开 21 分钟")
    assert derive(late).attention == "1" * 32
    assert derive(m.heard(late, serving)).reminder  # the same visit is not begun anew by being told again
    assert derive(replace(late, dismissed="1" * 32)).reminder == ""
    assert derive(m.heard(late, in_state(State.INVITING))).reminder == ""
    never = m.heard(console(), msgspec.structs.replace(serving, remind_s=0))
    assert derive(m.ticked(never, 10**9)).reminder == ""


def test_a_visit_that_stood_open_before_the_console_came_is_told_of_at_once() -> None:
    visit = VisitView(visit_id="3" * 32, outcome=None, open_s=1500)
    serving = msgspec.structs.replace(in_state(State.SERVING), remind_s=1200, visit=visit)
    assert "25 分钟" in derive(m.heard(console(), serving)).reminder


def test_the_pause_of_one_clerks_pin_is_not_anothers() -> None:
    inputs = m.troubled(replace(console(), number="A103"), "staff", "wrong_pin", "$.pin", 30)
    assert derive(inputs).trouble_text == "口令错误过多，请 30 秒后再试"
    assert m.pin_wait_ms(inputs) == 30_000
    assert m.pin_wait_ms(replace(inputs, number="A104")) == 0
    assert m.pin_wait_ms(m.ticked(inputs, 30_000)) == 0
    assert derive(m.ticked(inputs, 30_001)).trouble_text == "现在可以再试"


def test_a_card_that_signed_in_without_a_pin_is_said_to() -> None:
    inputs = replace(console(), by_card="A103")
    assert derive(inputs).staff_line == "工号 A103 · 刷卡，未验口令"
    other = msgspec.structs.replace(READY, staff=StaffView(number="A104", name="李强"))
    assert derive(m.heard(inputs, other)).staff_line == "工号 A104"


FIGURES = ClerkFigures(staff="A103", since="2026-10-24", until="2026-11-23", visits=340, rated=255, good_percent=90)


@pytest.mark.parametrize(
    ("figures", "code", "said"),
    [
        (FIGURES, "", "好评约 90%"),
        (msgspec.structs.replace(FIGURES, good_percent=None), "", "满 20 次后"),
        (ClerkFigures(staff="A103"), "", "上一整周不足 5 次"),
        (None, "nobody_signed_in", "签到后才能查看"),
        (None, "away", "暂时查不到"),
        (None, "of_tomorrow", "暂时查不到"),
    ],
)
def test_figures_are_shown_or_why_there_are_none(figures: ClerkFigures | None, code: str, said: str) -> None:
    shown = derive(replace(console(), sheet="figures", figures=figures, figures_code=code)).figures
    assert said in "\n".join(shown)


def test_another_clerk_does_not_see_the_last_ones_figures() -> None:
    inputs = replace(console(), sheet="figures", figures=FIGURES)
    other = msgspec.structs.replace(READY, staff=StaffView(number="A104", name="李强"))
    assert m.heard(inputs, READY).figures == FIGURES
    assert m.heard(inputs, other).figures is None


@pytest.mark.parametrize("outcome", Outcome)
def test_no_outcome_is_told_from_another(outcome: Outcome) -> None:
    assert derive(console(in_state(State.READY, outcome))) == derive(console(in_state(State.READY, Outcome.RATED)))


def test_being_asked_and_writing_reasons_look_the_same_to_the_last_property() -> None:
    for sheet in ("", "cancel", "call"):
        inputs = replace(console(in_state(State.INVITING)), sheet=sheet)
        assert derive(inputs) == derive(m.heard(inputs, in_state(State.EXPLAINING)))


def test_thanks_look_as_any_other_end_of_a_visit() -> None:
    thanks = derive(console(in_state(State.THANKS, Outcome.RATED)))
    for outcome in Outcome:
        assert derive(console(in_state(State.READY, outcome))) == thanks


def test_no_word_of_the_console_names_a_level() -> None:
    labels = {"满意", "差评", "satisf", "good", "bad", *(str(level) for level in Level)}
    for language in WORDS.languages:
        for key, text in WORDS.texts[language].items():
            assert not any(label in text.lower() for label in labels), key


@given(st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\n", b"").replace(b"\r", b"")), max_size=6), st.data())
def test_a_stream_says_the_same_in_whatever_pieces_it_comes(events: list[bytes], data: st.DataObject) -> None:
    stream = b": hello\n\n" + b"".join(b"id: 1\r\ndata: " + event + b"\r\n\r\n: beat\n\n" for event in events)
    rest = Rest()
    heard: list[bytes] = []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        rest, found = feed(rest, stream[:cut])
        heard += found
        stream = stream[cut:]
    assert heard == events
    assert rest == Rest(b"")


def test_a_stream_without_end_is_no_stream() -> None:
    with pytest.raises(StreamBroken):
        feed(Rest(), b"x" * (BLOCK_LIMIT + 1))
