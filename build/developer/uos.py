"""The packages for UOS and Kylin desktops: the program built in a root of their age, laid out below `/opt/apps`,
without maintainer scripts; and, in a package of its own, what makes such a desktop a terminal from power-on.
"""

import os
import platform
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from developer import aged_root, asked_of_the_system, packages, sbom, uos_rules, xinchuang
from developer.aged_root import PYTHON, WHEELS
from developer.packages import PACKING, SOURCES, filled, put
from developer.steps import OUT, ROOT, Trouble, say

DIST = ROOT / "dist" / "uos"
APPID = os.environ.get("KIOSK_UOS_APPID", "local.kiosk.terminal")
"""The application's name. Who brings it into a store names a domain of theirs; `local` is nobody's."""
LARGEST_MB = 220
LOCKDOWN = "kiosk-terminal-lockdown"
_HERE = ("aarch64", "x86_64")
_LOCKDOWN_PLACES = {  # source, place, mode
    "lockdown/kiosk-screen.service": ("usr/lib/systemd/system/kiosk-screen.service", 0o644),
    "lockdown/kiosk-terminal.service": ("usr/lib/systemd/system/kiosk-terminal.service", 0o644),
    "lockdown/kiosk-terminal.target": ("usr/lib/systemd/system/kiosk-terminal.target", 0o644),
    "lockdown/screen.sh": ("usr/lib/kiosk-terminal/screen", 0o755),
    "lockdown/wait-for-screen.sh": ("usr/lib/kiosk-terminal/wait-for-screen", 0o755),
    "lockdown/xorg.conf": ("usr/share/X11/xorg.conf.d/90-kiosk-terminal.conf", 0o644),
    "lockdown/README": (f"usr/share/doc/{LOCKDOWN}/README", 0o644),
    "deb/logind.conf": ("usr/lib/systemd/logind.conf.d/50-kiosk-terminal.conf", 0o644),
    "deb/sysctl.conf": ("usr/lib/sysctl.d/50-kiosk-terminal.conf", 0o644),
    "deb/kiosk-terminal.sh": ("usr/bin/kiosk-terminal", 0o755),
}
_FONTS = "fonts-noto-cjk | fonts-wqy-microhei | fonts-wqy-zenhei | fonts-adobe-source-han-sans-cn"


def make(made_s: int, key: Path | None = None, packing: Sequence[str] = PACKING) -> int:
    """Root, program, its self-test, packages, the rules; 0 if all is well. `made_s`: Unix seconds that all of it bears;
    `key`: whose signature the sums bear.

    Raises Trouble.
    """
    if platform.machine() not in _HERE:
        raise Trouble(
            f"For {platform.machine()} nothing is locked.", "nothing was changed", f"use {' or '.join(_HERE)}."
        )
    root = aged_root.ensure()
    aged_root.ensure_names(root)
    aged_root.ensure_wheels(root)
    program = build(root, made_s)
    size = sum(file.stat().st_size for file in program.rglob("*") if file.is_file() and not file.is_symlink()) / 1e6
    asked = asked_of_the_system.by(program)
    glibc = ".".join(map(str, asked.glibc))
    say(f"  {program.relative_to(ROOT)}: {size:.0f} MB, asks for glibc {glibc} ({asked.by})")
    allowed = xinchuang.GLIBC[platform.machine()]
    if asked.glibc > tuple(map(int, allowed.split("."))):
        raise Trouble(
            f"{asked.by} wants glibc {glibc}; the oldest desktop has {allowed}.", "the program", "see what it links."
        )
    if size > LARGEST_MB:
        raise Trouble(f"The program is larger than {LARGEST_MB} MB.", "the program", "prune in kiosk.spec.")
    code = aged_root.run_in_sight(root, ["env", "QT_QPA_PLATFORM=offscreen", "/opt/built/kiosk/kiosk", "selftest"])
    if code:
        return code
    number, architecture = version(packages.version()), packages.architecture_here()
    made = [
        application(program, DIST, number, architecture, made_s, asked.depends("fontconfig", _FONTS), packing),
        lockdown(DIST, number, made_s),
    ]
    bill = DIST / f"{APPID}_{number}_{architecture}.cdx.json"
    bill.write_bytes(sbom.bill_of(program, made_s, root / WHEELS.lstrip("/")))
    packages.add_sums([*made, bill], DIST / "SHA256SUMS", key)
    broken = uos_rules.broken_by(made[0])
    for rule in broken:
        say(f"  AGAINST THE RULES: {rule}")
    say(f"  {made[0].name}: " + ("the rules for applications are kept" if not broken else "not fit for UOS"))
    return int(bool(broken))


def build(root: Path, made_s: int) -> Path:
    """The program, made by PyInstaller in the root from a copy of these sources; where it is then, outside."""
    sources = root / "src"
    shutil.rmtree(sources, ignore_errors=True)
    sources.mkdir()
    for folder in ("kiosk", "assets"):
        shutil.copytree(ROOT / folder, sources / folder, ignore=shutil.ignore_patterns("__pycache__", "*.qmlc"))
    shutil.copy(ROOT / "kiosk.spec", sources)
    env = ["env", f"PYTHONPATH={WHEELS}", "PYTHONHASHSEED=0", f"SOURCE_DATE_EPOCH={made_s}"]
    folders = ["--workpath", "/tmp/pyinstaller", "--distpath", "/opt/built", "/src/kiosk.spec"]
    command = [*env, PYTHON, "-m", "PyInstaller", "--clean", "--noconfirm", *folders]
    aged_root.run(root, f"pyinstaller kiosk.spec in {root.name}", command)
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir(parents=True)
    asked_of_the_system.leave_to_it(root / "opt/built/kiosk/_internal")
    shutil.copytree(root / "opt/built/kiosk", DIST / "kiosk", symlinks=True)
    return DIST / "kiosk"


def application(
    program: Path,
    into: Path,
    number: str,
    architecture: str,
    made_s: int,
    depends: str,
    packing: Sequence[str] = PACKING,
) -> Path:
    """The application's package, laid out as UOS has it."""
    tree = OUT / "uos"
    shutil.rmtree(tree, ignore_errors=True)
    home = tree / "opt" / "apps" / APPID
    words = {"APPID": APPID, "VERSION": number, "ARCHITECTURE": architecture, "DEPENDS": depends}
    source = SOURCES / "uos"
    shutil.copytree(program, home / "files" / "program", symlinks=True)
    put(source / "launcher.sh", home / "files" / "bin" / "kiosk-terminal", 0o755, words)
    put(ROOT / "LICENSE", home / "files" / "doc" / "copyright", 0o644)
    put(source / "info.in", home / "info", 0o644, words)
    put(source / "desktop.in", home / "entries" / "applications" / f"{APPID}.desktop", 0o644, words)
    icons = home / "entries" / "icons" / "hicolor"
    put(source / "icon.svg", icons / "scalable" / "apps" / f"{APPID}.svg", 0o644)
    target = into / f"{APPID}_{number}_{architecture}.deb"
    packages.pack(tree, filled(source / "control.in", words), {}, target, made_s, packing)
    return target


def lockdown(into: Path, number: str, made_s: int) -> Path:
    """The package of the units, the account and the X server; for every architecture, and for this application."""
    tree = OUT / "lockdown"
    shutil.rmtree(tree, ignore_errors=True)
    words = {"APPID": APPID, "VERSION": number}
    program = f"/opt/apps/{APPID}/files/program/kiosk"
    for name, (place, mode) in _LOCKDOWN_PLACES.items():
        put(SOURCES / name, tree / place, mode, words)
        (tree / place).write_text(
            (tree / place).read_text("utf-8").replace("/opt/kiosk-terminal/kiosk", program), "utf-8"
        )
    put(ROOT / "LICENSE", tree / "usr/share/doc" / LOCKDOWN / "copyright", 0o644)
    scripts = {
        "postinst": filled(SOURCES / "lockdown" / "postinst", words),
        "prerm": filled(SOURCES / "deb" / "prerm", words).replace("/opt/kiosk-terminal/kiosk", program),
        "postrm": filled(SOURCES / "lockdown" / "postrm", words),
    }
    target = into / f"{LOCKDOWN}_{number}_all.deb"
    packages.pack(tree, filled(SOURCES / "lockdown" / "control.in", words), scripts, target, made_s)
    return target


def version(ours: str) -> str:
    """Four numbers, as the rules want them.

    Raises Trouble for a version that is not of numbers.
    """
    if not re.fullmatch(r"\d+(\.\d+){0,3}", ours):
        raise Trouble(
            f"UOS takes versions of four numbers, not {ours!r}.", "nothing was changed", "name one of numbers."
        )
    return ".".join([*ours.split("."), "0", "0", "0"][:4])
