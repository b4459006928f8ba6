"""The screen's light: what is asked for is done, once, off the GUI thread, and left on at the end."""

import os
from pathlib import Path
from typing import ClassVar

import pytest

from kiosk.device.lamp import Lamp, has_dpms, open_lamp, writable_backlights
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


class Server:
    """An X server's end as far as the light goes: no virtual one here has it."""

    said: ClassVar[list[object]] = []
    there = True

    def has_extension(self, name: str) -> bool:
        return self.there and name == "DPMS"

    def dpms_capable(self) -> "Server":
        return self

    capable = 1

    def __getattr__(self, name: str) -> object:
        return lambda *values: self.said.append((name, *values))


@pytest.mark.parametrize("there", [True, False])
def test_a_screen_under_x11_goes_off_and_on_and_never_by_the_servers_own_timers(
    there: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr("Xlib.display.Display", Server)
    monkeypatch.setattr(Server, "there", there)
    Server.said.clear()
    lamp = open_lamp("xcb", tmp_path)
    lamp.shine(False, 100)
    lamp.close()
    levels = [one for one in Server.said if one[0] == "dpms_force_level"]
    assert levels == ([("dpms_force_level", 3), ("dpms_force_level", 0)] if there else [])
    assert (("dpms_set_timeouts", 0, 0, 0) in Server.said) is there
    assert Server.said.count(("close",)) == 2
    assert has_dpms() is there


def test_this_process_has_memory():
    before = resident_mib()
    more = bytearray(os.urandom(1)) * (64 * 2**20)
    after = resident_mib()
    assert before is not None
    assert after is not None
    assert 48 <= after - before <= 80
    del more
