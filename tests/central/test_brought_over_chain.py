"""What is brought over is as much a chain as what it was taken from: a rating is neither exchanged nor left out on the
way into a new journal."""

import copy
from collections.abc import Callable

import pytest

from kiosk.core.entry import record_hash
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
