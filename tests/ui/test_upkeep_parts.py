"""From the settings to the rules; what came of it is kept; whoever nobody watches over never ends by itself."""

from pathlib import Path

import pytest

from kiosk.core.care import Brightness
from kiosk.core.supervision import EX_AGAIN
from kiosk.device.clock import ManualClock
from kiosk.device.paths import open_home
from kiosk.device.settings import Glass, Memory, Settings
from kiosk.upkeep import Renewed, UpkeepParts, care_of, read_renewed


def test_settings_are_taken_as_they_stand():
    care = care_of(Settings(memory=Memory(ceiling_mib=700), glass=Glass(dark=False, brightness=("18:00-08:00 40",))))
    assert (care.ceiling_mib, care.dark) == (700, False)
    assert care.brightness == (Brightness("18:00", "08:00", 40),)


def test_that_it_began_anew_is_kept(tmp_path: Path):
    home, left = open_home(tmp_path / "home"), list[int]()
    parts = UpkeepParts(Settings(), ManualClock(), watched_over=True)
    parts.means("offscreen", left.append).renew(1_100)
    assert left == [EX_AGAIN]
    assert read_renewed(home) is None
    parts.close(home)
    assert read_renewed(home) == Renewed(1_767_225_600, 1_100)


@pytest.mark.parametrize(("watched_over", "ceiling"), [(True, 1_024), (False, 0)])
def test_whoever_nobody_watches_over_has_no_ceiling(watched_over: bool, ceiling: int, tmp_path: Path):
    parts = UpkeepParts(Settings(), ManualClock(), watched_over)
    assert parts.means("offscreen", lambda _code: None).care.ceiling_mib == ceiling
    parts.close(open_home(tmp_path / "home"))
