"""A clerk's own figures, as central tells them: what is believed, and that whoever asks is answered."""

import json
from concurrent.futures import Future
from typing import Any

import pytest

from kiosk.core.view import Earlier, OwnFigures
from kiosk.enquiries import ASKING_MS, Enquiries, figures_of
from kiosk.protocol.phone import ClerkFigures
from kiosk.sync.ports import Call, NoReply, Reply
from tests.sync.standins import JSON, problem
from tests.terminal.loops import ManualLoop

FIGURES: dict[str, Any] = {
    "staff": "F1", "since": "2026-11-01", "until": "2026-11-23", "visits": 40, "rated": 35, "good_percent": 90,
}  # fmt: skip


def reply(status: int, body: Any) -> Reply:
    return Reply(status, JSON, json.dumps(body).encode())


def test_what_central_says_of_the_clerk_is_told() -> None:
    found = figures_of(reply(200, FIGURES), "F1")
    assert found == ClerkFigures(
        staff="F1", since="2026-11-01", until="2026-11-23", visits=40, rated=35, good_percent=90
    )  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [
        NoReply("unreachable", "x"),
        problem(404, "not_found"),
        reply(200, {**FIGURES, "staff": "F2"}),
        reply(200, {"status": "ok"}),
        Reply(200, {"content-type": "text/html"}, json.dumps(FIGURES).encode()),
        Reply(200, JSON, b"\xff"),
    ],
)
def test_whatever_else_comes_is_no_answer(answer: Reply | NoReply) -> None:
    assert figures_of(answer, "F1") is None


class Line:
    """A line to central that keeps every question until the test answers it."""

    def __init__(self) -> None:
        self.loop = ManualLoop()
        self.asked: list[tuple[Call, Future[Reply | NoReply]]] = []
        self.enquiries = Enquiries(self.ask, self.loop)

    def ask(self, call: Call) -> "Future[Reply | NoReply]":
        self.asked.append((call, Future()))
        return self.asked[-1][1]


def test_the_clerk_is_named_in_the_question_whatever_is_in_the_number() -> None:
    line = Line()
    answer = line.enquiries.figures("F 1/甲&x=1")
    ((call, asked),) = line.asked
    assert (call.method, call.path) == ("GET", "/device/figures?staff=F%201%2F%E7%94%B2%26x%3D1")
    asked.set_result(reply(200, {**FIGURES, "staff": "F 1/甲&x=1"}))
    found = answer.result(0)
    assert found is not None
    assert found.rated == 35


def test_nobody_asks_about_nobody() -> None:
    line = Line()
    assert line.enquiries.figures("").result(0) is None
    assert line.asked == []


def test_a_question_that_waits_too_long_is_taken_back_and_answered() -> None:
    line = Line()
    figures, earlier = line.enquiries.figures("F1"), line.enquiries.earlier("8H14-JMFF-F1AP")
    line.loop.advance(ASKING_MS - 1)
    assert not figures.done()
    line.loop.advance(1)
    assert figures.result(0) is None
    assert earlier.result(0) == Earlier("unreachable")
    assert all(asked.cancelled() for _, asked in line.asked)


def test_a_fault_of_the_line_is_an_answer_too() -> None:
    line = Line()
    figures = line.enquiries.figures("F1")
    line.asked[0][1].set_exception(OSError("x"))
    assert figures.result(0) is None


def test_the_terminals_own_glass_is_told_the_same() -> None:
    line = Line()
    told, away = line.enquiries.own_figures("F1"), line.enquiries.own_figures("F1")
    line.asked[0][1].set_result(reply(200, FIGURES))
    line.asked[1][1].set_result(NoReply("unreachable", "x"))
    assert told.result(0) == OwnFigures("2026-11-01", "2026-11-23", 40, 35, 90)
    assert away.result(0) is None
    assert line.enquiries.own_figures("").result(0) is None
