"""Everything the console knows, as one frozen value. Nothing here can hold a level."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from kiosk.clerk.hot_keys import Report
from kiosk.protocol.phone import ClerkFigures
from kiosk.protocol.station import MatterView, PauseKind, Stage, StationState, VisitStart
from kiosk.ui.words import Words

PAUSE_KINDS: tuple[PauseKind, ...] = ("away", "waiting", "out_of_service")
STARTABLE = frozenset({"ready", "closed", "thanks"})
SIGNABLE = STARTABLE | {"paused"}
CANCELLABLE = frozenset({"serving", "inviting", "explaining"})
CALLABLE = frozenset({"ready", "closed", "serving", "inviting", "explaining", "thanks", "handed_to_phone"})
RUNNING = frozenset({"serving", "inviting", "explaining", "handed_to_phone"})


class Link(Enum):
    """How things stand between the console and the station."""

    CONNECTING = auto()
    UP = auto()
    AWAY = auto()
    REFUSED = auto()
    STRANGER = auto()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that did not work: near which field it is shown, the key of its words, and until when it lasts
    (monotonic ms; 0: until something else is done)."""

    place: str
    code: str
    until_ms: int = 0


@dataclass(frozen=True, slots=True)
class Running:
    """What this console started; another program's visits are not known here by name."""

    visit_id: str
    matter: str
    case_number: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A start on its way, or one whose answer was lost: sent again it has the same key, and so starts one visit."""

    key: str
    body: VisitStart
    matter: MatterView
    at_ms: int
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything the console knows. `matters`: None until the station has told them, empty where it lists none.

    `under_way`: the calls not answered yet. `sheet`: the one that is open (`pause`, `cancel`, `call`, `shift`,
    `figures`, `settings`), or empty.
    `open_since`: the visit being served, and when it began. `dismissed`: the visit whose reminder was put away.
    `paused_pin`: the clerk whose PIN is not heard, until when. `by_card`: the clerk who signed in here without a PIN.
    `figures_code`: why there are none, or `asking`. Times: monotonic ms.
    """

    words: Words
    language: str
    now_ms: int = 0
    link: Link = Link.CONNECTING
    state: StationState | None = None
    matters: tuple[MatterView, ...] | None = None
    recent: tuple[str, ...] = ()
    number: str = ""
    pin: str = field(default="", repr=False)
    by_card: str = ""
    paused_pin: tuple[str, int] | None = None
    matter_text: str = ""
    matter: MatterView | None = None
    list_open: bool = False
    highlighted: int = 0
    case_number: str = ""
    service_number: str = ""
    stage: Stage | None = None
    slip: str = ""
    sheet: str = ""
    pause_kind: PauseKind | None = None
    pause_until: str = ""
    called: str = ""
    call_number: str = ""
    reason: str = ""
    running: Running | None = None
    attempt: Attempt | None = None
    under_way: frozenset[str] = frozenset()
    trouble: Trouble | None = None
    open_since: tuple[str, int] | None = None
    dismissed: str = ""
    figures: ClerkFigures | None = None
    figures_code: str = ""
    folded: bool = False
    on_top: bool = False
    large: bool = False
    hot_keys: bool = True
    hot_key_names: Mapping[str, str] = field(default_factory=dict)
    hot_key_report: Report = Report("off")  # noqa: RUF009 -- frozen
