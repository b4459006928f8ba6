"""What the terminal lets others see: the situation, the scene around it, and what it answers to an event.

The screen, the station and the tests get these values and hand back events; nothing else crosses.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from kiosk.core.events import Event, LocalReason, Staff, Technician
from kiosk.core.options import OptionList
from kiosk.core.situation import Situation

if TYPE_CHECKING:
    from concurrent.futures import Future


Mode = Literal["window", "hall", "self_service"]
"""Beside a clerk; on a stand, where citizens begin visits themselves; behind a machine's own program."""


@dataclass(frozen=True, slots=True)
class Card:
    """A clerk as shown to citizens. `photo`: a data URL, or empty."""

    number: str
    name: str
    post: str = ""
    post_en: str = ""
    party_member: bool = False
    photo: str = ""


@dataclass(frozen=True, slots=True)
class NoticeText:
    """One notice of the hall, in both languages; empty English falls back to Chinese. `picture`: a data URL."""

    title: str
    text: str = ""
    title_en: str = ""
    text_en: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class HallLook:
    """A hall's own look. `crest`: a data URL, or empty; `accent`, `background`: `#RRGGBB`, or empty for ours. The
    screen keeps contrast whatever is asked for."""

    crest: str = ""
    accent: str = ""
    background: str = ""


@dataclass(frozen=True, slots=True)
class SpeechHours:
    """How loud the terminal speaks from `opens` to `closes` (local `HH:MM`): `volume` 0 (silent) to 100."""

    opens: str
    closes: str
    volume: int


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """One opening period: weekday 1 is Monday, times are local `HH:MM`."""

    weekday: int
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class MatterCard:
    """A matter to choose from. `initials`: of its name in pinyin, empty where nobody gave them."""

    code: str
    name: str
    name_en: str = ""
    initials: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands on the screen besides the visit, from the profile; Chinese first, English may be empty.

    `windows`: names by number, of the whole hall; `slip`: how the code on a queue slip is written. `phone_page`: where
    phones rate, empty if they do not. `remind_s`: when a visit that stands open deserves a reminder, 0 for never.
    """

    hall: str = ""
    hall_en: str = ""
    window_number: str = ""
    window: str = ""
    window_en: str = ""
    cards: Mapping[str, Card] = field(default_factory=dict)
    matters_en: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[NoticeText, ...] = ()
    hours: tuple[OpeningHours, ...] = ()
    receipt_page: str = ""
    options: OptionList | None = None
    local_reasons: tuple[LocalReason, ...] = ()
    look: HallLook = HallLook()
    speech: tuple[SpeechHours, ...] = ()
    help: str = ""
    help_en: str = ""
    callbacks: bool = True
    keep_days: int = 90
    mode: Mode = "window"
    matters: tuple[MatterCard, ...] = ()
    windows: Mapping[str, str] = field(default_factory=dict)
    slip: str = ""
    remind_s: int = 1_200
    phone_page: str = ""


@dataclass(frozen=True, slots=True)
class Pairing:
    """The code of six digits by which a PC is paired, shown until `until_ms` (monotonic), beside the `fingerprint` that
    the PC must show as well (`3F2A 91C0 …`). An empty code: there were too many wrong ones, and none before that time.
    """

    code: str = field(repr=False)
    until_ms: int
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """One moment of the terminal. `unsent` entries wait for central, the oldest for `oldest_unsent_s` seconds.

    `phone_link`: the one-use link by which the running visit may be rated on a phone, empty while none may be shown;
    for the screen alone.

    `troubles`: what a technician must know while the terminal goes on serving, words by code (`disk_full`, …).
    """

    situation: Situation
    scene: Scene = Scene()
    unsent: int = 0
    oldest_unsent_s: int = 0
    troubles: Mapping[str, str] = field(default_factory=dict)
    phone_link: str = field(default="", repr=False)
    pairing: Pairing | None = None


@dataclass(frozen=True, slots=True)
class PinAnswer:
    """Whether a PIN is a clerk's: `right` (with who it is), `wrong`, `paused` (too many wrong ones; `wait_s` more
    seconds), `unknown` (the profile knows no clerk of this number), `no_pin` (the hall has set none)."""

    state: Literal["right", "wrong", "paused", "unknown", "no_pin"]
    wait_s: int = 0
    staff: Staff | None = None


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """Whether a one-time code is this technician's now.

    `right`, with who it is; `wrong`; `used`: each lets in once; `clock`: it is right for a time `clock_off_s` seconds
    ahead of this unit's clock, and the next one the app shows lets in; `paused`: too many wrong ones, `wait_s` more
    seconds; `unknown`: nobody here has this number; `nobody`: no technician is known here at all; `unreadable`: their
    secrets cannot be read. `clock_off_s` with `right`: the clock is wrong, and by so much.
    """

    state: Literal["right", "wrong", "used", "clock", "paused", "unknown", "nobody", "unreadable"]
    wait_s: int = 0
    technician: Technician | None = None
    clock_off_s: int = 0


@dataclass(frozen=True, slots=True)
class Accepted:
    """The event was taken, and what it recorded is on the disk."""

    view: View


@dataclass(frozen=True, slots=True)
class Refused:
    """The event changed nothing; `code` is the fold's stable word for why."""

    code: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """What central says of an earlier rating, by its receipt; never what the rating says, and the same for every level.

    `found`: central has it; `unknown`: not (yet); `unreachable`: central cannot be asked now. `received_at`: RFC 3339.
    `follow_up`: `received` (the hall has it), `in_hand` (it is being looked into) or `answered`, with `reply`.
    `additions`: how many words were added; `withdrawn`: it was withdrawn.
    """

    state: Literal["found", "unknown", "unreachable"]
    received_at: str = ""
    follow_up: Literal["received", "in_hand", "answered"] = "received"
    reply: str = field(default="", repr=False)
    additions: int = 0
    withdrawn: bool = False


class TerminalPort(Protocol):
    """The running terminal, as the screen and the station see it. Every method may be called from any thread."""

    def submit(self, event: Event) -> "Future[Accepted | Refused]":
        """Hand in an event. The answer comes when what the event recorded is committed, or at once if refused."""

    def view(self) -> View:
        """The newest moment."""

    def watch(self, callback: Callable[[View], None]) -> Callable[[], None]:
        """Be told each new moment, on the terminal's own loop; the call returned ends it. Must not block."""


class CitizenPort(TerminalPort, Protocol):
    """What the screen may ask beyond that."""

    def earlier(self, receipt: str) -> "Future[Earlier]":
        """Ask central about the rating with this receipt (normalised). Always answered, with `unreachable` at worst."""

    def check_pin(self, number: str, pin: str) -> "Future[PinAnswer]":
        """Whether this PIN is the clerk's of this number; five tries, then growing pauses, shared with the station."""

    def check_code(self, number: str, code: str) -> "Future[CodeAnswer]":
        """Whether this one-time code is the technician's of this number, by `kiosk.technicians`. Whoever lets in by it
        submits `OpenMaintenance`, and opens once that is accepted."""

    def pair(self) -> None:
        """Show a code by which a PC may be paired (`View.pairing`); nothing where the hall's network is not served."""

    def unpair(self) -> None:
        """Show it no longer; the code is void."""
