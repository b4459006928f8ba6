"""The test task: static checks, the tests that must pass without Qt, and all others.

Each part runs whatever came of the others. What each said is printed at the end, and the exit code speaks for all.
"""

from collections.abc import Sequence
from pathlib import Path

from developer import environments
from developer.environments import FULL, HEADLESS, Environment
from developer.steps import OUT, ROOT, Command, Part, Trouble, say, show, side_by_side, watch

HEADLESS_ROOMS = ("core", "protocol", "journal", "sync", "central", "terminal", "update")
"""Rooms whose tests pass where PySide6 is not installed."""
COVERED = ("core", "journal", "sync")
COVERAGE_PERCENT = 95
SCREEN_PARTS = 4
WITHOUT_SCREEN = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}


def everything() -> int:
    """Run every part; 0 if all passed.

    Two at once, for that is how many cores a small machine has: the tests of whole processes, which wait more than they
    compute and must not starve, beside one other thing at any time; then what is left of the screens two by two.
    """
    environments.ensure(HEADLESS)
    _check_that_there_is_no_qt()
    static = _static()
    tests = [_whole_processes(), _headless(), _others(), *_screens()]
    outcomes = side_by_side([tests[0], *static, *tests[1:]], 2)
    failed = [title for title, outcome in outcomes.items() if outcome.code]
    failed += [f"coverage of {room}" for room in COVERED if not _is_covered(room)]
    for part in (*static, *reversed(tests)):
        if part in tests or part.title in failed:
            say(f"\n{part.title}\n{outcomes[part.title].output.rstrip()}")
    if failed:
        say(f"\nFailed: {', '.join(failed)}")
    return int(bool(failed))


def fast() -> int:
    """Ruff and every test in the one environment; 0 if all passed."""
    outcomes = side_by_side(_ruff(), 1)
    for outcome in outcomes.values():
        if outcome.code:
            say(outcome.output.rstrip())
    return _pytest(FULL.python, ["tests"]) or int(any(outcome.code for outcome in outcomes.values()))


def some_tests(arguments: Sequence[str]) -> int:
    """Run pytest alone with these arguments, and answer its exit code."""
    return _pytest(FULL.python, arguments)


def _static() -> list[Part]:
    return [
        *_ruff(),
        Part("mypy --strict", [FULL.python, "-m", "mypy"]),
        Part("import directions", [FULL.program("lint-imports"), "--cache-dir", ROOT / "out" / "import-linter"]),
        Part("qmllint, no warning allowed", [FULL.python, ROOT / "build" / "qml_types.py", "--lint"]),
    ]


def _ruff() -> list[Part]:
    ruff = FULL.program("ruff")
    return [Part("ruff check", [ruff, "check", "."]), Part("ruff format", [ruff, "format", "--check", "."])]


def _whole_processes() -> Part:
    return _tests("tests of whole processes", FULL, ["tests/end_to_end"])


def _headless() -> Part:
    """The tests that need no Qt, where there is none, with their reach."""
    for room in HEADLESS_ROOMS:
        if not any((ROOT / "tests" / room).rglob("test_*.py")):
            raise Trouble(f"There are no tests for {room}.", "everything", "see where they went.")
    folders = [f"tests/{room}" for room in HEADLESS_ROOMS]
    measured = [f"--cov=kiosk.{room}" for room in COVERED]
    return _tests("tests without Qt", HEADLESS, [*measured, "--cov-report=", *folders])


def _others() -> Part:
    apart = (*HEADLESS_ROOMS, "end_to_end", "ui")
    return _tests("tests of all other rooms", FULL, ["tests", *(f"--ignore=tests/{room}" for room in apart)])


def _screens() -> list[Part]:
    """In some parts, so that whoever is free may take the next."""
    files = sorted((ROOT / "tests" / "ui").rglob("test_*.py"))
    parts = [files[number::SCREEN_PARTS] for number in range(SCREEN_PARTS)]
    return [_tests(f"tests of the screens, {number}", FULL, part) for number, part in enumerate(parts, 1) if part]


def _tests(title: str, environment: Environment, arguments: Command) -> Part:
    cache = OUT / f"pytest-{title.replace(' ', '-').replace(',', '')}"
    command = [environment.python, "-m", "pytest", "-o", f"cache_dir={cache}", *arguments]
    return Part(title, command, {**WITHOUT_SCREEN, "PYTHONUNBUFFERED": "1"})


def _check_that_there_is_no_qt() -> None:
    no_qt = "import sys\ntry: import PySide6\nexcept ImportError: sys.exit(0)\nsys.exit('PySide6 is here')"
    if watch("PySide6 cannot be imported where it must not", [HEADLESS.python, "-c", no_qt]).code:
        raise Trouble(
            "PySide6 can be imported in .venv-headless, so a pass there would prove nothing.",
            "the environment, as it is",
            "see how it came there; removing .venv-headless makes it anew.",
        )


def _is_covered(room: str) -> bool:
    say(f"\nCoverage of {room} (at least {COVERAGE_PERCENT} %)")
    report = ["report", f"--include=kiosk/{room}/*", f"--fail-under={COVERAGE_PERCENT}", "--show-missing"]
    return show([HEADLESS.python, "-m", "coverage", *report]) == 0


def _pytest(python: Path, arguments: Command) -> int:
    return show([python, "-m", "pytest", *arguments], WITHOUT_SCREEN)
