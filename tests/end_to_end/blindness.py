"""Citizens who take the same time whatever they say, and a clerk who listens to everything there is: can it be told
from that who was not satisfied? No better than by chance; and builds that tell must be found out.

`python -m tests.end_to_end.blindness --visits 200` runs it long, three builds at once; the test command small.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.demo.citizen import LEVELS, Targets, learn_targets
from kiosk.demo.console import Console
from kiosk.demo.screen import VirtualScreen
from tests.end_to_end.chance import Block, judged
from tests.end_to_end.desk import LOOK_S, SIZE, Desk, opened_hall
from tests.end_to_end.overheard import CONSOLE_SIZE, Clerk

BLOCK = 40
"""So many visits among which levels are dealt out: what changes in the course of a day is then no level's."""
ANSWERS_S = 8.0
"""A tap that has brought nothing by then was in vain, and its visit is left out."""
NEGATIVE = LEVELS[3:]


@dataclass
class Noted:
    """One visit as the clerk notes it. `numbers`: by name; `began`, `tapped`, `thanked`: monotonic seconds."""

    visit_id: str
    level: str
    began: float
    numbers: dict[str, float] = field(default_factory=dict)
    tapped: float = 0.0
    thanked: float = 0.0
    spoilt: bool = False


def dealt(visits: int, chance: random.Random) -> list[list[str]]:
    """Levels in blocks, half of each block negative, in any order."""
    blocks = []
    for begin in range(0, visits, BLOCK):
        count = min(BLOCK, visits - begin)
        levels = [NEGATIVE[n % 2] for n in range(count // 2)] + [LEVELS[n % 3] for n in range(count - count // 2)]
        blocks.append(chance.sample(levels, count))
    return blocks


def listen(desk: Desk, targets: Targets, blocks: Sequence[Sequence[str]], folder: Path, tells: str) -> list[Block]:
    """Let them all rate at this desk, whose terminal tells in this way (empty: not), and note what can be noted."""
    mouth = folder / "mouth"
    desk.terminal.module = "tests.end_to_end.telltale"
    desk.terminal.more |= {"KIOSK_MOUTH": str(mouth), "KIOSK_TELLS": tells}
    with ExitStack() as held:
        console_screen = VirtualScreen(*CONSOLE_SIZE, folder)
        held.callback(console_screen.close)
        desk.terminal.start()
        console = Console(desk.terminal, console_screen, folder / "console.log")
        clerk = Clerk(desk, console, folder / "console.log", console_screen.name, mouth)
        held.callback(clerk.close)
        day = Day(desk, targets, clerk)
        noted = [[day.visit(level) for level in block] for block in blocks]
        day.go_home()
    ratings = {rating["visit_id"]: rating["level"] for rating in desk.settle()}
    everyone = [one for block in noted for one in block]
    assert all(ratings[one.visit_id] == one.level for one in everyone)
    assert any(one.numbers["spoken"] for one in everyone if not one.spoilt), "the speaker was told nothing at all"
    return [_block([one for one in block if not one.spoilt]) for block in noted]


class Day:
    """The citizens of one desk, one after the other, and what its clerk notes of them."""

    def __init__(self, desk: Desk, targets: Targets, clerk: Clerk) -> None:
        self._desk, self._targets, self._clerk = desk, targets, clerk
        self._last: Noted | None = None
        self._written = clerk.written()

    def visit(self, level: str) -> Noted:
        """One citizen: looks, taps, looks, gives one reason, looks, sends it off, and goes."""
        ear = self._clerk.ear
        noted = self._begin(level)
        shown = ear.wait_for(noted.visit_id, "inviting")
        assert shown is not None
        pause_until(shown.at + LOOK_S)
        self._tap("inviting", f"level.{level}")
        explaining = ear.wait_for(noted.visit_id, "explaining", ANSWERS_S)
        if explaining is None:
            return self._spoilt(noted)
        state = self._clerk.state()
        pause_until(explaining.at + LOOK_S)
        self._tap("explaining", "reason.0")
        pause_until(explaining.at + 2 * LOOK_S)
        self._tap("explaining", "submit")
        thanks = ear.wait_for(noted.visit_id, "thanks", ANSWERS_S)
        if thanks is None:
            return self._spoilt(noted)
        after = self._clerk.state()
        pause_until(thanks.at + LOOK_S / 2)
        noted.tapped, noted.thanked = explaining.at, thanks.at
        events = [one for one in ear.heard if one.at >= noted.began]
        noted.numbers |= {
            "from the levels to the reasons": explaining.at - shown.at,
            "from the reasons to the thanks": thanks.at - explaining.at,
            "events": len(events),
            "length of the events": sum(one.size for one in events),
            "lines of the console's picture": self._clerk.console_differs(),
            **{f"state while explaining, {name}": value for name, value in state.items()},
            **{f"state while thanking, {name}": value for name, value in after.items()},
        }
        return noted

    def go_home(self) -> None:
        """Nobody comes any more; only now is it known what was said during the last visit, and how the next began."""
        last = self._begin(LEVELS[0])
        self._desk.terminal.ask("POST", f"/visits/{last.visit_id}/cancellation", {"reason": "nobody there"})

    def _begin(self, level: str) -> Noted:
        began = time.monotonic()
        body = {"matter": self._desk.matter, "case_number": f"3412{began:014.0f}", "invite": True}
        started, took = self._clerk.timed(lambda: self._desk.terminal.ask("POST", "/visits", body))
        written = self._clerk.written()
        if self._last is not None:
            self._end(self._last, began, took, written)
        self._written = written
        self._last = Noted(str(started["visit_id"]), level, began)
        return self._last

    def _end(self, noted: Noted, next_began: float, took: float, written: dict[str, float]) -> None:
        spoken = self._clerk.spoken(noted.began, next_began)
        after_tap = [at - noted.tapped for at, _ in spoken if noted.tapped <= at < noted.thanked]
        after_thanks = [at - noted.thanked for at, _ in spoken if at >= noted.thanked]
        noted.numbers |= {
            "start of the next visit": took,
            "spoken": len(spoken),
            "letters spoken": sum(len(words) for _, words in spoken),
            "spoken after the tap": min(after_tap, default=-1.0),
            "spoken after the thanks": min(after_thanks, default=-1.0),
            **{name: count - self._written[name] for name, count in written.items()},
        }

    def _tap(self, page: str, thing: str) -> None:
        self._desk.screen.tap(*self._targets[page][thing])

    def _spoilt(self, noted: Noted) -> Noted:
        """A tap was in vain on a machine with too much to do: the level is tapped all the same, and nothing noted."""
        noted.spoilt = True
        if self._desk.terminal.state() == "inviting":
            self._desk.citizen.tap_level(noted.level)
        self._desk.citizen.choose_again()
        self._desk.citizen.skip()
        return noted


def _block(noted: Sequence[Noted]) -> Block:
    names = noted[0].numbers
    return Block(
        [one.level in NEGATIVE for one in noted], {name: [one.numbers[name] for one in noted] for name in names}
    )


def pause_until(moment: float) -> None:
    """Nothing happens until then."""
    threading.Event().wait(max(0.0, moment - time.monotonic()))


def listen_to_all(
    builds: Sequence[str], visits: int, seed: int, folder: Path, targets: Targets
) -> list[list[Block]]:  # fmt: skip
    """One desk for each of these builds, all at once, each with so many visits; the blocks of each."""
    chance = random.Random(seed)
    deals = [dealt(visits, chance) for _ in builds]
    with opened_hall(folder, targets, len(builds)) as hall, ThreadPoolExecutor(len(builds)) as pool:
        work = [
            pool.submit(listen, desk, targets, blocks, desk.terminal.home.parent, tells)
            for desk, blocks, tells in zip(hall, deals, builds, strict=True)
        ]
        return [each.result() for each in work]


def show(title: str, chances: dict[str, float], say: Callable[[str], None] = print) -> None:
    """The five least likely."""
    say(title)
    for name, chance in sorted(chances.items(), key=lambda one: one[1])[:5]:
        say(f"  {chance:10.2g}  {name}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--late-ms", type=int, default=30)
    parser.add_argument("--alpha", type=float, default=0.01, help="how often an honest build may be accused")
    options = parser.parse_args()
    builds = ["", f"late:{options.late_ms}", "log"]
    with tempfile.TemporaryDirectory() as folder:
        found = listen_to_all(builds, options.visits, options.seed, Path(folder), learn_targets(*SIZE))
    told = []
    for build, blocks in zip(builds, found, strict=True):
        chances = judged(blocks)
        visits = sum(len(block.labels) for block in blocks)
        show(f"{build or 'as it is'}: {visits} visits, {len(chances)} numbers judged, corrected chances:", chances)
        told.append(min(chances.values()) < options.alpha)
    good = told == [False, True, True]
    print(f"seed {options.seed}: {'blind, and both that tell are found out' if good else f'NOT AS IT MUST BE: {told}'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
