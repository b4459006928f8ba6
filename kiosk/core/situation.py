"""Where the terminal stands: the nine states, the visit as far as it has gone, and what is awaited.

Plain values; `kiosk.core.visit` holds every rule about how one follows another.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.core import events as e
from kiosk.core.levels import Level


class State(StrEnum):
    """What the screen shows."""

    CLOSED = "closed"
    READY = "ready"
    SERVING = "serving"
    INVITING = "inviting"
    EXPLAINING = "explaining"
    THANKS = "thanks"
    HANDED_TO_PHONE = "handed_to_phone"
    PAUSED = "paused"
    OUT_OF_ORDER = "out_of_order"


class Outcome(StrEnum):
    """How a visit ended. Only `rated` bears a level; silence never does."""

    RATED = "rated"
    SKIPPED = "skipped"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    HANDED_TO_PHONE = "handed_to_phone"


@dataclass(frozen=True, slots=True)
class Visit:
    """One service to one citizen, as far as it has gone. `tapped_ms`: wall time of the newest tap on a level.

    `begun_ms`, `invited_ms`, `answered_ms`: monotonic ms of its start, of the five levels' first appearance and of the
    first tap on one of them. `spot`: where the newest tap fell. `on_glass`: the levels were taken back from the phone,
    or a phone is not offered any more. `phone_asked_ms`: since when its citizen has asked for the code for a phone.
    `window`: where the queue slip named another one than ours.
    """

    visit_id: str
    matter: e.Matter
    case_number: str
    service_number: int | None
    staff: e.Staff | None
    rating_id: str | None = None
    level: Level | None = None
    tapped_ms: int | None = None
    reasons: tuple[str, ...] = ()
    local_reasons: tuple[str, ...] = ()
    seen: e.Seen | None = None
    comment: str = ""
    contact: str = ""
    outcome: Outcome | None = None
    receipt: str | None = None
    begun_ms: int = 0
    invited_ms: int | None = None
    answered_ms: int | None = None
    spot: tuple[int, int] | None = None
    on_glass: bool = False
    slip: str | None = None
    window: str | None = None
    self_begun: bool = False
    phone_asked_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """An entry on its way to the disk, and the state that its commit brings."""

    entry_id: str
    then: State
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What the rules against pressure remember of a rated visit: when it ended (monotonic ms) and where the tap fell.
    Not which level, though a place on the glass is one to whoever knows the screen: it leaves the core in no view.
    `on_phone`: no tap fell, for it was rated on a phone."""

    ended_ms: int
    spot: tuple[int, int] | None
    on_phone: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the rules need to know. `deadline_ms` is monotonic; None where the screen may wait for ever.

    `asking`: the wait is over and the screen asks for a sign of life until the deadline; `extended`: how often one came
    for the wait that runs. `called`: the queue number called last, until its visit begins. `closes_ms`: monotonic.
    """

    state: State = State.OUT_OF_ORDER
    terms: e.Terms = field(default_factory=e.Terms)
    staff: e.Staff | None = None
    visit: Visit | None = None
    awaiting: Awaited | None = None
    deadline_ms: int | None = None
    asking: bool = False
    extended: int = 0
    hall_open: bool = True
    pause_reason: str | None = None
    pause_until: str | None = None
    pause_kind: str = ""
    called: str | None = None
    closes_ms: int | None = None
    recent: tuple[Past, ...] = field(default=(), repr=False)
    faults: frozenset[str] = frozenset({"starting"})
