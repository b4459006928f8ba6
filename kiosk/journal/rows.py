"""One row of the entry table as the flat record it stands for.

Invariant: what does not decode, or says another thing in its columns than in its record, is damage and never a record.
"""

import json
from typing import Any

import apsw
import msgspec

from kiosk.core.entry import Entry, Head, Personal, canonical, chain_fault
from kiosk.journal.connection import JournalDamaged

COLUMNS = "sequence, entry_id, kind, visit_id, wall_ms, hash, record, personal"
_NAMES = ("sequence", "entry_id", "kind", "visit_id", "wall_ms", "hash")


def record_of(row: tuple[Any, ...]) -> dict[str, Any]:
    """The record of a row of COLUMNS, `personal` where it is still held. Raises JournalDamaged."""
    sequence, text, personal = row[0], row[6], row[7]
    try:
        record: dict[str, Any] = msgspec.json.decode(text, type=dict[str, Any])
        if personal is not None:
            record["personal"] = msgspec.json.decode(personal, type=dict[str, str])
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError) as fault:
        raise JournalDamaged("altered", sequence) from fault
    if tuple(record.get(name) for name in _NAMES[1:]) != row[1:6]:
        raise JournalDamaged("altered", sequence)
    return record


def linked(rows: list[tuple[Any, ...]], before: Head) -> list[dict[str, Any]]:
    """The records of rows that follow `before` one after another. Raises JournalDamaged at the first that does not."""
    records = []
    for row in rows:
        record = record_of(row)
        fault = chain_fault(record, before)
        if fault is not None:
            raise JournalDamaged(fault, before.sequence + 1)
        before = Head(before.epoch, before.sequence + 1, record["hash"])
        records.append(record)
    return records


def insert(connection: apsw.Connection, entry: Entry) -> None:
    """Write the row of an entry."""
    draft = entry.draft
    kept = None if draft.personal is None else personal_json(draft.personal)
    connection.execute(
        f"INSERT INTO entry ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?)",
        (
            entry.sequence, draft.entry_id, draft.kind, draft.visit_id, draft.wall_ms, entry.hash,
            canonical(entry.record()).decode(), kept,
        ),
    )  # fmt: skip


def personal_json(personal: Personal) -> str:
    """The column `personal`."""
    return json.dumps({"salt": personal.salt, **personal.fields}, ensure_ascii=False)


def personal_of(record: dict[str, Any]) -> Personal | None:
    """What a flat record still holds of a citizen."""
    found = record.get("personal")
    if found is None:
        return None
    return Personal(found["salt"], {key: value for key, value in found.items() if key != "salt"})
