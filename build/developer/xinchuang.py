"""What the halls' UOS and Kylin desktops allow: their glibc, and for every package of their lock a wheel for it."""

from collections.abc import Mapping

from developer.environments import FULL
from developer.steps import OUT, ROOT, Command, Trouble, watch

LOCK = ROOT / "build" / "locks" / "xinchuang.txt"
PYTHON = "3.11"
GLIBC: Mapping[str, str] = {"x86_64": "2.28", "aarch64": "2.31"}
"""The oldest glibc that a program built for them asks for, by machine."""


def wheels(machine: str) -> Command:
    """How uv takes this lock's wheels, by their hashes, for a machine of theirs, whatever this one is."""
    return [
        *(FULL.program("uv"), "pip", "install", "--quiet", "--no-config", "--system-certs", "--no-deps"),
        *("--only-binary", ":all:", "--require-hashes", "--python", FULL.python, "--python-version", PYTHON),
        *("--python-platform", f"{machine}-manylinux_{GLIBC[machine].replace('.', '_')}", "-r", LOCK),
    ]


def check_wheels() -> None:
    """Ask for each machine whether every pinned package has a wheel that loads there; nothing is installed.

    Raises Trouble, naming the package that has none.
    """
    for machine, glibc in GLIBC.items():
        outcome = watch(
            f"wheels for {machine} with glibc {glibc}", [*wheels(machine), "--dry-run", "--target", OUT / "nowhere"]
        )
        if outcome.code != 0:
            raise Trouble(
                f"{LOCK.relative_to(ROOT)} pins what does not run on {machine} with glibc {glibc}.\n{outcome.tail}",
                "the lock, as it was written",
                "in pyproject.toml, hold that package to a version that has such a wheel (group `xinchuang`).",
            )
