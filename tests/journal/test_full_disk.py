"""RELIABILITY 3: the disk is full at any write, and the tap is still kept."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from kiosk.journal.ballast import LOOK_EVERY_S, SIZE, Ballast
from tests.journal.crash_states import quick_folder
from tests.journal.full_disk import fill
from tests.journal.small_disk import QUOTA, VFS, Quota

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""APSW has nowhere to raise what a disk written in Python raises while another error is on its way."""

NUMBER_THAT_MUST_FIT = 2_000
SMALL = 64 * 1024


class DecreedRoom:
    """The room of the small disk, taken and given by decree."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota

    def take_all(self) -> None:
        self._quota.capacity -= self._quota.free()

    def give(self) -> None:
        self._quota.capacity += 4 * SIZE

    def free(self, folder: Path) -> int:
        return self._quota.free(folder)


@pytest.fixture
def quota() -> Iterator[Quota]:
    with quick_folder() as folder:
        QUOTA.folder, QUOTA.capacity, QUOTA.refused = folder, 4 * SIZE, 0
        yield QUOTA
        QUOTA.capacity = 1 << 60


def test_two_thousand_ratings_fit_after_full_and_then_nothing_is_answered_falsely(quota: Quota) -> None:
    outcome = fill(quota.folder, DecreedRoom(quota), vfs=VFS, enough=NUMBER_THAT_MUST_FIT)
    assert outcome.is_good, str(outcome)
    assert outcome.after >= NUMBER_THAT_MUST_FIT, str(outcome)
    assert outcome.given_up == [SIZE]
    assert outcome.pending >= 50
    assert quota.refused > 1


def test_a_terminal_without_ballast_is_seen_to_keep_few(quota: Quota) -> None:
    outcome = fill(quota.folder, DecreedRoom(quota), vfs=VFS, size=SMALL, enough=NUMBER_THAT_MUST_FIT)
    assert outcome.after < 100, str(outcome)
    assert outcome.missing == outcome.doubled == 0


# -- the ballast itself ------------------------------------------------------------------------------------------------


class Told:
    """What the ballast said, and the clock and the room it sees."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.now_s = 0.0
        self.free = 10 * SMALL

    def ballast(self, path: Path) -> Ballast:
        return Ballast(
            path, full=lambda given_up: self.said.append(f"full {given_up}"), room=lambda: self.said.append("room"),
            size=SMALL, free=lambda _folder: self.free, now_s=lambda: self.now_s,
        )  # fmt: skip


FULL = OSError(errno.ENOSPC, "no space left on device")


@pytest.fixture
def told() -> Told:
    return Told()


def test_the_ballast_is_real_room_and_ours_alone_whatever_umask_says(tmp_path: Path, told: Told) -> None:
    before = os.umask(0)
    try:
        told.ballast(tmp_path / "ballast").tend()
    finally:
        os.umask(before)
    found = (tmp_path / "ballast").stat()
    assert found.st_size == SMALL
    assert found.st_blocks * 512 >= SMALL
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert told.said == []


@pytest.mark.parametrize("fault", [FULL, OSError(errno.EDQUOT, "quota"), apsw.FullError("full")])
def test_it_is_given_up_once_and_taken_again_when_there_is_room(tmp_path: Path, told: Told, fault: Exception) -> None:
    ballast = told.ballast(tmp_path / "ballast")
    ballast.tend()
    assert ballast.wait_s() is None
    assert ballast.relieves(fault)
    assert not (tmp_path / "ballast").exists()
    assert not ballast.relieves(fault)
    ballast.tend()  # too early
    told.now_s, told.free = LOOK_EVERY_S, 2 * SMALL - 1
    ballast.tend()
    assert ballast.wait_s() == LOOK_EVERY_S
    assert told.said == [f"full {SMALL}"]
    told.now_s, told.free = 2 * LOOK_EVERY_S, 2 * SMALL
    ballast.tend()
    assert told.said == [f"full {SMALL}", "room"]
    assert (tmp_path / "ballast").stat().st_size == SMALL


@pytest.mark.parametrize("fault", [apsw.IOError("sync failed"), OSError(errno.EIO, "i/o"), ValueError("disk full")])
def test_another_fault_does_not_cost_it(tmp_path: Path, told: Told, fault: Exception) -> None:
    ballast = told.ballast(tmp_path / "ballast")
    ballast.tend()
    assert not ballast.relieves(fault)
    assert (tmp_path / "ballast").exists()


def test_a_whole_one_is_kept_and_half_of_one_is_made_anew(tmp_path: Path, told: Told) -> None:
    path = tmp_path / "ballast"
    told.ballast(path).tend()
    first = path.stat().st_ino
    told.free = 0  # what is there needs no room
    told.ballast(path).tend()
    assert path.stat().st_ino == first
    for remains in (SMALL // 2, 2 * SMALL):
        os.truncate(path, remains)
        told.free = 10 * SMALL
        told.ballast(path).tend()
        assert path.stat().st_size == SMALL
    os.truncate(path, 0)
    os.truncate(path, SMALL)  # a hole, no room
    told.ballast(path).tend()
    assert path.stat().st_blocks * 512 >= SMALL
    assert told.said == []


def test_a_disk_with_little_room_from_the_start_is_told_of_once(tmp_path: Path, told: Told) -> None:
    told.free = 2 * SMALL - 1
    ballast = told.ballast(tmp_path / "ballast")
    for _ in range(3):
        ballast.tend()
        told.now_s += LOOK_EVERY_S
    assert told.said == ["full 0"]
    assert not (tmp_path / "ballast").exists()


def test_a_link_in_its_place_is_neither_followed_nor_removed(tmp_path: Path, told: Told) -> None:
    target, path = tmp_path / "target", tmp_path / "ballast"
    target.write_bytes(b"somebody else's")
    path.symlink_to(target)
    told.ballast(path).tend()
    assert path.is_symlink()
    assert target.read_bytes() == b"somebody else's"
    assert told.said == ["full 0"]


def test_where_no_room_can_be_reserved_it_is_written(
    tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_handle: int, _offset: int, _size: int) -> None:
        raise OSError(errno.EOPNOTSUPP, "not here")

    monkeypatch.setattr(os, "posix_fallocate", unknown)
    told.ballast(tmp_path / "ballast").tend()
    content = (tmp_path / "ballast").read_bytes()
    assert len(content) == SMALL
    assert len(set(content)) > 100


def test_a_disk_that_fills_while_it_is_made_leaves_none(
    tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int, _offset: int, _size: int) -> None:
        raise FULL

    monkeypatch.setattr(os, "posix_fallocate", full)
    told.ballast(tmp_path / "ballast").tend()
    assert not (tmp_path / "ballast").exists()
    assert told.said == ["full 0"]
