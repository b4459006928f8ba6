"""Reads and packs the next batch while central works on the one before.

Invariant: at most one batch is held ahead, and it is sent only if it is just what would be read and packed now; else it
is thrown away, for the journal is the queue.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from kiosk.core.entry import Head
from kiosk.protocol.central import StatedClocks
from kiosk.sync.batch import Batch, pack
from kiosk.sync.ports import JournalPort, Pending

Records = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: those that follow `after`, `limit` at most, of the journal that ends at `head`. `plain`: without
    gzip; `withheld`: without personal data; `clocks`: what they show, where it is sent at once."""

    head: Head
    after: int
    limit: int
    plain: bool
    withheld: bool
    clocks: StatedClocks | None = None

    def is_as(self, other: "Wanted") -> bool:
        """Whether the same entries would travel in the same way; the stated head may have moved on."""
        return (self.head.epoch, self.after, self.limit, self.plain, self.withheld) == (
            other.head.epoch,
            other.after,
            other.limit,
            other.plain,
            other.withheld,
        )


@dataclass(frozen=True, slots=True)
class Packed:
    """What the journal gave. `epoch`: of the first entry, None if there is none; `batch`: None if it does not follow;
    `wire`: the bytes to send."""

    epoch: int | None
    batch: Batch | None
    wire: bytes


class Ahead:
    """For one lane's thread. `wait`: waits for the journal as that lane does, on any thread."""

    def __init__(self, journal: JournalPort, wait: Callable[["Pending[Any]"], Any]) -> None:
        self._journal = journal
        self._wait = wait
        self._packer: ThreadPoolExecutor | None = None
        self._coming: tuple[Wanted, Future[Packed]] | None = None

    def take(self, wanted: Wanted) -> Packed:
        """What is wanted, from ahead if it is there."""
        coming, self._coming = self._coming, None
        if coming is not None and coming[0].is_as(wanted):
            found: Packed = self._wait(coming[1])
            return found
        return _packed(self._wait(self._journal.read(wanted.after, wanted.limit)), wanted)

    def begin(self, wanted: Wanted) -> None:
        """Read this now, and pack it when it is there, on a thread of its own."""
        reading = self._journal.read(wanted.after, wanted.limit)
        if self._packer is None:
            self._packer = ThreadPoolExecutor(1, "kiosk-pack")
        self._coming = wanted, self._packer.submit(lambda: _packed(self._wait(reading), wanted))

    def close(self) -> None:
        """Let the thread end."""
        if self._packer is not None:
            self._packer.shutdown(wait=False, cancel_futures=True)


def _packed(records: Records, wanted: Wanted) -> Packed:
    epoch = records[0].get("epoch") if records else None
    batch = pack(records, wanted.head, wanted.after, withheld=wanted.withheld, clocks=wanted.clocks)
    return Packed(epoch, batch, b"" if batch is None else batch.wire(gzipped=not wanted.plain))
