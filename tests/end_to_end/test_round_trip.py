"""The technician's round trip on a real unit against a real central: there as it was tapped, and counted nowhere; and
the sheet that comes of it is good by the key that central has."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from kiosk.acceptance.command import Wanted, make, verify
from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.situation import State
from kiosk.core.technician import Tried
from kiosk.demo.programs import Central
from kiosk.device.clock import SystemClock
from kiosk.device.paths import assets_folder, open_home
from kiosk.device.settings import read_settings
from kiosk.enrolment import enroll_here
from kiosk.unit import Makings, Unit, boot
from tests.end_to_end.breakages import in_service
from tests.terminal.bench import ThreadLoop


def in_hand(unit: Unit, loop: ThreadLoop) -> Any:
    begun = unit.workbench.begin_round_trip("T1")
    loop.until(begun.done)
    return begun.result()


def tapped(trip: Any, loop: ThreadLoop, level: Level) -> None:
    stage = trip.stage()
    loop.until(lambda: stage.view().situation.state is State.INVITING)
    stage.submit(e.TapLevel(level))
    loop.until(lambda: stage.view().situation.state is State.EXPLAINING)
    options = stage.view().scene.options
    if level.negative and options is not None:
        stage.submit(e.ToggleReason(options.core_of(level)[0].code))
    stage.submit(e.Submit())
    loop.until(lambda: stage.view().situation.state is State.THANKS)
    stage.submit(e.Leave())


def test_five_levels_go_there_and_back_and_count_nowhere_and_the_sheet_is_good(tmp_path: Path) -> None:
    with ExitStack() as held:
        central = Central(tmp_path)
        held.callback(central.program.stop)
        home = open_home(tmp_path / "home")
        home.settings.write_text(f'[secrets]\nstore = "file"\n\n[central]\nurl = "{central.url}"\n')
        settings = read_settings(home.settings)
        assert enroll_here(home, settings, central.url, central.code(central.sample["windows"][0])) == 0
        loop = ThreadLoop()
        unit = boot(loop, Makings(home, settings, assets_folder(), 0, SystemClock()))
        held.callback(unit.close)
        loop.until(lambda: in_service(unit))
        trip = in_hand(unit, loop)
        for level in Level:
            tapped(trip, loop, level)
        loop.until(lambda: trip.trip().at == "over")
        assert trip.trip().passed, trip.trip()
        unit.workbench.keep(Tried("round_trip", True, {"held": 5, "of": 5, "slowest_ms": 1}), "T1").result(10)
        assert central.ratings() == []
        marked = central.ask("GET", "/ratings?canary=true")["items"]
        assert [one["level"] for one in marked] == list(Level)
        assert list(central.pages("/alarms")) == []

        pdf = tmp_path / "sheet.pdf"
        assert make(home, settings, Wanted(pdf, "zh-CN", "T1")) == 0
        assert verify(None, settings, pdf, "", central.url, central.token) == 0
        pdf.write_bytes(pdf.read_bytes().replace(b"%PDF", b"%PdF"))
        assert verify(None, settings, pdf, "", central.url, central.token) == 1
