"""What whoever holds a receipt reads and does by way of the web: the same for every level, and nothing taken away."""

import logging
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.central.tables import ratings
from kiosk.core.levels import Level
from kiosk.core.receipt import receipt_code
from tests.central.stand_in import Answer, Central, Terminal, vouched

PLACE = ("receipt", "epoch", "sequence", "received_at", "head")
"""What tells one receipt's answer from another's, and nothing but these."""


def _read(central: Central, code: str) -> Any:
    answer = central.call("GET", f"/api/v1/receipts/{code}")
    assert answer.status == 200, answer.body
    return answer.json


def _add(central: Central, code: str, words: Any) -> Answer:
    return central.post(f"/api/v1/receipts/{code}/addition", {"words": words})


def _withdraw(central: Central, code: str, **body: Any) -> Answer:
    return central.post(f"/api/v1/receipts/{code}/withdrawal", body)


def _blind(answer: Any) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key not in PLACE}


def test_a_receipt_proves_that_one_rated_and_not_what(terminal: Terminal, central: Central) -> None:
    codes = {level: terminal.rate(level, comment="慢") for level in Level}
    terminal.send()
    answers = {level: central.call("GET", f"/api/v1/receipts/{code}") for level, code in codes.items()}
    for level, answer in answers.items():
        assert answer.status == 200
        assert set(answer.json) == {
            "receipt", "state", "epoch", "sequence", "received_at", "included", "head", "follow_up", "reply",
            "additions", "withdrawn_at",
        }  # fmt: skip
        assert answer.json["receipt"] == codes[level]
        assert level not in answer.body.decode()
        assert "慢" not in answer.body.decode()
    spoken = codes[Level.SATISFIED].lower().replace("0", "o").replace("-", "%20")
    assert central.call("GET", f"/api/v1/receipts/{spoken}").status == 200


def test_nobodys_receipt_can_be_made_from_the_answer_to_another(terminal: Terminal, central: Central) -> None:
    """A receipt is cut from the hash of the entry that ended the visit, and now whoever has one may withdraw."""
    codes = [terminal.rate(level, comment="慢") for level in Level]
    terminal.send()
    for code in codes:
        head = central.call("GET", f"/api/v1/receipts/{code}").json["head"]
        assert receipt_code(head["hash"]) == code


def test_words_said_at_a_terminal_leave_room_for_those_by_the_web(terminal: Terminal, central: Central) -> None:
    code = terminal.rate()
    for number in range(6):
        terminal.add("receipt.addition", {"receipt": code}, None, {"words": f"第{number}次"})
    terminal.send()
    assert _add(central, code, "网上补充").status == 200
    assert central.call("GET", f"/api/v1/receipts/{code}").json["additions"] == 7


def test_a_receipt_is_included_under_a_head_that_covers_its_place(terminal: Terminal, central: Central) -> None:
    code = terminal.rate(Level.DISSATISFIED, ["207"])
    place = terminal.head
    terminal.send()
    terminal.rate()
    terminal.send()
    answer = central.call("GET", f"/api/v1/receipts/{code}").json
    assert answer["included"] is True
    assert (answer["epoch"], answer["sequence"]) == (place.epoch, place.sequence)
    assert receipt_code(place.hash) == code
    covering = vouched(answer["head"])
    assert covering == place
    assert answer["head"]["device_id"] == terminal.device_id


def test_a_receipt_is_unknown_until_the_rating_has_arrived(terminal: Terminal, central: Central) -> None:
    code = terminal.rate()
    answer = central.call("GET", f"/api/v1/receipts/{code}")
    assert (answer.status, answer.problem) == (404, "receipt_unknown")
    terminal.send()
    assert central.call("GET", f"/api/v1/receipts/{code}").status == 200


def test_a_receipt_with_a_wrong_character_is_told_from_an_unknown_one(terminal: Terminal, central: Central) -> None:
    code = terminal.rate()
    terminal.send()
    wrong = ("2" if code[0] == "1" else "1") + code[1:]
    answer = central.call("GET", f"/api/v1/receipts/{wrong}")
    assert (answer.status, answer.problem, answer.json["field"]) == (422, "receipt_malformed", "code")


def test_receipts_cannot_be_guessed_and_those_who_know_theirs_are_not_held_up(
    terminal: Terminal, central: Central
) -> None:
    code = terminal.rate()
    terminal.send()
    assert {central.call("GET", f"/api/v1/receipts/{code}").status for _ in range(60)} == {200}
    for _ in range(20):
        central.call("GET", "/api/v1/receipts/AAAA-AAAA-AAAA")
    assert central.call("GET", f"/api/v1/receipts/{code}").status == 429
    assert central.call("GET", f"/api/v1/receipts/{code}", address="192.0.2.8").status == 200


def test_a_receipt_that_two_ratings_bear_is_answered_with_neither(terminal: Terminal, central: Central) -> None:
    code = terminal.rate(Level.DISSATISFIED, ["207"])
    terminal.rate(Level.VERY_SATISFIED)
    terminal.send()
    with central.store.transaction() as connection:
        connection.execute(sa.update(ratings).values(receipt=code))
    answer = central.call("GET", f"/api/v1/receipts/{code}")
    assert (answer.status, answer.problem) == (404, "receipt_unknown")


# -- a word more, and a withdrawal -----------------------------------------------------------------------------------


def test_the_receipts_of_all_levels_are_answered_alike_whatever_their_holders_do(
    terminal: Terminal, central: Central
) -> None:
    codes = [terminal.rate(level, comment="慢") for level in Level]
    terminal.send()
    acts = (
        lambda code: _read(central, code),
        lambda code: _add(central, code, "已经又等了一天").json,
        lambda code: _withdraw(central, code, words="问题已解决").json,
        lambda code: _withdraw(central, code).json,
        lambda code: _read(central, code),
    )
    said = [[_blind(act(code)) for act in acts] for code in codes]
    assert all(of_level == said[0] for of_level in said)
    assert said[0][0]["follow_up"] == "received"
    assert [(answer["additions"], answer["withdrawn_at"] is not None) for answer in said[0]] == [
        (0, False), (1, False), (1, True), (1, True), (1, True)
    ]  # fmt: skip
    assert "已经又等了一天" not in str(said)


def test_what_was_added_and_why_it_was_withdrawn_is_what_the_hall_reads(terminal: Terminal, central: Central) -> None:
    code = terminal.rate(Level.VERY_DISSATISFIED, ["108"], "等了两个小时")
    terminal.send()
    (before,) = central.ratings()
    central.now_ms += 60_000
    assert _add(central, code, "  窗口说明天再来  ").status == 200
    central.now_ms += 60_000
    withdrawn = _withdraw(central, code, words="已经解决")
    assert withdrawn.status == 200
    (rating,) = central.ratings()
    addition = {"words": "窗口说明天再来", "at": "2026-05-28T20:27:40.000Z", "way": "web", "device_id": None}
    withdrawal = {"words": "已经解决", "at": "2026-05-28T20:28:40.000Z", "way": "web", "device_id": None}
    assert rating == before | {
        "additions": [addition], "withdrawal": withdrawal, "withdrawn_at": withdrawal["at"],
    }  # fmt: skip
    assert withdrawn.json["withdrawn_at"] == withdrawal["at"]


def test_a_second_withdrawal_is_answered_as_the_first(terminal: Terminal, central: Central) -> None:
    code = terminal.rate(Level.DISSATISFIED, ["207"])
    terminal.send()
    first = _withdraw(central, code, words="一")
    central.now_ms += 3_600_000
    again = _withdraw(central, code, words="二")
    assert again.status == 200
    assert _blind(again.json) == _blind(first.json)
    assert central.ratings()[0]["withdrawal"]["words"] == "一"
    assert central.rows("SELECT count(*) FROM receipt_acts") == [(1,)]


def test_a_withdrawal_takes_nothing_out_of_any_count(terminal: Terminal, central: Central) -> None:
    codes = [terminal.rate(level, comment="慢") for level in Level]
    terminal.send()

    def counted() -> Any:
        return central.hall("GET", "/api/v1/statistics/delivery").json, central.rows("SELECT * FROM deliveries")

    before, stands = counted(), [(r["level"], r["reasons"], r["comment"]) for r in central.ratings()]
    for code in codes:
        assert _withdraw(central, code).status == 200
    assert counted() == before
    assert [(r["level"], r["reasons"], r["comment"]) for r in central.ratings()] == stands
    assert all(r["withdrawn_at"] for r in central.ratings())
    assert central.alarms() == set()


def test_the_same_words_again_are_no_second_addition_and_five_are_enough(terminal: Terminal, central: Central) -> None:
    code = terminal.rate()
    terminal.send()
    for words in ("一", "一", "二", "三", "四", "五", "五"):
        assert _add(central, code, words).status == 200
    full = _add(central, code, "六")
    assert (full.status, full.problem) == (409, "additions_full")
    assert [a["words"] for a in central.ratings()[0]["additions"]] == ["一", "二", "三", "四", "五"]
    assert _add(central, code, "三").json["additions"] == 5
    assert _withdraw(central, code).status == 200


@pytest.mark.parametrize("words", ["", "   ", "字" * 151, 7, None, "a\0b"])
def test_words_that_do_not_fit_name_the_field(terminal: Terminal, central: Central, words: Any) -> None:
    code = terminal.rate()
    terminal.send()
    answer = _add(central, code, words)
    assert (answer.status, answer.problem, answer.json["field"]) == (400, "invalid", "$.words")
    assert _add(central, code, "字" * 150).status == 200


def test_a_body_says_nothing_but_words(terminal: Terminal, central: Central) -> None:
    code = terminal.rate()
    terminal.send()
    assert _withdraw(central, code, level="satisfied").json["field"] == "$.level"
    assert central.post(f"/api/v1/receipts/{code}/addition", {}).json["field"] == "$.words"
    assert _read(central, code)["withdrawn_at"] is None


@pytest.mark.parametrize("act", ["addition", "withdrawal"])
def test_who_guesses_codes_is_held_up_whatever_he_wants_with_them(
    terminal: Terminal, central: Central, act: str
) -> None:
    code = terminal.rate()
    answer = central.post(f"/api/v1/receipts/{code}/{act}", {"words": "x"})
    assert (answer.status, answer.problem, answer.json["field"]) == (404, "receipt_unknown", "code")
    assert central.rows("SELECT * FROM receipt_acts") == []
    terminal.send()
    for _ in range(19):
        assert central.post(f"/api/v1/receipts/AAAA/{act}", {"words": "x"}).problem == "receipt_malformed"
    assert central.post(f"/api/v1/receipts/{code}/{act}", {"words": "x"}).problem == "too_many_guesses"
    assert central.call("GET", f"/api/v1/receipts/{code}").status == 429


def test_a_receipt_that_two_ratings_bear_can_withdraw_neither(terminal: Terminal, central: Central) -> None:
    code = terminal.rate(Level.DISSATISFIED, ["207"])
    terminal.rate(Level.VERY_SATISFIED)
    terminal.send()
    with central.store.transaction() as connection:
        connection.execute(sa.update(ratings).values(receipt=code))
    assert _withdraw(central, code).problem == "receipt_unknown"
    assert central.rows("SELECT * FROM receipt_acts") == []


def test_words_stand_in_the_table_of_words_and_in_no_other_and_in_no_log(
    terminal: Terminal, central: Central, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    code = terminal.rate()
    terminal.send()
    _add(central, code, "内容甲")
    _withdraw(central, code, words="内容乙")
    assert [words for (_, words) in central.rows("SELECT * FROM receipt_words ORDER BY act")] == ["内容甲", "内容乙"]
    assert "内容" not in str(central.rows("SELECT * FROM receipt_acts"))
    assert "内容" not in caplog.text
