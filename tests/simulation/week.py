"""One seed: a week at one window with everything that goes wrong, and the verdict.

The log of a run is made of what happened, in order; its digest is the same each time for the same seed.
"""

import contextlib
import gc
import hashlib
import logging
import random
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from kiosk.central.app import national_options
from kiosk.core.entry import Draft, Head, Kind
from kiosk.core.view import Mode
from tests.simulation.device import DISKS_FOLDER, Device
from tests.simulation.disk import DISKS
from tests.simulation.faults import DAMAGE, DAY, FAULTS, HOUR, MINUTE, Fault, Scene, find_lost_keys, harder, heal
from tests.simulation.headquarters import Headquarters
from tests.simulation.line import Line, by_key
from tests.simulation.people import Window
from tests.simulation.seams import simulated
from tests.simulation.strands import World
from tests.simulation.verdict import Committed, Places, Report, Verdict, chain_faults, judge, kinds, missing_in

TWICE = "two_ratings"
"""What a supervisor is told of a visit that was rated on the glass and on a phone."""
START_MS = 1_780_243_200_000
"""A Monday, midnight, in the hall's time."""


@dataclass
class Result:
    """What came of a seed."""

    seed: str
    verdict: Verdict
    faults: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)
    unsent: int = 0
    calls: int = 0
    seconds: float = 0.0
    digest: str = ""
    mode: str = ""

    @property
    def holds(self) -> bool:
        return self.verdict.holds and not self.unexpected and self.unsent == 0

    def __str__(self) -> str:
        verdict = self.verdict
        words = "holds" if self.holds else "FAILS"
        return (
            f"seed {self.seed}: {words}; {self.mode}, ratings {verdict.ratings} ({verdict.phones} by phone), "
            f"visits {verdict.visits}, acts {verdict.acts}, faults "
            f"{self.faults.total()}, alarms {dict(sorted(self.alarms.items()))}, entries {verdict.entries}, "
            f"gone and told {verdict.told}, lost {len(verdict.lost)}, twice {len(verdict.twice)}, "
            f"wrong {len(verdict.wrong)}, unsent {self.unsent}, {self.seconds:.1f} s, {self.digest[:12]}"
        )

    def reasons(self) -> list[str]:
        """Why it does not hold."""
        verdict = self.verdict
        left = [f"{self.unsent} entries never reached central"] if self.unsent else []
        return [*self.unexpected, *verdict.lost, *verdict.twice, *verdict.wrong, *left]


class Log:
    """What happened, told to `say`, and the digest of it."""

    def __init__(self, world: World, say: Callable[[str], None]) -> None:
        self._world, self._say = world, say
        self._digest = hashlib.sha256()

    def __call__(self, what: str) -> None:
        minutes, seconds = divmod(self._world.now_ms / 1000, 60)
        line = f"{int(minutes) // 1440} {int(minutes) // 60 % 24:02}:{int(minutes) % 60:02}:{seconds:06.3f} {what}"
        self._digest.update(line.encode() + b"\n")
        self._say(line)

    def absorb(self, what: str) -> None:
        """Into the digest, and too long to be said."""
        self._digest.update(what.encode() + b"\n")

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


class Hall:
    """A world with a central, ready for terminals."""

    def __init__(self, seed: str, folder: Path, say: Callable[[str], None]) -> None:
        self.seed, self.folder = seed, folder
        self.world = World()
        self.log = Log(self.world, say)
        self.headquarters = Headquarters(lambda: START_MS + int(self.world.now_ms))
        self.lines: dict[str, Line] = {}
        self.devices: list[Device] = []
        self.options = national_options()
        self.committed: list[Committed] = []
        self.places: Places = {}
        self.reports: list[Report] = []

    def device(self, window: str, slow_ms: float = 14_000.0, mode: Mode = "window") -> Device:
        """One more terminal, enrolled and not yet started."""
        device = Device(
            self.world, self.headquarters, self.folder / window, window, self.seed, START_MS, self.log, slow_ms, mode
        )
        self.lines[device.key_id] = device.line
        self.devices.append(device)
        return device

    def wall_ms(self) -> int:
        """The wall clock of whoever acts."""
        acting = self.world.acting
        return acting.device.clock.wall_ms() if acting is not None else START_MS + int(self.world.now_ms)

    def place(self, draft: Draft, head: Head) -> None:
        """A journal has given an entry a place."""
        if draft.kind == Kind.JOURNAL_RECOVERED:
            self.reports.append(Report((head.epoch, head.sequence), missing_in(draft.body)))
        self.places.setdefault(draft.entry_id, set()).add((head.epoch, head.sequence))

    def commit(self, draft: Draft, head: Head) -> None:
        """A journal has answered for an entry."""
        device = self.world.acting.device
        words = None if draft.personal is None else draft.personal.fields.get("words")
        self.committed.append(
            Committed(device.device_id, head.epoch, head.sequence, draft.entry_id, draft.visit_id, draft.kind, words)
        )

    def close(self) -> None:
        for device in self.devices:
            device.kill()
            DISKS.remove(device.disk)
        self.world.close()
        self.headquarters.close()


@contextlib.contextmanager
def hall(seed: str, say: Callable[[str], None] = lambda _line: None) -> Iterator[Hall]:
    """A hall under this seed, with every seam in place."""
    folder = Path(tempfile.mkdtemp(prefix="simulation-", dir=DISKS_FOLDER))
    made = Hall(seed, folder, say)
    bugs = _Bugs(made.log)
    logging.getLogger("kiosk").addHandler(bugs)
    propagate, logging.getLogger("kiosk").propagate = logging.getLogger("kiosk").propagate, False
    try:
        with simulated(
            made.world, random.Random(f"{seed}/terminal"), made.wall_ms, by_key(made.lines), made.commit, made.place
        ):
            try:
                yield made
            finally:
                made.close()
    finally:
        logging.getLogger("kiosk").removeHandler(bugs)
        logging.getLogger("kiosk").propagate = propagate
        shutil.rmtree(folder, ignore_errors=True)
    if bugs.found:
        raise AssertionError(f"{len(bugs.found)} bugs; the first: {bugs.found[0]}")


_OF_THIS_RUN = re.compile(r"/\S*simulation-\w+|\d{8}T\d{6}Z")
"""What is another each time and means nothing: the folder of the run, and the true time in the name of a case."""


class _Bugs(logging.Handler):
    """An exception that the program logs rather than raises is a bug of ours, and ends the run as one."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        self._log(f"log: {_OF_THIS_RUN.sub('…', said.splitlines()[0])}")
        if record.exc_info or "Traceback" in said or said.startswith("sync: "):
            self.found.append(self.format(record))


def mode_of(seed: str) -> Mode:
    """Each seed has one of the three set-ups."""
    return random.Random(f"{seed}/mode").choice(get_args(Mode))


def play(
    seed: str, days: float = 7.0, say: Callable[[str], None] = lambda _line: None, *,
    faults: tuple[Fault, ...] = (*FAULTS, *DAMAGE), gap_ms: float = 1.65 * MINUTE,
) -> Result:  # fmt: skip
    """Let a seed run. `gap_ms`: between one visit and the next, on the mean."""
    began = time.perf_counter()
    with hall(seed, say) as made:
        world, device = made.world, made.device("A01", mode=mode_of(seed))
        window = Window(world, device, seed, made.options, gap_ms)
        draw = random.Random(f"{seed}/faults")
        scene = Scene(world, made.headquarters, device, draw, made.folder / "scratch")
        scene.scratch.mkdir()
        happened: Counter[str] = Counter()
        for fault in faults:
            when = draw.expovariate(fault.per_day)
            while when < days:
                world.at(_in_the_day(when, draw), _strike(made, fault, scene, happened))
                when += draw.expovariate(fault.per_day)
        made.headquarters.let_phones_rate()
        device.clock.boot()
        device.start()
        window.open_until(days * DAY)
        world.run(days * DAY)
        made.log("all is put right")
        heal(scene)
        world.run(world.now_ms + HOUR)
        find_lost_keys(scene)
        unsent = _bring_home(made, device)
        device.kill()
        headquarters = made.headquarters
        alarms = headquarters.alarms()
        verdict = judge(headquarters, window.ledger.values(), made.committed, made.places, made.reports)
        allowed = frozenset().union(*(fault.alarms for fault in faults if happened[fault.name]))
        allowed |= {TWICE} if any(told.phone and told.taps for told in window.ledger.values()) else set()
        unexpected = [f"alarm {kind}: {detail}" for _, kind, detail in alarms if kind not in allowed]
        unexpected += chain_faults(headquarters)
        unexpected += [f"thanks for a visit without a tap: {visit_id}" for visit_id in window.bad_thanks]
        for rating in headquarters.every("ratings"):
            made.log.absorb(" ".join(str(rating[key]) for key in ("visit_id", "level", "reasons", "epoch", "sequence")))
            made.log.absorb(" ".join(addition["words"] for addition in rating["additions"]))
        made.log(f"ratings {verdict.ratings}, alarms {sorted(kinds(alarms).items())}, unsent {unsent}")
        return Result(
            seed, verdict, happened, kinds(alarms), unexpected, unsent, headquarters.calls,
            time.perf_counter() - began, made.log.digest, device.mode,
        )  # fmt: skip


def play_elsewhere(task: tuple[str, float, float]) -> Result:
    """A seed, its days and how many times the faults, in another process, where most that is made is thrown away at
    once: the collector need not look often."""
    gc.set_threshold(100_000, 50, 1_000)
    seed, days, times = task
    return play(seed, days, faults=harder((*FAULTS, *DAMAGE), times))


def _in_the_day(days: float, draw: random.Random) -> float:
    """The moment (ms) of a fault; most come while people are there, for nights teach little."""
    day, part = divmod(days, 1.0)
    return (day + (part if draw.random() < 0.2 else 8.8 / 24 + part * 8.4 / 24)) * DAY


def _strike(made: Hall, fault: Fault, scene: Scene, happened: Counter[str]) -> Callable[[], None]:
    def strike() -> None:
        happened[fault.name] += 1
        made.log(f"fault: {fault.name}")
        fault.act(scene)

    return strike


def _bring_home(made: Hall, device: Device) -> int:
    """Wait until central has everything, for half a day at most; how much it still lacks."""
    end = made.world.now_ms + DAY / 2
    while made.world.now_ms < end:
        made.world.run(made.world.now_ms + HOUR / 4)
        device.start()
        if device.unit is not None and device.unit.view().unsent == 0 and not device.unit.view().situation.faults:
            return 0
    return device.unit.view().unsent or 1 if device.unit else 1
