"""A disk that writes down what is asked of it, in order, and fails when told to: an APSW VFS *under* the cipher.

One object for the whole process, never unregistered: APSW may fault otherwise.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.journal.power_cuts import Create, Delete, Operation, Said, Sync, SyncFolder, Truncate, Write
from tests.journal.recording_os import RecordingOs

NAME = "recording"
VFS = f"multipleciphers-{NAME}"
_JOURNALS = apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL
OS_USERS = ("kiosk.journal.durable", "kiosk.journal.mark")
FOR_EVER = 1 << 60


@dataclass
class Fault:
    """The `at`-th call (from 0) fails, and so many in all."""

    at: int = FOR_EVER
    times: int = 1
    calls: int = 0
    failed: int = 0

    def strikes(self) -> bool:
        """Count a call, and say whether it fails."""
        number, self.calls = self.calls, self.calls + 1
        strikes = self.at <= number < self.at + self.times
        self.failed += strikes
        return strikes


@dataclass
class Recorder:
    """What was asked since `begin`, and what is refused.

    `opened`: each file's name, as often as it was opened. `deaf_to_wal`: a mutant that lets no sync of the log through.
    """

    operations: list[Operation] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    opened: list[str] = field(default_factory=list)
    writes: Fault = field(default_factory=Fault)
    syncs: Fault = field(default_factory=Fault)
    deaf_to_wal: bool = False

    def begin(self, *, writes: Fault | None = None, syncs: Fault | None = None, deaf_to_wal: bool = False) -> None:
        """Forget all, on an empty folder."""
        self.operations, self.names, self.opened = [], set(), []
        self.writes, self.syncs, self.deaf_to_wal = writes or Fault(), syncs or Fault(), deaf_to_wal

    @contextmanager
    def hears_os(self) -> Iterator[None]:
        """What the journal's modules ask of `os` is noted, and refused, as well."""

        def refuse(call: str) -> None:
            if (self.writes if call == "write" else self.syncs).strikes():
                raise OSError(errno.EIO, "the disk refuses")

        with pytest.MonkeyPatch.context() as patch:
            for module in OS_USERS:
                patch.setattr(f"{module}.os", RecordingOs(self.note, refuse=refuse))
            yield

    def note(self, operation: Operation) -> None:
        """One more."""
        self.operations.append(operation)

    def say(self, what: str) -> None:
        """The program tells the world something."""
        self.operations.append(Said(what))


RECORDER = Recorder()


class RecordingFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        super().__init__("unix", name, flags)
        self._name = Path(path).name
        self._is_log = self._name.endswith("-wal")
        is_made = flags[0] & apsw.SQLITE_OPEN_CREATE and flags[0] & _JOURNALS
        self._syncs_folder = bool(is_made)  # at its first sync, as the system's own VFS does: see unixSync in SQLite
        RECORDER.opened.append(self._name)
        if self._name not in RECORDER.names:
            RECORDER.names.add(self._name)
            RECORDER.note(Create(self._name))

    def xWrite(self, data: bytes, offset: int) -> None:
        if RECORDER.writes.strikes():
            raise apsw.IOError("write failed")
        super().xWrite(data, offset)
        RECORDER.note(Write(self._name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        RECORDER.note(Truncate(self._name, size))

    def xSync(self, flags: int) -> None:
        if RECORDER.syncs.strikes():
            RECORDER.note(Sync(self._name, failed=True))
            raise apsw.IOError("sync failed")
        if not (self._is_log and RECORDER.deaf_to_wal):
            super().xSync(flags)
            RECORDER.note(Sync(self._name))
        if self._syncs_folder:
            self._syncs_folder = False
            RECORDER.note(SyncFolder())


class RecordingDisk(apsw.VFS):
    def __init__(self) -> None:
        super().__init__(NAME, "unix")

    def xOpen(self, name: Any, flags: list[int]) -> RecordingFile:
        return RecordingFile(name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        super().xDelete(name, sync_folder)
        RECORDER.names.discard(Path(name).name)
        RECORDER.note(Delete(Path(name).name))
        if sync_folder:
            RECORDER.note(SyncFolder())


DISK = RecordingDisk()
