"""The calls of terminals, all of them signed: journal, profile, heartbeat."""

import hashlib
from typing import Annotated, Any

import sqlalchemy as sa
from litestar import Request, Response, get, post
from litestar.params import JSONBody, QueryParameter

from kiosk.central.access import for_terminals, signed_of, wire_of
from kiosk.central.body import JsonBody
from kiosk.central.clocks import hear_clocks
from kiosk.central.desk import AtDesk
from kiosk.central.evidence import stated_as
from kiosk.central.heartbeat import take_beat
from kiosk.central.ingest import take_in
from kiosk.central.problems import invalid, refusal
from kiosk.central.profiles import build_profile, hall_facts, hall_of
from kiosk.central.tables import devices
from kiosk.protocol.central import Heartbeat, HeartbeatAnswer, JournalBatch, JournalReceipt
from kiosk.protocol.profile import Profile, ProfileRefused


@post("/device/journal", status_code=200, guards=[for_terminals], dto=JsonBody, return_dto=None, sync_to_thread=True)
def take_journal(data: JSONBody[JournalBatch], request: Request[Any, Any, Any], desk: AtDesk) -> JournalReceipt:
    """Take consecutive entries of one epoch, oldest first. Sending them again changes nothing."""
    signed, now_ms = signed_of(request), desk.now_ms()
    device_id, countersigner = signed.signer.device_id, desk.countersigner
    said = data.head
    stated = None if said is None else stated_as(said.epoch, said.sequence, said.hash, signed.created_s)
    if said is not None and stated is None:
        raise invalid("This is no head: epoch, sequence, and a SHA-256 in lower-case hex.", "$.head")
    try:
        with desk.store.transaction() as connection:
            taken = take_in(
                connection, signed.signer.device, data.entries, desk.options, now_ms, stated,
                personal_sent=data.personal == "sent", clocks=data.clocks,
            )  # fmt: skip
    except RecursionError:
        raise invalid("An entry is nested too deeply.", "$.entries") from None
    if taken.refused is not None:
        if taken.differs is None:
            raise taken.refused
        raise taken.refused.showing(countersigner.sign(device_id, taken.differs, now_ms))
    return JournalReceipt(
        acknowledged=taken.held.sequence,
        epoch=taken.held.epoch,
        digest=hashlib.sha256(wire_of(request).plain).hexdigest(),
        quarantined=taken.quarantined,
        server_time=now_ms,
        head=countersigner.sign(device_id, taken.held, now_ms),
    )


@get("/device/profile", guards=[for_terminals], sync_to_thread=True)
def show_profile(
    request: Request[Any, Any, Any],
    desk: AtDesk,
    knows: Annotated[
        str, QueryParameter(max_length=2000, description="The newer keys that the terminal takes, with commas between.")
    ] = "",
) -> Response[Profile]:
    """The profile of the window at which this terminal stands; 304 if it is the one named in `If-None-Match`. Newer
    keys that a terminal does not name are left out, and the ETag is that of what is sent."""
    with desk.store.transaction() as connection:
        device = signed_of(request).signer.device
        at = connection.execute(sa.select(devices.c.window, devices.c.mode).where(devices.c.id == device)).one()
        facts = hall_facts(connection, hall_of(connection, at.window))
    try:
        profile = build_profile(facts, at.window, at.mode, frozenset(knows.split(",")))
    except ProfileRefused as fault:
        raise refusal(
            409, "profile_invalid", "What central holds for this window is no valid profile", str(fault)
        ) from None
    etag = f'"{profile.version}"'
    named = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if etag in named or "*" in named:
        return Response(None, status_code=304, headers={"etag": etag})  # type: ignore[arg-type]
    return Response(profile.text, headers={"etag": etag}, media_type="application/json")  # type: ignore[arg-type]


@post("/device/heartbeat", status_code=200, guards=[for_terminals], dto=JsonBody, return_dto=None, sync_to_thread=True)
def take_heartbeat(data: JSONBody[Heartbeat], request: Request[Any, Any, Any], desk: AtDesk) -> HeartbeatAnswer:
    """Keep how the terminal is, and tell it how far central has its journal."""
    signed, now_ms = signed_of(request), desk.now_ms()
    if not 0 <= data.epoch < 2**53:
        raise invalid("Expected an integer from 0 to 2**53 - 1.", "$.epoch")
    with desk.store.transaction() as connection:
        held, newest = take_beat(connection, signed.signer.device, data, signed.created_s, now_ms)
        hear_clocks(connection, signed.signer.device, data.clocks, now_ms)
    device_id, countersigner = signed.signer.device_id, desk.countersigner
    return HeartbeatAnswer(
        acknowledged=held.sequence,
        server_time=now_ms,
        head=countersigner.sign(device_id, held, now_ms),
        newest=None if newest is None else countersigner.sign(device_id, newest, now_ms),
    )
