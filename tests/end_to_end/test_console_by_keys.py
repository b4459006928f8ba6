"""A clerk's day at the real console, on a real X server under a window manager, by nothing but the keyboard.

A key that comes before the console is ready for it is lost, as a person's is; so each act is tried again until the
terminal has done it. Nothing of four characters or more is ended with Enter: a starved X server would make a scanner of
the hand that typed it.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from argon2 import PasswordHasher

from kiosk.core import events as e
from kiosk.demo.programs import Program, ProgramFailed, kiosk_command, until
from kiosk.demo.screen import VirtualScreen
from kiosk.protocol.profile import MatterItem, StaffCard
from tests.station.conftest import make_house as make_house
from tests.station.house import PROFILE, TOKEN, House

TITLE = "Window console"
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
STAFF = (
    StaffCard(number="A103", name="王敏", pin_hash=HASHER.hash("271828")),
    StaffCard(number="A104", name="李强", pin_hash=HASHER.hash("314159")),
)
MATTERS = (
    MatterItem(code="340100", name="不动产转移登记", initials="bdczydj"),
    MatterItem(code="340200", name="社会保障卡申领", initials="shbzksl"),
)


@dataclass
class Hands:
    """On the keyboard before the console; `house` is what stands behind it."""

    house: House
    screen: VirtualScreen
    console: Program

    @property
    def state(self) -> str:
        return str(self.house.terminal.view().situation.state)

    @property
    def clerk(self) -> e.Staff | None:
        return self.house.terminal.view().situation.staff

    def keys(self, *names: str) -> None:
        self.console.check()
        self.screen.key(*names)

    def until(self, what: str, done: Callable[[], bool], *acts: tuple[str, ...]) -> None:
        """Do it, and again where nothing came of it for a while."""
        for _ in range(8):
            for names in filter(None, acts):
                self.keys(*names)
            try:
                until(what, done, 10, self.console)
            except ProgramFailed:
                self.console.check()
                continue
            return
        raise AssertionError(f"{what} did not come about; the terminal is {self.state}")

    def size(self) -> tuple[int, int]:
        """Width and height of the console's window."""
        found = self.ask("getwindowgeometry", "--shell", self.screen.window(TITLE) or "0")
        values = dict(line.split("=") for line in found.splitlines() if "=" in line)
        return int(values.get("WIDTH", 0)), int(values.get("HEIGHT", 0))

    def ask(self, *arguments: str) -> str:
        environment = {**os.environ, **self.screen.environment}
        command = ["xdotool", *arguments]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        ).stdout  # fmt: skip


@pytest.fixture
def hands(make_house: Callable[..., House], tmp_path: Path) -> Iterator[Hands]:
    house = make_house()
    house.profile = msgspec.structs.replace(PROFILE, staff=STAFF, matters=MATTERS)
    token = tmp_path / "station.token"
    token.write_text(TOKEN, "ascii")
    screen = VirtualScreen(800, 700, tmp_path)
    running: list[Program] = []
    try:
        manager = Program("openbox", ["openbox"], tmp_path / "openbox.log", screen.environment)
        running.append(manager)
        command = kiosk_command(
            "--home", str(tmp_path / "home"), "clerk", "--language", "en",
            "--station", f"http://127.0.0.1:{house.port}", "--token-file", str(token),
        )  # fmt: skip
        console = Program("console", command, tmp_path / "console.log", screen.environment)
        running.append(console)
        hands = Hands(house, screen, console)
        until("the console", lambda: TITLE in hands.ask("getactivewindow", "getwindowname"), alive=console)
        until("the console's ear", lambda: house.terminal.watchers > 0, alive=console)
        yield hands
    finally:
        for program in reversed(running):
            program.stop()
        screen.close()


def sign_in(hands: Hands, number: str, pin: str, *before: str) -> None:
    """With Tab between number and PIN, and whatever stood there before typed over."""
    hands.until(
        f"{number} signed in",
        lambda: hands.clerk is not None and hands.clerk.number == number,
        before, ("ctrl+a", *number, "Tab", "ctrl+a", *pin, "Return"),
    )  # fmt: skip


def start(hands: Hands, initials: str, case_number: str) -> None:
    hands.until(
        "a visit",
        lambda: hands.state == "serving",
        ("ctrl+1", "ctrl+a", *initials, "Return"), ("ctrl+2", "ctrl+a", *case_number, "F2"),
    )  # fmt: skip


def test_a_clerks_day_by_the_keyboard_alone(hands: Hands) -> None:
    terminal = hands.house.terminal
    sign_in(hands, "A103", "271828")
    assert hands.clerk == e.Staff("A103", "王敏", verified=True)

    start(hands, "shb", "3412001")
    visit = terminal.view().situation.visit
    assert visit is not None
    assert (visit.matter.code, visit.case_number, visit.staff) == ("340200", "3412001", hands.clerk)
    hands.keys("F8")  # a shift change now is refused
    hands.until("the invitation", lambda: hands.state == "inviting", ("F3",))
    hands.until("the cancellation", lambda: hands.state == "ready", ("F7", "alt+1", "Return"))
    ended = terminal.journal[-1].draft.body
    assert (ended["outcome"], ended["cause"]) == ("cancelled", "Papers missing")

    hands.until("the pause", lambda: hands.state == "paused", ("F6", "alt+2", "alt+6", "Return"))
    said = next(one.draft.body for one in reversed(terminal.journal) if one.draft.kind == "service.paused")
    assert (said["reason"], said["kind"]) == ("waiting", "waiting")
    assert said["until"] is not None
    hands.until("the end of the pause", lambda: hands.state == "ready", ("F6",))

    sign_in(hands, "A104", "314159", "F8")
    assert hands.clerk == e.Staff("A104", "李强", verified=True)
    assert "staff.signed_out" not in terminal.kinds
    hands.until(
        "the next number called",
        lambda: terminal.view().situation.called == "A013",
        ("F5", "ctrl+a", "A", "0", "1", "3", "Tab", "Tab", "Return"),
    )
    hands.until("A104 gone", lambda: hands.clerk is None, ("Escape", "ctrl+F8"))
    assert "visit.level_tapped" not in terminal.kinds


def test_folded_it_comes_back_by_its_hot_key_and_stays_where_it_was(hands: Hands) -> None:
    whole = hands.size()
    assert whole[1] > 400
    hands.until("the chip", lambda: hands.size()[1] < 100, ("F12",))
    hands.until("the window", lambda: hands.size() == whole, ("ctrl+shift+F12",))
    hands.until("the home's memory of it", lambda: b"place" in memory(hands), ("F1",))


def memory(hands: Hands) -> bytes:
    path = hands.screen.folder / "home" / "console.json"
    return path.read_bytes() if path.exists() else b""
