"""The calls by which a terminal learns how far a phone is with its visit, and takes the visit back."""

import re
from typing import Any

import sqlalchemy as sa
from litestar import Request, get, post
from litestar.params import FromPath, JSONBody

from kiosk.central.access import for_terminals, signed_of
from kiosk.central.body import JsonBody
from kiosk.central.desk import AtDesk
from kiosk.central.phone_links import Standing, Visit, close_visit, standing_of
from kiosk.central.phone_vouching import unvouched_of
from kiosk.central.problems import invalid
from kiosk.protocol.phone import PhoneClosure, PhoneState, PhoneVisit

_VISIT_ID = re.compile(r"[0-9a-f]{32}")
_TOLD: dict[str, PhoneState] = {"unopened": "unopened", "opened": "opened", "rated": "rated"}


@get("/device/phone-visits/{visit_id:str}", guards=[for_terminals], sync_to_thread=True)
def show_phone_visit(visit_id: FromPath[str], request: Request[Any, Any, Any], desk: AtDesk) -> PhoneVisit:
    """How far a phone is with this visit of this terminal. Never what it rates."""
    visit, now_ms = _visit(visit_id, request), desk.now_ms()
    with desk.store.transaction() as connection:
        return _told(connection, visit, standing_of(connection, visit, now_ms), now_ms)


@post(
    "/device/phone-visits/{visit_id:str}/closure",
    status_code=200,
    guards=[for_terminals],
    dto=JsonBody,
    return_dto=None,
    sync_to_thread=True,
)
def close_phone_visit(
    visit_id: FromPath[str], data: JSONBody[PhoneClosure], request: Request[Any, Any, Any], desk: AtDesk
) -> PhoneVisit:
    """Take the visit back: from here on no phone rates it. A level that a phone tapped before stands, as `rated`."""
    visit, now_ms = _visit(visit_id, request), desk.now_ms()
    with desk.store.transaction() as connection:
        return _told(connection, visit, close_visit(connection, visit, now_ms), now_ms)


def _visit(visit_id: str, request: Request[Any, Any, Any]) -> Visit:
    if not _VISIT_ID.fullmatch(visit_id):
        raise invalid("Expected 32 hex digits.", "visit_id")
    signer = signed_of(request).signer
    return Visit(signer.device, signer.device_id, visit_id)


def _told(connection: sa.Connection, visit: Visit, found: Standing, now_ms: int) -> PhoneVisit:
    rating = found.rating if found.state == "rated" else None
    return PhoneVisit(
        visit_id=visit.visit_id,
        state=_TOLD.get(found.state, "closed"),
        server_time=now_ms,
        rating_id=rating.rating_id if rating else "",
        digest=rating.digest if rating else "",
        done_ms=rating.done_ms if rating else 0,
        unvouched=tuple(each for each in unvouched_of(connection, visit.device) if each.visit_id != visit.visit_id),
    )
