"""`python -m tests.simulation.honest --runs 10000`: many short honest lives, each with its own misfortunes, and the
alarms that came of them. None may."""

import argparse
import concurrent.futures
import gc
import random
import secrets
import sys
import time
from dataclasses import dataclass, field

from tests.simulation.faults import FAULTS, MINUTE, SECOND, Scene, heal
from tests.simulation.people import Window
from tests.simulation.week import Hall, hall

AT_ONCE = 100
"""So many runs share a central; each has a terminal of its own there."""


@dataclass
class Counted:
    """What came of some runs. `accused`: seed of the run, and the alarm."""

    runs: int = 0
    entries: int = 0
    faults: int = 0
    accused: list[str] = field(default_factory=list)


def run(seed: str, runs: int) -> Counted:
    """So many runs under one seed, one after another."""
    counted = Counted()
    with hall(seed) as made:
        for number in range(runs):
            _one(made, f"{seed}/{number}", number, counted)
        names = {device.device_id: device.window for device in made.devices}
        for device_id, kind, detail in made.headquarters.alarms():
            counted.accused.append(f"{seed}, {names[device_id]}: {kind}: {detail}")
        counted.entries = len(made.committed)
    return counted


def _one(made: Hall, seed: str, number: int, counted: Counted) -> None:
    world, draw = made.world, random.Random(f"{seed}/honest")
    device = made.device(f"W{number}", draw.choice((1_000.0, 5_000.0, 15_000.0)))
    began = world.now_ms
    Window(world, device, seed, made.options, 10 * SECOND, day_and_night=True).open_until(began + 2 * MINUTE)
    scratch = made.folder / f"scratch-{number}"
    scratch.mkdir()
    scene = Scene(world, made.headquarters, device, draw, scratch)
    for _ in range(draw.randint(0, 5)):
        fault = draw.choice(FAULTS)
        counted.faults += 1
        world.at(draw.uniform(0, 2 * MINUTE), lambda fault=fault: fault.act(scene))
    device.clock.boot()
    device.start()
    world.run(began + 3 * MINUTE)
    heal(scene)
    world.run(began + 12 * MINUTE)
    device.kill()
    counted.runs += 1


def _elsewhere(task: tuple[str, int]) -> Counted:
    gc.set_threshold(100_000, 50, 1_000)
    return run(*task)


def main() -> int:
    """0 if nobody was accused."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.honest", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", default="")
    parser.add_argument("--processes", type=int, default=2)
    wanted = parser.parse_args()
    began, total = time.perf_counter(), Counted()
    if wanted.seed:
        tasks = [(wanted.seed, wanted.runs)]
    else:
        tasks = [(secrets.token_hex(4), min(AT_ONCE, wanted.runs - done)) for done in range(0, wanted.runs, AT_ONCE)]
    with concurrent.futures.ProcessPoolExecutor(wanted.processes) as pool:
        for counted in pool.map(_elsewhere, tasks):
            total.runs += counted.runs
            total.entries += counted.entries
            total.faults += counted.faults
            for accused in counted.accused:
                print(accused, flush=True)
            total.accused += counted.accused
    seconds = time.perf_counter() - began
    print(
        f"{total.runs} honest runs, {total.entries} entries, {total.faults} faults, {len(total.accused)} false alarms, "
        f"{seconds:.1f} s"
    )
    return 1 if total.accused else 0


if __name__ == "__main__":
    sys.exit(main())
