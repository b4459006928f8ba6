"""Small files under cuts: every step of a write is a place where the plug may be pulled."""

import os
import random
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.device.files import clear_leftovers, create_file, read_file, remove_file, write_file
from tests.journal.power_cuts import Create, Operation, Said, Sync, SyncFolder, Write, crash_states
from tests.journal.recording_os import RecordingOs

SEED = random.SystemRandom().randrange(1 << 32)
OLD, NEW = b"old " * 3000, b"new " * 5000


def disks(
    folder: Path, patch: pytest.MonkeyPatch, work: Callable[[Path], object], before: bytes | None = OLD, **mutant: bool
) -> tuple[set[bytes | None], set[bytes | None]]:
    """What may be found of one file if the plug is pulled at any boundary of this work, and behind its answer."""
    target = folder / "state.json"
    asked: list[Operation] = [SyncFolder()]
    if before is not None:
        target.write_bytes(before)
        asked = [Create(target.name), Write(target.name, 0, before), Sync(target.name), SyncFolder()]
    first = len(asked)
    patch.setattr("kiosk.device.files.os", RecordingOs(asked.append, short=7_000, **mutant))
    work(target)
    asked.append(Said("done"))
    states = list(crash_states(asked, random.Random(SEED), 300, first_cut=first, patience=20))
    for state in states:
        assert all(name == target.name or _is_leftover(name) for name in state.files)
    found = [(state.said, state.files.get(target.name)) for state in states]
    return {content for _, content in found}, {content for said, content in found if said}


def _is_leftover(name: str) -> bool:
    return name.startswith(".") and name.endswith(".part")


@pytest.mark.parametrize(
    ("work", "before", "after"),
    [
        (lambda path: write_file(path, NEW), OLD, NEW),
        (lambda path: write_file(path, NEW), None, NEW),
        (lambda path: create_file(path, NEW), None, NEW),
        (lambda path: create_file(path, NEW), OLD, OLD),
        (lambda path: remove_file(path), OLD, None),
    ],
)
def test_a_cut_at_any_step_leaves_the_old_or_the_new_and_what_was_answered_is_there(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    work: Callable[[Path], object],
    before: bytes | None,
    after: bytes | None,
) -> None:
    during, answered = disks(tmp_path, monkeypatch, work, before)
    assert during == {before, after}
    assert answered == {after}


@pytest.mark.parametrize("write", [write_file, create_file])
def test_without_a_sync_of_the_file_half_of_it_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, bytes], object]
) -> None:
    during, _ = disks(tmp_path, monkeypatch, lambda path: write(path, NEW), None, deaf_files=True)
    assert during - {None, NEW}


@pytest.mark.parametrize(
    ("work", "before"),
    [
        (lambda path: write_file(path, NEW), OLD),
        (lambda path: create_file(path, NEW), None),
        (lambda path: remove_file(path), OLD),
    ],
)
def test_without_a_sync_of_the_folder_what_was_answered_is_seen_to_be_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[[Path], object], before: bytes | None
) -> None:
    _, answered = disks(tmp_path, monkeypatch, work, before, deaf_folders=True)
    assert before in answered


@pytest.mark.parametrize("fails", ["write", "fsync", "replace", "chmod"])
def test_a_failed_write_keeps_the_old_content_and_no_leftover(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    target = tmp_path / "state.json"
    target.write_bytes(OLD)

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, fails, full)
    with pytest.raises(OSError, match="No space"):
        write_file(target, NEW)
    assert target.read_bytes() == OLD
    assert os.listdir(tmp_path) == ["state.json"]


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
@pytest.mark.parametrize("write", [write_file, create_file])
def test_the_mode_is_what_was_asked_whatever_umask_says(
    tmp_path: Path, umask: int, write: Callable[[Path, bytes], object]
) -> None:
    before = os.umask(umask)
    try:
        write(tmp_path / "secret", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_creating_yields_to_what_is_there(tmp_path: Path) -> None:
    assert create_file(tmp_path / "id", b"first")
    assert not create_file(tmp_path / "id", b"second")
    assert (tmp_path / "id").read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["id"]


def test_a_symlink_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(OLD)
    (tmp_path / "state").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        read_file(tmp_path / "state", 100_000)
    write_file(tmp_path / "state", NEW)
    assert (tmp_path / "elsewhere").read_bytes() == OLD
    assert read_file(tmp_path / "state", 100_000) == NEW


def test_a_file_longer_than_its_limit_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 11)
    assert read_file(tmp_path / "big", 11) == b"x" * 11
    with pytest.raises(ValueError, match="longer than 10"):
        read_file(tmp_path / "big", 10)


def test_leftovers_of_cuts_are_cleared_and_nothing_else(tmp_path: Path) -> None:
    for name in (".state.json.00ff.part", "state.part", ".hidden", "state.json"):
        (tmp_path / name).write_bytes(b"")
    assert clear_leftovers(tmp_path) == 1
    assert sorted(os.listdir(tmp_path)) == [".hidden", "state.json", "state.part"]


def test_removing_what_is_not_there_is_fine(tmp_path: Path) -> None:
    write_file(tmp_path / "x", b"1")
    remove_file(tmp_path / "x")
    remove_file(tmp_path / "x")
    assert os.listdir(tmp_path) == []
