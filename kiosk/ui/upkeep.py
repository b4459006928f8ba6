"""What the terminal does for itself and its screen while nobody is before it: dark at night, a page that does not burn
in, the light by the hour, and a new beginning when it has grown too large.

Nobody is before it when no visit, sheet or menu is there and nothing was touched for a while. Looked at again and
again, and at once when somebody comes.
"""

# The stubs know no Qt names for the types of properties; QML needs them.
# mypy: disable-error-code="arg-type"

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Property, QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk.core.care import QUIET_MS, Care, begins_anew, is_dark, percent_now, place

if TYPE_CHECKING:
    from kiosk.core.view import View
    from kiosk.ui.window import KioskWindow

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1

LOOK_MS = 5_000
FREE_PAGES = frozenset({"ready", "attract", "closed", "paused", "out_of_order"})
"""Where nobody is led through anything. Whoever stands before the matters leaves them for `attract` after a while."""
HELD_MS = 300_000
"""A finger that is down for longer was lifted without a word."""
_PRESSES = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate})
_LIFTS = frozenset({QEvent.Type.MouseButtonRelease, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel})
_log = logging.getLogger(__name__)


class Lamp(Protocol):
    """The light of the screen."""

    def shine(self, on: bool, percent: int) -> None:
        """From now on so; never blocks."""


@dataclass(frozen=True, slots=True)
class Means:
    """`mono_ms`: monotonic ms; `local`: local time now; `resident_mib`: this process's memory; `renew`: end this life
    for a new one, called once with what was measured."""

    care: Care
    mono_ms: Callable[[], int]
    local: Callable[[], time.struct_time]
    resident_mib: Callable[[], int | None]
    lamp: Lamp
    renew: Callable[[int], None]


@QmlElement
@QmlUncreatable("made by the window")
class Upkeep(QObject):  # type: ignore[operator]  # the stubs forget the argument of QmlUncreatable
    """Of one window; it does nothing until it has `means`."""

    changed = Signal()
    placed = Signal()

    def __init__(self, window: "KioskWindow") -> None:
        super().__init__(window)
        self._window = window
        self._means: Means | None = None
        self._view: View | None = None
        self._stirred_ms = 0
        self._down_ms: int | None = None
        self._first_mib: int | None = None
        self._dark, self._renewed = False, False
        self._place = (0, 0)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def begin(self, means: Means) -> None:
        """From now on."""
        self._means, self._stirred_ms, self._first_mib = means, means.mono_ms(), means.resident_mib()
        if means.care.ceiling_mib and (self._first_mib or 0) > means.care.ceiling_mib:
            _log.error("the memory ceiling of %d MiB is below what a start needs", means.care.ceiling_mib)
        self._window.installEventFilter(self)
        self._window.model.pageChanged.connect(self.look)
        self._window.model.stirred.connect(self._stir)
        self._timer.start(LOOK_MS)

    def end(self) -> None:
        """No more."""
        self._timer.stop()
        self._window.removeEventFilter(self)
        self._means = None

    def see(self, view: "View") -> None:
        """A new moment of the terminal, which the window has taken in already."""
        self._view = view

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Somebody is there. What lies below gets it all the same, but for a key that brings the light."""
        kind, was_dark = event.type(), self._dark
        if self._means is not None and (kind in _PRESSES or kind in _LIFTS):
            self._down_ms = self._means.mono_ms() if kind in _PRESSES else None
            self._stir()
        elif isinstance(event, QKeyEvent) and kind is QEvent.Type.KeyPress:
            self._stir()
            typed = event.text() != "" and event.text().isprintable()
            return was_dark and not typed  # what a scanner types is not lost
        return False

    @Slot()
    def look(self) -> None:
        """What is to be done now."""
        means, view = self._means, self._view
        if means is None or view is None:
            return
        quiet_ms = self._quiet_ms(means.mono_ms(), view)
        now = means.local()
        at = f"{now.tm_hour:02}:{now.tm_min:02}"
        hours = () if view.scene.mode == "self_service" else view.scene.hours
        self._darken(is_dark(hours, now.tm_wday + 1, at, means.care, quiet_ms))
        means.lamp.shine(not self._dark, percent_now(means.care.brightness, at))
        if quiet_ms >= QUIET_MS:
            self._move(place((now.tm_yday * 24 + now.tm_hour) * 60 + now.tm_min, means.care))
        resident_mib = means.resident_mib()
        if not self._renewed and begins_anew(resident_mib, self._first_mib, means.care.ceiling_mib, quiet_ms):
            self._renewed = True
            _log.warning("%s MiB of memory, %d are allowed: beginning anew", resident_mib, means.care.ceiling_mib)
            means.renew(resident_mib or 0)

    @Slot()
    def _stir(self) -> None:
        if self._means is not None:
            self._stirred_ms = self._means.mono_ms()
            if self._dark:
                self.look()

    def _quiet_ms(self, now_ms: int, view: "View") -> int:
        """For how long nobody has been before the screen; 0 while somebody may be."""
        shown, situation = self._window.model.shown, view.situation
        runs = situation.visit is not None and situation.visit.outcome is None
        busy = runs or situation.awaiting is not None or shown.page not in FREE_PAGES
        held = self._down_ms is not None and now_ms - self._down_ms < HELD_MS
        if busy or held or shown.sheet or shown.panel or self._window.menu.is_open or self._window.technician.is_open:
            self._stirred_ms = now_ms
        return now_ms - self._stirred_ms

    def _darken(self, dark: bool) -> None:
        if dark != self._dark:
            self._dark = dark
            self.changed.emit()

    def _move(self, to: tuple[int, int]) -> None:
        if to != self._place:
            self._place = to
            self.placed.emit()

    def _get_dark(self) -> bool:
        return self._dark

    def _get_right(self) -> int:
        return self._place[0]

    def _get_down(self) -> int:
        return self._place[1]

    dark = Property(bool, _get_dark, notify=changed)
    right = Property(int, _get_right, notify=placed)
    down = Property(int, _get_down, notify=placed)
