"""PINs: five tries, growing pauses, and that neither ends with the program."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from kiosk.core.view import PinAnswer
from kiosk.pins import FIRST_PAUSE_S, FREE_TRIES, Pins, TriesFile
from kiosk.protocol.profile import Profile, read_profile
from tests.terminal.bench import PROFILE

HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def profile_with(*numbers: str) -> Profile:
    staff = [{"number": number, "name": "陈", "pin_hash": HASHER.hash("2468")} for number in numbers]
    return read_profile(json.dumps({**PROFILE, "staff": staff}).encode())


PROFILE_OF_TWO = profile_with("F1", "F2")


class Door:
    """The same clerks before one program after another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.wall, self.mono = 1_795_000_000.0, 50.0
        self.restart()

    def restart(self, boot: bool = False) -> None:
        if boot:
            self.mono = 3.0
        file = TriesFile(self.path, lambda: self.wall)
        self.pins = Pins(lambda: PROFILE_OF_TWO, lambda: self.mono, file)

    def wait(self, seconds: float) -> None:
        self.wall += seconds
        self.mono += seconds

    def check(self, pin: str, number: str = "F1") -> PinAnswer:
        return self.pins.check(number, pin).result(20)

    def wrong(self, times: int) -> PinAnswer:
        return [self.check("0000") for _ in range(times)][-1]


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path / "pins.json")


def test_a_pulled_plug_neither_ends_a_pause_nor_forgets_a_try(door: Door) -> None:
    assert door.wrong(FREE_TRIES) == PinAnswer("wrong", FIRST_PAUSE_S)
    door.wait(10)
    door.restart(boot=True)
    assert door.check("2468") == PinAnswer("paused", 20)
    door.wait(21)
    assert door.check("0000") == PinAnswer("wrong", 2 * FIRST_PAUSE_S)
    door.restart(boot=True)
    assert door.check("2468").state == "paused"
    assert door.check("2468", "F2").state == "right"


def test_a_right_pin_clears_the_count_for_good(door: Door) -> None:
    door.wrong(FREE_TRIES - 1)
    assert door.check("2468").state == "right"
    door.restart()
    assert door.wrong(FREE_TRIES - 1) == PinAnswer("wrong", 0)


@pytest.mark.parametrize(("hours", "wait_s"), [(-24, FIRST_PAUSE_S), (24, 0)])
def test_a_clock_that_was_set_makes_no_pause_longer_and_forgets_no_try(door: Door, hours: int, wait_s: int) -> None:
    door.wrong(FREE_TRIES)
    door.wall += hours * 3600
    door.restart(boot=True)
    if wait_s:
        assert door.check("2468") == PinAnswer("paused", wait_s)
    else:
        assert door.check("0000") == PinAnswer("wrong", 2 * FIRST_PAUSE_S)


@pytest.mark.parametrize("content", [b"", b"{", b'{"F1":[]}', b"\xff" * 9])
def test_a_spoilt_file_counts_from_none_and_says_so(
    door: Door, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    door.path.write_bytes(content)
    assert door.wrong(1) == PinAnswer("wrong", 0)
    assert "cannot be read" in caplog.text


def test_where_the_disk_takes_nothing_tries_are_counted_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    door = Door(tmp_path / "missing" / "pins.json")
    with caplog.at_level(logging.WARNING):
        assert door.wrong(FREE_TRIES) == PinAnswer("wrong", FIRST_PAUSE_S)
    assert door.check("2468").state == "paused"
    assert "cannot be kept" in caplog.text


def test_no_pin_is_in_the_file(door: Door) -> None:
    door.check("971386")
    kept: Any = json.loads(door.path.read_text())
    assert list(kept) == ["F1"]
    assert "971386" not in door.path.read_text()
    assert door.path.stat().st_mode & 0o777 == 0o600
