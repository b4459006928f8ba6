"""Honest terminals, by chance: visits, restarts, lost answers, requests sent again and late, clocks put right, journals
that had to be begun anew. Central must raise nothing but `new_epoch`, once for each of those.

`python -m tests.central.honest_runs --runs 10000 [--seed N]` prints runs and false alarms; each run is its seed.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from kiosk.central.alarms import AlarmKind, notice_silence
from kiosk.central.app import national_options
from kiosk.central.evidence import stated_as
from kiosk.central.hall_tables import halls, windows
from kiosk.central.heartbeat import take_beat
from kiosk.central.ingest import take_in
from kiosk.central.new_halls import new_hall
from kiosk.central.succession import judge_unfinished
from kiosk.central.tables import alarms, counters, devices, metadata, ratings
from kiosk.core.entry import BEGAN_REASONS, Draft, Head, Kind, seal
from kiosk.core.levels import Level
from kiosk.protocol.central import Heartbeat

START_MS = 1_780_000_000_000
OPTIONS = national_options()
HOUR_MS = 3_600_000


@dataclass
class Journal:
    """What a terminal has on its disk."""

    head: Head
    records: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: int = 0


@dataclass
class Device:
    """An honest terminal and what it ever sent."""

    chance: random.Random
    row: int
    device_id: str
    now_ms: int = START_MS
    clock_ms: int = 0
    journal: Journal = field(init=False)
    sent: list[Callable[[sa.Connection], object]] = field(default_factory=list)
    delayed: list[Callable[[sa.Connection], object]] = field(default_factory=list)
    renewals: int = 0
    taps: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.journal = Journal(Head(START_MS * 1000 + self.chance.randrange(10**6)))
        self._began("first", None)

    def fresh(self) -> str:
        return f"{self.chance.getrandbits(128):032x}"

    def add(self, kind: str, body: dict[str, Any], visit_id: str | None = None, entry_id: str | None = None) -> None:
        draft = Draft(entry_id or self.fresh(), kind, self.now_ms + self.clock_ms, 5, "b" * 32, visit_id, body)
        entry = seal(draft, self.journal.head)
        self.journal.head = entry.head
        self.journal.records.append(entry.record())

    # -- what happens ------------------------------------------------------------------------------------------------

    def visit(self, _connection: sa.Connection) -> None:
        visit_id, rating_id, level = self.fresh(), self.fresh(), self.chance.choice(list(Level))
        self.add(Kind.VISIT_STARTED, {"window": "A01"}, visit_id)
        if self.chance.random() < 0.2:
            self.add(Kind.VISIT_ENDED, {"outcome": "timed_out"}, visit_id)
            return
        self.taps.add(rating_id)
        self.add(Kind.LEVEL_TAPPED, {"rating_id": rating_id, "level": level}, visit_id)
        ended = {"outcome": "rated", "rating_id": rating_id, "level": level, "finished": True}
        self.add(Kind.VISIT_ENDED, ended, visit_id)

    def restart(self, _connection: sa.Connection) -> None:
        unclean = self.chance.random() < 0.5
        if not unclean:
            self.add(Kind.TERMINAL_STOPPED, {})
        self.add(Kind.TERMINAL_STARTED, {"version": "0.1.0", "unclean_stop": unclean})

    def wait(self, _connection: sa.Connection) -> None:
        self.now_ms += self.chance.randrange(71 * HOUR_MS)

    def put_clock_right(self, _connection: sa.Connection) -> None:
        self.clock_ms = self.chance.randrange(-290_000, 290_000)
        self.delayed.clear()

    def bring(self, connection: sa.Connection) -> None:
        """A batch, whose answer may be lost."""
        journal = self.journal
        again = self.chance.randrange(3) if self.chance.random() < 0.3 else 0
        after = max(0, journal.acknowledged - again)
        batch = journal.records[after : after + self.chance.choice((1, 3, 200))]
        if not batch:
            return
        stated = stated_as(journal.head.epoch, journal.head.sequence, journal.head.hash, self._signed_s())

        def send(connection: sa.Connection) -> int:
            taken = take_in(connection, self.row, batch, OPTIONS, self.now_ms, stated)
            assert taken.refused is None, taken
            return taken.held.sequence

        held = self._send(connection, send)
        if held is not None and self.chance.random() < 0.8:
            journal.acknowledged = max(journal.acknowledged, held)

    def beat(self, connection: sa.Connection) -> None:
        head, signed_s = self.journal.head, self._signed_s()
        body = Heartbeat(
            version="0.1.0", state="ready", epoch=head.epoch, sequence=head.sequence, hash=head.hash, unsent=0,
            oldest_unsent_s=0,
        )  # fmt: skip
        self._send(connection, lambda connection: take_beat(connection, self.row, body, signed_s, self.now_ms))

    def come_late(self, connection: sa.Connection) -> None:
        """A request that was sent before comes once more, or comes at last."""
        if self.delayed and self.chance.random() < 0.5:
            self.delayed.pop(self.chance.randrange(len(self.delayed)))(connection)
        elif self.sent:
            self.chance.choice(self.sent)(connection)

    def begin_anew(self, connection: sa.Connection) -> None:
        """The journal is given up; what central is not known to hold is brought over, perhaps cut off and again."""
        old = self.journal
        self.now_ms += 1000
        self.journal = Journal(Head(old.head.epoch + 10**6 + self.chance.randrange(10**6)))
        self._began(self.chance.choice(BEGAN_REASONS[1:6]), old.head)
        unsent = old.records[old.acknowledged :]
        if self.chance.random() < 0.7:  # what was brought over before goes without its old wrapping
            unsent = [r["body"]["record"] if r["kind"] == Kind.ENTRY_RECOVERED else r for r in unsent]
        times = 2 if self.chance.random() < 0.3 else 1
        brought: set[str] = set()
        for turn in range(times):
            for record in unsent[: self.chance.randrange(len(unsent) + 1)] if turn < times - 1 else unsent:
                if record["entry_id"] not in brought:
                    self.add(Kind.ENTRY_RECOVERED, {"record": record}, record["visit_id"], record["entry_id"])
                    brought.add(record["entry_id"])
                if self.chance.random() < 0.1:
                    self.restart(connection)
        span = {"first": old.acknowledged + 1, "last": old.head.sequence, "count": len(unsent), "missing": []}
        self.add(Kind.JOURNAL_RECOVERED, {"epoch": old.head.epoch, **span})
        self.renewals += 1

    def drain(self, connection: sa.Connection) -> None:
        while self.journal.acknowledged < len(self.journal.records):
            self.bring(connection)

    def _began(self, reason: str, before: Head | None) -> None:
        named = before and {"epoch": before.epoch, "sequence": before.sequence, "hash": before.hash}
        body = {"version": "0.1.0", "reason": reason, "before": named, "device_id": self.device_id}
        self.add(Kind.JOURNAL_BEGAN, body)

    def _signed_s(self) -> int:
        self.now_ms += self.chance.randrange(5000)
        return (self.now_ms + self.clock_ms) // 1000

    def _send(self, connection: sa.Connection, send: Callable[[sa.Connection], Any]) -> Any:
        """The answer; None: the request is on its way, and nobody waits for it any more."""
        if self.chance.random() < 0.1:
            self.delayed.append(send)
            return None
        self.sent.append(send)
        return send(connection)


ACTIONS = (
    (Device.visit, 8),
    (Device.bring, 8),
    (Device.beat, 5),
    (Device.come_late, 2),
    (Device.restart, 2),
    (Device.wait, 1),
    (Device.put_clock_right, 1),
    (Device.begin_anew, 1),
)


def run(connection: sa.Connection, seed: int, steps: int = 12) -> Counter[str]:
    """One terminal's honest life; what was raised beyond one `new_epoch` for each journal begun anew that central has
    heard of, and every rating that is not there exactly once, as `lost`."""
    chance = random.Random(seed)
    device = Device(chance, 1 + seed % 2, "12"[seed % 2] * 32)
    choices, weights = zip(*ACTIONS, strict=True)
    for action in chance.choices(choices, weights, k=steps):
        action(device, connection)
    retired = chance.random() < 0.3
    if retired:
        device.add(Kind.DEVICE_RETIRED, {})
    device.drain(connection)
    arrived = len(device.sent)
    while len(device.sent) == arrived:
        device.beat(connection)
    later = device.now_ms + (1000 if retired else 50) * HOUR_MS
    connection.execute(sa.update(devices).where(devices.c.id != device.row).values(retired_ms=1))
    notice_silence(connection, later)
    judge_unfinished(connection, START_MS, later, later)
    raised = Counter(connection.execute(sa.select(alarms.c.kind)).scalars())
    raised[AlarmKind.NEW_EPOCH] -= device.renewals if raised[AlarmKind.NEW_EPOCH] <= device.renewals else 0
    there = connection.execute(sa.select(ratings.c.rating_id)).scalars().all()
    raised["lost"] += len(set(there) ^ device.taps) + len(there) - len(set(there))
    return +raised


@contextmanager
def memory() -> Iterator[Callable[[], Any]]:
    """A database in memory with two terminals; each call opens a transaction on it that is always taken back."""
    engine = sa.create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False, "isolation_level": None}
    )
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(counters).values(name="ratings", value=0))
        connection.execute(sa.insert(halls).values(id=1, **new_hall("FY")))
        connection.execute(sa.insert(windows).values(id=1, hall=1, number="A01", name="A01", name_en=""))
        for row in (1, 2):
            connection.execute(
                sa.insert(devices).values(
                    id=row, device_id=str(row) * 32, key_id=f"{row}", public_key="", window=1, mode="window",
                    hardware="{}", enrolled_ms=START_MS,
                )
            )  # fmt: skip

    @contextmanager
    def taken_back() -> Iterator[sa.Connection]:
        with engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()

    yield taken_back
    engine.dispose()


def false_alarms(runs: int, seed: int) -> dict[int, Counter[str]]:
    """The seeds, of so many from this one on, at which something was raised or lost, and what."""
    found = {}
    with memory() as taken_back:
        for each in range(seed, seed + runs):
            with taken_back() as connection:
                raised = run(connection, each)
            if raised:
                found[each] = raised
    return found


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.central.honest_runs")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.perf_counter()
    found = false_alarms(asked.runs, asked.seed)
    seconds = time.perf_counter() - began
    for seed, raised in list(found.items())[:20]:
        print(f"seed {seed}: {dict(raised)}")
    print(f"{asked.runs} honest runs, {len(found)} with a false alarm, {asked.runs / seconds:.0f} runs/s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
