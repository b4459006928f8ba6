"""The technician's part of the staff menu: a number and a one-time code let in, and a list of what can be done there.

Who types a number that is no clerk's is asked for it as for a PIN, in the same words. Each thing that can be done is on
record before it is: the technician's page opens, and the program ends, only after that. No Qt in here.
"""

from collections.abc import Callable
from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.view import Accepted, CodeAnswer, Refused, View
from kiosk.ui import technician
from kiosk.ui.menu_values import Menu, Moved, asking, at, closed, refused

MENU, BENCH = "menu", "doctor"
"""What `maintenance.opened` says was opened: this part of the menu, and the technician's page."""
_WHY_NOT = "refused.visit_running"
_HINTS = {
    "wrong": "wrong",
    "unknown": "wrong",
    "nobody": "wrong",
    "used": "code_used",
    "paused": "paused",
    "clock": "clock",
}


def code_answered(menu: Menu, answer: CodeAnswer | None, now_ms: int) -> Moved:
    """Whether the one-time code was right; None: it could not be checked. Opens once that is on record."""
    if answer is not None and answer.state == "right" and answer.technician is not None:
        return menu, e.OpenMaintenance(answer.technician, MENU, answer.clock_off_s)
    if answer is None or answer.state == "unreadable":
        return replace(menu, busy=False, hint="not_now" if answer is None else "no_technician"), None
    until = now_ms + answer.wait_s * 1000 if answer.wait_s else 0
    off = answer.clock_off_s
    return replace(menu, busy=False, hint=_HINTS[answer.state], wait_until_ms=until, clock_off_s=off), None


def chosen(menu: Menu, choice: str, view: View) -> Moved:
    """A tile of the technician's pages was touched. The technician's page is asked for only where it may be."""
    if menu.technician is None:
        return menu, None
    if menu.step == "maintain" and choice == "bench":
        if not technician.may_open(view):
            return replace(menu, hint=_WHY_NOT), None
        return asking(menu, e.OpenMaintenance(menu.technician, BENCH, menu.clock_off_s))
    if menu.step == "maintain" and choice == "leave":
        return at(menu, "leave"), None
    if menu.step == "leave" and choice in e.LEAVE_REASONS:
        return asking(menu, e.LeaveProgram(menu.technician, choice))
    return menu, None


def recorded(
    menu: Menu, act: e.OpenMaintenance, answer: Accepted | Refused | None, view: View
) -> tuple[Menu, e.Technician | None]:
    """What was to be opened opens once that is on record; what is not opens nothing. Also who is admitted to the
    technician's page, for which the menu goes; nobody where a visit has begun meanwhile."""
    if not isinstance(answer, Accepted):
        return refused(menu, answer), None
    if act.what == MENU:
        return replace(at(menu, "maintain"), technician=act.technician, clock_off_s=act.clock_off_s), None
    if not technician.may_open(view):
        return replace(menu, busy=False, hint=_WHY_NOT), None
    return closed(menu), act.technician


def tiles(menu: Menu, say: Callable[..., str]) -> tuple[tuple[str, str, str], ...]:
    """What stands there to be touched: what can be done, or why it is done."""
    if menu.step == "maintain":
        return (("bench", say("menu.maintain.bench"), ""), ("leave", say("menu.maintain.leave"), ""))
    return tuple((why, say(_WHYS[why]), "") for why in e.LEAVE_REASONS)


_WHYS = {
    "update": "menu.leave.update",
    "repair": "menu.leave.repair",
    "moving": "menu.leave.moving",
    "other": "menu.leave.other",
}
