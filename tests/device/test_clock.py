"""The clock and its stand-in."""

import re
from pathlib import Path

import pytest

from kiosk.device.clock import ManualClock, SystemClock, read_boot_id


def test_the_boot_id_is_the_kernels_as_32_hex_digits(tmp_path: Path) -> None:
    kernel = tmp_path / "boot_id"
    kernel.write_text("5B0E9B3A-7E5C-4D1F-9A52-0C6E6E1D0A11\n")
    assert read_boot_id(kernel) == "5b0e9b3a7e5c4d1f9a520c6e6e1d0a11"


@pytest.mark.parametrize("content", [None, "", "no id"])
def test_without_a_kernels_boot_id_one_is_drawn(tmp_path: Path, content: str | None) -> None:
    kernel = tmp_path / "boot_id"
    if content is not None:
        kernel.write_text(content)
    first, second = read_boot_id(kernel), read_boot_id(kernel)
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


def test_the_system_clock_keeps_its_boot_id_and_does_not_run_backwards() -> None:
    clock = SystemClock()
    assert clock.boot_id() == clock.boot_id()
    assert re.fullmatch(r"[0-9a-f]{32}", clock.boot_id())
    times = [clock.mono_ms() for _ in range(1000)]
    assert times == sorted(times)
    assert clock.wall_ms() > 1_700_000_000_000


def test_time_since_boot_is_in_milliseconds_of_the_source() -> None:
    assert SystemClock("0" * 32, lambda: 12_345_678_901).mono_ms() == 12_345


def test_a_jump_of_the_wall_clock_leaves_time_since_boot_alone() -> None:
    clock = ManualClock(wall=5_000, mono=10)
    clock.advance(7)
    clock.jump(-4_000)
    assert (clock.wall_ms(), clock.mono_ms()) == (1_007, 17)


def test_a_manual_clock_refuses_to_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        ManualClock().advance(-1)


def test_a_reboot_starts_time_over_under_another_id() -> None:
    clock = ManualClock()
    before = clock.boot_id()
    clock.reboot()
    assert clock.mono_ms() == 0
    assert clock.boot_id() != before
