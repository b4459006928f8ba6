"""Whether our window is before the citizen, and where: it covers the screen that is ours, and never another one.

Two things keep it away: our screen is not there; or it stands behind another program, on a self-service machine, and no
visit is before the citizen. Away means unmapped, without the keys; whatever the visit holds stays as it is.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QScreen

from kiosk.ui.displays import displays_of
from kiosk.ui.placement import Choice, Display, Known, Wish, choose, explain

if TYPE_CHECKING:
    from kiosk.core.view import View
    from kiosk.ui.window import KioskWindow

SCREEN_MISSING = "screen_missing"
IN_FRONT = frozenset(
    {"inviting", "explaining", "thanks", "handed_to_phone"}
)  # kiosk.core.situation.State, not needed so soon
_LOOKS_MS = (20, 40, 80, 160, 300, 500, 900)
"""After a change it is looked again after so long each time, for window systems take their time; what has then still
not happened is asked for once more."""
_INSIST_FROM = 4
_log = logging.getLogger(__name__)


class Foreground(Protocol):
    """The place before the windows of all other programs."""

    def take(self, window: int) -> bool:
        """Bring this window there, with the keys, and remember who was there; whether that has come about. To be called
        again until it has."""

    def give_back(self) -> bool:
        """Bring back who was there; whether that has come about. To be called again until it has."""


def is_called(view: "View") -> bool:
    """Whether the window is to be before the citizen."""
    return view.scene.mode != "self_service" or view.situation.state in IN_FRONT


class Presence(QObject):
    """Of one window. `behind`: it stands behind another program, until it is told otherwise; `away`: called whenever
    the window is not to be seen."""

    def __init__(
        self,
        window: "KioskWindow",
        wish: Wish,
        foreground: Foreground | None = None,
        behind: bool = False,
        away: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._window, self._wish, self._foreground, self._away = window, wish, foreground, away
        self._called, self._behind, self._settling, self._ended = not behind, behind, False, False
        self._taken = behind  # it may have been, in a life before this one that ended in front
        self._known = Known()
        self._trouble: str | None = None
        self._tell: Callable[[str, str | None], None] = lambda _code, _words: None
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenAdded.connect(self._added)
        # Told before Qt moves the windows of a screen that is gone to the primary one; ours is hidden by then.
        app.screenRemoved.connect(self.changed)
        app.primaryScreenChanged.connect(self.changed)
        window.screenChanged.connect(self.changed)
        for screen in QGuiApplication.screens():
            screen.geometryChanged.connect(self.changed)

    def attach(self, tell: Callable[[str, str | None], None]) -> None:
        """From now on tell of what is wrong with the screen: a code, and words or, once it is over, None."""
        self._tell = tell
        if self._trouble:
            tell(SCREEN_MISSING, self._trouble)

    def see(self, view: "View") -> None:
        """A new moment of the terminal, which the window has taken in already."""
        called, behind = is_called(view), view.scene.mode == "self_service"
        if not self._ended and (called, behind) != (self._called, self._behind):
            self._called, self._behind = called, behind
            self.changed()

    def end(self) -> None:
        """Go, and give the place in front back."""
        self._called, self._ended = False, True
        self._timer.stop()
        self._settle(insist=False)

    @Slot()
    def changed(self) -> None:
        """Something may be otherwise now."""
        if not (self._settling or self._ended):
            self._settle(insist=False)
            self._looks = 0
            self._timer.start(_LOOKS_MS[0])

    @Slot(QScreen)
    def _added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self.changed)
        self.changed()

    @Slot()
    def _look(self) -> None:
        self._settle(insist=self._looks >= _INSIST_FROM)
        self._looks += 1
        if self._looks < len(_LOOKS_MS):
            self._timer.start(_LOOKS_MS[self._looks])

    def _settle(self, insist: bool) -> None:
        self._settling = True
        try:
            screens = QGuiApplication.screens()
            displays = displays_of(screens)
            choice = choose(displays, self._wish, self._known)
            self._known = choice.known
            self._report(choice, displays)
            if choice.display is None or not self._called:
                self._window.hide()
                self._away()
            else:
                self._window.cover(screens[displays.index(choice.display)], insist)
                if not self._window.isVisible():
                    self._window.reveal(quietly=bool(self._wish) and len(displays) > 1)
            self._come_or_go()
        finally:
            self._settling = False

    def _come_or_go(self) -> None:
        if self._behind and self._window.isVisible():
            self._taken = True
            if self._foreground is None:
                self._window.raise_()
                self._window.requestActivate()
            else:
                self._foreground.take(int(self._window.winId()))
        elif self._taken and not self._window.isVisible():
            self._taken = self._foreground is not None and not self._foreground.give_back()

    def _report(self, choice: Choice, displays: list[Display]) -> None:
        words = None
        if self._wish and choice.display is None:
            words = f"{explain(choice, self._wish, displays)}. The citizen's page is hidden until it is"
        if words != self._trouble:
            self._trouble = words
            _log.warning("%s", words or "the citizen's screen is there again")
            self._tell(SCREEN_MISSING, words)
