"""Durable appends under load, and what a power cut leaves of them: our journal, persist-queue, litequeue.

All are set to WAL with `synchronous=FULL`. For the cuts each writes in a child of its own under `strace`; the calls it
made are replayed up to every boundary with what was not synced dropped, reordered or torn, and its own library opens
what is left.
"""

import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.queues import KINDS, Kind
from benchmarks.traced import SAID, trace
from tests.journal.power_cuts import CrashState, Operation, crash_states

RECORDS = 2_000
THREADS = 4
ROUNDS = 8
TRACED = 40
DISKS = 1_500


@dataclass(frozen=True)
class Speed:
    """Milliseconds per durable append in each round, by name."""

    rounds_ms: dict[str, list[float]]

    def median_ms(self, name: str) -> float:
        """Of one of them."""
        return statistics.median(self.rounds_ms[name])

    def ratio(self, other: str) -> float:
        """Ours to another's, each round by itself: what else the disk does then falls on both."""
        pairs = zip(self.rounds_ms["journal"], self.rounds_ms[other], strict=True)
        return statistics.median(ours / theirs for ours, theirs in pairs)


@dataclass(frozen=True)
class Losses:
    """One queue under cuts. `entries_lost`: answered entries missing, over all disks; `unopened`: it did not open."""

    disks: int
    losing: int
    entries_lost: int
    twice: int
    unopened: int


def measure_speed(records: int = RECORDS) -> Speed:
    """Each in turn, in short rounds so that what else the disk does falls on all; four threads hand in."""
    names = [name for name in KINDS if "shipped" not in name]
    found: dict[str, list[float]] = {name: [] for name in names}
    share = records // ROUNDS
    for _ in range(ROUNDS):
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                found[name].append(_load(KINDS[name], Path(folder), share) / share * 1000)
    return Speed(found)


def _load(kind: Kind, folder: Path, records: int) -> float:
    """How long all records take, from the first put to the last answer."""
    queue = kind.open(folder)
    queue.put(1)
    go = threading.Event()
    shares = [range(first + 2, records + 2, THREADS) for first in range(THREADS)]

    def hand_in(share: range) -> None:
        go.wait()
        for number in share:
            queue.put(number)

    threads = [threading.Thread(target=hand_in, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    go.set()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    queue.close()
    kept = len(kind.read(folder))
    if kept != records + 1:
        raise RuntimeError(f"{kind.name} kept {kept} records of {records + 1}")
    return seconds


def measure_losses(disks: int = DISKS, seed: int = 1) -> dict[str, Losses]:
    """Each by the same number of crash states, drawn the same way."""
    return {name: _losses(kind, disks, seed) for name, kind in KINDS.items()}


def _losses(kind: Kind, disks: int, seed: int) -> Losses:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as parent:
        folder, after = Path(parent) / "life", Path(parent) / "after"
        folder.mkdir()
        operations = trace(kind.name, TRACED, folder, Path(parent) / "trace")
        shutil.rmtree(folder)
        return _judged(kind, operations, folder, after, disks, seed)


def _judged(kind: Kind, operations: Sequence[Operation], folder: Path, after: Path, disks: int, seed: int) -> Losses:
    seen: set[int] = set()
    losing = lost = twice = unopened = 0
    for state in crash_states(operations, random.Random(seed), disks):
        seen.add(state.digest)
        if state.said == 0:
            continue  # nothing was answered yet
        found = _read(kind, state, after)
        if found is None:
            unopened, losing, lost = unopened + 1, losing + 1, lost + state.said
            continue
        missing = len(set(range(1, state.said + 1)) - set(found))
        losing, lost = losing + (missing > 0), lost + missing
        twice += len(found) != len(set(found))
    return Losses(len(seen), losing, lost, twice, unopened)


def _read(kind: Kind, state: CrashState, after: Path) -> list[int] | None:
    """What the library finds on this disk; None where it does not open it."""
    shutil.rmtree(after, ignore_errors=True)
    after.mkdir()
    for name, content in state.files.items():
        (after / name).write_bytes(content)
    try:
        return kind.read(after)
    except Exception:  # whatever a foreign library raises: it did not open
        return None


def put_and_say(name: str, count: int, folder: Path) -> None:
    """The child: put one record after another, and write down each that was answered."""
    queue = KINDS[name].open(folder)
    with (folder / SAID).open("ab", buffering=0) as said:
        for number in range(1, count + 1):
            queue.put(number)
            said.write(f"{number}\n".encode())
    queue.close()


if __name__ == "__main__":
    _, _, child_name, child_count, child_folder = sys.argv
    put_and_say(child_name, int(child_count), Path(child_folder))
