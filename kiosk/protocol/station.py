"""The station API (窗口接口), `/v1` on loopback: how clerks' programs and business systems drive the terminal.

Grow these shapes, never break them. None of them bears a level. Unknown keys in a request are refused by name.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.protocol.profile import ClockTime

DEFAULT_PORT = 7801
TOKEN_FILE = "station.token"

Code = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of the requests: frozen, unknown keys refused."""


class StaffSignIn(Shape, frozen=True):
    """`PUT /staff`. Without a PIN the caller vouches for the clerk; the journal says so (`verified`)."""

    number: Code
    pin: Annotated[str, Meta(min_length=4, max_length=32)] | None = None


class MatterRef(Shape, frozen=True):
    """The matter of a visit. The code decides; the profile's name for it is what the citizen sees."""

    code: Code
    name: Name | None = None


class VisitStart(Shape, frozen=True):
    """`POST /visits`."""

    matter: MatterRef
    case_number: Code
    service_number: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    citizen_name: Annotated[str, Meta(max_length=100)] | None = None


class VisitCancellation(Shape, frozen=True):
    """`POST /visits/{id}/cancellation`."""

    reason: Name


class PauseStart(Shape, frozen=True):
    """`PUT /pause`. `expected_return`: when it is expected to be over, local time."""

    reason: Name
    expected_return: ClockTime | None = None


class VisitStarted(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to `POST /visits` (201) and to invitation and cancellation."""

    visit_id: str
    state: str


class WindowView(msgspec.Struct, frozen=True, kw_only=True):
    """The window in `GET /state`."""

    number: str
    name: str


class StaffView(msgspec.Struct, frozen=True, kw_only=True):
    """The clerk in `GET /state`."""

    number: str
    name: str


class VisitView(msgspec.Struct, frozen=True, kw_only=True):
    """The running visit, or the one that ended last: its outcome and never its level."""

    visit_id: str
    outcome: str | None


class StationState(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /state`, and the data of each event of `GET /events`."""

    state: str
    window: WindowView | None
    staff: StaffView | None
    visit: VisitView | None
    unsent: int
    oldest_unsent_s: int


class MatterList(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /matters`: what this window handles, for a console to choose from."""

    items: tuple[MatterRef, ...]
