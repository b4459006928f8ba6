"""The view model of the staff menu: fold a touch or an answer, derive, then notify exactly what changed.

Answers come back through `post`, and only to the menu that asked: once it was closed, they are dropped.
"""

import secrets
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk.core import events as e
from kiosk.core.situation import Situation
from kiosk.core.view import Accepted, CitizenPort, CodeAnswer, PinAnswer, Refused, View
from kiosk.ui import menu as m
from kiosk.ui import menu_leave
from kiosk.ui import menu_values as v
from kiosk.ui.menu_properties import MenuProperties
from kiosk.ui.menu_shown import Say, menu_shown
from kiosk.ui.words import Words

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1
_LOOKS_MS = 1_000
_Answer = TypeVar("_Answer")


@QmlElement
@QmlUncreatable("made by the shell")
class MenuModel(MenuProperties):  # type: ignore[operator]  # the stubs forget the argument of QmlUncreatable
    """`console`: the words that the clerk's console has; `mono_ms`, `post`: as `ScreenModel` takes them; `wall`: the
    time of day, as the hall's clock has it."""

    technicianAdmitted = Signal(str, str)
    """Who asked for the technician's page, by number and name: that is on record, and the menu has gone."""

    def __init__(
        self,
        words: Words,
        console: Words,
        mono_ms: Callable[[], int],
        post: Callable[[Callable[[], None]], None],
        wall: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__()
        self._say = Say(words, console, words.home)
        self._reasons = {one: console.text(console.home, f"cancel.{one}") for one in e.CANCEL_REASONS}
        self._mono_ms, self._post, self._wall = mono_ms, post, wall
        self._port: CitizenPort | None = None
        self._unwatch: Callable[[], None] = lambda: None
        self._view = View(Situation())
        self._menu = v.CLOSED
        self.left: Callable[[], None] = lambda: None  # called when a technician ends the program, and that is on record
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
        self._take(v.closed(self._menu))

    def speak(self, language: str) -> None:
        """Show it in this language."""
        self._say = replace(self._say, language=language)
        self._take(self._menu)

    def may_open(self) -> bool:
        """Whether it may be opened now."""
        return self._port is not None and m.may_open(self._view)

    @property
    def is_open(self) -> bool:
        """Whether it lies on the glass."""
        return bool(self._menu.step)

    def open(self) -> None:
        """Somebody did what opens it."""
        if self._port is not None:
            self._take(m.opened(self._menu, self._view, self._mono_ms()))

    def touch(self) -> None:
        """A finger is on the glass."""
        self._menu = m.touched(self._menu, self._mono_ms())

    # -- fold and emit -----------------------------------------------------------------------------------------------

    def _around(self) -> v.Around:
        return v.Around(self._view, self._wall(), secrets.token_hex(16), self._reasons)

    def key(self, text: str) -> bool:
        """A key of a keyboard or a scanner, while the menu lies on the glass; whether the menu has a use for it."""
        if not self._menu.step:
            return False
        self.touch()
        if text in ("\r", "\n"):
            self.enter()
        elif text in ("\b", "\x7f"):
            self.erase()
        elif text.isprintable() and text:
            self.type(text.upper() if self._menu.step == "search" else text)
        else:
            return False
        return True

    def _saw(self, view: View) -> None:
        self._view = view
        self._take(m.saw(self._menu, view, self._mono_ms()))

    def _take(self, menu: v.Menu) -> None:
        self._menu = menu
        if bool(menu.step) != self._clock.isActive():
            self._clock.start() if menu.step else self._clock.stop()
        self._show(menu_shown(menu, self._view, self._say, self._mono_ms()))

    def _carry_out(self, moved: v.Moved) -> None:
        menu, act = moved
        self._take(menu)
        port = self._port
        if act is None or port is None:
            return
        if isinstance(act, v.CheckPin):
            self._expect(lambda: port.check_pin(act.number, act.pin), lambda answer: self._pin_answered(act, answer))
        elif isinstance(act, v.ShowPairing):
            (port.pair if act.shown else port.unpair)()
        elif isinstance(act, v.AskFigures):
            self._expect(
                lambda: port.own_figures(act.number), lambda own: self._take(m.figures_answered(self._menu, own))
            )
        else:
            self._expect(lambda: port.submit(act), lambda answer: self._settled(act, answer))

    def _expect(self, ask: "Callable[[], Future[_Answer]]", then: Callable[[_Answer | None], None]) -> None:
        """`then` gets the answer, or None where it failed, if this menu still stands: asking may itself close it."""
        turn = self._menu.turn

        def arrive(answer: _Answer | None) -> None:
            if self._menu.turn == turn:
                then(answer)

        def done(done: "Future[_Answer]") -> None:
            failed = done.cancelled() or done.exception() is not None
            self._post(lambda: arrive(None if failed else done.result()))

        ask().add_done_callback(done)

    def _settled(self, act: e.Event, answer: Accepted | Refused | None) -> None:
        if isinstance(act, e.OpenMaintenance):
            menu, admitted = menu_leave.recorded(self._menu, act, answer, self._view)
            self._take(menu)
            if admitted is not None:
                self.technicianAdmitted.emit(admitted.number, admitted.name)
            return
        self._take(m.settled(self._menu, answer))
        if isinstance(act, e.LeaveProgram) and isinstance(answer, Accepted):
            self.left()  # it is on record

    def _pin_answered(self, asked: v.CheckPin, answer: PinAnswer | None) -> None:
        """Who is no clerk may be a technician."""
        port = self._port
        if answer is not None and answer.state == "unknown" and port is not None:
            self._expect(lambda: port.check_code(asked.number, asked.pin), self._code_answered)
        else:
            self._carry_out(m.pin_answered(self._menu, answer, self._mono_ms()))

    def _code_answered(self, answer: CodeAnswer | None) -> None:
        self._carry_out(menu_leave.code_answered(self._menu, answer, self._mono_ms()))

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
        self._take(m.typed(self._menu, character, self._mono_ms()))

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
