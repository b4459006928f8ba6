"""What someone did at a terminal with the receipt of an earlier rating: told once, in whichever order it comes."""

import logging
from typing import Any

import pytest

from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.levels import Level
from tests.central.stand_in import Central, Terminal


def _words(central: Central) -> list[str]:
    return [a["words"] for rating in central.ratings() for a in rating["additions"]]


def test_a_word_and_a_withdrawal_said_at_a_terminal_reach_the_rating_and_change_nothing_of_it(
    terminal: Terminal, central: Central
) -> None:
    code = terminal.rate(Level.DISSATISFIED, ["207"], "慢")
    terminal.send()
    (before,) = central.ratings()
    terminal.play(e.Leave(), e.AddWords(code, "又等了一天"), e.Withdraw(code, "已经解决"))
    assert terminal.send().json["quarantined"] == []
    (rating,) = central.ratings()
    said = {"way": "terminal", "device_id": terminal.device_id}
    assert rating["additions"] == [{"words": "又等了一天", "at": rating["additions"][0]["at"], **said}]
    assert rating["withdrawal"] == {"words": "已经解决", "at": rating["withdrawn_at"], **said}
    grown = ("additions", "withdrawal", "withdrawn_at")
    assert {k: v for k, v in rating.items() if k not in grown} == {k: v for k, v in before.items() if k not in grown}
    state = central.call("GET", f"/api/v1/receipts/{code}").json
    assert (state["additions"], state["withdrawn_at"]) == (1, rating["withdrawn_at"])
    assert central.alarms() == set()


def test_what_is_said_elsewhere_waits_for_a_rating_that_has_not_come_yet(
    terminal: Terminal, central: Central, enrolled: Any
) -> None:
    code = terminal.rate(Level.DISSATISFIED, ["207"])
    other = enrolled("A02").begin()
    other.play(e.AddWords(code, "还没有解决"), e.Withdraw(code, ""))
    assert other.send().json["quarantined"] == []
    assert central.ratings() == []
    assert central.call("GET", f"/api/v1/receipts/{code}").problem == "receipt_unknown"
    terminal.send()
    (rating,) = central.ratings()
    assert [(a["words"], a["device_id"]) for a in rating["additions"]] == [("还没有解决", other.device_id)]
    assert (rating["withdrawal"]["words"], rating["withdrawal"]["device_id"]) == ("", other.device_id)
    assert central.alarms() == set()


def test_a_receipt_that_never_fits_waits_and_alarms_nobody(terminal: Terminal, central: Central, enrolled: Any) -> None:
    never_sent = enrolled("A02").begin().rate()
    for _ in range(20):
        terminal.play(e.AddWords(never_sent, "在哪里"))
    assert terminal.send().json["quarantined"] == []
    assert central.alarms() == set()
    assert central.rows("SELECT count(*) FROM receipt_acts") == [(20,)]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"receipt": "AAAA-AAAA-AAAA"}, "$.receipt"),
        ({"receipt": ""}, "$.receipt"),
        ({"receipt": 7}, "$.receipt"),
        ({"receipt": "0" * 99}, "$.receipt"),
        ({}, "receipt"),
    ],
)
@pytest.mark.parametrize("kind", [Kind.RECEIPT_ADDITION, Kind.RECEIPT_WITHDRAWAL])
def test_what_cannot_be_a_receipt_is_quarantined_with_its_field(
    terminal: Terminal, central: Central, body: Any, place: str, kind: str
) -> None:
    terminal.add(kind, body, personal={"words": "x"})
    terminal.rate()
    ((found),) = terminal.send().json["quarantined"]
    assert place in found["reason"]
    assert len(central.ratings()) == 1
    assert central.rows("SELECT * FROM receipt_acts") == []


def test_an_addition_without_words_is_none(terminal: Terminal, central: Central) -> None:
    code = terminal.rate()
    terminal.add(Kind.RECEIPT_ADDITION, {"receipt": code})
    assert [q["reason"] for q in terminal.send().json["quarantined"]] == ["personal: there are no words"]
    assert _words(central) == []


def test_a_batch_sent_again_tells_nothing_twice(terminal: Terminal, central: Central) -> None:
    code = terminal.rate()
    terminal.play(e.Leave(), e.AddWords(code, "一"), e.AddWords(code, "一"), e.Withdraw(code, "二"))
    for _ in range(3):
        assert terminal.send().status == 200
    assert _words(central) == ["一", "一"]
    assert central.rows("SELECT count(*) FROM receipt_acts") == [(3,)]


def test_what_is_brought_over_from_an_earlier_journal_is_told_once(terminal: Terminal, central: Central) -> None:
    code = terminal.rate(Level.DISSATISFIED, ["207"])
    terminal.play(e.Leave(), e.AddWords(code, "到了"), e.Withdraw(code, "撤销"))
    sent = list(terminal.records)
    terminal.send()
    terminal.play(e.AddWords(code, "没到"))
    old = list(terminal.records)
    terminal.begin_anew("damaged")
    terminal.bring_over(old)
    terminal.send()
    assert _words(central) == ["到了", "没到"]
    terminal.records, again = sent, list(terminal.records)
    terminal.send()
    terminal.records = again
    terminal.send()
    assert _words(central) == ["到了", "没到"]
    assert central.ratings()[0]["withdrawal"]["words"] == "撤销"
    assert central.rows("SELECT count(*) FROM receipt_acts") == [(3,)]


def test_another_content_at_the_same_place_adds_nothing_until_it_is_brought_over(
    terminal: Terminal, central: Central
) -> None:
    code = terminal.rate()
    terminal.play(e.Leave())
    head, records, situation = terminal.head, list(terminal.records), terminal.situation
    terminal.play(e.AddWords(code, "甲"))
    terminal.send()
    terminal.head, terminal.records, terminal.situation = head, records, situation
    terminal.play(e.AddWords(code, "乙"))
    assert terminal.send().problem == "equivocation"
    assert _words(central) == ["甲"]
    forked = list(terminal.records)
    terminal.begin_anew("equivocation")
    terminal.bring_over(forked)
    for _ in range(2):
        assert terminal.send().status == 200
    assert _words(central) == ["甲", "乙"]


def test_of_a_withdrawal_at_a_terminal_and_one_by_the_web_the_first_to_arrive_stands(
    terminal: Terminal, central: Central
) -> None:
    code, later = terminal.rate(), terminal.rate()
    terminal.send()
    terminal.play(e.Leave(), e.Withdraw(code, "终端"), e.Withdraw(later, "终端"))
    central.now_ms += 3_600_000
    assert central.post(f"/api/v1/receipts/{code}/withdrawal", {"words": "网上"}).status == 200
    central.now_ms += 1
    terminal.send()
    assert central.post(f"/api/v1/receipts/{later}/withdrawal", {"words": "网上"}).status == 200
    assert [(r["withdrawal"]["words"], r["withdrawal"]["way"]) for r in central.ratings()] == [
        ("网上", "web"),
        ("终端", "terminal"),
    ]
    assert central.rows("SELECT kind, way FROM receipt_acts ORDER BY id") == [
        ("withdrawal", "web"),
        ("withdrawal", "terminal"),
        ("withdrawal", "terminal"),
    ]


def test_what_was_said_at_a_terminal_stands_with_personal_data_and_in_no_record_and_no_log(
    terminal: Terminal, central: Central, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    code = terminal.rate()
    terminal.play(e.Leave(), e.AddWords(code, "内容甲"), e.Withdraw(code, "内容乙"))
    terminal.send()
    assert [fields.count("内容") for (fields,) in central.rows("SELECT fields FROM entry_personal")] == [1, 1]
    for table in ("entries", "receipt_acts", "receipt_words", "ratings"):
        assert "内容" not in str(central.rows(f"SELECT * FROM {table}"))
    assert "内容" not in caplog.text
    with central.store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM entry_personal")
    assert _words(central) == [""]


def test_a_clock_that_is_out_of_all_bounds_costs_no_word(terminal: Terminal, central: Central) -> None:
    code = terminal.rate()
    terminal.add(Kind.RECEIPT_ADDITION, {"receipt": code}, personal={"words": "x"}, wall_ms=0)
    terminal.add(Kind.RECEIPT_ADDITION, {"receipt": code}, personal={"words": "y"}, wall_ms=2**53 - 1)
    assert [q["reason"] for q in terminal.send().json["quarantined"]] == ["wall_ms: not a time"]
    assert _words(central) == ["x"]


# -- what stood before the citizen -----------------------------------------------------------------------------------

SEEN = {
    "options": "a" * 64,
    "language": "zh-CN",
    "look": "large",
    "wording": "b" * 64,
    "layout": "c" * 64,
    "version": "1",
}


def _ended(rating_id: str, **more: Any) -> dict[str, Any]:
    return {"outcome": "rated", "rating_id": rating_id, "level": "satisfied", "reasons": [], "finished": True, **more}


def test_a_rating_bears_what_was_seen_and_the_halls_own_reasons(terminal: Terminal, central: Central) -> None:
    terminal.add(Kind.LEVEL_TAPPED, {"rating_id": "r", "level": "satisfied", "seen": SEEN}, "v")
    terminal.send()
    assert central.ratings()[0]["seen"] == SEEN
    terminal.add(Kind.VISIT_ENDED, _ended("r", seen=SEEN, local_reasons=["L01", "L02", "L01"]), "v")
    terminal.send()
    (rating,) = central.ratings()
    assert (rating["seen"], rating["local_reasons"], rating["finished"]) == (SEEN, ["L01", "L02"], True)


def test_what_was_seen_at_the_tap_stands_where_the_end_does_not_know_it(terminal: Terminal, central: Central) -> None:
    terminal.start()
    seen = e.Seen("en", "large contrast", "b" * 64, "c" * 64, "1")
    terminal.play(e.TapLevel(Level.DISSATISFIED, seen))
    tapped = terminal.records[-1]["body"]
    left = e.OpenVisit(terminal.records[-1]["visit_id"], tapped["rating_id"], Level.DISSATISFIED, 1)
    terminal.play(e.CloseInterrupted(left))
    assert not {"seen", "local_reasons", "options_version"} & terminal.records[-1]["body"].keys()
    assert terminal.send().json["quarantined"] == []
    (rating,) = central.ratings()
    assert rating["seen"] == tapped["seen"]
    assert rating["seen"]["language"] == "en"
    assert (rating["local_reasons"], rating["finished"]) == ([], False)


def test_an_end_that_knows_nothing_of_what_was_seen_is_a_rating_though_the_tap_is_lost(
    terminal: Terminal, central: Central
) -> None:
    left = e.OpenVisit("5" * 32, "6" * 32, Level.DISSATISFIED, 1_780_243_200_000)
    terminal.play(e.CloseInterrupted(left))
    assert terminal.send().json["quarantined"] == []
    (rating,) = central.ratings()
    assert (rating["level"], rating["seen"], rating["local_reasons"]) == ("dissatisfied", None, [])


@pytest.mark.parametrize(
    ("more", "place", "kept"),
    [
        ({"seen": 7}, "$.seen", ["L01"]),
        ({"seen": {"language": 1}}, "$.seen", ["L01"]),
        ({"seen": {f"k{n}": "" for n in range(99)}}, "$.seen", ["L01"]),
        ({"local_reasons": "L01"}, "$.local_reasons", []),
        ({"local_reasons": ["L01", "不行", 3]}, "$.local_reasons", ["L01"]),
        ({"local_reasons": [f"L{n:02}" for n in range(1, 99)]}, "$.local_reasons", [f"L{n:02}" for n in range(1, 17)]),
    ],
)
def test_what_cannot_be_read_beside_a_rating_never_costs_the_rating(
    terminal: Terminal, central: Central, more: Any, place: str, kept: list[str]
) -> None:
    terminal.add(Kind.VISIT_ENDED, _ended("r", **{"local_reasons": ["L01"], **more}), "v")
    assert [place in q["reason"] for q in terminal.send().json["quarantined"]] == [True]
    (rating,) = central.ratings()
    assert (rating["level"], rating["local_reasons"], rating["seen"]) == ("satisfied", kept, None)
