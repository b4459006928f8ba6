"""The journal lane and two queues of others behind one small surface, all set to the same durability.

That is WAL with `synchronous=FULL`, read back from the connection that writes; `as_shipped` leaves a queue as it is.
"""

import importlib
import importlib.util
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kiosk.core.entry import Draft
from kiosk.journal.lane import JournalLane
from kiosk.journal.store import Journal
from tests.journal.conftest import EPOCH, KEY
from tests.journal.ratings import rating

FULL = 2
PATIENCE_S = 60.0


class Queue(Protocol):
    """Something that keeps records."""

    def put(self, number: int) -> None:
        """Keep the record of this number; on return it is kept for good."""

    def close(self) -> None:
        """End properly."""


def draft(number: int) -> Draft:
    """The finished rating of this number: the longest entry of a visit."""
    *_, ended = rating(number)
    return Draft(f"{number:032x}", ended.kind, ended.wall_ms, ended.mono_ms, ended.boot_id, f"{number:032x}",
                 ended.body, ended.personal)  # fmt: skip


def record(number: int) -> str:
    """The same as text, as long as the journal's flat record with its personal data."""
    found = draft(number)
    assert found.personal is not None
    flat = {
        "format": 1, "epoch": EPOCH, "sequence": number, "previous": "0" * 64, "entry_id": found.entry_id,
        "kind": found.kind, "visit_id": found.visit_id, "wall_ms": found.wall_ms, "mono_ms": found.mono_ms,
        "boot_id": found.boot_id, "body": dict(found.body), "personal_digest": "0" * 64, "hash": "0" * 64,
        "personal": {"salt": found.personal.salt, **found.personal.fields},
    }  # fmt: skip
    return json.dumps(flat, ensure_ascii=False)


class OurJournal:
    """The journal lane: encrypted, hash-chained, with its high-water mark."""

    def __init__(self, folder: Path) -> None:
        self._lane = JournalLane(
            lambda: open_journal(folder), trouble=lambda words: print(words, flush=True), well=lambda: None
        )
        self._lane.start()

    def put(self, number: int) -> None:
        """Append."""
        self._lane.append(draft(number)).result(PATIENCE_S)

    def close(self) -> None:
        """End the lane."""
        self._lane.close()


def open_journal(folder: Path) -> Journal:
    """The journal in this folder, with its mark."""
    first = Draft("f" * 32, "journal.began", 1, 1, "boot")
    return Journal.open(folder / "journal.db", KEY, lambda: (EPOCH, first), mark=folder / "journal.mark")


def _read_ours(folder: Path) -> list[int]:
    with open_journal(folder) as journal:
        return [int(record["entry_id"], 16) for record in journal.read(1, 1 << 40)]


class PersistQueue:
    """persist-queue's SQLiteQueue: WAL by itself, synchronous as the SQLite of this Python was built (FULL mostly)."""

    def __init__(self, folder: Path, *, as_shipped: bool = False) -> None:
        self._queue = importlib.import_module("persistqueue").SQLiteQueue(str(folder), multithreading=True)
        settle(self._queue._putter, as_shipped)

    def put(self, number: int) -> None:
        """Put."""
        self._queue.put(record(number))

    def close(self) -> None:
        """Close."""
        self._queue.close()


def _read_persist_queue(folder: Path) -> list[int]:
    queue = importlib.import_module("persistqueue").SQLiteQueue(str(folder), multithreading=True)
    try:
        return [json.loads(row["data"])["sequence"] for row in queue.queue()]
    finally:
        queue.close()


class Litequeue:
    """litequeue: WAL and synchronous=NORMAL by itself."""

    def __init__(self, folder: Path, *, as_shipped: bool = False) -> None:
        self._queue = importlib.import_module("litequeue").LiteQueue(str(folder / "queue.db"))
        settle(self._queue.conn, as_shipped)

    def put(self, number: int) -> None:
        """Put."""
        self._queue.put(record(number))

    def close(self) -> None:
        """Close."""
        self._queue.conn.close()


def _read_litequeue(folder: Path) -> list[int]:
    connection = importlib.import_module("litequeue").LiteQueue(str(folder / "queue.db")).conn
    try:
        return [json.loads(row["data"])["sequence"] for row in connection.execute("SELECT data FROM Queue")]
    finally:
        connection.close()


def settle(connection: sqlite3.Connection, as_shipped: bool) -> None:
    """Set what makes a commit durable, and read it back.

    Raises RuntimeError.
    """
    if as_shipped:
        return
    connection.execute("PRAGMA synchronous = FULL")
    found = tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous"))
    if found != ("wal", FULL):
        raise RuntimeError(f"journal_mode and synchronous read back as {found}")


@dataclass(frozen=True)
class Kind:
    """One of them: how it is opened, and how what it kept is read. Reading raises whatever the library raises."""

    name: str
    open: Callable[[Path], Queue]
    read: Callable[[Path], list[int]]


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("journal", OurJournal, _read_ours),
        Kind("persist-queue", PersistQueue, _read_persist_queue),
        Kind("litequeue", Litequeue, _read_litequeue),
        Kind("litequeue as shipped", lambda folder: Litequeue(folder, as_shipped=True), _read_litequeue),
    )
}


def at_hand() -> bool:
    """Whether the packages measured against are installed."""
    found: list[Any] = [importlib.util.find_spec(name) for name in ("persistqueue", "litequeue")]
    return all(found)
