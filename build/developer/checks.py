"""The test task: static checks, the tests that must pass without Qt, then all others.

Each part runs whatever came of the others; the last line printed is pytest's own, and the exit code speaks for all.
"""

from collections.abc import Sequence
from pathlib import Path

from developer import environments
from developer.environments import FULL, HEADLESS
from developer.steps import OUT, ROOT, Command, Trouble, running, say, show, watch

HEADLESS_ROOMS = ("core", "protocol", "journal", "sync", "central", "terminal")
"""Rooms whose tests pass where PySide6 is not installed."""
COVERED = ("core", "journal", "sync")
COVERAGE_PERCENT = 95
WITHOUT_SCREEN = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}


def everything() -> int:
    """Run every part; 0 if all passed.

    The tests with Qt wait more than they compute, so they run beside the rest, those of the screens and those of whole
    processes apart, and say at the end what came of them.
    """
    beside = {**WITHOUT_SCREEN, "PYTHONUNBUFFERED": "1"}
    elsewhere = [f"--ignore=tests/{room}" for room in (*HEADLESS_ROOMS, "ui")]
    screens: Command = [FULL.python, "-m", "pytest", "tests/ui", "-o", f"cache_dir={OUT / 'pytest-screens'}"]
    with (
        running([FULL.python, "-m", "pytest", "tests", *elsewhere], beside) as whole,
        running(screens, beside) as on_screens,
    ):
        environments.ensure(HEADLESS)
        failed = [*_static(), *_headless()]
        say("\nTests of whole processes and of the house itself, and of the screens (begun with the first check)")
        outcomes = [whole.finish("pytest, all others", 20), on_screens.finish("pytest, screens", 20)]
    if failed:
        say(f"\nFailed before: {', '.join(failed)} (the exit code says so)")
    for outcome in outcomes:
        say(outcome.output.rstrip())
    return next((outcome.code for outcome in outcomes if outcome.code), int(bool(failed)))


def fast() -> int:
    """Ruff and every test in the one environment; 0 if all passed."""
    failed = [name for name, command in _ruff() if not _passes(name, command)]
    return _pytest(FULL.python, ["tests"]) or int(bool(failed))


def some_tests(arguments: Sequence[str]) -> int:
    """Run pytest alone with these arguments, and answer its exit code."""
    return _pytest(FULL.python, arguments)


def _static() -> list[str]:
    """The names of the static checks that failed."""
    say("Static checks")
    parts: list[tuple[str, Command]] = [
        *_ruff(),
        ("mypy --strict", [FULL.python, "-m", "mypy"]),
        ("import directions", [FULL.program("lint-imports"), "--cache-dir", ROOT / "out" / "import-linter"]),
        ("qmllint, no warning allowed", [FULL.python, ROOT / "build" / "qml_types.py", "--lint"]),
    ]
    return [name for name, command in parts if not _passes(name, command)]


def _ruff() -> list[tuple[str, Command]]:
    ruff = FULL.program("ruff")
    return [("ruff check", [ruff, "check", "."]), ("ruff format", [ruff, "format", "--check", "."])]


def _headless() -> list[str]:
    """Run the tests that need no Qt where there is none; the names of what failed."""
    say(f"\nTests of {', '.join(HEADLESS_ROOMS)}, where PySide6 is not installed")
    no_qt = "import sys\ntry: import PySide6\nexcept ImportError: sys.exit(0)\nsys.exit('PySide6 is here')"
    if not _passes("PySide6 cannot be imported", [HEADLESS.python, "-c", no_qt]):
        raise Trouble(
            "PySide6 can be imported in .venv-headless, so a pass there would prove nothing.",
            "the environment, as it is",
            "see how it came there; removing .venv-headless makes it anew.",
        )
    folders = {room: ROOT / "tests" / room for room in HEADLESS_ROOMS}
    without = [room for room, folder in folders.items() if not any(folder.rglob("test_*.py"))]
    failed = [f"no tests for {room}" for room in without]
    with_tests = [folder for room, folder in folders.items() if room not in without]
    measured = [f"--cov=kiosk.{room}" for room in COVERED]
    if with_tests and _pytest(
        HEADLESS.python, [*measured, "--cov-report=", "-o", f"cache_dir={OUT / 'pytest-headless'}", *with_tests]
    ):
        failed.append("tests without Qt")
    return [*failed, *(f"coverage of {room}" for room in COVERED if not _is_covered(room))]


def _is_covered(room: str) -> bool:
    say(f"\nCoverage of {room} (at least {COVERAGE_PERCENT} %)")
    report = ["report", f"--include=kiosk/{room}/*", f"--fail-under={COVERAGE_PERCENT}", "--show-missing"]
    return show([HEADLESS.python, "-m", "coverage", *report]) == 0


def _pytest(python: Path, arguments: Command) -> int:
    return show([python, "-m", "pytest", *arguments], WITHOUT_SCREEN)


def _passes(name: str, command: Command) -> bool:
    outcome = watch(name, command)
    if outcome.code != 0:
        say(outcome.output.rstrip())
    return outcome.code == 0
