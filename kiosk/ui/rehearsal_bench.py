"""A technician's workbench without a unit behind it: answers at once, for pictures and tests."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from kiosk.core.levels import Level
from kiosk.core.technician import CheckLine, Facts, LevelTrip, Made, RoundTrip, Tried, Trip
from kiosk.core.view import CitizenPort

if TYPE_CHECKING:
    from kiosk.ui.rehearsal import Rehearsal

T = TypeVar("T")
FACTS = Facts("0.1.0", "3fd0a1b27c", "阜阳市政务服务中心", "A12 不动产登记", 3, 240, 1_795_000_000_000)
LINES = {
    "en": (
        CheckLine("program", "ok", "kiosk 0.1.0, Python 3.11"),
        CheckLine("disk", "ok", "40000 MiB free"),
        CheckLine("touch", "warning", "no touch screen was found", "plug its USB cable in, then look again"),
        CheckLine("certificate", "failed", "central's certificate has ended", "have the hall renew it"),
        *(CheckLine(name, "ok", "in order") for name in ("journal", "clock", "station", "screen", "font", "service")),
    ),
    "zh-CN": (
        CheckLine("program", "ok", "kiosk 0.1.0，Python 3.11"),
        CheckLine("disk", "ok", "剩余 40000 MiB"),
        CheckLine("touch", "warning", "没有找到触摸屏", "插好触摸屏的 USB 线后再检查一次"),
        CheckLine("certificate", "failed", "中心的证书已过期", "请大厅更换证书"),
        *(CheckLine(name, "ok", "正常") for name in ("journal", "clock", "station", "screen", "font", "service")),
    ),
}


MADE = Made("/var/lib/kiosk/acceptance/A12.pdf", ("/media/kiosk/USB/A12.pdf",), "ab12" * 16)


@dataclass
class RehearsedTrip:
    """A round trip that a test moves by hand."""

    terminal: "Rehearsal"
    now: Trip = field(default_factory=lambda: Trip(tuple(LevelTrip(level) for level in Level)))
    watchers: list[Callable[[Trip], None]] = field(default_factory=list)

    def stage(self) -> CitizenPort:
        """What the pages show."""
        return self.terminal

    def trip(self) -> Trip:
        """How far it is."""
        return self.now

    def watch(self, callback: Callable[[Trip], None]) -> None:
        """Be told each change."""
        self.watchers.append(callback)

    def stop(self) -> None:
        """No more taps."""
        self.move(replace(self.now, at="over", why="stopped"))

    def move(self, trip: Trip) -> None:
        """It is so far."""
        self.now = trip
        for callback in tuple(self.watchers):
            callback(trip)


@dataclass
class RehearsedBench:
    """`TechnicianPort`. `kept` is what was to be kept, with whose."""

    kept: list[tuple[Tried, str]] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    made: Made = field(default_factory=lambda: MADE)
    stage: Callable[[], RehearsedTrip] | None = None
    trip: RehearsedTrip | None = None
    doctor: "Future[int]" = field(default_factory=Future)

    def facts(self) -> Facts:
        """How the unit stands."""
        return FACTS

    def examine(self, language: str, found: Callable[[CheckLine], None]) -> "Future[int]":
        """Some findings; done once `doctor` has an answer."""
        for line in LINES[language]:
            found(line)
        return self.doctor

    def keep(self, result: Tried, technician: str) -> "Future[None]":
        """Kept in `kept`."""
        self.kept.append((result, technician))
        return _known(None)

    def begin_round_trip(self, technician: str) -> "Future[RoundTrip]":
        """Begins where there is a stage for it."""
        del technician
        answer: Future[RoundTrip] = Future()
        if self.stage is None:
            answer.set_exception(RuntimeError("no stage"))
        else:
            self.trip = self.stage()
            answer.set_result(self.trip)
        return answer

    def make_sheet(self, language: str, technician: str, picture: bytes) -> "Future[Made]":
        """Made at once."""
        del language, technician
        self.pictures.append(picture)
        return _known(self.made)


def _known(value: T) -> "Future[T]":
    future: Future[T] = Future()
    future.set_result(value)
    return future
