"""The terminal's night: when it works, in which order, what it makes of central's answer, and what it leaves alone."""

import itertools
import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from kiosk.core import events as e
from kiosk.core.canary import Moment
from kiosk.core.entry import Draft, Head, Kind, seal
from kiosk.core.options import load_options
from kiosk.core.situation import Situation, State, Visit
from kiosk.core.view import View
from kiosk.journal.chain import ChainReport
from kiosk.journal.store import JournalStatus
from kiosk.night import PATIENCE_MS, UNANSWERED, Night, NightParts
from kiosk.sync.ports import Call, NoReply, Reply
from tests.terminal.loops import ManualLoop

T = TypeVar("T")
HOUR_MS = 3_600_000
OPTIONS = load_options((Path(__file__).parents[2] / "assets" / "national-options.json").read_bytes())
TERMS = e.Terms(window="A01", options=OPTIONS, options_version=OPTIONS.version)
RUNNING = Situation(State.SERVING, faults=frozenset(), visit=Visit("f" * 32, e.Matter("1", "x"), "1", None, None))
READY = Situation(State.READY, faults=frozenset())


def done(value: T) -> "Future[T]":
    future: Future[T] = Future()
    future.set_result(value)
    return future


class Lane:
    """A journal lane of paper, which answers at once; and what was asked of it, in order."""

    def __init__(self) -> None:
        self.head = Head(7)
        self.records: list[dict[str, Any]] = []
        self.acknowledged = 0
        self.asked: list[str] = []
        self.fault: str | None = None
        self.failing: set[str] = set()
        self.pruned_before = 0

    def append(self, draft: Draft) -> "Future[Head]":
        entry = seal(draft, self.head)
        self.head = entry.head
        self.records.append(json.loads(json.dumps(entry.record())))
        self.asked.append(draft.kind)
        return done(entry.head)

    def read(self, after: int, limit: int) -> "Future[list[dict[str, Any]]]":
        return done([record for record in self.records if record["sequence"] > after][:limit])

    def status(self) -> "Future[JournalStatus]":
        unsent = self.head.sequence - self.acknowledged
        return done(JournalStatus(self.head, len(self.records), self.acknowledged, unsent, None))

    def verify(self) -> "Future[ChainReport]":
        return self._answer("verify", ChainReport(len(self.records), self.head, self.fault))

    def prune(self, before_wall_ms: int) -> "Future[int]":
        self.pruned_before = before_wall_ms
        return self._answer("prune", 0)

    def _answer(self, name: str, value: T) -> "Future[T]":
        self.asked.append(name)
        if name not in self.failing:
            return done(value)
        future: Future[T] = Future()
        future.set_exception(OSError("the disk refuses"))
        return future


class Book:
    """When the last canaries were sent, on paper."""

    def __init__(self) -> None:
        self.sent: Moment | None = None

    def read(self) -> "Future[Moment | None]":
        return done(self.sent)

    def keep(self, sent: Moment) -> "Future[None]":
        self.sent = sent
        return done(None)


class House:
    """A night on a manual loop. Local time is UTC here; it begins at `minute` of a day, after a boot."""

    def __init__(self, minute: int = 55, lane: Lane | None = None, draw: float = 0.0, book: Book | None = None) -> None:
        self.loop = ManualLoop()
        self.start_ms = 20_000 * 24 * HOUR_MS + minute * 60_000 - self.loop.now_ms
        self.off_ms = 0
        self.lane = lane or Lane()
        self.book = book or Book()
        self.situation = READY
        self.terms: e.Terms | None = TERMS
        self.troubles: dict[str, str] = {}
        self.calls: list[Call] = []
        self.answer: Callable[[Call], Reply | NoReply] = self.honest
        self.spoil: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda canary: canary
        numbers = itertools.count(len(self.lane.records) * 100)
        self.boot = f"{len(self.lane.records):032x}"
        self.draw = draw
        self.night = Night(
            NightParts(
                self.loop, self, self.lane, self.book, self.ask, self.trouble,
                self.view, lambda: self.terms, lambda: None,
                lambda: f"{next(numbers):032x}", lambda: self.draw, 90 * 24 * HOUR_MS, lambda wall_ms: wall_ms,
            )
        )  # fmt: skip
        self.night.start()
        self.loop.run()

    def wall_ms(self) -> int:
        return self.start_ms + self.loop.now_ms + self.off_ms

    def mono_ms(self) -> int:
        return self.loop.now_ms

    def boot_id(self) -> str:
        return self.boot

    def view(self) -> View:
        return View(self.situation)

    def trouble(self, code: str, words: str | None) -> None:
        self.troubles = {known: said for known, said in self.troubles.items() if known != code}
        if words is not None:
            self.troubles[code] = words

    def ask(self, call: Call) -> "Future[Reply | NoReply]":
        self.calls.append(call)
        return done(self.answer(call))

    def honest(self, call: Call) -> Reply:
        """What a central says that has digested the journal, and that `spoil` may have got at."""
        asked = json.loads(call.body)["rating_ids"]
        held = [
            {name: r["body"][name] for name in ("rating_id", "level", "reasons", "finished")}
            for r in self.lane.records[: self.lane.acknowledged]
            if r["kind"] == Kind.VISIT_ENDED and r["body"]["rating_id"] in asked
        ]
        canaries = [item for item in map(self.spoil, held) if item is not None]
        body = json.dumps({"canaries": canaries, "server_time": 1}).encode()
        return Reply(200, {"content-type": "application/json"}, body)

    def to(self, situation: Situation) -> None:
        self.situation = situation
        self.night.see(self.view())

    def pass_minutes(self, minutes: float) -> None:
        for _ in range(int(minutes * 2)):
            self.loop.advance(30_000)

    def acknowledge(self) -> None:
        self.lane.acknowledged = self.lane.head.sequence

    @property
    def made(self) -> int:
        """How many canaries the journal holds."""
        return sum(record["kind"] == Kind.VISIT_STARTED for record in self.lane.records)

    @property
    def told(self) -> list[dict[str, Any]]:
        return [record["body"] for record in self.lane.records if record["kind"] == Kind.CANARY_READ_BACK]


def test_the_work_is_done_in_its_order_at_the_planned_minute() -> None:
    house = House(draw=0.5)  # 02:30
    house.pass_minutes(94)
    assert house.lane.asked == []
    house.pass_minutes(2)
    kinds = [Kind.VISIT_STARTED, Kind.VISIT_INVITED, Kind.LEVEL_TAPPED, Kind.VISIT_ENDED] * 5
    assert house.lane.asked == ["verify", "prune", *kinds]
    assert house.wall_ms() - house.lane.pruned_before == pytest.approx(90 * 24 * HOUR_MS, abs=120_000)
    house.pass_minutes(60)
    assert house.calls == []  # central has not acknowledged them
    house.acknowledge()
    house.pass_minutes(1)
    assert [call.path for call in house.calls] == ["/device/canaries"]
    assert len(house.told) == 1
    assert house.told[0]["asked"] == house.told[0]["held"]
    assert (house.told[0]["wrong"], house.troubles) == ({}, {})


def test_a_month_of_nights_makes_five_canaries_each_and_no_more() -> None:
    house = House(minute=50, draw=0.2)
    for night in range(1, 31):
        house.pass_minutes(4 * 60)
        house.acknowledge()
        house.pass_minutes(20 * 60)
        house.draw = (night * 7 % 30) / 30
        assert house.made == 5 * night
    assert len(house.told) == 30


def test_a_machine_that_was_off_at_night_waits_for_ten_quiet_minutes() -> None:
    house = House(minute=9 * 60)
    house.pass_minutes(9)
    house.to(RUNNING)
    house.pass_minutes(30)
    house.to(READY)
    house.pass_minutes(9)
    house.to(RUNNING)
    house.to(READY)
    house.pass_minutes(9)
    assert house.lane.asked == []
    house.pass_minutes(2)
    assert house.made == 5


def test_at_night_as_well_ten_minutes_must_be_quiet() -> None:
    house = House(minute=90)
    for _ in range(12):
        house.pass_minutes(9)
        house.to(RUNNING)
        house.to(READY)
    assert house.lane.asked == []
    house.pass_minutes(11)
    assert house.made == 5


@pytest.mark.parametrize("busy", [RUNNING, replace(READY, awaiting=object())])
def test_nothing_is_begun_while_a_visit_runs_or_begins(busy: Any) -> None:
    house = House()
    house.to(busy)
    house.pass_minutes(300)
    assert house.lane.asked == []


def test_a_visit_that_begins_while_the_chain_is_walked_goes_before_the_canaries() -> None:
    house = House()
    walking: Future[ChainReport] = Future()
    house.lane.verify = lambda: walking  # type: ignore[method-assign]
    house.pass_minutes(61)
    house.to(RUNNING)
    walking.set_result(ChainReport(0, Head(7)))
    house.pass_minutes(5)
    assert (house.lane.asked, house.made) == (["prune"], 0)
    house.to(READY)
    house.pass_minutes(1)
    assert house.made == 5


@pytest.mark.parametrize("failing", ["verify", "prune"])
def test_work_that_fails_keeps_no_canary_back(failing: str) -> None:
    house = House()
    house.lane.failing = {failing}
    house.pass_minutes(61)
    assert house.made == 5


def test_without_a_profile_there_is_no_canary_and_the_rest_is_done_once() -> None:
    house = House()
    house.terms = None
    house.pass_minutes(300)
    assert house.lane.asked == ["verify", "prune"]


# -- what central says -----------------------------------------------------------------------------------------------


def _bad(canary: dict[str, Any]) -> bool:
    return str(canary["level"]).endswith("dissatisfied")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda c: None if _bad(c) else c, "of 5 canaries at central: 2 missing"),
        (lambda c: {**c, "level": "satisfied"} if _bad(c) else c, "of 5 canaries at central: 2 changed"),
        (lambda c: {**c, "reasons": []}, "of 5 canaries at central: 2 changed"),
        (lambda c: {**c, "finished": False}, "of 5 canaries at central: 5 changed"),
    ],
)
def test_a_central_that_has_them_otherwise_is_told_of_until_a_night_is_right(spoil: Any, words: str) -> None:
    house = House()
    house.spoil = spoil
    house.pass_minutes(61)
    house.acknowledge()
    house.pass_minutes(1)
    assert house.troubles == {"canary": words}
    assert house.told[0]["wrong"] or len(house.told[0]["held"]) < 5
    house.spoil = lambda canary: canary
    house.pass_minutes(23 * 60)
    assert house.troubles == {"canary": words}
    house.pass_minutes(61)
    house.acknowledge()
    house.pass_minutes(2)
    assert (house.made, house.troubles) == (10, {})


PORTAL = Reply(200, {"content-type": "text/html"}, b"<html>please log in</html>")
OTHER = Reply(200, {"content-type": "application/json"}, b'{"ok":true}')
BUSY = Reply(503, {"content-type": "application/problem+json"}, b"{}")


@pytest.mark.parametrize("answer", [PORTAL, OTHER, BUSY, NoReply("unreachable", "no line")])
def test_what_is_no_answer_is_asked_again_and_told_of_after_six_hours(answer: Reply | NoReply) -> None:
    house = House()
    house.answer = lambda _call: answer
    house.pass_minutes(11)
    house.acknowledge()
    house.pass_minutes(PATIENCE_MS / 60_000 - 5)
    assert (house.troubles, len(house.calls) > 100) == ({}, True)
    house.pass_minutes(10)
    assert (house.troubles, house.told) == ({"canary": UNANSWERED}, [])


def test_a_line_that_comes_back_within_six_hours_is_enough() -> None:
    house = House()
    house.answer = lambda _call: BUSY
    house.pass_minutes(61)
    house.acknowledge()
    house.pass_minutes(200)
    house.answer = house.honest
    house.pass_minutes(1)
    assert (house.troubles, len(house.told)) == ({}, 1)


def test_a_night_without_a_line_is_no_fault_of_central() -> None:
    house = House()
    house.pass_minutes(20 * 60)
    assert (house.made, house.calls, house.troubles) == (5, [], {})


# -- restarts --------------------------------------------------------------------------------------------------------


def test_what_was_sent_before_a_restart_is_still_asked_for() -> None:
    house = House()
    house.pass_minutes(61)
    again = House(minute=62, lane=house.lane)
    again.pass_minutes(30)
    assert (again.made, again.calls) == (5, [])
    again.acknowledge()
    again.pass_minutes(1)
    assert len(again.told[0]["held"]) == 5
    once_more = House(minute=95, lane=house.lane)
    once_more.pass_minutes(200)
    assert (once_more.made, once_more.calls) == (5, [])


def test_what_was_wrong_before_a_restart_is_still_told() -> None:
    house = House()
    house.spoil = lambda canary: None
    house.pass_minutes(61)
    house.acknowledge()
    house.pass_minutes(1)
    assert House(minute=70, lane=house.lane).troubles == {"canary": "of 5 canaries at central: 5 missing"}


def test_canaries_that_a_pulled_plug_cut_short_are_made_again() -> None:
    house = House()
    house.pass_minutes(61)
    house.lane.records = house.lane.records[:15]
    house.lane.head = Head(7, 15, house.lane.records[-1]["hash"])
    again = House(minute=62, lane=house.lane)
    again.pass_minutes(11)
    assert again.made == 4 + 5


def test_a_journal_begun_anew_meanwhile_keeps_no_answer_back() -> None:
    house = House()
    house.pass_minutes(61)
    held = house.lane.records
    house.lane.head, house.lane.acknowledged = Head(8, 30), 20
    house.pass_minutes(1)
    assert house.calls == []
    house.lane.acknowledged = 30
    house.lane.records = held
    house.pass_minutes(1)
    assert len(house.calls) == 1


def test_a_long_journal_is_searched_backwards_and_not_for_ever() -> None:
    house = House()
    house.pass_minutes(61)
    house.acknowledge()
    house.pass_minutes(1)
    for number in range(1_200):
        house.lane.append(Draft(f"x{number}", Kind.STAFF_SIGNED_OUT, 1, 1, "c" * 32, None, {}))
    house.lane.asked.clear()
    again = House(minute=90, lane=house.lane)
    again.pass_minutes(100)
    assert again.lane.asked == []  # this night's are there


def test_the_end_of_the_program_ends_the_night() -> None:
    house = House()
    house.night.close()
    house.pass_minutes(300)
    assert house.lane.asked == []


@pytest.mark.parametrize("jump_ms", [3653 * 24 * HOUR_MS, -3653 * 24 * HOUR_MS, 24 * HOUR_MS, -24 * HOUR_MS])
def test_a_clock_that_jumps_by_days_makes_no_second_set(jump_ms: int) -> None:
    house = House()
    house.pass_minutes(61)
    for _ in range(20):
        house.off_ms += jump_ms
        house.pass_minutes(30)
    assert house.made == 5


def test_a_journal_begun_anew_after_the_nights_work_gets_no_second_set_of_canaries() -> None:
    house = House()
    house.pass_minutes(61)
    assert house.made == 5
    again = House(minute=9 * 60, lane=Lane(), book=house.book)
    again.boot = "another"
    again.pass_minutes(60)
    assert again.made == 0
