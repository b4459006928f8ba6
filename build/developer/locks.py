"""Makes the lock files: exact versions with hashes, for every platform at once, and no word of where they came from."""

from developer.environments import FULL, HEADLESS
from developer.steps import ROOT, Command, Trouble, say, watch

QT_ONLY = (
    "altgraph",
    "macholib",
    "pefile",
    "pyinstaller",
    "pyinstaller-hooks-contrib",
    "pyside6-addons",
    "pyside6-essentials",
    "pywin32-ctypes",
    "segno",
    "setuptools",
    "shiboken6",
    "uv",
)
"""What the environment without Qt has no use for: Qt, what draws with it, what packs it."""


def make(upgrade: bool) -> int:
    """Write both locks; what is pinned stays unless `upgrade`.

    Raises Trouble.
    """
    without_qt = [argument for name in QT_ONLY for argument in ("--no-emit-package", name)]
    _compile(FULL.lock.name, upgrade, [])
    HEADLESS.lock.write_bytes(FULL.lock.read_bytes())  # so that it keeps the very same versions
    _compile(HEADLESS.lock.name, False, without_qt)
    say(f"Written: {', '.join(str(e.lock.relative_to(ROOT)) for e in (FULL, HEADLESS))}")
    return 0


def _compile(name: str, upgrade: bool, extra: list[str]) -> None:
    command: Command = [
        *(FULL.program("uv"), "pip", "compile", "--quiet", "--no-config", "--system-certs"),
        *("--universal", "--python-version", "3.11", "--generate-hashes"),
        *("--no-emit-index-url", "--no-emit-find-links"),
        *("--custom-compile-command", "python3 build/dev.py lock"),
        *("--extra", "central", "--group", "dev", "pyproject.toml", "-o", f"build/locks/{name}"),
        *(["--upgrade"] if upgrade else []),
        *extra,
    ]
    outcome = watch(f"build/locks/{name}", command)
    if outcome.code != 0:
        raise Trouble(f"uv could not resolve.\n{outcome.tail}", "the locks as they were", "mend pyproject.toml.")
