"""What is made of the built program: a tar for every Linux, a Debian package, the bill of materials, and the sums.

Built twice from one commit, each comes out bit by bit the same.
"""

import gzip
import hashlib
import math
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from developer import sbom
from developer.signing import sign
from developer.steps import OUT, ROOT, Trouble, say
from developer.version_resource import four_numbers, program_version

DIST = ROOT / "dist"
SOURCES = ROOT / "build" / "packages"
LARGEST_DEB_MIB = 48
PACKING = ("-Zxz", "-z9", "--threads-max=2")
_GLIBC = "2.36"
_PLACES = {  # where the package's own files go: source in build/packages/deb, place, mode
    "kiosk-terminal.service": ("usr/lib/systemd/system/kiosk-terminal.service", 0o644),
    "logind.conf": ("usr/lib/systemd/logind.conf.d/50-kiosk-terminal.conf", 0o644),
    "sysctl.conf": ("usr/lib/sysctl.d/50-kiosk-terminal.conf", 0o644),
    "kiosk-terminal.sh": ("usr/bin/kiosk-terminal", 0o755),
    "README.Debian": ("usr/share/doc/kiosk-terminal/README.Debian", 0o644),
}
_OF_THE_SYSTEM = (  # what the package depends on instead of bringing it along, so that the system keeps it up to date
    *("libFLAC", "libX11", "libgcrypt", "libglib-2.0", "libgssapi_krb5", "libk5crypto", "libkrb5", "libmp3lame"),
    *("libmpg123", "libopus", "libpulse", "libsndfile", "libsystemd", "libvorbis"),
)
_SCRIPTS = ("postinst", "prerm", "postrm")


def make(program: Path, made_s: int, handwriting: bool, key: Path | None = None) -> list[Path]:
    """Everything that this system can make of the program; the files, in `dist/`. `key`: whose signature the sums bear.

    Raises Trouble.
    """
    number = version()
    architecture = architecture_here() if shutil.which("dpkg-deb") else platform.machine().lower()
    extra = "-handwriting" if handwriting else ""
    stem = f"kiosk-terminal{extra}_{number}_{architecture}"
    bill = DIST / f"{stem}.cdx.json"
    bill.write_bytes(sbom.bill_of(program, made_s))
    made = [bill, _tar(program, DIST / f"{stem}.tar.gz", made_s)]
    if shutil.which("dpkg-deb"):
        largest = math.inf if handwriting else LARGEST_DEB_MIB
        made.append(deb(program, DIST / f"{stem}.deb", number, architecture, made_s, largest))
    if sys.platform == "win32":
        made.append(windows_installer(program, DIST / f"{stem}.exe", number, made_s))
    return add_sums(made, DIST / "SHA256SUMS", key)


def add_sums(made: Sequence[Path], sums: Path, key: Path | None = None) -> list[Path]:
    """Write the sums of these files, sign them with `key`, and tell how large each is."""
    sums.write_text("".join(f"{_digest(file)}  {file.name}\n" for file in sorted(made)), "utf-8")
    signed = sign(sums, key) if key is not None else []
    for file in (*made, sums, *signed):
        say(f"  {file.relative_to(ROOT)}: {file.stat().st_size / 2**20:.1f} MiB")
    return [*made, sums, *signed]


def digest_of_folder(folder: Path) -> str:
    """One SHA-256 over the names, the links and the content of everything in it."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        what = os.readlink(path) if path.is_symlink() else (_digest(path) if path.is_file() else "/")
        total.update(f"{path.relative_to(folder)}\0{what}\n".encode())
    return total.hexdigest()


def _tar(program: Path, target: Path, made_s: int) -> Path:
    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = made_s
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=made_s) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in [program, *sorted(program.rglob("*"))]:
            name = Path("kiosk-terminal") / path.relative_to(program)
            archive.add(path, str(name), recursive=False, filter=plain)
    return target


def deb(
    program: Path, target: Path, version: str, architecture: str, made_s: int,
    largest_mib: float = math.inf, packing: Sequence[str] = PACKING,
) -> Path:  # fmt: skip
    """The Debian package of this program. `packing`: how dpkg-deb is to compress it.

    Raises Trouble where it grows past `largest_mib`, or dpkg-deb refuses.
    """
    root = OUT / "deb"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(program, root / "opt" / "kiosk-terminal", symlinks=True)
    for library in (root / "opt" / "kiosk-terminal" / "_internal").glob("lib*.so*"):
        if library.name.startswith(_OF_THE_SYSTEM):
            library.unlink()
    for name, (place, mode) in _PLACES.items():
        put(SOURCES / "deb" / name, root / place, mode)
    put(ROOT / "LICENSE", root / "usr/share/doc/kiosk-terminal/copyright", 0o644)
    words = {"VERSION": version, "ARCHITECTURE": architecture, "GLIBC": _GLIBC}
    scripts = {name: filled((SOURCES / "deb" / name), {}) for name in _SCRIPTS}
    pack(root, filled(SOURCES / "deb" / "control.in", words), scripts, target, made_s, packing)
    mib = target.stat().st_size / 2**20
    if mib > largest_mib:
        raise Trouble(
            f"The Debian package has {mib:.1f} MiB; allowed are {largest_mib:.0f}.", str(target), "prune in kiosk.spec."
        )
    return target


def put(source: Path, place: Path, mode: int, words: Mapping[str, str] | None = None) -> None:
    """Lay a source where it goes, with its `@WORD@`s filled in."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if words is None:
        shutil.copyfile(source, place)
    else:
        place.write_text(filled(source, words), "utf-8")
    place.chmod(mode)


def filled(source: Path, words: Mapping[str, str]) -> str:
    """The text of a source with these words in place of `@WORD@`."""
    text = source.read_text("utf-8")
    for name, value in words.items():
        text = text.replace(f"@{name}@", value)
    return text


def pack(
    root: Path, control: str, scripts: Mapping[str, str], target: Path, made_s: int, packing: Sequence[str] = PACKING
) -> None:
    """Make a package of what lies below `root`. `control`: complete but for `@SIZE@`; `scripts`: name to text.

    Raises Trouble where dpkg-deb refuses.
    """
    files = sorted(path for path in root.rglob("*") if path.is_file())
    size = sum(path.lstat().st_size for path in files) // 1024
    folder = root / "DEBIAN"
    folder.mkdir()
    (folder / "control").write_text(control.replace("@SIZE@", str(size)), "utf-8")
    for name, text in scripts.items():
        (folder / name).write_text(text, "utf-8")
        (folder / name).chmod(0o755)
    sums = (f"{hashlib.md5(f.read_bytes()).hexdigest()}  {f.relative_to(root)}\n" for f in files if not f.is_symlink())
    (folder / "md5sums").write_text("".join(sums), "utf-8")
    for path in root.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
        os.utime(path, (made_s, made_s), follow_symlinks=False)
    env = {**os.environ, "SOURCE_DATE_EPOCH": str(made_s)}
    command = ["dpkg-deb", "--root-owner-group", *packing, "--build", str(root), str(target)]
    built = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if built.returncode != 0:
        raise Trouble(f"dpkg-deb failed:\n{built.stderr}", str(root.relative_to(ROOT)), "mend what it says.")


def windows_installer(program: Path, target: Path, number: str, made_s: int) -> Path:
    """The installer for Windows, of this program folder. Any system with NSIS makes it, and a warning is an error.

    Raises Trouble.
    """
    source = SOURCES / "windows" / "kiosk-terminal.nsi"
    said = {
        "PROGRAM": program, "VERSION": number, "FOUR": ".".join(map(str, four_numbers(number))), "OUT": target,
        "LICENSE": ROOT / "LICENSE",
    }  # fmt: skip
    command = ["makensis", "-V2", "-WX", *(f"-D{name}={value}" for name, value in said.items()), str(source)]
    env = {**os.environ, "SOURCE_DATE_EPOCH": str(made_s)}
    try:
        built = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    except FileNotFoundError as fault:
        raise Trouble("There is no makensis.", "the program folder", "install NSIS 3.08 or later.") from fault
    if built.returncode != 0:
        raise Trouble(f"makensis failed:\n{built.stdout}{built.stderr}", str(program), "mend what it says.")
    return target


def version() -> str:
    """The version that packages bear."""
    return os.environ.get("KIOSK_PACKAGE_VERSION") or program_version()


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def architecture_here() -> str:
    """Debian's name of this machine's kind."""
    return _said(["dpkg", "--print-architecture"])


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
