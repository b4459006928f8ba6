"""`kiosk demo` ends what it started, whether someone plays or nobody does. The play itself is the README's `demo`."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.demo.citizen import Citizen, Tapped, Targets
from kiosk.demo.play import print_comparison
from kiosk.demo.programs import PATIENCE_S, Central, Program, kiosk_command, until
from kiosk.demo.screen import VirtualScreen
from kiosk.demo.stage import Stage
from tests.end_to_end.desk import LOOK_S, SIZE


@contextmanager
def demo(folder: Path, environment: Mapping[str, str]) -> Iterator[Program]:
    """The demonstration, whose every process can be told by this folder."""
    (folder / "tmp").mkdir()
    settled = {"TMPDIR": str(folder / "tmp"), "DISPLAY": "", "WAYLAND_DISPLAY": "", **environment}
    program = Program("demo", kiosk_command("demo", "--out", str(folder / "out")), folder / "demo.log", settled)
    try:
        yield program
    finally:
        program.stop()


def started_in(folder: Path) -> list[str]:
    """The command lines of every process that was started with this folder in its environment, but the demo itself."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment, command = (process / "environ").read_bytes(), (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in environment and b"\0demo\0" not in command:
            found.append(command.replace(b"\0", b" ").decode())
    return found


def is_there(folder: Path, words: str) -> bool:
    """Whether one of those has these words in its command line."""
    return any(words in command for command in started_in(folder))


def close_until_it_ends(screen: VirtualScreen, title: str, program: Program) -> None:
    """Close the window, and again if nothing happens, as a person would where the window manager was not yet there."""
    for _ in range(5):
        screen.close_window(title)
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.process.wait(6)
            return
    raise AssertionError(f"closing {title} did not end the demonstration: {program.words()}")


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Xvfb, xdotool and /proc")


def test_with_a_screen_closing_a_window_ends_all_well(tmp_path: Path) -> None:
    screen = VirtualScreen(1920, 1080, tmp_path)
    manager = subprocess.Popen(["openbox"], env={**os.environ, **screen.environment}, stderr=subprocess.DEVNULL)
    try:
        with demo(tmp_path, screen.environment) as program:
            until("both windows", lambda: "Two windows are open" in program.words(), alive=program)
            until("the console", lambda: screen.window("窗口控制台"), alive=program)
            close_until_it_ends(screen, "窗口控制台", program)
            assert program.process.returncode == 0
        assert started_in(tmp_path / "tmp") == []
        assert list((tmp_path / "tmp").iterdir()) == []
        assert "a window was closed" in program.words()
    finally:
        manager.terminate()
        manager.wait()
        screen.close()


def test_without_a_screen_a_signal_ends_all_that_was_started(tmp_path: Path) -> None:
    with demo(tmp_path, {}) as program:
        until("a terminal", lambda: is_there(tmp_path / "tmp", "kiosk run"), alive=program)
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(PATIENCE_S) == 128 + signal.SIGTERM
    assert started_in(tmp_path / "tmp") == []
    assert list((tmp_path / "tmp").iterdir()) == []


def test_without_xvfb_it_says_what_to_install_and_starts_nothing(tmp_path: Path) -> None:
    with demo(tmp_path, {"PATH": str(tmp_path)}) as program:
        assert program.process.wait(PATIENCE_S) == 1
    assert "Xvfb and xdotool not found. On Debian: apt-get install xvfb xdotool" in program.words()
    assert started_in(tmp_path / "tmp") == []


def test_the_play_opens_and_its_first_citizen_is_served_and_rates(tmp_path: Path, targets: Targets) -> None:
    central = Central(tmp_path)
    learnt: dict[str, Future[Targets]] = {}
    try:
        with Stage(tmp_path, tmp_path / "out", central, "landscape", SIZE, 0, learnt) as stage:
            stage.open()
            visit_id, case_number = stage.begin()
            stage.terminal.ask("POST", f"/visits/{visit_id}/invitation")
            Citizen(stage.terminal, stage.screen, targets, look_s=LOOK_S).rate("dissatisfied", 1)
            stage.wait_until_delivered()
            tapped = [Tapped(visit_id, case_number, "rated", "dissatisfied", 1)]
            assert print_comparison(tapped, central.ratings())
            assert not print_comparison([], central.ratings())
    finally:
        central.program.stop()
