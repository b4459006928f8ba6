"""What is flagged, by which rule, and that no flag ever costs a rating."""

from dataclasses import replace

import pytest

from kiosk.core import events as e
from kiosk.core import flags
from kiosk.core.entry import Kind
from kiosk.core.levels import Level
from kiosk.core.situation import Outcome, Past, Situation, State, Visit
from kiosk.core.visit import Record, fold

MATTER = e.Matter("0101", "m")
VISIT = Visit("v", MATTER, "case", None, None, invited_ms=1_000, answered_ms=9_000, spot=(100, 100))
MINUTE = 60_000


def at(ms: int, spot: tuple[int, int] | None = None) -> Past:
    return Past(ms, spot)


@pytest.mark.parametrize(
    ("answered_ms", "flagged"), [(1_000 + flags.TOO_FAST_MS - 1, True), (1_000 + flags.TOO_FAST_MS, False)]
)
def test_an_answer_sooner_than_anyone_can_read_is_flagged(answered_ms: int, flagged: bool):
    found = flags.flags_of(replace(VISIT, answered_ms=answered_ms), Situation(), 10_000)
    assert ("too_fast" in found) is flagged


@pytest.mark.parametrize(
    ("ended", "flagged"), [((1_000, 60_000, 120_000), True), ((0, 60_000, 120_000), False), ((), False)]
)
def test_four_ratings_within_two_minutes_are_a_burst(ended: tuple[int, ...], flagged: bool):
    s = Situation(recent=tuple(at(ms) for ms in ended))
    assert ("burst" in flags.flags_of(VISIT, s, 121_000)) is flagged


@pytest.mark.parametrize(
    ("closes_ms", "flagged"), [(None, False), (9 * MINUTE, True), (35 * MINUTE + 1, False), (4 * MINUTE, False)]
)
def test_three_within_five_minutes_are_one_shortly_before_closing(closes_ms: int | None, flagged: bool):
    s = Situation(recent=(at(MINUTE), at(2 * MINUTE)), closes_ms=closes_ms)
    assert ("burst_before_closing" in flags.flags_of(VISIT, s, 5 * MINUTE)) is flagged


def test_a_visit_without_a_case_number_is_flagged():
    assert "no_case_number" in flags.flags_of(replace(VISIT, case_number=" "), Situation(), 10_000)
    assert flags.flags_of(VISIT, Situation(), 10_000) == ()


def test_one_rated_on_a_phone_in_between_hides_no_row_of_taps():
    taps = (at(0, (100, 100)), at(0, (100, 100)), Past(0, None, on_phone=True), at(0, (100, 100)))
    assert "same_spot" in flags.flags_of(VISIT, Situation(recent=taps), 10_000_000)


@pytest.mark.parametrize(
    ("before", "flagged"),
    [
        ([(100, 100)] * 3, True),
        ([(98, 102), (102, 98), (101, 99)], True),
        ([(100, 100), (103, 100), (100, 100)], False),
        ([(100, 100), None, (100, 100)], False),
        ([(100, 100)] * 2, False),
    ],
)
def test_the_same_spot_four_times_running_is_flagged(before: list[tuple[int, int] | None], flagged: bool):
    s = Situation(recent=tuple(at(0, spot) for spot in before))
    assert ("same_spot" in flags.flags_of(VISIT, s, 10_000_000)) is flagged
    assert "same_spot" not in flags.flags_of(replace(VISIT, spot=None), s, 10_000_000)


class Walk:
    """The table, with every entry committed at once."""

    def __init__(self) -> None:
        self.s = Situation(State.READY, e.Terms(window="A12"), faults=frozenset())
        self.ms, self.made = 0, 0
        self.ended: list[dict[str, object]] = []

    def take(self, event: e.Event) -> None:
        self.made += 1
        now = e.Now(self.ms, self.ms, "b", f"{self.made:032x}", "5a" * 16)
        self.s, effects = fold(self.s, event, now)
        for effect in effects:
            assert isinstance(effect, Record), effect
            if effect.draft.kind == Kind.VISIT_ENDED:
                self.ended.append(dict(effect.draft.body))
            self.s, _ = fold(self.s, e.Recorded(effect.draft.entry_id, self.made, f"{self.made:064x}"), now)


def test_flags_stand_in_the_entry_of_every_level_and_drop_nothing():
    walk = Walk()
    for number, level in enumerate((*Level, *Level)):
        walk.take(e.StartVisit(f"{number:032x}", MATTER, "c"))
        walk.take(e.Invite(f"{number:032x}"))
        walk.take(e.TapLevel(level, spot=(50, 60)))
        walk.take(e.WriteComment("w"))
        walk.take(e.Submit())
    assert [body["level"] for body in walk.ended] == [str(level) for level in (*Level, *Level)]
    assert {body["outcome"] for body in walk.ended} == {Outcome.RATED}
    assert walk.ended[0]["flags"] == ["too_fast"]
    assert [body["flags"] for body in walk.ended[3:]] == [["too_fast", "burst", "same_spot"]] * 7
    assert len(walk.s.recent) == flags.REMEMBERED


def test_where_the_tap_fell_is_not_shown_once_the_visit_is_over():
    walk = Walk()
    walk.take(e.StartVisit("1" * 32, MATTER, "c"))
    walk.take(e.Invite("1" * 32))
    walk.take(e.TapLevel(Level.SATISFIED, spot=(50, 60)))
    walk.take(e.Submit())
    assert walk.s.visit is not None
    assert (walk.s.visit.spot, walk.s.visit.answered_ms) == (None, None)
