"""Everything that can happen to the terminal, as values. Whoever makes an event, it goes to the terminal and is folded.

Only the citizen's events bear on the rating; none of them can be made through the station API.
"""

from dataclasses import dataclass
from typing import Literal

from kiosk.core.levels import Level
from kiosk.core.options import OptionList

Stage = Literal["pending", "accepted", "completed"]
"""How far a case is (proStatus 1 待受理, 2 已受理, 3 已办结; DOMAIN, "What an upstream wants")."""
By = Literal["clerk", "menu"]
"""Whether a clerk's act came through the station, or from the staff menu on the terminal's own glass."""
PAUSE_KINDS = ("away", "waiting", "out_of_service")
"""Kinds of pause (DOMAIN): away without papers, waiting for a step, out of service."""
CANCEL_REASONS = ("papers", "window", "again", "mistake")
"""Why a clerk may cancel a visit, by code, at the console and at the staff menu. The journal has the words."""


@dataclass(frozen=True, slots=True)
class Now:
    """What the fold must not find out for itself: the time, a fresh id for the entry it may record, a fresh salt.

    `wall_ms`: Unix ms; `mono_ms`: monotonic ms of boot `boot_id`; `entry_id` and `salt`: 32 hex digits each.
    """

    wall_ms: int
    mono_ms: int
    boot_id: str
    entry_id: str
    salt: str


@dataclass(frozen=True, slots=True)
class Matter:
    """The kind of service (事项): code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Staff:
    """The clerk as journalled: number and name. `verified` tells whether a PIN was checked at sign-in."""

    number: str
    name: str
    verified: bool = False


@dataclass(frozen=True, slots=True)
class LocalReason:
    """A reason of the hall's own (DOMAIN: local reasons go in a field of their own), offered at these levels."""

    code: str
    zh: str
    en: str = ""
    levels: frozenset[Level] = frozenset(Level)


@dataclass(frozen=True, slots=True)
class Seen:
    """What stood before the citizen when the level was tapped. `language`: its tag; `look`: the ways of showing that
    were on (`large contrast …`), empty for the ordinary one; `wording`, `layout`: SHA-256 (hex) of the words shown and
    of the screens' source; `version`: of the program."""

    language: str
    look: str
    wording: str
    layout: str
    version: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What the profile sets for a visit: window, channel, the reasons on offer, and how long each screen waits (ms).

    `self_start`: citizens begin visits themselves (a tablet on a stand). `phone_ms`: how long a phone may take.

    When a wait is over the screen asks "are you still there?" for `asking_ms` more, and a sign of life begins the wait
    anew, `extensions` times (WCAG 2.2.1: 20 s to answer, ten times).
    """

    window: str = ""
    channel: str = "hall_tablet"
    options: OptionList | None = None
    options_version: str = ""
    inviting_ms: int = 30_000
    explaining_ms: int = 60_000
    thanks_ms: int = 6_000
    asking_ms: int = 20_000
    extensions: int = 10
    local_reasons: tuple[LocalReason, ...] = ()
    self_start: bool = False
    phone_ms: int = 180_000


# -- the clerk, or a business system ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignIn:
    """A clerk sits down."""

    staff: Staff


@dataclass(frozen=True, slots=True)
class SignOut:
    """The clerk leaves."""


@dataclass(frozen=True, slots=True)
class StartVisit:
    """A service to one citizen begins. `visit_id`: 32 hex digits, made where the event was made.

    `stage`: of the case (办件), where that was said. `slip`: the number on the citizen's queue slip. `invited`: the
    service is over already, so its start brings the five levels at once. `by`: where the clerk did it.
    """

    visit_id: str
    matter: Matter
    case_number: str
    service_number: int | None = None
    citizen_name: str | None = None
    stage: Stage | None = None
    slip: str | None = None
    invited: bool = False
    by: By = "clerk"


@dataclass(frozen=True, slots=True)
class Invite:
    """The service is done: show the five levels."""

    visit_id: str
    by: By = "clerk"


@dataclass(frozen=True, slots=True)
class CallNumber:
    """The next queue number is called. A visit that is still being served is over then: its citizen is invited.

    `number`: as on the slip; it is shown while nobody is served.
    """

    number: str


@dataclass(frozen=True, slots=True)
class CancelVisit:
    """End without a rating; refused once a level was tapped."""

    visit_id: str
    reason: str
    by: By = "clerk"


@dataclass(frozen=True, slots=True)
class Pause:
    """暂停服务, with its reason, and when it is expected to be over (local `HH:MM`) where that was said.

    `kind`: one of `PAUSE_KINDS`, or empty where only a reason was given.
    """

    reason: str
    until: str | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """The pause is over."""


@dataclass(frozen=True, slots=True)
class OpenMenu:
    """A clerk opened the staff menu on the terminal's own glass, with their PIN; goes on record, changes nothing."""

    staff: Staff


@dataclass(frozen=True, slots=True)
class Technician:
    """Who looks after terminals, as journalled: number and name. Known by a one-time code."""

    number: str
    name: str
    role: str = "technician"


LEAVE_REASONS = ("update", "repair", "moving", "other")
"""Why a technician ends the program, by code; the journal has the code."""


@dataclass(frozen=True, slots=True)
class OpenMaintenance:
    """A technician was let in by a one-time code; goes on record, changes nothing. `what`: the place entered (`menu`,
    `doctor`, `removal`, …); `clock_off_s`: by how much this unit's clock was found to be behind."""

    technician: Technician
    what: str
    clock_off_s: int = 0


@dataclass(frozen=True, slots=True)
class LeaveProgram:
    """A technician ends the program, for one of `LEAVE_REASONS`: on record before it ends, and never while a visit is
    before a citizen."""

    technician: Technician
    why: str


# -- the citizen -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BeginVisit:
    """A citizen begins a visit on a tablet in the hall: the matter chosen, or read from a queue slip.

    `visit_id`: 32 hex digits. `slip`, `window`: the number and the window on the slip, where one was scanned.
    """

    visit_id: str
    matter: Matter
    slip: str | None = None
    window: str | None = None
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class AskToRate:
    """The citizen wants to rate without being invited (主动评价)."""


@dataclass(frozen=True, slots=True)
class TapLevel:
    """A finger on one of the five levels, and what stood before it. `spot`: where on the glass, in whole millimetres
    from its left and top edge; None for a key or a screen reader."""

    level: Level
    seen: Seen | None = None
    spot: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ChooseAgain:
    """Back to the five levels; the tapped one stands until another is tapped."""


@dataclass(frozen=True, slots=True)
class ToggleReason:
    """A reason chosen, or no longer chosen, by code."""

    code: str


@dataclass(frozen=True, slots=True)
class ToggleLocalReason:
    """A reason of the hall's own chosen, or no longer chosen, by code."""

    code: str


@dataclass(frozen=True, slots=True)
class StillThere:
    """A sign of life when the screen asked for one: the wait begins anew."""


@dataclass(frozen=True, slots=True)
class AddWords:
    """Someone with a receipt adds a word to that rating. `receipt`: its code, normalised."""

    receipt: str
    words: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Someone with a receipt withdraws that rating (主动撤销), with their reason. Any rating may be withdrawn, for an
    offer made for bad ones alone would tell which they are."""

    receipt: str
    words: str


@dataclass(frozen=True, slots=True)
class WriteComment:
    """The free text as it now stands."""

    text: str


@dataclass(frozen=True, slots=True)
class WriteContact:
    """The telephone number as it now stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Submit:
    """The citizen is done with the reasons."""


@dataclass(frozen=True, slots=True)
class Skip:
    """The citizen does not want to rate."""


@dataclass(frozen=True, slots=True)
class Leave:
    """The citizen has seen the thanks."""


@dataclass(frozen=True, slots=True)
class AskForPhone:
    """The citizen wants the code for their own phone on the glass: before that, there is no link to be seen."""


@dataclass(frozen=True, slots=True)
class HandToPhone:
    """The citizen goes on with their own phone: said here, or seen at central when the phone opened the page."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The citizen would rather rate here than on the phone."""


@dataclass(frozen=True, slots=True)
class PhoneFinished:
    """The phone brought the rating to central, which says under which id and with which digest (hex) of its content;
    empty where that is not known. `visit_id` None: the running one. `ago_ms`: how long ago the phone was done."""

    rating_id: str = ""
    digest: str = ""
    visit_id: str | None = None
    ago_ms: int = 0


# -- the terminal itself ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Some time has passed; the fold looks at its own deadline."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The journal has committed this entry: its place and its hash."""

    entry_id: str
    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The terminal cannot serve, and why, by code: `starting`, `not_enrolled`, `journal`."""

    code: str


@dataclass(frozen=True, slots=True)
class FaultCleared:
    """What was wrong is right again."""

    code: str


@dataclass(frozen=True, slots=True)
class HoursChanged:
    """The hall opened or closed. `closes_ms`: when it will close next, in monotonic ms; None if that is not known."""

    open: bool
    closes_ms: int | None = None


@dataclass(frozen=True, slots=True)
class TermsChanged:
    """A new profile is in force."""

    terms: Terms


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A visit that the journal shows as begun and not ended, with the newest level tapped in it."""

    visit_id: str
    rating_id: str | None = None
    level: Level | None = None
    tapped_ms: int | None = None


@dataclass(frozen=True, slots=True)
class AskedForPhone:
    """A visit for whose phone a code was shown, as the terminal or its journal remembers it.

    `numbered`: it has a case number. `invited_ms`, `asked_ms`: when the five levels and when the code stood there,
    monotonic ms of boot `boot_id`; `wall_ms`: the latter by the wall clock. None: not known.
    """

    visit_id: str
    numbered: bool = True
    invited_ms: int | None = None
    asked_ms: int | None = None
    wall_ms: int | None = None
    boot_id: str = ""


@dataclass(frozen=True, slots=True)
class VouchForPhone:
    """Central holds a phone's rating of a visit that has ended otherwise here. `ago_ms`: how long ago the phone was
    done."""

    asked: AskedForPhone
    rating_id: str
    digest: str
    ago_ms: int = 0


@dataclass(frozen=True, slots=True)
class Started:
    """The program began and read its journal: who was signed in, what was left open, whether it had stopped well."""

    version: str
    clean: bool
    staff: Staff | None = None
    paused: str | None = None
    paused_until: str | None = None
    open_visit: OpenVisit | None = None


@dataclass(frozen=True, slots=True)
class CloseInterrupted:
    """Close the visit that the last run left open; `cause` says how it came to that."""

    visit: OpenVisit
    cause: str = "unclean_stop"


@dataclass(frozen=True, slots=True)
class BreakOff:
    """The program is told to end: what a citizen has rated and written so far is kept."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """The program ends properly."""


Event = (
    SignIn
    | SignOut
    | StartVisit
    | Invite
    | CallNumber
    | CancelVisit
    | Pause
    | Resume
    | OpenMenu
    | OpenMaintenance
    | LeaveProgram
    | BeginVisit
    | AskToRate
    | TapLevel
    | ChooseAgain
    | ToggleReason
    | ToggleLocalReason
    | StillThere
    | AddWords
    | Withdraw
    | WriteComment
    | WriteContact
    | Submit
    | Skip
    | Leave
    | AskForPhone
    | HandToPhone
    | TakeBack
    | PhoneFinished
    | TimePassed
    | Recorded
    | Fault
    | FaultCleared
    | HoursChanged
    | TermsChanged
    | VouchForPhone
    | Started
    | CloseInterrupted
    | BreakOff
    | Stopping
)
