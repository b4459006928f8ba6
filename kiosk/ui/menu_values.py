"""What the staff menu on the terminal's own glass is, as a value, and what it may ask for. No Qt in here.

A PIN stands in it only while it is being typed, and a menu that was closed is blank: its next `turn` takes no answer
that was meant for it. It can neither rate nor see a level.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from kiosk.core import events as e
from kiosk.core.situation import Situation, State
from kiosk.core.slip import LENGTH_LIMIT
from kiosk.core.view import OwnFigures, Refused, View

Step = Literal[
    "", "number", "pin", "home", "pause", "until", "matter", "search", "case", "visit", "slip", "times", "cancel",
    "call", "figures", "pair", "maintain", "leave",
]  # fmt: skip
AT_REST = frozenset({State.READY, State.CLOSED, State.PAUSED})
IDLE_MS = 60_000
CASE_LIMIT = 64
"""Characters of a case number, as the station takes them too."""
MATTERS = 6
"""So many stand on one page, beside the tiles for more and for the search."""
TILES = 8
"""So many clerks are offered by name; where there are more, their number is typed."""
TECHNICIAN = "technician"
"""The tile for whoever is no clerk; then a number is typed though clerks are offered by name."""
BACK_IN = ("10", "30", "60")
"""Minutes until a pause may be expected to be over."""
LIMITS: Mapping[Step, int] = {
    "number": 32, "pin": 32, "home": LENGTH_LIMIT, "matter": LENGTH_LIMIT, "search": LENGTH_LIMIT, "case": LENGTH_LIMIT,
    "visit": LENGTH_LIMIT, "slip": 16, "times": 7, "call": 16,
}  # fmt: skip
"""Characters that may be typed on each page; a scanner types on those without a pad, too."""
SCANNED = frozenset[Step]({"home", "matter", "visit"})
"""Pages on which nothing is typed by finger, so that what comes as keys is a scanner's."""
OFFERED = "offered"
"""`Menu.kind` while the number on the pad is one that was offered: the first key takes its place."""
MAY_BE_EMPTY = frozenset[Step]({"case", "slip", "times"})


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Ask whether this PIN is this clerk's."""

    number: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ShowPairing:
    """Show the code by which a PC is paired, or show it no longer."""

    shown: bool


@dataclass(frozen=True, slots=True)
class AskFigures:
    """Ask for this clerk's own figures."""

    number: str


Act = e.Event | CheckPin | ShowPairing | AskFigures


@dataclass(frozen=True, slots=True)
class Around:
    """What a touch needs to know of the world: the terminal's newest view, the time of day, an id for a visit, and the
    words of the reasons for which a visit is cancelled, by code."""

    view: View
    wall: datetime
    new_id: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def situation(self) -> Situation:
        """Where the terminal stands."""
        return self.view.situation


@dataclass(frozen=True, slots=True)
class Draft:
    """A visit that is being started. `times`: its service number, as typed."""

    matter: e.Matter | None = None
    case: str = ""
    slip: str = ""
    times: str = ""
    stage: e.Stage | None = None


NO_DRAFT = Draft()


@dataclass(frozen=True, slots=True)
class Menu:
    """`step`: what stands there, empty while it is closed; `staff`: whose PIN was right; `typed`: on the pad, its last
    character at `typed_ms`; `hint`: by code; `wait_until_ms`: until when no PIN is heard; `busy`: an answer is on its
    way; `touched_ms`: the last sign of life (all monotonic); `kind`: of the pause being made, or how far the page has
    come; `page`: of the matters; `form`: whether all of the visit being started is shown; `figures`: the clerk's own,
    `figures_known` once they were answered; `technician`: whose one-time code was right; `clock_off_s`: by how much it
    found the clock to be off."""

    turn: int = 0
    step: Step = ""
    number: str = ""
    typed: str = field(default="", repr=False)
    typed_ms: int = 0
    staff: e.Staff | None = None
    hint: str = ""
    wait_until_ms: int = 0
    busy: bool = False
    touched_ms: int = 0
    kind: str = ""
    draft: Draft = NO_DRAFT
    page: int = 0
    form: bool = False
    figures: OwnFigures | None = None
    figures_known: bool = False
    technician: e.Technician | None = None
    clock_off_s: int = 0


CLOSED = Menu()
Moved = tuple[Menu, Act | None]


def at(menu: Menu, step: Step) -> Menu:
    """Another page, with nothing typed on it."""
    number = "" if step == "number" else menu.number
    return replace(menu, step=step, number=number, typed="", hint="", wait_until_ms=0, busy=False, page=0)


def asking(menu: Menu, event: e.Event) -> Moved:
    """This is handed in, and until it is answered nothing else is."""
    return replace(menu, busy=True, hint=""), event


def refused(menu: Menu, answer: Refused | None) -> Menu:
    """The terminal has not done it, and says why; None: there was no answer."""
    return replace(menu, busy=False, hint=f"refused.{answer.code}" if answer is not None else "not_now")


def closed(menu: Menu) -> Menu:
    """Nothing is left of it."""
    return Menu(menu.turn + 1) if menu.step else menu
