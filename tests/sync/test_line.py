"""The lane over a real connection, with a central that verifies what it gets: what the network does to answers costs
time and never an entry."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from kiosk.protocol.central import JournalReceipt
from kiosk.sync.backoff import Backoff
from kiosk.sync.batch import Batch
from kiosk.sync.client import Bounds, HttpExchange, Route, Signer
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
    spoil: Spoil = lambda seen, answer: answer

    def terminal(self, entries: int) -> None:
        """A new terminal, and a central that knows nothing of it."""
        self.server.seen.clear()
        self.journal, self.central, self.news = Journal(entries), Central(lambda: self.clock.true), list[SyncNews]()
        pace = Pace(backoff=Backoff(0.001, 0.002, 0.01))
        live = LiveState("1", "ready")
        self.lane = SyncLane(self.journal, self.exchange, self.clock, lambda: 0.0, lambda: live, self.news.append, pace)

    def answer(self, seen: Seen) -> "bytes | Callable[[socket.socket], None]":
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
def line(entries: int, total_s: float = 20.0) -> Iterator[Line]:
    with serving(lambda seen: found.answer(seen)) as server:
        exchange = HttpExchange(Route(server.url), Signer(KEY_ID, KEY), Bounds(total_s, total_s))
        found = Line(server, exchange, Clock())
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


def test_an_answer_cut_at_every_byte_after_central_committed_costs_and_doubles_nothing() -> None:
    whole = len(raw(receipt(EPOCH, 3, b"", WALL)))
    with line(3) as found:
        for cut in range(whole):
            found.terminal(3)
            cuts = iter([cut])

            def spoil(seen: Seen, answer: bytes, cuts: Iterator[int] = cuts) -> bytes | Callable[[socket.socket], None]:
                if not seen.target.endswith("/journal") or (at := next(cuts, None)) is None:
                    return answer
                return lambda connection: connection.sendall(answer[:at])

            found.spoil = spoil
            found.step()
            assert found.central.sequences() == [1, 2, 3]
            assert found.journal.acknowledged == 0
            found.until_acknowledged(3)
            assert found.central.sequences() == [1, 2, 3]
            assert journal_calls(found) == 2


SPOILT: dict[str, bytes | Callable[[socket.socket], None]] = {
    "a portal's page": raw(Reply(200, {"content-type": "text/html"}, b"<html>Please log in</html>")),
    "a redirect to a page": raw(Reply(302, {"location": "http://127.0.0.1:9/login"}, b"")),
    "network authentication": raw(Reply(511, {"content-type": "text/html"}, b"")),
    "JSON of another API": raw(Reply(200, JSON, b'{"status":"ok"}')),
    "cut JSON": raw(Reply(200, JSON, b'{"acknowledged":3,')),
    "garbage that says gzip": raw(Reply(200, {**JSON, "content-encoding": "gzip"}, b"\x1f\x8b\x08garbage")),
    "ten megabytes": raw(Reply(200, JSON, b" " * 10_000_000)),
    "another digest": raw(receipt(EPOCH, 3, b"something else", WALL)),
    "another epoch": raw(receipt(EPOCH + 1, 3, b"", WALL)),
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "nothing": lambda connection: None,
}


@pytest.mark.parametrize("name", SPOILT)
def test_nothing_is_acknowledged_by_an_answer_that_is_not_centrals(name: str) -> None:
    with line(3, 2.0) as found:
        found.spoil = lambda seen, answer: SPOILT[name]
        for _ in range(8):
            found.step()
        assert found.journal.acknowledged == 0
        assert found.journal.answers == []
        found.spoil = lambda seen, answer: answer
        found.until_acknowledged(3)
        assert found.central.sequences() == [1, 2, 3]


@pytest.mark.parametrize(
    "name", ["a portal's page", "JSON of another API", "cut JSON", "another digest", "another epoch"]
)
def test_the_check_of_answers_bites_when_any_200_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def weakened(reply: Reply | NoReply, sent: Batch) -> Taken | TryAgain:
        if not isinstance(reply, Reply) or reply.status not in (200, 201):
            return TryAgain("unreachable", "")
        found = JournalReceipt(acknowledged=sent.last, epoch=sent.epoch, digest="", quarantined=(), server_time=WALL)
        return Taken(sent.last, found, reply.body)

    monkeypatch.setattr("kiosk.sync.lane.judge_journal", weakened)
    with line(3, 2.0) as found:
        found.spoil = lambda seen, answer: SPOILT[name]
        for _ in range(8):
            found.step()
        assert found.journal.acknowledged == 3
