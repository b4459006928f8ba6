"""A self-service machine: its own program has the screen, calls the terminal over HTTP, a citizen rates, and the
program has the screen and the keys again; many times, with a window manager and without.

`python -m tests.end_to_end.self_service --times 50` runs it long; the test command runs it small. The terminal is also
killed while it is in front.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.demo.citizen import LEVELS, Citizen, Targets, learn_targets
from kiosk.demo.programs import PATIENCE_S, Central, Program, ProgramFailed, Terminal, until
from kiosk.demo.screen import VirtualScreen
from tests.end_to_end import eye
from tests.end_to_end.desk import LOOK_S, SIZE
from tests.end_to_end.eye import Picture
from tests.end_to_end.storms import pause
from tests.end_to_end.x_windows import Windows

MIDDLE = SIZE[0] // 2, SIZE[1] // 2
STEP = 8
"""So far apart are the points at which two pictures are compared."""
STEPS = 24
"""More stops than a page has."""
RING = 10
"""Lines that a ring around something changes, at least."""
OPENBOX = '<openbox_config xmlns="http://openbox.org/3.4/rc"><keyboard/><mouse/></openbox_config>'
Say = Callable[[str], None]


@dataclass
class Found:
    """How often each thing was as it must be; `expected` and `found`: level by visit; `in_front_s`: from the call to
    the window in front; `of_before`: pages of an earlier citizen seen while the terminal came to the front."""

    counts: Counter[str] = field(default_factory=Counter)
    expected: dict[str, str] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)
    in_front_s: list[float] = field(default_factory=list)
    of_before: int = 0
    looks: int = 0


class Machine:
    """The screen, the host on it and the terminal behind it."""

    def __init__(self, folder: Path, central: Central, targets: Targets, managed: bool, number: int) -> None:
        folder.mkdir()
        self._folder, self._targets, self._matter = folder, targets, central.sample["matters"][0]
        self._held = ExitStack()
        self._cases = iter(range(1, 10_000))
        self._typed = ""
        self._pages: dict[str, bytes] = {}
        with ExitStack() as held:
            self.screen = VirtualScreen(*SIZE, folder)
            held.callback(self.screen.close)
            self._windows = Windows(self.screen.name)
            held.callback(self._windows.close)
            if managed:
                held.enter_context(_window_manager(self.screen, folder))
            self.terminal = Terminal(folder / "home", "", self.screen.environment)
            self.terminal.enroll(central, central.sample["windows"][number], "self_service")
            command = [sys.executable, "-m", "tests.end_to_end.host_program"]
            self.host = Program("host", command, folder / "host.log", self.screen.environment)
            held.callback(self.host.stop)
            until("the host in front", lambda: self._front() == self._pid(self.host), alive=self.host)
            held.callback(self.terminal.stop)
            self._held = held.pop_all()
        self._citizen = Citizen(self.terminal, self.screen, targets, self._remember, look_s=LOOK_S)

    def close(self) -> None:
        """End everything."""
        self._held.close()

    def start(self, found: Found) -> None:
        """Start the terminal, which is not to be seen while it starts; the host has the keys."""
        self.terminal.program = program = self.terminal.run()
        with program.or_ended():
            until("the terminal", lambda: self._unseen(program, found), alive=program)
            until("the host with the keys", lambda: self._keys() == self._pid(self.host), alive=self.host)

    def serve(self, level: str, by_keys: bool, found: Found) -> None:
        """One visit, from the host to the host."""
        terminal, host = self._pid(self.terminal.program), self._pid(self.host)
        found.counts["typed in the host before"] += self._type("b")
        with self._watched() as seen:
            began = time.monotonic()
            visit_id = self._call()
            until("the terminal in front", lambda: self._front() == terminal, alive=self.terminal.program)
            found.in_front_s.append(time.monotonic() - began)
            until("the terminal with the keys", lambda: self._keys() == terminal, alive=self.terminal.program)
        found.counts["terminal in front with the keys"] += 1
        found.expected[visit_id] = level
        if by_keys:
            self._rate_by_keys(level)
        else:
            self._citizen.rate(level, reasons=1)
        found.counts["still in front at the thanks"] += self._front() == terminal and self._keys() == terminal
        found.looks += len(seen)
        found.of_before += self._of_before(seen)
        self._citizen.leave()
        until("the host in front", lambda: self._front() == host, alive=self.host)
        until("the host with the keys", lambda: self._keys() == host, alive=self.host)
        found.counts["host in front again with the keys"] += 1
        found.counts["typed in the host after"] += self._type("a")

    def die_in_front(self, found: Found) -> None:
        """The terminal is killed before the citizen's eyes: the host has the screen, and the keys at the latest when
        the terminal has been started again."""
        terminal, host = self._pid(self.terminal.program), self._pid(self.host)
        self._call()
        until("the terminal in front", lambda: (self._front(), self._keys()) == (terminal, terminal))
        assert self.terminal.program is not None
        self.terminal.program.kill()
        until("the host in front", lambda: self._front() == host, alive=self.host)
        found.counts["host has the screen after a kill"] += 1
        self.start(found)
        found.counts["typed in the host after a kill"] += self._type("k")

    # -- what is done ------------------------------------------------------------------------------------------------

    def _call(self) -> str:
        number = next(self._cases)
        body = {"matter": self._matter, "case_number": f"3412{number:014}", "service_number": 1, "invite": True}
        return str(self.terminal.ask("POST", "/visits", body)["visit_id"])

    def _rate_by_keys(self, level: str) -> None:
        """With a keyboard: from stop to stop until the ring is around what is wanted, and Return."""
        for page, thing, then in (("inviting", f"level.{level}", "explaining"), ("explaining", "submit", "thanks")):
            self.terminal.wait_for(page)
            pause(2 * LOOK_S)
            self._walk_to(*self._targets[page][thing])
            self.screen.key("Return")
            self.terminal.wait_for(then)
        pause(LOOK_S)
        self._remember("thanks")

    def _walk_to(self, x: int, y: int) -> None:
        """Press Right until what is different from before the first key lies around this point and nowhere else."""
        bare = now = self._look()
        pause(LOOK_S)
        moving = set(_rows(bare, self._look(), set()))  # the bar of the time left
        for _ in range(STEPS):
            self.screen.key("Right")
            now = until("another ring", lambda: self._settled(now, moving))  # noqa: B023 - asked at once
            rows = _rows(bare, now, moving)
            if rows and rows[0] <= y <= rows[-1]:
                one, other = (picture.line(rows[len(rows) // 2]) for picture in (bare, now))
                columns = [at // 4 for at in range(len(one)) if one[at] != other[at]]
                if columns and columns[0] <= x <= columns[-1]:
                    return
        raise ProgramFailed(f"no key leads to {x},{y}")

    def _settled(self, before: Picture, moving: set[int]) -> Picture | None:
        """What the screen shows, once it shows something else and nothing of it moves any more."""
        one = self._look()
        if len(_rows(before, one, moving)) < RING:
            return None
        pause(0.05)
        other = self._look()
        return None if _rows(one, other, moving) else other

    def _type(self, letter: str) -> bool:
        """Type in the host, and see it arrive."""
        self.screen.type(letter)
        self._typed += letter
        said = json.dumps({"text": self._typed})
        until(f"what is typed in the host, {said}", lambda: said in self.host.words(), alive=self.host)
        return True

    # -- what is seen ------------------------------------------------------------------------------------------------

    def _front(self) -> int | None:
        return self._windows.in_front(*MIDDLE)

    def _keys(self) -> int | None:
        return self._windows.with_keys()

    def _pid(self, program: Program | None) -> int:
        assert program is not None
        return program.process.pid

    def _unseen(self, program: Program, found: Found) -> bool:
        if self._windows.place_of(program.process.pid) is not None:
            raise ProgramFailed("the terminal shows itself, and nobody has called it")
        found.looks += 1
        return self.terminal.state() == "ready"

    def _look(self) -> Picture:
        return eye.look(self.screen.name, *SIZE)

    def _remember(self, page: str) -> None:
        """What the pages of a citizen look like, who then becomes the one before."""
        self._pages[page] = points(self._look())

    @contextmanager
    def _watched(self) -> Iterator[list[bytes]]:
        """Looks at the screen again and again, through the block and a moment longer."""
        seen: list[bytes] = []
        done = threading.Event()

        def watch() -> None:
            while not done.is_set():
                seen.append(points(self._look()))
                done.wait(0.02)

        thread = threading.Thread(daemon=True, target=watch, name="watch")
        thread.start()
        try:
            yield seen
            pause(0.3)
        finally:
            done.set()
            thread.join(60)

    def _of_before(self, seen: list[bytes]) -> int:
        """How many looks are more like the last pages of a citizen than like that which may be seen now."""
        if "inviting" not in self._pages:
            return 0
        before = [page for name, page in self._pages.items() if name != "inviting"]
        return sum(any(is_rather(one, page, self._pages["inviting"]) for page in before) for one in seen)


def points(picture: Picture) -> bytes:
    """One of every so many pixels."""
    return b"".join(picture.line(y)[1 :: 4 * STEP] for y in range(0, picture.height, STEP))


def is_rather(seen: bytes, one: bytes, other: bytes) -> bool:
    """Whether, where two pages differ, more than half of what is seen is as on the one."""
    apart = [at for at in range(len(one)) if one[at] != other[at]]
    return 2 * sum(seen[at] == one[at] for at in apart) > len(apart)


def _rows(one: Picture, other: Picture, but: set[int]) -> list[int]:
    return [y for y in range(one.height) if y not in but and one.line(y) != other.line(y)]


@contextmanager
def _window_manager(screen: VirtualScreen, folder: Path) -> Iterator[None]:
    """openbox without a key of its own, and without anybody's settings."""
    (folder / "openbox.xml").write_text(OPENBOX)
    program = subprocess.Popen(
        ["openbox", "--sm-disable", "--config-file", str(folder / "openbox.xml")],
        env={**os.environ, **screen.environment, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    windows = Windows(screen.name)
    try:
        check = windows.display.intern_atom("_NET_SUPPORTING_WM_CHECK")
        until("the window manager", lambda: windows.root.get_full_property(check, 0))
        yield
    finally:
        windows.close()
        program.terminate()
        program.wait(PATIENCE_S)


def play(times: int, kills: int, folder: Path, targets: Targets, say: Say = print) -> dict[str, Found]:
    """So many visits with a window manager and without, one of each by keys; then so many kills. Both at once."""
    found = {"no window manager": Found(), "openbox": Found()}
    with ExitStack() as held:
        central = Central(folder)
        held.callback(central.program.stop)
        machines = {}
        for number, name in enumerate(found):
            machines[name] = Machine(folder / name.replace(" ", "-"), central, targets, name == "openbox", number)
            held.callback(machines[name].close)
        with ThreadPoolExecutor(len(machines)) as pool:
            done = [
                pool.submit(_serve_all, machine, times, kills, found[name], lambda words, name=name: say(name + words))
                for name, machine in machines.items()
            ]
            for each in done:
                each.result()
        ratings = {rating["visit_id"]: rating["level"] for rating in central.ratings()}
        for one in found.values():
            one.found = {visit: level for visit, level in ratings.items() if visit in one.expected}
    return found


def _serve_all(machine: Machine, times: int, kills: int, found: Found, say: Say) -> None:
    machine.start(found)
    for visit in range(times):
        machine.serve(LEVELS[visit % 5], by_keys=visit == 1, found=found)
        if (visit + 1) % 10 == 0:
            say(f": {visit + 1} of {times}")
    for _ in range(kills):
        machine.die_in_front(found)
    until("delivery", lambda: machine.terminal.journal()["unsent"] == 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--kills", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = play(options.times, options.kills, Path(folder), learn_targets(*SIZE))
    for name, one in found.items():
        slowest = sorted(one.in_front_s)
        print(f"{name}: {options.times} visits")
        for what, count in one.counts.items():
            print(f"  {what}: {count}")
        same = sum(one.found.get(visit) == level for visit, level in one.expected.items())
        print(f"  ratings at central as tapped: {same}")
        print(f"  pages of a citizen before, seen on coming to the front: {one.of_before} in {one.looks} looks")
        print(f"  in front after {slowest[len(slowest) // 2]:.2f} s (median), {slowest[-1]:.2f} s at most")
    good = all(one.found == one.expected and not one.of_before for one in found.values())
    whole = all(count == (options.kills if "kill" in what else options.times)
                for one in found.values() for what, count in one.counts.items())  # fmt: skip
    return 0 if good and whole else 1


if __name__ == "__main__":
    sys.exit(main())
