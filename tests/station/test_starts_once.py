"""A start under a key is one visit, however often and in whatever trouble it is asked for again."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import pytest

from kiosk.core import events as e
from kiosk.station.limits import Limits
from kiosk.station.starts import DAY_MS, REMEMBERED
from tests.station.house import VISIT, Answer, House
from tests.station.running_terminal import RunningTerminal
from tests.station.waiting import eventually

KEY = "3f1b-0178"


def _longer_than(asked: list[Any], number: int) -> bool:
    return len(asked) > number


def start(house: House, key: str = KEY, **more: Any) -> Answer:
    return house.call("POST", "/v1/visits", {**VISIT, **more}, headers={"Idempotency-Key": key})


def test_the_same_start_again_is_the_same_visit(house: House) -> None:
    first = start(house)
    assert (first.status, first.json["state"]) == (201, "serving")
    for _ in range(3):
        again = start(house)
        assert (again.status, again.json) == (201, first.json)
    assert house.terminal.kinds == ["visit.started"]


def test_the_order_of_fields_is_no_other_body(house: House) -> None:
    first = start(house)
    turned = b'{ "case_number": "341200202611240178",\n "matter": {"code": "340100", "name": null} }'
    again = house.call("POST", "/v1/visits", turned, headers={"Idempotency-Key": KEY})
    assert (again.status, again.json) == (201, first.json)


def test_without_a_key_or_with_another_it_is_another_start(house: House) -> None:
    start(house)
    assert house.call("POST", "/v1/visits", VISIT).code == "visit_running"
    assert start(house, "another").code == "visit_running"
    assert house.terminal.kinds == ["visit.started"]


@pytest.mark.parametrize("change", [{"case_number": "2"}, {"service_number": 2}, {"invite": True}, {"slip": "A7"}])
def test_a_key_used_for_another_body_is_refused(house: House, change: dict[str, Any]) -> None:
    start(house)
    refused = start(house, **change)
    assert (refused.status, refused.code, refused.json["field"]) == (422, "key_reused", "Idempotency-Key")
    assert house.terminal.kinds == ["visit.started"]


def test_many_at_once_start_one_visit(house: House) -> None:
    house.terminal.hold_commits()
    answers: list[Answer] = []
    crowd = [threading.Thread(daemon=True, target=lambda: answers.append(start(house))) for _ in range(8)]
    for thread in crowd:
        thread.start()
    eventually(lambda: len(house.terminal.events) > 1)
    house.terminal.release()
    for thread in crowd:
        thread.join(20)
    assert [answer.status for answer in answers] == [201] * 8
    assert len({answer.body for answer in answers}) == 1
    assert house.terminal.kinds == ["visit.started"]


def test_after_a_silent_journal_the_same_key_tells_what_became_of_it(make_house: Callable[..., House]) -> None:
    house = make_house(Limits(answer_s=0.05))
    house.terminal.hold_commits()
    unknown = start(house)
    assert (unknown.status, unknown.code) == (503, "unconfirmed")
    assert start(house).code == "unconfirmed"
    assert start(house, case_number="other").code == "key_reused"
    house.terminal.release()
    told = start(house)
    assert told.status == 201
    assert told.json["visit_id"] in unknown.json["detail"]
    assert house.terminal.kinds == ["visit.started"]


def test_a_refused_start_leaves_its_key_free(house: House) -> None:
    running = house.start()
    assert start(house).code == "visit_running"
    house.call("POST", f"/v1/visits/{running}/cancellation", {"reason": "x"})
    assert start(house, matter={"code": "nothing"}).code == "unknown_matter"
    assert start(house, case_number=" ").code == "invalid"
    assert start(house, case_number="2").status == 201


def test_one_that_waited_while_the_first_was_refused_tries_by_itself(house: House) -> None:
    house.call("PUT", "/v1/pause", {"reason": "午休"})
    asked: list[Future[str | None]] = []
    house.terminal.visit_named = lambda _prefix: asked.append(Future()) or asked[-1]  # type: ignore[method-assign,func-returns-value]
    answers: list[Answer] = []
    crowd = [threading.Thread(daemon=True, target=lambda: answers.append(start(house))) for _ in range(2)]
    for thread in crowd:
        thread.start()
    for number in range(6):  # three questions each, one after the other
        eventually(partial(_longer_than, asked, number))
        asked[number].set_result(None)
    for thread in crowd:
        thread.join(20)
    assert [answer.code for answer in answers] == ["paused"] * 2
    assert house.terminal.kinds == ["service.paused"]


def test_a_visit_that_has_ended_is_not_started_again(house: House) -> None:
    first = start(house).json["visit_id"]
    house.call("POST", f"/v1/visits/{first}/cancellation", {"reason": "x"})
    again = start(house)
    assert (again.status, again.json) == (201, {"visit_id": first, "state": "ready"})
    assert house.call("POST", f"/v1/visits/{first}/invitation").code == "visit_ended"
    assert house.terminal.kinds == ["visit.started", "visit.ended"]


def test_a_station_begun_anew_finds_the_visit_in_the_journal(house: House) -> None:
    first = start(house)
    house.begin_anew()
    assert (answer := start(house)).status == 201
    assert answer.json == first.json
    assert start(house, service_number=9).code == "key_reused"
    assert house.terminal.kinds == ["visit.started"]


def test_after_a_restart_a_visit_that_was_broken_off_is_neither_begun_again_nor_claimed_to_run(house: House) -> None:
    first = start(house).json["visit_id"]
    after = RunningTerminal()
    after.journal[:0] = house.terminal.journal
    after.submit(e.CloseInterrupted(e.OpenVisit(first))).result(5)
    house.begin_anew(after)
    refused = start(house)
    assert (refused.status, refused.code) == (409, "visit_ended")
    assert first in refused.json["detail"]
    assert start(house, service_number=9).code == "key_reused"
    assert [entry.draft.kind for entry in after.journal].count("visit.started") == 1
    assert start(house, "another").status == 201


def test_a_key_is_remembered_over_midnight_and_a_day_and_not_for_ever(house: House) -> None:
    first = start(house).json["visit_id"]
    house.call("POST", f"/v1/visits/{first}/cancellation", {"reason": "x"})
    house.terminal.pass_time(DAY_MS)
    house.begin_anew()
    assert start(house).code == "visit_ended"
    house.terminal.pass_time(2 * DAY_MS)
    second = start(house)
    assert second.status == 201
    assert second.json["visit_id"] != first


def test_what_is_kept_in_memory_is_bounded_and_what_is_forgotten_is_still_in_the_journal(house: House) -> None:
    first = start(house).json["visit_id"]
    house.call("POST", f"/v1/visits/{first}/cancellation", {"reason": "x"})
    for number in range(REMEMBERED):
        visit_id = start(house, f"key-{number}").json["visit_id"]
        house.call("POST", f"/v1/visits/{visit_id}/cancellation", {"reason": "x"})
    assert start(house).code == "visit_ended"
    assert start(house, f"key-{REMEMBERED - 1}").status == 201
    assert house.terminal.kinds.count("visit.started") == REMEMBERED + 1


def test_a_journal_that_cannot_be_asked_starts_nothing(make_house: Callable[..., House]) -> None:
    house = make_house(Limits(answer_s=0.05))
    silent: Future[str | None] = Future()
    house.terminal.visit_named = lambda _prefix: silent  # type: ignore[method-assign]
    refused = start(house)
    assert (refused.status, refused.code) == (503, "unconfirmed")
    assert "Nothing was started" in refused.json["detail"]
    broken: Future[str | None] = Future()
    broken.set_exception(OSError("the disk is gone"))
    house.terminal.visit_named = lambda _prefix: broken  # type: ignore[method-assign]
    assert start(house).code == "out_of_order"
    assert house.terminal.kinds == []


@pytest.mark.parametrize("key", ["", " ", "a b", "a\tb", "键", "x" * 129])
def test_a_key_that_is_none_is_refused(house: House, key: str) -> None:
    answer = house.call("POST", "/v1/visits", VISIT, headers={"Idempotency-Key": key.encode().decode("latin-1")})
    assert (answer.status, answer.code, answer.json["field"]) == (422, "invalid", "Idempotency-Key")
    assert house.terminal.kinds == []


def test_two_visits_under_two_keys_or_two_tokens_never_share_an_id(house: House) -> None:
    ids = set()
    for key in ("a", "b", "c" * 128, "~"):
        visit_id = start(house, key).json["visit_id"]
        assert len(visit_id) == 32
        assert set(visit_id) <= set("0123456789abcdef")
        ids.add(visit_id)
        house.call("POST", f"/v1/visits/{visit_id}/cancellation", {"reason": "x"})
    assert len(ids) == 4
    assert len({visit_id[:16] for visit_id in ids}) == 4
