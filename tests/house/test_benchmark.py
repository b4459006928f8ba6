"""What the benchmark reads from `strace`, which nothing else would notice to be wrong."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "build"))

from benchmarks import appends, queues, traced  # noqa: E402

from tests.journal.power_cuts import (  # noqa: E402
    Create,
    Delete,
    Rename,
    Said,
    Sync,
    SyncFolder,
    Truncate,
    Write,
)

FOLDER = Path("/d")
DB, WAL, SHM, SAID = (f"/d/{name}" for name in ("q.db", "q.db-wal", "q.db-shm", "said"))


def spelt(text: str) -> str:
    """As `-xx` spells it."""
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def on(handle: int, path: str) -> str:
    return f"{handle}<{spelt(path)}>"


TRACE = [
    f'7  openat(AT_FDCWD<{spelt("/")}>, "{spelt(DB)}", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = {on(3, DB)}',
    f'7  openat(AT_FDCWD<{spelt("/")}>, "{spelt("/d/none")}", O_RDONLY) = -1 ENOENT (No such file or directory)',
    f'7  openat(AT_FDCWD<{spelt("/")}>, "{spelt("/etc/x")}", O_RDWR|O_CREAT, 0644) = {on(9, "/etc/x")}',
    f'7  write({on(9, "/etc/x")}, "{spelt("abc")}", 3) = 3',
    f'7  pwrite64({on(3, DB)}, "{spelt("page")}", 4, 4096) = 4',
    f"7  fdatasync({on(3, DB)}) = 0",
    f"7  fsync({on(5, '/d')}) = 0",
    f"7  lseek({on(3, DB)}, 8, SEEK_SET) = 8",
    f'7  write({on(3, DB)}, "{spelt("xyz")}", 3) = 2',
    f'8  write({on(3, DB)}, "{spelt("z")}", 1 <unfinished ...>',
    f'7  write({on(4, SAID)}, "{spelt("1")}", 1) = 1',
    "8  <... write resumed>) = 1",
    f'7  pwrite64({on(6, SHM)}, "{spelt("s")}", 1, 0) = 1',
    f"7  ftruncate({on(3, DB)}, 100) = 0",
    f'7  rename("{spelt(DB)}", "{spelt(WAL)}") = 0',
    f'7  unlink("{spelt(WAL)}") = 0',
]


def test_the_calls_on_one_folder_are_read_in_the_order_in_which_they_ended() -> None:
    assert list(traced.operations(TRACE, FOLDER)) == [
        Create("q.db"),
        Write("q.db", 4096, b"page"),
        Sync("q.db"),
        SyncFolder(),
        Write("q.db", 8, b"xy"),
        Said("1"),
        Write("q.db", 10, b"z"),
        Truncate("q.db", 100),
        Rename("q.db", "q.db-wal"),
        Delete("q.db-wal"),
    ]


def test_a_call_that_is_not_understood_is_no_silence() -> None:
    with pytest.raises(ValueError, match=r"writev on q\.db"):
        list(traced.operations([f"7  writev({on(3, DB)}, [], 1) = 4"], FOLDER))


def can_trace() -> bool:
    return shutil.which("strace") is not None and not subprocess.run(["strace", "-o", "/dev/null", "true"]).returncode


@pytest.mark.skipif(not can_trace(), reason="the benchmark brings strace, and this machine may not let it trace")
def test_our_journal_seen_from_outside_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'build'}:{ROOT}")
    found = appends._losses(queues.KINDS["journal"], 100, seed=1)
    assert (found.disks, found.entries_lost, found.twice, found.unopened) == (100, 0, 0, 0)
