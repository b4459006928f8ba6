"""When this terminal sent its last canaries, in a small file: a journal begun anew must not send them again."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from kiosk.core.canary import Moment
from kiosk.device.files import read_file, write_file
from kiosk.journal.store import Journal

T = TypeVar("T")
_LIMIT = 4096


class _Call(Protocol):
    def __call__(self, work: Callable[[Journal], T], /) -> "Future[T]": ...


class NightFile:
    """The file, read and written where a disk may take its time. `call`: the journal lane's."""

    def __init__(self, path: Path, call: _Call) -> None:
        self._path = path
        self._call = call

    def read(self) -> "Future[Moment | None]":
        """What was kept last; None if nothing was, or if it cannot be read."""
        return self._call(lambda _journal: self._read())

    def keep(self, sent: Moment) -> "Future[None]":
        """Keep this one instead."""
        return self._call(lambda _journal: write_file(self._path, msgspec.json.encode(sent)))

    def _read(self) -> Moment | None:
        try:
            return msgspec.json.decode(read_file(self._path, _LIMIT), type=Moment)
        except (OSError, ValueError):
            return None
