"""Three desks at once: fingers and a pointer do what no one had in mind, citizens walk away, and a build that lacks the
rules is tried by the same hands.

`python -m tests.end_to_end.fingers` does all of it; the test command does each kind of thing once.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from kiosk.demo.citizen import LEVELS, Targets, learn_targets
from tests.end_to_end.desk import SIZE, Desk, opened_hall
from tests.end_to_end.leaving import STEPS, Leaver, Left
from tests.end_to_end.storms import GAPS_MS, Fingers, Found, found
from tests.end_to_end.touch_screen import TouchScreen

SHORT = {"KIOSK_WAITS": "8000,6000,1500"}
"""Long enough for every hand here on a machine with much to do, and much shorter than a hall's."""
ALTERED = "tests.end_to_end.altered"

Pair = tuple[str, int, Literal["finger", "pointer"]]
_EVERY = [(level, gap) for level in LEVELS for gap in GAPS_MS]


@dataclass(frozen=True)
class Amount:
    """How much is done. `pairs`: two taps on a level, so many ms apart, by which hand; `tens`: ten fingers at once, in
    either way; `storms`: 200 taps all over the screen."""

    pairs: Sequence[Pair]
    tens: int
    storms: int


SMALL = Amount([(level, gap, "finger") for level, gap in zip(LEVELS, GAPS_MS, strict=True)] + [
    (LEVELS[0], GAPS_MS[0], "pointer"), (LEVELS[4], GAPS_MS[3], "pointer")
], 1, 1)  # fmt: skip
LONG = Amount(
    [(*one, "finger") for one in _EVERY] + [(*one, "pointer") for number, one in enumerate(_EVERY) if number % 2], 4, 4
)


@dataclass(frozen=True)
class Story:
    """What was done, and what came of it. `faults`: what is wrong with which visit; `visits`: how many there were."""

    seed: int
    amount: Amount
    faults: dict[str, dict[str, str]]
    left: dict[str, Left]
    left_found: dict[str, Found]
    visits: dict[str, int]


def play(amount: Amount, seed: int, folder: Path, targets: Targets) -> Story:
    """All of it, and what the journals and central say of it afterwards."""
    with opened_hall(folder, targets, 3, TouchScreen) as hall:
        for desk in hall:
            desk.terminal.module = ALTERED
            desk.terminal.more.update(SHORT)
        for desk in hall[:2]:
            desk.terminal.more["KIOSK_CODE"] = "none"
        for desk in hall:
            _start(desk)
        twice, many, weakened = (Fingers(hall[2], targets) for _ in range(3))
        with ThreadPoolExecutor(3) as pool:
            leaving = [pool.submit(_leave, Leaver(hall[n], targets), STEPS[n::2]) for n in range(2)]
            tapping = pool.submit(_tap, hall[2], twice, many, weakened, amount, random.Random(seed))
            left = {step: one for each in leaving for step, one in each.result().items()}
            tapping.result()
        ratings = [rating for desk in hall for rating in _settled(desk)]
        outcomes = {visit: each for desk in hall for visit, each in found(desk, ratings).items()}
        done_by = {"twice": twice, "many": many, "weakened": weakened}
        return Story(
            seed, amount, {name: _judged(fingers, outcomes) for name, fingers in done_by.items()}, left,
            {step: outcomes[one.visit_id] for step, one in left.items()},
            {name: len(fingers.expected.levels) for name, fingers in done_by.items()},
        )  # fmt: skip


def _start(desk: Desk) -> None:
    desk.terminal.start()
    assert isinstance(desk.screen, TouchScreen)
    desk.screen.focus()


def _settled(desk: Desk) -> list[dict[str, Any]]:
    """Central's ratings of this desk's visits, when it has everything."""
    return [rating for rating in desk.settle() if rating["visit_id"] in desk.truth.begun]


def _leave(leaver: Leaver, steps: Sequence[str]) -> dict[str, Left]:
    first = leaver.first_of_the_day()
    return {step: leaver.walk_away(step, first) for step in steps}


def _tap(
    desk: Desk, twice: Fingers, many: Fingers, weakened: Fingers, amount: Amount, chance: random.Random
) -> None:  # fmt: skip
    """And then, at the same desk, the same on a build that lacks the rules."""
    for pair in amount.pairs:
        twice.tap_twice(*pair)
    many.impatient("satisfied", "dissatisfied")
    for _ in range(amount.tens):
        many.ten_at_once(chance)
        many.both_hands(chance)
    for _ in range(amount.storms):
        many.storm(chance)
    desk.wait_until_delivered()
    desk.terminal.stop()
    desk.terminal.more["KIOSK_WITHOUT"] = "dead_time,first_tap"
    _start(desk)
    weakened.ten_at_once(chance)
    weakened.impatient("satisfied", "dissatisfied")


def _judged(fingers: Fingers, outcomes: dict[str, Found]) -> dict[str, str]:
    expected = fingers.expected
    faults = {
        visit: outcomes[visit].fault(level, visit in expected.stormed) for visit, level in expected.levels.items()
    }
    return {visit: fault for visit, fault in faults.items() if fault}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        story = play(LONG, options.seed, Path(folder), learn_targets(*SIZE))
    traces = {step: one.trace for step, one in story.left.items() if one.trace}
    print(f"seed {story.seed}: {story.visits} visits; faults {story.faults}; traces of who walked away {traces}")
    return 0 if not (story.faults["twice"] or story.faults["many"] or traces) and story.faults["weakened"] else 1


if __name__ == "__main__":
    sys.exit(main())
