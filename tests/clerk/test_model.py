"""What the console shows, derived from what it knows: pure, without Qt."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clerk import model as m
from kiosk.clerk.event_stream import BLOCK_LIMIT, Rest, StreamBroken, feed
from kiosk.core.levels import Level
from kiosk.core.situation import Outcome, State
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


def console(state: StationState = READY) -> m.Inputs:
    return m.listed(m.heard(m.Inputs(WORDS, "zh-CN"), state), MATTERS)


def in_state(state: State, outcome: Outcome | None = None) -> StationState:
    visit = VisitView(visit_id="1" * 32, outcome=None if outcome is None else str(outcome))
    return StationState(
        state=str(state), window=READY.window, staff=READY.staff, visit=visit, unsent=0, oldest_unsent_s=0
    )


@pytest.mark.parametrize("language", WORDS.languages)
@pytest.mark.parametrize("state", State)
def test_every_state_has_words_in_every_language(state: State, language: str) -> None:
    shown = m.derive(replace(console(in_state(state)), language=language))
    assert shown.state == str(state)
    assert shown.state_text
    assert shown.state_detail


def test_every_refusal_of_the_station_a_clerk_can_meet_has_words() -> None:
    at_the_door_or_ours = {"wrong_host", "wrong_origin", "wrong_media_type", "too_large", "too_slow", "malformed"}
    at_the_door_or_ours |= {"bad_json", "not_found", "wrong_method", "terminal_away", "too_many_listeners", "internal"}
    missing = {code for code in REFUSALS if not WORDS.has(f"trouble.{code}")}
    assert missing == at_the_door_or_ours
    for code in missing:
        assert m.derive(m.troubled(console(), "visit", code)).trouble_text == "没有办成，请稍后再试"


def test_a_state_of_a_newer_terminal_is_unknown_and_offers_nothing() -> None:
    shown = m.derive(console(in_state_named("resting")))
    assert shown.state == "unknown"
    assert not any(getattr(shown, name) for name in m.Properties.__slots__ if name.startswith("can_"))


def in_state_named(name: str) -> StationState:
    return StationState(state=name, window=None, staff=None, visit=None, unsent=0, oldest_unsent_s=0)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ("340100", "340200", "AB-7", "999")),
        ("登记", ("340100",)),
        ("3402", ("340200",)),
        ("34 申领", ("340200",)),
        ("LICENCE ab", ("AB-7",)),
        ("99", ("999",)),
        ("nothing", ()),
    ],
)
def test_a_matter_is_found_by_any_parts_of_its_name_or_code(typed: str, found: tuple[str, ...]) -> None:
    assert tuple(matter.code for matter in m.matches(m.typed_matter(console(), typed))) == found


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
        assert m.derive(m.troubled(console(), "visit", "invalid", path)).trouble_place == place


def test_nothing_can_be_done_while_a_call_is_under_way_or_the_station_is_away() -> None:
    for inputs in (m.began(console(), "visit"), m.lost(console(), m.Link.AWAY), m.Inputs(WORDS, "zh-CN")):
        shown = m.derive(inputs)
        assert not any(getattr(shown, name) for name in m.Properties.__slots__ if name.startswith("can_"))


def test_while_away_the_last_known_state_is_shown_and_the_form_kept() -> None:
    inputs = m.lost(replace(console(in_state(State.SERVING)), case_number="7"), m.Link.AWAY)
    shown = m.derive(inputs)
    assert (shown.away, shown.state, shown.case_number) == (True, "serving", "7")


def test_a_started_visit_is_known_by_name_until_another_begins() -> None:
    inputs = m.started(console(), VisitStarted(visit_id="1" * 32, state="serving"), "不动产转移登记", "7")
    assert m.derive(inputs).running_case == "7"
    assert m.derive(m.heard(inputs, in_state(State.INVITING))).running_case == "7"
    other = StationState(
        state="serving",
        window=None,
        staff=None,
        visit=VisitView(visit_id="2" * 32, outcome=None),
        unsent=0,
        oldest_unsent_s=0,
    )
    assert m.derive(m.heard(inputs, other)).running_case == ""


@pytest.mark.parametrize("outcome", Outcome)
def test_no_outcome_is_told_from_another(outcome: Outcome) -> None:
    assert m.derive(console(in_state(State.READY, outcome))) == m.derive(console(in_state(State.READY, Outcome.RATED)))


def test_asking_to_rate_looks_the_same_before_and_after_the_tap() -> None:
    before, after = (m.derive(console(in_state(state))) for state in (State.INVITING, State.EXPLAINING))
    assert (before.state_text, before.state_detail) == (after.state_text, after.state_detail)


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
