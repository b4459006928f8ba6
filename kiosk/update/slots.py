"""Slots: how a version gets into one whole, and how it is known to be.

Invariant: a folder of a slot's name was complete, checked and on the disk before it got that name.
"""

import hashlib
import os
import platform
import secrets
import shutil
import sys
import tarfile
import zlib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import IO

from kiosk.device.files import sync_folder, write_file
from kiosk.update.manifest import LIMIT, NAME, Manifest, ManifestRefused, fault_of, read_manifest
from kiosk.update.state import Place

SPARE_BYTES = 300 * 1024 * 1024
"""What must be left on the disk beside an update: the journal comes first."""
_PART = ".part"
_CHUNK = 1024 * 1024
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)


class SlotRefused(Exception):
    """No slot was made of it; the message says why. What was there before is there."""


def this_system() -> str:
    """What a version must have been built for, such as `linux-x86_64`."""
    return f"{sys.platform}-{platform.machine().lower().replace('amd64', 'x86_64')}"


def slot_name(version: str, manifest: str) -> str:
    """The name of the folder of a version with this list of files."""
    return f"{version}-{manifest[:12]}"


def fill(place: Place, archive: Path, version: str, manifest: str, report: Callable[[int, int], None]) -> str:
    """Make a slot of a downloaded archive; its name. `manifest`: the signed digest of the list of files; `report`: told
    how many bytes of how many lie there. One that is there already and whole is left as it is.

    Raises SlotRefused, OSError.
    """
    name = slot_name(version, manifest)
    target = place.slots / name
    if target.exists():
        if slot_fault(place, name, manifest) is None:
            return name
        _throw_away(target)
    part = place.slots / f".{name}.{secrets.token_hex(4)}{_PART}"
    os.mkdir(part, 0o700)
    try:
        try:
            _unpack(archive, part, version, manifest, report)
        except (tarfile.TarError, EOFError, zlib.error, ManifestRefused) as fault:
            raise SlotRefused(f"the archive does not hold: {fault}") from fault
        os.rename(part, target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    sync_folder(place.slots)
    return name


def slot_fault(place: Place, name: str, manifest: str) -> str | None:
    """Why this slot is not exactly what was signed under this digest; None: it is. Reads every byte of it."""
    folder = place.slots / name
    try:
        with open(os.open(folder / NAME, os.O_RDONLY | _NOFOLLOW | _BINARY), "rb") as file:
            listed = read_manifest(file.read(LIMIT + 1), manifest)
    except (OSError, ManifestRefused) as fault:
        return str(fault)
    return fault_of(folder, listed)


def clear(place: Place, kept: Collection[str]) -> None:
    """Remove what is in nobody's use: half-made slots, slots but those kept, and what was downloaded."""
    for folder in list(place.slots.iterdir()) if place.slots.is_dir() else []:
        if folder.name not in kept:
            _throw_away(folder)
    for file in list(place.proofs.iterdir()) if place.proofs.is_dir() else []:
        if file.name.removesuffix(".json") not in kept:
            file.unlink(missing_ok=True)
    for file in list(place.download.iterdir()) if place.download.is_dir() else []:
        file.unlink(missing_ok=True)


def _throw_away(folder: Path) -> None:
    """Take a slot's name away first, so that nobody meets it half removed."""
    if not folder.name.endswith(_PART):
        gone = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}{_PART}")
        os.rename(folder, gone)
        folder = gone
    shutil.rmtree(folder, ignore_errors=True)


def _unpack(archive: Path, into: Path, version: str, sha256: str, report: Callable[[int, int], None]) -> None:
    """Every file of the list and no other. The archive's own word on names, rights and links counts for nothing."""
    with tarfile.open(archive, "r|*") as packed:
        first = packed.next()
        if first is None or first.name != NAME or not first.isreg() or first.size > LIMIT:
            raise SlotRefused(f"it does not begin with {NAME}")
        stream = packed.extractfile(first)
        assert stream is not None
        text = stream.read()
        manifest = read_manifest(text, sha256)
        if (manifest.version, manifest.system) != (version, this_system()):
            raise SlotRefused(f"it is version {manifest.version} for {manifest.system}")
        if (free := shutil.disk_usage(into).free) < manifest.size + SPARE_BYTES:
            needed = (manifest.size + SPARE_BYTES) // 2**20
            raise SlotRefused(f"the disk has {free // 2**20} MB free, and {needed} are needed")
        missing, done, total = set(manifest.files), 0, manifest.size
        while (member := packed.next()) is not None:
            if member.isdir():
                continue
            if member.name not in missing or not member.isreg():
                raise SlotRefused(f"{member.name!r} stands in it, and not, or not once more, in the list")
            stream = packed.extractfile(member)
            assert stream is not None
            missing.discard(member.name)
            _write(stream, into, member.name, manifest)
            done += manifest.files[member.name].size
            report(done, total)
    if missing:
        raise SlotRefused(f"{min(missing)} is missing in it")
    for name, leads_to in manifest.links.items():
        path = into / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.symlink(leads_to, path)
    write_file(into / NAME, text)
    for at, _, _ in os.walk(into, topdown=False):
        sync_folder(Path(at))


def _write(stream: IO[bytes], into: Path, name: str, manifest: Manifest) -> None:
    """One file, to the disk, if it is what the list says."""
    one, path = manifest.files[name], into / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    total, size = hashlib.sha256(), 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW | _BINARY, 0o700 if one.starts else 0o600)
    with open(handle, "wb", buffering=0) as file:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > one.size:
                break
            total.update(chunk)
            rest = memoryview(chunk)
            while rest:
                rest = rest[file.write(rest) or 0 :]
        os.fsync(file.fileno())
    if size != one.size or total.hexdigest() != one.sha256:
        raise SlotRefused(f"{name} is not the file of the list")
    if sys.platform != "win32":
        os.chmod(path, 0o700 if one.starts else 0o600)
