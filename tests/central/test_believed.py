"""The terminal's side of the evidence against the real central: what it countersigns is believed, and what that proves
ends the journal of an older disk."""

from typing import Any

import pytest

from kiosk.core.entry import Head, Kind
from kiosk.sync.evidence import Witness
from kiosk.sync.lane import SyncLane
from kiosk.sync.ports import LiveState, MustBeginAnew, SyncNews, Trouble
from tests.central.stand_in import COUNTERSIGNER, Terminal
from tests.central.test_poison import Clock, JournalOf, Wire


class Bench:
    """A lane that believes this central alone."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal, self.journal, self.news = terminal, JournalOf(terminal), list[SyncNews]()
        witness = Witness(terminal.device_id, COUNTERSIGNER.key.public_key().public_bytes_raw())
        clock: Any = Clock(terminal)
        live = LiveState("1", "ready", "p", '"p"')
        self.lane = SyncLane(
            self.journal, Wire(terminal), clock, lambda: 0.5, lambda: live, self.news.append, witness=witness
        )

    def run(self, ms: int) -> None:
        until = self.terminal.central.now_ms + ms
        while self.terminal.central.now_ms < until:
            self.terminal.central.now_ms += min(self.lane.run_once(), until - self.terminal.central.now_ms)

    def anew(self) -> list[str]:
        return [news.reason for news in self.news if isinstance(news, MustBeginAnew)]

    def put_back(self, sequence: int) -> None:
        """The disk of an earlier day."""
        del self.terminal.records[sequence:]
        self.terminal.head = Head(self.terminal.head.epoch, sequence, self.terminal.records[-1]["hash"])
        self.journal.acknowledged = min(self.journal.acknowledged, sequence)


@pytest.fixture
def bench(terminal: Terminal) -> Bench:
    for _ in range(5):
        terminal.rate()
    found = Bench(terminal)
    found.run(130_000)
    assert found.journal.acknowledged == len(terminal.records)
    assert [news for news in found.news if isinstance(news, Trouble)] == []
    return found


def test_honest_growth_is_never_a_reason_to_begin_anew(bench: Bench) -> None:
    for _ in range(20):
        bench.terminal.rate()
        bench.run(61_000)
    assert bench.journal.acknowledged == len(bench.terminal.records)
    assert bench.anew() == []


def test_a_disk_put_back_is_noticed_at_the_next_contact(bench: Bench) -> None:
    bench.put_back(9)
    bench.run(70_000)
    assert bench.anew() == ["rewound"]


def test_a_disk_put_back_that_grew_past_what_central_holds_is_noticed_at_the_next_contact(bench: Bench) -> None:
    bench.put_back(9)
    for _ in range(40):
        bench.terminal.add(Kind.MAINTENANCE_DONE, {"what": "another way"})
    bench.run(1_000)
    assert bench.anew() == ["equivocation"]


def test_a_disk_with_an_earlier_journal_is_noticed_at_the_next_contact(bench: Bench) -> None:
    terminal = bench.terminal
    older, head = list(terminal.records), terminal.head
    terminal.records.clear()
    terminal.head, bench.journal.acknowledged = Head(head.epoch + 1), 0
    terminal.begin()
    bench.run(130_000)
    assert (bench.anew(), bench.journal.acknowledged) == ([], 1)
    terminal.records[:], terminal.head, bench.journal.acknowledged = older, head, len(older)
    bench.run(130_000)
    assert bench.anew() == ["rewound"]
