"""A terminal with its clerk's program and its citizen, what was seen of them from outside, and the comparison of that
with what central has."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.core.view import Mode
from kiosk.demo.citizen import Citizen, Targets
from kiosk.demo.programs import Central, Program, Terminal, until
from kiosk.demo.screen import VirtualScreen

SIZE = (1280, 800)
REASONS = 1
LOOK_S = 0.6
"""Twice the time for which a new page takes no taps, so that none is in vain on a machine with much to do either."""


@dataclass
class Truth:
    """What was seen from outside: the visits that were begun, the level tapped in each, the thanks that were shown."""

    begun: list[str] = field(default_factory=list)
    tapped: dict[str, str] = field(default_factory=dict)
    thanked: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Verdict:
    """What central made of it. Each field lists visits; all of them empty is what must be.

    `cut`: thanked, and yet central does not have what the citizen submitted, only the tap.
    """

    lost: list[str]
    cut: list[str]
    twice: list[str]
    wrong: list[str]
    invented: list[str]

    @property
    def good(self) -> bool:
        return not (self.lost or self.cut or self.twice or self.wrong or self.invented)

    def __str__(self) -> str:
        counts = {name: len(getattr(self, name)) for name in ("lost", "cut", "twice", "wrong", "invented")}
        return ", ".join(f"{count} {name}" for name, count in counts.items())


def compare(truth: Truth, ratings: list[dict[str, Any]]) -> Verdict:
    """Hold central's ratings against what was seen."""
    counted = Counter(rating["visit_id"] for rating in ratings)
    levels = {rating["visit_id"]: rating["level"] for rating in ratings}
    whole = {rating["visit_id"] for rating in ratings if rating["finished"] and len(rating["reasons"]) == REASONS}
    return Verdict(
        lost=sorted(truth.thanked - set(levels)),
        cut=sorted((truth.thanked & set(levels)) - whole),
        twice=sorted(visit for visit, count in counted.items() if count > 1),
        wrong=sorted(visit for visit, level in levels.items() if truth.tapped.get(visit, level) != level),
        invented=sorted(set(levels) - set(truth.tapped)),
    )


class Desk:
    """A terminal, its clerk's program and its citizen, who go on until the plug is pulled."""

    def __init__(
        self, central: Central, screen: VirtualScreen, folder: Path, targets: Targets, number: int = 0,
        mode: Mode = "window",
    ) -> None:  # fmt: skip
        self.central, self.screen, self.truth = central, screen, Truth()
        self.terminal = Terminal(folder / "home", f"{SIZE[0]}x{SIZE[1]}", screen.environment)
        windows = central.sample["windows"]
        self.window = str(windows[number % len(windows)])
        self.terminal.enroll(central, self.window, mode)
        self.targets = targets
        self.citizen = Citizen(self.terminal, screen, targets, look_s=LOOK_S)
        self.matter = central.sample["matters"][0]

    @property
    def program(self) -> Program:
        """The terminal's program, which must have been started."""
        assert self.terminal.program is not None
        return self.terminal.program

    def begin(self, **more: Any) -> str:
        """Start a visit and invite to rate; its id. `more` goes into the call that starts it."""
        number = len(self.truth.begun) + 1
        body = {"matter": self.matter, "case_number": f"3412{number:014}", "service_number": 1, **more}
        visit_id = str(self.terminal.ask("POST", "/visits", body)["visit_id"])
        self.truth.begun.append(visit_id)
        self.terminal.ask("POST", f"/visits/{visit_id}/invitation")
        return visit_id

    def visit(self, level: str) -> str:
        """One whole visit; its id. Raises ProgramFailed where the plug was pulled in between."""
        visit_id = self.begin()
        self.truth.tapped[visit_id] = level
        self.citizen.rate(level, reasons=REASONS)
        self.truth.thanked.add(visit_id)
        return visit_id

    def pull_the_plug_after(self, seconds: float) -> threading.Timer:
        """SIGKILL the terminal in so many seconds."""
        timer = threading.Timer(seconds, self.program.process.kill)
        timer.start()
        return timer

    def wait_until_delivered(self) -> None:
        """Until central has acknowledged everything that the journal has."""
        until("delivery", lambda: self.terminal.journal()["unsent"] == 0, alive=self.terminal.program)

    def settle(self) -> list[dict[str, Any]]:
        """Wait until central has everything the journal has, and give central's ratings."""
        self.wait_until_delivered()
        return self.central.ratings()


@contextmanager
def opened_hall(
    folder: Path, targets: Targets, desks: int, make_screen: type[VirtualScreen] = VirtualScreen,
    mode: Mode = "window",
) -> Iterator[list[Desk]]:  # fmt: skip
    """One central and so many terminals, each with a screen and a window of its own; none of them runs yet."""
    with ExitStack() as held:
        central = Central(folder)
        held.callback(lambda: central.program.stop())
        opened = []
        for number in range(desks):
            place = folder / f"desk-{number}"
            place.mkdir()
            screen = make_screen(*SIZE, place)
            held.callback(screen.close)
            desk = Desk(central, screen, place, targets, number, mode)
            held.callback(desk.terminal.stop)
            opened.append(desk)
        yield opened


@contextmanager
def opened_desk(folder: Path, targets: Targets) -> Iterator[Desk]:
    """Central, an enrolled terminal that does not run yet, and a screen before it; all ended afterwards."""
    screen = VirtualScreen(*SIZE, folder)
    try:
        central = Central(folder)
        desk = None
        try:
            desk = Desk(central, screen, folder, targets)
            yield desk
        finally:
            if desk is not None:
                desk.terminal.stop()
                central = desk.central
            central.program.stop()
    finally:
        screen.close()
