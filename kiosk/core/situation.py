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
    """One service to one citizen, as far as it has gone. `tapped_ms`: wall time of the newest tap on a level."""

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


@dataclass(frozen=True, slots=True)
class Awaited:
    """An entry on its way to the disk, and the state that its commit brings."""

    entry_id: str
    then: State
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the rules need to know. `deadline_ms` is monotonic; None where the screen may wait for ever.

    `asking`: the wait is over and the screen asks for a sign of life until the deadline; `extended`: how often one came
    for the wait that runs.
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
    faults: frozenset[str] = frozenset({"starting"})
