"""The view model of the staff menu: fold a touch or an answer, derive, then notify exactly what changed.

Answers come back through `post`, and only to the menu that asked: once it was closed, they are dropped.
"""

import secrets
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from typing import TypeVar

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk.core.situation import Situation
from kiosk.core.view import CitizenPort, PinAnswer, View
from kiosk.ui import menu as m
from kiosk.ui.menu_properties import MenuProperties
from kiosk.ui.menu_shown import menu_shown
from kiosk.ui.words import Words

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1
_LOOKS_MS = 1_000
_Answer = TypeVar("_Answer")


@QmlElement
@QmlUncreatable("made by the shell")
class MenuModel(MenuProperties):  # type: ignore[operator]  # the stubs forget the argument of QmlUncreatable
    """`mono_ms`, `post`: as `ScreenModel` takes them; `wall`: the time of day, as the hall's clock has it."""

    technicianWanted = Signal()
    """Who is no clerk asks for the technician's page; the menu has gone."""

    def __init__(
        self,
        words: Words,
        mono_ms: Callable[[], int],
        post: Callable[[Callable[[], None]], None],
        wall: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__()
        self._words, self._language = words, words.home
        self._mono_ms, self._post, self._wall = mono_ms, post, wall
        self._port: CitizenPort | None = None
        self._unwatch: Callable[[], None] = lambda: None
        self._view = View(Situation())
        self._menu = m.CLOSED
        self._clock = QTimer(self)
        self._clock.setInterval(_LOOKS_MS)
        self._clock.timeout.connect(self.look)

    def attach(self, port: CitizenPort) -> None:
        """Serve this terminal from now on."""
        self.detach()
        self._port = port
        self._unwatch = port.watch(self._saw)
        self._saw(port.view())

    def detach(self) -> None:
        """Look at no terminal any more."""
        self._unwatch()
        self._unwatch, self._port = (lambda: None), None
        self._take(m.closed(self._menu))

    def speak(self, language: str) -> None:
        """Show it in this language."""
        self._language = language
        self._take(self._menu)

    def may_open(self) -> bool:
        """Whether it may be opened now."""
        return self._port is not None and m.may_open(self._view)

    def open(self) -> None:
        """Somebody did what opens it."""
        if self._port is not None:
            self._take(m.opened(self._menu, self._view, self._mono_ms()))

    def touch(self) -> None:
        """A finger is on the glass."""
        self._menu = m.touched(self._menu, self._mono_ms())

    # -- fold and emit -----------------------------------------------------------------------------------------------

    def _around(self) -> m.Around:
        return m.Around(self._view, self._wall(), secrets.token_hex(16))

    def key(self, text: str) -> bool:
        """A key of a keyboard or a scanner, while the menu lies on the glass; whether it was the menu's."""
        if not self._menu.step:
            return False
        self.touch()
        if text in ("\r", "\n"):
            self.enter()
        elif text in ("\b", "\x7f"):
            self.erase()
        elif text.isprintable() and text:
            self.type(text)
        return True

    def _saw(self, view: View) -> None:
        self._view = view
        self._take(m.saw(self._menu, view, self._mono_ms()))

    def _take(self, menu: m.Menu) -> None:
        self._menu = menu
        if bool(menu.step) != self._clock.isActive():
            self._clock.start() if menu.step else self._clock.stop()
        self._show(menu_shown(menu, self._view, self._words, self._language, self._mono_ms()))

    def _carry_out(self, moved: m.Moved) -> None:
        menu, act = moved
        self._take(menu)
        if act is None or self._port is None:
            return
        if isinstance(act, m.CheckPin):
            self._expect(self._port.check_pin(act.number, act.pin), self._pin_answered)
        elif isinstance(act, m.ShowPairing):
            (self._port.pair if act.shown else self._port.unpair)()
        else:
            self._expect(self._port.submit(act), lambda answer: self._take(m.settled(self._menu, answer)))

    def _expect(self, future: "Future[_Answer]", then: Callable[[_Answer | None], None]) -> None:
        """`then` gets the answer, or None where it failed."""
        turn = self._menu.turn

        def arrive(answer: _Answer | None) -> None:
            if self._menu.turn == turn:
                then(answer)

        def done(done: "Future[_Answer]") -> None:
            failed = done.cancelled() or done.exception() is not None
            self._post(lambda: arrive(None if failed else done.result()))

        future.add_done_callback(done)

    def _pin_answered(self, answer: PinAnswer | None) -> None:
        self._carry_out(m.pin_answered(self._menu, answer, self._mono_ms()))

    # -- what QML may ask for ----------------------------------------------------------------------------------------

    @Slot()
    def look(self) -> None:
        """Some time has passed."""
        self._take(m.passed(self._menu, self._mono_ms()))

    @Slot(str)
    def choose(self, choice: str) -> None:
        """One of the tiles."""
        self._carry_out(m.chosen(self._menu, choice, self._around()))

    @Slot(str)
    def type(self, character: str) -> None:
        """A key of the pad."""
        self._take(m.typed(self._menu, character))

    @Slot()
    def erase(self) -> None:
        """The last character goes."""
        self._take(m.erased(self._menu))

    @Slot()
    def enter(self) -> None:
        """What is typed is all of it."""
        self._carry_out(m.entered(self._menu, self._around(), self._mono_ms()))

    @Slot()
    def goBack(self) -> None:
        """One step back."""
        self._carry_out(m.stepped_back(self._menu))

    @Slot()
    def leave(self) -> None:
        """Away with it."""
        self._carry_out(m.left(self._menu))

    @Slot()
    def askForTechnician(self) -> None:
        """The technician's page instead, which has a gate of its own."""
        self.leave()
        self.technicianWanted.emit()
