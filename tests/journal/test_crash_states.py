"""RELIABILITY 1: a power cut at any write boundary, with what was not synced dropped, reordered or torn."""

import random

import pytest

from tests.journal.crash_states import run
from tests.journal.power_cuts import (
    Create,
    Delete,
    Operation,
    Rename,
    Sync,
    SyncFolder,
    Truncate,
    Write,
    crash_states,
)

STATES = 5_000
SEED = random.SystemRandom().randrange(1 << 32)


def test_what_was_answered_is_there_once_and_whole_on_every_disk_a_cut_may_leave() -> None:
    verdict = run(STATES, SEED)
    assert verdict.wrong == 0, f"seed {SEED}: {verdict}\n" + "\n".join(verdict.words)
    assert verdict.disks == STATES


@pytest.mark.parametrize("weakened", [{"synchronous": "NORMAL"}, {"deaf_to_wal": True}])
def test_a_journal_that_does_not_sync_its_log_is_seen_to_lose(weakened: dict[str, object]) -> None:
    verdict = run(300, SEED, **weakened)
    assert verdict.lost > 0, f"seed {SEED}: {verdict}"
    assert verdict.noticed == verdict.lost, f"seed {SEED}: {verdict}"  # by the mark, which was brought to the disk


# -- the instrument itself ---------------------------------------------------------------------------------------------


def disks_after(*operations: Operation) -> set[tuple[tuple[str, bytes], ...]]:
    """Every disk that a cut behind all of these may leave."""
    states = crash_states(operations, random.Random(1), 10_000, first_cut=len(operations))
    return {tuple(sorted(state.files.items())) for state in states}


NEW_FILE = (Create("a"), Sync("a"), SyncFolder())


def test_what_was_synced_is_the_only_thing_found() -> None:
    assert disks_after(*NEW_FILE, Write("a", 0, b"xy"), Sync("a")) == {(("a", b"xy"),)}


def test_writes_are_kept_lost_and_reordered() -> None:
    found = disks_after(*NEW_FILE, Write("a", 0, b"1"), Write("a", 1, b"2"))
    assert found == {(("a", each),) for each in (b"", b"1", b"12", b"\0" + b"2", b"\0", b"\0\0", b"1\0")}


def test_a_write_is_torn_at_the_sectors_of_the_disk() -> None:
    found = {dict(disk)["a"] for disk in disks_after(*NEW_FILE, Write("a", 500, b"x" * 1_000))}
    kept = {(each[500:501], each[512:513], each[1024:1025]) for each in found if len(each) == 1_500}
    assert kept == {(a, b, c) for a in (b"x", b"\0") for b in (b"x", b"\0") for c in (b"x", b"\0")} - {
        (b"\0", b"x", b"\0"),
        (b"x", b"\0", b"\0"),
        (b"x", b"x", b"\0"),
    }  # fmt: skip - those are shorter files
    assert {len(each) for each in found} == {0, 512, 1_024, 1_500}


def test_a_size_cut_off_comes_back() -> None:
    before = (*NEW_FILE, Write("a", 0, b"long"), Sync("a"))
    assert disks_after(*before, Truncate("a", 1)) == {(("a", b"long"),), (("a", b"l"),)}


def test_names_come_and_go_with_their_folder() -> None:
    before = (*NEW_FILE, Write("a", 0, b"old"), Sync("a"))
    assert disks_after(*before, Delete("a")) == {(), (("a", b"old"),)}
    moved = (*before, Create("b"), Write("b", 0, b"new"), Sync("b"), Rename("b", "a"))
    assert {dict(disk)["a"] for disk in disks_after(*moved)} == {b"old", b"new"}
    assert disks_after(*moved, SyncFolder()) == {(("a", b"new"),)}


def test_what_a_failed_sync_should_have_brought_stays_doubtful_after_one_that_did_not_fail() -> None:
    doubtful = (*NEW_FILE, Write("a", 0, b"1"), Sync("a", failed=True), Write("a", 1, b"2"), Sync("a"))
    assert (("a", b"\0" + b"2"),) in disks_after(*doubtful)
    assert all(dict(disk)["a"][1:] == b"2" for disk in disks_after(*doubtful))
