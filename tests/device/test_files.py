"""Small files under cuts: every step of a write is a place where the plug may be pulled."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.device.files import clear_leftovers, create_file, read_file, remove_file, write_file

OLD, NEW = b"old " * 3000, b"new " * 5000


class Disk:
    """Writes down what a write asks of the disk, and what may be found if the plug is pulled after each step.

    A file's bytes count only once the file was synced, and a name only once its folder was.
    """

    def __init__(self, target: Path, patch: pytest.MonkeyPatch, syncs: bool = True) -> None:
        self.target = target
        self.content: dict[str, set[bytes | None]] = {str(target): {OLD}}
        self.names: dict[str, set[bytes | None]] = {str(target): {OLD}}
        self.moments: list[set[bytes | None]] = []
        self.handles: dict[int, str] = {}
        real_open, real_write, real_sync, real_replace = os.open, os.write, os.fsync, os.replace

        def opened(path: Path, flags: int, mode: int = 0o777) -> int:
            handle = real_open(path, flags, mode)
            self.handles[handle] = str(path)
            if flags & os.O_CREAT:
                self.content[str(path)] = {b""}
            self.step()
            return handle

        def written(handle: int, data: memoryview) -> int:
            count = real_write(handle, data[:7000])
            name = self.handles[handle]
            longest = max((each or b"" for each in self.content[name]), key=len)
            self.content[name] |= {longest + bytes(data[:count])}
            self.step()
            return count

        def synced(handle: int) -> None:
            real_sync(handle)
            name = self.handles[handle]
            if syncs and name in self.content:
                self.content[name] = {max((each or b"" for each in self.content[name]), key=len)}
            elif syncs:
                self.names[str(target)] = self.content[str(target)]
            self.step()

        def replaced(source: Path, into: Path) -> None:
            real_replace(source, into)
            self.content[str(into)] = self.content.pop(str(source))
            self.names[str(into)] = self.names[str(into)] | self.content[str(into)]
            self.step()

        patch.setattr(os, "open", opened)
        patch.setattr(os, "write", written)
        patch.setattr(os, "fsync", synced)
        patch.setattr(os, "replace", replaced)

    def step(self) -> None:
        self.moments.append(set(self.names[str(self.target)]))


def crash_states(folder: Path, patch: pytest.MonkeyPatch, syncs: bool) -> tuple[set[bytes | None], set[bytes | None]]:
    target = folder / "state.json"
    target.write_bytes(OLD)
    disk = Disk(target, patch, syncs)
    write_file(target, NEW)
    assert target.read_bytes() == NEW
    return set().union(*disk.moments), disk.moments[-1]


def test_a_cut_at_any_step_leaves_the_old_content_or_the_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    during, after = crash_states(tmp_path, monkeypatch, syncs=True)
    assert during == {OLD, NEW}
    assert after == {NEW}


def test_the_check_of_cuts_bites_when_the_syncs_do_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    during, after = crash_states(tmp_path, monkeypatch, syncs=False)
    assert during - {OLD, NEW}
    assert after != {NEW}


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
