"""The list of a version's files, by which a folder is held to be that version and no other, and nothing besides.

Its digest is what a publisher signs.
"""

import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

NAME = "manifest.json"
"""In the version's own folder; the one file that the list does not name."""
LIMIT = 8 * 1024 * 1024
_CHUNK = 1024 * 1024


class ManifestRefused(ValueError):
    """The list cannot be used; the message says why."""


class OneFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A regular file: SHA-256 in hex, bytes, and whether it can be started."""

    sha256: str
    size: int
    starts: bool = False


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By their path from the version's folder, with slashes. `links`: what each symlink says."""

    version: str
    system: str
    files: dict[str, OneFile]
    links: dict[str, str] = {}
    format: int = 1

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(one.size for one in self.files.values())


def make_manifest(folder: Path, version: str, system: str) -> bytes:
    """The list of what lies in this folder. The same for the same content. Raises OSError, ManifestRefused."""
    files, links = {}, {}
    for path, name in _walk(folder):
        if path.is_symlink():
            links[name] = os.readlink(path)
        elif name != NAME:
            files[name] = OneFile(digest_of(path), path.stat().st_size, bool(path.stat().st_mode & 0o100))
    text = msgspec.json.format(msgspec.json.encode(Manifest(version, system, files, links)), indent=1)
    read_manifest(text, hashlib.sha256(text).hexdigest())
    return text


def read_manifest(text: bytes, sha256: str) -> Manifest:
    """The list, if it is the one that was signed and leads nowhere but into its own folder.

    Raises ManifestRefused.
    """
    if hashlib.sha256(text).hexdigest() != sha256:
        raise ManifestRefused("the list of files is not the one that was signed")
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise ManifestRefused(f"the list of files cannot be read: {fault}") from fault
    if manifest.format != 1:
        raise ManifestRefused(f"the list of files has format {manifest.format}, which this program does not know")
    for name in (*manifest.files, *manifest.links):
        if not _is_inside(name) or name == NAME:
            raise ManifestRefused(f"the list of files names {name!r}")
    for name, target in manifest.links.items():
        if os.path.isabs(target) or not _is_inside(os.path.normpath(os.path.join(os.path.dirname(name), target))):
            raise ManifestRefused(f"the list of files has {name!r} lead to {target!r}")
    return manifest


def fault_of(folder: Path, manifest: Manifest) -> str | None:
    """Why this folder is not exactly that version; None: it is. Reads every byte of it."""
    try:
        found = {name: path for path, name in _walk(folder)}
        if missing := sorted({*manifest.files, *manifest.links} - set(found)):
            return f"{missing[0]} is missing"
        if strange := sorted(set(found) - {*manifest.files, *manifest.links, NAME}):
            return f"{strange[0]} does not belong to it"
        for name, target in manifest.links.items():
            if not found[name].is_symlink() or os.readlink(found[name]) != target:
                return f"{name} leads elsewhere"
        for name, one in manifest.files.items():
            status = os.lstat(found[name])
            if not stat.S_ISREG(status.st_mode) or status.st_size != one.size:
                return f"{name} is another file"
            if sys.platform != "win32" and one.starts != bool(status.st_mode & 0o100):
                return f"{name} has other rights"
            if digest_of(found[name]) != one.sha256:
                return f"{name} is altered"
    except OSError as fault:
        return str(fault)
    return None


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hex. Raises OSError."""
    total = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file and every link, links to folders too, with its name. An empty folder is nothing."""

    def refuse(fault: OSError) -> None:
        raise fault

    for at, folders, files in os.walk(folder, onerror=refuse):
        for name in (*files, *(one for one in folders if os.path.islink(os.path.join(at, one)))):
            path = Path(at, name)
            yield path, path.relative_to(folder).as_posix()


def _is_inside(name: str) -> bool:
    parts = name.split("/")
    return all(part not in ("", ".", "..") for part in parts) and not ({"\\", ":", "\0"} & set(name))
