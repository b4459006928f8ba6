"""The staff menu on the terminal's own glass: a value, and what each touch and each answer makes of it. No Qt in here.

A PIN stands in it only while it is being typed, and a menu that was closed is blank: its next `turn` takes no answer
that was meant for it. It can neither rate nor see a level.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from kiosk.core import events as e
from kiosk.core.situation import Situation, State
from kiosk.core.slip import LENGTH_LIMIT, read_slip
from kiosk.core.view import Accepted, PinAnswer, Refused, View

Step = Literal[
    "", "number", "pin", "home", "pause", "until", "matter", "case", "cancel", "call", "pair", "maintain", "leave"
]
ALLOWED = frozenset({State.READY, State.CLOSED, State.PAUSED, State.SERVING, State.OUT_OF_ORDER})
AT_REST = frozenset({State.READY, State.CLOSED, State.PAUSED})
IDLE_MS = 60_000
CASE_LIMIT = 64
"""Characters of a case number, as the station takes them too."""
MATTERS = 7
"""So many stand on one page, beside the tile for more."""
TILES = 8
"""So many clerks are offered by name; where there are more, their number is typed."""
BACK_IN = ("10", "30", "60")
"""Minutes until a pause may be expected to be over."""
REASONS = ("wrong_number", "left", "papers_missing", "twice", "other")
"""Why a visit is cancelled, by code; the journal has the code."""
LIMITS = {"number": 32, "pin": 32, "matter": 64, "case": LENGTH_LIMIT, "call": 16}
TECHNICIAN = "technician"
"""The tile for whoever is no clerk; then a number is typed though clerks are offered by name."""
_MAY_BE_EMPTY = frozenset({"case"})
_PARENT: dict[Step, Step] = {
    "pin": "number", "pause": "home", "until": "pause", "matter": "home", "case": "matter", "cancel": "home",
    "call": "home", "pair": "home", "leave": "maintain",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Ask whether this PIN is this clerk's."""

    number: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ShowPairing:
    """Show the code by which a PC is paired, or show it no longer."""

    shown: bool


Act = e.Event | CheckPin | ShowPairing


@dataclass(frozen=True, slots=True)
class Around:
    """What a touch needs to know of the world: the terminal's newest view, the time of day, an id for a visit."""

    view: View
    wall: datetime
    new_id: str = ""

    @property
    def situation(self) -> Situation:
        """Where the terminal stands."""
        return self.view.situation


@dataclass(frozen=True, slots=True)
class Menu:
    """`step`: what stands there, empty while it is closed; `staff`: whose PIN was right; `typed`: on the pad;
    `hint`: by code; `wait_until_ms`: until when no PIN is heard; `busy`: an answer is on its way; `touched_ms`: the
    last sign of life (both monotonic); `kind`: of the pause being made; `matter`: of the visit being started;
    `page`: of the matters; `technician`: whose one-time code was right; `astray_min`: how far the clock is astray."""

    turn: int = 0
    step: Step = ""
    number: str = ""
    typed: str = field(default="", repr=False)
    staff: e.Staff | None = None
    hint: str = ""
    wait_until_ms: int = 0
    busy: bool = False
    touched_ms: int = 0
    kind: str = ""
    matter: e.Matter | None = None
    page: int = 0
    technician: e.Technician | None = None
    astray_min: int = 0


CLOSED = Menu()
Moved = tuple[Menu, Act | None]


def may_open(view: View) -> bool:
    """Whether the menu may lie on the glass: never while a citizen has it."""
    return view.situation.state in ALLOWED


def opened(menu: Menu, view: View, now_ms: int) -> Menu:
    """Somebody did what opens it: it asks who."""
    if menu.step or not may_open(view):
        return menu
    return Menu(menu.turn + 1, "number", touched_ms=now_ms)


def closed(menu: Menu) -> Menu:
    """Nothing is left of it."""
    return Menu(menu.turn + 1) if menu.step else menu


def left(menu: Menu) -> Moved:
    """Away with it; a code that stood on it is void."""
    return closed(menu), ShowPairing(False) if menu.step == "pair" else None


def saw(menu: Menu, view: View, now_ms: int) -> Menu:
    """A new moment of the terminal. A code that was asked for elsewhere is shown while nobody is served."""
    if not may_open(view):
        return closed(menu)
    if not menu.step and view.pairing is not None and view.situation.state in AT_REST:
        return Menu(menu.turn + 1, "pair", touched_ms=now_ms, kind="shown")
    if menu.step != "pair":
        return menu
    if view.situation.state in AT_REST:  # a code never lies over a visit
        if view.pairing is not None:
            return replace(menu, kind="shown")
        if menu.kind != "shown":
            return menu  # asked for, and on its way
    return at(menu, "home") if menu.staff is not None else closed(menu)


def touched(menu: Menu, now_ms: int) -> Menu:
    """A sign of life."""
    return replace(menu, touched_ms=now_ms) if menu.step else menu


def passed(menu: Menu, now_ms: int) -> Menu:
    """Time has passed: who has left it alone has left."""
    waits = menu.step == "pair" and menu.kind == "shown"  # a code that is shown has a time of its own
    if menu.step and not waits and now_ms - menu.touched_ms >= IDLE_MS:
        return closed(menu)
    if menu.hint in ("wrong", "paused") and 0 < menu.wait_until_ms <= now_ms:
        return replace(menu, hint="", wait_until_ms=0)
    return menu


def typed(menu: Menu, character: str) -> Menu:
    """One more character on the pad."""
    if menu.busy or len(menu.typed) >= LIMITS.get(menu.step, 0):
        return menu
    return replace(menu, typed=menu.typed + character, hint=menu.hint if menu.wait_until_ms else "")


def erased(menu: Menu) -> Menu:
    """Without the last one."""
    return menu if menu.busy else replace(menu, typed=menu.typed[:-1])


def stepped_back(menu: Menu) -> Moved:
    """One step back; from the first, or from the menu's own page, out of it."""
    if menu.busy:
        return menu, None
    parent = _PARENT.get(menu.step)
    if parent is None or (menu.staff is None and parent == "home"):
        return left(menu)
    return at(menu, parent), ShowPairing(False) if menu.step == "pair" else None


def at(menu: Menu, step: Step) -> Menu:
    """Another page, with nothing typed on it."""
    number = "" if step == "number" else menu.number
    return replace(menu, step=step, number=number, typed="", hint="", wait_until_ms=0, busy=False, page=0)


def entered(menu: Menu, around: Around, now_ms: int) -> Moved:
    """What is on the pad is all of it."""
    text = menu.typed.strip()
    if menu.busy or not (text or menu.step in _MAY_BE_EMPTY):
        return menu, None
    match menu.step:
        case "number":
            return replace(at(menu, "pin"), number=menu.typed), None
        case "pin" if menu.wait_until_ms <= now_ms:
            return replace(menu, typed="", busy=True, hint="", wait_until_ms=0), CheckPin(menu.number, menu.typed)
        case "matter" if around.view.scene.matters:
            return replace(menu, typed=""), None  # what a scanner types before one was chosen is no matter
        case "matter":
            return replace(at(menu, "case"), matter=e.Matter(text, text)), None
        case "case" if menu.matter is not None:
            return _start(menu, menu.matter, text, around)
        case "call":
            return asking(menu, e.CallNumber(text))
        case _:
            return menu, None


def pin_answered(menu: Menu, answer: PinAnswer | None, now_ms: int) -> Moved:
    """Whether it was right; that nobody has this number is said in the same words as that the PIN is wrong. None: it
    could not be checked."""
    if answer is not None and answer.state == "right" and answer.staff is not None:
        return replace(menu, staff=answer.staff), e.OpenMenu(answer.staff)
    state = "not_now" if answer is None else "wrong" if answer.state == "unknown" else answer.state
    until = now_ms + answer.wait_s * 1000 if answer is not None and answer.wait_s else 0
    return replace(menu, busy=False, hint=state, wait_until_ms=until), None


def settled(menu: Menu, answer: Accepted | Refused | None) -> Menu:
    """The terminal has done it, or refused; None: there was no answer."""
    if isinstance(answer, Accepted):
        return replace(at(menu, "home" if menu.technician is None else "maintain"), kind="", matter=None)
    return replace(menu, busy=False, hint=f"refused.{answer.code}" if answer is not None else "not_now")


def chosen(menu: Menu, choice: str, around: Around) -> Moved:
    """A tile was touched."""
    if menu.busy:
        return menu, None
    match menu.step:
        case "number" if choice == TECHNICIAN:
            return replace(menu, kind=TECHNICIAN), None
        case "number":
            return replace(at(menu, "pin"), number=choice), None
        case "home":
            return _home(menu, choice, around)
        case "matter":
            return _matter(menu, choice, around), None
        case "cancel" if (visit := around.situation.visit) is not None and choice in REASONS:
            return asking(menu, e.CancelVisit(visit.visit_id, choice, by="menu"))
        case "pause":
            return replace(at(menu, "until"), kind=choice), None
        case "until":
            until = _back_at(around.wall, int(choice)) if choice in BACK_IN else None
            return asking(menu, e.Pause(menu.kind, until, menu.kind))
        case _:
            return menu, None


def _home(menu: Menu, choice: str, around: Around) -> Moved:
    visit = around.situation.visit
    match choice:
        case "invite" if visit is not None:
            return asking(menu, e.Invite(visit.visit_id, by="menu"))
        case "start":
            return at(menu, "matter"), None
        case "cancel" | "call":
            return at(menu, "cancel" if choice == "cancel" else "call"), None
        case "pair":
            return replace(at(menu, "pair"), kind="asked"), ShowPairing(True)
        case "sign_in" if menu.staff is not None:
            return asking(menu, e.SignIn(menu.staff))
        case "sign_out":
            return asking(menu, e.SignOut())
        case "resume":
            return asking(menu, e.Resume())
        case "pause":
            return at(menu, "pause"), None
        case _:
            return menu, None


def pages_of(view: View) -> int:
    """How many pages the matters take."""
    return max(1, -(-len(view.scene.matters) // MATTERS))


def _matter(menu: Menu, choice: str, around: Around) -> Menu:
    if choice == "more":
        return replace(menu, page=(menu.page + 1) % pages_of(around.view))
    card = next((card for card in around.view.scene.matters if card.code == choice), None)
    return menu if card is None else replace(at(menu, "case"), matter=e.Matter(card.code, card.name))


def _start(menu: Menu, matter: e.Matter, text: str, around: Around) -> Moved:
    """A case number typed or scanned, or the code of a queue slip."""
    slip = read_slip(text, around.view.scene.slip) if around.view.scene.slip or text.startswith("KQ1;") else None
    case, number = (slip.case, slip.slip) if slip is not None else (text, None)
    if len(case) > CASE_LIMIT:
        return replace(menu, typed="", hint="too_long"), None
    return asking(menu, e.StartVisit(around.new_id, matter, case, slip=number, by="menu"))


def asking(menu: Menu, event: e.Event) -> Moved:
    """The terminal is asked, and its answer awaited."""
    return replace(menu, busy=True, hint=""), event


def _back_at(wall: datetime, minutes: int) -> str:
    """The local `HH:MM` in so many minutes, at the next full five."""
    ahead = wall.hour * 60 + wall.minute + minutes
    ahead = -(-ahead // 5) * 5
    return f"{ahead // 60 % 24:02}:{ahead % 60:02}"
