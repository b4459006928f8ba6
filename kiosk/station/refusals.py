"""Every refusal of the station API: a stable code, its HTTP status and words for the person who reads it.

Written for the caller's programmer; a console puts its own words, by the code, before a clerk. No text bears a level.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from kiosk.protocol.problem import Problem, problem_type

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Words:
    """The HTTP status of a refusal and what it says."""

    status: int
    title: str
    detail: str = ""


REFUSALS: Mapping[str, Words] = {
    # at the door
    "wrong_host": Words(403, "This host is not served"),
    "wrong_origin": Words(403, "This origin may not call the station"),
    "unauthorized": Words(401, "A valid token is needed"),
    "wrong_media_type": Words(415, "The body must be application/json", "UTF-8, without a content encoding."),
    "too_large": Words(413, "The body is too large"),
    "too_slow": Words(408, "The body did not arrive in time"),
    "too_many": Words(429, "Too many requests in one second"),
    "malformed": Words(400, "This is not an HTTP request the station understands"),
    # the request
    "bad_json": Words(400, "The body is not JSON"),
    "invalid": Words(422, "A value is not as it should be"),
    "not_found": Words(404, "There is nothing at this path"),
    "wrong_method": Words(405, "This path does not take this method"),
    "unknown_matter": Words(422, "This window does not handle this matter", "GET /v1/matters lists those it handles."),
    "unknown_staff": Words(422, "The profile knows no clerk of this number"),
    "unknown_visit": Words(404, "The terminal knows no visit of this id"),
    "key_reused": Words(422, "This Idempotency-Key was used for another start", "Each visit needs a key of its own."),
    "wrong_pin": Words(403, "The PIN is not right"),
    "no_pin": Words(403, "No PIN is set for this clerk", "The hall sets it; central brings it."),
    "pin_needed": Words(403, "Figures are told to a clerk who has signed in by PIN only"),
    "pin_paused": Words(429, "Too many wrong PINs for this clerk", "Try again once the pause is over."),
    # the rules of a visit, by the fold's own words
    "busy": Words(409, "The terminal is writing to its journal", "Try again at once."),
    "visit_running": Words(409, "A visit is running", "One visit at a time: invite, or wait for the citizen."),
    "visit_ended": Words(409, "This visit has ended"),
    "other_visit": Words(409, "Another visit is running"),
    "level_tapped": Words(409, "The citizen has begun to rate", "A rating cannot be cancelled."),
    "paused": Words(409, "The service is paused", "DELETE /v1/pause ends the pause."),
    "not_paused": Words(409, "The service is not paused"),
    "out_of_order": Words(409, "The terminal is out of order", "Its technician's page says why."),
    "not_now": Words(409, "This cannot be done now"),
    "nobody_signed_in": Words(409, "Nobody is signed in"),
    # the hall's network
    "loopback_only": Words(403, "This is not done over the hall's network", "At the terminal itself, on loopback."),
    "lan_only": Words(403, "This is done over the hall's network only"),
    "no_lan": Words(409, "The hall's network is not served", "Its address is a setting: lan_address under [station]."),
    "no_pairing": Words(409, "No code is shown", "Somebody at the terminal must have one shown; it holds two minutes."),
    "wrong_code": Words(403, "The code is not the one that is shown"),
    "pairing_locked": Words(429, "Too many wrong codes", "The code is void; another may be shown after a pause."),
    "too_many_peers": Words(409, "There is no room for another program", "Revoke one that is not used."),
    "unknown_peer": Words(404, "No program of this id was ever paired"),
    "not_kept": Words(503, "The disk did not take it", "See to the disk and ask again."),
    # the station's own troubles
    "no_profile": Words(503, "The terminal has no profile yet", "It knows no clerk until central has sent one."),
    "unconfirmed": Words(503, "The journal has not answered yet", "GET /v1/state tells what became of it."),
    "central_away": Words(503, "Central cannot be asked now"),
    "terminal_away": Words(503, "The terminal does not answer"),
    "too_many_listeners": Words(503, "Too many programs follow the events"),
    "internal": Words(500, "The station failed"),
}


class Refusal(Exception):
    """A call is refused and has changed nothing, unless its words say otherwise. `retry_after_s` in whole seconds."""

    def __init__(self, code: str, *, detail: str = "", field: str = "", retry_after_s: int | None = None) -> None:
        words = REFUSALS.get(code, REFUSALS["not_now"])
        super().__init__(code)
        self.code = code
        self.problem = Problem(
            type=problem_type(code),
            title=words.title,
            status=words.status,
            detail=detail or words.detail,
            field=field,
        )
        self.headers: dict[str, str] = {}
        if code == "unauthorized":
            self.headers["www-authenticate"] = "Bearer"
        if retry_after_s is not None:
            self.headers["retry-after"] = str(retry_after_s)

    @property
    def body(self) -> bytes:
        """The problem details as JSON."""
        return msgspec.json.encode(self.problem)


def decode(body: bytes, shape: type[T]) -> T:
    """Read a request's body as this shape, strictly.

    Raises Refusal: `bad_json` (400) where it is not JSON, `invalid` (422) with the path of the field where it is.
    """
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as fault:
        raise Refusal("invalid", detail=str(fault), field=field_path(str(fault))) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Refusal("bad_json", detail=str(fault)) from None


_AT = re.compile(r" - at `(?P<path>[^`]+)`$")
_NAMED = re.compile(r"(?:unknown field|required field) `(?P<name>[^`]+)`")


def field_path(message: str) -> str:
    """The path of the field that a msgspec message complains of, as in `$.matter.code`."""
    at = _AT.search(message)
    named = _NAMED.search(message)
    return (at["path"] if at else "$") + (f".{named['name']}" if named else "")
