"""Central is killed, citizens rate, the terminal is killed in the middle and started again, central comes back: then
central has exactly the ratings whose thanks was shown, each once, and the chain holds from end to end.

`python -m tests.end_to_end.without_central --visits 50` runs it long; the test command runs it small.
"""

import argparse
import contextlib
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.demo.citizen import LEVELS, Targets, learn_targets
from kiosk.demo.programs import Central, ProgramFailed
from tests.end_to_end.desk import SIZE, Desk, Truth, Verdict, compare, opened_desk


@dataclass(frozen=True)
class Outage:
    """What was done while central was away, and what central made of it. `unsent`: entries before it came back."""

    truth: Truth
    ratings: list[dict[str, Any]]
    unsent: int
    verdict: Verdict
    fault: str | None
    head: int
    device: dict[str, Any]

    @property
    def good(self) -> bool:
        """Nothing lost, doubled or changed, and both ends of the chain agree."""
        whole = self.fault is None and self.device["chain"] == "whole" and self.device["quarantined"] == 0
        return self.verdict.good and whole and self.device["sequence"] == self.head


def outage(visits: int, seed: int, folder: Path, targets: Targets, say: Callable[[str], None] = print) -> Outage:
    """Rate `visits` times without central, the terminal killed half-way, then let central come back."""
    chance = random.Random(seed)
    with opened_desk(folder, targets) as desk:
        desk.terminal.start()
        desk.central.program.kill()
        say("central is killed")
        for number in range(visits):
            if number == visits // 2:
                _kill_in_the_middle(desk, chance)
                say(f"the terminal was killed after {len(desk.truth.thanked)} thanks, and is started again")
                desk.terminal.start()
            desk.visit(chance.choice(LEVELS))
        unsent = desk.terminal.journal()["unsent"]
        say(f"{len(desk.truth.begun)} visits begun, {len(desk.truth.tapped)} tapped, {len(desk.truth.thanked)} thanked")
        say(f"{unsent} entries wait; central comes back")
        desk.central = Central(folder, desk.central.port)
        ratings = desk.settle()
        verdict = compare(desk.truth, ratings)
        (device,) = desk.central.pages("/devices")
        report, head = desk.terminal.verify(), desk.terminal.journal()["head"]["sequence"]
        levels = ", ".join(f"{level} {count}" for level, count in sorted(Counter(r["level"] for r in ratings).items()))
        say(f"{len(ratings)} ratings at central ({levels}); {verdict}")
        say(f"chain: terminal {report['entries']} entries, {report['fault'] or 'whole'}; central {device['chain']}")
        return Outage(desk.truth, ratings, unsent, verdict, report["fault"], head, device)


def _kill_in_the_middle(desk: Desk, chance: random.Random) -> None:
    timer = desk.pull_the_plug_after(0.9)
    with contextlib.suppress(ProgramFailed):
        while True:
            desk.visit(chance.choice(LEVELS))
    timer.join()
    desk.program.kill()
    assert desk.terminal.call("GET", "/state") is None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return 0 if outage(options.visits, options.seed, Path(folder), learn_targets(*SIZE)).good else 1


if __name__ == "__main__":
    sys.exit(main())
