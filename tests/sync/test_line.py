"""The lane over a real connection, with a central that verifies what it gets: what the network does to answers costs
time and never an entry."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from kiosk.protocol.central import JournalReceipt
from kiosk.sync.backoff import Backoff
from kiosk.sync.batch import Batch
from kiosk.sync.client import Bounds, HttpExchange, Route, Signer
from kiosk.sync.evidence import Witness
from kiosk.sync.lane import SyncLane
from kiosk.sync.outcome import Taken, TryAgain
from kiosk.sync.plan import Pace
from kiosk.sync.ports import LiveState, NoReply, ProfileArrived, Reply, SyncNews
from tests.sync.standins import (
    EPOCH,
    JSON,
    KEY,
    KEY_ID,
    WALL,
    Central,
    Clock,
    Journal,
    Seen,
    Server,
    raw,
    receipt,
    serving,
)

Spoil = Callable[[Seen, bytes], "bytes | Callable[[socket.socket], None]"]


@dataclass
class Line:
    """A server that stays, and in front of it one terminal after another."""

    server: Server
    exchange: HttpExchange
    clock: Clock
    witness: Witness | None = None
    signed: bool = True
    spoil: Spoil = lambda seen, answer: answer

    def terminal(self, entries: int) -> None:
        """A new terminal, and a central that knows nothing of it."""
        self.server.seen.clear()
        self.journal, self.central, self.news = Journal(entries), Central(lambda: self.clock.true), list[SyncNews]()
        self.central.signs = self.witness is not None
        pace = Pace(backoff=Backoff(0.001, 0.002, 0.01))
        live = LiveState("1", "ready")
        self.lane = SyncLane(
            self.journal, self.exchange, self.clock, lambda: 0.0, lambda: live, self.news.append, pace,
            witness=self.witness,
        )  # fmt: skip

    def answer(self, seen: Seen) -> "bytes | Callable[[socket.socket], None]":
        if self.signed:
            seen.verify(self.server.url)
        return self.spoil(seen, raw(self.central.serve(seen.call())))

    def step(self) -> None:
        """Do what is due, or let the time pass until something is."""
        self.clock.pass_ms(self.lane.run_once())

    def until_acknowledged(self, sequence: int) -> None:
        for _ in range(60):
            if self.journal.acknowledged >= sequence:
                return
            self.step()
        raise AssertionError(f"central's answer never arrived: {self.journal.acknowledged} of {sequence}")


@contextmanager
def line(entries: int, total_s: float = 20.0, witness: Witness | None = None, signed: bool = True) -> Iterator[Line]:
    with serving(lambda seen: found.answer(seen)) as server:
        signer = Signer(KEY_ID, KEY) if signed else None
        exchange = HttpExchange(Route(server.url), signer, Bounds(total_s, total_s))
        found = Line(server, exchange, Clock(), witness, signed)
        found.terminal(entries)
        yield found
        exchange.close()


def journal_calls(of: Line) -> int:
    return sum(seen.target.endswith("/journal") for seen in of.server.seen)


def test_a_backlog_goes_over_one_connection_and_every_request_verifies() -> None:
    with line(3_000) as found:
        found.until_acknowledged(3_000)
        for _ in range(3):
            found.step()
        assert found.central.sequences() == list(range(1, 3_001))
        assert found.server.connections == 1
        assert journal_calls(found) == 6
        assert [item.etag for item in found.news if isinstance(item, ProfileArrived)] == ['"p1"']


def other_api(**more: object) -> Reply:
    """JSON of another API, under the very status and type of an answer of central's."""
    return Reply(201, JSON, json.dumps({"status": "ok", **more}).encode())


SPOILT: dict[str, bytes | Callable[[socket.socket], None]] = {
    "a portal's page": raw(Reply(200, {"content-type": "text/html"}, b"<html>Please log in</html>")),
    "a redirect to a page": raw(Reply(302, {"location": "http://127.0.0.1:9/login"}, b"")),
    "a redirect to itself": raw(Reply(301, {"location": "/api/v1/device/journal"}, b"")),
    "a redirect that keeps the method": raw(Reply(307, {"location": "/api/v1/device/journal"}, b"")),
    "network authentication": raw(Reply(511, {"content-type": "text/html"}, b"")),
    "JSON of another API": raw(other_api()),
    "JSON of another API that acknowledges": raw(other_api(acknowledged=3)),
    "JSON of another API that acknowledges all": raw(other_api(acknowledged=True, epoch=EPOCH, quarantined=[])),
    "cut JSON": raw(Reply(200, JSON, b'{"acknowledged":3,')),
    "garbage that says gzip": raw(Reply(200, {**JSON, "content-encoding": "gzip"}, b"\x1f\x8b\x08garbage")),
    "ten megabytes": raw(Reply(200, JSON, b" " * 10_000_000)),
    "another digest": raw(receipt(EPOCH, 3, b"something else", WALL)),
    "another epoch": raw(receipt(EPOCH + 1, 3, b"", WALL)),
    "nothing to say": b"HTTP/1.1 204 No Content\r\n\r\n",
    "a part": raw(Reply(206, {**JSON, "content-range": "bytes 0-1/9"}, b"{}")),
    "HTTP/0.9": b'{"acknowledged":3}\n',
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "nothing": lambda connection: None,
}
"""RELIABILITY 11. In the place of central's answer; central itself had the batch."""

REFUSED_BY_THE_TRANSPORT = ("garbage that says gzip", "ten megabytes")
"""Before anyone judges them."""

ECHOED = {"a part": 206, "not to cache": 203, "accepted": 202, "a portal that sends on what central said": 511}
"""Central's own words under a status that central does not give."""


def in_place(spoilt: bytes | Callable[[socket.socket], None]) -> Spoil:
    """Answer with this whatever is asked."""
    return lambda seen, answer: spoilt


def under(status: int) -> Spoil:
    return lambda seen, answer: answer.replace(b" 201 ", b" %d " % status, 1)


def nothing_is_acknowledged(found: Line, spoil: Spoil) -> None:
    found.spoil = spoil
    for _ in range(8):
        found.step()
    assert found.journal.acknowledged == 0
    assert found.journal.answers == []
    found.spoil = lambda seen, answer: answer
    found.until_acknowledged(3)
    assert found.central.sequences() == [1, 2, 3]


@pytest.mark.parametrize("name", SPOILT)
def test_nothing_is_acknowledged_by_an_answer_that_is_not_centrals(name: str) -> None:
    with line(3, 2.0) as found:
        nothing_is_acknowledged(found, in_place(SPOILT[name]))


@pytest.mark.parametrize("name", ECHOED)
def test_nothing_is_acknowledged_by_centrals_words_under_another_status(name: str) -> None:
    with line(3, 2.0) as found:
        nothing_is_acknowledged(found, under(ECHOED[name]))


def test_nothing_is_acknowledged_by_a_page_behind_a_redirect_and_it_is_never_asked_for() -> None:
    forged = receipt(EPOCH, 3, b"", WALL)
    with serving(lambda seen: raw(forged)) as portal, line(3, 2.0) as found:
        nothing_is_acknowledged(found, in_place(raw(Reply(302, {"location": portal.url}, b""))))
        assert portal.seen == []


def test_nothing_is_acknowledged_by_a_proxy_in_the_environment_and_it_is_never_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(lambda seen: raw(receipt(EPOCH, 3, seen.text, WALL))) as proxy:
        for variable in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(variable, proxy.url)
            monkeypatch.setenv(variable.upper(), proxy.url)
        with line(3, 2.0) as found:
            nothing_is_acknowledged(found, in_place(SPOILT["nothing"]))
        assert proxy.seen == []


def weakened(reply: Reply | NoReply, sent: Batch) -> Taken | TryAgain:
    """A weakened build: whatever comes with a 2xx acknowledges."""
    if not isinstance(reply, Reply) or not 200 <= reply.status < 300:
        return TryAgain("unreachable", "")
    found = JournalReceipt(acknowledged=sent.last, epoch=sent.epoch, digest="", quarantined=(), server_time=WALL)
    return Taken(sent.last, found, reply.body)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, spoilt in SPOILT.items()
        if isinstance(spoilt, bytes) and spoilt.startswith(b"HTTP/1.1 2") and name not in REFUSED_BY_THE_TRANSPORT
    ],
)
def test_the_check_of_answers_bites_when_any_200_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.sync.lane.judge_journal", weakened)
    with line(3, 2.0) as found, pytest.raises(AssertionError):
        nothing_is_acknowledged(found, in_place(SPOILT[name]))


@pytest.mark.parametrize("name", ["a part", "not to cache", "accepted"])
def test_the_check_of_the_status_bites_when_any_200_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.sync.lane.judge_journal", weakened)
    with line(3, 2.0) as found, pytest.raises(AssertionError):
        nothing_is_acknowledged(found, under(ECHOED[name]))
