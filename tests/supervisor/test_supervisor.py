"""Real children that beat, hang, fall and stop: the supervisor starts the next one, for ever and truthfully."""

import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.core.supervision import Life, Watch
from kiosk.device.service_host import ServiceHost
from kiosk.supervisor import Supervisor

BEATS = """
    import sys, time, pathlib
    from kiosk.device.heart import heart_of_this_process
    home = pathlib.Path(sys.argv[1])
    lives = home / "lives"
    with lives.open("a") as file:
        file.write("safe " if "--safe" in sys.argv else "usual ")
    number = len(lives.read_text().split())
    heart = heart_of_this_process(home / "stacks.txt", lambda: sys.exit(3))
    assert heart is not None
    print("not a beat")
"""
SOON_S = 30.0


def child(tmp_path: Path, code: str) -> list[str]:
    script = tmp_path / "child.py"
    script.write_text(textwrap.dedent(BEATS) + textwrap.dedent(code), "utf-8")
    here = "import runpy, sys; del sys.argv[0]; runpy.run_path(sys.argv[0])"  # with the sources of this checkout
    return [sys.executable, "-c", here, str(script), str(tmp_path)]


def lives(tmp_path: Path) -> list[str]:
    file = tmp_path / "lives"
    return file.read_text().split() if file.exists() else []


def until(ask: Callable[[], object]) -> None:
    end = time.monotonic() + SOON_S
    while not ask():
        assert time.monotonic() < end, "it never came about"
        threading.Event().wait(0.02)


class Running:
    """A supervisor on a thread of its own, ended by the test."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.codes: list[int] = []
        self.thread = threading.Thread(target=lambda: self.codes.append(supervisor.run()))
        self.thread.start()

    def end(self) -> int:
        self.supervisor.end()
        self.thread.join(SOON_S)
        return self.codes[0]


@pytest.fixture
def beating() -> str:
    return "while True:\n    heart.beat()\n    time.sleep(0.02)\n"


def test_a_child_that_beats_is_left_alone_and_ended_properly(tmp_path: Path, beating: str):
    running = Running(Supervisor(child(tmp_path, beating), host=ServiceHost("")))
    until(lambda: running.supervisor._life.beat_ms is not None)
    assert running.end() == 0
    assert lives(tmp_path) == ["usual"]


def test_one_that_a_technician_has_ended_is_not_started_again(tmp_path: Path):
    running = Running(Supervisor(child(tmp_path, "heart.beat()\nheart.stop()\nsys.exit(79)\n"), host=ServiceHost("")))
    running.thread.join(SOON_S)
    lived = lives(tmp_path)
    assert running.end() == 79
    assert lived == ["usual"]


@pytest.mark.parametrize("how", ["time.sleep(1000)", "while True: pass"])
def test_a_child_that_hangs_is_ended_with_its_stacks_on_the_disk(tmp_path: Path, beating: str, how: str):
    code = f"""
    if number == 1:
        heart.beat()
        {how}
    """
    supervisor = Supervisor(child(tmp_path, textwrap.dedent(code) + beating), host=ServiceHost(""))
    supervisor.overdue = lambda life, now_ms: life.beat_ms is not None and now_ms - life.beat_ms > 2_000
    running = Running(supervisor)
    until(lambda: len(lives(tmp_path)) == 2)
    until(lambda: running.supervisor._life.beat_ms is not None)
    assert running.end() == 0
    assert lives(tmp_path) == ["usual", "usual"]
    assert "child.py" in (tmp_path / "stacks.txt").read_text()


def test_deaths_at_the_start_end_in_the_safe_profile(tmp_path: Path, beating: str):
    code = "if '--safe' not in sys.argv:\n    heart.beat()\n    sys.exit(1)\n" + beating
    running = Running(Supervisor(child(tmp_path, code), host=ServiceHost("")))
    until(lambda: lives(tmp_path)[-1:] == ["safe"])
    assert running.end() == 0
    assert lives(tmp_path) == ["usual", "usual", "usual", "safe"]


def test_a_child_that_painted_nothing_is_followed_by_a_safe_one(tmp_path: Path, beating: str):
    code = "if '--safe' not in sys.argv:\n    time.sleep(1000)\n" + beating
    supervisor = Supervisor(child(tmp_path, code), host=ServiceHost(""))
    supervisor.overdue = lambda life, now_ms: life.beat_ms is None and len(lives(tmp_path)) == 1
    running = Running(supervisor)
    until(lambda: lives(tmp_path)[-1:] == ["safe"])
    assert running.end() == 0


def test_a_terminal_that_ends_by_itself_ends_the_watch_and_another_one_of_this_home_too(tmp_path: Path):
    ended = Supervisor(child(tmp_path, "sys.exit(0)"), host=ServiceHost(""))
    assert ended.run() == 0
    assert Supervisor(child(tmp_path, "sys.exit(75)"), host=ServiceHost("")).run() == 75
    assert ended.watch == Watch()


def test_the_service_manager_hears_that_we_are_ready_and_alive(tmp_path: Path, beating: str):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(SOON_S)
        running = Running(Supervisor(child(tmp_path, beating), host=ServiceHost(str(tmp_path / "notify"))))
        heard = set()
        while not {"READY=1", "WATCHDOG=1"} <= heard:
            heard |= set(manager.recv(4096).decode().splitlines())
        assert running.end() == 0


def test_a_terminal_leaves_when_its_supervisor_is_gone(tmp_path: Path, beating: str):
    code = f"""
        import subprocess, sys
        from kiosk.supervisor import Supervisor
        print(Supervisor({child(tmp_path, beating)!r}).run())
    """
    watching = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.DEVNULL)
    until(lambda: lives(tmp_path))
    watching.kill()
    watching.wait(SOON_S)
    alive = ["pgrep", "-f", str(tmp_path / "child.py")]
    until(lambda: subprocess.run(alive, capture_output=True, check=False).returncode != 0)


def test_nobody_listens_and_nothing_happens():
    assert not ServiceHost("").tell("READY=1")
    assert not ServiceHost("/nowhere/at/all").tell("READY=1")
    assert not Watch().safe
    assert Life(5).beat_ms is None
