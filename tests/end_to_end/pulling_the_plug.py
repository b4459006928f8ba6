"""Pulls the plug on working terminals again and again, and counts what was lost or came twice.

The real three processes: central, terminals in real windows, and this one as their clerks' programs and citizens'
fingers. `python -m tests.end_to_end.pulling_the_plug --times 1000` runs it long; the test command runs it small.
"""

import argparse
import random
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from kiosk.demo.citizen import LEVELS, Targets, learn_targets
from kiosk.demo.programs import ProgramFailed
from tests.end_to_end.desk import SIZE, Desk, Truth, Verdict, compare, opened_hall

DESKS = 4


def pull(
    times: int, seed: int, folder: Path, targets: Targets, desks: int = DESKS, say: Callable[[str], None] = print
) -> Verdict:
    """Kill terminals at `times` random moments of their work, `desks` of them at once, and compare."""
    with opened_hall(folder, targets, desks) as hall:
        kills = Kills(times, hall, say)
        with ThreadPoolExecutor(desks) as pool:
            for done in [pool.submit(_work, desk, random.Random(seed + n), kills) for n, desk in enumerate(hall)]:
                done.result()
        truth = _together(hall)
        ratings = hall[0].central.ratings()
        assert len(ratings) >= len(truth.thanked) >= desks
        chains = {device["chain"] for device in hall[0].central.pages("/devices")}
        assert chains == {"whole"}, chains
        verdict = compare(truth, ratings)
        say(
            f"{times} kills (seed {seed}) of {desks} terminals: {len(truth.begun)} visits, {len(truth.thanked)} thanked"
        )
        say(f"{len(ratings)} ratings at central; {verdict}")
        return verdict


class Kills:
    """How many there are still to be, shared by the desks."""

    def __init__(self, times: int, hall: list[Desk], say: Callable[[str], None]) -> None:
        self._times, self._hall, self._say = times, hall, say
        self._numbers, self._lock = count(1), threading.Lock()

    def one_more(self) -> bool:
        """Whether the desk that asks is to pull its plug once more."""
        with self._lock:
            number = next(self._numbers)
            if number <= self._times and number % 50 == 0:
                truth = _together(self._hall)
                self._say(f"{number} of {self._times} kills, {len(truth.begun)} visits, {len(truth.thanked)} thanked")
            return number <= self._times


def _together(hall: list[Desk]) -> Truth:
    truth = Truth()
    for desk in hall:
        truth.begun += desk.truth.begun
        truth.tapped |= desk.truth.tapped
        truth.thanked |= desk.truth.thanked
    return truth


def _work(desk: Desk, random_moments: random.Random, kills: Kills) -> None:
    """Work and be killed; at last an undisturbed visit, for kills that came too early left nothing to lose."""
    while kills.one_more():
        _work_until_killed(desk, random_moments)
    desk.terminal.start()
    desk.visit(random_moments.choice(LEVELS))
    desk.wait_until_delivered()
    report = desk.terminal.verify()
    assert report["fault"] is None, report


def _work_until_killed(desk: Desk, random_moments: random.Random) -> None:
    desk.terminal.start()
    timer = desk.pull_the_plug_after(random_moments.uniform(0.0, 3.0))
    try:
        while True:
            desk.visit(random_moments.choice(LEVELS))
    except ProgramFailed:
        timer.join()
    desk.program.kill()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--desks", type=int, default=DESKS)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        verdict = pull(options.times, options.seed, Path(folder), learn_targets(*SIZE), options.desks)
        return 0 if verdict.good else 1


if __name__ == "__main__":
    sys.exit(main())
