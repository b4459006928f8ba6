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

from developer.steps import OUT, ROOT, Command, Trouble, say, watch


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

LAUNCHER = """#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/python" -m kiosk "$@"
"""


def ensure(environment: Environment) -> None:
    """Make the environment unless it stands as its lock says.

    Raises Trouble.
    """
    with _alone():
        if stands(environment):
            return
        _make(environment)


def _make(environment: Environment) -> None:
    name = environment.folder.name
    if environment.folder.exists():
        say(f"  {name} is half made, or made from something else: making it anew")
        shutil.rmtree(environment.folder)
    made = watch(f"{name} (Python {_version()})", [sys.executable, "-m", "venv", environment.folder])
    if made.code != 0:
        raise Trouble(f"{name} could not be made.\n{made.tail}", "nothing", "mend what it says, then run this again.")
    lock = environment.lock.relative_to(ROOT)
    pip: Command = [environment.python, "-m", "pip", "install", "--no-input", "--progress-bar=off"]
    only_as_locked: Command = ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", environment.lock]
    filled = watch(f"packages of {lock} into {name}", [*pip, *only_as_locked])
    if filled.code != 0:
        raise Trouble(
            f"pip could not install the packages of {lock}.\n{filled.tail}",
            "what pip had downloaded is in its cache; the half-made environment is made anew next time",
            "see that the package index can be reached (pip's own settings apply), then run this again.",
        )
    _add_project(environment)
    stamp(environment)


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
def _alone() -> Iterator[None]:
    """One set-up at a time in this folder; the lock dies with the process that holds it."""
    OUT.mkdir(exist_ok=True)
    with (OUT / "set-up.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  another set-up runs in this folder: waiting for it")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
