"""The staff menu on the terminal's own glass: what each touch and each answer makes of it. No Qt in here.

The value itself is in `menu_values`, its first page in `menu_home`, the start of a visit in `menu_visit`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from kiosk.core import events as e
from kiosk.core.situation import State
from kiosk.core.slip import read_slip
from kiosk.core.view import Accepted, OwnFigures, PinAnswer, Refused, View
from kiosk.ui import menu_home, menu_leave, menu_visit
from kiosk.ui.menu_values import (
    AT_REST,
    BACK_IN,
    IDLE_MS,
    LIMITS,
    MAY_BE_EMPTY,
    NO_DRAFT,
    OFFERED,
    SCANNED,
    TECHNICIAN,
    Around,
    CheckPin,
    Menu,
    Moved,
    ShowPairing,
    Step,
    asking,
    at,
    closed,
    refused,
)
from kiosk.ui.wedge import GAP_MS, SHORTEST

ALLOWED = frozenset({State.READY, State.CLOSED, State.PAUSED, State.SERVING, State.OUT_OF_ORDER})
_PARENT: Mapping[Step, Step] = {
    "pin": "number", "pause": "home", "until": "pause", "matter": "home", "search": "matter", "case": "matter",
    "visit": "matter", "slip": "visit", "times": "visit", "cancel": "home", "call": "home", "figures": "home",
    "pair": "home", "leave": "maintain",
}  # fmt: skip


def may_open(view: View) -> bool:
    """Whether the menu may lie on the glass: never while a citizen has it."""
    return view.situation.state in ALLOWED


def opened(menu: Menu, view: View, now_ms: int) -> Menu:
    """Somebody did what opens it: it asks who."""
    if menu.step or not may_open(view):
        return menu
    return Menu(menu.turn + 1, "number", touched_ms=now_ms)


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


def typed(menu: Menu, character: str, now_ms: int = 0) -> Menu:
    """One more character on the pad, or of a scanner's burst, which does not wait."""
    stale = menu.step in SCANNED and now_ms - menu.typed_ms > GAP_MS
    offered = menu.step == "call" and menu.kind == OFFERED
    before = "" if stale or offered else menu.typed
    if menu.busy or len(before) >= LIMITS.get(menu.step, 0):
        return menu
    hint = menu.hint if menu.wait_until_ms else ""
    kind = "" if offered else menu.kind
    return replace(menu, typed=before + character, typed_ms=now_ms, hint=hint, kind=kind)


def erased(menu: Menu) -> Menu:
    """Without the last one; a number that was offered goes as a whole."""
    if menu.busy:
        return menu
    if menu.step == "call" and menu.kind == OFFERED:
        return replace(menu, typed="", kind="")
    return replace(menu, typed=menu.typed[:-1])


def stepped_back(menu: Menu) -> Moved:
    """One step back; from the first, or from the menu's own page, out of it."""
    if menu.busy:
        return menu, None
    parent = "visit" if menu.step == "case" and menu.form else _PARENT.get(menu.step)
    if parent is None or (menu.staff is None and parent == "home"):
        return left(menu)
    return at(menu, parent), ShowPairing(False) if menu.step == "pair" else None


def entered(menu: Menu, around: Around, now_ms: int) -> Moved:
    """What is on the pad is all of it."""
    text = menu.typed.strip()
    if menu.busy or not (text or menu.step in MAY_BE_EMPTY):
        return menu, None
    match menu.step:
        case "number":
            return replace(at(menu, "pin"), number=menu.typed), None
        case "pin" if menu.wait_until_ms <= now_ms:
            return replace(menu, typed="", busy=True, hint="", wait_until_ms=0), CheckPin(menu.number, menu.typed)
        case "matter" if not around.view.scene.matters and read_slip(text, around.view.scene.slip) is None:
            return menu_visit.with_matter(menu, e.Matter(text, text)), None
        case "home" | "matter" | "visit":
            return _scanned(menu, text, around)
        case "search":
            return menu_visit.search_entered(menu, around)
        case "case" | "slip" | "times":
            return menu_visit.field_entered(menu, text, around)
        case "call":
            return asking(menu, e.CallNumber(text))
        case _:
            return menu, None


def _scanned(menu: Menu, text: str, around: Around) -> Moved:
    """A scanner at a page without a pad; on the menu's own page it begins a visit."""
    blank = replace(menu, typed="")
    if len(text) < SHORTEST:
        return blank, None
    if menu.step != "home":
        return menu_visit.scanned(blank, text, around)
    state = around.situation.state
    if state not in (State.READY, State.CLOSED):
        return replace(blank, hint="refused.visit_running" if state is State.SERVING else "not_now"), None
    return menu_visit.scanned(replace(blank, draft=NO_DRAFT, form=False), text, around)


def pin_answered(menu: Menu, answer: PinAnswer | None, now_ms: int) -> Moved:
    """Whether it was right; that nobody has this number is said in the same words as that the PIN is wrong. None: it
    could not be checked."""
    if answer is not None and answer.state == "right" and answer.staff is not None:
        return replace(menu, staff=answer.staff), e.OpenMenu(answer.staff)
    state = "not_now" if answer is None else "wrong" if answer.state == "unknown" else answer.state
    until = now_ms + answer.wait_s * 1000 if answer is not None and answer.wait_s else 0
    return replace(menu, busy=False, hint=state, wait_until_ms=until), None


def figures_answered(menu: Menu, figures: OwnFigures | None) -> Menu:
    """The clerk's own figures, or None where they cannot be had now."""
    return replace(menu, figures=figures, figures_known=True) if menu.step == "figures" else menu


def settled(menu: Menu, answer: Accepted | Refused | None) -> Menu:
    """The terminal has done it, or refused; None: there was no answer."""
    if isinstance(answer, Accepted):
        return replace(at(menu, "maintain" if menu.technician else "home"), kind="", draft=NO_DRAFT, form=False)
    return refused(menu, answer)


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
            return menu_home.chosen(menu, choice, around)
        case "matter" | "search":
            return menu_visit.matter_chosen(menu, choice, around), None
        case "case" if choice == "details":
            return menu_visit.to_form(menu), None
        case "visit":
            return menu_visit.visit_chosen(menu, choice, around)
        case "cancel" if (visit := around.situation.visit) is not None and choice in around.reasons:
            return asking(menu, e.CancelVisit(visit.visit_id, around.reasons[choice], by="menu"))
        case "maintain" | "leave":
            return menu_leave.chosen(menu, choice, around.view)
        case "pause":
            return replace(at(menu, "until"), kind=choice), None
        case "until":
            until = _back_at(around.wall, int(choice)) if choice in BACK_IN else None
            return asking(menu, e.Pause(menu.kind, until, menu.kind))
        case _:
            return menu, None


def _back_at(wall: datetime, minutes: int) -> str:
    """The local `HH:MM` in so many minutes, at the next full five."""
    ahead = wall.hour * 60 + wall.minute + minutes
    ahead = -(-ahead // 5) * 5
    return f"{ahead // 60 % 24:02}:{ahead % 60:02}"
