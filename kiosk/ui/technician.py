"""The technician's page as a value, and what each touch and each answer makes of it. No Qt in here.

Whoever is admitted has given a one-time code in the staff menu (`menu_leave`). It is never there while a visit runs,
and can begin and stop a round trip but never tap a level.
"""

from dataclasses import dataclass, replace
from typing import Literal

from kiosk.core.situation import State
from kiosk.core.technician import CheckLine, Made, Tried, Trip
from kiosk.core.view import View
from kiosk.ui.touch_grid import BLANK, Grid, laid, passed_by

Step = Literal["", "home", "checks", "touch", "speaker", "trip", "sheet"]
IDLE_MS = 120_000
"""Left alone for so long, the page leaves by itself."""
PARTS: tuple[Step, ...] = ("checks", "touch", "speaker", "trip", "sheet")
VOLUMES = (30, 50, 70, 90)
_AT_REST = frozenset({State.READY, State.CLOSED, State.PAUSED, State.OUT_OF_ORDER})


@dataclass(frozen=True, slots=True)
class Do:
    """Something without more to say: `examine`, `begin_trip`, `stop_trip`, `make_sheet`, `chime`, `voice`."""

    what: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep what came of a test."""

    tried: Tried


Act = Do | Keep


@dataclass(frozen=True, slots=True)
class Page:
    """`step`: what stands there, empty while it is closed; `who`, `name`: who was admitted; `hint`: by code;
    `busy`: an answer is on its way; `touched_ms`: the last sign of life; `lines`: of the doctor, newest run; `sounded`:
    something was played; `results`: what was tried at this visit."""

    turn: int = 0
    step: Step = ""
    who: str = ""
    name: str = ""
    hint: str = ""
    busy: bool = False
    touched_ms: int = 0
    lines: tuple[CheckLine, ...] = ()
    examined: bool = False
    grid: Grid = BLANK
    volume: int = 70
    sounded: bool = False
    trip: Trip | None = None
    tapping: bool = False
    made: Made | None = None
    results: tuple[Tried, ...] = ()

    def result(self, test: str) -> Tried | None:
        """What came of this test."""
        return next((one for one in self.results if one.test == test), None)


CLOSED = Page()
Moved = tuple[Page, Act | None]


def may_open(view: View) -> bool:
    """Never while a visit runs, or something on its way to the disk may begin one."""
    situation = view.situation
    runs = situation.visit is not None and situation.visit.outcome is None
    return situation.state in _AT_REST and situation.awaiting is None and not runs


def admitted(page: Page, view: View, number: str, name: str, now_ms: int) -> Page:
    """This technician's code was right, and that they come here is on record."""
    if page.step or not may_open(view):
        return page
    return Page(page.turn + 1, "home", number, name, touched_ms=now_ms)


def left(page: Page) -> Moved:
    """Away with it; a round trip that is being tapped ends."""
    if not page.step:
        return page, None
    return Page(page.turn + 1), Do("stop_trip") if page.tapping else None


def saw(page: Page, view: View) -> Moved:
    """A new moment of the terminal. An entry that is on its way is not a visit yet."""
    situation = view.situation
    runs = situation.visit is not None and situation.visit.outcome is None
    return left(page) if page.step and (runs or situation.state not in _AT_REST) else (page, None)


def touched(page: Page, now_ms: int) -> Page:
    """A sign of life."""
    return replace(page, touched_ms=now_ms) if page.step else page


def passed(page: Page, now_ms: int) -> Moved:
    """Time has passed: who has left it alone has left, but what is under way is waited for."""
    if page.step == "touch" and page.grid.phase in ("still", "painting"):
        return gridded(replace(page, touched_ms=now_ms), passed_by(page.grid, now_ms))
    if page.step and not page.busy and not page.tapping and now_ms - page.touched_ms >= IDLE_MS:
        return left(page)
    return page, None


def stepped_back(page: Page) -> Moved:
    """One step back; from its first page, out of it."""
    if page.step in PARTS:
        return replace(page, step="home", hint="", grid=BLANK, sounded=False), None
    return left(page)


def chosen(page: Page, choice: str, width_mm: float, height_mm: float, now_ms: int) -> Moved:
    """A tile, or the button that a page has for what it does."""
    if page.busy or page.tapping:
        return page, None
    match (page.step, choice):
        case ("home", "checks"):
            return _examining(replace(page, step="checks", hint=""))
        case ("home", "touch" | "speaker" | "trip" | "sheet"):
            return replace(page, step=choice, hint="", grid=BLANK, sounded=False), None
        case ("checks", "act"):
            return _examining(page)
        case ("touch", "act"):
            return replace(page, grid=laid(width_mm, height_mm, now_ms)), None
        case ("speaker", "quieter" | "louder"):
            at = VOLUMES.index(page.volume) + (1 if choice == "louder" else -1)
            return replace(page, volume=VOLUMES[min(max(at, 0), len(VOLUMES) - 1)]), None
        case ("speaker", "chime" | "voice"):
            return replace(page, sounded=True), Do(choice)
        case ("speaker", "heard" | "silent") if page.sounded:
            tried = Tried("speaker", choice == "heard", {"volume": page.volume})
            return _kept(replace(page, sounded=False), tried), Keep(tried)
        case ("trip", "act"):
            return replace(page, busy=True, hint="", trip=None), Do("begin_trip")
        case ("sheet", "act"):
            return replace(page, busy=True, hint="", made=None), Do("make_sheet")
        case _:
            return page, None


def _examining(page: Page) -> Moved:
    return replace(page, busy=True, lines=(), examined=False), Do("examine")


def _kept(page: Page, tried: Tried) -> Page:
    return replace(page, results=(*(one for one in page.results if one.test != tried.test), tried))


def found(page: Page, line: CheckLine) -> Page:
    """The doctor has one finding more."""
    return replace(page, lines=(*page.lines, line))


def examined(page: Page, code: int | None, now_ms: int) -> Page:
    """The doctor is done, or was not heard to its end."""
    told = code in (0, 1)
    return replace(page, busy=False, examined=told, hint="" if told else "doctor", touched_ms=now_ms)


def gridded(page: Page, grid: Grid) -> Moved:
    """The grid has moved; one that is done is kept."""
    ended = grid.phase == "done" and page.grid.phase != "done"
    page = replace(page, grid=grid)
    if not ended:
        return page, None
    numbers: dict[str, int | str] = {
        "cells": grid.cells, "missed": grid.missed, "ghosts": grid.ghosts, "fingers": grid.most,
        "columns": grid.columns, "rows": grid.rows,
    }  # fmt: skip
    tried = Tried("touch", grid.passed, numbers)
    return _kept(page, tried), Keep(tried)


def trip_began(page: Page, begun: bool) -> Page:
    """The round trip begins, and the citizen's own pages stand before the technician; or it cannot."""
    return replace(page, busy=False, tapping=begun, hint="" if begun else "trip")


def tripped(page: Page, trip: Trip, now_ms: int) -> Moved:
    """The round trip has moved; one that is over is kept."""
    ended = trip.at == "over" and (page.trip is None or page.trip.at != "over")
    page = replace(page, trip=trip, tapping=page.tapping and trip.at == "tapping", touched_ms=now_ms)
    if not ended:
        return page, None
    tried = tried_of(trip)
    return _kept(page, tried), Keep(tried)


def tried_of(trip: Trip) -> Tried:
    """What is kept of a round trip: no level, and how long the slowest took."""
    slowest = max((one.central_ms for one in trip.levels), default=-1)
    held = sum(one.central == "held" for one in trip.levels)
    return Tried("round_trip", trip.passed, {"held": held, "of": len(trip.levels), "slowest_ms": slowest})


def sheet_made(page: Page, made: Made | None, now_ms: int) -> Page:
    """The sheet is there, or not."""
    made = made or Made(code="failed")
    return replace(page, busy=False, made=made, hint=f"sheet.{made.code}" if made.code else "", touched_ms=now_ms)
