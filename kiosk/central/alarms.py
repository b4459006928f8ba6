"""What central noticed and a person should look at: raised once for each place, told in words, ended where it can end.

Nothing takes an alarm away. The words for a supervisor lie in `assets/alarm-words.json`.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.hall_tables import halls, windows
from kiosk.central.tables import alarms, devices, epochs
from kiosk.central.times import rfc3339
from kiosk.protocol.central import Alarm, Page

SILENT_MS = 72 * 3_600_000
"""So long a terminal may be unheard of: a long weekend."""

LANGUAGES = ("zh-CN", "en")


class AlarmKind:
    """The kinds that bear on the journal as evidence. Other rooms may raise kinds of their own."""

    GAP = "gap"
    EQUIVOCATION = "equivocation"
    CHAIN_BROKEN = "chain_broken"
    PERSONAL_MISSING = "personal_missing"
    NEW_EPOCH = "new_epoch"
    REIMAGED = "reimaged"
    REWOUND = "rewound"
    ALTERED_HEAD = "altered_head"
    SWAPPED = "swapped"
    ENTRIES_LOST = "entries_lost"
    SILENT = "silent"
    CANARY_WRONG = "canary_wrong"
    CANARY_MISSING = "canary_missing"
    CANARY_EXCESS = "canary_excess"
    DELIVERY_BIAS = "delivery_bias"
    PHONE_ALTERED = "phone_altered"
    PHONE_MISSING = "phone_missing"
    PHONE_UNVOUCHED = "phone_unvouched"
    """At no place of a journal: epoch 0, and the number under which the rating arrived."""
    TWO_RATINGS = "two_ratings"
    REPLACED_SPEAKS = "replaced_speaks"


class _Wording(msgspec.Struct, frozen=True):
    """What is said in each language, of alarms in three sentences: what was found, what it may mean, what to do."""

    kinds: dict[str, dict[str, tuple[str, str, str]]]
    journal_began: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Words:
    """The words for alarms by kind, and for why a journal was begun by reason; each by language."""

    kinds: Mapping[str, Mapping[str, str]]
    journal_began: Mapping[str, Mapping[str, str]]

    def of_kind(self, kind: str) -> dict[str, str]:
        """What a supervisor reads. A kind that has no words is named, never hidden."""
        return dict(self.kinds.get(kind) or dict.fromkeys(LANGUAGES, kind))

    def of_reason(self, reason: str | None) -> dict[str, str]:
        """Why a journal was begun; nothing where it does not say."""
        return {} if reason is None else dict(self.journal_began.get(reason) or dict.fromkeys(LANGUAGES, reason))


def load_words(source: Path) -> Words:
    """The words in this file. Raises msgspec.MsgspecError: it does not have the shape."""
    wording = msgspec.json.decode(source.read_bytes(), type=_Wording)
    gap = {"zh-CN": "", "en": " "}
    kinds = {
        kind: {language: gap.get(language, " ").join(parts) for language, parts in told.items()}
        for kind, told in wording.kinds.items()
    }
    return Words(kinds, wording.journal_began)


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """Which alarms are wanted; None: any."""

    device_id: str | None = None
    kind: str | None = None


def raise_alarm(
    connection: sa.Connection,
    device: int,
    kind: str,
    epoch: int,
    sequence: int,
    detail: str,
    now_ms: int,
    since_ms: int = 0,
) -> None:
    """Put an alarm on record, once for each place. `since_ms`: with an alarm
    that lasts, when that began, so that it can come again."""
    place = (
        alarms.c.device == device,
        alarms.c.kind == kind,
        alarms.c.epoch == epoch,
        alarms.c.sequence == sequence,
        alarms.c.since_ms == since_ms,
    )
    if connection.execute(sa.select(alarms.c.id).where(*place)).first() is None:
        values = {"device": device, "kind": kind, "epoch": epoch, "sequence": sequence, "since_ms": since_ms}
        with contextlib.suppress(sa.exc.IntegrityError), connection.begin_nested():  # or another has just raised it
            connection.execute(sa.insert(alarms).values(**values, detail=detail, at_ms=now_ms))


def silences(device: int | sa.ColumnElement[int]) -> tuple[sa.ColumnElement[bool], ...]:
    """Where the alarms of a device's silence stand that are not over."""
    return alarms.c.device == device, alarms.c.kind == AlarmKind.SILENT, alarms.c.ended_ms.is_(None)


def end_silence(connection: sa.Connection, device: int, now_ms: int) -> None:
    """Note on its alarms of silence that the device was heard again, or needs not be."""
    connection.execute(sa.update(alarms).where(*silences(device)).values(ended_ms=now_ms))


def notice_silence(connection: sa.Connection, now_ms: int, silent_ms: int = SILENT_MS) -> None:
    """Raise an alarm for each terminal, neither retired nor revoked, that was last heard so long ago; one never heard
    of counts from its enrolment."""
    heard = sa.func.coalesce(devices.c.seen_ms, devices.c.enrolled_ms)
    silent = connection.execute(
        sa.select(devices.c.id, heard.label("heard_ms"))
        .where(
            devices.c.retired_ms.is_(None),
            devices.c.revoked_ms.is_(None),
            heard <= now_ms - silent_ms,
            ~sa.exists().where(*silences(devices.c.id)),
        )
        .with_for_update(key_share=True)
    ).all()
    for row in silent:
        newest = connection.execute(
            sa.select(epochs.c.epoch, epochs.c.sequence).where(epochs.c.device == row.id, epochs.c.ended_by.is_(None))
        ).first()
        epoch, sequence = (newest.epoch, newest.sequence) if newest else (0, 0)
        detail = f"last heard {rfc3339(row.heard_ms)}"
        raise_alarm(connection, row.id, AlarmKind.SILENT, epoch, sequence, detail, now_ms, since_ms=row.heard_ms)


def read_alarms(connection: sa.Connection, limit: int, before: int | None, wanted: AlarmFilter, words: Words) -> Page:
    """At most `limit` alarms older than the one numbered `before`, newest first."""
    query = (
        sa.select(alarms, devices.c.device_id, halls.c.code.label("hall_code"), windows.c.number.label("window_number"))
        .join(devices, devices.c.id == alarms.c.device)
        .join(windows, windows.c.id == devices.c.window)
        .join(halls, halls.c.id == windows.c.hall)
        .order_by(alarms.c.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(alarms.c.id < before)
    for column, value in ((devices.c.device_id, wanted.device_id), (alarms.c.kind, wanted.kind)):
        if value is not None:
            query = query.where(column == value)
    rows = connection.execute(query).all()
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(items=tuple(_alarm(row, words) for row in rows), next=str(rows[-1].id) if more else None)


def _alarm(row: sa.Row[Any], words: Words) -> Alarm:
    return Alarm(
        alarm_id=row.id,
        device_id=row.device_id,
        hall=row.hall_code,
        window=row.window_number,
        kind=row.kind,
        words=words.of_kind(row.kind),
        epoch=row.epoch,
        sequence=row.sequence,
        detail=row.detail,
        at=rfc3339(row.at_ms),
        ended_at=None if row.ended_ms is None else rfc3339(row.ended_ms),
    )
