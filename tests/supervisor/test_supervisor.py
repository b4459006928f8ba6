"""Real children that beat, hang, fall and stop: the supervisor starts the next one, for ever and truthfully."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from kiosk.core.supervision import EX_AGAIN, EX_NO_PICTURE, Life, Watch
from kiosk.device.service_host import ServiceHost
from kiosk.supervisor import EX_LEFT, Supervisor

BEATS = """
    import os, sys, time, pathlib
    from kiosk.device.heart import heart_of_this_process
    home = pathlib.Path(sys.argv[1])
    lives = home / "lives"
    with lives.open("a") as file:
        file.write({"--safe": "safe ", "--software": "software "}.get(sys.argv[-1], "usual "))
    number = len(lives.read_text().split())
    heart = heart_of_this_process(home / "stacks.txt", lambda: os._exit(3))
    assert heart is not None
    print("not a beat")
"""
TALKS = """
    import sys, time, pathlib
    with (pathlib.Path(sys.argv[1]) / "lives").open("a") as file:
        file.write("talks ")
    while True:
        print("this is no frame.", flush=True)
        time.sleep(0.02)
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


def until(ask: Callable[[], Any]) -> Any:
    end = time.monotonic() + SOON_S
    while not (found := ask()):
        assert time.monotonic() < end, "it never came about"
        threading.Event().wait(0.02)
    return found


def children_of(process: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False)
    return [int(one) for one in found.stdout.split()]


class Running:
    """A supervisor on a thread of its own, ended by the test, or after it where that has failed."""

    all: ClassVar[list["Running"]] = []

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.codes: list[int] = []
        self.thread = threading.Thread(daemon=True, target=lambda: self.codes.append(supervisor.run()))
        self.thread.start()
        Running.all.append(self)

    def end(self) -> int:
        self.supervisor.end()
        self.thread.join(SOON_S)
        assert not self.thread.is_alive(), "it does not end"
        return self.codes[0]


@pytest.fixture(autouse=True)
def nobody_stays_behind() -> Iterator[None]:
    """No child of a test that failed beats on after it."""
    yield
    while Running.all:
        if (running := Running.all.pop()).thread.is_alive():
            running.end()


@pytest.fixture
def beating() -> str:
    return """
while True:
    heart.beat()
    with (home / "beats").open("a") as file:
        file.write(".")
    time.sleep(0.02)
"""


def test_a_child_that_beats_is_left_alone_and_ended_properly(tmp_path: Path, beating: str):
    running = Running(Supervisor(child(tmp_path, beating), host=ServiceHost("")))
    until(lambda: running.supervisor._life.beat_ms is not None)
    assert running.end() == 0
    assert lives(tmp_path) == ["usual"]


def test_one_that_a_technician_has_ended_is_not_started_again(tmp_path: Path):
    code = "heart.beat()\ntime.sleep(0.3)\nheart.stop()\nsys.exit(79)\n"
    running = Running(Supervisor(child(tmp_path, code), host=ServiceHost("")))
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
    code = "if '--safe' not in sys.argv:\n    heart.beat()\n    time.sleep(0.3)\n    sys.exit(1)\n" + beating
    running = Running(Supervisor(child(tmp_path, code), host=ServiceHost("")))
    until(lambda: lives(tmp_path)[-1:] == ["safe"])
    assert running.end() == 0
    assert lives(tmp_path) == ["usual", "usual", "usual", "safe"]


def test_a_child_that_painted_nothing_is_followed_by_one_without_the_graphics_card(tmp_path: Path, beating: str):
    code = "if '--software' not in sys.argv:\n    time.sleep(1000)\n" + beating
    supervisor = Supervisor(child(tmp_path, code), host=ServiceHost(""))
    first: list[int] = []

    def overdue(life: Life, now_ms: int) -> bool:
        first.append(life.started_ms)
        return life.started_ms == first[0] and lives(tmp_path) == ["usual"]

    supervisor.overdue = overdue
    running = Running(supervisor)
    until(lambda: lives(tmp_path)[-1:] == ["software"])
    assert running.end() == 0


def test_a_child_that_says_it_has_no_picture_is_drawn_without_the_card_at_once(tmp_path: Path, beating: str):
    code = (
        f"if '--software' not in sys.argv:\n    heart.beat()\n    time.sleep(0.3)\n    sys.exit({EX_NO_PICTURE})\n"
        + beating
    )
    running = Running(Supervisor(child(tmp_path, code), host=ServiceHost("")))
    until(lambda: running.supervisor._life.painted and lives(tmp_path)[-1:] == ["software"])
    assert running.end() == 0
    assert lives(tmp_path) == ["usual", "software"]


def test_a_child_that_wishes_to_begin_anew_does_and_it_is_no_crash(tmp_path: Path, beating: str):
    code = f"if number < 4:\n    heart.beat()\n    time.sleep(0.3)\n    sys.exit({EX_AGAIN})\n" + beating
    running = Running(Supervisor(child(tmp_path, code), host=ServiceHost(""), again_ms=0))
    until(lambda: len(lives(tmp_path)) == 4)
    assert running.end() == 0
    assert lives(tmp_path) == ["usual"] * 4
    assert running.supervisor.watch == Watch()


def test_one_that_wishes_to_begin_anew_at_once_has_died_like_any_other(tmp_path: Path, beating: str):
    code = f"if number < 3:\n    heart.beat()\n    time.sleep(0.3)\n    sys.exit({EX_AGAIN})\n" + beating
    running = Running(Supervisor(child(tmp_path, code), host=ServiceHost("")))
    until(lambda: len(lives(tmp_path)) == 3)
    assert running.end() == 0
    assert running.supervisor.watch.deaths == 2


def test_nobody_has_left_a_glass_on_which_nothing_stood(tmp_path: Path, beating: str):
    code = f"if number < 2:\n    sys.exit({EX_LEFT})\n" + beating
    running = Running(Supervisor(child(tmp_path, code), host=ServiceHost("")))
    until(lambda: running.supervisor._life.painted)
    assert running.end() == 0
    assert len(lives(tmp_path)) == 2


def test_what_is_printed_is_no_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("kiosk.supervisor._END_S", 0.2)
    script = tmp_path / "talks.py"
    script.write_text(textwrap.dedent(TALKS), "utf-8")
    supervisor = Supervisor([sys.executable, str(script), str(tmp_path)], host=ServiceHost(""))
    seen: list[Life] = []

    def after_some(life: Life, _now_ms: int) -> bool:
        seen.append(life)
        return len(seen) == 8

    supervisor.overdue = after_some
    running = Running(supervisor)
    until(lambda: len(lives(tmp_path)) == 2)
    supervisor.overdue = lambda _life, _now_ms: True
    assert running.end() == 0
    assert {life.beat_ms for life in seen} == {None}


def test_a_watcher_that_was_stopped_accuses_nobody(tmp_path: Path, beating: str):
    code = f"""
        from kiosk.core import supervision
        from kiosk.supervisor import Supervisor
        supervision.SILENCE_MS = 1_500
        Supervisor({child(tmp_path, beating)!r}).run()
    """
    watching = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
    try:
        until(lambda: lives(tmp_path))
        terminal = until(lambda: children_of(watching.pid))
        until(lambda: (tmp_path / "beats").exists())
        os.kill(terminal[0], signal.SIGSTOP)
        os.kill(watching.pid, signal.SIGSTOP)
        threading.Event().wait(2.5)
        os.kill(watching.pid, signal.SIGCONT)
        threading.Event().wait(0.3)
        os.kill(terminal[0], signal.SIGCONT)
        beats = (tmp_path / "beats").stat().st_size
        until(lambda: (tmp_path / "beats").stat().st_size > beats + 20)
        assert children_of(watching.pid) == terminal
        assert lives(tmp_path) == ["usual"]
    finally:
        watching.terminate()
        watching.wait(SOON_S)


def test_a_child_is_asked_to_end_before_anything_is_done_to_it(tmp_path: Path):
    code = """
        import signal
        signal.signal(signal.SIGTERM, lambda *_: (home / "signalled").touch())
        heart._on_told_to_end = lambda: ((home / "asked").touch(), os._exit(0))
        while True:
            heart.beat()
            time.sleep(0.02)
    """
    running = Running(Supervisor(child(tmp_path, textwrap.dedent(code)), host=ServiceHost("")))
    until(lambda: running.supervisor._life.painted)
    assert running.end() == 0
    assert (tmp_path / "asked").exists()
    assert not (tmp_path / "signalled").exists()


def test_a_child_that_does_not_listen_is_ended_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("kiosk.supervisor._END_S", 0.2)
    monkeypatch.setattr("kiosk.supervisor._TERM_S", 0.2)
    code = """
        import signal
        signal.signal(signal.SIGTERM, lambda *_: None)
        heart._on_told_to_end = lambda: None
        while True:
            heart.beat()
            time.sleep(0.02)
    """
    running = Running(Supervisor(child(tmp_path, textwrap.dedent(code)), host=ServiceHost("")))
    until(lambda: running.supervisor._life.painted)
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


def test_the_service_manager_is_patient_for_as_long_as_nothing_was_painted():
    said: list[str] = []

    class Manager(ServiceHost):
        def tell(self, *lines: str) -> bool:
            said.extend(lines)
            return True

    supervisor = Supervisor(["nothing"], host=Manager(""))
    supervisor._say_alive()
    assert [line.partition("=")[0] for line in said] == ["EXTEND_TIMEOUT_USEC"]
    said.clear()
    supervisor._beat(painted=True)
    supervisor._say_alive()
    assert said == ["READY=1", "STATUS=serving", "WATCHDOG=1"]
