"""What a task needs of the machine beside Python, looked for by trying it, and installed where that may be done.

Libraries are looked for by name, so that any Linux will do; only the installing knows Debian's package names.
"""

import ctypes
import glob
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

from developer.steps import Trouble, say, watch

QT_LIBRARIES: Mapping[str, str] = {  # what `ldd` misses in PySide6 on a bare Debian 12, and whose package brings it
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libpulse.so.0": "libpulse0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
VIRTUAL_SCREEN: Mapping[str, str] = {"Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool"}
TOUCH_SCREEN: Mapping[str, str] = {  # beside the virtual screen: an X server whose glass feels fingers
    "/usr/lib*/xorg/Xorg": "xserver-xorg-core",
    "/usr/lib*/xorg/modules/drivers/dummy_drv.so": "xserver-xorg-video-dummy",
    "/usr/lib*/xorg/modules/input/inputtest_drv.so": "xserver-xorg-core",
}
SCREEN_READER: Mapping[str, str] = {  # the accessibility tree, and the system's own Python to read it with
    "/usr/bin/dbus-daemon": "dbus-daemon",
    "/usr/libexec/at-spi-bus-launcher": "at-spi2-core",
    "/usr/lib*/*/girepository-1.0/Atspi-2.0.typelib": "gir1.2-atspi-2.0",
    "/usr/lib*/python3*/*-packages/gi/__init__.py": "python3-gi",
}
BROWSER: Mapping[str, str] = {"chromium": "chromium"}
EXAMPLES: Mapping[str, str] = {"curl": "curl"}
WINDOWS_INSTALLER: Mapping[str, str] = {"makensis": "nsis"}
"""On Linux too: what cannot run there is compiled there."""
DRIVEN_BROWSER: Mapping[str, str] = {**BROWSER, "chromedriver": "chromium-driver"}
TRACER: Mapping[str, str] = {"strace": "strace"}
PACKAGING: Mapping[str, str] = {"objdump": "binutils", "strip": "binutils"}
PACKED_LIBRARIES: Mapping[str, str] = {  # of the plugin for speech, so that every build packs the same
    "libspeechd.so.2": "libspeechd2",
}
CHINESE_FONT = "a font with Chinese characters"

Need = tuple[str, str, Callable[[], bool]]
"""What is needed, in words; the Debian package that brings it; whether it is there."""


def base_needs() -> list[Need]:
    """What every task needs: a way to make virtual environments, Qt's libraries, a Chinese font."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    venv = (f"ensurepip of {sys.executable}", f"{version}-venv", lambda: find_spec("ensurepip") is not None)
    return [venv, *library_needs(QT_LIBRARIES), (CHINESE_FONT, "fonts-noto-cjk", _has_chinese_font)]


def library_needs(libraries: Mapping[str, str]) -> list[Need]:
    """Shared libraries by name, each with the Debian package that brings it."""
    return [(name, package, _loads(name)) for name, package in libraries.items()]


def program_needs(programs: Mapping[str, str]) -> list[Need]:
    """Programs by name, each with the Debian package that brings it."""
    return [(f"the program {name}", package, _on_path(name)) for name, package in programs.items()]


def file_needs(files: Mapping[str, str]) -> list[Need]:
    """Files by pattern, each with the Debian package that brings it."""
    return [(pattern, package, _lies_there(pattern)) for pattern, package in files.items()]


def testing_needs() -> list[Need]:
    """What the tests need: screens, with and without fingers, what reads them aloud, a browser, and curl."""
    programs = program_needs({**VIRTUAL_SCREEN, **DRIVEN_BROWSER, **EXAMPLES, **WINDOWS_INSTALLER})
    return [*programs, *file_needs(TOUCH_SCREEN), *file_needs(SCREEN_READER)]


def packaging_needs() -> list[Need]:
    """What PyInstaller needs: its tools, the libraries it packs, and this Python as a shared library."""
    library = f"libpython{sys.version_info.major}.{sys.version_info.minor}.so.1.0"
    beside = Path(str(sysconfig.get_config_var("LIBDIR"))) / library
    python = (library, library.removesuffix(".so.1.0"), lambda: beside.exists() or _loads(library)())
    return [*program_needs(PACKAGING), *library_needs(PACKED_LIBRARIES), python]


def has_screen() -> bool:
    """Whether somebody sits in front of this session."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def ensure(needs: Iterable[Need]) -> None:
    """Install what is missing, or say what it is and how to get it.

    Raises Trouble.
    """
    missing = _missing(needs)
    if not missing:
        return
    packages = sorted({package for _, package, _ in missing})
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", *packages]
    names = ", ".join(name for name, _, _ in missing)
    if shutil.which("apt-get") is None:
        raise Trouble(f"This machine lacks: {names}.", "nothing was changed", "install them, then run this again.")
    prefix = _right_to_install()
    if prefix is None:
        command = f"sudo apt-get install --no-install-recommends {' '.join(packages)}"
        raise Trouble(
            f"This machine lacks: {names}.\n  Installing them takes root, or a sudo that asks for no password.",
            "nothing was changed",
            f"have this typed, then run this again:\n    {command}",
        )
    say(f"  This machine lacks {names}.\n  Installing {' '.join(packages)}")
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    title = f"{len(packages)} Debian packages"
    if not _apt_knows(packages):
        watch("Debian's package lists", [*prefix, "apt-get", "update"], env)
    outcome = watch(title, [*prefix, *install], env)
    if outcome.code != 0:  # the lists may name a version that is gone
        watch("Debian's package lists", [*prefix, "apt-get", "update"], env)
        outcome = watch(title, [*prefix, *install], env)
    still = ", ".join(name for name, _, _ in _missing(missing))
    if still:
        raise Trouble(
            f"apt-get ended with {outcome.code}, and this machine still lacks: {still}.\n{outcome.tail}",
            "what apt-get had installed by then",
            f"mend what it says, then: {' '.join([*prefix, *install])}",
        )


def _missing(needs: Iterable[Need]) -> list[Need]:
    return [need for need in needs if not need[2]()]


def _loads(name: str) -> Callable[[], bool]:
    def check() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return check


def _on_path(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _lies_there(pattern: str) -> Callable[[], bool]:
    return lambda: next(glob.iglob(pattern), None) is not None


def _has_chinese_font() -> bool:
    if shutil.which("fc-list"):
        found = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, check=False).stdout
        return bool(found.strip())
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
    names = ("*CJK*", "*wqy*", "*SourceHan*", "*uming*", "*ukai*")
    return any(next(folder.rglob(name), None) for folder in folders if folder.is_dir() for name in names)


def _right_to_install() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _succeeds("sudo", "-n", "true"):
        return ["sudo", "-n"]
    return None


def _apt_knows(packages: Iterable[str]) -> bool:
    return _succeeds("apt-cache", "show", *packages)


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
