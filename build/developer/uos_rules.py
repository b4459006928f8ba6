"""The published rules for applications of UOS, held against a package: `python3 build/developer/uos_rules.py FILE.deb`.

From 《UOS 应用商店打包规范》 and 《UOS 打包规范 v1.2》, as quoted in public; docs/PACKAGES.md says what they want.
"""

import configparser
import hashlib
import io
import json
import posixpath
import re
import struct
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path

APPID = re.compile(r"[a-z]+(\.[a-z]+)+")
VERSION = re.compile(r"\d+\.\d+\.\d+\.\d+")
ARCHITECTURES = {"amd64", "arm64", "loongarch64", "mips64el", "sw_64"}
PERMISSIONS = {
    *("account", "audio_record", "autostart", "bluetooth", "camera", "clipboard", "installed_apps", "notification"),
    "trayicon",
}
ENTRIES = {
    *("GConf", "applications", "autostart", "doc", "fcitx", "fonts", "glib-2.0", "help", "icons", "locale", "mime"),
    *("plugins", "polkit", "services"),
}
DESKTOP_KEYS = ("Type", "Name", "Exec", "Icon", "Terminal", "StartupNotify")
ICON_SIZES = {16, 24, 32, 48, 128, 256, 512}
BECOMES_ROOT = re.compile(r"\b(sudo|pkexec|su|gksu|kdesu|chmod\s+[ug]?\+s)\b")


@dataclass(frozen=True)
class Entry:
    """One member of the package, its content where it is a file."""

    member: tarfile.TarInfo
    content: bytes


def broken_by(deb: Path) -> list[str]:
    """Every rule that this package breaks, in words; none where it may go into the store."""
    control = {path: entry.content for path, entry in _read(deb, "--ctrl-tarfile").items() if entry.member.isfile()}
    head = Parser().parsestr(control.get("control", b"").decode("utf-8", "replace"))
    files = _read(deb, "--fsys-tarfile")
    appid = head.get("Package", "")
    home = f"opt/apps/{appid}"
    found = [*_of_the_head(head.get("Version", ""), head.get("Architecture", ""), appid)]
    scripts = sorted(set(control) - {"control", "md5sums"})
    found += [f"a script or trigger of the package manager: DEBIAN/{name}" for name in scripts]
    found += _of_the_places(files, home)
    found += _of_the_sums(control.get("md5sums", b"").decode(), files)
    found += _of_info(files.get(f"{home}/info"), appid, head.get("Version", ""), head.get("Architecture", ""))
    found += _of_the_entries(files, home, appid)
    return found


def _read(deb: Path, part: str) -> dict[str, Entry]:
    """The members of one of the package's two archives, by their path without `./`."""
    said = subprocess.run(["dpkg-deb", part, deb], capture_output=True, check=True).stdout
    entries = {}
    with tarfile.open(fileobj=io.BytesIO(said)) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            entries[posixpath.normpath(member.name)] = Entry(member, file.read() if file else b"")
    return entries


def _of_the_head(version: str, architecture: str, appid: str) -> Iterator[str]:
    if not APPID.fullmatch(appid):
        yield f"the package's name is no reversed domain in lower-case letters: {appid!r}"
    if not VERSION.fullmatch(version):
        yield f"the version is not of four numbers: {version!r}"
    if architecture not in ARCHITECTURES:
        yield f"not an architecture of the store: {architecture!r}"


def _of_the_places(files: dict[str, Entry], home: str) -> Iterator[str]:
    above = {".", "opt", "opt/apps", home}
    for path, entry in files.items():
        member = entry.member
        if path not in above and not path.startswith(f"{home}/"):
            yield f"outside /{home}: /{path}"
        if member.mode & 0o6000:
            yield f"becomes another user when it is run: /{path}"
        if member.mode & 0o002 and not member.issym():
            yield f"anybody may write: /{path}"
        if (member.uid, member.gid) != (0, 0):
            yield f"not root's own: /{path}"
        if member.issym():
            leads = posixpath.normpath(posixpath.join("/", posixpath.dirname(path), member.linkname))
            if not leads.startswith(f"/{home}/"):
                yield f"a link that leads outside: /{path} to {member.linkname}"
    top = {path.removeprefix(f"{home}/").split("/")[0] for path in files if path.startswith(f"{home}/")}
    yield from (f"/{home}/{name} is missing" for name in sorted({"entries", "files", "info"} - top))
    yield from (f"/{home}/{name} has no place there" for name in sorted(top - {"entries", "files", "info"}))


def _of_the_sums(text: str, files: dict[str, Entry]) -> Iterator[str]:
    said = {path: digest for digest, path in (line.split("  ", 1) for line in text.splitlines())}
    for path, entry in files.items():
        if entry.member.isfile() and said.get(path) != hashlib.md5(entry.content).hexdigest():
            yield f"md5sums does not have /{path} as it is"


def _of_info(entry: Entry | None, appid: str, version: str, architecture: str) -> Iterator[str]:
    try:
        info = json.loads(entry.content) if entry else {}
    except ValueError as fault:
        yield f"info is no JSON: {fault}"
        return
    if info.get("appid") != appid:
        yield f"info names another application: {info.get('appid')!r}"
    if not info.get("name"):
        yield "info has no name"
    if info.get("version") != version:
        yield f"info has another version than the package: {info.get('version')!r}"
    arch = info.get("arch")
    if not isinstance(arch, list) or architecture not in arch or not set(arch) <= ARCHITECTURES:
        yield f"info does not list the package's architecture: {arch!r}"
    permissions = info.get("permissions")
    if not isinstance(permissions, dict) or set(permissions) != PERMISSIONS:
        yield "info does not say all nine permissions and no other"
    elif not all(isinstance(value, bool) for value in permissions.values()):
        yield "a permission is neither true nor false"


def _of_the_entries(files: dict[str, Entry], home: str, appid: str) -> Iterator[str]:
    entries = f"{home}/entries/"
    kinds = {path.removeprefix(entries).split("/")[0] for path in files if path.startswith(entries)}
    yield from (f"no such kind of entry: {kind}" for kind in sorted(kinds - ENTRIES))
    desktops = [p for p in files if p.startswith(f"{entries}applications/") and files[p].member.isfile()]
    if desktops != [f"{entries}applications/{appid}.desktop"]:
        yield f"there must be one desktop file, of the application's name; there are {len(desktops)}"
    for path in desktops:
        yield from _of_the_desktop_file(files, home, appid, files[path].content)
    starts = any(p.startswith(f"{entries}autostart/") and files[p].member.isfile() for p in files)
    if starts and b'"autostart": true' not in files[f"{home}/info"].content:
        yield "starts by itself, and info does not say so"
    icons = {p: files[p] for p in files if p.startswith(f"{entries}icons/") and files[p].member.isfile()}
    if not icons:
        yield "no icon"
    for path, entry in icons.items():
        yield from _of_the_icon(path.removeprefix(f"{entries}icons/"), entry.content, appid)


def _of_the_desktop_file(files: dict[str, Entry], home: str, appid: str, content: bytes) -> Iterator[str]:
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(content.decode("utf-8"))
        keys = parser["Desktop Entry"]
    except (UnicodeDecodeError, configparser.Error, KeyError) as fault:
        yield f"the desktop file cannot be read: {fault}"
        return
    yield from (f"the desktop file has no {key}" for key in DESKTOP_KEYS if key not in keys)
    if keys.get("Icon") != appid:
        yield f"the icon must be named as the application, not {keys.get('Icon')!r}"
    program = keys.get("Exec", "").split(" ")[0]
    started = files.get(program.lstrip("/"))
    if not program.startswith(f"/{home}/files/") or started is None or not started.member.mode & 0o111:
        yield f"Exec starts nothing of the application's own: {program!r}"
    elif started.content.startswith(b"#!") and BECOMES_ROOT.search(started.content.decode("utf-8", "replace")):
        yield f"becomes root: {program}"
    if BECOMES_ROOT.search(keys.get("Exec", "")):
        yield "Exec becomes root"


def _of_the_icon(place: str, content: bytes, appid: str) -> Iterator[str]:
    found = re.fullmatch(rf"hicolor/(scalable|(\d+)x\2)/apps/{re.escape(appid)}\.(svg|png)", place)
    if not found or (found[1] == "scalable") != (found[3] == "svg"):
        yield f"not where an icon lies: {place}"
    elif found[3] == "svg":
        if b"<svg" not in content:
            yield f"no SVG: {place}"
    elif not content.startswith(b"\x89PNG\r\n\x1a\n"):
        yield f"no PNG: {place}"
    elif struct.unpack(">II", content[16:24]) != (int(found[2]),) * 2 or int(found[2]) not in ICON_SIZES:
        yield f"not of the size that its folder says: {place}"


if __name__ == "__main__":
    broken = broken_by(Path(sys.argv[1]))
    print("\n".join(broken) or "all rules are kept")
    sys.exit(int(bool(broken)))
