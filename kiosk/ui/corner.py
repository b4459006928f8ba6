"""The way to the staff menu: one finger held still in the upper left corner, then in the lower right one. No Qt here.

Nothing on the glass tells of it. Whatever is not exactly this begins anew, so that no tapping finds it.
"""

from dataclasses import dataclass, replace
from typing import Literal

Corner = Literal["", "upper left", "lower right"]
SQUARE_MM = 15.0
STILL_MM = 5.0
HOLD_MS = 3_000
BETWEEN_MS = 5_000


@dataclass(frozen=True, slots=True)
class Way:
    """How far one has come. `corner`: where the finger that is down came down (mm, at a time); `armed_ms`: when a first
    hold ended, None without one."""

    corner: Corner = ""
    x: float = 0.0
    y: float = 0.0
    since_ms: int = 0
    armed_ms: int | None = None


NOWHERE = Way()


def corner_of(x: float, y: float, width: float, height: float) -> Corner:
    """Which of the two corners lies at this point of a glass; all in mm."""
    if 0 <= x < SQUARE_MM and 0 <= y < SQUARE_MM:
        return "upper left"
    if width - SQUARE_MM < x <= width and height - SQUARE_MM < y <= height:
        return "lower right"
    return ""


def pressed(way: Way, corner: Corner, x: float, y: float, now_ms: int) -> Way:
    """A finger comes down, alone. The second hold must begin in time, and in the other corner."""
    armed = way.armed_ms is not None and now_ms - way.armed_ms <= BETWEEN_MS
    if corner == "lower right" and armed:
        return Way(corner, x, y, now_ms, way.armed_ms)
    return Way(corner, x, y, now_ms) if corner == "upper left" else NOWHERE


def moved(way: Way, x: float, y: float) -> Way:
    """The finger is there now; one that does not hold still has held nothing."""
    if not way.corner:
        return way
    return way if (x - way.x) ** 2 + (y - way.y) ** 2 <= STILL_MM**2 else NOWHERE


def lifted(way: Way, now_ms: int) -> tuple[Way, bool]:
    """The finger leaves; whether both holds are done with that."""
    if not way.corner or now_ms - way.since_ms < HOLD_MS:
        return NOWHERE, False
    if way.corner == "upper left":
        return replace(NOWHERE, armed_ms=now_ms), False
    return NOWHERE, way.armed_ms is not None
