"""The tests of all that draws, with another Qt than the one in `.venv`: each in an environment of its own in `out/qt`.

Which versions there are is what the locks pin, with their hashes: the newest for each Python, and those of the halls.
"""

import re
import sys
from pathlib import Path

from developer import environments, handwriting, machine, xinchuang
from developer.environments import FULL, Environment
from developer.steps import OUT, ROOT, Command, Part, Trouble, say, side_by_side

QT = ("pyside6-addons", "pyside6-essentials", "shiboken6")
TESTED = ("tests/ui", "tests/clerk", "tests/device")
_PINNED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+)(?: ; (?P<marker>.+?))? \\$")
_PYTHON = re.compile(r"python_full_version >= '3\.(\d+)'")


def versions() -> list[str]:
    """Every version of PySide6 that a lock pins."""
    return sorted({version for _, version, _, _ in _everything() if version is not None})


def lock_with(version: str) -> str:
    """The lock of `.venv` with this Qt in place of its own, whatever machine or Python it was pinned for.

    Raises Trouble where no lock knows it, or it wants a newer Python than this.
    """
    found = {name: (marker, block) for name, pinned, marker, block in _everything() if pinned == version}
    if set(found) != set(QT):
        raise Trouble(
            f"No lock pins PySide6 {version}.", "nothing was changed", f"choose one of {', '.join(versions())}."
        )
    for marker, _ in found.values():
        wanted = _PYTHON.search(marker)
        if wanted and sys.version_info < (3, int(wanted[1])):
            raise Trouble(
                f"PySide6 {version} is not used before Python 3.{wanted[1]}; this is {sys.version.split()[0]}.",
                "nothing was changed",
                f"run this with a newer one: python3.{wanted[1]} build/dev.py test --qt {version}",
            )
    others = [block for name, block in _blocks(FULL.lock) if name not in QT]
    return "".join([*others, *(re.sub(r" ; .+ \\", r" \\", block, count=1) for _, block in found.values())])


def test(version: str) -> int:
    """Run them; 0 if all passed. Raises Trouble."""
    folder = OUT / "qt" / version
    environment = Environment(folder / "venv", folder / "lock.txt")
    text = lock_with(version)
    say(f"Set-up: Qt {version}")
    machine.ensure([*machine.base_needs(), *machine.testing_needs()])
    folder.mkdir(parents=True, exist_ok=True)
    if not environment.lock.exists() or environment.lock.read_text("utf-8") != text:
        environment.lock.write_text(text, "utf-8")
    environments.ensure(environment)
    handwriting.ensure_model(environment)
    env = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software", "PYTHONUNBUFFERED": "1"}
    pytest: Command = [environment.python, "-m", "pytest", "-q", "-o", f"cache_dir={folder / 'pytest'}"]
    parts = [
        Part(f"qmllint of Qt {version}", [environment.python, ROOT / "build" / "qml_types.py", "--lint"], env),
        *(Part(f"{room} with Qt {version}", [*pytest, room], env) for room in TESTED),
    ]
    outcomes = side_by_side(parts, 1)
    for title, outcome in outcomes.items():
        say(f"\n{title}\n{outcome.output.rstrip() if outcome.code else outcome.tail}")
    return int(any(outcome.code for outcome in outcomes.values()))


def _everything() -> list[tuple[str, str | None, str, str]]:
    """Name, version, marker and text of every pin of Qt in any lock."""
    found = []
    for lock in (FULL.lock, xinchuang.LOCK):
        for name, block in _blocks(lock):
            head = _PINNED.match(block.splitlines()[0])
            if head and name in QT:
                found.append((name, head["version"], head["marker"] or "", block))
    return found


def _blocks(lock: Path) -> list[tuple[str, str]]:
    """Each pin with its hashes, under its name."""
    blocks: list[tuple[str, str]] = []
    for line in lock.read_text("utf-8").splitlines(keepends=True):
        head = _PINNED.match(line.rstrip("\n"))
        if head:
            blocks.append((head["name"], line))
        elif blocks and line.lstrip().startswith("--hash"):
            name, block = blocks[-1]
            blocks[-1] = (name, block + line)
    return blocks
