"""What the technician's page shows and asks for, as values, and the port through which the screen gets them.

Nothing here rates: the round trip hands out a stage on which the citizen's own pages are tapped, and is told what came
of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from kiosk.core.levels import Level
from kiosk.core.view import CitizenPort

if TYPE_CHECKING:
    from concurrent.futures import Future

Sign = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One of the doctor's findings, in words."""

    check: str
    sign: Sign
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What this unit is and how it stands. `heard_wall_ms`: when central answered last (Unix ms), None for never."""

    version: str = ""
    device_id: str = ""
    hall: str = ""
    window: str = ""
    unsent: int = 0
    oldest_unsent_s: int = 0
    heard_wall_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one test at the glass. `test`: `touch`, `speaker` or `round_trip`; `numbers`: whole numbers and
    short words, by name, without a level."""

    test: str
    passed: bool
    numbers: Mapping[str, int | str] = field(default_factory=dict)


Central = Literal["", "held", "missing", "changed"]


@dataclass(frozen=True, slots=True)
class LevelTrip:
    """How far one level has come on its round trip, in ms since its tap; -1: not yet. `central`: what central has."""

    level: Level
    tapped: bool = False
    journal_ms: int = -1
    central_ms: int = -1
    central: Central = ""


@dataclass(frozen=True, slots=True)
class Trip:
    """The round trip. `at`: `tapping`, `waiting` (all is tapped, central has not answered for all) or `over`;
    `reached`: whether central answered when it was asked last; `why`: it ended for this reason, by code, empty where
    every level was tapped."""

    levels: tuple[LevelTrip, ...]
    at: Literal["tapping", "waiting", "over"] = "tapping"
    reached: bool = True
    why: Literal["", "stopped", "visit", "silence", "journal"] = ""

    @property
    def passed(self) -> bool:
        """Whether each of the five was tapped and is at central as it was tapped."""
        return all(one.central == "held" for one in self.levels)


@dataclass(frozen=True, slots=True)
class Made:
    """An acceptance sheet was made, or why not: `path` on this unit, `copies` elsewhere, `code` of what failed."""

    path: str = ""
    copies: tuple[str, ...] = ()
    sha256: str = ""
    code: Literal["", "not_enrolled", "failed"] = ""


class RoundTrip(Protocol):
    """A round trip that was begun. Every method on the loop's thread."""

    def stage(self) -> CitizenPort:
        """What the citizen's pages show meanwhile: a terminal whose every visit is marked."""

    def trip(self) -> Trip:
        """How far it is."""

    def watch(self, callback: Callable[[Trip], None]) -> None:
        """Be told each change, on the loop."""

    def stop(self) -> None:
        """No more taps; what was tapped goes on to central."""


class TechnicianPort(Protocol):
    """What the technician's page may ask of the unit. Never waits; answers come from any thread."""

    def facts(self) -> Facts:
        """How the unit stands now."""

    def examine(self, language: str, found: Callable[[CheckLine], None]) -> "Future[int]":
        """Run the doctor; each finding as it is made, from another thread. The answer: its exit code."""

    def keep(self, result: Tried, technician: str) -> "Future[None]":
        """Keep what came of a test, for the acceptance sheet and in the journal."""

    def begin_round_trip(self, technician: str) -> "Future[RoundTrip]":
        """Announce a round trip in the journal, then begin it. Fails where nothing can be recorded, or a visit runs."""

    def make_sheet(self, language: str, technician: str, picture: bytes) -> "Future[Made]":
        """Make the acceptance sheet, with this picture of the screen (PNG), sign it and put it on record."""
