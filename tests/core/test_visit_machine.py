"""Whatever citizens, clerks, timers, the disk and the plug do, in whatever order: the rules of a visit hold.

A machine searches for a counterexample and checks each fold against a model that knows the rules only as promises. A
twin lives through the same with other levels: where it can be told from the first one once a visit is over, a screen
could tell a clerk what was tapped. The same machine must find every weakened table below.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kiosk.core import events as e
from kiosk.core import visit as table
from kiosk.core.entry import Draft, Kind
from kiosk.core.levels import Level
from kiosk.core.options import load_options
from kiosk.core.receipt import receipt_code
from kiosk.core.rules import begin, moves, rate
from kiosk.core.situation import Awaited, Outcome, Situation, State
from kiosk.core.visit import Record, Refuse, fold

OPTIONS = load_options((Path(__file__).parents[2] / "assets" / "national-options.json").read_text("utf-8"))
TERMS = e.Terms(
    window="A12",
    options=OPTIONS,
    options_version="2020",
    self_start=True,
    local_reasons=(e.LocalReason("H1", "停车难"),),
)
SHORT = replace(TERMS, inviting_ms=7, explaining_ms=9, thanks_ms=3, asking_ms=5, extensions=2)
CLERK = e.Staff("A103", "王敏", True)
ON_SCREEN = {State.SERVING, State.INVITING, State.EXPLAINING, State.THANKS, State.HANDED_TO_PHONE}

POSITIVE = (Level.VERY_SATISFIED, Level.SATISFIED, Level.BASICALLY_SATISFIED)
OTHER = {
    **dict(zip(POSITIVE, (*POSITIVE[1:], POSITIVE[0]), strict=True)),
    Level.DISSATISFIED: Level.VERY_DISSATISFIED,
    Level.VERY_DISSATISFIED: Level.DISSATISFIED,
}
"""What the twin taps: another level on the same side of the line between praise and complaint."""
OTHER_CODE = {
    mine.code: theirs.code
    for level in Level
    for mine, theirs in zip(OPTIONS.by_level[level], OPTIONS.by_level[OTHER[level]], strict=True)
}


def for_the_twin(event: e.Event) -> e.Event:
    match event:
        case e.TapLevel(level):
            return e.TapLevel(OTHER[level])
        case e.ToggleReason(code):
            return e.ToggleReason(OTHER_CODE.get(code, code))
        case e.CloseInterrupted(e.OpenVisit(_, _, Level() as level) as visit, cause):
            return e.CloseInterrupted(replace(visit, level=OTHER[level]), cause)
    return event


@dataclass
class Known:
    """What the model knows of one visit: what fingers did, and what is promised of it. `taps`: place and level."""

    taps: list[tuple[int, Level]]
    choosing: bool = True


class VisitMachine(RuleBasedStateMachine):
    """One terminal on one journal, over many visits and several lives."""

    def __init__(self) -> None:
        super().__init__()
        self.wall_ms, self.mono_ms, self.ids, self.boots = 1_795_000_000_000, 500, 0, 0
        self.journal: list[Draft] = []
        self.answered = 0
        self.visits: dict[str, Known] = {}
        self.mine = self.twin = Situation(terms=TERMS)
        self.begin_life()

    # -- the machinery -----------------------------------------------------------------------------------------------

    def now(self) -> e.Now:
        self.ids += 1
        return e.Now(self.wall_ms, self.mono_ms, f"boot {self.boots}", f"{self.ids:032x}", "5a" * 16)

    def feed(self, event: e.Event) -> tuple[table.Effect, ...]:
        """Fold for both, keep what is recorded, and hold what must hold of any event."""
        now, before = self.now(), self.mine
        self.mine, effects = fold(self.mine, event, now)
        self.twin, twin_effects = fold(self.twin, for_the_twin(event), now)
        assert [type(effect) for effect in effects] == [type(effect) for effect in twin_effects]
        assert len(effects) <= 1, "at most one entry an event"
        for effect in effects:
            match effect:
                case Record(draft):
                    self.journal.append(draft)
                    self.hold_for_entry(draft, before)
                case Refuse(_):
                    assert self.mine == before, "a refusal changes nothing"
        return effects

    def hash_at(self, place: int) -> str:
        return f"{place:064x}"

    def answer(self) -> None:
        draft = self.journal[self.answered]
        self.answered += 1
        assert self.feed(e.Recorded(draft.entry_id, self.answered, self.hash_at(self.answered))) == ()

    def begin_life(self) -> None:
        """A program starts over what is on the disk, as the composition root has it."""
        self.boots += 1
        self.answered = len(self.journal)
        self.mono_ms = 500
        self.mine = self.twin = Situation(terms=self.mine.terms)
        left, clean = self.left_open(), not self.journal or self.journal[-1].kind == Kind.TERMINAL_STOPPED
        if left is not None:
            self.feed(e.CloseInterrupted(left, "terminal_stopped" if clean else "unclean_stop"))
            ended = self.journal[-1]
            assert (ended.kind, ended.visit_id) == (Kind.VISIT_ENDED, left.visit_id), "it shows as interrupted"
        self.feed(e.Started("1", clean))

    def left_open(self) -> e.OpenVisit | None:
        started = [draft.visit_id for draft in self.journal if draft.kind == Kind.VISIT_STARTED]
        if not started or started[-1] in self.ended():
            return None
        assert started[-1] is not None
        for draft in reversed(self.journal):
            if draft.kind == Kind.LEVEL_TAPPED and draft.visit_id == started[-1]:
                body = draft.body
                return e.OpenVisit(started[-1], body["rating_id"], Level(body["level"]), draft.wall_ms)
        return e.OpenVisit(started[-1])

    def ended(self) -> list[str | None]:
        return [draft.visit_id for draft in self.journal if draft.kind == Kind.VISIT_ENDED]

    @property
    def latest(self) -> str:
        return f"v{len(self.visits)}"

    # -- what happens ------------------------------------------------------------------------------------------------

    @rule(named=st.booleans(), way=st.sampled_from(["clerk", "clerk", "served", "citizen"]))
    def start(self, named: bool, way: str) -> None:
        """By a clerk, who has perhaps done already, or by the citizen."""
        visit_id = f"v{len(self.visits) + 1}"
        name = f"name-of-{visit_id}." if named else None
        matter = e.Matter("0101", f"matter-of-{visit_id}.")
        slip = f"slip-of-{visit_id}."
        if way == "citizen":
            effects = self.feed(e.BeginVisit(visit_id, matter, slip, "B7"))
        else:
            case, served = f"case-of-{visit_id}.", way == "served"
            effects = self.feed(e.StartVisit(visit_id, matter, case, 1, name, "accepted", slip, served))
        if any(isinstance(effect, Record) for effect in effects):
            self.visits[visit_id] = Known([])

    @rule(back=st.integers(0, 1))
    def invite(self, back: int) -> None:
        self.feed(e.Invite(f"v{len(self.visits) - back}"))

    @rule(number=st.sampled_from(["A001", "A002"]))
    def next_number(self, number: str) -> None:
        """Calling the next one never touches what a citizen has begun to say."""
        before = self.mine
        self.feed(e.CallNumber(number))
        if before.state is not State.SERVING:
            assert self.mine.state is before.state

    @rule()
    def ask(self) -> None:
        self.feed(e.AskToRate())

    @rule(back=st.integers(0, 1))
    def cancel(self, back: int) -> None:
        self.feed(e.CancelVisit(f"v{len(self.visits) - back}", "x"))

    @rule(levels=st.lists(st.sampled_from(Level), min_size=1, max_size=3))
    def fingers(self, levels: list[Level]) -> None:
        """One finger or several at once: the first that finds the five levels wins."""
        for level in levels:
            before = len(self.journal)
            self.feed(e.TapLevel(level))
            if len(self.journal) == before:
                continue
            known = self.visits[self.latest]
            assert known.choosing, "a second tap was taken where the first had won"
            known.taps.append((len(self.journal), level))
            known.choosing = False

    @rule()
    def back_to_the_five(self) -> None:
        if self.feed(e.ChooseAgain()) == () and self.mine.state is State.INVITING:
            self.visits[self.latest].choosing = True

    @rule(level=st.sampled_from([None, *Level]), number=st.integers(0, 8))
    def reason(self, level: Level | None, number: int) -> None:
        """A reason of the level that was tapped, of another one, or one that nobody knows."""
        tapped = level or (self.mine.visit.level if self.mine.visit else None) or Level.SATISFIED
        self.feed(e.ToggleReason("999" if number == 8 else OPTIONS.by_level[tapped][number].code))

    @rule(long=st.booleans())
    def comment(self, long: bool) -> None:
        self.feed(e.WriteComment(f"comment-of-{self.latest}." + "长" * 200 * long))

    @rule(good=st.booleans())
    def contact(self, good: bool) -> None:
        self.feed(e.WriteContact(f"1380000{len(self.visits):04}" if good else f"contact-of-{self.latest}."))

    @rule(times=st.integers(1, 3))
    def submit(self, times: int) -> None:
        for _ in range(times):
            self.feed(e.Submit())

    @rule(event=st.sampled_from([
        e.StillThere(), e.ToggleLocalReason("H1"), e.AddWords("8H14-JMFF-F1AP", "w"), e.Withdraw("8H14-JMFF-F1AP", ""),
    ]))  # fmt: skip
    def sign_of_life_or_an_earlier_rating(self, event: e.Event) -> None:
        before = self.mine
        effects = self.feed(event)
        if isinstance(event, e.AddWords | e.Withdraw):
            assert self.mine == before, "an earlier rating moves nothing on the screen"
            assert not any(isinstance(effect, Record) for effect in effects) or before.state not in ON_SCREEN

    @rule(event=st.sampled_from([
        e.Skip(), e.Leave(), e.AskForPhone(), e.HandToPhone(), e.TakeBack(), e.PhoneFinished(),
        e.PhoneFinished("r", "ab"), e.OpenMenu(CLERK), e.BreakOff(),
    ]))  # fmt: skip
    def citizen(self, event: e.Event) -> None:
        before = self.mine
        self.feed(event)
        if isinstance(event, e.PhoneFinished) and before.visit is not None and before.visit.level is not None:
            assert self.mine == before, "what was tapped on the glass stands, whatever the phone did"

    @rule(event=st.sampled_from([
        e.Fault("journal"), e.FaultCleared("journal"), e.Fault("not_enrolled"), e.FaultCleared("not_enrolled"),
        e.HoursChanged(True), e.HoursChanged(False), e.Pause("p"), e.Pause("q"), e.Resume(), e.SignIn(CLERK),
        e.SignOut(), e.TermsChanged(TERMS), e.TermsChanged(SHORT),
    ]))  # fmt: skip
    def house(self, event: e.Event) -> None:
        self.feed(event)

    @rule(off=st.integers(-1, 1), times=st.integers(1, 2))
    def last_millisecond(self, off: int, times: int) -> None:
        """One timer or two, just before the deadline, at it, or just after."""
        deadline, before = self.mine.deadline_ms, self.mine
        if deadline is not None:
            self.mono_ms = max(self.mono_ms, deadline + off)
        early = deadline is None or self.mono_ms < deadline
        for _ in range(times):
            self.feed(e.TimePassed())
        assert not early or self.mine == before, "nothing happens before its time"

    @rule(level=st.sampled_from(Level), far=st.integers(1, 6), again=st.booleans())
    def as_usual(self, level: Level, far: int, again: bool) -> None:
        """As it mostly goes, as far as it goes: deep places are found that single steps seldom reach."""
        for _ in range(far):
            self.commit(all_of_it=True)
            match self.mine.state:
                case State.READY | State.CLOSED | State.THANKS:
                    self.start(named=True, way="clerk")
                case State.SERVING:
                    self.invite(back=0)
                case State.INVITING:
                    self.fingers([level, OTHER[level]])
                case State.EXPLAINING if again:
                    self.back_to_the_five()
                case State.EXPLAINING:
                    self.comment(long=False)
                    self.reason(None, 0)
                    self.submit(times=1)
                case State.PAUSED:
                    self.feed(e.Resume())
                case State.OUT_OF_ORDER:
                    for code in ("journal", "not_enrolled"):
                        self.feed(e.FaultCleared(code))

    @rule(ms=st.integers(0, 70_000))
    def time(self, ms: int) -> None:
        self.mono_ms += ms
        self.wall_ms += ms
        self.feed(e.TimePassed())

    @rule(ms=st.integers(-(10**11), 10**11))
    def clock_jumps(self, ms: int) -> None:
        self.wall_ms += ms

    # -- what the disk and the plug do -------------------------------------------------------------------------------

    @rule(all_of_it=st.booleans())
    def commit(self, all_of_it: bool) -> None:
        """The disk answers what was asked first, or all."""
        for _ in range(len(self.journal) - self.answered if all_of_it else 1):
            if self.answered < len(self.journal):
                self.answer()

    @precondition(lambda self: self.answered)
    @rule(back=st.integers(0, 3))
    def an_answer_comes_twice(self, back: int) -> None:
        place, before = max(self.answered - back, 1), self.mine
        self.feed(e.Recorded(self.journal[place - 1].entry_id, place, self.hash_at(place)))
        assert self.mine == before

    @rule(reached=st.integers(0, 4))
    def plug(self, reached: int) -> None:
        """What was answered is there after it; of what was not, as much as reached the disk."""
        del self.journal[self.answered + reached :]
        for known in self.visits.values():
            known.taps = [tap for tap in known.taps if tap[0] <= len(self.journal)]
        self.begin_life()

    @rule()
    def stop_properly(self) -> None:
        self.feed(e.BreakOff())
        self.feed(e.Stopping())
        self.begin_life()

    # -- what must hold ----------------------------------------------------------------------------------------------

    def hold_for_entry(self, draft: Draft, before: Situation) -> None:
        """Of an entry as it is made."""
        body: Mapping[str, Any] = draft.body
        for other in range(1, len(self.visits) + 1):
            if draft.visit_id != f"v{other}":
                assert f"-of-v{other}." not in said(draft), "an entry tells of another visit"
        if draft.kind != Kind.VISIT_ENDED:
            assert draft.kind == Kind.LEVEL_TAPPED or "level" not in body
            return
        assert self.ended().count(draft.visit_id) == 1, "one outcome a visit"
        assert draft.visit_id is not None
        known = self.visits.get(draft.visit_id, Known([]))
        tapped = known.taps[-1][1] if known.taps else None
        assert body.get("level") == tapped, "a tapped level is never lost, and none stands without a finger"
        assert (body["outcome"] == Outcome.RATED) == (tapped is not None)
        assert before.state is not State.THANKS

    @invariant()
    def a_visit_is_on_the_screen_only_after_its_start_is_committed(self) -> None:
        visit = self.mine.visit
        if self.mine.state in ON_SCREEN:
            assert visit is not None
            starts = [d.visit_id for d in self.journal[: self.answered] if d.kind == Kind.VISIT_STARTED]
            assert visit.visit_id in starts, "a page before its start is on the disk"

    @invariant()
    def it_asks_only_where_a_citizen_may_answer_and_never_for_ever(self) -> None:
        if self.mine.asking:
            assert self.mine.state in (State.INVITING, State.EXPLAINING)
            assert self.mine.awaiting is None
            assert self.mine.deadline_ms is not None
        assert self.mine.extended <= self.mine.terms.extensions

    @invariant()
    def no_thanks_without_the_commit_of_the_end(self) -> None:
        if self.mine.state is not State.THANKS:
            return
        assert self.mine.visit is not None
        for place, draft in enumerate(self.journal[: self.answered], start=1):
            if draft.kind == Kind.VISIT_ENDED and draft.visit_id == self.mine.visit.visit_id:
                assert (draft.body["outcome"], draft.body["finished"]) == ("rated", True)
                assert self.mine.visit.receipt == receipt_code(self.hash_at(place))
                return
        raise AssertionError("thanks for what is not on the disk")

    @invariant()
    def once_a_visit_is_over_nothing_tells_what_was_tapped(self) -> None:
        if self.mine.visit is None or self.mine.visit.outcome is not None:
            assert self.mine == self.twin, "it tells what was tapped"

    @invariant()
    def the_situation_tells_of_one_citizen_at_most(self) -> None:
        shown = self.mine.visit
        text = repr(self.mine)
        for number in range(1, len(self.visits) + 1):
            if shown is None or shown.visit_id != f"v{number}":
                assert f"-of-v{number}." not in text, "it tells of the citizen before"
                assert f"1380000{number:04}" not in text
            elif shown.outcome is not None:
                assert f"comment-of-v{number}." not in text
                assert (shown.level, shown.rating_id, shown.tapped_ms, shown.reasons) == (None, None, None, ())
                assert (shown.comment, shown.contact) == ("", "")

    @invariant()
    def a_level_that_was_tapped_stands_for_as_long_as_the_visit_runs(self) -> None:
        visit = self.mine.visit
        if visit is not None and visit.outcome is None:
            taps = self.visits[visit.visit_id].taps
            assert visit.level == (taps[-1][1] if taps else None)

    def teardown(self) -> None:
        """Whatever lies open, the next start closes, and every visit that began on the disk has one end there."""
        if sys.exc_info()[0] is not None:
            return  # what was found speaks for itself
        self.begin_life()
        started = [draft.visit_id for draft in self.journal if draft.kind == Kind.VISIT_STARTED]
        assert sorted(map(str, self.ended())) == sorted(map(str, started)), "one outcome a visit"


def said(draft: Draft) -> str:
    return json.dumps([draft.body, draft.personal.fields if draft.personal else {}], default=str)


TestVisits = VisitMachine.TestCase
TestVisits.settings = settings(max_examples=60, stateful_step_count=40)


# -- weakened tables, each of which the machine must catch -----------------------------------------------------------

Patch = tuple[str, Any]


def a_level_can_be_tapped_over_another() -> Iterator[Patch]:
    yield "RULES", {**table.RULES, (State.EXPLAINING, e.TapLevel): rate.tap}


def the_end_forgets_nothing() -> Iterator[Patch]:
    yield "forget", lambda visit: visit


def thanks_come_before_the_commit() -> Iterator[Patch]:
    real = moves.hold

    def hasty(s: Situation, awaited: Awaited) -> Situation:
        s = real(s, awaited)
        return replace(s, state=State.THANKS) if awaited.then is State.THANKS else s

    yield "hold", hasty


def the_page_comes_before_the_commit() -> Iterator[Patch]:
    real = moves.hold

    def hasty(s: Situation, awaited: Awaited) -> Situation:
        s = real(s, awaited)
        return replace(s, state=State.SERVING) if awaited.then is State.SERVING else s

    yield "hold", hasty


def walking_off_loses_the_level() -> Iterator[Patch]:
    def silent(s: Situation, _event: e.TimePassed, now: e.Now) -> table.Step:
        return moves.end(s, now, Outcome.TIMED_OUT, State.READY) if moves.due(s, now) else (s, ())

    yield "RULES", {**table.RULES, (State.EXPLAINING, e.TimePassed): silent}


def a_timer_that_is_a_millisecond_early() -> Iterator[Patch]:
    yield "due", lambda s, now: s.deadline_ms is not None and now.mono_ms + 1 >= s.deadline_ms


def an_end_can_come_twice() -> Iterator[Patch]:
    def eager(s: Situation, event: e.Submit, now: e.Now) -> table.Step:
        running = s.state is State.EXPLAINING and s.visit is not None
        return rate.submit(s, event, now) if running else (s, ())

    yield "ANYWHERE", {**table.ANYWHERE, e.Submit: eager}


def the_next_visit_keeps_what_the_last_one_showed() -> Iterator[Patch]:
    real = begin.start

    def careless(s: Situation, event: e.StartVisit, now: e.Now) -> table.Step:
        after, effects = real(s, event, now)
        kept = s.visit.matter if s.visit else event.matter
        assert after.visit is not None
        return replace(after, visit=replace(after.visit, matter=kept)), effects

    yield "RULES", {rule: careless if does is real else does for rule, does in table.RULES.items()}


WEAKENED: dict[Callable[[], Iterator[Patch]], str] = {
    a_level_can_be_tapped_over_another: "the first had won",
    the_end_forgets_nothing: "it tells",
    thanks_come_before_the_commit: "not on the disk",
    the_page_comes_before_the_commit: "before its start is on the disk",
    walking_off_loses_the_level: "never lost",
    a_timer_that_is_a_millisecond_early: "before its time",
    an_end_can_come_twice: "one outcome",
    the_next_visit_keeps_what_the_last_one_showed: "another visit|citizen before",
}


@pytest.mark.parametrize(("weaken", "found"), WEAKENED.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_the_machine_catches_a_weakened_table(
    weaken: Callable[[], Iterator[Patch]], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in weaken():
        monkeypatch.setattr(table if name.isupper() else moves, name, value)
    searching = settings(
        max_examples=3_000, stateful_step_count=40, phases=[Phase.generate], derandomize=True, database=None,
        print_blob=False, report_multiple_bugs=False,
    )  # fmt: skip
    with pytest.raises(AssertionError, match=found):
        run_state_machine_as_test(VisitMachine, settings=searching)
