"""The journal as one value over one connection: append, read from a position, move a position, verify.

Owned by one thread. An append is known by its entry id: trying it again gives the entry that is there, so a commit
whose outcome is unknown is simply tried again. Nothing is handed out that its own hash does not vouch for.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import apsw
import msgspec

from kiosk.core.entry import Draft, Head, content_fault, seal
from kiosk.journal.begun import BegunAnew
from kiosk.journal.chain import ChainReport, Walk, origin
from kiosk.journal.connection import JournalDamaged, JournalFault, JournalOlder, connect, leave_as_it_is
from kiosk.journal.mark import Mark, MarkFile
from kiosk.journal.past import Past, read_past, unwrapped
from kiosk.journal.retention import Vouched, let_leave, prunable
from kiosk.journal.rows import COLUMNS, insert, linked, record_of
from kiosk.journal.transaction import transaction

__all__ = ["CENTRAL", "ChainReport", "Journal", "JournalStatus", "Past"]

CENTRAL = "central"
_VERIFY_STEP = 500


@dataclass(frozen=True, slots=True)
class JournalStatus:
    """Where the journal and its delivery stand. `entries`: of this epoch, those included that have left the terminal.
    `oldest_unsent_wall_ms`: Unix ms of the oldest unacknowledged entry."""

    head: Head
    entries: int
    acknowledged: int
    unsent: int
    oldest_unsent_wall_ms: int | None


class Journal:
    """One journal file, opened. Close it on the thread that opened it.

    `begun_anew`: how this opening came to begin it in place of a damaged one; None where it simply goes on.
    """

    def __init__(self, connection: apsw.Connection, epoch: int, mark: MarkFile | None = None) -> None:
        self._db = connection
        self._mark = mark
        self.epoch = epoch
        self.begun_anew: BegunAnew | None = None

    @classmethod
    def open(
        cls,
        path: Path,
        key: bytes,
        began: Callable[[], tuple[int, Draft]],
        *,
        mark: Path | None = None,
        vfs: str | None = None,
        synchronous: str = "FULL",
    ) -> "Journal":
        """Open the file; a new one begins with the epoch and the first entry that `began` gives.

        With `mark`, the file must reach as far as the high-water mark there, and the mark is kept from then on.

        Raises JournalOlder, JournalDamaged, OSError, and what `connect` raises.
        """
        marks = None if mark is None else MarkFile(mark)
        try:
            known = None if marks is None else marks.mark
            connection = connect(
                path, key, vfs=vfs, synchronous=synchronous, inspect=lambda opened: _inspect(opened, known)
            )
            try:
                return cls._begun(connection, began, marks)
            except BaseException:
                leave_as_it_is(connection, True)
                connection.close()
                raise
        except BaseException:
            if marks is not None:
                marks.close()
            raise

    @classmethod
    def _begun(
        cls, connection: apsw.Connection, began: Callable[[], tuple[int, Draft]], marks: MarkFile | None
    ) -> "Journal":
        epoch = connection.execute("SELECT epoch FROM journal").get
        if epoch is None:
            epoch, draft = began()
            if marks is not None:
                marks.write(Mark(Head(epoch)))  # before the file: a cut between the two is a beginning, not a loss
            with transaction(connection):
                connection.execute("INSERT INTO journal (one, epoch) VALUES (1, ?)", (epoch,))
                insert(connection, seal(draft, Head(epoch)))
        journal = cls(connection, epoch, marks)
        journal.keep_mark()  # of what `rewrite` has brought to the disk: never more than a power cut leaves
        return journal

    def close(self) -> None:
        """Close the connection. Safe to call twice."""
        try:
            self._db.close()
        finally:
            if self._mark is not None:
                self._mark.close()

    def abandon(self) -> None:
        """Close a file that does not hold, database and WAL left byte for byte as they are."""
        with contextlib.suppress(apsw.ConnectionClosedError):
            leave_as_it_is(self._db, True)
        self.close()

    def __enter__(self) -> Self:
        """The journal itself."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """Close."""
        self.close()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """One commit for all that is appended within: for bringing over many entries, never for a citizen's."""
        with transaction(self._db):
            yield
        self.keep_mark()

    def head(self) -> Head:
        """The newest entry's place and hash."""
        row: Any = self._db.execute("SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1").fetchone()
        if row is None:
            raise JournalDamaged("it has no first entry")
        return Head(self.epoch, *row)

    def stamp(self) -> tuple[int, int, str]:
        """When the newest entry was made: wall time, monotonic time, boot. For entries that the journal itself makes,
        which has no clock of its own."""
        row: Any = self._db.execute("SELECT record FROM entry ORDER BY sequence DESC LIMIT 1").fetchone()
        record = msgspec.json.decode(row[0])
        return record["wall_ms"], record["mono_ms"], record["boot_id"]

    def append(self, draft: Draft) -> Head:
        """Give the draft its place, durably, and say which. A draft that is already there keeps the place it has: an
        earlier commit brought it to the disk, or the opening did (`rewrite`)."""
        found: Any = self._db.execute(f"SELECT {COLUMNS} FROM entry WHERE entry_id = ?", (draft.entry_id,)).fetchone()
        if found is not None:
            self.keep_mark()
            return Head(self.epoch, found[0], unwrapped(record_of(found))["hash"])  # what its receipt is cut from
        with transaction(self._db):
            entry = seal(draft, self.head())
            insert(self._db, entry)
        self.keep_mark(entry.head)
        return entry.head

    def settle(self) -> None:
        """Bring the WAL into the database and empty it, and with it the personal data that was wiped since."""
        busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy is None or busy[0] != 0:
            raise apsw.BusyError("the checkpoint was not completed")

    def keep_mark(self, head: Head | None = None) -> None:
        """Bring the high-water mark up to `head`, or to what there is; after the commit, before anyone is answered.

        Raises OSError.
        """
        if self._mark is None or self._db.in_transaction:
            return
        known = self._mark.mark
        held = known.acknowledged if known is not None and known.head.epoch == self.epoch else 0
        self._mark.write(Mark(head or self.head(), max(held, self._acknowledged(CENTRAL))))

    def read(self, after: int, limit: int) -> list[dict[str, Any]]:
        """At most `limit` flat records with sequence > `after`, oldest first, `personal` where it is still held.

        What has left behind the checkpoint is passed over. Raises JournalDamaged where a record does not hold, or does
        not follow the one before it.
        """
        before = origin(self._db, self.epoch)
        if after > before.sequence:
            row: Any = self._db.execute("SELECT hash FROM entry WHERE sequence = ?", (after,)).fetchone()
            if row is None:
                if after > self.head().sequence:
                    return []
                raise JournalDamaged("gap", after)
            before = Head(self.epoch, after, row[0])
        rows = self._db.execute(
            f"SELECT {COLUMNS} FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?", (before.sequence, limit)
        ).fetchall()
        return linked(rows, before)

    def advance(self, destination: str, epoch: int, sequence: int, answer: bytes) -> None:
        """Move the destination's position to `sequence` and keep its answer; where that is central, wipe the personal
        data it covers; in one transaction.

        Raises JournalFault if the destination names another epoch or an entry that is not there.
        """
        head = self.head()
        if epoch != head.epoch or not 0 <= sequence <= head.sequence:
            raise JournalFault(
                f"{destination} names {epoch}/{sequence}; this journal ends at {head.epoch}/{head.sequence}"
            )
        with transaction(self._db):
            self._db.execute(
                "INSERT INTO position (destination, sequence, answer) VALUES (?, ?, ?) ON CONFLICT (destination) "
                "DO UPDATE SET sequence = max(sequence, excluded.sequence), answer = excluded.answer",
                (destination, sequence, answer),
            )
            if destination == CENTRAL:  # the others never get any
                self._db.execute(
                    "UPDATE entry SET personal = NULL WHERE personal IS NOT NULL AND sequence <= ?", (sequence,)
                )
        self.keep_mark(head)

    def enlist(self, destination: str) -> None:
        """Have the journal keep everything for this destination too, from the first entry on that has not left."""
        if self._db.execute("SELECT 1 FROM position WHERE destination = ?", (destination,)).get is None:
            with transaction(self._db):
                self._db.execute(
                    "INSERT INTO position (destination, sequence) VALUES (?, ?)",
                    (destination, origin(self._db, self.epoch).sequence),
                )

    def _acknowledged(self, destination: str) -> int:
        row: Any = self._db.execute("SELECT sequence FROM position WHERE destination = ?", (destination,)).fetchone()
        return 0 if row is None else int(row[0])

    def status(self, destination: str = CENTRAL) -> JournalStatus:
        """Head, counts and the age of what waits for `destination`."""
        head = self.head()
        acknowledged = self._acknowledged(destination)
        oldest: Any = self._db.execute("SELECT wall_ms FROM entry WHERE sequence = ?", (acknowledged + 1,)).fetchone()
        unsent = head.sequence - acknowledged
        return JournalStatus(head, head.sequence, acknowledged, unsent, None if oldest is None else int(oldest[0]))

    def positions(self) -> dict[str, int]:
        """The acknowledged sequence of each destination that ever asked; central always."""
        rows = self._db.execute("SELECT destination, sequence FROM position").fetchall()
        return {CENTRAL: 0, **{str(name): int(str(sequence)) for name, sequence in rows}}

    def answer_of(self, destination: str) -> bytes:
        """What the destination said when its position was last moved; empty if it never was."""
        found: Any = self._db.execute("SELECT answer FROM position WHERE destination = ?", (destination,)).get
        return b"" if found is None else bytes(found)

    def hash_at(self, sequence: int) -> str | None:
        """The hash of the entry at this place; None if there is none, or none any more."""
        found: Any = self._db.execute("SELECT hash FROM entry WHERE sequence = ?", (sequence,)).get
        return None if found is None else str(found)

    def visit_named(self, prefix: str) -> str | None:
        """The id of a visit in this journal that begins with these hex digits; None if there is none, or none any
        more. One that was brought over counts."""
        found: Any = self._db.execute(
            "SELECT visit_id FROM entry WHERE visit_id >= ? AND visit_id < ? LIMIT 1", (prefix, prefix + "g")
        ).get
        return None if found is None else str(found)

    def walk(self) -> Walk:
        """A walk over the whole chain, to be done in steps."""
        return Walk(self._db, self.epoch)

    def verify(self, progress: Callable[[int], None] = lambda _done: None) -> ChainReport:
        """Walk the whole chain; `progress` is told how many entries are done. Stops at the first that does not hold."""
        walk, report = self.walk(), None
        while report is None:
            report = walk.step(_VERIFY_STEP)
            progress(walk.entries)
        return report

    def prune(self, before_wall_ms: int, vouched: Vouched, awaited: Iterable[str] = ()) -> int:
        """Let entries leave that were written before then, that every destination holds, and that lie behind the head
        central countersigned in its stored answer, if `vouched` says that it did. How many have left. `awaited`: the
        destinations there are; nothing leaves while one of them has never answered."""
        if not self.positions().keys() >= set(awaited):
            return 0
        found = prunable(self._db, before_wall_ms, vouched)
        if found is None:
            return 0
        with transaction(self._db):
            left = let_leave(self._db, self.epoch, *found)
        self.keep_mark()
        return left

    def past(self) -> Past:
        """What the last run left: whether it stopped properly, who was signed in, a pause, a visit without an end."""
        return read_past(self._db)


def _inspect(connection: apsw.Connection, mark: Mark | None) -> None:
    """Whether the file is a journal and reaches as far as it was answered for; reads only.

    Raises JournalOlder, JournalDamaged.
    """
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    known = mark is not None and mark.head.sequence > 0
    if not tables:
        if known:
            raise JournalDamaged("it is empty")
        return
    if not {"journal", "entry", "position"} <= tables:
        raise JournalDamaged("its schema is not ours")
    epoch = connection.execute("SELECT epoch FROM journal").get
    if epoch is None:
        if known or connection.execute("SELECT 1 FROM entry").get is not None:
            raise JournalDamaged("it has lost its beginning")
        return
    top = connection.execute(f"SELECT {COLUMNS} FROM entry ORDER BY sequence DESC LIMIT 1").fetchone()
    if top is None:
        raise JournalDamaged("it has no first entry")
    if content_fault(record_of(top)) is not None:
        raise JournalDamaged("altered", int(top[0]))
    if mark is not None:
        _reaches(connection, epoch, int(top[0]), mark.head)


def _reaches(connection: apsw.Connection, epoch: int, top: int, answered: Head) -> None:
    if epoch != answered.epoch:
        raise JournalOlder(f"this is the journal of epoch {epoch}; epoch {answered.epoch} was answered for")
    if top < answered.sequence:
        raise JournalOlder(f"the journal ends at {top}; entries up to {answered.sequence} were answered for")
    if answered.sequence:
        there = connection.execute("SELECT hash FROM entry WHERE sequence = ?", (answered.sequence,)).get
        if there != answered.hash:
            raise JournalOlder(f"entry {answered.sequence} is another one than was answered for")
