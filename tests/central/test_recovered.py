"""Entries brought over from an earlier journal count once, whichever way and however often they come."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from kiosk.central.silence import look
from kiosk.core.entry import Kind, record_hash
from kiosk.core.levels import Level
from kiosk.core.receipt import receipt_code
from tests.central.stand_in import Central, Terminal


def _quarantined(central: Central) -> list[tuple[Any, ...]]:
    return central.rows("SELECT epoch, sequence, quarantined FROM entries WHERE quarantined IS NOT NULL")


def _renew(terminal: Terminal, unsent: list[dict[str, Any]], reason: str = "damaged") -> Terminal:
    terminal.begin_anew(reason).bring_over(unsent)
    return terminal


def test_a_rating_brought_over_is_the_rating_with_its_own_receipt_and_comment(
    terminal: Terminal, central: Central
) -> None:
    terminal.contact()
    receipt = terminal.rate(Level.DISSATISFIED, ["207"], "等了两个小时")
    ended = terminal.records[-1]
    _renew(terminal, terminal.records[1:]).contact()
    (rating,) = central.ratings()
    assert (rating["level"], rating["comment"], rating["epoch"]) == (
        "dissatisfied",
        "等了两个小时",
        terminal.head.epoch,
    )
    assert receipt == receipt_code(ended["hash"])
    found = central.call("GET", f"/api/v1/receipts/{receipt}").json
    outer = next(r for r in terminal.records if r["entry_id"] == ended["entry_id"])
    assert (found["epoch"], found["sequence"]) == (terminal.head.epoch, outer["sequence"])
    assert central.alarms() == {"new_epoch"}
    assert _quarantined(central) == []


def test_what_central_held_already_is_brought_over_in_vain_and_harmlessly(terminal: Terminal, central: Central) -> None:
    terminal.rate(Level.DISSATISFIED, ["207"], "慢")
    terminal.contact()
    before = central.ratings()
    wiped = [{key: value for key, value in record.items() if key != "personal"} for record in terminal.records]
    _renew(terminal, wiped).contact()
    assert central.ratings() == before
    assert central.alarms() == {"new_epoch"}


def test_a_comment_that_was_wiped_before_it_was_brought_over_raises_an_alarm(
    terminal: Terminal, central: Central
) -> None:
    terminal.contact()
    terminal.rate(Level.DISSATISFIED, ["207"], "慢")
    wiped = [{key: value for key, value in record.items() if key != "personal"} for record in terminal.records[1:]]
    _renew(terminal, wiped).contact()
    assert central.ratings()[0]["level"] == "dissatisfied"
    assert central.alarms() == {"new_epoch", "personal_missing"}


def test_another_comment_than_the_entry_vouches_for_is_not_taken(terminal: Terminal, central: Central) -> None:
    terminal.contact()
    terminal.rate(Level.DISSATISFIED, ["207"], "态度恶劣")
    other = copy.deepcopy(terminal.records[1:])
    other[-1]["personal"]["comment"] = "很好"
    _renew(terminal, other)
    (refused,) = terminal.contact().json["quarantined"]
    assert refused["reason"] == "recovered: altered_personal"
    assert central.ratings()[0]["comment"] is None
    assert "chain_broken" in central.alarms()


def test_bringing_over_twice_is_harmless(terminal: Terminal, central: Central) -> None:
    terminal.contact()
    terminal.rate(Level.DISSATISFIED, ["207"])
    unsent = terminal.records[1:]
    terminal.begin_anew("damaged").bring_over(unsent[:3], ended=False)
    terminal.contact()
    terminal.bring_over(unsent)
    terminal.contact()
    assert len(central.ratings()) == 1
    assert _quarantined(central) == []
    assert central.alarms() == {"new_epoch"}


def test_the_originals_that_come_after_all_change_nothing(terminal: Terminal, central: Central) -> None:
    terminal.contact()
    terminal.rate(Level.DISSATISFIED, ["207"])
    old = copy.deepcopy(terminal.records)
    _renew(terminal, old[1:]).contact()
    before = central.ratings()
    assert terminal.send(old).json["quarantined"] == []
    assert central.ratings() == before
    assert central.alarms() == {"new_epoch"}
    (device,) = central.hall("GET", "/api/v1/devices").json["items"]
    assert device["epoch"] == terminal.head.epoch


def test_a_journal_begun_anew_twice_before_any_contact_is_brought_over_in_its_wrappings(
    terminal: Terminal, central: Central
) -> None:
    terminal.contact()
    terminal.rate(Level.DISSATISFIED, ["207"], "慢")
    _renew(terminal, terminal.records[1:])
    terminal.rate(Level.SATISFIED)
    _renew(terminal, terminal.records)
    terminal.contact()
    assert [r["level"] for r in central.ratings()] == ["dissatisfied", "satisfied"]
    assert central.ratings()[0]["comment"] == "慢"
    assert central.alarms() == {"new_epoch"}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda inner: inner["body"].update(level="very_satisfied"), "recovered: altered"),
        (lambda inner: inner.update(personal_digest="0" * 64), "recovered: altered"),
        (lambda inner: inner.pop("kind"), "recovered: unreadable"),
        (lambda inner: inner.update(format=2), "recovered: newer_format"),
        (lambda inner: inner.update(sequence=-1), "recovered: unreadable"),
        (lambda inner: inner.clear(), "recovered: unreadable"),
    ],
)
def test_what_does_not_hold_inside_its_wrapping_is_quarantined_alone(
    terminal: Terminal, central: Central, spoil: Callable[[dict[str, Any]], object], reason: str
) -> None:
    terminal.contact()
    terminal.rate(Level.DISSATISFIED, ["207"])
    unsent = copy.deepcopy(terminal.records[1:])
    terminal.begin_anew("damaged").bring_over(unsent)
    spoilt = next(r for r in terminal.records if r["body"].get("record", {}).get("kind") == Kind.LEVEL_TAPPED)
    spoil(spoilt["body"]["record"])
    _seal_on(terminal, spoilt["sequence"] - 1)
    answer = terminal.contact()
    assert answer.json["quarantined"] == [{"sequence": spoilt["sequence"], "reason": reason}]
    assert central.ratings()[0]["finished"]
    broken = {"chain_broken"} if "newer" not in reason else set()
    assert central.alarms() == {"new_epoch", "entries_lost"} | broken


def test_no_record_and_one_wrapped_twice_in_the_same_journal_are_quarantined(
    terminal: Terminal, central: Central
) -> None:
    record = {k: v for k, v in terminal.records[0].items() if k != "personal"}
    for _ in range(2):
        wrapped = {**record, "kind": Kind.ENTRY_RECOVERED, "body": {"record": record}}
        record = {**wrapped, "hash": record_hash(wrapped)}
    terminal.add(Kind.ENTRY_RECOVERED, {"record": record})
    terminal.add(Kind.ENTRY_RECOVERED, {"record": 7})
    terminal.add(Kind.ENTRY_RECOVERED, {})
    answer = terminal.contact()
    assert [q["reason"] for q in answer.json["quarantined"]] == [
        "recovered: wrapped twice in one journal",
        "recovered: unreadable",
        "recovered: unreadable",
    ]


def _seal_on(terminal: Terminal, start: int) -> None:
    for index in range(start, len(terminal.records)):
        record = terminal.records[index]
        record["previous"] = terminal.records[index - 1]["hash"]
        record["hash"] = record_hash(record)
    terminal.head = type(terminal.head)(terminal.head.epoch, len(terminal.records), terminal.records[-1]["hash"])


# -- what is lost ----------------------------------------------------------------------------------------------------


def _lost(central: Central) -> list[tuple[int, int, str]]:
    items = central.hall("GET", "/api/v1/alarms?kind=entries_lost").json["items"]
    return [(alarm["epoch"], alarm["sequence"], alarm["detail"]) for alarm in items]


def test_what_the_terminal_says_is_missing_is_lost_unless_central_holds_it(
    terminal: Terminal, central: Central
) -> None:
    terminal.rate()
    terminal.contact()
    held, epoch = terminal.head.sequence, terminal.head.epoch
    terminal.begin_anew("unreadable").bring_over([], missing=[(2, held)])
    terminal.contact()
    assert _lost(central) == []
    _at = terminal.head
    terminal.rate()
    terminal.rate()
    old = terminal.records
    epoch = terminal.head.epoch
    terminal.begin_anew("damaged").bring_over(old[_at.sequence + 3 :], missing=[(2, _at.sequence + 3)])
    terminal.contact()
    assert _lost(central) == [(epoch, _at.sequence + 1, f"lost: {_at.sequence + 1}-{_at.sequence + 3}")]


def test_a_terminal_that_hides_what_is_missing_is_told_by_the_head_it_gives(
    terminal: Terminal, central: Central
) -> None:
    terminal.contact()
    terminal.rate(Level.DISSATISFIED, ["207"])
    epoch, last, old = terminal.head.epoch, terminal.head.sequence, terminal.records
    terminal.begin_anew("damaged").bring_over([*old[1:3], *old[4:]])
    terminal.contact()
    assert _lost(central) == [(epoch, 4, "lost: 4-4")]
    assert last == len(old)


def test_a_recovery_that_never_ends_is_judged_after_a_day(terminal: Terminal, central: Central) -> None:
    terminal.contact()
    terminal.rate(Level.DISSATISFIED, ["207"])
    epoch = terminal.head.epoch
    terminal.begin_anew("damaged")
    terminal.contact()
    central.now_ms += 24 * 3_600_000 - 1
    look(central.desk)
    assert _lost(central) == []
    for _ in range(2):
        central.now_ms += 1
        look(central.desk)
        assert _lost(central) == [(epoch, 2, "lost: 2-6")]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"epoch": "x"},
        {"epoch": -1, "missing": [[1, 2]]},
        {"epoch": 5, "missing": [[2, 1], [0, 3], ["1", 2], 7, [1], {"a": 1}]},
        {"epoch": 5, "missing": "all"},
    ],
)
def test_an_end_of_recovery_that_says_nothing_raises_nothing(
    terminal: Terminal, central: Central, body: dict[str, Any]
) -> None:
    terminal.add(Kind.JOURNAL_RECOVERED, body)
    assert terminal.contact().status == 200
    assert central.alarms() == set()


def test_a_journal_of_a_terminal_that_is_named_otherwise_elsewhere_is_taken(
    terminal: Terminal, central: Central
) -> None:
    terminal.records, terminal.head = [], type(terminal.head)(terminal.head.epoch)
    named, terminal.device_id = terminal.device_id, "f" * 32
    terminal.begin()
    terminal.device_id = named
    assert terminal.contact().status == 200
    assert central.alarms() == set()


# -- a journal that came to the wrong terminal -----------------------------------------------------------------------


def test_two_swapped_stores_lose_nothing(central: Central, enrolled: Callable[..., Terminal]) -> None:
    one, two = enrolled("A01"), enrolled("A02")
    two.head = type(two.head)(one.head.epoch + 500)
    for each in (one.begin(), two.begin()):
        each.rate(Level.SATISFIED)
        each.contact()
        each.rate(Level.DISSATISFIED, ["207"])
    one.head, two.head, one.records, two.records = two.head, one.head, two.records, one.records
    originals = {id(each): copy.deepcopy(each.records) for each in (one, two)}
    for each in (one, two):
        sent = each.records[6:]
        assert each.contact(sent).problem == "foreign_journal"
        each.begin_anew("foreign").bring_over(sent)
        assert each.contact().status == 200
    assert sorted(rating["level"] for rating in central.ratings()) == ["dissatisfied"] * 2 + ["satisfied"] * 2
    kept = central.rows("SELECT record FROM equivocations ORDER BY device, sequence")
    assert len(kept) == 10
    one.head, two.head = two.head, one.head
    assert one.send(originals[id(two)]).status == two.send(originals[id(one)]).status == 200
    assert len(central.ratings()) == 4
    assert _quarantined(central) == []
    assert json.loads(kept[0][0])["epoch"] in {records[0]["epoch"] for records in originals.values()}
