"""A stand-in for `os` in one module under test: passes every call on and writes down what it asks of the disk.

`monkeypatch.setattr("kiosk.device.files.os", RecordingOs(note))`. Names are those within their folder.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.journal.power_cuts import Create, Delete, Operation, Rename, Sync, SyncFolder, Truncate, Write


class RecordingOs:
    """`deaf_files`, `deaf_folders`: mutants whose syncs of files or folders never happen. `short`: the most bytes a
    write takes at once. `refuse`: called with "write" or "sync" before each; may raise OSError in its place."""

    def __init__(
        self,
        note: Callable[[Operation], None],
        *,
        deaf_files: bool = False,
        deaf_folders: bool = False,
        short: int = 1 << 30,
        refuse: Callable[[str], None] = lambda _call: None,
    ) -> None:
        self._note = note
        self._deaf_files = deaf_files
        self._deaf_folders = deaf_folders
        self._short = short
        self._refuse = refuse
        self._files: dict[int, str] = {}
        self._folders: set[int] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: Path | str, flags: int, mode: int = 0o777, **where: Any) -> int:
        is_new = bool(flags & os.O_CREAT) and not os.path.lexists(path)
        handle = os.open(path, flags, mode, **where)
        self._files.pop(handle, None)  # a number is used again when `open` closed the file that had it
        self._folders.discard(handle)
        if Path(path).is_dir():
            self._folders.add(handle)
        else:
            self._files[handle] = Path(path).name
            if is_new:
                self._note(Create(Path(path).name))
            elif flags & os.O_TRUNC:
                self._note(Truncate(Path(path).name, 0))
        return handle

    def close(self, handle: int) -> None:
        self._files.pop(handle, None)
        self._folders.discard(handle)
        os.close(handle)

    def write(self, handle: int, data: Any) -> int:
        self._refuse("write")
        return self.pwrite(handle, data, os.lseek(handle, 0, os.SEEK_CUR), move=True)

    def pwrite(self, handle: int, data: Any, offset: int, *, move: bool = False) -> int:
        if not move:
            self._refuse("write")
        taken = bytes(data)[: self._short]
        count = os.write(handle, taken) if move else os.pwrite(handle, taken, offset)
        self._note(Write(self._files[handle], offset, taken[:count]))
        return count

    def ftruncate(self, handle: int, size: int) -> None:
        os.ftruncate(handle, size)
        self._note(Truncate(self._files[handle], size))

    def fsync(self, handle: int) -> None:
        if handle in self._folders:
            if not self._deaf_folders:
                os.fsync(handle)
                self._note(SyncFolder())
            return
        try:
            self._refuse("sync")
        except OSError:
            self._note(Sync(self._files[handle], failed=True))
            raise
        if not self._deaf_files:
            os.fsync(handle)
            self._note(Sync(self._files[handle]))

    fdatasync = fsync

    def replace(self, source: Path | str, into: Path | str) -> None:
        os.replace(source, into)
        self._note(Rename(Path(source).name, Path(into).name))

    rename = replace

    def link(self, source: Path | str, into: Path | str, **how: Any) -> None:
        os.link(source, into, **how)
        self._note(Rename(Path(source).name, Path(into).name, keeps=True))

    def unlink(self, path: Path | str) -> None:
        os.unlink(path)
        self._note(Delete(Path(path).name))
