"""The technician's round trip: all of it marked and announced, tapped by nobody but a finger, ended by a real visit."""

import itertools
import json
from concurrent.futures import Future
from typing import Any

import msgspec
import pytest

from kiosk.core import events as e
from kiosk.core.canary import newest_flight, newest_read_back
from kiosk.core.entry import Draft, Head, Kind
from kiosk.core.levels import Level
from kiosk.core.situation import Situation, State
from kiosk.core.technician import RoundTrip, Trip
from kiosk.core.view import Scene
from kiosk.protocol.central import Canary, CanaryAnswer
from kiosk.round_trip import EVERY_MS, MarkedVisits, TripParts, announcement
from kiosk.sync.ports import Call, NoReply, Reply
from kiosk.terminal import Terminal
from tests.terminal.loops import ManualLoop
from tests.terminal.test_night import TERMS, Lane, done

MATTER = e.Matter("1", "x")


class Bench:
    """A unit at rest, its journal of paper, and central that answers by `spoil`."""

    def __init__(self) -> None:
        self.loop, self.lane, self.reached = ManualLoop(), Lane(), True
        self.loop.now_ms += 50_000
        self.changed: Level | None = None
        numbers = itertools.count(1)
        self.new_id = lambda: f"{next(numbers):032x}"
        at_rest = Situation(State.READY, terms=TERMS, faults=frozenset())
        self.real = Terminal(
            loop=self.loop, clock=self, new_id=self.new_id, record=self.lane.append, scene=Scene(hall="厅"),
            situation=at_rest,
        )  # fmt: skip
        parts = TripParts(
            self.loop, self, self.lane, self.real, self.ask, lambda: TERMS, lambda: None, self.new_id
        )  # fmt: skip
        self.lane.append(announcement(self, self.new_id, "run", "T1"))
        self.trip: RoundTrip = MarkedVisits(parts, "T1", "run")
        self.seen: list[Trip] = []
        self.trip.watch(self.seen.append)
        self.trip.begin()  # type: ignore[attr-defined]
        self.loop.run()

    def wall_ms(self) -> int:
        return self.loop.now_ms + 1_700_000_000_000

    def mono_ms(self) -> int:
        return self.loop.now_ms

    def boot_id(self) -> str:
        return "b" * 32

    def ask(self, call: Call) -> "Future[Reply | NoReply]":
        if not self.reached:
            return done(NoReply("unreachable", "no line"))
        ended = {r["body"]["rating_id"]: r["body"] for r in self.lane.records if r["kind"] == Kind.VISIT_ENDED}
        found = []
        for rating_id in json.loads(call.body)["rating_ids"]:
            body = ended[rating_id]
            level = Level.VERY_SATISFIED if body["level"] == self.changed else Level(body["level"])
            found.append(Canary(rating_id=rating_id, level=level, reasons=tuple(body["reasons"]), finished=True))
        answer = msgspec.json.encode(CanaryAnswer(canaries=tuple(found), server_time=0))
        return done(Reply(200, {"content-type": "application/json"}, answer))

    def tap(self, level: Level) -> None:
        """A finger on the citizen's page, and through to its thanks."""
        stage = self.trip.stage()
        assert stage.view().situation.state is State.INVITING
        stage.submit(e.TapLevel(level))
        self.loop.run()
        if level.negative:
            assert TERMS.options is not None
            stage.submit(e.ToggleReason(TERMS.options.core_of(level)[0].code))
        stage.submit(e.Submit())
        self.loop.run()
        assert stage.view().situation.state is State.THANKS
        self.loop.advance(2_000)

    def marked(self) -> list[dict[str, Any]]:
        return [r for r in self.lane.records if r["body"].get("canary") is True]


def test_every_level_is_found_at_central_and_every_entry_of_it_is_marked():
    bench = Bench()
    for level in Level:
        assert bench.trip.trip().at == "tapping"
        bench.tap(level)
    trip = bench.trip.trip()
    assert (trip.at, trip.passed, trip.why) == ("over", True, "")
    assert all(one.journal_ms >= 0 and one.central_ms >= 0 for one in trip.levels)
    of_visits = [r for r in bench.lane.records if r["visit_id"] is not None]
    assert len(of_visits) == 20
    assert all(r["body"]["canary"] is True and r["body"]["acceptance"] == "run" for r in of_visits)
    assert bench.lane.records[0]["kind"] == Kind.ACCEPTANCE_BEGAN
    assert bench.real.view().situation.state is State.READY, "the unit's own terminal has seen nothing"


def test_a_visit_at_the_window_ends_it_and_what_was_tapped_stays_marked():
    bench = Bench()
    bench.tap(Level.DISSATISFIED)
    bench.trip.stage().submit(e.TapLevel(Level.SATISFIED))
    bench.loop.run()
    bench.real.submit(e.StartVisit("f" * 32, MATTER, "1"))
    bench.loop.run()
    trip = bench.trip.trip()
    assert trip.why == "visit"
    assert not trip.passed
    ended = [r for r in bench.lane.records if r["kind"] == Kind.VISIT_ENDED]
    assert [r["body"].get("canary") for r in ended] == [True, True]
    assert not [r for r in bench.lane.records if r["visit_id"] == "f" * 32 and "canary" in r["body"]]


def test_nobody_taps_and_it_ends_by_itself_without_a_level():
    bench = Bench()
    for _ in range(4):
        bench.loop.advance(TERMS.inviting_ms)
    assert bench.trip.trip().why == "silence"
    assert [r["body"]["outcome"] for r in bench.lane.records if r["kind"] == Kind.VISIT_ENDED] == ["timed_out"]


def test_without_a_line_it_says_so_and_is_confirmed_once_there_is_one():
    bench = Bench()
    bench.reached = False
    for level in Level:
        bench.tap(level)
    trip = bench.trip.trip()
    assert (trip.at, trip.reached, trip.passed) == ("waiting", False, False)
    assert all(one.journal_ms >= 0 and one.central_ms < 0 for one in trip.levels)
    bench.reached = True
    bench.loop.advance(EVERY_MS)
    assert bench.trip.trip().passed


def test_a_level_that_central_has_otherwise_is_seen_and_on_record():
    bench = Bench()
    bench.changed = Level.VERY_DISSATISFIED
    for level in Level:
        bench.tap(level)
    assert [one.central for one in bench.trip.trip().levels] == ["held"] * 4 + ["changed"]
    (read_back,) = [r["body"] for r in bench.lane.records if r["kind"] == Kind.CANARY_READ_BACK]
    assert len(read_back["held"]) == 5
    assert len(read_back["wrong"]) == 1


def test_the_nights_canaries_know_nothing_of_it():
    bench = Bench()
    for level in Level:
        bench.tap(level)
    assert newest_flight(bench.lane.records) is None
    assert newest_read_back(bench.lane.records) is None


def test_a_disk_that_refuses_ends_it():
    bench = Bench()

    def refuse(_draft: Draft) -> "Future[Head]":
        future: Future[Head] = Future()
        future.set_exception(OSError("the disk refuses"))
        return future

    bench.lane.append = refuse  # type: ignore[method-assign]
    bench.trip.stage().submit(e.TapLevel(Level.SATISFIED))
    bench.loop.run()
    assert bench.trip.trip().why == "journal"
    assert not bench.trip.trip().levels[1].tapped


@pytest.mark.parametrize("name", ["submit", "tap", "level"])
def test_the_workbench_can_name_no_level(name: str):
    from kiosk.workbench import Workbench

    assert not [each for each in vars(Workbench) if name in each.lower()]
