"""What fingers do to a screen that no one had in mind: twice on a level, ten at once, two hundred all over it.

Everything is done in a real window, and what came of it is read from outside: the station, the journal, central.
"""

import random
import threading
import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from kiosk.bookkeeping.looking import look_at_journal
from kiosk.core.entry import Kind
from kiosk.demo.citizen import LEVELS, Targets
from kiosk.device.paths import open_home
from kiosk.device.settings import Settings
from tests.end_to_end.desk import SIZE, Desk
from tests.end_to_end.touch_screen import TouchScreen

GAPS_MS = (50, 100, 200, 300, 400)
TAPS, WITHIN_S = 200, 2.0
BESIDE_Y = 120
"""A line of the screen of the five levels where nothing can be pressed."""
SLID_S = 0.25
DEAD_MS = 300
"""For so long after a change of page no tap counts; so between two levels of one citizen, who must have gone back in
between, lies at least twice that."""

SETTLED_S = 1.0
"""After the station says that the levels are shown: their page has slid in and its dead time is over, on a busy machine
too, or the first finger is rightly nobody's."""


@dataclass
class Expected:
    """What must come of each visit: the level the first tap was on, and the reports of what was done."""

    levels: dict[str, str] = field(default_factory=dict)
    stormed: set[str] = field(default_factory=set)


class Fingers:
    """One desk, and the fingers on its glass."""

    def __init__(self, desk: Desk, targets: Targets) -> None:
        assert isinstance(desk.screen, TouchScreen)
        self._desk, self._screen, self._targets = desk, desk.screen, targets
        self.expected = Expected()

    def tap_twice(self, level: str, gap_ms: int, hand: Literal["finger", "pointer"]) -> None:
        """One visit: twice on a level, then back and out, which leaves the level standing."""
        visit_id = self._invited()
        self.expected.levels[visit_id] = level
        x, y = self._place("inviting", f"level.{level}")
        if hand == "pointer":
            self._screen.click_twice(x, y, gap_ms / 1000)
        else:
            self._screen.tap(x, y)
            pause(gap_ms / 1000)
            self._screen.tap(x, y)
        self._go()

    def ten_at_once(self, chance: random.Random) -> None:
        """One visit: ten fingers, one on each level and five beside them, lifted one after another as fast as it goes.
        The level is that of which a finger is lifted first."""
        visit_id = self._invited()
        levels = [(level, self._place("inviting", f"level.{level}")) for level in LEVELS]
        beside = [("", (x, BESIDE_Y)) for _, (x, _) in levels]
        down = [(level, self._screen.fingers.press(*place)) for level, place in chance.sample(levels + beside, 10)]
        chance.shuffle(down)
        self.expected.levels[visit_id] = next(level for level, _ in down if level)
        for _, finger in down:
            self._screen.fingers.release(finger)
        self._go()

    def both_hands(self, chance: random.Random) -> None:
        """One visit: ten fingers, two on each level. Qt takes a tap as done when a second finger comes upon it, so the
        level is the first on which two lie."""
        visit_id = self._invited()
        twice = chance.sample(LEVELS, len(LEVELS))
        places = [(level, -40) for level in chance.sample(LEVELS, len(LEVELS))] + [(level, 40) for level in twice]
        self.expected.levels[visit_id] = twice[0]
        down = []
        for level, side in places:
            x, y = self._place("inviting", f"level.{level}")
            down.append(self._screen.fingers.press(x + side, y))
        chance.shuffle(down)
        for finger in down:
            self._screen.fingers.release(finger)
        self._go()

    def storm(self, chance: random.Random) -> None:
        """One visit: a level, and then 200 taps all over the screen within two seconds, whatever they bring. Then
        nobody is there any more."""
        visit_id = self._invited()
        level = chance.choice(LEVELS)
        self.expected.levels[visit_id] = level
        self.expected.stormed.add(visit_id)
        places = [self._place("inviting", f"level.{level}")]
        places += [(chance.randrange(SIZE[0]), chance.randrange(SIZE[1])) for _ in range(TAPS - 1)]
        began = time.monotonic()
        for number, (x, y) in enumerate(places):
            pause(began + number * WITHIN_S / TAPS - time.monotonic())
            self._screen.tap(x, y)
        self._desk.terminal.wait_for("ready")

    def impatient(self, level: str, other: str) -> None:
        """One visit: a level, "choose again" as soon as it stands there, and another level as soon as that does, each
        within the time in which no tap counts. Then nobody is there any more."""
        visit_id = self._invited()
        self.expected.levels[visit_id] = level
        self.expected.stormed.add(visit_id)
        for page, thing in (("inviting", f"level.{level}"), ("explaining", "again"), ("inviting", f"level.{other}")):
            self._screen.tap(*self._place(page, thing))
            pause(SLID_S)
        self._desk.terminal.wait_for("ready")

    def _invited(self) -> str:
        visit_id = self._desk.begin()
        self._desk.terminal.wait_for("inviting")
        pause(SETTLED_S)
        return visit_id

    def _go(self) -> None:
        self._desk.terminal.wait_for("explaining")
        pause(SETTLED_S)
        self._desk.citizen.choose_again()
        self._desk.citizen.skip()

    def _place(self, page: str, thing: str) -> tuple[int, int]:
        return self._targets[page][thing]


def pause(seconds: float) -> None:
    """What a hand takes for it."""
    if seconds > 0:
        threading.Event().wait(seconds)


@dataclass(frozen=True)
class Found:
    """What came of one visit: in the journal the levels tapped (with the time of each, ms) and the ends; at central the
    levels and comments."""

    tapped: list[tuple[str, int]]
    ends: list[dict[str, Any]]
    at_central: list[str]
    comments: list[str]

    def fault(self, level: str, stormed: bool) -> str:
        """What is wrong with it; empty if it is as it must be."""
        if len(self.ends) != 1:
            return f"{len(self.ends)} outcomes"
        end = self.ends[0]
        if not self.tapped or self.tapped[0][0] != level:
            return f"the first tap was on {level}, and the journal has {self.tapped}"
        if not stormed and len(self.tapped) != 1:
            return f"one level was meant, and the journal has {self.tapped}"
        if any(after - before < 2 * DEAD_MS for (_, before), (_, after) in pairwise(self.tapped)):
            return f"two levels sooner than anybody can go back: {self.tapped}"
        if (end["outcome"], end["level"]) != ("rated", self.tapped[-1][0]):
            return f"tapped {self.tapped}, ended {end}"
        if self.at_central != [end["level"]]:
            return f"central has {self.at_central}, the journal {end}"
        return ""


def found(desk: Desk, ratings: list[dict[str, Any]]) -> dict[str, Found]:
    """What the journal and central have of each visit of this desk."""
    with look_at_journal(open_home(desk.terminal.home), Settings()) as journal:
        records = journal.read(0, 10_000)
    return {
        visit_id: Found(
            [(r["body"]["level"], r["mono_ms"]) for r in _of(records, visit_id, Kind.LEVEL_TAPPED)],
            [r["body"] for r in _of(records, visit_id, Kind.VISIT_ENDED)],
            [rating["level"] for rating in ratings if rating["visit_id"] == visit_id],
            [rating["comment"] for rating in ratings if rating["visit_id"] == visit_id],
        )
        for visit_id in desk.truth.begun
    }


def _of(records: list[dict[str, Any]], visit_id: str, kind: Kind) -> list[dict[str, Any]]:
    return [record for record in records if record.get("visit_id") == visit_id and record["kind"] == kind]
