"""Fills the disk under a running journal: `python -m tests.journal.full_disk --folder DIR`, DIR on a small file system.

The ballast is given up, ratings are kept in its room, then nothing more fits and nothing is answered, then there is
room again and all is answered. The test runs the same on a disk that is small by decree.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kiosk.core.entry import Draft, Head
from kiosk.journal.ballast import LOOK_EVERY_S, SIZE, Ballast, free_bytes
from kiosk.journal.lane import JournalLane
from kiosk.journal.store import Journal
from tests.journal.conftest import KEY, began
from tests.journal.ratings import rating

PATIENCE_S = 60.0
COMPLAINTS_WHEN_STUCK = 6
"""One try may bring several: of the append, of closing, of opening again."""


class Room(Protocol):
    """The disk's room, as the scenario takes and gives it."""

    def take_all(self) -> None:
        """Leave nothing."""

    def give(self) -> None:
        """Leave plenty."""

    def free(self, folder: Path) -> int:
        """What is left."""


class RealRoom:
    """A small file system, filled by a file of somebody else."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "somebody-else"

    def take_all(self) -> None:
        """Down to the last byte."""
        with self._filler.open("ab", buffering=0) as file:
            for step in (1 << 20, 4096, 512, 1):
                block = os.urandom(step)
                try:
                    while True:
                        file.write(block)
                except OSError:
                    continue

    def give(self) -> None:
        """All of it back."""
        self._filler.unlink()

    def free(self, folder: Path) -> int:
        """As the product asks it."""
        return free_bytes(folder)


@dataclass
class Told:
    """What lane and ballast said."""

    full: list[int] = field(default_factory=list)
    room: int = 0
    trouble: list[str] = field(default_factory=list)
    well: int = 0
    refused: threading.Event = field(default_factory=threading.Event)
    moved: threading.Event = field(default_factory=threading.Event)
    now_s: float = 0.0

    def say_trouble(self, words: str) -> None:
        """The disk refuses even now."""
        self.trouble.append(words)
        self.refused.set()
        self.moved.set()

    def say_well(self) -> None:
        """It does as it is told."""
        self.well += 1

    def say_room(self) -> None:
        """The ballast is back."""
        self.room += 1


@dataclass(frozen=True)
class Outcome:
    """What happened. `before`, `after`: ratings kept before and after the disk said full."""

    before: int
    after: int
    given_up: list[int]
    troubles_before_the_end: int
    pending: int
    answered_while_refused: int
    ballast_is_back: bool
    rooms: int
    missing: int
    doubled: int
    fault: str | None

    def __str__(self) -> str:
        return (
            f"{self.before} ratings kept until the disk was full; ballast given up {self.given_up} bytes; "
            f"{self.after} ratings more kept, with {self.troubles_before_the_end} complaints; then refused: "
            f"{self.pending} entries waiting, {self.answered_while_refused} falsely answered; with room again: "
            f"missing {self.missing}, twice {self.doubled}, chain {self.fault or 'holds'}, "
            f"ballast {'back' if self.ballast_is_back else 'NOT back'} ({self.rooms})"
        )

    @property
    def is_good(self) -> bool:
        """Whether all was as promised."""
        wrong = (self.troubles_before_the_end, self.answered_while_refused, self.missing, self.doubled)
        return not any(wrong) and self.fault is None and self.ballast_is_back and len(self.given_up) == self.rooms == 1


def fill(
    folder: Path, room: Room, *, vfs: str | None = None, size: int = SIZE, enough: int = 1 << 30, waiting: int = 50
) -> Outcome:
    """The whole story in this folder; after `enough` ratings behind "full" the rest of the room is taken at once."""
    told = Told()
    ballast = Ballast(
        folder / "ballast", full=told.full.append, room=told.say_room, size=size, free=room.free,
        now_s=lambda: told.now_s,
    )  # fmt: skip
    lane = JournalLane(
        lambda: Journal.open(folder / "journal.db", KEY, began, mark=folder / "journal.mark", vfs=vfs),
        trouble=told.say_trouble, well=told.say_well, ballast=ballast, pauses_s=(0.01,),
    )  # fmt: skip
    lane.start()
    lane.status().result(PATIENCE_S)
    handed_in: list[tuple[Draft, Future[Head]]] = []

    def rate(number: int) -> list["Future[Head]"]:
        drafts = list(rating(number))
        futures = [lane.append(draft) for draft in drafts]
        handed_in.extend(zip(drafts, futures, strict=True))
        futures[-1].add_done_callback(lambda _done: told.moved.set())
        return futures

    room.take_all()
    before = _kept_until(lambda: bool(told.full), rate, told)
    after = _kept_until(lambda: told.refused.is_set() or len(handed_in) >= 4 * (before + enough), rate, told)
    troubles = len(told.trouble) if not told.refused.is_set() else 0
    room.take_all()
    while not told.refused.is_set():  # the log has room within itself
        _kept_until(told.refused.is_set, rate, told)
    for number in range(waiting):
        rate(number)
    _until_it_is_stuck(handed_in, told)
    pending = [future for _, future in handed_in if not future.done()]
    _until_it_is_stuck(handed_in, told)
    falsely = sum(future.done() for future in pending)
    room.give()
    places = [future.result(PATIENCE_S) for _, future in handed_in]
    told.now_s += 2 * LOOK_EVERY_S
    lane.status().result(PATIENCE_S)
    lane.status().result(PATIENCE_S)
    is_back = (folder / "ballast").exists()
    assert lane.close(PATIENCE_S)
    with Journal.open(folder / "journal.db", KEY, began) as journal:
        here = {(record["entry_id"], record["sequence"]) for record in journal.read(0, 1 << 40)}
        entries, fault = journal.status().entries, journal.verify().fault
    wanted = {(draft.entry_id, place.sequence) for (draft, _), place in zip(handed_in, places, strict=True)}
    return Outcome(
        before, after, told.full, troubles, len(pending), falsely, is_back, told.room,
        len(wanted - here), entries - 1 - len(wanted), fault,
    )  # fmt: skip


def _until_it_is_stuck(handed_in: list[tuple[Draft, "Future[Head]"]], told: Told) -> None:
    """Until the lane has tried again and got nothing done; closing its file may have won it a little room before."""
    done = -1
    while done != (now := sum(future.done() for _, future in handed_in)):
        done = now
        for _ in range(COMPLAINTS_WHEN_STUCK):
            told.refused.clear()
            assert told.refused.wait(PATIENCE_S)


def _kept_until(over: Callable[[], bool], rate: Callable[[int], list["Future[Head]"]], told: Told) -> int:
    """Ratings handed in one by one until it is over; how many were answered whole."""
    kept = 0
    while not over():
        futures = rate(kept)
        while not futures[-1].done() and not told.refused.is_set():
            assert told.moved.wait(PATIENCE_S)
            told.moved.clear()
        kept += futures[-1].done()
    return kept


def main() -> int:
    """The command: exit 1 if it was not as promised."""
    parser = argparse.ArgumentParser(prog="python -m tests.journal.full_disk", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="on a small file system that may be filled")
    options = parser.parse_args()
    free = free_bytes(options.folder)
    if not 2 * SIZE <= free <= 1 << 30:
        print(f"{options.folder} has {free >> 20} MiB free; this wants between {2 * SIZE >> 20} MiB and 1 GiB")
        return 2
    began_at = time.monotonic()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        outcome = fill(Path(folder), RealRoom(options.folder))
    print(f"{free >> 20} MiB free at first: {outcome}; {time.monotonic() - began_at:.1f} s")
    return int(not outcome.is_good)


if __name__ == "__main__":
    sys.exit(main())
