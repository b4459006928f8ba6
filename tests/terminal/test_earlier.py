"""What central's answer about an earlier rating is taken for, and that whoever asks a unit is answered in any case."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.view import Earlier
from kiosk.delivery import earlier_of
from kiosk.device.clock import SystemClock
from kiosk.device.identity import DEVICE_KEY, Identity, keep_identity
from kiosk.device.secrets import open_vault
from kiosk.sync.ports import NoReply, Reply
from kiosk.unit import Unit
from tests.sync.standins import DEVICE, JSON, KEY, KEY_ID, Central, Seen, problem, raw, serving
from tests.terminal.bench import PATIENCE_S, PROFILE, Bench

RECEIPT = "8H14-JMFF-F1AP"
FOUND: dict[str, Any] = {
    "receipt": RECEIPT, "state": "recorded", "epoch": 1, "sequence": 2, "received_at": "2026-11-24T01:00:00Z",
    "follow_up": "answered", "reply": "已整改", "additions": 1, "withdrawn_at": None,
}  # fmt: skip


def reply(status: int, body: Any) -> Reply:
    return Reply(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def test_centrals_answer_is_told_and_never_a_level() -> None:
    told = earlier_of(reply(200, FOUND), RECEIPT)
    assert told == Earlier("found", "2026-11-24T01:00:00Z", "answered", "已整改", 1, False)
    assert earlier_of(reply(200, {**FOUND, "withdrawn_at": "2026-11-24T02:00:00Z"}), RECEIPT).withdrawn


def test_that_there_is_none_is_believed_of_central_alone() -> None:
    problem = {"type": "urn:kiosk:problem:receipt_unknown", "title": "x", "status": 404}
    assert earlier_of(reply(404, problem), RECEIPT).state == "unknown"
    assert earlier_of(reply(404, {**problem, "type": "urn:kiosk:problem:not_found"}), RECEIPT).state == "unreachable"
    assert earlier_of(reply(404, b"<html>"), RECEIPT).state == "unreachable"


@pytest.mark.parametrize(
    "answer",
    [
        NoReply("unreachable", "x"),
        reply(500, FOUND),
        reply(200, {**FOUND, "receipt": "other"}),
        reply(200, b"<html>"),
        reply(200, b"\xff"),
        reply(200, b"[" * 5000),
    ],
)
def test_whatever_else_comes_is_no_answer(answer: Reply | NoReply) -> None:
    assert earlier_of(answer, RECEIPT) == Earlier("unreachable")


# -- a whole unit that is asked --------------------------------------------------------------------------------------


class Hall:
    """A central on loopback that says `answer` to who asks for a receipt; None: nothing, until it is over."""

    def __init__(self, answer: Reply | None) -> None:
        self.answer = answer
        self.central = Central(SystemClock().wall_ms)
        self.central.profile = json.dumps(PROFILE).encode()
        self.asked: list[str] = []
        self.is_asked, self.over = threading.Event(), threading.Event()
        self.holds_off, self.has_refused = False, threading.Event()

    def script(self, seen: Seen) -> bytes:
        call = seen.call()
        if self.holds_off:
            self.has_refused.set()
            return raw(problem(503, "busy", {"retry-after": "300"}))
        if not call.path.startswith("/receipts/"):
            return raw(self.central.serve(call))
        self.asked.append(call.path)
        self.is_asked.set()
        if self.answer is None:
            self.over.wait(PATIENCE_S)
        return raw(self.answer or problem(503, "storage"))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def enrolled(bench: Bench, url: str) -> Unit:
    open_vault(bench.home, "file", "file").put(DEVICE_KEY, KEY)
    keep_identity(bench.home, Identity(device_id=DEVICE, key_id=KEY_ID, central_url=url))
    unit = bench.ready()
    bench.loop.until(lambda: unit._outward.delivery is not None)
    return unit


def test_a_unit_that_is_not_enrolled_says_at_once_that_nobody_can_be_asked(bench: Bench) -> None:
    unit = bench.ready()
    assert unit.earlier(RECEIPT).result(0) == Earlier("unreachable")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (reply(200, FOUND), "found"),
        (problem(404, "receipt_unknown"), "unknown"),
        (problem(404, "not_found"), "unreachable"),
        (reply(200, b"<html>"), "unreachable"),
    ],
)
def test_central_is_asked_once_and_its_answer_told(bench: Bench, answer: Reply, state: str) -> None:
    hall = Hall(Reply(answer.status, {**JSON, **answer.headers}, answer.body))
    with serving(hall.script) as server:
        unit = enrolled(bench, server.url)
        assert unit.earlier(RECEIPT).result(PATIENCE_S).state == state
        bench.close()
    assert [path.rpartition("/")[2] for path in hall.asked] == [RECEIPT]


@pytest.mark.parametrize(
    "typed", ["", "8H14-JMFF-F1AQ", "8h14-jmff-f1ap", "8H14JMFFF1AP", "../profile", RECEIPT + "?x", "一"]
)
def test_what_is_no_receipt_in_its_one_spelling_is_unknown_and_nobody_is_asked(bench: Bench, typed: str) -> None:
    hall = Hall(reply(200, FOUND))
    with serving(hall.script) as server:
        unit = enrolled(bench, server.url)
        assert unit.earlier(typed).result(0) == Earlier("unknown")
        bench.close()
    assert hall.asked == []


def test_whoever_is_asking_when_the_unit_ends_is_answered_and_so_is_who_comes_after(bench: Bench) -> None:
    hall = Hall(None)
    with serving(hall.script) as server:
        unit = enrolled(bench, server.url)
        running, waiting = unit.earlier(RECEIPT), unit.earlier(RECEIPT)
        assert hall.is_asked.wait(PATIENCE_S)
        assert not running.done()
        bench.close()
        for asked in (running, waiting, unit.earlier(RECEIPT)):
            assert asked.result(PATIENCE_S) == Earlier("unreachable")
        hall.over.set()


def test_while_central_holds_us_off_nobody_waits_for_as_long_as_that(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.enquiries.ASKING_MS", 1)
    hall = Hall(reply(200, FOUND))
    hall.holds_off = True
    with serving(hall.script) as server:
        unit = enrolled(bench, server.url)
        assert hall.has_refused.wait(PATIENCE_S)
        asked = unit.earlier(RECEIPT)
        bench.loop.until(asked.done)
        assert asked.result(0) == Earlier("unreachable")
        bench.close()
    assert hall.asked == []
