"""The station API (窗口接口), `/v1` on loopback: how clerks' programs and business systems drive the terminal.

Grow these shapes, never break them. None of them bears a level. Unknown keys in a request are refused by name.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kiosk.protocol.profile import ClockTime

DEFAULT_PORT = 7801
TOKEN_FILE = "station.token"

Stage = Literal["pending", "accepted", "completed"]
PauseKind = Literal["away", "waiting", "out_of_service"]
SlipNumber = Annotated[str, Meta(min_length=1, max_length=16)]
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
    """`POST /visits`. `stage`: how far the case is (待受理, 受理, 办结). `slip`: the number on the queue slip.
    `invite`: the service is over already, so show the five levels as soon as the start is on the disk."""

    matter: MatterRef
    case_number: Code
    service_number: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    citizen_name: Annotated[str, Meta(max_length=100)] | None = None
    stage: Stage | None = None
    slip: SlipNumber | None = None
    invite: bool = False


class NumberCall(Shape, frozen=True):
    """`POST /calls`: the next queue number is called. A visit still being served is over, and its citizen invited."""

    number: SlipNumber


class VisitCancellation(Shape, frozen=True):
    """`POST /visits/{id}/cancellation`."""

    reason: Name


class PauseStart(Shape, frozen=True):
    """`PUT /pause`. `expected_return`: when it is expected to be over, local time."""

    reason: Name
    expected_return: ClockTime | None = None
    kind: PauseKind | None = None


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
    """The running visit, or the one that ended last: its outcome and never its level. `open_s`: seconds since its
    start while it is being served, else 0."""

    visit_id: str
    outcome: str | None
    open_s: int = 0


class PauseView(msgspec.Struct, frozen=True, kw_only=True):
    """The pause in `GET /state`."""

    reason: str
    kind: str
    expected_return: str | None


class StationState(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /state`, and the data of each event of `GET /events`."""

    state: str
    window: WindowView | None
    staff: StaffView | None
    visit: VisitView | None
    unsent: int
    oldest_unsent_s: int
    mode: str = "window"
    pause: PauseView | None = None
    called: str | None = None
    remind_s: int = 0


class MatterView(msgspec.Struct, frozen=True, kw_only=True):
    """A matter in `GET /matters`. `initials`: of its name in pinyin (`bdczydj`), empty where nobody gave them."""

    code: str
    name: str
    name_en: str = ""
    initials: str = ""


class MatterList(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /matters`: what this window handles, for a console to choose from."""

    items: tuple[MatterView, ...]


# -- the way in over the hall's network (another listener, TLS; docs/STATION.md) --------------------------------------


class PairingOpened(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /pairing`, on loopback only: the terminal shows a code of six digits for so many seconds."""

    expires_in_s: int


class PairingAnswer(Shape, frozen=True):
    """`PUT /pairing`, over the hall's network, without a key: the code that the terminal shows, and who is calling."""

    code: Annotated[str, Meta(pattern=r"^[0-9]{6}(?![\s\S])")]
    name: Annotated[str, Meta(min_length=1, max_length=64)]


class Paired(msgspec.Struct, frozen=True, kw_only=True):
    """What a peer keeps: its key, told once and stored nowhere but as a digest, and the id it can be revoked by."""

    peer_id: str
    key: str


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """A peer in `GET /peers`, on loopback only. Times: RFC 3339; `last_seen_at` empty if it never called."""

    peer_id: str
    name: str
    paired_at: str
    last_seen_at: str
    revoked: bool


class PeerList(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /peers`."""

    items: tuple[Peer, ...]
