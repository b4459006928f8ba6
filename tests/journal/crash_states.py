"""Replays a journal's life on every disk that a power cut may leave of it: `python -m tests.journal.crash_states`.

One life is recorded under the cipher; for each crash state the real journal is opened on the files and asked whether
what had been answered before the cut is there, once, whole and at its place.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from kiosk.core.entry import Draft, Head, Kind, chain_fault
from kiosk.journal.connection import JournalFault, JournalOlder
from kiosk.journal.lane import JournalLane
from kiosk.journal.store import Journal
from tests.journal.conftest import EPOCH, KEY, began, draft
from tests.journal.power_cuts import CrashState, Files, Operation, Said, crash_states
from tests.journal.recording_disk import RECORDER, VFS

PATIENCE_S = 20.0
VISITS = 4
WORDS = 5


@dataclass
class Verdict:
    """What was found over all states. `noticed`: losses that the journal told of by itself, by its high-water mark.
    `words`: the first few that went wrong, each with its cut."""

    explored: int = 0
    disks: int = 0
    lost: int = 0
    noticed: int = 0
    twice: int = 0
    half: int = 0
    refused: int = 0
    misplaced: int = 0
    words: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """How many states broke the promise in whatever way."""
        return self.lost + self.twice + self.half + self.refused + self.misplaced

    def __str__(self) -> str:
        return (
            f"disks explored {self.disks} (at {self.explored} moments), lost {self.lost}, twice {self.twice}, "
            f"half {self.half}, not opened {self.refused}, position wrong {self.misplaced}"
        )


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory where the machine has one: these disks are made of bytes, not of a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def open_on(folder: Path, **options: Any) -> Journal:
    """The real journal on these files, told of what it must have."""
    return Journal.open(folder / "journal.db", KEY, began, mark=folder / "journal.mark", **options)


# -- one life, recorded ------------------------------------------------------------------------------------------------


def lane_on(folder: Path, trouble: Callable[[str], None] = lambda _words: None, **options: Any) -> JournalLane:
    """A lane on the recording disk, which says what it had answered."""
    return JournalLane(
        lambda: open_on(folder, vfs=VFS, **options), trouble=trouble, well=lambda: None, pauses_s=(0.0005,)
    )


def hand_in(lane: JournalLane, entry: Draft) -> "Future[Head]":
    """Append, and have the answer said at the moment it is given."""
    RECORDER.say(f"asked {entry.entry_id}")
    future = lane.append(entry)
    future.add_done_callback(lambda done: _say_the_answer(entry.entry_id, done))
    return future


def _say_the_answer(entry_id: str, done: "Future[Head]") -> None:
    if done.exception() is None:
        RECORDER.say(f"answered {entry_id} {done.result().sequence} {done.result().hash}")


def _appended(lane: JournalLane, entry: Draft) -> int:
    return hand_in(lane, entry).result(PATIENCE_S).sequence


def _advanced(lane: JournalLane, sequence: int) -> None:
    RECORDER.say(f"moving {sequence}")
    lane.advance(EPOCH, sequence, b'{"acknowledged":1}').result(PATIENCE_S)
    RECORDER.say(f"moved {sequence}")


def record_life(folder: Path, *, deaf_to_wal: bool = False, **options: Any) -> list[Operation]:
    """Visits, positions moved and personal data wiped, an entry tried again, a checkpoint, a stop, a new start."""
    RECORDER.begin(deaf_to_wal=deaf_to_wal)
    with RECORDER.hears_os():
        _live_twice(folder, options)
    return list(RECORDER.operations)


def _live_twice(folder: Path, options: dict[str, Any]) -> None:
    for life in range(2):
        lane = lane_on(folder, **options)
        lane.start()
        lane.status().result(PATIENCE_S)
        for number in range(VISITS):
            visit = f"{life:016x}{number:016x}"
            _appended(lane, draft(Kind.VISIT_STARTED, visit, {"case_number": "341220261124000178"}))
            tapped = draft(Kind.LEVEL_TAPPED, visit, {"level": "very_dissatisfied"})
            place = _appended(lane, tapped)
            if number % 3 == 1:
                _advanced(lane, place)
            if number % 3 == 2:
                assert _appended(lane, tapped) == place
                lane.call(Journal.settle).result(PATIENCE_S)
            _appended(lane, draft(Kind.VISIT_ENDED, visit, {"outcome": "rated"}, comment="等待时间太长" * 25))
        assert lane.close(PATIENCE_S)


# -- the judgement -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promises:
    """What the world had been told by a cut."""

    asked: frozenset[str]
    places: dict[str, tuple[int, str]]
    moved: int
    moving: int


def promises(said: Sequence[Said]) -> Promises:
    """What these sayings promise."""
    words = [each.what.split() for each in said]
    return Promises(
        frozenset(word[1] for word in words if word[0] == "asked"),
        {word[1]: (int(word[2]), word[3]) for word in words if word[0] == "answered"},
        max((int(word[1]) for word in words if word[0] == "moved"), default=0),
        max((int(word[1]) for word in words if word[0] == "moving"), default=0),
    )


@dataclass(frozen=True)
class Found:
    """What the journal says of itself on one disk; `refused` where it did not open or did not go on, `is_older` where
    that was because it ends before its mark."""

    records: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: int = 0
    refused: str = ""
    is_older: bool = False


def look(files: Files, folder: Path) -> Found:
    """Put the files there, open the real journal, read it all, and have it take one entry more."""
    for left in folder.iterdir():
        left.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        with open_on(folder) as journal:
            records = journal.read(0, 1_000_000)
            status, before = journal.status(), Head(journal.epoch)
            for record in records:
                if (fault := chain_fault(record, before)) is not None:
                    return Found(records, refused=f"{fault} at {record['sequence']}")
                before = Head(before.epoch, record["sequence"], record["hash"])
            if journal.append(draft()).sequence != status.head.sequence + 1:
                return Found(records, refused="the next entry did not follow the last")
    except (apsw.Error, JournalFault, OSError) as fault:
        return Found(refused=f"{type(fault).__name__}: {fault}", is_older=isinstance(fault, JournalOlder))
    return Found(records, status.acknowledged)


def judge(found: Found, promised: Promises) -> list[str]:
    """What is wrong, as names of the counts in `Verdict`; nothing if the promise was kept."""
    if found.is_older:
        return ["lost", "noticed"] if promised.places else ["refused"]
    if found.refused:
        return ["refused"]
    wrong = []
    here = {record["entry_id"]: (record["sequence"], record["hash"]) for record in found.records}
    if any(here.get(entry_id) != place for entry_id, place in promised.places.items()):
        wrong.append("lost")
    if max(Counter(record["entry_id"] for record in found.records).values(), default=0) > 1:
        wrong.append("twice")
    if any(_is_half(record, found.acknowledged, promised) for record in found.records):
        wrong.append("half")
    if not promised.moved <= found.acknowledged <= min(promised.moving, len(found.records)):
        wrong.append("misplaced")
    return wrong


def _is_half(record: dict[str, Any], acknowledged: int, promised: Promises) -> bool:
    """Whether a record, whose hashes hold, is nobody's, or has personal data that is gone too soon or is back."""
    if record["entry_id"] not in promised.asked and record["kind"] != Kind.JOURNAL_BEGAN:
        return True
    is_due = record["personal_digest"] is not None and record["sequence"] > acknowledged
    return ("personal" in record) != is_due


def explore(
    operations: Sequence[Operation], states: int, seed: int, folder: Path, *, at_the_end: bool = False
) -> Verdict:
    """Judge that many crash states of these operations, from every boundary or only of a cut behind the last."""
    verdict, seen = Verdict(), dict[int, Found]()
    said = [each for each in operations if isinstance(each, Said)]
    where = {"first_cut": len(operations), "patience": 5} if at_the_end else {}
    for state in crash_states(operations, random.Random(seed), states, **where):
        digest = state.digest
        if digest not in seen:
            seen[digest] = look(state.files, folder)
            verdict.disks += 1
        verdict.explored += 1
        wrong = judge(seen[digest], promises(said[: state.said]))
        for name in wrong:
            setattr(verdict, name, getattr(verdict, name) + 1)
        if wrong and len(verdict.words) < WORDS:
            verdict.words.append(_words(state, wrong, seen[digest]))
    return verdict


def _words(state: CrashState, wrong: Sequence[str], found: Found) -> str:
    sizes = {name: len(content) for name, content in state.files.items()}
    return f"{'+'.join(wrong)} at cut {state.cut}: files {sizes}, {len(found.records)} entries, {found.refused}"


def run(states: int, seed: int, **options: Any) -> Verdict:
    """Record one life and explore it. `options` weaken the journal, or the disk."""
    with quick_folder() as folder:
        (folder / "life").mkdir()
        (folder / "after").mkdir()
        operations = record_life(folder / "life", **options)
        return explore(operations, states, seed, folder / "after")


def main() -> int:
    """The command: exit 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.journal.crash_states", description=__doc__)
    parser.add_argument("--states", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    began_at = time.monotonic()
    verdict = run(options.states, options.seed)
    print(f"seed {options.seed}: {verdict}, in {time.monotonic() - began_at:.1f} s")
    for words in verdict.words:
        print(f"  {words}")
    return int(verdict.wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
