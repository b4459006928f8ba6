"""Becoming a known terminal: over a real connection, and against answers that are none."""

import base64
import json
import time
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.protocol.profile import Hall, Profile, Window
from kiosk.sync.client import HttpExchange, Route, Signer
from kiosk.sync.enrol import Enrolled, EnrolmentFailed, enrol, make_device_key
from kiosk.sync.ports import Call, NoReply, Reply
from tests.sync.standins import JSON, KEY, KEY_ID, Seen, problem, raw, serving

PROFILE = msgspec.json.encode(
    Profile(format=1, version="p1", hall=Hall(code="h", name="大厅"), window=Window(number="1", name="窗口"))
)
ENROLMENT = Reply(201, JSON, json.dumps({"device_id": "d1", "credentials": {"key_id": KEY_ID}}).encode())
WALL = 1_767_225_600_000


class Line:
    """Answers to calls, in order."""

    def __init__(self, *replies: Reply | NoReply) -> None:
        self.replies = list(replies)
        self.calls: list[tuple[Call, int]] = []
        self.closed = False

    def call(self, call: Call, created_s: int) -> Reply | NoReply:
        self.calls.append((call, created_s))
        return self.replies.pop(0)

    def close(self) -> None:
        self.closed = True


def run(unsigned: Line, signed: Line | None = None, code: str = "K7QM4-2HWC9") -> Enrolled:
    line = signed or Line(Reply(200, {**JSON, "etag": '"p1"'}, PROFILE))

    def open_signed(key_id: str) -> Line:
        assert key_id == KEY_ID
        return line

    return enrol(unsigned, open_signed, code, KEY, {"machine": "x"}, lambda: WALL)


def test_a_machine_enrols_with_its_own_key_and_gets_its_profile() -> None:
    def script(seen: Seen) -> bytes:
        if seen.target == "/api/v1/enrolments":
            return raw(ENROLMENT)
        seen.verify(server.url)
        return raw(Reply(200, {**JSON, "etag": '"p1"'}, PROFILE))

    with serving(script) as server:
        route = Route(server.url)
        enrolled = enrol(
            HttpExchange(route, None),
            lambda key_id: HttpExchange(route, Signer(key_id, KEY)),
            " K7QM4-2HWC9\n",
            KEY,
            {"machine": "x86_64"},
            lambda: time.time_ns() // 1_000_000,
        )
        assert enrolled == Enrolled("d1", KEY_ID, PROFILE, '"p1"', "")
        asked = json.loads(server.seen[0].body)
        public = Ed25519PrivateKey.from_private_bytes(KEY).public_key().public_bytes_raw()
        assert asked == {
            "code": "K7QM4-2HWC9",
            "public_key": base64.b64encode(public).decode(),
            "hardware": {"machine": "x86_64"},
        }
        assert base64.b64encode(KEY) not in server.seen[0].body


def test_each_machine_makes_a_key_of_its_own() -> None:
    keys = {make_device_key() for _ in range(3)}
    assert {len(key) for key in keys} == {32}
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("reply", "again", "words"),
    [
        (problem(404, "enrolment_code_unknown", detail="Check it, or ask for a new one."), False, "Check it"),
        (problem(409, "enrolment_code_used"), False, "enrolment_code_used"),
        (problem(410, "enrolment_code_expired"), False, "expired"),
        (problem(429, "too_many_guesses"), True, "too_many"),
        (problem(503, "storage"), True, "storage"),
        (NoReply("unreachable", "refused"), True, "cannot be reached: refused"),
        (Reply(200, {"content-type": "text/html"}, b"<html>"), True, "not central"),
        (Reply(201, JSON, b'{"device_id":"d1"}'), True, "not central"),
        (Reply(302, {"location": "x"}, b""), True, "not central"),
    ],
)
def test_a_refusal_says_whether_the_same_code_may_be_tried_again(
    reply: Reply | NoReply, again: bool, words: str
) -> None:
    with pytest.raises(EnrolmentFailed, match=words) as failed:
        run(Line(reply))
    assert failed.value.again is again


@pytest.mark.parametrize("code", ["", "  ", "x" * 201])
def test_what_cannot_be_a_code_is_not_sent(code: str) -> None:
    unsigned = Line()
    with pytest.raises(EnrolmentFailed):
        run(unsigned, code=code)
    assert unsigned.calls == []


PROFILE_FAULTS: list[tuple[list[Any], str]] = [
    ([Reply(200, JSON, b'{"format":1,"version":"p1"}')], "central's profile is refused"),
    ([Reply(200, JSON, b'{"format":2,"version":"p1"}')], "format 2"),
    ([Reply(200, {}, b"<html>")], "not what central answers"),
    ([NoReply("too_slow", "the call's time is over")], "the call's time is over"),
    ([Reply(304, {}, b"")], "central gave no profile"),
    ([problem(401, "signature_time", server_time=WALL * 2 // 2 + 10**9)] * 2, "even after telling"),
]


@pytest.mark.parametrize(("replies", "words"), PROFILE_FAULTS)
def test_an_enrolment_holds_though_its_first_profile_does_not_come(replies: list[Any], words: str) -> None:
    signed = Line(*replies)
    enrolled = run(Line(ENROLMENT), signed)
    assert (enrolled.device_id, enrolled.profile, enrolled.profile_etag) == ("d1", None, "")
    assert words in enrolled.profile_fault
    assert signed.closed


def test_a_clock_that_is_years_off_does_not_keep_a_machine_from_its_profile() -> None:
    signed = Line(problem(401, "signature_time", server_time=WALL + 10**12), Reply(200, JSON, PROFILE))
    assert run(Line(ENROLMENT), signed).profile == PROFILE
    assert [created for _, created in signed.calls] == [WALL // 1000, WALL // 1000 + 10**9]


def test_the_exchange_is_closed_even_if_it_breaks() -> None:
    signed = Line()
    with pytest.raises(IndexError):
        run(Line(ENROLMENT), signed)
    assert signed.closed
