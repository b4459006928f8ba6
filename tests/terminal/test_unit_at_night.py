"""A whole unit's night, on real files and lanes, with time that runs three thousand times as fast."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.entry import Kind
from kiosk.core.events import Seen
from kiosk.core.levels import Level
from kiosk.core.situation import State
from kiosk.core.view import View
from kiosk.device.paths import assets_folder, open_home
from kiosk.device.settings import Secrets, Settings
from kiosk.unit import Makings, Unit, boot
from tests.terminal.bench import PROFILE, ThreadLoop

SPEED = 3_000
SEEN = Seen("zh-CN", "large", "a" * 64, "b" * 64, "1")


class FastLoop(ThreadLoop):
    def call_later(self, delay_ms: int, work: Callable[[], None]) -> Callable[[], None]:
        timer = threading.Timer(delay_ms / 1000 / SPEED, lambda: self.post(work))
        timer.daemon = True
        timer.start()
        return timer.cancel


class FastClock:
    """Noon of some day, wherever this machine stands: the night before is missed."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._noon = int(time.mktime((2026, 5, 1, 12, 0, 0, 0, 0, -1)) * 1000)

    def mono_ms(self) -> int:
        return int((time.monotonic() - self._began) * 1000 * SPEED) + 1_000

    def wall_ms(self) -> int:
        return self._noon + self.mono_ms()

    def boot_id(self) -> str:
        return "c" * 32


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], tuple[Unit, FastLoop]]]:
    home = open_home(tmp_path / "home")
    home.profile.write_text(json.dumps(PROFILE), "utf-8")
    units: list[Unit] = []

    def begin() -> tuple[Unit, FastLoop]:
        loop = FastLoop()
        settings = Settings(secrets=Secrets(store="file"))
        unit = boot(loop, Makings(home, settings, assets_folder(), 0, FastClock(), SEEN))
        units.append(unit)
        loop.until(lambda: unit.view().situation.state in (State.READY, State.CLOSED))
        return unit, loop

    yield begin
    for unit in units:
        unit.close()


def _records(unit: Unit) -> list[dict[str, Any]]:
    return unit._lane.read(0, 500).result(10)


def _canaries(unit: Unit) -> list[dict[str, Any]]:
    return [record for record in _records(unit) if record["body"].get("canary") is True]


def test_the_night_sends_its_canaries_past_the_screen_and_a_restart_finds_no_visit_in_them(
    start: Callable[[], tuple[Unit, FastLoop]],
) -> None:
    unit, loop = start()
    views: list[View] = []
    unit.watch(views.append)
    loop.until(lambda: len(_canaries(unit)) == 20)
    made = _canaries(unit)
    assert [r["body"]["level"] for r in made if r["kind"] == Kind.VISIT_ENDED] == list(Level)
    assert [r["sequence"] for r in made] == list(range(made[0]["sequence"], made[0]["sequence"] + 20))
    stood = [r["body"]["seen"] for r in made if r["kind"] in (Kind.LEVEL_TAPPED, Kind.VISIT_ENDED)]
    assert [one and one["look"] for one in stood] == ["large"] * 10
    assert all(view.situation.visit is None for view in views)
    unit.close()
    again, _ = start()
    ended = [r for r in _records(again) if r["kind"] == Kind.VISIT_ENDED]
    assert len(ended) == 5  # none of them was closed as a visit left open
    assert len(_canaries(again)) == 20
