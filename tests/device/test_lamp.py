"""The screen's light: what is asked for is done, once, off the GUI thread, and left on at the end."""

import os
from pathlib import Path

import pytest

from kiosk.device.lamp import Lamp, open_lamp, writable_backlights
from kiosk.device.memory import resident_mib


def backlight(folder: Path, most: str = "200") -> Path:
    one = folder / "panel"
    one.mkdir()
    (one / "brightness").write_text("7")
    (one / "max_brightness").write_text(most)
    return one / "brightness"


@pytest.mark.parametrize(("on", "percent", "value"), [(True, 40, "80"), (True, 1, "10"), (False, 40, "0")])
def test_a_backlight_is_set(tmp_path: Path, on: bool, percent: int, value: str):
    file = backlight(tmp_path)
    assert writable_backlights(tmp_path) == [file.parent]
    lamp = open_lamp("offscreen", tmp_path)
    lamp.shine(on, percent)
    lamp._work.put(None)
    lamp._thread.join(30)
    assert file.read_text() == value


def test_it_is_told_once_and_is_left_on(tmp_path: Path):
    told: list[tuple[bool, int]] = []
    lamp = Lamp([lambda on, percent: told.append((on, percent))])
    for _ in range(3):
        lamp.shine(True, 100)
    lamp.shine(False, 60)
    lamp.shine(False, 60)
    lamp.close()
    assert told == [(False, 60), (True, 60)]


def test_a_light_that_cannot_be_set_is_told_and_no_more(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    file = backlight(tmp_path, "nonsense")
    lamp = open_lamp("offscreen", tmp_path)
    lamp.shine(False, 100)
    lamp.close()
    assert file.read_text() == "7"
    assert "how bright it can be" in caplog.text
    assert writable_backlights(tmp_path / "none") == []


def test_this_process_has_memory():
    before = resident_mib()
    more = bytearray(os.urandom(1)) * (64 * 2**20)
    after = resident_mib()
    assert before is not None
    assert after is not None
    assert 48 <= after - before <= 80
    del more
