"""RELIABILITY 2: a write or a sync fails at every place of a life, once or until a restart, and the plug is pulled."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.core.entry import Draft, Head
from tests.journal.conftest import EPOCH, draft
from tests.journal.crash_states import (
    PATIENCE_S,
    explore,
    hand_in,
    lane_on,
    open_on,
    quick_folder,
)
from tests.journal.power_cuts import Operation
from tests.journal.recording_disk import FOR_EVER, RECORDER, Fault

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""APSW has nowhere to raise what a disk written in Python raises while another error is on its way."""

TROUBLES = 4
"""How often the lane must have said that it tries again before we take it that the disk refuses for ever."""


@dataclass
class Life:
    """One scripted life under a fault, as it stood when all was answered or the disk refused for ever."""

    operations: list[Operation]
    entries: list[Draft]
    answers: list["Future[Head]"]
    answered: list[bool]
    troubles: list[str]
    opened: int


def live(folder: Path, what: str, fault: Fault) -> Life:
    """An entry is handed in, one more, a position moved, the same again, and two at once; nobody waits for another."""
    for left in folder.iterdir():
        left.unlink()
    RECORDER.begin(**{what: fault})
    with RECORDER.hears_os():
        return _live(folder, what, fault)


def _live(folder: Path, what: str, fault: Fault) -> Life:
    troubles: list[str] = []
    settled = threading.Event()

    def trouble(words: str) -> None:
        troubles.append(words)
        if fault.times is FOR_EVER and len(troubles) >= TROUBLES:
            settled.set()

    lane = lane_on(folder, trouble)
    lane.start()
    RECORDER.say("moving 1")
    entries = [draft(comment="慢" * 150 if number % 2 else "") for number in range(4)]
    entries.insert(2, entries[1])
    answers = []
    for entry in entries:
        answers.append(hand_in(lane, entry))
        lane.advance(EPOCH, 1, b"{}")
    answers[-1].add_done_callback(lambda _done: settled.set())
    assert settled.wait(PATIENCE_S)
    operations, opened = list(RECORDER.operations), RECORDER.opened.count("journal.db")
    answered = [f"answered {entry.entry_id} " in " ".join(_said(operations)) for entry in entries]
    assert all(not answer.done() or answer.exception() is None for answer in answers)  # nobody must tap again
    setattr(RECORDER, what, Fault())
    assert lane.close(PATIENCE_S)
    return Life(operations, entries, answers, answered, troubles, opened)


def _said(operations: list[Operation]) -> Iterator[str]:
    return (operation.what for operation in operations if hasattr(operation, "what"))


@pytest.fixture(scope="module")
def folders() -> Iterator[tuple[Path, Path]]:
    with quick_folder() as folder:
        for name in ("life", "after"):
            (folder / name).mkdir()
        yield folder / "life", folder / "after"


def calls_of(folder: Path, what: str) -> int:
    """How many such calls the life makes on a disk that never fails, and its stop with it."""
    counter = Fault()
    live(folder, what, counter)
    return counter.calls


@pytest.mark.parametrize(("what", "times"), [("syncs", 1), ("syncs", 2), ("syncs", 4), ("writes", 1), ("writes", 2)])
def test_a_failure_anywhere_costs_nothing_and_asks_nobody_to_tap_again(
    folders: tuple[Path, Path], what: str, times: int
) -> None:
    life_folder, after = folders
    calls = calls_of(life_folder, what)
    assert calls > 10
    for at in range(calls):
        life = live(life_folder, what, Fault(at, times))
        assert all(life.answered), f"{what} {at}"
        with open_on(life_folder) as journal:
            found = [record["entry_id"] for record in journal.read(0, 100)]
            assert journal.verify().fault is None
        assert sorted(found[1:]) == sorted({entry.entry_id for entry in life.entries})
        verdict = explore(life.operations, 4, at, after, at_the_end=True)
        assert verdict.wrong == 0, f"{what} {at}: {verdict}\n{verdict.words}"


@pytest.mark.parametrize("what", ["syncs", "writes"])
def test_a_disk_that_refuses_from_some_call_on_keeps_what_was_answered_and_doubles_nothing(
    folders: tuple[Path, Path], what: str
) -> None:
    life_folder, after = folders
    refused = 0
    for at in range(calls_of(life_folder, what)):
        life = live(life_folder, what, Fault(at, FOR_EVER))
        refused += not all(life.answered)
        verdict = explore(life.operations, 4, at, after, at_the_end=True)
        assert verdict.wrong == 0, f"{what} {at}: {verdict}\n{verdict.words}"
        with open_on(after) as journal:  # the last of those disks, on a machine that was started again
            for entry in life.entries:
                journal.append(entry)
            found = [record["entry_id"] for record in journal.read(0, 100)]
            assert journal.verify().fault is None
        assert all(found.count(entry.entry_id) == 1 for entry in life.entries)
    assert refused > 5


def test_the_same_entry_is_tried_again_on_a_fresh_connection(folders: tuple[Path, Path]) -> None:
    life_folder, _after = folders
    lives = [live(life_folder, "syncs", Fault(at)) for at in range(calls_of(life_folder, "syncs"))]
    assert all(life.opened <= 1 + len(life.troubles) for life in lives)
    assert sum(life.opened == 2 for life in lives) >= 5


def test_a_retry_that_trusts_what_it_reads_back_is_seen_to_lose(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    life_folder, after = folders
    monkeypatch.setattr("kiosk.journal.connection.rewrite", lambda _path: None)
    lost = 0
    for at in range(calls_of(life_folder, "syncs")):
        life = live(life_folder, "syncs", Fault(at, times=2))
        lost += explore(life.operations, 4, at, after, at_the_end=True).lost
    assert lost > 0
