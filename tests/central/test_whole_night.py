"""RELIABILITY 21, the whole way: a terminal's night, its real sync lane, the real central, and back."""

import json
from concurrent.futures import Future
from typing import Any

import pytest

from kiosk.core.entry import Draft, Head, Kind
from kiosk.core.situation import Situation, State
from kiosk.core.view import View
from kiosk.journal.chain import ChainReport
from kiosk.night import Night, NightParts
from tests.central.clocked import TERMS, alarms_of
from tests.central.stand_in import Central, Terminal
from tests.central.test_parity import _mutate
from tests.central.test_poison import Clock, JournalOf, Unit
from tests.terminal.loops import ManualLoop

HOUR = 120
"""Steps of half a minute."""


def _done(value: Any) -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_result(value)
    return future


class Lane(JournalOf):
    """The terminal's records as the night sees them."""

    def append(self, draft: Draft) -> "Future[Head]":
        self.terminal._append(draft)
        return _done(self.terminal.head)

    def verify(self) -> "Future[ChainReport]":
        return _done(ChainReport(len(self.terminal.records), self.terminal.head))

    def prune(self, before_wall_ms: int) -> "Future[int]":
        return _done(0)


class Book:
    """Remembers nothing: the journal does."""

    def read(self) -> "Future[None]":
        return _done(None)

    def keep(self, _sent: object) -> "Future[None]":
        return _done(None)


class WholeTerminal:
    """The night and the delivery of one terminal, on central's own time."""

    def __init__(self, terminal: Terminal) -> None:
        self.unit, self.loop, self.troubles = Unit(terminal), ManualLoop(), {}  # type: ignore[var-annotated]
        lane = Lane(terminal)
        self.unit.journal = lane
        self.unit.delivery._lane._journal = lane
        self.unit.delivery._lane._ahead._journal = lane
        view = View(Situation(State.READY, faults=frozenset()))
        self.night = Night(
            NightParts(
                self.loop, Clock(terminal), lane, Book(), self.unit.delivery.ask,
                self._trouble, lambda: view, lambda: TERMS,
                self.unit.delivery.nudge, terminal.fresh, lambda: 0.5, 0, lambda wall_ms: wall_ms + 8 * 3_600_000,
            )
        )  # type: ignore[arg-type]  # fmt: skip
        self.night.start()

    def _trouble(self, code: str, words: str | None) -> None:
        if words is None:
            self.troubles.pop(code, None)
        else:
            self.troubles[code] = words

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.loop.advance(30_000)
            self.unit.run(30_000)
            self.loop.run()


def _told(terminal: Terminal) -> list[Any]:
    return [json.loads(json.dumps(r["body"])) for r in terminal.records if r["kind"] == Kind.CANARY_READ_BACK]


def test_a_night_goes_the_whole_way_and_finds_an_honest_central_right(terminal: Terminal, central: Central) -> None:
    whole = WholeTerminal(terminal)
    whole.run(HOUR)
    assert [(len(told["asked"]), len(told["held"]), told["wrong"]) for told in _told(terminal)] == [(5, 5, {})]
    assert (whole.troubles, alarms_of(central), central.ratings()) == ({}, [], [])


@pytest.mark.parametrize("how", ["drops", "quarantines", "flatters", "forgets the reasons"])
def test_a_central_that_treats_the_dissatisfied_otherwise_is_found_by_morning(
    terminal: Terminal, central: Central, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    _mutate(monkeypatch, how)
    whole = WholeTerminal(terminal)
    whole.run(HOUR)
    what = "changed" if how in ("flatters", "forgets the reasons") else "missing"
    assert whole.troubles == {"canary": f"of 5 canaries at central: 2 {what}"}
    assert len(alarms_of(central, "canary_wrong")) == 1
