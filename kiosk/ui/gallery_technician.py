"""The technician's page, for the gallery: walked as a technician walks it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtGui import QGuiApplication

from kiosk.core.levels import Level
from kiosk.core.technician import LevelTrip, Trip
from kiosk.ui.rehearsal import Rehearsal
from kiosk.ui.rehearsal_bench import RehearsedTrip
from kiosk.ui.touch_grid import STILL_MS
from kiosk.ui.window import KioskWindow


def technician_stages(terminal: Rehearsal, window: KioskWindow) -> Iterator[str]:
    """Each page in turn, from a terminal at rest, and to it again."""
    page, bench = window.technician, terminal.workbench
    window.technician.attach(terminal, bench)

    def reach(name: str, *acts: Callable[[], object]) -> str:
        for act in acts:
            act()
            QGuiApplication.processEvents()
        return f"technician-{name}"

    def tested() -> RehearsedTrip:
        stage = Rehearsal(replace(terminal.scene, phone_page=""))
        stage.start()
        stage.begin_visit("canary")
        stage.invite()
        return RehearsedTrip(stage)

    yield reach("home", lambda: page.admit("T1", "李工"))
    yield reach("checks-running", lambda: page.choose("checks"))
    yield reach("checks", lambda: bench.doctor.set_result(1))
    yield reach("touch", page.goBack, lambda: page.choose("touch"))
    yield reach("touch-still", lambda: page.choose("act"))
    terminal.now_ms += STILL_MS
    points = [((at % 20 + 0.5) / 20, (at // 20 + 0.5) / 20) for at in range(260)]
    yield reach("touch-painting", page.look, lambda: page.fingers(points, 0))
    terminal.now_ms += 60_000
    yield reach("touch-missed", page.look)
    yield reach("speaker", page.goBack, lambda: page.choose("speaker"), lambda: page.choose("chime"))
    yield reach("speaker-heard", lambda: page.choose("silent"))
    bench.stage = tested
    yield reach("trip", page.goBack, lambda: page.choose("trip"))
    yield reach("trip-tapping", lambda: page.choose("act"))
    trip = bench.trip
    assert trip is not None
    held = [LevelTrip(level, True, 4, 1_300 + 100 * at, "held") for at, level in enumerate(Level)]
    waiting = [replace(one, central="", central_ms=-1) if at > 2 else one for at, one in enumerate(held)]
    yield reach("trip-offline", lambda: trip.move(Trip(tuple(waiting), "waiting", reached=False)))
    yield reach("trip-held", lambda: trip.move(Trip(tuple(held), "over")))
    yield reach("home-done", page.goBack)
    yield reach("sheet", lambda: page.choose("sheet"))
    yield reach("sheet-made", lambda: page.choose("act"))
    page.leave()
    window.technician.detach()
