"""Attempts at losing what was answered through what a technician or two damages in a row do."""

from pathlib import Path

import pytest

from kiosk.core.entry import Kind
from kiosk.journal.keeping import begin_anew
from tests.journal.conftest import KEY, draft
from tests.journal.damages import Bench, began, unaccounted


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def _fill(bench: Bench, entries: int) -> None:
    with bench.open() as journal:
        for _ in range(entries):
            entry = draft("visit.level_tapped", body={"level": "dissatisfied"}, comment="慢")
            bench.answered[entry.entry_id] = journal.append(entry)


def test_a_technician_who_frees_the_disk_of_what_was_set_aside_does_not_lose_the_journal_in_service(
    bench: Bench,
) -> None:
    _fill(bench, 3)
    with bench.open() as journal:
        journal = begin_anew(bench.places, KEY, began, journal, "rewound")
    journal.close()
    _fill(bench, 5)
    for large in bench.places.quarantine.rglob("journal.db*"):
        large.unlink()
    with bench.open() as journal:
        assert journal.begun_anew is None
        assert unaccounted(bench, journal, 0) == (set(), set())


def test_what_a_second_damage_takes_is_had_from_the_journal_that_the_first_set_aside(bench: Bench) -> None:
    _fill(bench, 6)
    with bench.open() as journal:
        begin_anew(bench.places, KEY, began, journal, "rewound").close()
    bench.places.journal.unlink()
    bench.places.log.unlink(missing_ok=True)
    with bench.open() as journal:
        here = {record["entry_id"] for record in journal.read(0, 1_000)}
        assert bench.answered.keys() <= here


def test_what_was_wiped_of_a_citizen_stays_wiped_in_the_next_journal(bench: Bench) -> None:
    with bench.open() as journal:
        journal.append(draft(Kind.VISIT_STARTED, "visit", {"canary": False}, comment="王小明"))
        place = journal.append(draft(Kind.VISIT_INVITED, "visit"))
        journal.settle()
        journal.advance("central", journal.epoch, place.sequence, b"{}")
        journal = begin_anew(bench.places, KEY, began, journal, "rewound")
        over = [record for record in journal.read(0, 100) if record["kind"] == Kind.ENTRY_RECOVERED]
        assert [record["visit_id"] for record in over] == ["visit", "visit"]
        assert all("personal" not in record for record in over)
        journal.close()


def test_the_log_is_emptied_after_the_past_was_read(bench: Bench) -> None:
    with bench.open() as journal:
        for number in range(300):
            journal.append(draft(Kind.VISIT_STARTED, f"visit{number}"))
            journal.append(draft(Kind.VISIT_ENDED, f"visit{number}"))
        journal.past()
        journal.settle()
        assert bench.places.log.stat().st_size == 0
