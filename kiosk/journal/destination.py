"""The journal as a destination other than central sees it: its own position over the same entries.

Invariant: from its first work on, no entry leaves the terminal that it does not hold. Personal data it never gets.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from kiosk.journal.store import Journal, JournalStatus

T = TypeVar("T")


class _Call(Protocol):
    def __call__(self, work: Callable[[Journal], T], /) -> "Future[T]": ...


class Destination:
    """Reads and moves like the lane itself does for central. `call` is the lane's."""

    def __init__(self, call: _Call, name: str) -> None:
        self._call = call
        self._name = name

    def read(self, after: int, limit: int) -> "Future[list[dict[str, Any]]]":
        """See Journal.read."""
        return self._enlisted(lambda journal: journal.read(after, limit))

    def status(self) -> "Future[JournalStatus]":
        """See Journal.status, for this destination."""
        return self._enlisted(lambda journal: journal.status(self._name))

    def advance(self, epoch: int, sequence: int, answer: bytes) -> "Future[None]":
        """See Journal.advance, for this destination."""
        return self._enlisted(lambda journal: journal.advance(self._name, epoch, sequence, answer))

    def _enlisted(self, work: Callable[[Journal], T]) -> "Future[T]":
        def enlisted(journal: Journal) -> T:
            journal.enlist(self._name)
            return work(journal)

        return self._call(enlisted)
