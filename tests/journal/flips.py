"""One flipped bit in the log or in the database: what SQLite says of it, what the chain says, what is lost.

`python -m tests.journal.flips --log 200 --database 400` prints the figures.
"""

import argparse
import contextlib
import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw

from kiosk.core.entry import content_fault
from kiosk.journal.connection import DAMAGE, JournalDamaged, connect
from kiosk.journal.store import Journal
from tests.journal.conftest import KEY
from tests.journal.damages import MEMORY, Bench, began, unaccounted

COMMITS = 40


@dataclass
class LogFigures:
    """`alarms`: openings that began a new journal and said so. `saved`: entries brought over in those."""

    flips: int = 0
    alarms: int = 0
    silent: int = 0
    named: int = 0
    saved: int = 0
    in_full: int = 0


@dataclass
class DatabaseFigures:
    """Which flips each way of looking sees, and what came out of reading that was not what went in."""

    flips: int = 0
    quick_check: int = 0
    chain: int = 0
    opening: int = 0
    altered_out: int = 0


def flip(file: Path, chance: random.Random) -> None:
    """Turn one bit over."""
    data = bytearray(file.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    file.write_bytes(data)


@contextlib.contextmanager
def filled(settled: bool) -> Iterator[Bench]:
    """A home as a pulled plug leaves it after some commits."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        running, left = Path(folder, "running"), Path(folder, "left")
        running.mkdir()
        left.mkdir()
        bench = Bench(running)
        lane = bench.start()
        for _ in range(COMMITS):
            bench.append()
        if settled:
            lane.call(lambda journal: journal.settle()).result(30)
        bench.pulled(left)
        bench.stop()
        yield Bench(left, answered=bench.answered)


def flip_the_log(times: int, seed: int = 0, with_mark: bool = True) -> LogFigures:
    """Flip one bit of the log before each of so many openings. Without the mark, the build is a weakened one."""
    figures, chance = LogFigures(), random.Random(seed)
    with filled(settled=False) as left:
        for _ in range(times):
            with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
                home = Path(folder, "home")
                shutil.copytree(left.home, home)
                bench = Bench(home, answered=left.answered)
                flip(bench.places.log, chance)
                if with_mark:
                    journal = bench.open()
                else:
                    try:
                        journal = Journal.open(bench.places.journal, KEY, lambda: began("first", None, None))
                    except DAMAGE:
                        continue
                with journal:
                    named, silent = unaccounted(bench, journal, 0)
                    begun = journal.begun_anew is not None
                figures.flips += 1
                figures.alarms += begun
                figures.silent += len(silent)
                figures.named += len(named)
                figures.saved += begun and COMMITS - len(named) - len(silent)
                figures.in_full += begun and not named and not silent
    return figures


def flip_the_database(times: int, seed: int = 0) -> DatabaseFigures:
    """Flip one bit of the database, all of it settled there, before each of so many looks."""
    figures, chance = DatabaseFigures(), random.Random(seed)
    with filled(settled=True) as left, tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder, "journal.db")
        for _ in range(times):
            shutil.copyfile(left.places.journal, path)
            flip(path, chance)
            figures.flips += 1
            try:
                connection = connect(path, KEY)
            except DAMAGE:
                figures.opening += 1
                continue
            try:
                figures.quick_check += connection.execute("PRAGMA quick_check(1)").get != "ok"
            except apsw.Error:
                figures.quick_check += 1
            connection.close()
            try:
                journal = Journal.open(path, KEY, lambda: began("first", None, None))
            except DAMAGE:
                figures.opening += 1
                continue
            with journal:
                figures.chain += journal.verify().fault is not None
                with contextlib.suppress(JournalDamaged, apsw.CorruptError):
                    records = journal.read(0, 1_000)
                    figures.altered_out += sum(content_fault(record) is not None for record in records)
                    figures.altered_out += len(records) != COMMITS + 1
    return figures


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", type=int, default=200)
    parser.add_argument("--database", type=int, default=400)
    chosen = parser.parse_args()
    print(flip_the_log(chosen.log))
    print("without the mark:", flip_the_log(chosen.log, with_mark=False))
    print(flip_the_database(chosen.database))


if __name__ == "__main__":
    main()
