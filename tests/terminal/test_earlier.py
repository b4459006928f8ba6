"""What central's answer about an earlier rating is taken for."""

import json
from typing import Any

import pytest

from kiosk.core.view import Earlier
from kiosk.delivery import earlier_of
from kiosk.sync.ports import NoReply, Reply

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
