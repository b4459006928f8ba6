"""Pulls the plug on a working terminal again and again, and counts what was lost or came twice.

The real three processes: central, a terminal in a real window, and this one as clerk's program and citizen's finger.
`python -m tests.end_to_end.pulling_the_plug --times 100` runs it long; the test command runs it small.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from kiosk.demo.citizen import LEVELS, Targets, learn_targets
from kiosk.demo.programs import ProgramFailed
from tests.end_to_end.desk import SIZE, Desk, Verdict, compare, opened_desk


def pull(times: int, seed: int, folder: Path, targets: Targets, say: Callable[[str], None] = print) -> Verdict:
    """Kill the terminal at `times` random moments of its work, and compare."""
    random_moments = random.Random(seed)
    with opened_desk(folder, targets) as desk:
        for time in range(1, times + 1):
            _work_until_killed(desk, random_moments)
            if time % 10 == 0 or time == times:
                say(f"{time} of {times} kills, {len(desk.truth.begun)} visits, {len(desk.truth.thanked)} thanked")
        desk.terminal.start()
        ratings = desk.settle()
        report = desk.terminal.verify()
        assert report["fault"] is None, report
        verdict = compare(desk.truth, ratings)
        say(f"{times} kills (seed {seed}): {len(ratings)} ratings at central; {verdict}")
        return verdict


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
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        verdict = pull(options.times, options.seed, Path(folder), learn_targets(*SIZE))
        return 0 if verdict.good else 1


if __name__ == "__main__":
    sys.exit(main())
