"""Every call of the station API in one table: what it takes, what it answers, and each refusal it may give.

The OpenAPI document is written from it, docs/STATION.md is held against it, and a test against the routes themselves.
"""

from dataclasses import dataclass

from kiosk.protocol.phone import ClerkFigures
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

EVENTS = "/v1/events"
DOCUMENT = "/v1/openapi.json"

AT_THE_DOOR = (
    "malformed", "wrong_host", "wrong_origin", "unauthorized", "too_many", "wrong_media_type", "too_large", "too_slow",
    "internal",
)  # fmt: skip
"""Whatever the call."""
_BODY = ("bad_json", "invalid")
_TERMINAL = ("busy", "visit_running", "paused", "out_of_order", "not_now", "unconfirmed", "terminal_away")
_VISIT = ("not_found", "unknown_visit", "visit_ended", "other_visit")


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `takes`: the shape of its body; None where it needs none, and `{}` is taken. `answers`: the shape of
    its answer; None where that is no JSON of ours. `keyed`: it may bear an `Idempotency-Key`. `keyless`: it is heard
    without token or key."""

    method: str
    path: str
    words: str
    status: int
    answers: type | None
    takes: type[Shape] | None = None
    refusals: tuple[str, ...] = ()
    keyed: bool = False
    keyless: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """Every refusal it may give."""
        return (*self.refusals, *AT_THE_DOOR)


CALLS = (
    Call(
        "PUT", "/v1/staff", "Sign a clerk in, with the PIN or on the caller's word.", 200, StationState, StaffSignIn,
        (*_BODY, *_TERMINAL, "unknown_staff", "wrong_pin", "no_pin", "pin_paused", "no_profile"),
    ),
    Call(
        "DELETE", "/v1/staff", "Sign the clerk out.", 200, StationState,
        refusals=(*_BODY, *_TERMINAL, "nobody_signed_in"),
    ),
    Call(
        "POST", "/v1/visits", "Start a visit; answered when its start is on the disk.", 201, VisitStarted, VisitStart,
        (*_BODY, *_TERMINAL, "unknown_matter", "key_reused", "visit_ended"), keyed=True,
    ),
    Call(
        "POST", "/v1/visits/{visit_id}/invitation", "Show the five levels.", 202, VisitStarted,
        refusals=(*_BODY, *_TERMINAL, *_VISIT),
    ),
    Call(
        "POST", "/v1/visits/{visit_id}/cancellation", "End the visit without a rating, unless the citizen has begun.",
        200, VisitStarted, VisitCancellation, (*_BODY, *_TERMINAL, *_VISIT, "level_tapped"),
    ),
    Call(
        "POST", "/v1/calls", "Call the next queue number; whoever is still being served is invited.",
        202, StationState, NumberCall, (*_BODY, *_TERMINAL),
    ),
    Call(
        "PUT", "/v1/pause", "Pause the service, or change what was said of a pause.", 200, StationState, PauseStart,
        (*_BODY, *_TERMINAL),
    ),
    Call("DELETE", "/v1/pause", "End the pause.", 200, StationState, refusals=(*_BODY, *_TERMINAL, "not_paused")),
    Call("GET", "/v1/state", "The state now; never a level.", 200, StationState),
    Call("GET", EVENTS, "The state now and each change of it, as server-sent events.", 200, None,
         refusals=("too_many_listeners",)),
    Call("GET", "/v1/matters", "What this window handles.", 200, MatterList),
    Call(
        "GET", "/v1/figures", "What the clerk who signed in by PIN may know of their own ratings.", 200, ClerkFigures,
        refusals=("nobody_signed_in", "pin_needed", "central_away"),
    ),
    Call(
        "POST", "/v1/pairing", "Have the terminal show a code by which a program may be paired; loopback only.",
        202, PairingOpened, refusals=(*_BODY, "loopback_only", "no_lan", "visit_running", "pairing_locked"),
    ),
    Call(
        "PUT", "/v1/pairing", "Say the code that is shown, and get a key; over the hall's network only, without a key.",
        200, Paired, PairingAnswer,
        (*_BODY, "lan_only", "no_pairing", "wrong_code", "pairing_locked", "too_many_peers", "not_kept"),
        keyless=True,
    ),
    Call("GET", "/v1/peers", "Which programs were paired; loopback only.", 200, PeerList,
         refusals=("loopback_only", "no_lan")),
    Call(
        "DELETE", "/v1/peers/{peer_id}", "Let a paired program in no more, at once; loopback only.", 200, PeerList,
        refusals=(*_BODY, "not_found", "loopback_only", "no_lan", "unknown_peer", "not_kept"),
    ),
    Call("GET", DOCUMENT, "This document.", 200, None),
)  # fmt: skip
