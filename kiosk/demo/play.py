"""`kiosk demo`: the whole path once, on this machine, with the sample hall.

On a machine with a screen it opens terminal and console on it and leaves the tapping to whoever sits there. Without one
it plays clerk and citizen on virtual screens, saves a picture of every page, and holds what central received against
what was tapped. However it ends, by itself or by a signal, it ends every process it started.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from kiosk.demo.citizen import Tapped, learn_targets
from kiosk.demo.programs import Central, Program, ProgramFailed, Terminal, kiosk_command, until
from kiosk.demo.screen import check_tools
from kiosk.demo.stage import Stage

LANDSCAPE, PORTRAIT = (1280, 800), (1080, 1920)
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class _BrokenOff(BaseException):
    """Someone wants the demonstration to end. No `except Exception` on the way may swallow it."""

    def __init__(self, number: int) -> None:
        self.number = number


def run_demo(out: Path) -> int:
    """Play, or let play. Exit 0 if central received exactly what was tapped, or if those who played ended it."""
    out.mkdir(parents=True, exist_ok=True)
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    attended = bool(screen) or sys.platform in ("win32", "darwin")
    with tempfile.TemporaryDirectory(prefix="kiosk-demo-") as folder:
        try:
            with _ended_by_signals():
                return _let_play(Path(folder)) if attended else _play(Path(folder), out)
        except _BrokenOff as end:
            print("\nended; everything that was started has been stopped", flush=True)
            return 0 if attended else 128 + end.number
        except ProgramFailed as fault:
            logs = sorted(Path(folder).glob("*.log"))
            for log in logs:
                shutil.copy(log, out)
            where = f"\nThe programs' logs are in {out}" if logs else ""
            print(f"the demonstration stopped: {fault}{where}", file=sys.stderr)
            return 1


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Raise _BrokenOff in this thread at the first signal to end; those after it wait for the tidying."""

    def end(number: int, _frame: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise _BrokenOff(number)

    before = {number: signal.signal(number, end) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Clock:
    """Says what is being done, and how long it has taken so far."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def say(self, words: str) -> None:
        print(f"[{time.monotonic() - self._began:5.1f} s] {words}", flush=True)


# -- nobody there: play ----------------------------------------------------------------------------------------------


def _play(folder: Path, out: Path) -> int:
    check_tools()
    clock = _Clock()
    with ExitStack() as stack:
        clock.say("starting central with the sample hall")
        central = Central(folder)
        stack.callback(central.program.stop)
        threads = stack.enter_context(ThreadPoolExecutor(2))  # ended after the stages, whose end ends its work
        stages = []
        for orientation, size, number in (("landscape", LANDSCAPE, 0), ("portrait", PORTRAIT, 1)):
            clock.say(f"starting a terminal and its console on virtual screens, the terminal's {size[0]}x{size[1]}")
            learnt = {language: threads.submit(learn_targets, *size, language) for language in ("zh-CN", "en")}
            stages.append(stack.enter_context(Stage(folder, out, central, orientation, size, number, learnt)))
        gallery = Program("gallery", _gallery_command(out), folder / "gallery.log", _OFF_SCREEN)
        stack.callback(gallery.stop)
        tapped = [one for stage in threads.map(lambda stage: stage.play(clock.say), stages) for one in stage]
        clock.say("waiting until central has everything")
        for stage in stages:
            stage.wait_until_delivered()
        found = central.ratings()
        good = print_comparison(tapped, found)
        clock.say(f"{len(list(out.glob('*.png')))} photographs of this play's screens in {out}")
        until("the gallery", lambda: gallery.process.poll() is not None, patience_s=180)
        if gallery.process.returncode != 0:
            gallery.check()
        pictures = len(list((out / _GALLERY).glob("*.png")))
        clock.say(
            f"{pictures} pictures of every state in {out / _GALLERY}, also of those that this play does not come by"
        )
        clock.say("(closed, out of order, handed to phone …): drawn off-screen with made-up content, not photographed")
    return 0 if good else 1


_GALLERY = "gallery"
_OFF_SCREEN = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}


def _gallery_command(out: Path) -> list[str]:
    sizes = [f"{width}x{height}" for width, height in (LANDSCAPE, PORTRAIT)]
    return [sys.executable, "-m", "kiosk.ui.gallery", str(out / _GALLERY), *sizes, "--looks", ""]


def print_comparison(tapped: list[Tapped], found: list[dict[str, Any]]) -> bool:
    """The table of what was tapped beside what central received; True if they are the same."""
    received = {rating["visit_id"]: rating for rating in found}
    good = len(received) == len(found) == sum(one.level is not None for one in tapped)
    print(f"\n{'case number':<20} {'outcome':<10} {'tapped':<20} {'central received':<20} {'reasons':<12} same")
    for one in tapped:
        rating = received.get(one.visit_id)
        level = rating["level"] if rating else None
        reasons = len(rating["reasons"]) if rating else 0
        same = level == one.level and reasons == one.reasons
        good = good and same
        codes = ",".join(rating["reasons"]) if rating else "-"
        print(
            f"{one.case_number:<20} {one.outcome:<10} {one.level or '-':<20} {level or '-':<20} {codes:<12} "
            f"{'yes' if same else 'NO'}"
        )
    print(f"\n{'everything central received is what was tapped' if good else 'THIS IS NOT WHAT WAS TAPPED'}\n")
    return good


# -- somebody there: let play ----------------------------------------------------------------------------------------


def _let_play(folder: Path) -> int:
    with ExitStack() as stack:
        print("starting central, the citizen's screen and the clerk's console", flush=True)
        central = Central(folder)
        stack.callback(central.program.stop)
        terminal = Terminal(folder / "home", f"{LANDSCAPE[0]}x{LANDSCAPE[1]}", {})
        stack.callback(terminal.stop)
        terminal.enroll(central, central.sample["windows"][0])
        terminal.start()
        assert terminal.program is not None
        command = kiosk_command("clerk", "--station", f"http://127.0.0.1:{terminal.port}")
        console = Program("console", command, folder / "console.log", {"KIOSK_HOME": str(terminal.home)})
        stack.callback(console.stop)
        staff = central.sample["staff"][0]
        print(f"Two windows are open: the citizen's screen and the clerk's console. central is at {central.url}")
        print(f"Sign in at the console as {staff['number']} with PIN {staff['pin']}, start a visit, invite, and tap.")
        print("What central receives is printed here. Close a window, or press Ctrl+C, to end.\n", flush=True)
        for rating in _arrivals(central, (terminal.program, console)):
            reasons = ",".join(rating["reasons"]) or "no reason"
            print(f"central received: {rating['level']} for {rating['case_number']} ({reasons})", flush=True)
        for window in (terminal.program, console):
            if window.process.poll():
                window.check()
    print("a window was closed; everything that was started has been stopped", flush=True)
    return 0


def _arrivals(central: Central, windows: tuple[Program, ...]) -> Iterator[dict[str, Any]]:
    """Each rating once, when its citizen is done, until a window is closed."""
    seen: set[str] = set()
    while all(window.process.poll() is None for window in windows):
        for rating in central.ratings():
            if rating["finished"] and rating["rating_id"] not in seen:
                seen.add(rating["rating_id"])
                yield rating
        threading.Event().wait(1.0)
