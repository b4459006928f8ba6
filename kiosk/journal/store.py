"""The journal as one value over one connection: append, read from a position, move a position, verify.

Owned by one thread. An append is known by its entry id: trying it again gives the entry that is there, so a commit
whose outcome is unknown is simply tried again.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import apsw
import msgspec

from kiosk.core.entry import GENESIS, Draft, Entry, Head, Kind, Personal, canonical, chain_fault, seal
from kiosk.core.events import OpenVisit, Staff
from kiosk.core.levels import Level
from kiosk.journal.connection import JournalFault, connect

CENTRAL = "central"
_VERIFY_STEP = 500


@dataclass(frozen=True, slots=True)
class JournalStatus:
    """Where the journal and its delivery stand. `oldest_unsent_wall_ms`: Unix ms of the oldest unacknowledged entry."""

    head: Head
    entries: int
    acknowledged: int
    unsent: int
    oldest_unsent_wall_ms: int | None


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a walk over the whole chain found; `fault` is None where every entry holds."""

    entries: int
    head: Head
    fault: str | None = None
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What a starting terminal must know of its last run."""

    clean: bool
    staff: Staff | None
    paused: str | None
    open_visit: OpenVisit | None


class Journal:
    """One journal file, opened. Close it on the thread that opened it."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._db = connection

    @classmethod
    def open(
        cls,
        path: Path,
        key: bytes,
        began: Callable[[], tuple[int, Draft]],
        *,
        vfs: str | None = None,
        synchronous: str = "FULL",
    ) -> "Journal":
        """Open the file; a new one begins with the epoch and the first entry that `began` gives.

        Raises what `connect` raises.
        """
        journal = cls(connect(path, key, vfs=vfs, synchronous=synchronous))
        if journal._db.execute("SELECT epoch FROM journal").get is None:
            epoch, draft = began()
            with journal._db:
                journal._db.execute("INSERT INTO journal (one, epoch) VALUES (1, ?)", (epoch,))
                journal._insert(seal(draft, Head(epoch)))
        return journal

    def close(self) -> None:
        """Close the connection. Safe to call twice."""
        self._db.close()

    def __enter__(self) -> Self:
        """The journal itself."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """Close."""
        self.close()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """One commit for all that is appended within: for bringing over many entries, never for a citizen's."""
        with self._db:
            yield

    def head(self) -> Head:
        """The newest entry's place and hash."""
        row = self._db.execute(
            "SELECT (SELECT epoch FROM journal), sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        if row is None:
            raise JournalFault("the journal has no first entry")
        return Head(*row)

    def append(self, draft: Draft) -> Head:
        """Give the draft its place, durably, and say which. A draft that is already there keeps the place it has: an
        earlier commit brought it to the disk, or the opening did (`rewrite`)."""
        found = self._db.execute(
            "SELECT (SELECT epoch FROM journal), sequence, hash FROM entry WHERE entry_id = ?", (draft.entry_id,)
        ).fetchone()
        if found is not None:
            return Head(*found)
        with self._db:
            entry = seal(draft, self.head())
            self._insert(entry)
        return entry.head

    def _insert(self, entry: Entry) -> None:
        draft = entry.draft
        kept = None if draft.personal is None else _personal_json(draft.personal)
        self._db.execute(
            "INSERT INTO entry (sequence, entry_id, kind, visit_id, wall_ms, hash, record, personal) "
            "VALUES (?,?,?,?,?,?,?,?)",
            (
                entry.sequence, draft.entry_id, draft.kind, draft.visit_id, draft.wall_ms, entry.hash,
                canonical(entry.record()).decode(), kept,
            ),
        )  # fmt: skip

    def read(self, after: int, limit: int) -> list[dict[str, Any]]:
        """At most `limit` flat records with sequence > `after`, oldest first, `personal` where it is still held."""
        rows = self._db.execute(
            "SELECT record, personal FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?", (after, limit)
        )
        return [_record(record, personal) for record, personal in rows]

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
        with self._db:
            self._db.execute(
                "INSERT INTO position (destination, sequence, answer) VALUES (?, ?, ?) ON CONFLICT (destination) "
                "DO UPDATE SET sequence = max(sequence, excluded.sequence), answer = excluded.answer",
                (destination, sequence, answer),
            )
            if destination == CENTRAL:  # the others never get any
                self._db.execute(
                    "UPDATE entry SET personal = NULL WHERE personal IS NOT NULL AND sequence <= ?", (sequence,)
                )

    def status(self, destination: str = CENTRAL) -> JournalStatus:
        """Head, counts and the age of what waits for `destination`."""
        head = self.head()
        row = self._db.execute("SELECT sequence FROM position WHERE destination = ?", (destination,)).fetchone()
        acknowledged = 0 if row is None else int(row[0])
        oldest = self._db.execute("SELECT wall_ms FROM entry WHERE sequence = ?", (acknowledged + 1,)).fetchone()
        unsent = head.sequence - acknowledged
        return JournalStatus(head, head.sequence, acknowledged, unsent, None if oldest is None else int(oldest[0]))

    def positions(self) -> dict[str, int]:
        """The acknowledged sequence of each destination that ever answered; central always."""
        rows = self._db.execute("SELECT destination, sequence FROM position").fetchall()
        return {CENTRAL: 0, **{str(name): int(str(sequence)) for name, sequence in rows}}

    def verify(self, progress: Callable[[int], None] = lambda _done: None) -> ChainReport:
        """Walk the whole chain; `progress` is told how many entries are done. Stops at the first that does not hold."""
        epoch = self.head().epoch
        before = Head(epoch, 0, GENESIS)
        for record in self._every_record(progress):
            fault = chain_fault(record, before)
            if fault is not None:
                return ChainReport(before.sequence, before, fault, before.sequence + 1)
            before = Head(epoch, record["sequence"], record["hash"])
        return ChainReport(before.sequence, before)

    def _every_record(self, progress: Callable[[int], None]) -> Iterator[dict[str, Any]]:
        done = 0
        while True:
            rows = self._db.execute(
                "SELECT record, personal, sequence, hash FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?",
                (done, _VERIFY_STEP),
            ).fetchall()
            for record, personal, sequence, column in rows:
                decoded = _record(str(record), None if personal is None else str(personal))
                if decoded.get("hash") != column:
                    decoded["hash"] = column
                yield decoded
                done = int(str(sequence))
            progress(done)
            if len(rows) < _VERIFY_STEP:
                return

    def past(self) -> Past:
        """What the last run left: whether it stopped properly, who was signed in, a pause, a visit without an end."""
        last = self._newest((Kind.TERMINAL_STOPPED, Kind.TERMINAL_STARTED))
        staff_entry = self._newest((Kind.STAFF_SIGNED_IN, Kind.STAFF_SIGNED_OUT))
        pause_entry = self._newest((Kind.SERVICE_PAUSED, Kind.SERVICE_RESUMED))
        staff = None
        if staff_entry and staff_entry["kind"] == Kind.STAFF_SIGNED_IN:
            who = staff_entry["body"]["staff"]
            staff = Staff(who["number"], who["name"], who["verified"])
        paused = pause_entry["body"]["reason"] if pause_entry and pause_entry["kind"] == Kind.SERVICE_PAUSED else None
        clean = last is None or last["kind"] == Kind.TERMINAL_STOPPED
        return Past(clean, staff, paused, self._open_visit())

    def _newest(self, kinds: tuple[str, ...]) -> dict[str, Any] | None:
        marks = ",".join("?" * len(kinds))
        row = self._db.execute(
            f"SELECT record FROM entry WHERE kind IN ({marks}) ORDER BY sequence DESC LIMIT 1",
            kinds,
        ).fetchone()
        return None if row is None else _record(row[0], None)

    def _open_visit(self) -> OpenVisit | None:
        begun = self._newest((Kind.VISIT_STARTED,))
        if begun is None:
            return None
        visit_id = begun["visit_id"]
        found = OpenVisit(visit_id)
        rows = self._db.execute("SELECT record FROM entry WHERE visit_id = ? ORDER BY sequence", (visit_id,))
        for record in [_record(row[0], None) for row in rows]:
            if record["kind"] == Kind.VISIT_ENDED:
                return None
            if record["kind"] == Kind.LEVEL_TAPPED:
                body = record["body"]
                found = OpenVisit(visit_id, body["rating_id"], Level(body["level"]), record["wall_ms"])
        return found


def _personal_json(personal: Personal) -> str:
    return json.dumps({"salt": personal.salt, **personal.fields}, ensure_ascii=False)


def _record(record: str, personal: str | None) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(record)
    if personal is not None:
        decoded["personal"] = msgspec.json.decode(personal)
    return decoded
