"""`python -m tests.end_to_end.updates`: updates cut at every step, bad ones, and the real terminal that changes over.

What it prints: how many cuts and what was found after each; how long a citizen was without after each kind of bad
version, by the trial's real times; what a slot of real size costs to fetch and to hold against its list; and the real
terminal, told to update while a visit is open.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import kiosk
from kiosk.demo.citizen import Citizen, Targets, learn_targets
from kiosk.demo.programs import Central, Program, Terminal, kiosk_command, until
from kiosk.demo.screen import VirtualScreen
from kiosk.update.metadata import Custom
from kiosk.update.slots import this_system
from kiosk.update.state import Place, read_state
from tests.end_to_end.desk import SIZE
from tests.update import cuts, running
from tests.update.lab import Publisher, pack, unit_of

BAD = ("falls 1", "falls 0", "blind", "unwell", "dies 20", "dies 28")
BACK_S = 90.0
ROOT = Path(kiosk.__file__).resolve().parents[1]
WRAPPER = """#!{python}
import os, sys
os.environ["PYTHONPATH"] = {root!r}
{more}
os.execv({python!r}, [{python!r}, "-m", "kiosk", *sys.argv[1:]])
"""


def cut_everywhere(stride: int = 1) -> list[str]:
    """At every step, killed and without power; what is wrong."""
    faults, every = [], 0
    with tempfile.TemporaryDirectory(prefix="updates-") as folder:
        publisher = Publisher(Path(folder) / "publisher")
        publisher.offer("1.1.0")
        unit = unit_of(publisher, Path(folder))
        every = cuts.steps(unit)
        began = time.monotonic()
        for how in ("kill", "power"):
            for at in range(1, every + 1, stride):
                if fault := cuts.try_cut(unit, at, how):
                    faults.append(fault)
        seconds = time.monotonic() - began
    print(
        f"cut at each of {every} steps, killed and without power: {len(faults)} between old and new ({seconds:.0f} s)"
    )
    return faults


def back_from(how: str) -> float:
    """Seconds from the change to this bad version until the old one paints again."""
    with tempfile.TemporaryDirectory(prefix="updates-") as folder:
        publisher = Publisher(Path(folder) / "publisher")
        publisher.offer("1.1.0", how)
        unit = unit_of(publisher, Path(folder))
        unit.fetch()
        made = running.Running(unit, Path(folder))
        try:
            running.until("the package", made.paints)
            began = made.change_over()
            running.until("returned", lambda: unit.slots.returned and made.lives()[-1] == "1.0.0" and made.paints())
            return time.monotonic() - began
        finally:
            made.end()


def bad_versions() -> bool:
    """Each, all at once."""
    with multiprocessing.get_context("spawn").Pool(len(BAD)) as pool:
        found = pool.map(back_from, BAD)
    for how, seconds in zip(BAD, found, strict=True):
        print(f"a version that {how:<8}: the old one paints again after {seconds:5.1f} s")
    return max(found) <= BACK_S


def cost(program: Path | None) -> None:
    """What a real slot costs."""
    with tempfile.TemporaryDirectory(prefix="updates-") as name:
        folder = Path(name)
        if program is None:
            program = folder / "program"
            program.mkdir()
            for number in range(500):
                (program / f"{number}.so").write_bytes(os.urandom(4096) * 90)
            (program / "kiosk").write_text("#!/bin/true\n")
            (program / "kiosk").chmod(0o755)
        size = sum(file.stat().st_size for file in program.rglob("*") if file.is_file() and not file.is_symlink())
        publisher = Publisher(folder / "publisher")
        packed = pack(program, "1.1.0", this_system(), folder / "kiosk.tar.gz", level=6)
        publisher.repository.add(packed, "kiosk-1.1.0.tar.gz", Custom("1.1.0", this_system(), packed.manifest))
        unit = unit_of(publisher, folder)
        began = time.monotonic()
        slot = unit.fetch()
        fetched = time.monotonic() - began
        assert slot is not None
        unit.place.trusted_root.write_bytes(publisher.root)
        began = time.monotonic()
        verify = kiosk_command("--home", str(unit.home), "update", "verify", slot.name, slot.version)
        subprocess.run(verify, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
        verified = time.monotonic() - began
        print(
            f"a slot of {size / 1e6:.0f} MB ({packed.file.stat().st_size / 1e6:.0f} MB packed): fetched and written in "
            f"{fetched:.1f} s, held against its list at the start in {verified:.1f} s"
        )


class Supervised(Terminal):
    """The real terminal, started by `kiosk supervise`, and its publisher. `program`: of a built one; None: these
    sources."""

    program_folder: Path | None = None

    def run(self) -> Program:
        arguments = ("supervise", "--windowed", self._size, "--station-port", str(self.port))
        return Program("supervisor", self._words(*arguments), self.home.parent / "supervisor.log", self.more)

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self._words(*arguments), env={**os.environ, **self.more}, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip

    def _words(self, *arguments: str) -> list[str]:
        program = self.program_folder
        return kiosk_command(*arguments) if program is None else [str(program / "kiosk"), *arguments]

    def offer(self, publisher: Publisher, version: str, more: str = "") -> None:
        """The program as a version, for a slot. `more`: what these sources do first."""
        made = self.program_folder
        if made is None or more:
            made = publisher.folder / "programs" / version
            made.mkdir(parents=True)
            wrapper = made / "kiosk"
            wrapper.write_text(WRAPPER.format(python=sys.executable, root=str(ROOT), more=more), "utf-8")
            wrapper.chmod(0o755)
        packed = pack(made, version, this_system(), publisher.folder / f"{version}.tar.gz", level=1)
        custom = Custom(version, this_system(), packed.manifest)
        publisher.repository.add(packed, f"kiosk-{version}.tar.gz", custom)

    def apply(self, publisher: Publisher) -> None:
        done = self.command("update", "apply", "--from", str(publisher.folder / "repository"))
        assert done.returncode == 0, done.stderr

    def versions(self) -> dict[str, object]:
        return self.tool("update", "status", "--json")

    def running_slot(self) -> str:
        """Of the life that runs: the version of its slot, or nothing for the package."""
        slots = read_state(Place(self.home))
        return slots.starts.version if slots.starts is not None else ""


@contextmanager
def hall(folder: Path, targets: Targets, program: Path | None) -> Iterator[tuple[Central, Supervised, Citizen]]:
    """Central, a screen, and the terminal under its supervisor."""
    screen = VirtualScreen(*SIZE, folder)
    try:
        central = Central(folder)
        try:
            environment = {**screen.environment, "PYTHONPATH": str(ROOT)}
            terminal = Supervised(folder / "home", f"{SIZE[0]}x{SIZE[1]}", environment)
            terminal.program_folder = program
            terminal.enroll(central, central.sample["windows"][0])
            try:
                terminal.start()
                terminal.wait_for("ready")
                yield central, terminal, Citizen(terminal, screen, targets)
            finally:
                terminal.stop()
        finally:
            central.program.stop()
    finally:
        screen.close()


def real_terminal(targets: Targets, to_the_end: bool = True, program: Path | None = None) -> bool:
    """Told to update while a visit is open: it is rated first; the new version serves, and is kept; a bad one returns.

    `to_the_end` False: until the new version serves. `program`: the folder of a built one.
    """
    with (
        tempfile.TemporaryDirectory(prefix="updates-") as name,
        hall(Path(name), targets, program) as (central, terminal, citizen),
    ):
        publisher = Publisher(Path(name) / "publisher")
        terminal.offer(publisher, "0.2.0")
        done = terminal.command("update", "trust", str(publisher.repository.first_root))
        assert done.returncode == 0, done.stderr
        levels = {}

        def rate(number: int, level: str) -> None:
            body = {"matter": central.sample["matters"][0], "case_number": f"3412{number:014}"}
            visit_id = str(terminal.ask("POST", "/visits", body)["visit_id"])
            terminal.ask("POST", f"/visits/{visit_id}/invitation")
            citizen.tap_level(level)
            terminal.wait_for("explaining")
            levels[visit_id] = level
            if number == 1:
                terminal.apply(publisher)
                assert terminal.running_slot() == ""
                end = time.monotonic() + 3
                while time.monotonic() < end:
                    time.sleep(0.02)  # the station answers only so many a second
                    seen = terminal.state()
                    assert seen in ("explaining", "thanks"), f"a visit was broken off: {seen}"
            citizen.explain(0 if level == "satisfied" else 1)

        rate(1, "very_dissatisfied")
        until("the new version", lambda: terminal.running_slot() == "0.2.0")
        terminal.wait_for("ready")
        rate(2, "dissatisfied")
        terminal.wait_for("ready")
        if to_the_end:
            until("kept", lambda: terminal.versions()["running"] == "0.2.0")
            terminal.offer(publisher, "0.3.0", more="import time; time.sleep(1000)")
            terminal.apply(publisher)
            until("the bad version", lambda: terminal.running_slot() == "0.3.0")
            began = time.monotonic()
            until("back", lambda: terminal.running_slot() == "0.2.0", 120)
            terminal.wait_for("ready", patience_s=120)
            seconds = time.monotonic() - began
            print(
                f"the real terminal, updated to a version that hangs at its start: serves again after {seconds:.1f} s"
            )
            rate(3, "satisfied")
            assert seconds < BACK_S
        until("delivery", lambda: terminal.journal()["unsent"] == 0)
        there = {rating["visit_id"]: rating["level"] for rating in central.ratings()}
        what = "the real terminal" if program is None else "the built program"
        print(f"{what}: {len(levels)} ratings over {'two updates' if to_the_end else 'an update'}, ", end="")
        print("all at central as tapped" if there == levels else f"AND NOT THE SAME AT CENTRAL: {there} {levels}")
        return there == levels


def main() -> int:
    """Everything; 1 if anything was between, late or lost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, help="a built program's folder, to be tried as well")
    options = parser.parse_args()
    faults = cut_everywhere()
    print(*faults, sep="\n", end="\n" if faults else "")
    cost(options.program)
    in_time = bad_versions()
    targets = learn_targets(*SIZE)
    kept = real_terminal(targets)
    if options.program is not None:
        kept &= real_terminal(targets, program=options.program)
    return 0 if not faults and in_time and kept else 1


if __name__ == "__main__":
    sys.exit(main())
