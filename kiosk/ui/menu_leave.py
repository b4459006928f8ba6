"""The technician's part of the staff menu: a number and a one-time code let in, and a list of what can be done there.

Who types a number that is no clerk's is asked for it as for a PIN, in the same words. Leaving the program is on record
before it ends. No Qt in here.
"""

from collections.abc import Callable
from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.view import CodeAnswer
from kiosk.ui.menu_values import Menu, Moved, asking, at

LEAVE = "leave"
"""What `maintenance.opened` says was opened."""
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
        event = e.OpenMaintenance(answer.technician, LEAVE, answer.clock_off_s)
        return replace(menu, technician=answer.technician), event
    if answer is None or answer.state == "unreadable":
        return replace(menu, busy=False, hint="not_now" if answer is None else "no_technician"), None
    until = now_ms + answer.wait_s * 1000 if answer.wait_s else 0
    minutes = abs(answer.clock_off_s) // 60
    return replace(menu, busy=False, hint=_HINTS[answer.state], wait_until_ms=until, astray_min=minutes), None


def chosen(menu: Menu, choice: str) -> Moved:
    """A tile of the technician's pages was touched."""
    if menu.step == "maintain" and choice == "leave":
        return at(menu, "leave"), None
    if menu.step == "leave" and choice in e.LEAVE_REASONS and menu.technician is not None:
        return asking(menu, e.LeaveProgram(menu.technician, choice))
    return menu, None


def tiles(menu: Menu, say: Callable[..., str]) -> tuple[tuple[str, str, str], ...]:
    """What stands there to be touched: what can be done, or why it is done."""
    if menu.step == "maintain":
        return (("leave", say("menu.maintain.leave"), ""),)
    return tuple((why, say(_WHYS[why]), "") for why in e.LEAVE_REASONS)


_WHYS = {
    "update": "menu.leave.update",
    "repair": "menu.leave.repair",
    "moving": "menu.leave.moving",
    "other": "menu.leave.other",
}
