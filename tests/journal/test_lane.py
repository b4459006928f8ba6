import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from kiosk.journal.connection import JournalBusy, JournalFault, JournalUnreadable
from kiosk.journal.lane import JournalLane, LaneClosed
from kiosk.journal.store import Journal
from tests.journal.conftest import EPOCH, KEY, began, draft
from tests.journal.disks import ORDERS, VFS

PATIENCE_S = 20.0


class Told:
    """What the lane said about the disk."""

    def __init__(self) -> None:
        self.trouble: list[str] = []
        self.well = 0
        self.in_trouble = threading.Event()

    def say_trouble(self, words: str) -> None:
        self.trouble.append(words)
        self.in_trouble.set()

    def say_well(self) -> None:
        self.well += 1


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def lane(path: Path, told: Told) -> Iterator[JournalLane]:
    lane = JournalLane(
        lambda: Journal.open(path, KEY, began, vfs=VFS),
        trouble=told.say_trouble, well=told.say_well, pauses_s=(0.001, 0.005),
    )  # fmt: skip
    lane.start()
    yield lane
    ORDERS.fail_writes = ORDERS.fail_syncs = 0
    ORDERS.full = False
    assert lane.close(PATIENCE_S)


def test_an_append_is_answered_with_its_place(lane: JournalLane) -> None:
    assert lane.append(draft()).result(PATIENCE_S).sequence == 2


def test_the_lane_reads_moves_and_tells(lane: JournalLane) -> None:
    lane.append(draft())
    assert [record["sequence"] for record in lane.read(0, 5).result(PATIENCE_S)] == [1, 2]
    lane.advance(EPOCH, 2, b"{}").result(PATIENCE_S)
    assert lane.status().result(PATIENCE_S).unsent == 0


@pytest.mark.parametrize("failures", [1, 2, 5, 17])
@pytest.mark.parametrize("what", ["fail_writes", "fail_syncs"])
def test_a_disk_that_fails_for_a_while_costs_nothing_and_doubles_nothing(
    lane: JournalLane, told: Told, what: str, failures: int
) -> None:
    lane.append(draft()).result(PATIENCE_S)
    setattr(ORDERS, what, failures)
    refused = ORDERS.refused
    same = draft()
    place = lane.append(same).result(PATIENCE_S)
    assert ORDERS.refused > refused
    assert lane.append(same).result(PATIENCE_S) == place
    assert lane.status().result(PATIENCE_S).entries == 3
    assert lane.call(lambda journal: journal.verify()).result(PATIENCE_S).fault is None
    assert told.trouble
    assert told.well >= 1


def test_a_full_disk_is_waited_out(lane: JournalLane, told: Told) -> None:
    lane.append(draft()).result(PATIENCE_S)
    ORDERS.full = True
    waiting = lane.append(draft())
    assert told.in_trouble.wait(PATIENCE_S)
    assert not waiting.done()
    ORDERS.full = False
    assert waiting.result(PATIENCE_S).sequence == 3


def test_a_call_that_fails_tells_its_caller_and_nobody_else(lane: JournalLane) -> None:
    with pytest.raises(ZeroDivisionError):
        lane.call(lambda _journal: 1 // 0).result(PATIENCE_S)
    with pytest.raises(apsw.SQLError):
        lane.call(lambda journal: journal._db.execute("nonsense")).result(PATIENCE_S)
    assert lane.append(draft()).result(PATIENCE_S).sequence == 2


def test_an_entry_that_can_never_be_encoded_fails_by_itself(lane: JournalLane) -> None:
    with pytest.raises(ValueError, match="canonical"):
        lane.append(draft(body={"x": 1.5})).result(PATIENCE_S)
    assert lane.append(draft()).result(PATIENCE_S).sequence == 2


def test_closing_finishes_what_was_handed_in(path: Path, told: Told) -> None:
    lane = JournalLane(lambda: Journal.open(path, KEY, began), trouble=told.say_trouble, well=told.say_well)
    lane.start()
    futures = [lane.append(draft()) for _ in range(50)]
    assert lane.close(PATIENCE_S)
    assert [future.result(0).sequence for future in futures] == list(range(2, 52))
    with pytest.raises(LaneClosed):
        lane.append(draft()).result(0)


def test_closing_does_not_wait_for_a_disk_that_never_comes_back(path: Path, told: Told) -> None:
    lane = JournalLane(
        lambda: Journal.open(path, KEY, began, vfs=VFS),
        trouble=told.say_trouble, well=told.say_well, pauses_s=(0.001, 3_600.0),
    )  # fmt: skip
    lane.start()
    lane.append(draft()).result(PATIENCE_S)
    ORDERS.full = True
    stuck = lane.append(draft())
    behind = lane.append(draft())
    assert told.in_trouble.wait(PATIENCE_S)
    assert lane.close(timeout_s=0.3)
    ORDERS.full = False
    assert isinstance(stuck.exception(PATIENCE_S), LaneClosed)
    assert isinstance(behind.exception(PATIENCE_S), LaneClosed)
    with Journal.open(path, KEY, began) as journal:
        assert journal.status().entries == 2


def test_a_journal_that_does_not_open_tells_every_caller_why(path: Path, told: Told) -> None:
    path.write_bytes(b"not a journal" * 1_000)
    lane = JournalLane(lambda: Journal.open(path, KEY, began), trouble=told.say_trouble, well=told.say_well)
    lane.start()
    for future in (lane.append(draft()), lane.status()):
        assert isinstance(future.exception(PATIENCE_S), JournalUnreadable)
    assert lane.close(PATIENCE_S)


def test_a_cancelled_call_is_passed_over(lane: JournalLane) -> None:
    gate, reached = threading.Event(), threading.Event()

    def hold(_journal: Journal) -> None:
        reached.set()
        gate.wait(PATIENCE_S)

    held = lane.call(hold)
    assert reached.wait(PATIENCE_S)
    cancelled = lane.append(draft())
    assert cancelled.cancel()
    gate.set()
    held.result(PATIENCE_S)
    assert lane.status().result(PATIENCE_S).entries == 1


def test_a_reopening_that_fails_keeps_trying_with_what_there_is(path: Path, told: Told) -> None:
    opens = 0

    def opener() -> Journal:
        nonlocal opens
        opens += 1
        if opens == 2:
            raise JournalFault("the folder is not mounted")
        return Journal.open(path, KEY, began, vfs=VFS)

    lane = JournalLane(opener, trouble=told.say_trouble, well=told.say_well, pauses_s=(0.001,))
    lane.start()
    lane.append(draft()).result(PATIENCE_S)
    ORDERS.fail_syncs = 1
    assert lane.append(draft()).result(PATIENCE_S).sequence == 3
    assert any("not mounted" in words for words in told.trouble)
    assert lane.close(PATIENCE_S)


def test_a_disk_that_is_full_at_the_start_is_waited_out(path: Path, told: Told) -> None:
    ORDERS.full = True
    lane = JournalLane(
        lambda: Journal.open(path, KEY, began, vfs=VFS),
        trouble=told.say_trouble, well=told.say_well, pauses_s=(0.001, 0.005),
    )  # fmt: skip
    lane.start()
    tapped = lane.append(draft())
    assert told.in_trouble.wait(PATIENCE_S)
    assert not tapped.done()
    ORDERS.full = False
    assert tapped.result(PATIENCE_S).sequence == 2
    assert told.well == 1
    assert lane.close(PATIENCE_S)


def test_a_file_that_another_looks_at_during_the_start_is_waited_for(path: Path, told: Told) -> None:
    busy = iter([True, True, False])

    def opener() -> Journal:
        if next(busy):
            raise JournalBusy("someone looks at it")
        return Journal.open(path, KEY, began)

    lane = JournalLane(opener, trouble=told.say_trouble, well=told.say_well, pauses_s=(0.001,))
    lane.start()
    assert lane.append(draft()).result(PATIENCE_S).sequence == 2
    assert (len(told.trouble), told.well) == (2, 1)
    assert lane.close(PATIENCE_S)


def test_closing_does_not_wait_for_a_journal_that_never_opens(path: Path, told: Told) -> None:
    ORDERS.full = True
    lane = JournalLane(
        lambda: Journal.open(path, KEY, began, vfs=VFS),
        trouble=told.say_trouble, well=told.say_well, pauses_s=(3_600.0,),
    )  # fmt: skip
    lane.start()
    waiting = lane.append(draft())
    assert told.in_trouble.wait(PATIENCE_S)
    assert lane.close(timeout_s=0.3)
    ORDERS.full = False
    assert isinstance(waiting.exception(PATIENCE_S), apsw.Error)
