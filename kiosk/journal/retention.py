"""Which entries may leave the terminal: old ones, held by every destination, behind a head that central countersigned.

Invariant: what is left begins at a checkpoint that holds the hash the first of it links to and central's signed answer;
and a starting terminal learns the same of its past as before.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import apsw
import msgspec

from kiosk.core.entry import Draft, Head, Kind, seal
from kiosk.journal.past import GROUPS, brought_over, kept_records, newest, open_visit
from kiosk.journal.rows import COLUMNS, insert, linked, record_of
from kiosk.protocol.central import JournalReceipt
from kiosk.protocol.heads import CountersignedHead

AT_MOST = 10_000
"""Entries that leave in one transaction: it must not keep a citizen waiting. The rest leaves the next time."""

Vouched = Callable[[CountersignedHead], bool]
"""Whether this is a head of this device over central's own signature."""


def prunable(connection: apsw.Connection, before_wall_ms: int, vouched: Vouched) -> tuple[int, bytes] | None:
    """The last sequence that may leave and the answer that allows it; None if nothing may.

    Raises JournalDamaged where the countersigned place does not lead here.
    """
    row: Any = connection.execute("SELECT answer FROM position WHERE destination = 'central'").fetchone()
    answer = b"" if row is None or row[0] is None else bytes(row[0])
    head = _countersigned(answer)
    if head is None or not vouched(head) or not _is_ours(connection, head):
        return None
    last = connection.execute("SELECT min(sequence) FROM position").get
    limits = [head.sequence, int(last), int(connection.execute("SELECT max(sequence) FROM entry").get) - 1]
    younger: Any = connection.execute(
        "SELECT sequence FROM entry WHERE wall_ms >= ? OR sequence > ? ORDER BY sequence LIMIT 1",
        (before_wall_ms, min(limits)),
    ).fetchone()
    if younger is not None:
        limits.append(int(younger[0]) - 1)
    visit = open_visit(connection, brought_over(connection))
    if visit:
        limits.append(visit[0][0] - 1)
    first = connection.execute("SELECT min(sequence) FROM entry").get
    limits.append(int(first) + AT_MOST - 1)
    return None if min(limits) < int(first) else (min(limits), answer)


def let_leave(connection: apsw.Connection, epoch: int, last: int, answer: bytes) -> int:
    """Put `journal.pruned` on record, move the checkpoint and remove the entries up to it, in the caller's transaction.

    How many have left. The entry bears the time of the newest before it: the journal has no clock of its own.
    """
    facts = _facts(connection, last)
    edge: Any = connection.execute("SELECT hash, wall_ms FROM entry WHERE sequence = ?", (last,)).fetchone()
    newest_row: Any = connection.execute(f"SELECT {COLUMNS} FROM entry ORDER BY sequence DESC LIMIT 1").fetchone()
    top = record_of(newest_row)
    draft = Draft(
        hashlib.sha256(f"journal.pruned {epoch} {last} {edge[0]}".encode()).hexdigest()[:32],
        Kind.JOURNAL_PRUNED, top["wall_ms"], top["mono_ms"], top["boot_id"], None, {"sequence": last, "hash": edge[0]},
    )  # fmt: skip
    insert(connection, seal(draft, Head(epoch, top["sequence"], top["hash"])))
    connection.execute(
        "INSERT INTO checkpoint (one, sequence, hash, wall_ms, answer, kept) VALUES (1, ?, ?, ?, ?, ?) "
        "ON CONFLICT (one) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, "
        "wall_ms = excluded.wall_ms, answer = excluded.answer, kept = excluded.kept",
        (last, edge[0], edge[1], answer, json.dumps(facts, ensure_ascii=False)),
    )
    before = connection.total_changes()
    connection.execute("DELETE FROM entry WHERE sequence <= ?", (last,))
    return connection.total_changes() - before


def _countersigned(answer: bytes) -> CountersignedHead | None:
    try:
        return msgspec.json.decode(answer, type=JournalReceipt).head
    except msgspec.MsgspecError:
        return None


def _is_ours(connection: apsw.Connection, head: CountersignedHead) -> bool:
    """Whether the countersigned place is a place of this journal. Raises JournalDamaged if its entry does not hold."""
    epoch = connection.execute("SELECT epoch FROM journal").get
    row: Any = connection.execute(f"SELECT {COLUMNS} FROM entry WHERE sequence = ?", (head.sequence,)).fetchone()
    if epoch != head.epoch or row is None:
        return False
    record = record_of(row)
    linked([row], Head(epoch, head.sequence - 1, record["previous"]))
    return bool(record["hash"] == head.hash)


def _facts(connection: apsw.Connection, last: int) -> list[dict[str, Any]]:
    """The records up to `last` without which `read_past` would give another answer, oldest first."""
    over = brought_over(connection)
    found = [entry for kinds in GROUPS if (entry := newest(connection, kinds, over)) is not None and entry[0] <= last]
    known = kept_records(connection)
    found.sort(key=lambda entry: (entry[0], known.index(entry[1]) if entry[0] == 0 else 0))
    return [{key: value for key, value in record.items() if key != "personal"} for _, record in found]
