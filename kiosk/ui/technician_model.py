"""The view model of the technician's page: fold a touch or an answer, derive, then notify exactly what changed.

Answers come back through `post`, and only to the page that asked. While a round trip is tapped, the citizen's pages are
put before its marked terminal, and before the unit's own again when that is over.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QTimer, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk.core.situation import Situation
from kiosk.core.technician import CheckLine, Facts, Made, RoundTrip, TechnicianPort, Trip
from kiosk.core.view import CitizenPort, View
from kiosk.core.voice import Voice
from kiosk.ui import technician as t
from kiosk.ui import touch_grid
from kiosk.ui.technician_properties import TechnicianProperties
from kiosk.ui.technician_shown import technician_shown
from kiosk.ui.words import Words

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1
_LOOKS_MS = 500
_Answer = TypeVar("_Answer")


@QmlElement
@QmlUncreatable("made by the shell")
class TechnicianModel(TechnicianProperties):  # type: ignore[operator]  # the stubs forget the argument of QmlUncreatable
    """`mono_ms`, `post`: as `ScreenModel` takes them; `put_before`: gives the citizen's pages this terminal to show;
    `glass_mm`: width and height of the glass; `picture`: the window as PNG."""

    def __init__(
        self,
        words: Words,
        mono_ms: Callable[[], int],
        post: Callable[[Callable[[], None]], None],
        put_before: Callable[[CitizenPort], None],
        glass_mm: Callable[[], tuple[float, float]],
        picture: Callable[[], bytes],
    ) -> None:
        super().__init__()
        self._words, self._language = words, words.home
        self._mono_ms, self._post, self._put_before = mono_ms, post, put_before
        self._glass_mm, self._picture = glass_mm, picture
        self._port: CitizenPort | None = None
        self._bench: TechnicianPort | None = None
        self._voice: Voice | None = None
        self._unwatch: Callable[[], None] = lambda: None
        self._view = View(Situation())
        self._page = t.CLOSED
        self._who = ""
        self._trip: RoundTrip | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(_LOOKS_MS)
        self._clock.timeout.connect(self.look)

    def attach(self, port: CitizenPort, bench: TechnicianPort) -> None:
        """Serve this terminal from now on."""
        self.detach()
        self._port, self._bench = port, bench
        self._unwatch = port.watch(self._saw)
        self._saw(port.view())

    def detach(self) -> None:
        """Look at no terminal any more."""
        self.leave()
        self._unwatch()
        self._unwatch, self._port, self._bench = (lambda: None), None, None

    def give_voice(self, voice: Voice) -> None:
        """What there is to hear."""
        self._voice = voice

    def speak(self, language: str) -> None:
        """Show it in this language."""
        self._language = language
        self._take(self._page)

    @property
    def is_open(self) -> bool:
        """Whether it lies on the glass, or a round trip is under way."""
        return bool(self._page.step)

    def touch(self) -> None:
        """A finger is on the glass."""
        self._page = t.touched(self._page, self._mono_ms())

    def fingers(self, points: Iterable[touch_grid.Point], pressed: int) -> bool:
        """Fingers on the glass, as shares of it; whether they are the grid's and nobody else's."""
        if self._page.step != "touch" or self._page.grid.phase not in ("still", "painting"):
            return False
        grid = touch_grid.touched(self._page.grid, points, pressed, self._mono_ms())
        self._carry_out(t.gridded(self._page, grid))
        return True

    def key(self) -> bool:
        """A key of a keyboard or a scanner; whether it ends here, the page lying on the glass and having none."""
        if not self._page.step or self._page.tapping:
            return False
        self.touch()
        return True

    def admit(self, number: str, name: str) -> None:
        """This technician's code was right, and that they come here is on record. No slot: QML admits nobody."""
        if self._port is not None:
            self._take(t.admitted(self._page, self._view, number, name, self._mono_ms()))

    # -- fold and emit -----------------------------------------------------------------------------------------------

    def _saw(self, view: View) -> None:
        self._view = view
        self._carry_out(t.saw(self._page, view))

    def _take(self, page: t.Page) -> None:
        self._page = page
        if bool(page.step) != self._clock.isActive():
            self._clock.start() if page.step else self._clock.stop()
        facts = self._bench.facts() if self._bench is not None and page.step else Facts()
        self._show(technician_shown(page, facts, self._words, self._language))

    def _carry_out(self, moved: t.Moved) -> None:
        page, act = moved
        ended = self._page.tapping and not page.tapping
        who = self._who = page.who or self._page.who or self._who
        self._take(page)
        if ended and self._port is not None:
            self._put_before(self._port)
        if act is None or self._bench is None:
            return
        match act:
            case t.Keep(tried):
                self._bench.keep(tried, who)
            case t.Do(what):
                self._do(what, who)

    def _do(self, what: str, who: str) -> None:
        assert self._bench is not None
        match what:
            case "examine":
                turn = self._page.turn

                def heard(line: CheckLine) -> None:
                    self._post(lambda: self._found(turn, line))

                future = self._bench.examine(self._doctors_language(), heard)
                self._expect(future, lambda code: self._take(t.examined(self._page, code, self._mono_ms())))
            case "begin_trip":
                self._expect(self._bench.begin_round_trip(who), self._began)
            case "stop_trip" if self._trip is not None:
                self._trip.stop()
            case "make_sheet":
                self._expect(self._bench.make_sheet(self._doctors_language(), who, self._picture()), self._made)
            case "chime" if self._voice is not None:
                self._voice.chime(self._page.volume)
            case "voice" if self._voice is not None:
                words = self._words.text(self._language, "technician.speaker.sentence")
                self._voice.say(words, self._language, self._page.volume)

    def _doctors_language(self) -> str:
        """The doctor and the sheet speak two languages."""
        return self._language if self._language in ("zh-CN", "en") else "zh-CN"

    def _expect(self, future: "Future[_Answer]", then: Callable[[_Answer | None], None]) -> None:
        """`then` gets the answer, or None where it failed."""
        turn = self._page.turn

        def arrive(answer: _Answer | None) -> None:
            if self._page.turn == turn:
                then(answer)

        def done(done: "Future[_Answer]") -> None:
            failed = done.cancelled() or done.exception() is not None
            self._post(lambda: arrive(None if failed else done.result()))

        future.add_done_callback(done)

    def _found(self, turn: int, line: CheckLine) -> None:
        if self._page.turn == turn:
            self._take(t.found(self._page, line))

    def _made(self, made: Made | None) -> None:
        self._take(t.sheet_made(self._page, made, self._mono_ms()))

    def _began(self, trip: RoundTrip | None) -> None:
        self._trip = trip
        self._take(t.trip_began(self._page, trip is not None))
        if trip is not None:
            self._put_before(trip.stage())
            trip.watch(self._tripped)
            self._tripped(trip.trip())

    def _tripped(self, trip: Trip) -> None:
        """Also when the page was left meanwhile: what came of it is kept all the same."""
        self._carry_out(t.tripped(self._page, trip, self._mono_ms()))

    # -- what QML may ask for ----------------------------------------------------------------------------------------

    @Slot()
    def look(self) -> None:
        """Some time has passed."""
        self._carry_out(t.passed(self._page, self._mono_ms()))

    @Slot(str)
    def choose(self, choice: str) -> None:
        """One of the tiles, or `act`."""
        self._carry_out(t.chosen(self._page, choice, *self._glass_mm(), self._mono_ms()))

    @Slot()
    def goBack(self) -> None:
        """One step back."""
        self._carry_out(t.stepped_back(self._page))

    @Slot()
    def stopTrip(self) -> None:
        """No more taps."""
        self._do("stop_trip", self._page.who) if self._bench is not None else None

    @Slot()
    def leave(self) -> None:
        """Away with it."""
        self._carry_out(t.left(self._page))
