"""The routes of the station API: which call means what, and nothing else. Imported on the station's own thread only.

Request bodies are read by the shapes of `kiosk.protocol.station`, strictly; the framework's own reading is lenient
("7" for 7) and would lose the path of the offending field.
"""

import logging

from litestar import Litestar, Request, Response, Router, delete, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.params import FromPath, SkipValidation
from litestar.response import Stream

from kiosk.protocol.phone import ClerkFigures
from kiosk.protocol.problem import MEDIA_TYPE
from kiosk.protocol.station import (
    MatterList,
    NumberCall,
    Paired,
    PairingAnswer,
    PairingOpened,
    PauseStart,
    PeerList,
    Shape,
    StaffSignIn,
    StationState,
    VisitCancellation,
    VisitStart,
    VisitStarted,
)
from kiosk.station.desk import Desk
from kiosk.station.lan import Network
from kiosk.station.listeners import Listeners
from kiosk.station.openapi import document_text
from kiosk.station.refusals import Refusal, decode
from kiosk.station.starts import FIELD, idempotency_key

_log = logging.getLogger(__name__)

Call = Request[None, None, State]
AtDesk = NamedDependency[SkipValidation[Desk]]
Listening = NamedDependency[SkipValidation[Listeners]]
OverLan = NamedDependency[SkipValidation[Network]]
Afar = NamedDependency[SkipValidation[bool]]


class Nothing(Shape, frozen=True):
    """The body of a call that needs none: `{}`, or no body at all."""


@put("/staff")
async def sign_in(request: Call, desk: AtDesk) -> StationState:
    """Sign in."""
    return await desk.sign_in(decode(await request.body(), StaffSignIn))


@delete("/staff", status_code=200)
async def sign_out(request: Call, desk: AtDesk) -> StationState:
    """Sign out."""
    await _nothing(request)
    return await desk.sign_out()


@post("/visits", status_code=201)
async def start_visit(request: Call, desk: AtDesk) -> VisitStarted:
    """Start a visit."""
    key = idempotency_key(request.headers.getall(FIELD, []))
    return await desk.start(decode(await request.body(), VisitStart), key)


@post("/visits/{visit_id:str}/invitation", status_code=202)
async def invite(request: Call, desk: AtDesk, visit_id: FromPath[str]) -> VisitStarted:
    """Show the five levels."""
    await _nothing(request)
    return await desk.invite(visit_id)


@post("/visits/{visit_id:str}/cancellation", status_code=200)
async def cancel(request: Call, desk: AtDesk, visit_id: FromPath[str]) -> VisitStarted:
    """End without a rating."""
    return await desk.cancel(visit_id, decode(await request.body(), VisitCancellation))


@post("/calls", status_code=202)
async def call_number(request: Call, desk: AtDesk) -> StationState:
    """Call the next queue number."""
    return await desk.call(decode(await request.body(), NumberCall))


@put("/pause")
async def pause(request: Call, desk: AtDesk) -> StationState:
    """Pause the service."""
    return await desk.pause(decode(await request.body(), PauseStart))


@delete("/pause", status_code=200)
async def resume(request: Call, desk: AtDesk) -> StationState:
    """End the pause."""
    await _nothing(request)
    return await desk.resume()


@get("/state", sync_to_thread=False)
def state(desk: AtDesk) -> StationState:
    """The state now."""
    return desk.state()


@get("/matters", sync_to_thread=False)
def matters(desk: AtDesk) -> MatterList:
    """What this window handles."""
    return desk.matters()


@get("/figures")
async def figures(desk: AtDesk) -> ClerkFigures:
    """What central tells the clerk who is signed in of their own work."""
    return await desk.figures()


@get("/openapi.json", media_type="application/json", sync_to_thread=True)
def document() -> bytes:
    """The OpenAPI document; written once, and not on the loop."""
    return document_text()


@get("/events", sync_to_thread=False)
def events(listeners: Listening) -> Stream:
    """The state now, and each change of it."""
    return Stream(listeners.follow(), media_type="text/event-stream; charset=utf-8")


@post("/pairing", status_code=202)
async def open_pairing(request: Call, network: OverLan, afar: Afar) -> PairingOpened:
    """Show a code at the terminal."""
    _only("loopback_only", unless=afar)
    await _nothing(request)
    return network.open_pairing()


@put("/pairing")
async def answer_pairing(request: Call, network: OverLan, afar: Afar) -> Paired:
    """Say the code that the terminal shows."""
    _only("lan_only", unless=not afar)
    return await network.pair(decode(await request.body(), PairingAnswer))


@get("/peers", sync_to_thread=False)
def peers(network: OverLan, afar: Afar) -> PeerList:
    """Who was paired."""
    _only("loopback_only", unless=afar)
    return network.peers()


@delete("/peers/{peer_id:str}", status_code=200)
async def revoke_peer(request: Call, network: OverLan, afar: Afar, peer_id: FromPath[str]) -> PeerList:
    """Let one in no more."""
    _only("loopback_only", unless=afar)
    await _nothing(request)
    return await network.revoke(peer_id)


ROUTES = (
    sign_in, sign_out, start_visit, invite, cancel, call_number, pause, resume, state, matters, figures, document,
    events, open_pairing, answer_pairing, peers, revoke_peer,
)  # fmt: skip


def build_app(desk: Desk, listeners: Listeners, network: Network, afar: bool = False) -> Litestar:
    """The application, ready to be guarded. `afar`: for the hall's network, and not for loopback."""
    return Litestar(
        [Router("/v1", route_handlers=ROUTES)],
        dependencies={
            "desk": Provide(lambda: desk, sync_to_thread=False),
            "listeners": Provide(lambda: listeners, sync_to_thread=False),
            "network": Provide(lambda: network, sync_to_thread=False),
            "afar": Provide(lambda: afar, sync_to_thread=False),
        },
        exception_handlers={Refusal: _refused, HTTPException: _refused_by_the_framework, Exception: _failed},
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _only(code: str, *, unless: bool) -> None:
    if unless:
        raise Refusal(code)


async def _nothing(request: Call) -> None:
    body = await request.body()
    if body:
        decode(body, Nothing)


def _refused(_request: Call, refusal: Exception) -> Response[bytes]:
    assert isinstance(refusal, Refusal)
    return Response(refusal.body, status_code=refusal.problem.status, headers=refusal.headers, media_type=MEDIA_TYPE)


def _refused_by_the_framework(request: Call, fault: Exception) -> Response[bytes]:
    match fault:
        case NotFoundException():
            return _refused(request, Refusal("not_found"))
        case MethodNotAllowedException():
            refusal = Refusal("wrong_method")
            refusal.headers |= dict(fault.headers or {})
            return _refused(request, refusal)
        case _:
            return _failed(request, fault)


def _failed(request: Call, fault: Exception) -> Response[bytes]:
    """Say that it failed, and to the log where; never what was in the request."""
    _log.error("the station failed at %s", request.scope["method"], exc_info=fault)
    return _refused(request, Refusal("internal"))
