"""A disk that can be cut off, full, or unable to sync, as an APSW VFS under the journal's cipher.

What is written goes to the real file at once and is remembered until it is synced. A power cut takes away any part of
what was not: each such write is kept, dropped, or torn at 512 bytes, on its own. A sync that failed leaves its writes
where the kernel leaves them: called clean, and on no disk, until the same place is written again.

One object for the whole process, never unregistered: APSW may fault otherwise.
"""

import contextlib
import errno
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

NAME = "simulated"
VFS = f"multipleciphers-{NAME}"
SECTOR = 512


@dataclass
class Write:
    """A write, or (`data` None) a cut to `offset` bytes, that no sync has covered; `lost`: a sync of it has failed."""

    offset: int
    data: bytes | None
    before: bytes
    size_before: int
    lost: bool = False


@dataclass
class Disk:
    """The disk of one device: everything below `folder`. `cut_after`: so many more writes, then the power is gone."""

    folder: Path
    draw: random.Random
    on_cut: Callable[[], None] = lambda: None
    off: bool = False
    full_at: int | None = None
    syncs_fail: bool = False
    cut_after: int | None = None
    unsynced: dict[str, list[Write]] = field(default_factory=dict)
    connections: list[apsw.Connection] = field(default_factory=list)
    writes: int = 0
    refused: int = 0

    def fill_up(self) -> None:
        """From now on nothing more than now fits."""
        self.full_at = self.used()

    def used(self) -> int:
        """Bytes of everything in the folder."""
        return sum(path.lstat().st_size for path in self.folder.rglob("*") if path.is_file())

    # -- what the files ask ------------------------------------------------------------------------------------------

    def may_change(self, grows_by: int = 0) -> None:
        """Raises as a disk does that is off, cut off at this very write, or full."""
        if self.cut_after is not None and not self.off:
            self.cut_after -= 1
            if self.cut_after < 0:
                self.off = True
                self.on_cut()
        if self.off:
            raise apsw.IOError("the power is gone")
        if grows_by > 0 and self.full_at is not None and self.used() + grows_by > self.full_at:
            self.refused += 1
            raise apsw.FullError("the disk is full")
        self.writes += 1

    def may_sync(self, name: str) -> None:
        if self.off:
            raise apsw.IOError("the power is gone")
        if self.syncs_fail:
            self.refused += 1
            for write in self.unsynced.get(name, ()):
                write.lost = True
            raise apsw.IOError("sync failed")

    def remember(self, name: str, write: Write) -> None:
        self.unsynced.setdefault(name, []).append(write)

    def synced(self, name: str) -> None:
        """What a sync failed to bring over stays lost, unless the same place was written anew or cut off since."""
        writes = self.unsynced.get(name, [])
        kept: list[Write] = []
        if any(write.lost for write in writes):
            covered: set[int] = set()
            end = None
            for write in reversed(writes):
                if write.data is None:
                    end = write.offset if end is None else min(end, write.offset)
                    continue
                sectors = range(write.offset // SECTOR, (write.offset + len(write.data) - 1) // SECTOR + 1)
                gone = end is not None and write.offset >= end
                if write.lost and not gone and not covered.issuperset(sectors):
                    kept.append(write)
                elif not write.lost:
                    covered.update(sectors)
            kept.reverse()
        if kept:
            self.unsynced[name] = kept
        else:
            self.unsynced.pop(name, None)

    # -- the end of a life -------------------------------------------------------------------------------------------

    def let_go(self) -> None:
        """The process is gone: its connections close without another byte reaching the disk."""
        self.off = True
        for connection in self.connections:
            with contextlib.suppress(apsw.Error):
                connection.close(True)
        self.connections.clear()

    def power_cut(self) -> int:
        """Take away what was never synced, some of it or all. The number of writes that are gone or torn."""
        self.let_go()
        gone = 0
        for name in sorted(self.unsynced):
            if os.path.exists(name):
                gone += self._take_away(name, self.unsynced[name])
        self.unsynced.clear()
        return gone

    def power_on(self) -> None:
        """The next life may use it."""
        self.off, self.cut_after = False, None

    def _take_away(self, name: str, writes: list[Write]) -> int:
        gone = 0
        keeps = self.draw.choice((0.0, 0.5, 0.9))
        with open(name, "r+b") as file:
            for write in reversed(writes):
                if write.data is None:
                    file.seek(write.offset)
                    file.write(write.before)
                else:
                    file.seek(write.offset)
                    file.write(write.before)
                    file.truncate(write.size_before)
            for write in writes:
                kept = self.draw.random() < keeps
                if write.data is None:
                    if kept:
                        file.truncate(write.offset)
                elif kept:
                    file.seek(write.offset)
                    file.write(write.data)
                else:
                    gone += 1
                    if self.draw.random() < 0.3:
                        self._tear(file, write)
        return gone

    def _tear(self, file: Any, write: Write) -> None:
        assert write.data is not None
        for start in range(0, len(write.data), SECTOR):
            if self.draw.random() < 0.5:
                file.seek(write.offset + start)
                file.write(write.data[start : start + SECTOR])


DISKS: list[Disk] = []


def disk_of(name: str) -> Disk:
    """The disk that this file lies on."""
    for disk in DISKS:
        if name.startswith(f"{disk.folder}/"):
            return disk
    raise AssertionError(f"{name} lies on no simulated disk")


class SimulatedFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int]) -> None:
        self._name = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        self._disk = disk_of(self._name)
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        size = self.xFileSize()
        self._disk.may_change(offset + len(data) - size)
        before = b""
        if offset < size:
            before = self.xRead(min(len(data), size - offset), offset)
        self._disk.remember(self._name, Write(offset, bytes(data), before, size))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self._disk.may_change()
        now = self.xFileSize()
        if size < now:
            self._disk.remember(self._name, Write(size, None, self.xRead(now - size, size), now))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        self._disk.may_sync(self._name)
        self._disk.synced(self._name)


class SimulatedDisk(apsw.VFS):
    def __init__(self) -> None:
        super().__init__(NAME, "unix")

    def xOpen(self, name: Any, flags: list[int]) -> SimulatedFile:
        return SimulatedFile(name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        disk = disk_of(name)
        disk.may_change()
        disk.unsynced.pop(name, None)
        super().xDelete(name, sync_folder)


DISK = SimulatedDisk()


def rewrite(path: Path, really: Callable[[Path], None]) -> None:
    """Stands in for the journal's own way of bringing a file to the disk past SQLite: what it writes anew and syncs is
    there, whatever a sync before it has lost."""
    disk = next((disk for disk in DISKS if str(path).startswith(f"{disk.folder}/")), None)
    if disk is not None and (disk.off or disk.syncs_fail):
        disk.refused += 1
        raise OSError(errno.EIO, "sync failed")
    really(path)
    if disk is not None:
        disk.unsynced.pop(str(path), None)


def connect(path: str, **options: Any) -> apsw.Connection:
    """Stands in for `apsw.Connection` where the path lies on a simulated disk."""
    if not any(str(path).startswith(f"{disk.folder}/") for disk in DISKS):
        return apsw.Connection(path, **options)
    disk = disk_of(str(path))
    if disk.off:
        raise apsw.CantOpenError("the power is gone")
    connection = apsw.Connection(path, **{**options, "vfs": VFS})
    disk.connections.append(connection)
    return connection
