"""The profile of a window, built from the hall's tables and validated before it leaves.

A window to which no matters are assigned handles all of the hall's (综合窗口).
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.hall_tables import (
    halls,
    hours,
    local_reasons,
    matters,
    notices,
    speech,
    staff,
    window_matters,
    windows,
)
from kiosk.central.initials import initials_of
from kiosk.central.technicians import on_duty, roster_version
from kiosk.core.levels import Level
from kiosk.core.slip import check_template
from kiosk.protocol.central import channel_of
from kiosk.protocol.profile import (
    FORMAT,
    GROWN,
    Hall,
    Hours,
    LocalReason,
    Look,
    MatterItem,
    Mode,
    Notice,
    Phone,
    Profile,
    ProfileRefused,
    SpeechVolume,
    StaffCard,
    Timings,
    Window,
    read_profile,
)

Rows = Sequence[sa.Row[Any]]


@dataclass(frozen=True, slots=True)
class HallFacts:
    """What the database says about one hall. `assigned`: (window, matter) numbers; `technicians`: the version of who
    they are, and nothing of their secrets."""

    hall: sa.Row[Any]
    windows: Rows
    staff: Rows
    matters: Rows
    notices: Rows
    hours: Rows
    local_reasons: Rows
    speech: Rows
    assigned: frozenset[tuple[int, int]]
    technicians: str


@dataclass(frozen=True, slots=True)
class BuiltProfile:
    """A profile as it is sent: its JSON and its version."""

    text: bytes
    version: str


def hall_facts(connection: sa.Connection, hall: int) -> HallFacts:
    """Read everything about a hall, in the order it was written."""

    def rows(table: sa.Table, *order: sa.ColumnElement[Any]) -> Rows:
        return connection.execute(sa.select(table).where(table.c.hall == hall).order_by(*order, table.c.id)).all()

    assigned = connection.execute(
        sa.select(window_matters.c.window, window_matters.c.matter)
        .join(windows, windows.c.id == window_matters.c.window)
        .where(windows.c.hall == hall)
    )
    return HallFacts(
        connection.execute(sa.select(halls).where(halls.c.id == hall)).one(),
        rows(windows),
        rows(staff),
        rows(matters),
        rows(notices),
        rows(hours, hours.c.weekday, hours.c.opens),
        rows(local_reasons),
        rows(speech, speech.c.opens),
        frozenset((row.window, row.matter) for row in assigned),
        roster_version(on_duty(connection, hall)),
    )


def hall_of(connection: sa.Connection, window: int) -> int:
    """The hall in which a window is."""
    return int(connection.execute(sa.select(windows.c.hall).where(windows.c.id == window)).scalar_one())


def build_profile(facts: HallFacts, window: int, mode: Mode, knows: Collection[str] = GROWN) -> BuiltProfile:
    """The profile for a terminal of this mode at this window, without those of `GROWN` that it does not know.

    Raises ProfileRefused: the tables hold what no terminal would take, and the message says where.
    """
    try:
        profile = _known(_profile(facts, window, mode), knows)
    except (ValueError, TypeError, msgspec.MsgspecError) as fault:  # what only shows when the parts are put together
        raise ProfileRefused(str(fault)) from fault
    version = hashlib.sha256(_encoded(profile)).hexdigest()[:32]
    text = _encoded(msgspec.structs.replace(profile, version=version))
    read_profile(text)
    return BuiltProfile(text, version)


def _profile(facts: HallFacts, window: int, mode: Mode) -> Profile:
    assigned = {matter for at, matter in facts.assigned if at == window}
    hall, at = facts.hall, next(row for row in facts.windows if row.id == window)
    check_template(hall.slip)
    return Profile(
        format=FORMAT,
        version="-",
        hall=Hall(code=hall.code, name=hall.name, name_en=hall.name_en),
        window=_window(at),
        mode=mode,
        channel=channel_of(mode),
        staff=tuple(
            StaffCard(
                number=row.number,
                name=row.name,
                post=row.post,
                post_en=row.post_en,
                party_member=row.party_member,
                pin_hash=row.pin_hash,
                photo=row.photo,
            )
            for row in facts.staff
        ),
        matters=tuple(
            MatterItem(code=row.code, name=row.name, name_en=row.name_en, initials=initials_of(row.name))
            for row in facts.matters
            if not assigned or row.id in assigned
        ),
        notices=tuple(
            Notice(title=row.title, text=row.text, title_en=row.title_en, text_en=row.text_en, picture=row.picture)
            for row in facts.notices
        ),
        hours=tuple(Hours(weekday=row.weekday, opens=row.opens, closes=row.closes) for row in facts.hours),
        timings=Timings(
            inviting_s=hall.inviting_s,
            explaining_s=hall.explaining_s,
            thanks_s=hall.thanks_s,
            asking_s=hall.asking_s,
        ),
        options_version=hall.options_version,
        receipt_page=hall.receipt_page,
        local_reasons=tuple(
            LocalReason(
                code=row.code,
                name=row.name,
                name_en=row.name_en,
                levels=msgspec.json.decode(row.levels, type=tuple[Level, ...]),
            )
            for row in facts.local_reasons
        ),
        look=Look(crest=hall.crest, accent=hall.accent, background=hall.background),
        speech=tuple(SpeechVolume(opens=row.opens, closes=row.closes, volume=row.volume) for row in facts.speech),
        help=hall.help,
        help_en=hall.help_en,
        callbacks=hall.callbacks,
        phone=Phone(page=hall.phone_page, wait_s=hall.phone_wait_s) if hall.phone_page else None,
        windows=tuple(_window(row) for row in facts.windows) if mode == "hall" else (),
        slip=hall.slip,
        remind_s=hall.remind_s,
        technicians=facts.technicians,
    )


def _known(profile: Profile, knows: Collection[str]) -> Profile:
    """Without the keys of `GROWN` that are not among these. Central's own words for the default leave them out."""
    if "matters.initials" not in knows:
        bare = tuple(msgspec.structs.replace(matter, initials="") for matter in profile.matters)
        profile = msgspec.structs.replace(profile, matters=bare)
    defaults = {field.name: field.default for field in msgspec.structs.fields(Profile)}
    unknown = [name for name in GROWN if "." not in name and name not in knows]
    return msgspec.structs.replace(profile, **{name: defaults[name] for name in unknown})


def _window(row: sa.Row[Any]) -> Window:
    return Window(number=row.number, name=row.name, name_en=row.name_en)


def _encoded(profile: Profile) -> bytes:
    """Without what is at its default: a terminal that is older than a key refuses it by name, and need not see it as
    long as the hall does not use it."""
    return msgspec.json.encode(_sparse(profile))


def _sparse(value: Any) -> Any:
    match value:
        case msgspec.Struct():
            fields = ((field, getattr(value, field.name)) for field in msgspec.structs.fields(value))
            return {field.name: _sparse(found) for field, found in fields if found != field.default}
        case tuple() | list():
            return [_sparse(item) for item in value]
        case _:
            return value


def profile_fault(facts: HallFacts, window: int, mode: Mode) -> str:
    """Why the profile for this window cannot be sent; empty if it can."""
    try:
        build_profile(facts, window, mode)
    except ProfileRefused as fault:
        return str(fault)
    return ""
