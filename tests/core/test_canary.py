"""The canaries as values: what they are made of, what came back of them, and when it is time for them."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import events as e
from kiosk.core.canary import (
    Flight,
    canary_drafts,
    is_due,
    is_missed,
    minute_of,
    newest_flight,
    newest_read_back,
    planned_minute,
    read_back_body,
    trouble_of,
)
from kiosk.core.clock_jump import clock_jump
from kiosk.core.entry import Draft, Head, Kind, seal
from kiosk.core.levels import Level
from kiosk.core.options import load_options
from kiosk.core.situation import Situation, State
from kiosk.core.visit import Record, fold

OPTIONS = load_options((Path(__file__).parents[2] / "assets" / "national-options.json").read_bytes())
TERMS = e.Terms(window="A01", options=OPTIONS, options_version=OPTIONS.version)
HOUR_MS = 3_600_000
BOOT = "b" * 32
MIDNIGHT = 20_000 * 24 * HOUR_MS


def ids() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"{next(numbers):032x}"


SEEN = e.Seen("zh-CN", "large", "a" * 64, "b" * 64, "1")


def drafts(terms: e.Terms = TERMS, seen: e.Seen | None = SEEN) -> tuple[Draft, ...]:
    return canary_drafts(terms, 1_780_000_000_000, 5_000, BOOT, ids(), seen)


def journal(made: tuple[Draft, ...]) -> list[dict[str, Any]]:
    head, records = Head(7), []
    for draft in made:
        entry = seal(draft, head)
        head = entry.head
        records.append(entry.record())
    return records


def test_there_is_one_whole_visit_of_each_level_and_every_body_is_marked() -> None:
    made = drafts()
    assert all(draft.body["canary"] is True for draft in made)
    ends = [draft for draft in made if draft.kind == Kind.VISIT_ENDED]
    assert [end.body["level"] for end in ends] == list(Level)
    assert all(end.body["finished"] for end in ends)
    assert len({draft.entry_id for draft in made}) == len(made) == 20
    assert len({draft.visit_id for draft in made}) == 5


def test_negative_ones_have_a_national_reason_and_words_of_a_citizen() -> None:
    ends = [draft for draft in drafts() if draft.kind == Kind.VISIT_ENDED]
    assert [end.body["reasons"] for end in ends] == [[], [], [], ["207"], ["108"]]
    assert [end.personal and dict(end.personal.fields) for end in ends] == [None] * 3 + [{"comment": "canary"}] * 2


@pytest.mark.parametrize("seen", [SEEN, None])
def test_a_canary_differs_from_a_citizens_visit_in_nothing_but_its_mark(seen: e.Seen | None) -> None:
    situation = Situation(State.READY, terms=TERMS, faults=frozenset())
    citizens: list[Draft] = []
    fresh = ids()
    visit = fresh()
    code = OPTIONS.core_of(Level.DISSATISFIED)[0].code
    for event in (
        e.StartVisit(visit, e.Matter("canary", "canary"), "canary"), e.Invite(visit),
        e.TapLevel(Level.DISSATISFIED, seen), e.ToggleReason(code), e.WriteComment("canary"), e.Submit(),
    ):  # fmt: skip
        now = e.Now(1_780_000_000_000, 5_000, BOOT, fresh(), fresh())
        situation, effects = fold(situation, event, now)
        for effect in effects:
            assert isinstance(effect, Record)
            citizens.append(effect.draft)
            situation, _ = fold(situation, e.Recorded(effect.draft.entry_id, 1, "0" * 64), now)
    canary = drafts(seen=seen)[12:16]
    for ours, theirs in zip(citizens, canary, strict=True):
        assert (ours.kind, set(ours.body) | {"canary"}) == (theirs.kind, set(theirs.body))
        changing = {"rating_id", "canary"}
        assert {k: v for k, v in ours.body.items() if k not in changing} == {
            k: v for k, v in theirs.body.items() if k not in changing
        }
        assert set(ours.personal.fields if ours.personal else ()) == set(
            theirs.personal.fields if theirs.personal else ()
        )
    tapped, ended = canary[2].body, canary[3].body
    assert tapped["seen"] == ended["seen"]
    assert (ended["seen"] is None) is (seen is None)
    assert ended["local_reasons"] == []


def test_a_hall_without_a_list_of_reasons_has_canaries_as_well() -> None:
    ends = [draft for draft in drafts(e.Terms()) if draft.kind == Kind.VISIT_ENDED]
    assert [end.body["reasons"] for end in ends] == [[]] * 5


# -- what came back --------------------------------------------------------------------------------------------------


def test_the_journal_tells_what_was_asked_whatever_lies_around_it() -> None:
    old = canary_drafts(TERMS, 1_779_000_000_000, 4_000, BOOT, lambda: "e" * 32)
    told = Draft("f" * 32, Kind.CANARY_READ_BACK, 1, 1, BOOT, None, {"asked": [], "held": [], "wrong": {}})
    later = Draft("d" * 32, Kind.STAFF_SIGNED_OUT, 1, 1, BOOT, None, {"staff": None})
    records = journal((*old, told, *drafts(), later))
    flight = newest_flight(reversed(records))
    assert flight is not None
    assert flight.complete
    assert (flight.epoch, flight.last, flight.mono_ms) == (7, 41, 5_000)
    assert [one.level for one in flight.expected] == list(Level)
    assert newest_read_back(records) == records[20]
    assert newest_flight([records[20], records[-1]]) is None


def test_a_flight_that_a_pulled_plug_cut_short_is_not_complete() -> None:
    flight = newest_flight(journal(drafts()[:15]))
    assert flight is not None
    assert not flight.complete


def test_what_is_missing_or_changed_is_told_without_a_level() -> None:
    flight = newest_flight(journal(drafts()))
    assert flight is not None
    whole = list(flight.expected)
    assert trouble_of(read_back_body(whole, whole)) is None
    assert trouble_of(read_back_body(whole, whole[:3])) == "of 5 canaries at central: 2 missing"
    for other in (
        replace(whole[4], level="very_satisfied"), replace(whole[4], reasons=()), replace(whole[4], finished=False),
    ):  # fmt: skip
        body = read_back_body(whole, [*whole[:4], other])
        assert trouble_of(body) == "of 5 canaries at central: 1 changed"
        assert list(body["wrong"]) == [whole[4].rating_id]
    both = read_back_body(whole, [replace(whole[0], finished=False), *whole[2:]])
    assert trouble_of(both) == "of 5 canaries at central: 1 missing, 1 changed"


# -- when ------------------------------------------------------------------------------------------------------------


@given(st.floats(0, 1, exclude_max=True))
def test_the_planned_minute_lies_between_one_and_four(draw: float) -> None:
    assert 60 <= planned_minute(draw) < 240
    assert not is_missed(planned_minute(draw))


def flight_at(wall_ms: int, mono_ms: int, boot: str = BOOT) -> Flight:
    found = newest_flight(journal(canary_drafts(TERMS, wall_ms, mono_ms, boot, ids())))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("hours", "due"), [(0.5, False), (11, False), (20, False), (24, True), (26, True), (100, True)]
)
def test_canaries_are_due_once_a_night(hours: float, due: bool) -> None:
    made = flight_at(MIDNIGHT + 2 * HOUR_MS, HOUR_MS)
    now, mono = MIDNIGHT + int((2 + hours) * HOUR_MS), HOUR_MS + int(hours * HOUR_MS)
    assert is_due(made.sent, now, now, mono, BOOT) is due
    assert is_due(made.sent, now, now, 1_000, "c" * 32) is due


def test_no_clock_however_it_jumps_makes_them_due_twice_in_half_a_day() -> None:
    made = flight_at(MIDNIGHT, HOUR_MS)
    for jump in range(-400, 400):
        now = MIDNIGHT + jump * 24 * HOUR_MS
        assert not is_due(made.sent, now, now, 12 * HOUR_MS, BOOT)


def test_a_machine_that_wakes_up_in_1970_each_time_makes_them_once_a_day_of_its_own() -> None:
    made = flight_at(MIDNIGHT, HOUR_MS)
    assert not is_due(made.sent, 0, 0, 60_000, "c" * 32)
    assert is_due(made.sent, 0, 0, 24 * HOUR_MS, "c" * 32)


def test_cut_short_they_are_due_again() -> None:
    cut = newest_flight(journal(drafts()[:15]))
    assert cut is not None
    assert cut.sent is None
    assert is_due(None, MIDNIGHT, MIDNIGHT, 1, BOOT)


def test_the_minute_is_that_of_the_local_day() -> None:
    assert minute_of(MIDNIGHT) == 0
    assert minute_of(MIDNIGHT + 2 * HOUR_MS + 61_000) == 121


# -- the clock -------------------------------------------------------------------------------------------------------


def at(wall_ms: int, mono_ms: int, boot: str = BOOT) -> Draft:
    return Draft("a" * 32, Kind.STAFF_SIGNED_OUT, wall_ms, mono_ms, boot)


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**9))
def test_a_clock_has_jumped_where_it_moved_more_than_two_seconds_against_the_time_of_the_boot(
    by_ms: int, passed_ms: int
) -> None:
    found = clock_jump(at(10**12, 500), at(10**12 + passed_ms + by_ms, 500 + passed_ms))
    assert found == (by_ms if abs(by_ms) > 2_000 else None)


def test_two_boots_cannot_be_compared_and_the_first_entry_has_nothing_before_it() -> None:
    assert clock_jump(at(0, 500), at(10**12, 600, "c" * 32)) is None
    assert clock_jump(None, at(10**12, 600)) is None
