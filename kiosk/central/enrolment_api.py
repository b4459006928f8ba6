"""The calls by which machines become terminals, take another's place, and are turned away."""

from typing import Annotated, Any

import sqlalchemy as sa
from litestar import Request, delete, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from kiosk.central.access import check_protocol, for_the_hall, may_guess
from kiosk.central.alarms import end_silence
from kiosk.central.body import JsonBody
from kiosk.central.desk import AtDesk
from kiosk.central.devices import already_replaced, enrol
from kiosk.central.enrolment_codes import make_code, make_replacement, read_codes, revoke_code
from kiosk.central.problems import Refusal, invalid, refusal
from kiosk.central.tables import devices
from kiosk.central.times import rfc3339
from kiosk.protocol.central import (
    DeviceRevocation,
    Enrolment,
    EnrolmentCode,
    EnrolmentCodeItem,
    EnrolmentCodeRequest,
    EnrolmentRequest,
    Page,
    ReplacementRequest,
)


@post("/enrolment-codes", guards=[for_the_hall], dto=JsonBody, return_dto=None, sync_to_thread=True)
def add_enrolment_code(data: JSONBody[EnrolmentCodeRequest], desk: AtDesk) -> EnrolmentCode:
    """A code by which one terminal becomes known, for a window of a hall. Unknown ones come into being."""
    for field, text in (("$.hall", data.hall), ("$.window", data.window)):
        if "\0" in text:
            raise invalid("A NUL character cannot be kept.", field)
    with desk.store.transaction() as connection:
        return make_code(connection, data, desk.now_ms())


@get("/enrolment-codes", guards=[for_the_hall], sync_to_thread=True)
def list_enrolment_codes(
    desk: AtDesk,
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
    after: Annotated[
        str | None, QueryParameter(pattern=r"^[0-9]{1,15}\.[0-9a-f]{32}$", description="The cursor `next`.")
    ] = None,
) -> Page:
    """Which codes were given, newest first, and what became of each; never a code."""
    made_ms, _, code_id = (after or "").partition(".")
    with desk.store.transaction() as connection:
        return read_codes(connection, limit, (int(made_ms), code_id) if after else None, desk.now_ms())


@delete("/enrolment-codes/{code_id:str}", status_code=200, guards=[for_the_hall], sync_to_thread=True)
def revoke_enrolment_code(code_id: FromPath[str], desk: AtDesk) -> EnrolmentCodeItem:
    """Let nobody in by this code. One that was used is not undone by it: revoke the device."""
    with desk.store.transaction() as connection:
        found = None if "\0" in code_id else revoke_code(connection, code_id, desk.now_ms())
    if found is None:
        raise refusal(404, "enrolment_code_unknown", "There is no such code", "Its code_id is meant.")
    if found.state == "used":
        raise refusal(409, "enrolment_code_used", "This code has been used", f"Revoke {found.device_id} itself.")
    return found


@post("/enrolments", dto=JsonBody, return_dto=None, sync_to_thread=True)
def add_enrolment(data: JSONBody[EnrolmentRequest], request: Request[Any, Any, Any], desk: AtDesk) -> Enrolment:
    """Make the terminal that holds this code, and the private half of this key, a known one."""
    check_protocol(request, required=False)
    address = may_guess(request, desk.guesses)
    with desk.store.transaction() as connection:
        answer = enrol(connection, data, desk.countersigner, desk.now_ms())
    if isinstance(answer, Refusal):
        desk.guesses.missed(address)
        raise answer
    return answer


@post("/devices/{device_id:str}/replacement", guards=[for_the_hall], dto=JsonBody, return_dto=None, sync_to_thread=True)
def add_replacement(device_id: FromPath[str], data: JSONBody[ReplacementRequest], desk: AtDesk) -> EnrolmentCode:
    """A code whose bearer takes this terminal's window. The old one is marked as it is used; what it still brings is
    taken, and flagged."""
    with desk.store.transaction() as connection:
        old = _device(connection, device_id)
        if old.replaced_ms is not None:
            raise already_replaced()
        return make_replacement(connection, old, data.valid_s, desk.now_ms())


@post("/devices/{device_id:str}/revocation", status_code=200, guards=[for_the_hall], sync_to_thread=True)
def revoke_device(device_id: FromPath[str], desk: AtDesk) -> DeviceRevocation:
    """Refuse this terminal's key from now on. Its ratings stay. Twice is harmless."""
    now_ms = desk.now_ms()
    with desk.store.transaction() as connection:
        row = _device(connection, device_id)
        revoked_ms = row.revoked_ms if row.revoked_ms is not None else now_ms
        connection.execute(sa.update(devices).where(devices.c.id == row.id).values(revoked_ms=revoked_ms))
        end_silence(connection, row.id, now_ms)
    return DeviceRevocation(device_id=device_id, revoked_at=rfc3339(revoked_ms))


def _device(connection: sa.Connection, device_id: str) -> sa.Row[Any]:
    """Its row, locked. Raises Refusal."""
    row = None
    if "\0" not in device_id:
        row = connection.execute(sa.select(devices).where(devices.c.device_id == device_id).with_for_update()).first()
    if row is None:
        raise refusal(404, "device_unknown", "Central knows no such terminal", "GET /devices lists them.")
    return row
