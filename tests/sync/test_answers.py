"""Answers: what counts as central's own, and what everything else means."""

import json
from typing import Any

import pytest

from kiosk.core.entry import Head
from kiosk.protocol.central import HeartbeatAnswer
from kiosk.sync.answers import judge_heartbeat, judge_journal, judge_profile
from kiosk.sync.batch import Batch, pack
from kiosk.sync.outcome import (
    Beaten,
    ClockHint,
    ProfileSame,
    ProfileText,
    ResendFrom,
    Shrink,
    Stop,
    Taken,
    TryAgain,
)
from kiosk.sync.ports import NoReply, Reply
from tests.sync.standins import EPOCH, JSON, PROBLEM, Journal, problem

NOW_MS = 1_767_225_600_000


def batch(after: int = 10, last: int = 14) -> Batch:
    found = pack(Journal(last).records[after:], Head(EPOCH, last), after)
    assert found is not None
    return found


SENT = batch()


def answer(**changes: Any) -> dict[str, Any]:
    whole = {"acknowledged": 14, "epoch": EPOCH, "digest": SENT.digest, "quarantined": [], "server_time": NOW_MS}
    return {key: value for key, value in {**whole, **changes}.items() if value is not ...}


def reply(body: object, status: int = 201, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, JSON if headers is None else headers, json.dumps(body).encode())


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
def test_centrals_own_answer_is_taken(status: int, kind: str) -> None:
    found = judge_journal(reply(answer(newer="kept"), status, {"content-type": kind}), SENT)
    assert isinstance(found, Taken)
    assert found.acknowledged == 14
    assert json.loads(found.answer)["newer"] == "kept"


def test_what_is_quarantined_is_handed_on_with_its_reason() -> None:
    found = judge_journal(reply(answer(quarantined=[{"sequence": 12, "reason": "kind"}])), SENT)
    assert isinstance(found, Taken)
    assert [(each.sequence, each.reason) for each in found.receipt.quarantined] == [(12, "kind")]


@pytest.mark.parametrize(("held", "taken"), [(11, 11), (13, 13), (14, 14), (15, 14), (9_000, 14)])
def test_no_more_is_taken_as_acknowledged_than_was_sent(held: int, taken: int) -> None:
    found = judge_journal(reply(answer(acknowledged=held)), SENT)
    assert isinstance(found, Taken)
    assert found.acknowledged == taken


HTML = {"content-type": "text/html"}
NOT_CENTRAL: dict[str, Reply | NoReply] = {
    "a portal's page": Reply(200, HTML, b"<html>Please log in</html>"),
    "a portal's page that says JSON": Reply(200, JSON, b"<html>Please log in</html>"),
    "JSON that says nothing of its type": reply(answer(), 200, {}),
    "JSON that says it is text": reply(answer(), 200, {"content-type": "text/plain"}),
    "a redirect": Reply(302, {"location": "http://portal.example"}, b""),
    "a redirect that carries the answer": reply(answer(), 302),
    "not modified": reply(answer(), 304),
    "accepted": reply(answer(), 202),
    "no content": Reply(204, JSON, b""),
    "partial content": reply(answer(), 206),
    "network authentication": reply(answer(), 511),
    "an empty body": Reply(200, JSON, b""),
    "cut JSON": Reply(200, JSON, json.dumps(answer()).encode()[:-1]),
    "JSON with a tail": Reply(200, JSON, json.dumps(answer()).encode() + b"<!-- proxy -->"),
    "text that is not UTF-8": Reply(200, JSON, b'{"acknowledged":14,"digest":"\xff"}'),
    "JSON of another API": reply({"status": "ok", "data": None}, 200),
    "a list": reply([answer()]),
    "null": reply(None),
    "another digest": reply(answer(digest="0" * 64)),
    "a digest in capitals": reply(answer(digest=SENT.digest.upper())),
    "another epoch": reply(answer(epoch=EPOCH + 1)),
    "numbers as text": reply(answer(acknowledged="14")),
    "a fraction": reply(answer(acknowledged=14.5)),
    "true for one": reply(answer(acknowledged=True)),
    "unknown without problem": Reply(404, HTML, b"not found"),
    "forbidden without problem": Reply(403, HTML, b"blocked by policy"),
    "unauthorised without problem": Reply(401, HTML, b"proxy login"),
    "bad request without problem": Reply(400, HTML, b""),
    "conflict without problem": reply({"acknowledged": 3}, 409),
    "a problem of another status": Reply(403, PROBLEM, problem(401, "revoked").body),
    "a problem of somebody else": Reply(403, PROBLEM, b'{"type":"about:blank","title":"x","status":403}'),
    "a problem that is cut": Reply(403, PROBLEM, b'{"type":"urn:kiosk:problem:revoked"'),
    "too large an answer": NoReply("unusable", "longer than 1048576 bytes"),
    **{f"without {key}": reply(answer(**{key: ...})) for key in answer()},
}


@pytest.mark.parametrize("name", NOT_CENTRAL)
def test_what_is_not_centrals_own_answer_acknowledges_nothing(name: str) -> None:
    found = judge_journal(NOT_CENTRAL[name], SENT)
    assert isinstance(found, TryAgain)
    assert found.kind == "not_central"
    assert found.why


@pytest.mark.parametrize("name", [name for name in NOT_CENTRAL if not name.startswith("without ")])
def test_what_is_not_centrals_own_answer_is_no_heartbeat_and_no_profile_either(name: str) -> None:
    given = NOT_CENTRAL[name]
    if (
        isinstance(given, Reply)
        and given.body.startswith(b'{"acknowledged": 14, "epoch"')
        and given.status in (200, 201)
    ):
        return  # central's answer to a batch is one to a heartbeat as well
    assert isinstance(judge_heartbeat(given), TryAgain)
    if not (isinstance(given, Reply) and given.status == 304):
        assert isinstance(judge_profile(given), TryAgain)


def test_an_answer_that_takes_nothing_is_no_progress() -> None:
    for held in (0, 9, 10):
        found = judge_journal(reply(answer(acknowledged=held)), SENT)
        assert isinstance(found, TryAgain)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (NoReply("unreachable", "refused"), "unreachable"),
        (NoReply("too_slow", "over"), "unreachable"),
        (NoReply("tls", "certificate"), "tls"),
        (problem(503, "storage"), "busy"),
        (problem(500, "internal"), "busy"),
        (problem(429, "too_many"), "busy"),
        (problem(408, "slow_body"), "busy"),
        (problem(418, "other"), "busy"),
        (problem(409, "gap"), "busy"),
        (problem(400, "digest_mismatch"), "not_central"),
        (problem(400, "gzip"), "not_central"),
        (problem(400, "cut_body"), "not_central"),
        (Reply(502, HTML, b"bad gateway"), "busy"),
        (Reply(429, HTML, b""), "busy"),
        (Reply(425, {}, b""), "busy"),
    ],
)
def test_what_may_pass_by_itself_is_tried_again(given: Reply | NoReply, kind: str) -> None:
    found = judge_journal(given, SENT)
    assert isinstance(found, TryAgain)
    assert found.kind == kind


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("headers", [PROBLEM, HTML])
def test_how_long_the_server_wants_to_be_left_alone_is_heard(status: int, headers: dict[str, str]) -> None:
    body = problem(status, "busy").body
    found = judge_journal(Reply(status, {**headers, "retry-after": "17"}, body), SENT)
    assert isinstance(found, TryAgain)
    assert found.after_s == 17


@pytest.mark.parametrize(
    ("given", "kind", "concerns"),
    [
        (problem(401, "unknown_device"), "disowned", "all"),
        (problem(401, "signature_invalid"), "disowned", "all"),
        (problem(401, "signature_time"), "disowned", "all"),
        (problem(401, "signature_time", server_time=5), "disowned", "all"),
        (problem(403, "revoked"), "disowned", "all"),
        (problem(410, "revoked"), "disowned", "all"),
        (problem(400, "protocol_version"), "protocol", "all"),
        (problem(404, "not_found"), "protocol", "this"),
        (problem(405, "method_not_allowed"), "protocol", "this"),
        (problem(426, "upgrade"), "protocol", "this"),
        (problem(409, "equivocation", acknowledged=12), "equivocation", "this"),
    ],
)
def test_what_a_person_must_mend_stops_what_it_concerns(given: Reply, kind: str, concerns: str) -> None:
    found = judge_journal(given, SENT)
    assert isinstance(found, Stop)
    assert (found.kind, found.concerns) == (kind, concerns)


def test_centrals_time_is_a_hint() -> None:
    assert judge_journal(problem(401, "signature_time", server_time=NOW_MS), SENT) == ClockHint(NOW_MS)


def test_a_gap_says_from_where_to_send_again() -> None:
    found = judge_journal(problem(409, "gap", acknowledged=3, detail="Send again from 4."), SENT)
    assert found == ResendFrom(3, "409 gap: gap (Send again from 4.)")
    assert isinstance(judge_journal(problem(409, "gap", acknowledged=-1), SENT), TryAgain)


@pytest.mark.parametrize(
    "given",
    [
        problem(400, "invalid", field="$.entries[2]"),
        problem(413, "body_too_large"),
        problem(415, "content_encoding"),
        problem(422, "invalid"),
        Reply(413, HTML, b"nginx"),
    ],
)
def test_a_refused_batch_is_sent_in_smaller_parts(given: Reply) -> None:
    found = judge_journal(given, SENT)
    assert isinstance(found, Shrink)
    assert found.sent == 4
    assert isinstance(judge_heartbeat(given), TryAgain)
    assert isinstance(judge_profile(given), TryAgain)


def test_a_gap_in_answer_to_a_heartbeat_is_no_reason_to_send_again() -> None:
    assert isinstance(judge_heartbeat(problem(409, "gap", acknowledged=3)), TryAgain)


def test_a_heartbeat_is_answered_with_what_central_holds() -> None:
    found = judge_heartbeat(reply({"acknowledged": 3, "server_time": NOW_MS}))
    assert found == Beaten(HeartbeatAnswer(acknowledged=3, server_time=NOW_MS))


def test_a_profile_comes_with_its_etag_or_else_its_version() -> None:
    text = b'{"format":1,"version":"p7","hall":{}}'
    assert judge_profile(Reply(200, {**JSON, "etag": '"x"'}, text)) == ProfileText(text, '"x"')
    assert judge_profile(Reply(200, JSON, text)) == ProfileText(text, '"p7"')


def test_a_profile_that_did_not_change_is_the_one_we_have() -> None:
    assert judge_profile(Reply(304, {}, b"")) == ProfileSame()
