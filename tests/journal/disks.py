"""A disk that fails when told to, written as an APSW VFS *under* the cipher.

One object for the whole process, never unregistered: APSW may fault otherwise.
"""

from dataclasses import dataclass, field
from typing import Any

import apsw

NAME = "failing"
VFS = f"multipleciphers-{NAME}"


@dataclass
class Orders:
    """What the disk shall refuse next. `fail_writes`, `fail_syncs`: how many calls from now on fail."""

    fail_writes: int = 0
    fail_syncs: int = 0
    full: bool = False
    refused: int = 0
    log: list[str] = field(default_factory=list)


ORDERS = Orders()


class FailingFile(apsw.VFSFile):
    def xWrite(self, data: bytes, offset: int) -> None:
        if ORDERS.full:
            ORDERS.refused += 1
            raise apsw.FullError("the disk is full")
        if ORDERS.fail_writes:
            ORDERS.fail_writes -= 1
            ORDERS.refused += 1
            raise apsw.IOError("write failed")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        if ORDERS.fail_syncs:
            ORDERS.fail_syncs -= 1
            ORDERS.refused += 1
            raise apsw.IOError("sync failed")
        super().xSync(flags)


class FailingDisk(apsw.VFS):
    def __init__(self) -> None:
        super().__init__(NAME, "unix")

    def xOpen(self, name: Any, flags: list[int]) -> FailingFile:
        return FailingFile("unix", name, flags)


DISK = FailingDisk()
