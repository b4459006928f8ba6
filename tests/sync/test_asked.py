"""Questions of others: answered on the lane between its own requests, within the same holds, and never left open."""

import threading
from concurrent.futures import CancelledError

import pytest

from kiosk.sync.ports import Call, NoReply, Reply
from tests.sync.standins import JSON, problem
from tests.sync.test_lane import Terminal

QUESTION = Call("POST", "/device/canaries", b'{"rating_ids":[]}')
ANSWER = Reply(201, JSON, b'{"canaries":[]}')


def answering(call: Call) -> Reply | None:
    return ANSWER if call.path == QUESTION.path else None


def test_a_question_is_answered_with_what_central_says() -> None:
    terminal = Terminal(3)
    terminal.central.refuse = answering
    asked = terminal.lane.ask(QUESTION)
    assert not asked.done()
    terminal.run()
    assert asked.result(0) == ANSWER


def test_a_question_waits_while_the_lane_holds_off_and_is_asked_afterwards() -> None:
    terminal = Terminal(3)
    terminal.central.refuse = lambda call: problem(503, "storage")
    terminal.run()
    asked = terminal.lane.ask(QUESTION)
    calls = len(terminal.central.calls)
    assert terminal.lane.run_once() > 0
    assert len(terminal.central.calls) == calls
    terminal.central.refuse = answering
    terminal.run(300_000)
    assert asked.result(0) == ANSWER


def test_many_questions_keep_no_entry_waiting() -> None:
    terminal = Terminal(3)
    terminal.central.refuse = answering
    asked = [terminal.lane.ask(QUESTION) for _ in range(100)]
    terminal.lane.run_once()  # the spread of the first request
    terminal.clock.pass_ms(1_000)
    terminal.lane.run_once()
    assert terminal.journal.acknowledged == 3
    terminal.run()
    assert all(each.done() for each in asked)


def test_a_question_comes_through_between_two_batches_of_a_long_backlog() -> None:
    terminal = Terminal(2_000)
    terminal.central.refuse = answering
    terminal.lane.run_once()  # the spread of the first request
    terminal.clock.pass_ms(1_000)
    terminal.lane.run_once()
    assert 0 < terminal.journal.acknowledged < 1_000
    asked = terminal.lane.ask(QUESTION)
    terminal.lane.run_once()
    assert asked.done()
    assert terminal.journal.acknowledged < 2_000


def test_no_reply_is_an_answer_too() -> None:
    terminal = Terminal()
    lost = NoReply("unreachable", "reset")
    terminal.central.refuse = lambda call: lost if call.path == QUESTION.path else None
    asked = terminal.lane.ask(QUESTION)
    terminal.run()
    assert asked.result(0) == lost
    assert terminal.troubles() == []


def test_a_question_given_up_by_its_asker_is_not_put() -> None:
    terminal = Terminal()
    terminal.lane.ask(QUESTION).cancel()
    terminal.run()
    assert QUESTION.path not in terminal.paths()


def test_a_bug_in_the_exchange_reaches_the_asker_and_does_not_end_the_lane() -> None:
    terminal = Terminal(3)

    def bug(call: Call) -> None:
        if call.path == QUESTION.path:
            raise KeyError("x")

    terminal.central.refuse = bug
    asked = terminal.lane.ask(QUESTION)
    terminal.run(120_000)
    with pytest.raises(KeyError):
        asked.result(0)
    assert terminal.journal.acknowledged == 3


def test_what_is_asked_of_a_lane_that_ends_is_cancelled() -> None:
    terminal = Terminal()
    before = terminal.lane.ask(QUESTION)
    terminal.lane.close()
    for asked in (before, terminal.lane.ask(QUESTION)):
        with pytest.raises(CancelledError):
            asked.result(0)


def test_on_its_thread_the_lane_answers_at_once() -> None:
    terminal = Terminal()
    terminal.run(200_000)
    asking, answered = threading.Event(), []
    terminal.central.refuse = answering
    terminal.lane.start()
    for _ in range(3):
        terminal.lane.ask(QUESTION).add_done_callback(lambda future: answered.append(future.result()))
    terminal.lane.ask(QUESTION).add_done_callback(lambda _: asking.set())
    assert asking.wait(60)
    terminal.lane.close()
    assert answered == [ANSWER] * 3
