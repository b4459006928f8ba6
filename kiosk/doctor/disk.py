"""The checks of the disk under the home: whether what is written there is still there after the plug is pulled."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from kiosk.device.write_filter import read_write_filter
from kiosk.doctor.finding import Note, failed, ok, warning
from kiosk.doctor.patient import Patient

ROOM_MIB = 200
"""Less room than this on the disk is a warning; a year offline needs about 20 MiB."""
FULL_MIB = 16
"""With less than this the terminal is about to live on its ballast."""
TOO_CHEAP_MS = 0.02
"""Bringing a page to a real disk costs more than this, even to the fastest: a system call alone costs a tenth of it."""
TOO_DEAR_MS = 300.0
"""A tap waits for one such page; more than this is felt."""
_IN_MEMORY = {"tmpfs", "ramfs", "devtmpfs", "rootfs"}
_ELSEWHERE = {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "afs", "ceph"}


def loose_files(root: Path) -> tuple[str, ...]:
    """What in this home others may read or write, to be asked before the home is opened, which closes it."""
    if os.name == "nt":
        return ()
    found = []
    for folder, _, files in os.walk(root):
        for path in (Path(folder), *(Path(folder) / name for name in files)):
            try:
                mode = path.lstat().st_mode
            except OSError:
                continue
            if stat.S_IMODE(mode) & 0o077 and not stat.S_ISLNK(mode):
                found.append(str(path.relative_to(root)))
    return tuple(sorted(found))


def modes(loose: tuple[str, ...]) -> Note:
    """Who else could read the home. Opening it has closed it again."""
    if loose:
        names = ", ".join(loose[:3]) + (" …" if len(loose) > 3 else "")
        return warning("modes.open", count=len(loose), names=names)
    return ok("modes.ok")


def room(patient: Patient) -> Iterator[Note]:
    """How much the disk still takes."""
    free = patient.system.room_mib(patient.home.root)
    if free < FULL_MIB:
        yield failed("disk.full", free=free)
    elif free < ROOM_MIB:
        yield warning("disk.little", free=free)
    else:
        yield ok("disk.ok", free=free)


def honesty(patient: Patient) -> Iterator[Note]:
    """Whether the disk waits until a page is on it."""
    cost = patient.system.sync_ms(patient.home.scratch)
    if cost < TOO_CHEAP_MS:
        yield warning("disk_sync.cheap", cost=f"{cost:.3f}", least=TOO_CHEAP_MS)
    elif cost > TOO_DEAR_MS:
        yield warning("disk_sync.dear", cost=f"{cost:.0f}")
    else:
        yield ok("disk_sync.ok", cost=f"{cost:.2f}")


def file_system(patient: Patient) -> Iterator[Note]:
    """Whether the home lies in memory, in a layer that is thrown away, or on another machine."""
    mounts = _mounts(patient.system.read("/proc/self/mountinfo") or "")
    found = _under(mounts, str(patient.home.root))
    if found is None:
        if patient.system.platform != "win32":
            yield ok("file_system.unknown")
        return
    _, kind, options = found
    if kind in _IN_MEMORY:
        yield failed("file_system.memory", kind=kind)
    elif kind == "overlay":
        yield from _layer(patient, mounts, options)
    elif kind in _ELSEWHERE:
        yield warning("file_system.elsewhere", kind=kind)
    else:
        yield ok("file_system.ok", kind=kind)


def _layer(patient: Patient, mounts: list[tuple[str, str, dict[str, str]]], options: dict[str, str]) -> Iterator[Note]:
    upper = options.get("upperdir", "")
    below = _under(mounts, upper) if upper and patient.system.exists(upper) else None
    if "upperdir" not in options:
        yield failed("file_system.read_only")
    elif below is None or below[1] == "overlay":
        yield warning("file_system.layer")
    elif below[1] in _IN_MEMORY:
        yield failed("file_system.filter", kind=below[1])
    else:
        yield ok("file_system.ok", kind=f"overlay, {below[1]}")


def _mounts(text: str) -> list[tuple[str, str, dict[str, str]]]:
    """Mount point, kind and options of each line of `mountinfo`."""
    found = []
    for line in text.splitlines():
        left, _, right = line.partition(" - ")
        before, after = left.split(), right.split()
        if len(before) >= 5 and len(after) >= 3:
            point = before[4].replace("\\040", " ")
            options = dict(part.partition("=")[::2] for part in after[2].split(","))
            found.append((point, after[0], options))
    return found


def _under(mounts: list[tuple[str, str, dict[str, str]]], path: str) -> tuple[str, str, dict[str, str]] | None:
    """The mount that a path lies in: the longest, and of those at one place the last."""
    best = None
    for mount in mounts:
        point = mount[0].rstrip("/")
        if (path == point or path.startswith(f"{point}/")) and (best is None or len(mount[0]) >= len(best[0])):
            best = mount
    return best


def write_filter(patient: Patient) -> Iterator[Note]:
    """Windows: whether the Unified Write Filter throws the home away at the next start."""
    if patient.system.platform != "win32":
        return
    said = patient.system.run(["uwfmgr.exe", "get-config"], 10)
    if said is None or said.code != 0:
        yield ok("write_filter.none")
        return
    match read_write_filter(said.words, str(patient.home.root)):
        case "unread":
            yield warning("write_filter.unread")
        case "off":
            yield ok("write_filter.off")
        case "excluded":
            yield ok("write_filter.excluded")
        case "on":
            yield failed("write_filter.on", home=patient.home.root)
