"""A system of the halls' age in a folder, `out/roots/`, in which their packages are built: Debian 11, glibc 2.31.

It has no Python that is new enough, so it gets CPython 3.11, made there of Debian 12's own source package. On x86-64
the five functions of which glibc 2.29 made new ones are taken as they were before, so that it starts on 2.28 too.
Made once, by root and with debootstrap; nothing of it but /proc is ever mounted, and that goes with the command.
"""

import hashlib
import os
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path

from developer import xinchuang
from developer.machine import PACKED_LIBRARIES, QT_LIBRARIES
from developer.steps import OUT, Command, Trouble, say, show, watch

SUITE, SOURCE_SUITE = "bullseye", "bookworm"
PYTHON = "/opt/python/bin/python3.11"
WHEELS = "/opt/wheels-of-the-lock"
_FOR_PYTHON = (
    *("gcc", "libc6-dev", "make", "dpkg-dev", "binutils", "pkg-config", "ca-certificates"),
    *("libssl-dev", "zlib1g-dev", "libbz2-dev", "liblzma-dev", "libffi-dev", "uuid-dev", "libexpat1-dev"),
)
_AS_BEFORE = "".join(
    f'__asm__(".symver {name},{name}@GLIBC_2.2.5");\n' for name in ("exp", "exp2", "log", "log2", "pow")
)
_PYEXPAT = "*shared*\npyexpat pyexpat.c -DPy_BUILD_CORE_MODULE -lexpat\n"  # Debian's patch reads the core's own headers
_MAKE_PYTHON = (
    "cd /usr/src/python && apt-get source --download-only python3.11 && dpkg-source -x python3.11_*.dsc source",
    # sem_clockwait came with glibc 2.30
    "cd /usr/src/python/source && ac_cv_func_sem_clockwait=no ./configure --prefix=/opt/python --enable-shared"
    " --without-ensurepip --with-system-expat 'LDFLAGS=-Wl,-rpath,/opt/python/lib' \"CFLAGS=$OLD\"",
    "cp /usr/src/python/Setup.local /usr/src/python/source/Modules/",
    "cd /usr/src/python/source && make -j2 && make install",
    f"{PYTHON} -c 'import bz2, ctypes, lzma, pyexpat, ssl, uuid, zlib'",
    "rm -rf /usr/src/python/source && apt-get clean",
)


def recipe() -> str:
    """What the root is made from; another recipe makes another root."""
    parts = [SUITE, SOURCE_SUITE, _AS_BEFORE, _PYEXPAT, *_FOR_PYTHON, *_MAKE_PYTHON, *_libraries()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def ensure() -> Path:
    """The root, made unless it is there to its end.

    Raises Trouble.
    """
    root = OUT / "roots" / f"{SUITE}-{recipe()}"
    if (root / "made").exists():
        return root
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        raise Trouble(
            f"A {SUITE} system is made by root, with debootstrap; neither may be missing here.",
            "nothing was changed",
            "apt-get install debootstrap, then run this again as root.",
        )
    shutil.rmtree(root, ignore_errors=True)
    root.parent.mkdir(parents=True, exist_ok=True)
    _step(f"debootstrap {SUITE}", ["debootstrap", "--variant=minbase", SUITE, root, *_mirror()])
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    sources = root / "etc/apt/sources.list"
    _, mirror, *_rest = sources.read_text().split()  # as debootstrap has written it
    sources.write_text(f"deb {mirror} {SUITE} main\ndeb-src {mirror} {SOURCE_SUITE} main\n")
    work = root / "usr/src/python"
    work.mkdir()
    (work / "Setup.local").write_text(_PYEXPAT)
    (work / "as-before.h").write_text(_AS_BEFORE)
    install = ["apt-get", "install", "-y", "--no-install-recommends", *_FOR_PYTHON, *_libraries()]
    _step("its package lists", inside(root, ["apt-get", "update"]))
    _step("its compiler and libraries", inside(root, install))
    old = "-include /usr/src/python/as-before.h" if platform.machine() == "x86_64" else ""
    for number, command in enumerate(_MAKE_PYTHON, 1):
        title = f"CPython 3.11, step {number} of {len(_MAKE_PYTHON)}"
        _step(title, inside(root, ["env", f"OLD={old}", "sh", "-c", command]))
    (root / "made").touch()
    return root


def ensure_names(root: Path) -> None:
    """This machine's own name in it, which a minimal system leaves out."""
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")


def ensure_wheels(root: Path) -> None:
    """Put the packages of the lock into it, as wheels for its age, unless they are there.

    Raises Trouble.
    """
    folder = root / WHEELS.lstrip("/")
    written, wanted = folder / "made-from", hashlib.sha256(xinchuang.LOCK.read_bytes()).hexdigest()
    if written.exists() and written.read_text() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    _step("wheels of the lock", [*xinchuang.wheels(platform.machine()), "--target", folder])
    written.write_text(wanted)


def inside(root: Path, command: Sequence[str]) -> Command:
    """This command in the root, with a /proc that ends with it."""
    here = f'mount -t proc proc "{root}/proc" && exec chroot "{root}" "$@"'
    env = ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
    return ["unshare", "--mount", "sh", "-c", here, "sh", *env, *command]


def run(root: Path, title: str, command: Sequence[str]) -> None:
    """One step in the root. Raises Trouble."""
    _step(title, inside(root, command))


def run_in_sight(root: Path, command: Sequence[str]) -> int:
    """The same in full sight; its exit code."""
    say(f"  in {root.name}: {' '.join(command)}")
    return show(inside(root, command))


def _mirror() -> list[str]:
    named = os.environ.get("KIOSK_MIRROR")
    return [named] if named else []


def _libraries() -> list[str]:
    return sorted({*QT_LIBRARIES.values(), *PACKED_LIBRARIES.values()})


def _step(title: str, command: Command) -> None:
    outcome = watch(title, command)
    if outcome.code != 0:
        raise Trouble(f"{title} failed.\n{outcome.tail}", "what is half made is made anew", "mend what it says.")
