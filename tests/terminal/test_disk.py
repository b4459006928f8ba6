"""A whole unit and its disk: who may read what it writes, and what it says when the disk is full."""

import errno
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from kiosk.core.entry import Kind
from kiosk.core.situation import State
from kiosk.device.paths import Home, HomeError, open_home
from kiosk.journal.ballast import SIZE
from kiosk.journal.store import Journal
from tests.terminal.test_unit import PATIENCE_S, Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    before = os.umask(0)  # files may be as open as their maker asks
    try:
        bench = Bench(tmp_path)
        bench.home.profile.chmod(0o600)  # the bench wrote it as anyone would
        yield bench
        bench.close()
    finally:
        os.umask(before)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wide(home: Home) -> dict[str, str]:
    """What is open to others within a home, the home itself included."""
    found = {}
    for path in (home.root, *home.root.rglob("*")):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode != (0o700 if path.is_dir() else 0o600):
            found[str(path.relative_to(home.root))] = oct(mode)
    return found


def test_all_that_a_unit_writes_is_its_own_whatever_umask_says(bench: Bench) -> None:
    unit = bench.ready(free_port())
    bench.loop.until(bench.home.station_token.exists)
    bench.rated(unit)
    seen = {path.name for path in bench.home.root.rglob("*")}
    assert {"journal.db", "journal.db-wal", "journal.mark", "ballast", "vault.json", "station.token"} <= seen
    assert wide(bench.home) == {}
    bench.close()
    assert wide(bench.home) == {}


def test_what_is_set_aside_is_private_too(bench: Bench) -> None:
    bench.rated(bench.ready())
    bench.close()
    with bench.home.journal.open("r+b") as file:
        file.write(bytes(8_192))
    bench.ready()
    assert [path for path in bench.home.quarantine.rglob("*") if path.is_file()]
    assert wide(bench.home) == {}


def test_what_others_opened_wide_is_closed_at_the_next_start(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home")
    for path in (home.profile, home.journal, *home.journal_logs, home.mark, home.ballast, home.quarantine / "1" / "db"):
        path.parent.mkdir(exist_ok=True)
        path.touch()
        path.chmod(0o666)
    home.root.chmod(0o755)
    open_home(home.root)
    assert wide(home) == {}


NAMES = [
    "journal.db", "journal.db-wal", "journal.db-journal", "journal.db-shm", "journal.mark", "journal.key.sealed",
    "ballast", "troubles.json", "pins.json", "kiosk.toml", "station.token", "identity.json", "profile.json",
    "vault.json", "kiosk.lock", "keys", "keys/journal-key", "scratch", "logs",
    "quarantine", "quarantine/1", "quarantine/1/journal.db",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_link_in_the_place_of_anything_of_ours_is_refused_and_its_target_untouched(tmp_path: Path, name: str) -> None:
    home = open_home(tmp_path / "home")
    place = home.root / name
    place.parent.mkdir(exist_ok=True, parents=True)
    target = tmp_path / "target"
    if place.is_dir() or name == "quarantine/1":
        target.mkdir(mode=0o755)
        if place.is_dir():
            place.rmdir()
    else:
        target.write_bytes(b"somebody else's")
        target.chmod(0o644)
    place.symlink_to(target)
    before = target.stat()
    with pytest.raises(HomeError) as refused:
        open_home(home.root)
    assert (refused.value.code, refused.value.path) == ("symlink", place)
    assert (target.stat().st_mode, target.stat().st_mtime_ns) == (before.st_mode, before.st_mtime_ns)


def test_a_full_disk_is_told_of_and_written_down_and_so_is_its_end(bench: Bench) -> None:
    unit = bench.ready()
    assert bench.home.ballast.stat().st_size == SIZE

    def full(_journal: Journal) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    with pytest.raises(OSError, match="no space"):
        unit._lane.call(full).result(PATIENCE_S)
    bench.loop.until(lambda: "disk_full" in unit.view().troubles)
    assert not bench.home.ballast.exists()
    assert unit.view().situation.state is State.READY  # the citizen's page does not change
    bench.rated(unit)
    assert unit._lane._ballast is not None
    unit._lane._ballast._look_at_s = 0.0  # half a minute later
    bench.rated(unit)
    bench.loop.until(lambda: "disk_full" not in unit.view().troubles)
    assert bench.home.ballast.stat().st_size == SIZE
    records = unit._lane.read(0, 100).result(PATIENCE_S)
    told = [(record["kind"], record["body"]) for record in records if record["kind"].startswith("disk.")]
    assert told == [(Kind.DISK_FULL, {"given_up": SIZE}), (Kind.DISK_HAS_ROOM, {})]


def test_a_disk_with_little_room_from_the_start_is_told_of_and_still_serves(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.journal.ballast.shutil.disk_usage", lambda _folder: SimpleNamespace(free=2 * SIZE - 1))
    unit = bench.ready()
    bench.loop.until(lambda: "disk_full" in unit.view().troubles)
    bench.rated(unit)
    assert not any(record["kind"].startswith("disk.") for record in unit._lane.read(0, 100).result(PATIENCE_S))
