"""The virtual environments, each made whole from a lock with hashes.

A stamp, written last, says what one was made from; without the right stamp it is made anew, so that a set-up that was
cut off is never taken for a finished one.
"""

import fcntl
import hashlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from developer.steps import OUT, ROOT, Command, Outcome, Trouble, say, watch


@dataclass(frozen=True)
class Environment:
    """A virtual environment and the lock it is made from."""

    folder: Path
    lock: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def program(self, name: str) -> Path:
        """One of its programs, by name."""
        return self.folder / "bin" / name


FULL = Environment(ROOT / ".venv", ROOT / "build" / "locks" / "current.txt")
HEADLESS = Environment(ROOT / ".venv-headless", ROOT / "build" / "locks" / "headless.txt")
"""Without Qt, to show what runs without it."""

BENCH_LOCK = ROOT / "build" / "locks" / "bench.txt"
BENCH_PACKAGES = OUT / "bench-packages"
"""What only the benchmark measures against: pure Python, in a folder of its own and in no environment."""

LAUNCHER = """#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/python" -m kiosk "$@"
"""


def ensure(environment: Environment) -> None:
    """Make the environment unless it stands as its lock says.

    Raises Trouble.
    """
    with _alone() as held:
        if not stands(environment):
            _make(environment, held)


def ensure_bench_packages() -> None:
    """Fill the folder of what the benchmark measures against, unless it stands as its lock says.

    Raises Trouble.
    """
    written = BENCH_PACKAGES / "made-from"
    recipe = hashlib.sha256(BENCH_LOCK.read_bytes()).hexdigest()
    with _alone() as held:
        if written.is_file() and written.read_text("utf-8") == recipe:
            return
        shutil.rmtree(BENCH_PACKAGES, ignore_errors=True)
        filled = watch(
            f"packages of {BENCH_LOCK.relative_to(ROOT)}",
            [*_pip(FULL), "--target", BENCH_PACKAGES, *_only_as_locked(BENCH_LOCK)],
            handed_on=[held],
        )
        if filled.code != 0:
            raise _not_filled(BENCH_LOCK, filled)
        written.write_text(recipe, encoding="utf-8")


def _make(environment: Environment, held: int) -> None:
    name = environment.folder.name
    if environment.folder.exists():
        say(f"  {name} is half made, or made from something else: making it anew")
        shutil.rmtree(environment.folder)
    made = watch(f"{name} (Python {_version()})", [sys.executable, "-m", "venv", environment.folder], handed_on=[held])
    if made.code != 0:
        raise Trouble(f"{name} could not be made.\n{made.tail}", "nothing", "mend what it says, then run this again.")
    lock = environment.lock.relative_to(ROOT)
    command: Command = [*_pip(environment), *_only_as_locked(environment.lock)]
    filled = watch(f"packages of {lock} into {name}", command, handed_on=[held])
    if filled.code != 0:
        raise _not_filled(environment.lock, filled)
    _add_project(environment)
    stamp(environment)


def _pip(environment: Environment) -> Command:
    return [environment.python, "-m", "pip", "install", "--no-input", "--progress-bar=off"]


def _only_as_locked(lock: Path) -> Command:
    return ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", lock]


def _not_filled(lock: Path, outcome: Outcome) -> Trouble:
    return Trouble(
        f"pip could not install the packages of {lock.relative_to(ROOT)}.\n{outcome.tail}",
        "what pip had downloaded is in its cache; what is half made is made anew next time",
        "see that the package index can be reached (pip's own settings apply), then run this again.",
    )


def _add_project(environment: Environment) -> None:
    """Put the working tree on the environment's path, and `kiosk` beside its programs: no build, no copy."""
    packages = next(environment.folder.glob("lib/python3.*/site-packages"))
    (packages / "kiosk-working-tree.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    launcher = environment.program("kiosk")
    launcher.write_text(LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)


def stands(environment: Environment) -> bool:
    """Whether the environment was made, to its end, from the lock, the Python and the place it has now."""
    written = _stamp_file(environment)
    return environment.python.exists() and written.is_file() and written.read_text("utf-8") == _stamp(environment)


def stamp(environment: Environment) -> None:
    """Write down what the environment was made from; the last act of making it."""
    _stamp_file(environment).write_text(_stamp(environment), encoding="utf-8")


def _stamp_file(environment: Environment) -> Path:
    return environment.folder / "made-from"


def _stamp(environment: Environment) -> str:
    """What the environment depends on: the lock, this Python, the recipe in this file, and where it stands."""
    recipe = hashlib.sha256(environment.lock.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    return f"{recipe}\nPython {_version()} {Path(sys.base_prefix).resolve()}\n{environment.folder}\n"


def _version() -> str:
    return ".".join(map(str, sys.version_info[:3]))


@contextmanager
def _alone() -> Iterator[int]:
    """One set-up at a time in this folder: a lock that dies with the last process that holds its descriptor.

    Handed on to pip, so that a pip whose parent was killed ends before the next set-up begins.
    """
    OUT.mkdir(exist_ok=True)
    with (OUT / "set-up.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  another set-up runs in this folder: waiting for it")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield held.fileno()
