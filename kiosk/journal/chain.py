"""A walk over the whole chain in small steps, so that entries can be recorded between two of them.

The first entry, or the first behind the countersigned checkpoint, to the newest; stops at the first that does not hold.
"""

from dataclasses import dataclass
from typing import Any

import apsw

from kiosk.core.entry import Head
from kiosk.journal.connection import JournalDamaged
from kiosk.journal.rows import COLUMNS, linked


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a walk over the whole chain found; `fault` is None where every entry holds."""

    entries: int
    head: Head
    fault: str | None = None
    sequence: int | None = None


def origin(connection: apsw.Connection, epoch: int) -> Head:
    """Where the chain of this file begins: at its checkpoint, or at the empty head of its epoch."""
    row: Any = connection.execute("SELECT sequence, hash FROM checkpoint").fetchone()
    return Head(epoch) if row is None else Head(epoch, *row)


class Walk:
    """One walk. Step it on the thread that owns the connection."""

    def __init__(self, connection: apsw.Connection, epoch: int) -> None:
        connection.release_memory()  # else the walk would see what is remembered, and not what is on the disk
        self._db = connection
        self._before = Head(epoch)
        self._start: int | None = None

    @property
    def entries(self) -> int:
        """How many hold so far."""
        return self._before.sequence - (self._start or 0)

    def step(self, limit: int) -> ChainReport | None:
        """Look at so many more entries; the report once the walk is over. Raises apsw.Error where the disk fails."""
        try:
            if self._start is None:
                self._before = origin(self._db, self._before.epoch)
                self._start = self._before.sequence
            rows = self._db.execute(
                f"SELECT {COLUMNS} FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?",
                (self._before.sequence, limit),
            ).fetchall()
            for row in rows:
                (record,) = linked([row], self._before)
                self._before = Head(self._before.epoch, record["sequence"], record["hash"])
        except apsw.CorruptError:
            return ChainReport(self.entries, self._before, "unreadable", self._before.sequence + 1)
        except JournalDamaged as fault:
            return ChainReport(self.entries, self._before, fault.fault, self._before.sequence + 1)
        return ChainReport(self.entries, self._before) if len(rows) < limit else None
