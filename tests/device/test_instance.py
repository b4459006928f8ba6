"""One terminal per home."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.device.instance import AlreadyRunning, hold_lock, wait_lock

HOLDER = """
import sys
from pathlib import Path
from kiosk.device.instance import hold_lock
lock = hold_lock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_told_who_runs(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning) as refused:
            hold_lock(tmp_path / "lock")
        assert refused.value.pid == holder.pid
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
    with hold_lock(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_the_lock_holds_within_one_process_too_until_it_is_released(tmp_path: Path) -> None:
    first = hold_lock(tmp_path / "lock")
    with pytest.raises(AlreadyRunning):
        hold_lock(tmp_path / "lock")
    first.release()
    first.release()
    hold_lock(tmp_path / "lock").release()


@pytest.mark.parametrize("left", [b"", b"99999999\n", b"\x00" * 64, b"host-of-another-disk 12"])
def test_what_a_lock_file_says_means_nothing(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "lock").write_bytes(left)
    hold_lock(tmp_path / "lock").release()
    assert (tmp_path / "lock").read_bytes() == f"{os.getpid()}\n".encode()


def test_an_unreadable_holder_is_still_a_holder(tmp_path: Path) -> None:
    with hold_lock(tmp_path / "lock"):
        (tmp_path / "lock").write_bytes(b"")
        with pytest.raises(AlreadyRunning) as refused:
            hold_lock(tmp_path / "lock")
    assert refused.value.pid is None
    assert "unknown" in str(refused.value)


def test_a_lock_on_a_file_that_was_removed_meanwhile_is_taken_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fstat
    path = tmp_path / "lock"
    removals: list[Path] = []

    def removed_once(handle: int) -> os.stat_result:
        if not removals:
            path.unlink()
            removals.append(path)
        return real(handle)

    monkeypatch.setattr(os, "fstat", removed_once)
    with hold_lock(path), pytest.raises(AlreadyRunning):
        hold_lock(path)
    assert removals == [path]


def test_a_child_does_not_inherit_the_lock(tmp_path: Path) -> None:
    lock = hold_lock(tmp_path / "lock")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        lock.release()
        hold_lock(tmp_path / "lock").release()
        child.communicate(b"\n", 10)


@pytest.mark.parametrize("take", [hold_lock, wait_lock])
def test_a_symlink_is_no_lock_file(tmp_path: Path, take: object) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="symbolic links"):
        take(tmp_path / "lock")  # type: ignore[operator]
    assert not (tmp_path / "target").exists()


def test_a_short_lock_can_be_taken_one_after_another(tmp_path: Path) -> None:
    for _ in range(3):
        with wait_lock(tmp_path / "short"), pytest.raises(AlreadyRunning):
            hold_lock(tmp_path / "short")
