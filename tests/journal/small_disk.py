"""A disk of a given size, as an APSW VFS *under* the cipher: no file of the journal's folder grows beyond what is left.

One object for the whole process, never unregistered: APSW may fault otherwise.
"""

from pathlib import Path
from typing import Any

import apsw

NAME = "small"
VFS = f"multipleciphers-{NAME}"


class Quota:
    """The sum of all files in `folder`, whoever writes them, against `capacity` bytes."""

    def __init__(self) -> None:
        self.folder = Path()
        self.capacity = 1 << 60
        self.refused = 0

    def free(self, _folder: Path | None = None) -> int:
        """What is left."""
        return self.capacity - sum(file.stat().st_size for file in self.folder.iterdir())


QUOTA = Quota()


class SmallFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int]) -> None:
        super().__init__("unix", name, flags)
        self._size = self.xFileSize()

    def xWrite(self, data: bytes, offset: int) -> None:
        end = offset + len(data)
        if end > self._size:
            if end - self._size > QUOTA.free():
                QUOTA.refused += 1
                raise apsw.FullError("the disk is full")
            self._size = end
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self._size = self.xFileSize()


class SmallDisk(apsw.VFS):
    def __init__(self) -> None:
        super().__init__(NAME, "unix")

    def xOpen(self, name: Any, flags: list[int]) -> SmallFile:
        return SmallFile(name, flags)


DISK = SmallDisk()
