"""A whole city of terminals in simulated time: central was away, or the power was, and all come back.

Each terminal is the real plan of the sync lane; central is a number of requests that it answers a second, past which it
says 503 and `Retry-After`. `python -m tests.sync.fleet --terminals 20000 --seed 7` prints what each return looks like.
"""

import argparse
import heapq
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kiosk.core.entry import Head
from kiosk.protocol.central import HeartbeatAnswer, JournalReceipt
from kiosk.sync.outcome import Beaten, Outcome, ProfileSame, Taken, TryAgain
from kiosk.sync.plan import Do, Moment, Pace, Plan, Work, first_plan, held_for, next_step, of_epoch, pace_for, settle
from tests.sync.standins import EPOCH, WALL, Status

URL = "https://central.example"
ANSWER_MS = 40
"""What a call takes."""
LONG_UP_MS = 1_000_000_000
BEHIND = Status(Head(EPOCH, 5), 0, 5, 0)
CAUGHT_UP = Status(Head(EPOCH, 5), 5, 0, None)
RECEIPT = JournalReceipt(acknowledged=5, epoch=EPOCH, digest="", quarantined=(), server_time=WALL)
WENT_WELL: dict[Work, Outcome] = {
    "journal": Taken(5, RECEIPT, b""),
    "heartbeat": Beaten(HeartbeatAnswer(acknowledged=5, server_time=WALL)),
    "profile": ProfileSame(),
}
AWAY = TryAgain("unreachable", "refused")


@dataclass(frozen=True)
class Scene:
    """`outage_s`: how long central was away; 0: the power of all terminals was, and they boot within 40 s.
    `capacity`: requests a second that central answers. `retry_after_s`: what it asks for past that."""

    terminals: int
    seed: int
    outage_s: int
    heartbeat_s: int = 60
    spread_s: int = 120
    capacity: int = 10_000
    retry_after_s: float = 30.0


@dataclass
class Return:
    """What central saw from the moment it was there again."""

    first: Counter[int] = field(default_factory=Counter)
    every: Counter[int] = field(default_factory=Counter)
    refused: int = 0
    last_back_ms: int = 0

    @property
    def came(self) -> int:
        """How many terminals had noticed that it was away."""
        return sum(self.first.values())

    @property
    def busiest_first(self) -> int:
        """First requests in the busiest second."""
        return max(self.first.values(), default=0)

    @property
    def busiest(self) -> int:
        """Requests of any kind in the busiest second."""
        return max(self.every.values(), default=0)


def come_back(scene: Scene) -> Return:
    """Play a scene until every terminal has got through once, and for one more heartbeat."""
    rng = random.Random(scene.seed)
    pace = pace_for(URL, scene.heartbeat_s, max(300, scene.spread_s), scene.spread_s)
    there_ms = scene.outage_s * 1000
    plans = list(_beginnings(scene, pace, rng))
    missing = {number for number, _ in enumerate(plans)} if not scene.outage_s else set[int]()
    come: set[int] = set()
    found = Return()
    events = [(0, number) for number in range(scene.terminals)]
    end_ms = None
    while events:
        now_ms, number = heapq.heappop(events)
        if now_ms >= there_ms and not missing and end_ms is None:
            end_ms = now_ms + scene.heartbeat_s * 1000
        if end_ms is not None and now_ms > end_ms:
            break
        plan = plans[number]
        mono_ms = now_ms + LONG_UP_MS if scene.outage_s else now_ms
        if held_ms := held_for(plan, mono_ms):
            heapq.heappush(events, (now_ms + held_ms, number))
            continue
        status = BEHIND if number in missing else CAUGHT_UP
        step = next_step(plan, status, mono_ms)
        if not isinstance(step, Do):
            heapq.heappush(events, (now_ms + max(step.ms, 1), number))
            continue
        outcome: Outcome = AWAY
        if now_ms >= there_ms:
            outcome = _ask(scene, found, step.work, (now_ms - there_ms) // 1000)
            if number in missing and number not in come:
                come.add(number)
                found.first[(now_ms - there_ms) // 1000] += 1
            if number in missing and not isinstance(outcome, TryAgain):
                missing.discard(number)
                found.last_back_ms = now_ms - there_ms
                status = CAUGHT_UP if step.work == "journal" else status
        else:
            missing.add(number)
        moment = Moment(WALL, mono_ms, rng.random())
        plans[number] = settle(plan, step.work, outcome, status, moment, pace)[0]
        heapq.heappush(events, (now_ms + ANSWER_MS, number))
    return found


def _beginnings(scene: Scene, pace: Pace, rng: random.Random) -> Iterator[Plan]:
    """Terminals that have long been running, each at its own point of the minute; or that were just switched on."""
    for _ in range(scene.terminals):
        if scene.outage_s:
            plan = of_epoch(first_plan(LONG_UP_MS, 0.0), EPOCH)
            due = {work: LONG_UP_MS + int(rng.random() * pace.heartbeat_ms) for work in ("heartbeat", "profile")}
            yield replace(plan, due_ms={**plan.due_ms, **due})
        else:
            yield of_epoch(first_plan(20_000 + int(rng.random() * 20_000), rng.random(), pace.spread_s), EPOCH)


def _ask(scene: Scene, found: Return, work: Work, second: int) -> Outcome:
    found.every[second] += 1
    if found.every[second] <= scene.capacity:
        return WENT_WELL[work]
    found.refused += 1
    return TryAgain("busy", "503", scene.retry_after_s)


def main() -> int:
    """Print one line a scene."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--terminals", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--heartbeat", type=int, default=60, metavar="S", help="sync.heartbeat_s of the settings")
    parser.add_argument(
        "--spread",
        type=int,
        default=120,
        metavar="S",
        help="sync.spread_s of the settings",
    )
    parser.add_argument("--capacity", type=int, default=10_000, metavar="N", help="requests a second central answers")
    parser.add_argument("--away", type=int, nargs="*", default=[0, 20, 60, 120, 600, 7_200], metavar="S")
    told = parser.parse_args()
    usual = 2 * told.terminals // told.heartbeat
    print(
        f"{told.terminals} terminals, seed {told.seed}, heartbeat_s {told.heartbeat}, spread_s {told.spread}; they ask"
    )
    print(f"{usual} times a second at all times, and central answers {told.capacity} times a second.")
    print("Requests in the busiest second, the first of each terminal and all, and when the last terminal was back:")
    print(f"{'scene':<14}{'came':>7}{'first':>8}{'all':>8}{'refused':>9}{'all back':>10}")
    for outage_s in told.away:
        scene = Scene(told.terminals, told.seed, outage_s, told.heartbeat, told.spread, told.capacity)
        found = come_back(scene)
        back = f"{found.last_back_ms / 1000:.0f} s"
        row = f"{found.came:>7}{found.busiest_first:>8}{found.busiest:>8}{found.refused:>9}{back:>10}"
        print(f"{'away ' + str(outage_s) + ' s' if outage_s else 'power cut':<14}{row}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
