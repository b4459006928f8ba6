"""RELIABILITY 7, for the high-water mark: a cut at any step leaves the mark before or the new one."""

import random
from pathlib import Path

import pytest

from kiosk.core.entry import Head
from kiosk.journal.mark import Mark, MarkFile, read_mark
from tests.journal.conftest import EPOCH
from tests.journal.power_cuts import CrashState, Operation, Said, SyncFolder, crash_states
from tests.journal.recording_os import RecordingOs

SEED = random.SystemRandom().randrange(1 << 32)
MARKS = [Mark(Head(EPOCH, number, f"{number:064x}"), number // 2) for number in range(1, 9)]


def states(folder: Path, patch: pytest.MonkeyPatch, **mutant: bool) -> list[CrashState]:
    """What may be left of marks written one after another, over one restart."""
    asked: list[Operation] = [SyncFolder()]
    recording = RecordingOs(asked.append, **mutant)
    patch.setattr("kiosk.journal.mark.os", recording)
    patch.setattr("kiosk.journal.durable.os", recording)
    for marks in (MARKS[:4], MARKS[4:]):
        file = MarkFile(folder / "journal.mark")
        for mark in marks:
            file.write(mark)
            asked.append(Said(f"{mark.head.sequence}"))
        file.close()
    patch.undo()
    return list(crash_states(asked, random.Random(SEED), 1_000, patience=20))


def wrong(folder: Path, found: list[CrashState]) -> list[str]:
    """Where neither the last mark that was answered is there, nor the one that was being written."""
    path, faults = folder / "after.mark", []
    for state in found:
        path.unlink(missing_ok=True)
        if "journal.mark" in state.files:
            path.write_bytes(state.files["journal.mark"])
        mark = read_mark(path)
        before = MARKS[state.said - 1] if state.said else None
        if mark not in (before, *MARKS[state.said : state.said + 1]):
            faults.append(f"cut {state.cut}: {mark} and not {before}")
    return faults


def test_a_cut_leaves_the_mark_before_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = states(tmp_path, monkeypatch)
    assert len(found) > 15
    assert wrong(tmp_path, found) == [], f"seed {SEED}"


@pytest.mark.parametrize("mutant", [{"deaf_files": True}, {"deaf_folders": True}])
def test_without_a_sync_a_mark_that_was_answered_is_seen_to_be_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mutant: dict[str, bool]
) -> None:
    assert wrong(tmp_path, states(tmp_path, monkeypatch, **mutant))


def test_a_file_left_half_made_by_a_cut_is_made_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for state in states(tmp_path, monkeypatch):
        path = tmp_path / "again.mark"
        path.write_bytes(state.files.get("journal.mark", b""))
        file = MarkFile(path)
        newer = Mark(Head(EPOCH, 99, "9" * 64))
        file.write(newer)
        file.close()
        assert read_mark(path) == newer
