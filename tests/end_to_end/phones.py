"""A finger on the glass and a phone race for the same visit, again and again: each has one counted rating, no tap that
was taken is lost, and the terminal goes on as it should.

The real central, a real terminal in a real window, and a phone that speaks HTTP. `python -m tests.end_to_end.phones
--races 50` runs it long; the test command runs it small.
"""

import argparse
import contextlib
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.demo.citizen import LEVELS, LOOK_S, Targets, learn_targets
from kiosk.demo.programs import ProgramFailed, until
from tests.end_to_end.desk import SIZE, Desk, opened_desk
from tests.end_to_end.handset import Handset, give_a_code, link_of

LATEST_S = 2.5
"""By then the phone has begun, and so long it thinks at most; the finger takes twice as long at most."""
AGAIN_S = 3.0
"""How long a person waits before tapping again what did not answer."""


@dataclass(frozen=True)
class Race:
    """Who tapped what in a visit. `glass`, `phone`: the level, where the tap was taken."""

    visit_id: str
    glass: str | None
    phone: str | None


@dataclass
class Races:
    """What was seen of all, and what central made of it; `faults` must be empty."""

    races: list[Race]
    ratings: list[dict[str, Any]]
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        won = Counter(
            "both" if race.glass and race.phone else "glass" if race.glass else "phone" for race in self.races
        )
        return f"{len(self.races)} races ({dict(sorted(won.items()))}), {len(self.ratings)} ratings, {self.faults}"


def race(races: int, seed: int, folder: Path, targets: Targets, say: Callable[[str], None] = print) -> Races:
    """Let a finger and a phone race so many times."""
    chance = random.Random(seed)
    with opened_desk(folder, targets) as desk:
        give_a_code(desk)
        desk.terminal.start()
        run = [one_race(desk, targets, chance) for _ in range(races)]
        found = Races(run, vouched(desk))
        found.faults = faults_of(run, found.ratings)
        found.faults += alarms_beside(run, desk.central.pages("/alarms"))
        (device,) = desk.central.pages("/devices")
        if device["chain"] != "whole" or device["quarantined"]:
            found.faults.append(f"chain {device['chain']}, {device['quarantined']} in quarantine")
        say(f"seed {seed}: {found}")
        return found


def vouched(desk: Desk) -> list[dict[str, Any]]:
    """Central's ratings, once the journal has vouched for every phone's."""
    until(
        "an entry for every phone's rating",
        lambda: not any(_unvouched(rating) for rating in desk.settle()),
        alive=desk.terminal.program,
    )
    return desk.settle()


def one_race(desk: Desk, targets: Targets, chance: random.Random) -> Race:
    """One visit, from its start to where the next one may come."""
    visit_id = desk.begin()
    phone = Handset(link_of(desk, visit_id))
    glass, other = chance.choice(LEVELS), chance.choice(LEVELS)
    begins_s, thinks_s, finger_s = (chance.uniform(0.0, times * LATEST_S) for times in (1, 1, 2))
    with ThreadPoolExecutor(1) as pool:
        on_the_phone = pool.submit(phone.rate, other, begins_s, thinks_s)
        threading.Event().wait(finger_s)
        finger = Finger(desk, targets, glass)
        finger.tap_level()

        def refused() -> bool:
            return on_the_phone.done() and on_the_phone.result().kind != "thanks"

        until("the end of the visit", lambda: finger.goes_on(refused()), alive=desk.terminal.program)
        on_the_phone.result()
    return Race(visit_id, glass if finger.has_tapped else None, phone.tapped)


class Finger:
    """A citizen at the glass, who taps a level and goes on from whatever stands there then."""

    def __init__(self, desk: Desk, targets: Targets, level: str) -> None:
        self._desk, self._targets, self._level = desk, targets, level
        self.has_tapped = False

    def tap_level(self) -> None:
        """Once, where it stands while nobody has handed the visit over."""
        self._desk.screen.tap(*self._targets["inviting"][f"level.{self._level}"])

    def goes_on(self, phone_refused: bool) -> bool:
        """One look, and what follows from it; whether the visit is over. Whoever was thanked on the phone is content,
        and the terminal ends the visit by itself."""
        state = self._desk.terminal.state()
        if state == "explaining":
            self.has_tapped = True
            self._explain()
        elif state == "inviting" and phone_refused:
            self.tap_level()
            with contextlib.suppress(ProgramFailed):  # the page was too new for a tap
                until("an answer", lambda: self._desk.terminal.state() != "inviting", AGAIN_S)
        return self._desk.terminal.state() == "ready"

    def _explain(self) -> None:
        for _ in range(3):
            threading.Event().wait(LOOK_S)
            self._desk.screen.tap(*self._targets["explaining"]["reason.0"])
            try:
                self._desk.citizen.submit()
            except ProgramFailed:
                continue  # the reason's tap was in vain; a bad level wants one
            self._desk.citizen.leave()
            return
        raise ProgramFailed("the reasons could not be handed in")


def faults_of(races: Iterable[Race], ratings: list[dict[str, Any]]) -> list[str]:
    """What is wrong with central's ratings, given these races."""
    faults: list[str] = []
    for each in races:
        mine = [rating for rating in ratings if rating["visit_id"] == each.visit_id]
        counted = [rating["level"] for rating in mine if not rating["second"]]
        if len(counted) != 1 or counted[0] not in (each.glass, each.phone):  # which was earlier, nobody here saw
            faults.append(f"{each}: {counted} counted")
        taken = Counter(level for level in (each.glass, each.phone) if level)
        if Counter(rating["level"] for rating in mine) != taken:
            faults.append(f"{each}: central has {sorted(rating['level'] for rating in mine)}")
        faults += [f"{each}: {rating['rating_id']} is not vouched for" for rating in mine if _unvouched(rating)]
    known = {each.visit_id for each in races}
    faults += [f"{rating['visit_id']}: nobody rated it" for rating in ratings if rating["visit_id"] not in known]
    return faults


def alarms_beside(races: Iterable[Race], alarms: Iterable[dict[str, Any]]) -> list[str]:
    """The alarms of central but one for each visit that was rated twice, which a supervisor is to see."""
    kinds = Counter(alarm["kind"] for alarm in alarms)
    kinds.subtract({"two_ratings": sum(bool(each.glass and each.phone) for each in races)})
    return [f"{count} more alarms of {kind} than there should be" for kind, count in kinds.items() if count]


def _unvouched(rating: dict[str, Any]) -> bool:
    return bool(rating["phone"] and not rating["vouched"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = race(options.races, options.seed, Path(folder), learn_targets(*SIZE))
        return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
