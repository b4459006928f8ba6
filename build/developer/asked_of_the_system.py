"""What a built program asks of its system, read from its files: the libraries it does not bring, and the glibc."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from developer.steps import Trouble

DEBIAN: Mapping[str, str] = {  # as Debian 10 and 11 call them, and so UOS and Kylin
    "ld-linux-aarch64.so.1": "libc6",
    "ld-linux-x86-64.so.2": "libc6",
    "libc.so.6": "libc6",
    "libdl.so.2": "libc6",
    "libm.so.6": "libc6",
    "libpthread.so.0": "libc6",
    "libresolv.so.2": "libc6",
    "librt.so.1": "libc6",
    "libutil.so.1": "libc6",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libdrm.so.2": "libdrm2",
    "libexpat.so.1": "libexpat1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgbm.so.1": "libgbm1",
    "libgcc_s.so.1": "libgcc-s1 | libgcc1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libpulse.so.0": "libpulse0",
    "libstdc++.so.6": "libstdc++6",
    "libsystemd.so.0": "libsystemd0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb.so.1": "libxcb1",
    "libz.so.1": "zlib1g",
}
_LEFT_TO_IT = (  # every desktop has these, and keeps them up to date; built today they would ask for a newer glibc, too
    *("libX11", "libXau", "libXdmcp", "libdbus-1", "libexpat", "libfontconfig", "libfreetype", "libgcc_s", "libglib-2"),
    *("libgthread-2", "libpulse", "libstdc++", "libsystemd", "libz."),
)
_OURS = ("libQt6", "libicu", "libpyside6", "libpython", "libshiboken6")
"""Loaded by name, so that nobody may be found to ask for them."""
_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)", re.MULTILINE)
_GLIBC = re.compile(r"\bGLIBC_(\d+)\.(\d+)")


@dataclass(frozen=True)
class Asked:
    """Sonames that lie outside, and the newest glibc that any file names, with one file that does."""

    libraries: frozenset[str]
    glibc: tuple[int, int]
    by: str

    def depends(self, *more: str) -> str:
        """A package's `Depends` for it, with these besides.

        Raises Trouble for a library of which nobody has said whose package brings it.
        """
        unknown = sorted(self.libraries - set(DEBIAN))
        if unknown:
            raise Trouble(
                f"The program asks the system for {', '.join(unknown)}, and no package is known for it.",
                "the program",
                "say in build/developer/asked_of_the_system.py whose it is, or bring it along.",
            )
        packages = {DEBIAN[library] for library in self.libraries} - {"libc6"}
        return ", ".join(sorted({f"libc6 (>= {self.glibc[0]}.{self.glibc[1]})", *packages, *more}))


def leave_to_it(folder: Path) -> None:
    """Take out of this folder of a program the libraries that are the system's, and those that only they asked for."""
    for library in folder.glob("lib*.so*"):
        if library.name.startswith(_LEFT_TO_IT):
            library.unlink()
    while True:
        asked = {name for path in folder.rglob("*") if not path.is_symlink() for name in _needed_by(path)}
        alone = [path for path in folder.glob("lib*.so*") if path.name not in asked and not path.name.startswith(_OURS)]
        if not alone:
            return
        for library in alone:
            library.unlink()


def _needed_by(path: Path) -> list[str]:
    return _NEEDED.findall(_said_of(path))


def _said_of(path: Path) -> str:
    """What objdump says of an ELF file; nothing for any other."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        if file.read(4) != b"\x7fELF":
            return ""
    return subprocess.run(["objdump", "-p", path], capture_output=True, text=True, check=True).stdout


def by(program: Path) -> Asked:
    """Read every ELF file of it."""
    brought, needed, newest, who = set(), set(), (0, 0), ""
    for path in sorted(program.rglob("*")):
        brought.add(path.name)
        said = "" if path.is_symlink() else _said_of(path)
        needed |= set(_NEEDED.findall(said))
        for major, minor in _GLIBC.findall(said):
            if (int(major), int(minor)) > newest:
                newest, who = (int(major), int(minor)), str(path.relative_to(program))
    return Asked(frozenset(needed - brought), newest, who)
