"""The calls for the hall: lists, imports, keys, health."""

from typing import Annotated, Any, Literal

from litestar import Request, get, post
from litestar.params import FromQuery, QueryParameter

from kiosk import __version__
from kiosk.central.access import for_the_hall, wire_of
from kiosk.central.alarms import AlarmFilter, notice_silence, read_alarms
from kiosk.central.desk import AtDesk
from kiosk.central.imports import import_journal
from kiosk.central.problems import invalid, refusal
from kiosk.central.reading import RatingFilter, read_devices, read_ratings
from kiosk.core.levels import Level
from kiosk.protocol.central import (
    Health,
    JournalImport,
    Keys,
    Page,
)

IMPORTS = "/journal-imports"

Limit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many items at most.")]
After = Annotated[
    str,
    QueryParameter(
        pattern=r"^[0-9]{1,18}$", description="The cursor `next` of the page before; without it, from the start."
    ),
]
Id = Annotated[str | None, QueryParameter(pattern=r"^[0-9a-f]{32}$")]
Flag = Literal["too_fast", "burst", "burst_before_closing", "no_case_number", "same_spot", "second_rating"]
WindowNumber = Annotated[str | None, QueryParameter(min_length=1, max_length=200)]


@get("/ratings", guards=[for_the_hall], sync_to_thread=True)
def list_ratings(
    desk: AtDesk,
    limit: Limit = 100,
    after: After = "0",
    device_id: Id = None,
    visit_id: Annotated[str | None, QueryParameter(min_length=1, max_length=64)] = None,
    window: WindowNumber = None,
    level: FromQuery[Level | None] = None,
    canary: FromQuery[bool] = False,
    flag: FromQuery[Flag | None] = None,
) -> Page:
    """Ratings in order of arrival. A rating keeps its place when its reasons arrive later. Terminals' own canaries are
    left out; with `?canary=true` there is nothing else. `?flag=`: those that bear this flag."""
    for field, text in (("?window", window), ("?visit_id", visit_id)):
        if text is not None and "\0" in text:
            raise invalid("A NUL character is in none of them.", field)
    wanted = RatingFilter(device_id, window, None if level is None else str(level), visit_id, canary, flag)
    with desk.store.transaction() as connection:
        return read_ratings(connection, limit, int(after), wanted)


@get("/devices", guards=[for_the_hall], sync_to_thread=True)
def list_devices(desk: AtDesk, limit: Limit = 100, after: After = "0") -> Page:
    """Terminals in order of enrolment, with what their last heartbeat said."""
    with desk.store.transaction() as connection:
        return read_devices(connection, limit, int(after), desk.words)


@get("/alarms", guards=[for_the_hall], sync_to_thread=True)
def list_alarms(
    desk: AtDesk,
    limit: Limit = 100,
    after: Annotated[str | None, QueryParameter(pattern=r"^[0-9]{1,18}$", description="The cursor `next`.")] = None,
    device_id: Id = None,
    kind: Annotated[str | None, QueryParameter(pattern=r"^[a-z_]{1,64}$")] = None,
) -> Page:
    """What central noticed and a person should look at, newest first."""
    with desk.store.transaction() as connection:
        notice_silence(connection, desk.now_ms())
        return read_alarms(
            connection, limit, None if after is None else int(after), AlarmFilter(device_id, kind), desk.words
        )


@post(IMPORTS, status_code=200, guards=[for_the_hall], sync_to_thread=True)
def take_import(request: Request[Any, Any, Any], desk: AtDesk) -> JournalImport:
    """Take in a journal that a terminal has exported, as `kiosk.protocol.export` describes it. Twice is harmless."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/octet-stream":
        raise refusal(415, "media_type", "The body must be the file", "Send content-type: application/octet-stream.")
    return import_journal(desk.store, desk.options, desk.recovery_key, desk.now_ms, wire_of(request).plain)


@get("/keys", sync_to_thread=False)
def show_keys(desk: AtDesk) -> Keys:
    """The public halves of central's keys, for a terminal that was enrolled before there were any, and for auditors."""
    return Keys(central_key=desk.countersigner.central_key, recovery_key=desk.countersigner.recovery_key)


@get("/health", sync_to_thread=True)
def health(desk: AtDesk) -> Health:
    """200 when the database answers."""
    with desk.store.transaction() as connection:
        connection.exec_driver_sql("SELECT 1")
    return Health(status="ok", version=__version__)
