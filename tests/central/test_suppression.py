"""Ratings suppressed on the terminal: each way is found at the next contact, and says which it was.

Beside each finding stands a central that was weakened in the one place that finds it, and misses it.
"""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from kiosk.central import heartbeat, ingest
from kiosk.central.alarms import AlarmKind
from kiosk.core.entry import Head, record_hash
from kiosk.core.levels import Level
from tests.central.stand_in import Central, Terminal

Attack = Callable[[Central, Terminal, Terminal], None]
ATTACKS: dict[str, tuple[Attack, set[str]]] = {}


def found_as(*kinds: str) -> Callable[[Attack], Attack]:
    """What the next contact after this attack must raise, and nothing else."""

    def enter(attack: Attack) -> Attack:
        ATTACKS[attack.__name__] = (attack, set(kinds))
        return attack

    return enter


def cut(terminal: Terminal, left: int) -> None:
    """Leave the oldest entries only."""
    terminal.records = terminal.records[:left]
    terminal.head = Head(terminal.head.epoch, left, terminal.records[-1]["hash"])


def close_again(terminal: Terminal, start: int) -> None:
    """Close the chain again over everything from this index on, as somebody who holds the key to the journal can."""
    for index in range(start, len(terminal.records)):
        record = terminal.records[index]
        record["sequence"] = index + 1
        record["previous"] = terminal.records[index - 1]["hash"]
        record["hash"] = record_hash(record)
    terminal.head = Head(terminal.head.epoch, len(terminal.records), terminal.records[-1]["hash"])


def soften(terminal: Terminal) -> int:
    """Make a good rating of the first bad one, in the tap and in the end; the index of the tap."""
    changed = [i for i, r in enumerate(terminal.records) if r["body"].get("level") == Level.VERY_DISSATISFIED]
    for index in changed:
        terminal.records[index]["body"] |= {"level": "very_satisfied"}
        if "reasons" in terminal.records[index]["body"]:
            terminal.records[index]["body"]["reasons"] = []
    return changed[0]


# -- newest entries dropped ------------------------------------------------------------------------------------------


@found_as(AlarmKind.REWOUND)
def newest_dropped_that_central_held(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.contact()
    cut(terminal, 2)
    terminal.heartbeat()


@found_as(AlarmKind.REWOUND)
def newest_dropped_that_central_had_only_heard_of(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.heartbeat()
    cut(terminal, 2)
    terminal.contact()


@found_as(AlarmKind.ALTERED_HEAD)
def newest_dropped_and_gone_on_beyond_them(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.heartbeat()
    cut(terminal, 2)
    terminal.rate(Level.SATISFIED)
    terminal.rate(Level.SATISFIED)
    terminal.contact()


# -- one entry removed -----------------------------------------------------------------------------------------------


@found_as(AlarmKind.GAP)
def one_removed(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    del terminal.records[3]
    terminal.contact()


@found_as(AlarmKind.REWOUND, AlarmKind.GAP)
def one_removed_that_had_been_heard_of(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.heartbeat()
    del terminal.records[3]
    terminal.head = Head(terminal.head.epoch, len(terminal.records), terminal.records[-1]["hash"])
    terminal.contact()


@found_as(AlarmKind.ALTERED_HEAD)
def one_removed_and_the_chain_closed_again(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.heartbeat()
    del terminal.records[3]
    close_again(terminal, 3)
    terminal.rate(Level.SATISFIED)
    terminal.contact()


# -- a level edited --------------------------------------------------------------------------------------------------


@found_as(AlarmKind.CHAIN_BROKEN)
def level_edited(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    soften(terminal)
    terminal.contact()


@found_as(AlarmKind.CHAIN_BROKEN)
def level_edited_and_sealed_by_itself(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.rate(Level.SATISFIED)
    edited = terminal.records[soften(terminal)]
    edited["hash"] = record_hash(edited)
    terminal.contact()


@found_as(AlarmKind.ALTERED_HEAD)
def level_edited_after_central_held_it(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.contact()
    close_again(terminal, soften(terminal))
    terminal.heartbeat()


@found_as(AlarmKind.EQUIVOCATION, AlarmKind.ALTERED_HEAD)
def level_edited_after_central_held_it_and_sent_again(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.contact()
    close_again(terminal, soften(terminal))
    terminal.contact()


@found_as(AlarmKind.ALTERED_HEAD)
def level_edited_before_central_saw_anything_of_it(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.heartbeat()
    close_again(terminal, soften(terminal))
    terminal.rate(Level.SATISFIED)
    terminal.contact()


@found_as(AlarmKind.ALTERED_HEAD)
def level_edited_and_a_later_head_stated_before_it_is_sent(
    _central: Central, terminal: Terminal, _other: Terminal
) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.heartbeat()
    close_again(terminal, soften(terminal))
    terminal.rate(Level.SATISFIED)
    terminal.heartbeat()
    terminal.contact()


@found_as(AlarmKind.CHAIN_BROKEN)
def true_once_and_altered_when_sent_again(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.contact()
    soften(terminal)
    terminal.contact()


@found_as(AlarmKind.NEW_EPOCH, AlarmKind.ALTERED_HEAD)
def level_edited_on_the_way_into_a_new_journal(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.heartbeat()
    head = terminal.head
    close_again(terminal, soften(terminal))
    old = copy.deepcopy(terminal.records)
    terminal.begin_anew("damaged", head).bring_over(old)
    terminal.contact()


# -- yesterday's disk image ------------------------------------------------------------------------------------------


def _restored(terminal: Terminal, image: tuple[Head, list[Any]]) -> None:
    terminal.head, terminal.records = image[0], copy.deepcopy(image[1])


@found_as(AlarmKind.REWOUND)
def yesterday_s_image_restored(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    image = terminal.head, copy.deepcopy(terminal.records)
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.contact()
    _restored(terminal, image)
    terminal.heartbeat()


@found_as(AlarmKind.EQUIVOCATION, AlarmKind.ALTERED_HEAD)
def yesterday_s_image_restored_and_used_on(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    image = terminal.head, copy.deepcopy(terminal.records)
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.contact()
    _restored(terminal, image)
    terminal.rate(Level.SATISFIED)
    terminal.contact()


@found_as(AlarmKind.NEW_EPOCH, AlarmKind.REWOUND)
def image_of_a_journal_that_had_been_ended(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    image = terminal.head, copy.deepcopy(terminal.records)
    terminal.contact()
    terminal.begin_anew("damaged").rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.contact()
    _restored(terminal, image)
    terminal.heartbeat()


@found_as(AlarmKind.NEW_EPOCH, AlarmKind.REWOUND)
def image_restored_and_a_new_journal_begun_from_it(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    image = terminal.head, copy.deepcopy(terminal.records)
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.contact()
    _restored(terminal, image)
    terminal.begin_anew("key_lost").rate(Level.SATISFIED)
    terminal.contact()


@found_as(AlarmKind.NEW_EPOCH, AlarmKind.REWOUND)
def image_of_an_ended_journal_that_central_never_held(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    image = terminal.head, copy.deepcopy(terminal.records)
    terminal.begin_anew("damaged").bring_over(image[1])
    terminal.contact()
    _restored(terminal, image)
    terminal.heartbeat()


# -- two stores swapped ----------------------------------------------------------------------------------------------


def _swap(one: Terminal, two: Terminal) -> None:
    one.head, two.head = two.head, one.head
    one.records, two.records = two.records, one.records


@found_as(AlarmKind.SWAPPED)
def stores_swapped(_central: Central, terminal: Terminal, other: Terminal) -> None:
    for each in (terminal, other):
        each.rate(Level.VERY_DISSATISFIED, ["108"])
        each.contact()
    _swap(terminal, other)
    held = len(terminal.records)
    terminal.rate(Level.SATISFIED)
    answer = terminal.contact(terminal.records[held:])
    assert (answer.status, answer.problem) == (409, "foreign_journal")


@found_as(AlarmKind.SWAPPED)
def stores_swapped_and_heard_in_a_heartbeat(_central: Central, terminal: Terminal, other: Terminal) -> None:
    for each in (terminal, other):
        each.rate(Level.VERY_DISSATISFIED, ["108"])
        each.contact()
    _swap(terminal, other)
    terminal.heartbeat()


@found_as(AlarmKind.SWAPPED)
def stores_swapped_before_central_held_anything(_central: Central, terminal: Terminal, other: Terminal) -> None:
    _swap(terminal, other)
    assert terminal.contact().problem == "foreign_journal"


# -- re-imaged -------------------------------------------------------------------------------------------------------


@found_as(AlarmKind.REIMAGED)
def set_up_again(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.contact()
    terminal.begin_unknowing()
    terminal.contact()


@found_as(AlarmKind.REIMAGED, AlarmKind.ENTRIES_LOST)
def set_up_again_with_entries_that_central_had_only_heard_of(
    _central: Central, terminal: Terminal, _other: Terminal
) -> None:
    terminal.contact()
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    terminal.heartbeat()
    terminal.begin_unknowing()
    terminal.contact()


@found_as(AlarmKind.REIMAGED, AlarmKind.ENTRIES_LOST)
def set_up_again_before_central_held_anything(_central: Central, terminal: Terminal, _other: Terminal) -> None:
    terminal.heartbeat()
    terminal.begin_unknowing()
    terminal.contact()


# -- found, and missed by a weaker central ---------------------------------------------------------------------------


@pytest.fixture
def pair(enrolled: Callable[..., Terminal]) -> tuple[Terminal, Terminal]:
    """Two terminals whose journals are not the same one by their name."""
    one, two = enrolled("A01"), enrolled("A02")
    two.head = Head(one.head.epoch + 500)
    return one.begin(), two.begin()


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_found_at_the_next_contact_with_its_reason(
    central: Central, pair: tuple[Terminal, Terminal], name: str
) -> None:
    attack, kinds = ATTACKS[name]
    attack(central, *pair)
    assert central.alarms() == kinds


def _blind(*_: Any, **__: Any) -> None:
    return None


def _blind_to_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "weigh", _blind)
    monkeypatch.setattr(ingest, "settle", _blind)
    monkeypatch.setattr(heartbeat, "weigh", _blind)


def _blind_to_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.central.evidence._rewound", _blind)


def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "settle", _blind)
    monkeypatch.setattr("kiosk.central.recovery.settle", _blind)


def _blind_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ingest, heartbeat):
        monkeypatch.setattr(module, "owners", lambda *_: [])


def _blind_to_content(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.central.ingest.keep_altered", _blind)


def _trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.central.chain.chain_fault", _blind)


WEAKENED: list[tuple[Callable[[pytest.MonkeyPatch], None], str, str]] = [
    (_blind_to_heads, "newest_dropped_that_central_held", AlarmKind.REWOUND),
    (_blind_to_heads, "yesterday_s_image_restored", AlarmKind.REWOUND),
    (_blind_to_heads, "level_edited_after_central_held_it", AlarmKind.ALTERED_HEAD),
    (_blind_to_heads, "level_edited_before_central_saw_anything_of_it", AlarmKind.ALTERED_HEAD),
    (_blind_to_order, "newest_dropped_that_central_had_only_heard_of", AlarmKind.REWOUND),
    (_forgetful, "newest_dropped_and_gone_on_beyond_them", AlarmKind.ALTERED_HEAD),
    (_forgetful, "one_removed_and_the_chain_closed_again", AlarmKind.ALTERED_HEAD),
    (_forgetful, "level_edited_on_the_way_into_a_new_journal", AlarmKind.ALTERED_HEAD),
    (_blind_to_others, "stores_swapped_and_heard_in_a_heartbeat", AlarmKind.SWAPPED),
    (_blind_to_content, "true_once_and_altered_when_sent_again", AlarmKind.CHAIN_BROKEN),
    (_trusting, "level_edited_and_sealed_by_itself", AlarmKind.CHAIN_BROKEN),
]


@pytest.mark.parametrize(("weaken", "name", "kind"), WEAKENED)
def test_a_weaker_central_misses_it(
    central: Central,
    pair: tuple[Terminal, Terminal],
    monkeypatch: pytest.MonkeyPatch,
    weaken: Callable[[pytest.MonkeyPatch], None],
    name: str,
    kind: str,
) -> None:
    weaken(monkeypatch)
    attack, kinds = ATTACKS[name]
    attack(central, *pair)
    assert kind in kinds
    assert central.alarms() == kinds - {kind}
