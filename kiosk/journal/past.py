"""What a starting terminal must know of its last run, read from the journal.

Invariant: an entry that was brought over from an earlier journal counts as what it was, behind every entry that this
journal itself took; so nothing that was open before damage is forgotten after it.
"""

from dataclasses import dataclass
from typing import Any

import apsw
import msgspec

from kiosk.core.entry import Kind, content_fault
from kiosk.core.events import AskedForPhone, OpenVisit, Staff
from kiosk.core.levels import Level
from kiosk.journal.connection import JournalDamaged
from kiosk.journal.rows import COLUMNS, record_of

RUN = (Kind.TERMINAL_STARTED, Kind.TERMINAL_STOPPED)
STAFF = (Kind.STAFF_SIGNED_IN, Kind.STAFF_SIGNED_OUT)
PAUSE = (Kind.SERVICE_PAUSED, Kind.SERVICE_RESUMED)
GROUPS = (RUN, STAFF, PAUSE)
"""Kinds of which the newest entry tells how things stand."""

MOST_ASKED = 50
"""So many visits with a code for phones are looked back to."""

Found = tuple[int, dict[str, Any]]
"""A record and the sequence of the row that holds it in this file; 0 for one that has left."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a starting terminal must know of its last run. `asked`: the newest visits of which a code for phones was
    shown and no entry names what a phone rated, newest first."""

    clean: bool
    staff: Staff | None
    paused: str | None
    open_visit: OpenVisit | None
    paused_until: str | None = None
    asked: tuple[AskedForPhone, ...] = ()


def unwrapped(record: dict[str, Any]) -> dict[str, Any]:
    """The entry itself, where a record is one that was brought over."""
    if record.get("kind") != Kind.ENTRY_RECOVERED:
        return record
    inner: dict[str, Any] = record["body"]["record"]
    return inner


def read_past(connection: apsw.Connection) -> Past:
    """Whether the last run stopped properly, who was signed in, a pause, a visit without an end.

    Raises JournalDamaged where an entry that it would have to believe does not hold.
    """
    over = brought_over(connection)
    run, staff_entry, pause = (newest(connection, kinds, over) for kinds in GROUPS)
    staff = None
    if staff_entry is not None and staff_entry[1]["kind"] == Kind.STAFF_SIGNED_IN:
        who = staff_entry[1]["body"]["staff"]
        staff = Staff(who["number"], who["name"], who["verified"])
    stands = pause[1]["body"] if pause is not None and pause[1]["kind"] == Kind.SERVICE_PAUSED else {}
    paused, until = stands.get("reason"), stands.get("until")
    clean = run is None or run[1]["kind"] == Kind.TERMINAL_STOPPED
    visit = open_visit(connection, over)
    asked = asked_for_phone(connection, over)
    return Past(clean, staff, paused, None if visit is None else _as_left(visit), until, asked)


def brought_over(connection: apsw.Connection) -> list[Found]:
    """The entries that came from earlier journals, newest first. Raises JournalDamaged."""
    rows: Any = connection.execute(
        f"SELECT {COLUMNS} FROM entry WHERE kind = ? ORDER BY sequence DESC", (Kind.ENTRY_RECOVERED,)
    )
    return [(row[0], unwrapped(_believed(row))) for row in rows.fetchall()]


def newest(connection: apsw.Connection, kinds: tuple[str, ...], over: list[Found]) -> Found | None:
    """The newest entry of these kinds: of this journal's own, else of those brought over, else of those that left."""
    marks = ",".join("?" * len(kinds))
    row: Any = connection.execute(
        f"SELECT {COLUMNS} FROM entry WHERE kind IN ({marks}) ORDER BY sequence DESC LIMIT 1", kinds
    ).fetchone()
    if row is not None:
        return row[0], _believed(row)
    for found in over:
        if found[1]["kind"] in kinds:
            return found
    for record in kept_records(connection):
        if record["kind"] in kinds:
            return 0, record
    return None


def open_visit(connection: apsw.Connection, over: list[Found]) -> list[Found] | None:
    """The entries of a citizen's visit that has begun and not ended; None if there is none."""
    ended = {record["visit_id"] for _, record in over if record["kind"] == Kind.VISIT_ENDED}
    begun = [record["visit_id"] for _, record in over if _is_citizens(record) and record["visit_id"] not in ended]
    rows: Any = connection.execute(
        f"SELECT {COLUMNS} FROM entry WHERE kind = ? ORDER BY sequence DESC", (Kind.VISIT_STARTED,)
    )
    try:
        own = next((record for record in map(_believed, rows) if _is_citizens(record)), None)
    finally:
        rows.close()  # a statement left half-read keeps the log from ever being emptied
    if own is not None:
        begun.insert(0, own["visit_id"])
    for visit_id in begun:
        entries = _of_visit(connection, visit_id)
        if not any(record["kind"] == Kind.VISIT_ENDED for _, record in entries):
            return entries
    return None


def asked_for_phone(connection: apsw.Connection, over: list[Found]) -> tuple[AskedForPhone, ...]:
    """The visits whose link a phone may have: with a code shown, and without a word of what a phone has rated."""
    rows: Any = connection.execute(
        f"SELECT {COLUMNS} FROM entry WHERE kind = ? ORDER BY sequence DESC LIMIT ?", (Kind.PHONE_ASKED, MOST_ASKED)
    )
    records = [_believed(row) for row in rows.fetchall()]
    records += [record for _, record in over if record["kind"] == Kind.PHONE_ASKED][:MOST_ASKED]
    of_over: dict[str, list[dict[str, Any]]] = {}
    for _, record in over:
        if record["visit_id"]:
            of_over.setdefault(record["visit_id"], []).insert(0, record)
    found: dict[str, AskedForPhone] = {}
    for record in records[:MOST_ASKED]:
        visit_id = record["visit_id"]
        own = [each for _, each in _of_visit(connection, visit_id)]
        visit = _asked_in(record, [*of_over.get(visit_id, ()), *own])
        if visit is not None:
            found.setdefault(visit_id, visit)
    return tuple(found.values())


def _asked_in(asked: dict[str, Any], entries: list[dict[str, Any]]) -> AskedForPhone | None:
    """What the entries of a visit say of it; None where the phone's rating is named in them."""
    numbered, invited_ms = True, None
    for record in entries:
        body, same_boot = record["body"], record["boot_id"] == asked["boot_id"]
        match record["kind"]:
            case Kind.VISIT_STARTED:
                numbered = bool(str(body.get("case_number") or "").strip())
                if same_boot and body.get("invited_by"):
                    invited_ms = record["mono_ms"]
            case Kind.VISIT_INVITED if same_boot:
                invited_ms = record["mono_ms"]
            case Kind.PHONE_VOUCHED:
                return None
            case Kind.VISIT_ENDED if isinstance(body.get("phone"), dict):
                return None
    return AskedForPhone(
        asked["visit_id"], numbered, invited_ms, asked["mono_ms"], asked["wall_ms"], asked["boot_id"]
    )  # fmt: skip


def kept_records(connection: apsw.Connection) -> list[dict[str, Any]]:
    """The records that a starting terminal must know and whose entries have left. Raises JournalDamaged."""
    row: Any = connection.execute("SELECT kept FROM checkpoint").fetchone()
    if row is None:
        return []
    try:
        records: list[dict[str, Any]] = msgspec.json.decode(row[0], type=list[dict[str, Any]])
    except msgspec.DecodeError as fault:
        raise JournalDamaged("what the checkpoint keeps cannot be read") from fault
    if any(content_fault(record) is not None for record in records):
        raise JournalDamaged("what the checkpoint keeps was altered")
    return records


def _is_citizens(record: dict[str, Any]) -> bool:
    """Whether a visit begins here, and not a canary."""
    return record["kind"] == Kind.VISIT_STARTED and record["body"].get("canary") is not True


def _as_left(entries: list[Found]) -> OpenVisit:
    visit_id = entries[0][1]["visit_id"]
    found = OpenVisit(visit_id)
    for _, record in entries:
        if record["kind"] == Kind.LEVEL_TAPPED:
            body = record["body"]
            found = OpenVisit(visit_id, body["rating_id"], Level(body["level"]), record["wall_ms"])
    return found


def _of_visit(connection: apsw.Connection, visit_id: str) -> list[Found]:
    rows: Any = connection.execute(f"SELECT {COLUMNS} FROM entry WHERE visit_id = ? ORDER BY sequence", (visit_id,))
    return [(row[0], unwrapped(_believed(row))) for row in rows.fetchall()]


def _believed(row: tuple[Any, ...]) -> dict[str, Any]:
    record = record_of(row)
    if content_fault(record) is not None:
        raise JournalDamaged("altered", row[0])
    return record
