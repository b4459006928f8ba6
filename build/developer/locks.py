"""Makes the lock files: exact versions with hashes, for every platform at once, and no word of where they came from."""

from developer.environments import BENCH_LOCK, FULL, HEADLESS
from developer.handwriting import MODEL_LOCK
from developer.steps import ROOT, Command, Trouble, say, watch
from developer.xinchuang import LOCK as XINCHUANG_LOCK
from developer.xinchuang import check_wheels

QT_ONLY = (
    "altgraph",
    "flatbuffers",
    "macholib",
    "numpy",
    "onnxruntime",
    "pefile",
    "protobuf",
    "pyinstaller",
    "pyinstaller-hooks-contrib",
    "pyside6-addons",
    "pyside6-essentials",
    "pywin32-ctypes",
    "setuptools",
    "shiboken6",
    "uv",
)
"""What the environment without Qt has no use for: Qt, what draws with it, what reads what is written on it, what packs
it."""


def make(upgrade: bool) -> int:
    """Write the locks; what is pinned stays unless `upgrade`.

    Raises Trouble.
    """
    without_qt = [argument for name in QT_ONLY for argument in ("--no-emit-package", name)]
    everything = ["--extra", "central", "--extra", "handwriting", "--group", "dev", "pyproject.toml"]
    _compile(FULL.lock.name, upgrade, everything)
    HEADLESS.lock.write_bytes(FULL.lock.read_bytes())  # so that it keeps the very same versions
    _compile(HEADLESS.lock.name, False, [*everything, *without_qt])
    XINCHUANG_LOCK.write_bytes(FULL.lock.read_bytes())  # the same again, but for Qt
    _compile(XINCHUANG_LOCK.name, False, [*everything, "--group", "pyproject.toml:xinchuang"])
    check_wheels()
    _compile(BENCH_LOCK.name, upgrade, ["--group", "pyproject.toml:bench"])
    _compile(MODEL_LOCK.name, upgrade, ["--no-deps", "--group", "pyproject.toml:handwriting-model"])
    written = (FULL.lock, HEADLESS.lock, XINCHUANG_LOCK, BENCH_LOCK, MODEL_LOCK)
    say(f"Written: {', '.join(str(lock.relative_to(ROOT)) for lock in written)}")
    return 0


def _compile(name: str, upgrade: bool, what: list[str]) -> None:
    command: Command = [
        *(FULL.program("uv"), "pip", "compile", "--quiet", "--no-config", "--system-certs"),
        *("--universal", "--python-version", "3.11", "--generate-hashes"),
        *("--no-emit-index-url", "--no-emit-find-links"),
        *("--custom-compile-command", "python3 build/dev.py lock"),
        *(*what, "-o", f"build/locks/{name}"),
        *(["--upgrade"] if upgrade else []),
    ]
    outcome = watch(f"build/locks/{name}", command)
    if outcome.code != 0:
        raise Trouble(f"uv could not resolve.\n{outcome.tail}", "the locks as they were", "mend pyproject.toml.")
