"""Fifty ways to break a journal, each on a lane as a unit has it; what was answered is brought over or named.

`python -m tests.journal.damages --times 50` prints how many were saved in full and the longest time to service.
"""

import argparse
import os
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.core.entry import Draft, Head, Kind
from kiosk.journal.begun import BegunAnew
from kiosk.journal.keeping import Places, begin_anew, open_kept
from kiosk.journal.lane import JournalLane
from kiosk.journal.store import Journal
from tests.journal.conftest import KEY, draft

PATIENCE_S = 30.0
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where there is one, a disk that syncs at once: what is broken here is the content."""
_epochs = iter(range(1_795_000_000_000_000, 1_796_000_000_000_000))


def began(reason: str, before: Head | None, acknowledged: int | None) -> tuple[int, Draft]:
    where = None if before is None else {"epoch": before.epoch, "sequence": before.sequence, "hash": before.hash}
    body = {"version": "1", "reason": reason, "before": where, "acknowledged": acknowledged, "device_id": None}
    return next(_epochs), draft(Kind.JOURNAL_BEGAN, wall_ms=500, body=body)


def places_in(home: Path) -> Places:
    (home / "quarantine").mkdir(parents=True, exist_ok=True)
    return Places(home / "journal.db", home / "journal.mark", home / "journal.key.sealed", home / "quarantine")


@dataclass
class Bench:
    """One home, the lane in it, and what was answered there: entry ids with their places."""

    home: Path
    key: bytes = KEY
    answered: dict[str, Head] = field(default_factory=dict)
    begun: list[BegunAnew] = field(default_factory=list)
    told: threading.Event = field(default_factory=threading.Event)
    lane: JournalLane | None = None

    @property
    def places(self) -> Places:
        return places_in(self.home)

    def open(self) -> Journal:
        return open_kept(self.places, self.key, began)

    def start(self, **options: Any) -> JournalLane:
        self.lane = JournalLane(
            self.open, trouble=lambda _words: None, well=lambda: None, pauses_s=(0.001,), anew=self.begun.append,
            renew=lambda journal, reason: begin_anew(self.places, self.key, began, journal, reason), **options,
        )  # fmt: skip
        self.lane.start()
        return self.lane

    def append(self, entry: Draft | None = None) -> Head:
        assert self.lane is not None
        entry = entry or draft("visit.level_tapped", comment="慢" * 9, body={"level": "very_dissatisfied"})
        place = self.lane.append(entry).result(PATIENCE_S)
        self.answered.setdefault(entry.entry_id, place)
        return place

    def stop(self) -> None:
        assert self.lane is not None
        assert self.lane.close(PATIENCE_S)
        self.lane = None

    def pulled(self, target: Path) -> None:
        """What a pulled plug leaves, in `target`."""
        for file in self.home.glob("journal.*"):
            shutil.copyfile(file, target / file.name)


def unaccounted(bench: Bench, journal: Journal, acknowledged: int) -> tuple[set[str], set[str]]:
    """Of what was answered and central is not known to hold: what is in no journal but named missing, and what is
    silently gone."""
    records = journal.read(0, 100_000)
    here = {record["entry_id"] for record in records}
    named: dict[int, set[int]] = {}
    for record in records:
        if record["kind"] == Kind.JOURNAL_RECOVERED:
            for first, last in record["body"]["missing"]:
                named.setdefault(record["body"]["epoch"], set()).update(range(first, last + 1))
    lost = {
        entry_id: place
        for entry_id, place in bench.answered.items()
        if entry_id not in here and place.sequence > acknowledged
    }
    silent = {entry_id for entry_id, place in lost.items() if place.sequence not in named.get(place.epoch, ())}
    return set(lost) - silent, silent


# -- the damages -----------------------------------------------------------------------------------------------------


def _at(file: Path, offset: int, data: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(offset)
        opened.write(data)


def header_zeroed(places: Places, chance: random.Random, _older: Path) -> None:
    _at(places.journal, 0, bytes(4096))


def page_overwritten(places: Places, chance: random.Random, _older: Path) -> None:
    _at(places.journal, chance.randrange(places.journal.stat().st_size // 4096) * 4096, chance.randbytes(4096))


def anywhere_overwritten(places: Places, chance: random.Random, _older: Path) -> None:
    size = places.journal.stat().st_size
    _at(places.journal, chance.randrange(max(1, size - 4096)), chance.randbytes(4096))


def log_overwritten(places: Places, chance: random.Random, _older: Path) -> None:
    _at(places.log, chance.randrange(places.log.stat().st_size - 4096), chance.randbytes(4096))


def log_header_overwritten(places: Places, chance: random.Random, _older: Path) -> None:
    _at(places.log, 0, chance.randbytes(32))


def wrong_file(places: Places, chance: random.Random, _older: Path) -> None:
    places.journal.write_bytes(b"this is no journal, whatever it may be called " * 500)


def another_key(places: Places, chance: random.Random, _older: Path) -> None:
    places.log.unlink()
    places.journal.unlink()
    other = Journal.open(places.journal, bytes(32), lambda: began("first", None, None))
    other.append(draft())
    other.close()


def older_copy(places: Places, chance: random.Random, older: Path) -> None:
    for file in (places.journal, places.log):
        shutil.copyfile(older / file.name, file)


def older_database_alone(places: Places, chance: random.Random, older: Path) -> None:
    shutil.copyfile(older / places.journal.name, places.journal)
    places.log.unlink()


def truncated(places: Places, chance: random.Random, _older: Path) -> None:
    with places.journal.open("r+b") as file:
        file.truncate(chance.randrange(places.journal.stat().st_size))


def log_truncated(places: Places, chance: random.Random, _older: Path) -> None:
    with places.log.open("r+b") as file:
        file.truncate(chance.randrange(places.log.stat().st_size))


def deleted(places: Places, chance: random.Random, _older: Path) -> None:
    places.journal.unlink()


def both_deleted(places: Places, chance: random.Random, _older: Path) -> None:
    places.journal.unlink()
    places.log.unlink()


def emptied(places: Places, chance: random.Random, _older: Path) -> None:
    places.journal.write_bytes(b"")


Damage = Callable[[Places, random.Random, Path], None]
DAMAGES: tuple[Damage, ...] = (
    header_zeroed, page_overwritten, anywhere_overwritten, log_overwritten, log_header_overwritten, wrong_file,
    another_key, older_copy, older_database_alone, truncated, log_truncated, deleted, both_deleted, emptied,
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """One damage, and what became of what was answered. `kept`: whether the broken files lie in quarantine byte for
    byte, where the opening saw the damage. `service_s`: from the start to the first answer."""

    damage: str
    reason: str | None
    answered: int
    missing: int
    silent: int
    kept: bool
    service_s: float
    chain: str | None


def run_one(number: int, folder: Path) -> Outcome:
    """Fill a journal, pull the plug, break what is there, start again."""
    chance = random.Random(number)
    damage = DAMAGES[number % len(DAMAGES)]
    filled, older, home = folder / "filled", folder / "older", folder / "home"
    for each in (filled, older, home):
        each.mkdir()
    bench = Bench(filled)
    lane = bench.start()
    for _ in range(chance.randrange(20, 60)):
        bench.append()
    status = lane.status().result(PATIENCE_S)
    acknowledged = chance.randrange(status.head.sequence // 2)
    lane.advance(status.head.epoch, acknowledged, b"{}").result(PATIENCE_S)
    if chance.random() < 0.7:
        lane.call(lambda journal: journal.settle()).result(PATIENCE_S)
    bench.append()
    bench.pulled(older)
    for _ in range(chance.randrange(5, 40)):
        bench.append()
    bench.pulled(home)
    bench.stop()
    again = Bench(home, answered=dict(bench.answered))
    damage(again.places, chance, older)
    broken = {file.name: file.read_bytes() for file in (again.places.journal, again.places.log) if file.exists()}
    began_s = time.monotonic()
    lane = again.start()
    lane.status().result(PATIENCE_S)
    at_opening = bool(again.begun)
    again.append()
    service_s = time.monotonic() - began_s
    lane.verify().result(PATIENCE_S)  # what the opening did not see, the walk does
    again.append()
    with_all = lane.call(lambda journal: unaccounted(again, journal, acknowledged)).result(PATIENCE_S)
    chain = lane.verify().result(PATIENCE_S).fault
    again.stop()
    return Outcome(
        damage.__name__, again.begun[0].reason if again.begun else None, len(bench.answered), len(with_all[0]),
        len(with_all[1]), not at_opening or all(_is_kept(again, name, data) for name, data in broken.items()),
        service_s, chain,
    )  # fmt: skip


def _is_kept(bench: Bench, name: str, data: bytes) -> bool:
    return any(file.read_bytes() == data for file in bench.home.glob(f"quarantine/*/{name}"))


def run(times: int) -> list[Outcome]:
    """So many damages, one after another through the list."""
    outcomes = []
    for number in range(times):
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            outcomes.append(run_one(number, Path(folder)))
    return outcomes


def summary(outcomes: list[Outcome]) -> str:
    """The figures, in one line."""
    anew = [one for one in outcomes if one.reason is not None]
    whole = sum(1 for one in outcomes if not one.missing)
    return (
        f"{len(outcomes)} damages: {len(anew)} began a new journal, {whole} saved in full, "
        f"{sum(one.missing for one in outcomes)} of {sum(one.answered for one in outcomes)} entries named missing, "
        f"{sum(one.silent for one in outcomes)} silently lost; service back within "
        f"{max(one.service_s for one in outcomes):.2f} s at most"
    )


def main() -> None:
    """Print each outcome and the sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    outcomes = run(parser.parse_args().times)
    for one in outcomes:
        print(one)
    print(summary(outcomes))


if __name__ == "__main__":
    main()
