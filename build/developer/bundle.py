"""The package task: the one-dir program in `dist/kiosk`, held to a size and tried before anything is made of it."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from developer import packages
from developer.environments import FULL
from developer.machine import has_screen
from developer.steps import OUT, ROOT, Command, Trouble, say, show, watch

BUNDLE = ROOT / "dist" / "kiosk"
LARGEST_MB, LARGEST_WITH_HANDWRITING_MB = 200, 340


def make(handwriting: bool, twice: bool = False, compare: bool = False, key: Path | None = None) -> int:
    """Build, measure, run the self-test, package; 0 if all is well. `handwriting`: with the extra and its model;
    `twice`: once more, and the two must be the same; `compare`: with what PyInstaller makes if nothing is pruned;
    `key`: a private key, Ed25519 in PEM, with which the sums are signed.

    Raises Trouble.
    """
    more = {"KIOSK_HANDWRITING": "1"} if handwriting else {}
    largest_mb = LARGEST_WITH_HANDWRITING_MB if handwriting else LARGEST_MB
    _build(BUNDLE.parent, more)
    size = _size_of(BUNDLE)
    say(f"  {BUNDLE.relative_to(ROOT)}: {size:.0f} MB")
    if size > largest_mb:
        largest = "\n".join(f"    {mb:6.1f} MB  {path.relative_to(BUNDLE)}" for mb, path in _largest())
        raise Trouble(
            f"The program is larger than {largest_mb} MB; its largest files:\n{largest}",
            "the program, for a look",
            "prune in kiosk.spec.",
        )
    if compare:
        _build(OUT / "unpruned", {**more, "KIOSK_UNPRUNED": "1"})
        whole = _size_of(OUT / "unpruned" / BUNDLE.name)
        say(f"  of PyInstaller's unpruned {whole:.0f} MB: {100 * size / whole:.1f} %")
    if twice:
        _build(OUT / "again", more)
        first, second = (packages.digest_of_folder(one) for one in (BUNDLE, OUT / "again" / BUNDLE.name))
        if first != second:
            raise Trouble("Two builds of one commit differ.", "dist/kiosk and out/again/kiosk", "compare the two.")
        say(f"  built twice, bit by bit the same: {first[:16]}")
    code = show([BUNDLE / "kiosk", "selftest"], {} if has_screen() else {"QT_QPA_PLATFORM": "offscreen"})
    if code == 0:
        packages.make(BUNDLE, last_commit_s(), handwriting, key)
    return code


def _build(into: Path, more: Mapping[str, str]) -> None:
    env = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(last_commit_s()), **more}
    folders: Command = ["--workpath", OUT / "build", "--distpath", into]
    command: Command = [FULL.python, "-m", "PyInstaller", "--clean", "--noconfirm", *folders, ROOT / "kiosk.spec"]
    built = watch("pyinstaller kiosk.spec", command, env)
    if built.code != 0:
        raise Trouble(f"PyInstaller failed.\n{built.tail}", "its work files in out/build", "mend what it says.")


def _size_of(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink()) / 1e6


def _largest() -> list[tuple[float, Path]]:
    files = [(file.stat().st_size / 1e6, file) for file in BUNDLE.rglob("*") if file.is_file()]
    return sorted(files, reverse=True)[:15]


def last_commit_s() -> int:
    """When the last commit was made, in Unix seconds: the time that all of a package bears."""
    shown = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(shown.stdout.strip() or 315532800)  # 1980, where there is no repository: the oldest a zip can say
