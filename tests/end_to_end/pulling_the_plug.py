"""Pulls the plug on a working terminal again and again, and counts what was lost or came twice.

The real three processes: central, a terminal in a real window, and this one as clerk's program and citizen's finger.
`python -m tests.end_to_end.pulling_the_plug --times 100` runs it long; the test command runs it small.
"""

import argparse
import random
import sys
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.demo.citizen import LEVELS, Citizen, Targets, learn_targets
from kiosk.demo.programs import Central, ProgramFailed, Terminal, until
from kiosk.demo.screen import VirtualScreen

SIZE = (1280, 800)
WINDOW = "A01"


@dataclass
class Truth:
    """What was seen from outside: the visits that were begun, the level tapped in each, the thanks that were shown."""

    begun: list[str] = field(default_factory=list)
    tapped: dict[str, str] = field(default_factory=dict)
    thanked: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Verdict:
    """What central made of it. Each field lists visits; all of them empty is what must be."""

    lost: list[str]
    twice: list[str]
    wrong: list[str]
    invented: list[str]

    @property
    def good(self) -> bool:
        return not (self.lost or self.twice or self.wrong or self.invented)

    def __str__(self) -> str:
        counts = {name: len(getattr(self, name)) for name in ("lost", "twice", "wrong", "invented")}
        return ", ".join(f"{count} {name}" for name, count in counts.items())


def compare(truth: Truth, ratings: list[dict[str, Any]]) -> Verdict:
    """Hold central's ratings against what was seen."""
    counted = Counter(rating["visit_id"] for rating in ratings)
    levels = {rating["visit_id"]: rating["level"] for rating in ratings}
    return Verdict(
        lost=sorted(truth.thanked - set(levels)),
        twice=sorted(visit for visit, count in counted.items() if count > 1),
        wrong=sorted(visit for visit, level in levels.items() if truth.tapped.get(visit, level) != level),
        invented=sorted(set(levels) - set(truth.tapped)),
    )


class Desk:
    """A terminal, its clerk's program and its citizen, who go on until the plug is pulled."""

    def __init__(self, central: Central, screen: VirtualScreen, folder: Path, targets: Targets) -> None:
        self.central, self.truth = central, Truth()
        self.terminal = Terminal(folder / "home", f"{SIZE[0]}x{SIZE[1]}", screen.environment)
        self.terminal.enroll(central, central.sample["windows"][0])
        self.citizen = Citizen(self.terminal, screen, targets)
        self._matter = central.sample["matters"][0]

    def visit(self, level: str) -> None:
        """One whole visit. Raises ProgramFailed where the plug was pulled in between."""
        number = len(self.truth.begun) + 1
        body = {"matter": self._matter, "case_number": f"3412{number:014}", "service_number": 1}
        visit_id = self.terminal.ask("POST", "/visits", body)["visit_id"]
        self.truth.begun.append(visit_id)
        self.terminal.ask("POST", f"/visits/{visit_id}/invitation")
        self.truth.tapped[visit_id] = level
        self.citizen.rate(level, reasons=1)
        self.truth.thanked.add(visit_id)

    def pull_the_plug_after(self, seconds: float) -> threading.Timer:
        """SIGKILL the terminal in so many seconds."""
        program = self.terminal.program
        assert program is not None
        timer = threading.Timer(seconds, program.process.kill)
        timer.start()
        return timer

    def settle(self) -> list[dict[str, Any]]:
        """Wait until central has everything the journal has, and give central's ratings."""
        until("delivery", lambda: self.terminal.journal()["unsent"] == 0, alive=self.terminal.program)
        return self.central.ratings()


def pull(times: int, seed: int, folder: Path, say: Any = print) -> Verdict:
    """Kill the terminal at `times` random moments of its work, and compare."""
    random_moments = random.Random(seed)
    targets = learn_targets(*SIZE)
    screen = VirtualScreen(*SIZE, folder)
    central = Central(folder)
    try:
        desk = Desk(central, screen, folder, targets)
        for time in range(1, times + 1):
            desk.terminal.start()
            timer = desk.pull_the_plug_after(random_moments.uniform(0.0, 4.0))
            try:
                while True:
                    desk.visit(random_moments.choice(LEVELS))
            except ProgramFailed:
                timer.join()
            assert desk.terminal.program is not None
            desk.terminal.program.kill()
            if time % 10 == 0 or time == times:
                say(f"{time} of {times} kills, {len(desk.truth.begun)} visits, {len(desk.truth.thanked)} thanked")
        desk.terminal.start()
        desk.visit(random_moments.choice(LEVELS))  # undisturbed: kills that came too early left nothing to lose
        ratings = desk.settle()
        assert len(ratings) >= len(desk.truth.thanked) >= 1
        report = desk.terminal.verify()
        assert report["fault"] is None, report
        desk.terminal.program.stop()
        verdict = compare(desk.truth, ratings)
        say(f"{times} kills (seed {seed}): {len(ratings)} ratings at central; {verdict}")
        return verdict
    finally:
        central.program.stop()
        screen.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return 0 if pull(options.times, options.seed, Path(folder)).good else 1


if __name__ == "__main__":
    sys.exit(main())
