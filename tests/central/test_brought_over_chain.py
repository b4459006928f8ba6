"""What is brought over is as much a chain as what it was taken from: a rating is neither exchanged nor left out on the
way into a new journal."""

import copy
from collections.abc import Callable

import pytest

from kiosk.core.entry import Head, Kind, record_hash
from kiosk.core.levels import Level
from tests.central.stand_in import Central, Terminal


def _softened(terminal: Terminal) -> list[dict]:  # type: ignore[type-arg]
    """The entries with a good rating in place of the bad one, each under a hash of its own, and no link mended."""
    records = copy.deepcopy(terminal.records)
    for record in records:
        if record["body"].get("level") == Level.VERY_DISSATISFIED:
            record["body"] |= {"level": "very_satisfied"} | ({"reasons": []} if "reasons" in record["body"] else {})
            record["hash"] = record_hash(record)
    return records


@pytest.mark.parametrize("order", [lambda over: over, lambda over: over[::-1]])
@pytest.mark.parametrize("by_one", [False, True])
def test_a_rating_that_was_exchanged_on_its_way_into_a_new_journal_is_found_by_the_links_around_it(
    terminal: Terminal,
    central: Central,
    order: Callable[..., list],
    by_one: bool,  # type: ignore[type-arg]
) -> None:
    terminal.contact()
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.add("clock.jumped", {"by_ms": 1})
    terminal.heartbeat()
    over = _softened(terminal)[1:]
    terminal.begin_anew("damaged").bring_over(order(over))
    if by_one:
        for record in terminal.records:
            terminal.contact([record])
    else:
        terminal.contact()
    assert "chain_broken" in central.alarms()


def test_an_exchanged_entry_does_not_fit_what_central_holds_before_it(terminal: Terminal, central: Central) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.contact(terminal.records[:4])
    terminal.heartbeat()
    over = copy.deepcopy(terminal.records[4:])
    over[0]["previous"] = "0" * 64
    over[0]["hash"] = record_hash(over[0])
    terminal.begin_anew("damaged").bring_over(over[:1])
    terminal.contact()
    assert "chain_broken" in central.alarms()


def test_what_was_brought_over_once_is_no_pretext_for_what_is_lost_later(terminal: Terminal, central: Central) -> None:
    terminal.contact()
    for _ in range(3):
        terminal.rate(Level.SATISFIED)
    old = terminal.records
    terminal.begin_anew("damaged").bring_over(old[1:])
    terminal.contact()
    terminal.begin_anew("damaged").bring_over([])
    terminal.contact()
    assert central.alarms() == {"new_epoch"}
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.heartbeat()
    terminal.begin_anew("damaged").bring_over([])
    terminal.contact()
    assert central.alarms() == {"new_epoch", "entries_lost"}


def test_another_terminal_cannot_cover_up_what_one_has_lost(
    central: Central, enrolled: Callable[..., Terminal]
) -> None:
    one, two = enrolled("A01").begin(), enrolled("A02")
    one.contact()
    one.rate(Level.VERY_DISSATISFIED, ["108"])
    one.heartbeat()
    two.head = Head(one.head.epoch)
    two.begin()
    for _ in range(3):
        two.rate(Level.SATISFIED)
    two.contact()
    one.begin_anew("damaged").bring_over([])
    one.contact()
    assert "entries_lost" in central.alarms()


def test_another_terminal_cannot_fill_the_place_of_what_one_has_lost(
    central: Central, enrolled: Callable[..., Terminal]
) -> None:
    one, two = enrolled("A01").begin(), enrolled("A02").begin()
    one.contact()
    one.rate(Level.VERY_DISSATISFIED, ["108"])
    one.heartbeat()
    two.begin_anew("damaged")
    of_two = copy.deepcopy(one.records[1:])
    for record in of_two:
        record.pop("personal", None)
        record |= {"kind": "clock.jumped", "body": {"by_ms": 1}, "visit_id": None, "personal_digest": None}
        record["entry_id"] = two.fresh()
        record["previous"] = "0" * 64
        record["hash"] = record_hash(record)
    two.bring_over(of_two)
    two.contact()
    one.begin_anew("damaged").bring_over([])
    one.contact()
    assert "entries_lost" in central.alarms()


def test_an_entry_wrapped_over_and_over_is_quarantined_before_it_costs_anything(
    terminal: Terminal, central: Central
) -> None:
    record = {key: value for key, value in terminal.records[0].items() if key != "personal"}
    for epoch in range(1, 40):
        wrapped = {**record, "epoch": epoch, "kind": Kind.ENTRY_RECOVERED, "body": {"record": record}}
        record = {**wrapped, "hash": record_hash(wrapped)}
    terminal.add(Kind.ENTRY_RECOVERED, {"record": record})
    (refused,) = terminal.contact().json["quarantined"]
    assert refused["reason"] == "recovered: wrapped too often"


def test_another_terminal_cannot_hide_a_rating_by_bringing_it_over_where_it_is_not_digested(
    central: Central, enrolled: Callable[..., Terminal]
) -> None:
    one, two = enrolled("A01").begin(), enrolled("A02")
    two.head = Head(one.head.epoch + 500)
    two.begin()
    one.contact()
    one.rate(Level.VERY_DISSATISFIED, ["108"])
    unsent = one.records[1:]
    two.add(Kind.VISIT_ENDED, {"outcome": "skipped"}, unsent[-1]["visit_id"])
    two.bring_over(unsent)
    two.contact()
    one.contact()
    assert [(rating["device_id"], rating["level"]) for rating in central.ratings()] == [
        (one.device_id, "very_dissatisfied")
    ]
