"""A clerk's PC with two screens, the citizen's on the second: its cable is pulled out in the middle of a rating, while
words are being typed, and put in again; the citizen then goes on where everything stood.

`python -m tests.end_to_end.two_screens --times N` also opens the clerk's console on the first; the test command runs it
small. Times are told and not judged.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.demo.citizen import LEVELS, Citizen, Targets, learn_targets
from kiosk.demo.programs import Central, Program, ProgramFailed, Terminal, kiosk_command, until
from tests.end_to_end.desk import LOOK_S, SIZE
from tests.end_to_end.glasses import CITIZENS, CLERKS, MANY, PLACES, TwoScreens, Watch, lines_apart, until_another_page
from tests.end_to_end.storms import pause
from tests.end_to_end.x_windows import Place

WISHES = ('position = "right"', 'name = "DUMMY1"', 'position = "not primary"', 'size = "1280x800"')
PATIENCE_S = 8.0
"""So long a tap may take to bring a page, before it is made again."""
Say = Callable[[str], None]


@dataclass
class Found:
    """What came of it. `expected` and `found`: level and words by visit; `back_s`: from plugged in to being covered;
    `changes`: what else was done to the screens, and how long until ours was covered; `strange`: how often something
    of ours was seen on the clerk's screen, in so many `looks`."""

    expected: dict[str, tuple[str, str]] = field(default_factory=dict)
    found: dict[str, tuple[str, str]] = field(default_factory=dict)
    back_s: list[float] = field(default_factory=list)
    changes: dict[str, float] = field(default_factory=dict)
    looks: int = 0
    strange: int = 0
    told: int = 0

    @property
    def good(self) -> bool:
        return self.expected == self.found and not self.strange and self.looks > 0 and self.told == len(self.back_s)


class SecondScreen:
    """The terminal on the citizen's screen, and the citizen before it."""

    def __init__(self, terminal: Terminal, screen: TwoScreens, targets: Targets, matter: Any) -> None:
        self._terminal, self._screen, self._targets, self._matter = terminal, screen, targets, matter
        self._citizen = Citizen(terminal, screen, targets, look_s=LOOK_S)
        self._cases = iter(range(1, 10_000))

    @property
    def process(self) -> int:
        assert self._terminal.program is not None
        return self._terminal.program.process.pid

    def start(self, wish: str) -> None:
        """Start it with this wish for a screen."""
        (self._terminal.home / "kiosk.toml").write_text(f"[screen]\n{wish}\n")
        self._terminal.start()
        self._terminal.wait_for("ready", "closed")
        self.until_it_covers(Place(*PLACES[CITIZENS], *SIZE))

    def rate_interrupted(self, level: str, found: Found) -> None:
        """One visit: a level, words, the cable; more words, and done."""
        first, second = f"{level[:4]}before", "after"
        visit_id = self._begin()
        found.expected[visit_id] = level, first + second
        self._citizen.tap_level(level)
        self._open("explaining", "comment")
        self._type(first)
        pause(LOOK_S)
        before = self._screen.look()
        self.pull_the_cable(found)
        if self._terminal.state() != "explaining":
            raise ProgramFailed(f"without its screen the terminal is {self._terminal.state()}")
        self.put_it_in(found)
        until("the page as it stood", lambda: lines_apart(before, self._screen.look()) < MANY)
        self._type(second)
        pause(LOOK_S)
        self._back("comment", "panel.done")
        self._citizen.explain(1)
        self._citizen.leave()

    def pull_the_cable(self, found: Found) -> None:
        """And see that nothing is shown any more, and that the technician is told."""
        self._screen.unplug(CITIZENS)
        until("the window to be hidden", lambda: self._screen.place_of(self.process) is None)
        until("the trouble to be told", lambda: "screen_missing" in self._troubles())
        found.told += 1

    def put_it_in(self, found: Found) -> None:
        """And see that the window is where it was."""
        began = time.monotonic()
        found_at = self._screen.plug(CITIZENS)
        self.until_it_covers(found_at)
        found.back_s.append(time.monotonic() - began)
        until("the trouble to be over", lambda: "screen_missing" not in self._troubles())

    def change(self, found: Found) -> None:
        """What else is done to screens in the life of a hall, while a citizen has the five levels before them."""
        visit_id = self._begin()
        found.expected[visit_id] = "satisfied", ""
        self._terminal.wait_for("inviting")
        ours = Place(*PLACES[CITIZENS], *SIZE)
        changes: dict[str, tuple[Callable[[], object], Place]] = {
            "another resolution": (lambda: self._screen.plug(CITIZENS, size=(1024, 768)), Place(1280, 0, 1024, 768)),
            "turned": (lambda: self._screen.plug(CITIZENS, size=(800, 1280)), Place(1280, 0, 800, 1280)),
            "turned back": (lambda: self._screen.plug(CITIZENS), ours),
            "made the primary one": (lambda: self._screen.make_primary(CITIZENS), ours),
            "moved below": (lambda: self._screen.plug(CITIZENS, corner=(0, 800)), Place(0, 800, *SIZE)),
            "moved back": (lambda: self._screen.plug(CITIZENS), ours),
            "no longer the primary one": (lambda: self._screen.make_primary(CLERKS), ours),
            "the clerk's unplugged": (lambda: self._screen.unplug(CLERKS), ours),
            "the clerk's plugged in": (lambda: self._screen.plug(CLERKS), ours),
        }
        for name, (change, place) in changes.items():
            began = time.monotonic()
            change()
            self.until_it_covers(place)
            found.changes[name] = time.monotonic() - began
        self._citizen.tap_level("satisfied")
        self._citizen.explain(0)
        self._citizen.leave()

    def until_it_covers(self, place: Place) -> None:
        """Wait until the window lies exactly there."""
        assert self._terminal.program is not None
        until(
            f"the window at {place}, and not at {self._screen.place_of(self.process)}",
            lambda: self._screen.place_of(self.process) == place, alive=self._terminal.program,
        )  # fmt: skip

    def _begin(self) -> str:
        body = {"matter": self._matter, "case_number": f"3412{next(self._cases):014}", "invite": True}
        return str(self._terminal.ask("POST", "/visits", body)["visit_id"])

    def _open(self, page: str, thing: str) -> None:
        """Tap what opens another page; once more if nothing comes of it."""
        for _ in range(5):
            before = self._screen.look()
            self._screen.tap(*self._targets[page][thing])
            if until_another_page(self._screen, before, PATIENCE_S):
                pause(LOOK_S)
                return
        raise ProgramFailed(f"tapping {thing} opens nothing")

    _back = _open

    def _type(self, words: str) -> None:
        """With a keyboard that is plugged in; who writes taps the field first."""
        self._screen.tap(*self._targets["comment"]["comment.field"])
        until("the keys", lambda: self._screen.has_keys(self.process))
        pause(LOOK_S)
        self._screen.key("End")
        self._screen.type(words)

    def _troubles(self) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads((self._terminal.home / "troubles.json").read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return found


def play(times: int, folder: Path, targets: Targets, wishes: Sequence[str], console: bool, say: Say = print) -> Found:
    """So many interrupted ratings with each wish, and then everything else that is done to screens."""
    found = Found()
    with ExitStack() as held:
        screen = TwoScreens(folder)
        held.callback(screen.close)
        screen.stand_in()
        watch = Watch(screen)
        central = Central(folder)
        held.callback(central.program.stop)
        terminal = Terminal(folder / "home", "", screen.environment)
        terminal.enroll(central, central.sample["windows"][0])
        held.callback(terminal.stop)
        held.enter_context(watch.watching())
        place = SecondScreen(terminal, screen, targets, central.sample["matters"][0])
        for number, wish in enumerate(wishes):
            place.start(wish)
            with _console(terminal, screen, watch, folder) if console else ExitStack():
                for time_ in range(times):
                    place.rate_interrupted(LEVELS[(number * times + time_) % 5], found)
                    say(f"{wish}: {time_ + 1} of {times}, back after {found.back_s[-1]:.2f} s")
            if number == 0:
                place.change(found)  # without the console, for it stays with the citizen's when its own is unplugged
            until("delivery", lambda: terminal.journal()["unsent"] == 0, alive=terminal.program)
            terminal.stop()
        found.found = {one["visit_id"]: (one["level"], one["comment"] or "") for one in central.ratings()}
        found.looks, found.strange = watch.looks, len(watch.strange)
        for number, picture in enumerate(watch.strange):
            (folder / f"strange-{number}.bgrx").write_bytes(picture.pixels)
    return found


@contextmanager
def _console(terminal: Terminal, screen: TwoScreens, watch: Watch, folder: Path) -> Iterator[None]:
    """The clerk's own program, on the first screen; it does not move."""
    command = kiosk_command("clerk", "--station", f"http://127.0.0.1:{terminal.port}")
    environment = {**screen.environment, "KIOSK_HOME": str(terminal.home)}
    watch.leave_out(Place(0, 0, *SIZE))  # until it is known where it opens
    program = Program("console", command, folder / "console.log", environment)
    try:
        place = until("the console", lambda: screen.place_of(program.process.pid), alive=program)
        watch.leave_out(place)
        yield
        program.check()
        if screen.place_of(program.process.pid) != place:
            raise ProgramFailed(f"the console was at {place}, and is at {screen.place_of(program.process.pid)}")
    finally:
        watch.leave_out(Place(0, 0, *SIZE))
        program.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="with each way to ask for the screen")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = play(options.times, Path(folder), learn_targets(*SIZE), WISHES, console=True)
    for name, seconds in found.changes.items():
        print(f"{name}: covered again after {seconds:.2f} s")
    same = sum(found.found.get(visit) == one for visit, one in found.expected.items())
    print(f"{len(found.back_s)} times unplugged and plugged in: back within {max(found.back_s):.2f} s at most")
    print(f"{same} of {len(found.expected)} ratings at central as tapped and typed, {len(found.found)} in all")
    print(f"{found.looks} looks at the clerk's screen, something of ours on it in {found.strange}")
    return 0 if found.good else 1


if __name__ == "__main__":
    sys.exit(main())
