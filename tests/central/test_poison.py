"""RELIABILITY 12 against the real central: one entry in 200 that it cannot digest holds none of the others up."""

import gzip
import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest

from kiosk.core.entry import Head, Kind
from kiosk.delivery import QUARANTINED, Delivery, Listener
from kiosk.sync.plan import Pace
from kiosk.sync.ports import Call, LiveState, NoReply, Reply
from tests.central.stand_in import Terminal
from tests.sync.standins import Status

ENTRIES = 200


@dataclass
class Wire:
    """The real central as an exchange, without a socket."""

    terminal: Terminal
    calls: list[Call] = field(default_factory=list)

    def call(self, call: Call, created_s: int) -> Reply | NoReply:
        self.calls.append(call)
        path = "/api/v1" + call.path
        headers = {**call.headers, **({"Content-Encoding": "gzip"} if call.gzipped else {})}
        signed = self.terminal.sign(call.method, path, call.body, headers=headers, created_ms=created_s * 1000)
        found = self.terminal.central.call(call.method, path, signed, call.body)
        return Reply(found.status, found.headers, found.body)

    def close(self) -> None:
        return None


@dataclass
class JournalOf:
    """The terminal's records as a journal."""

    terminal: Terminal
    acknowledged: int = 0

    def read(self, after: int, limit: int) -> "Future[list[dict[str, Any]]]":
        return _now(self.terminal.records[after : after + limit])

    def status(self) -> "Future[Status]":
        head: Head = self.terminal.head
        return _now(Status(head, self.acknowledged, head.sequence - self.acknowledged, None))

    def advance(self, epoch: int, sequence: int, answer: bytes) -> "Future[None]":
        assert epoch == self.terminal.head.epoch
        self.acknowledged = sequence
        return _now(None)


def _now(value: Any) -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_result(value)
    return future


class Clock:
    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def wall_ms(self) -> int:
        return self.terminal.central.now_ms

    def mono_ms(self) -> int:
        return 10_000_000 + self.terminal.central.now_ms - 1_780_000_000_000

    def boot_id(self) -> str:
        return "b" * 32


class Unit:
    """A delivery to the real central, driven by hand."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal, self.wire, self.journal = terminal, Wire(terminal), JournalOf(terminal)
        self.troubles: dict[str, str] = {}
        listener = Listener(lambda: None, lambda _text: None, self.trouble)
        clock: Any = Clock(terminal)
        self.delivery = Delivery(self.wire, self.journal, clock, Pace(), self.live, listener)

    def trouble(self, code: str, words: str | None) -> None:
        if words is not None:
            self.troubles[code] = words

    def live(self) -> LiveState:
        return LiveState("1", "ready", "p", '"p"', faults=tuple(sorted(self.troubles)))

    def run(self, ms: int) -> None:
        until = self.terminal.central.now_ms + ms
        while self.terminal.central.now_ms < until:
            self.terminal.central.now_ms += min(self.delivery._lane.run_once(), until - self.terminal.central.now_ms)

    def round_trips(self) -> int:
        return sum(call.path == "/device/journal" for call in self.wire.calls)


def spoil(change: Callable[[dict[str, Any]], object]) -> Callable[[Terminal], None]:
    """Alter an entry that was sealed, as a fault of the disk would."""

    def poison(terminal: Terminal) -> None:
        change(terminal.records[-1])

    return poison


POISON: dict[str, Callable[[Terminal], object]] = {
    "a level that there is not": lambda terminal: terminal.add(
        Kind.LEVEL_TAPPED, {"rating_id": "1", "level": "furious", "options_version": "1"}, "v1"
    ),
    "an end without its outcome": lambda terminal: terminal.add(Kind.VISIT_ENDED, {}, "v1"),
    "a body of the wrong shape": lambda terminal: terminal.add(Kind.VISIT_STARTED, {"matter": [1]}, "v1"),
    "a newer format": spoil(lambda record: record.update(format=99)),
    "an altered entry": spoil(lambda record: record["body"].update(x=1)),
    "an entry without a time": spoil(lambda record: record.pop("wall_ms")),
    "an entry that is not one": spoil(lambda record: record.update(body=None, kind=3)),
}


@pytest.mark.parametrize("name", POISON)
def test_one_poison_entry_in_two_hundred_holds_none_of_the_others_up_and_is_counted(
    name: str, terminal: Terminal
) -> None:
    for _ in range(24):
        terminal.rate()
    POISON[name](terminal)
    at = len(terminal.records)
    while len(terminal.records) < ENTRIES:
        terminal.add(Kind.MAINTENANCE_DONE, {"what": "x"})
    assert len(terminal.records) == ENTRIES
    unit = Unit(terminal)
    unit.run(1_000)
    assert unit.round_trips() <= 2
    assert unit.journal.acknowledged == ENTRIES
    kept = terminal.central.rows("SELECT sequence, quarantined FROM entries ORDER BY sequence")
    assert [sequence for sequence, _ in kept] == list(range(1, ENTRIES + 1))
    assert [sequence for sequence, reason in kept if reason] == [at]
    assert unit.troubles[QUARANTINED].startswith("1 entries since the start")

    terminal.rate()
    unit.delivery.nudge()
    unit.run(61_000)
    assert unit.journal.acknowledged == len(terminal.records)
    beat = next(call for call in reversed(unit.wire.calls) if call.path == "/device/heartbeat")
    assert QUARANTINED in json.loads(beat.body)["faults"]
    (device,) = terminal.central.hall("GET", "/api/v1/devices").json["items"]
    assert device["quarantined"] == 1
    assert len(terminal.central.ratings()) == 25


def test_a_mirror_without_personal_data_raises_no_alarm_of_its_loss(terminal: Terminal) -> None:
    terminal.rate(comment="等了两个小时")
    wire = Wire(terminal)
    clock: Any = Clock(terminal)
    listener = Listener(lambda: None, lambda _text: None)
    journal = JournalOf(terminal)
    live = LiveState("1", "ready")
    mirror = Delivery(wire, journal, clock, Pace(), lambda: live, listener, None, "auditor")
    for _ in range(6):
        mirror._lane.run_once()
        terminal.central.now_ms += 1_000
    assert journal.acknowledged == len(terminal.records)
    (body,) = [gzip.decompress(call.body) for call in wire.calls if call.path == "/device/journal"]
    assert "等了两个小时" not in body.decode()
    assert terminal.central.rows("SELECT kind FROM alarms") == []
