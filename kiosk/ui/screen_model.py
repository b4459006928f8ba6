"""The screen's view model: fold what comes in, derive, then notify exactly what changed. Out go nothing but events."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk import __version__
from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.situation import Situation
from kiosk.core.view import Accepted, CitizenPort, Refused, Scene, View
from kiosk.ui.derive import Inputs, Panel, Sheet, derive, saw, tidied, visit_over
from kiosk.ui.desk_slots import whole
from kiosk.ui.looks import Looks
from kiosk.ui.matter_desk import BLANK
from kiosk.ui.matter_slots import MatterSlots
from kiosk.ui.words import Words

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1

Answer = Accepted | Refused


@QmlElement
@QmlUncreatable("made by the shell")
class ScreenModel(MatterSlots):  # type: ignore[operator]  # the stubs forget the argument of QmlUncreatable
    """`mono_ms`: monotonic milliseconds; `post`: runs a call on the GUI thread; `wipe`: forgets what was typed."""

    stirred = Signal()
    """Somebody is there who touches nothing: a key was pressed."""

    def __init__(
        self,
        words: Words,
        mono_ms: Callable[[], int],
        post: Callable[[Callable[[], None]], None],
        wipe: Callable[[], None],
        home: Looks | None = None,
        layout: str = "",
    ) -> None:
        looks = home or Looks()
        inputs = Inputs(View(Situation()), words, words.home, home=looks, looks=looks)
        super().__init__(derive(inputs))
        self._mono_ms, self._post, self._wipe, self._layout = mono_ms, post, wipe, layout
        self._port: CitizenPort | None = None
        self._unwatch: Callable[[], None] = lambda: None
        self._inputs = inputs

    @property
    def scene(self) -> Scene:
        """What stands around the visit, from the profile."""
        return self._inputs.view.scene

    def attach(self, port: CitizenPort) -> None:
        """Show this terminal from now on."""
        self.detach()
        self._port = port
        self._unwatch = port.watch(self._saw)
        self._saw(port.view())

    def detach(self) -> None:
        """Look at no terminal any more."""
        self._unwatch()
        self._unwatch, self._port = (lambda: None), None

    # -- fold and emit -----------------------------------------------------------------------------------------------

    def _saw(self, view: View) -> None:
        before = self._inputs
        self._take(saw(before, view, self._mono_ms()))
        if visit_over(before, self._inputs):
            self._wipe()

    def _take(self, inputs: Inputs) -> None:
        before, self._inputs = self._inputs, tidied(inputs)
        self._show(derive(self._inputs))
        if before.sheet == "receipt" != self._inputs.sheet:
            self._wipe()

    def _submit(self, event: e.Event) -> "Future[Answer] | None":
        return self._port.submit(event) if self._port else None

    def _answered(self, answer: Answer, citizen: int) -> None:
        if citizen == self._inputs.citizen:
            self._take(replace(self._inputs, refusal=answer.code if isinstance(answer, Refused) else ""))

    def seen(self) -> e.Seen:
        """What stands before the citizen now, as a rating carries it."""
        inputs = self._inputs
        wording = inputs.words.digest(inputs.language)
        return e.Seen(inputs.language, inputs.looks.tag, wording, self._layout, __version__)

    # -- what QML may ask for ----------------------------------------------------------------------------------------

    @Slot(str)
    def tapLevel(self, level: str) -> None:
        """One of the five, by a key or a screen reader."""
        self.tapLevelAt(level, -1, -1)

    @Slot(str, float, float)
    def tapLevelAt(self, level: str, x: float, y: float) -> None:
        """One of the five, by a finger that fell here, in mm from the glass's left and top; below 0 for no finger."""
        spot = (int(x), int(y)) if x >= 0 and y >= 0 else None
        self._submit(e.TapLevel(Level(level), self.seen(), spot))

    @Slot()
    def askToRate(self) -> None:
        """Rate of one's own accord."""
        self._submit(e.AskToRate())

    @Slot()
    def chooseAgain(self) -> None:
        """Back to the five."""
        self._submit(e.ChooseAgain())

    @Slot(str)
    def toggleReason(self, code: str) -> None:
        """A reason chosen, or no longer."""
        self._submit(e.ToggleReason(code))

    @Slot(str)
    def toggleLocalReason(self, code: str) -> None:
        """A reason of the hall's own chosen, or no longer."""
        self._submit(e.ToggleLocalReason(code))

    @Slot()
    def stillThere(self) -> None:
        """A sign of life, asked for or not."""
        self._submit(e.StillThere())

    @Slot(str)
    def writeComment(self, text: str) -> None:
        """The free text as it stands; half a surrogate pair, cut off by a length limit, is dropped."""
        self._submit(e.WriteComment(whole(text)))

    @Slot(str)
    def writeContact(self, text: str) -> None:
        """The number as it stands."""
        self._submit(e.WriteContact(whole(text).strip()))

    @Slot()
    def submit(self) -> None:
        """Done with the reasons."""
        future, citizen = self._submit(e.Submit()), self._inputs.citizen
        if future is not None:
            future.add_done_callback(
                lambda done: None if done.cancelled() else self._post(lambda: self._answered(done.result(), citizen))
            )

    @Slot()
    def skip(self) -> None:
        """No rating."""
        self._submit(e.Skip())

    @Slot()
    def leave(self) -> None:
        """The thanks has been seen."""
        self._submit(e.Leave())

    @Slot()
    def askForPhone(self) -> None:
        """The code for one's own phone, here."""
        self._submit(e.AskForPhone())

    @Slot()
    def handToPhone(self) -> None:
        """Go on with one's own phone."""
        self._submit(e.HandToPhone())

    @Slot()
    def takeBack(self) -> None:
        """Rather rate here."""
        self._submit(e.TakeBack())

    @Slot()
    def switchLanguage(self) -> None:
        """The next language."""
        self._take(replace(self._inputs, language=self._inputs.words.after(self._inputs.language)))

    @Slot(str)
    def chooseLanguage(self, language: str) -> None:
        """This language, from the list of all."""
        self._take(replace(self._inputs, language=language, sheet=""))

    @Slot()
    def goHome(self) -> None:
        """Back to how the hall has set the terminal: language and looks, with no sheet open."""
        inputs = self._inputs
        self._take(replace(inputs, language=inputs.words.home, looks=inputs.home, sheet="", matters=BLANK))

    @Slot(str)
    def toggleLook(self, name: str) -> None:
        """Turn one of `kiosk.ui.looks.NAMES` on or off."""
        self._take(replace(self._inputs, looks=self._inputs.looks.toggled(name)))

    @Slot(str)
    def openSheet(self, sheet: Sheet) -> None:
        """Open one of the sheets that lie over a page (`privacy`, `languages`, `assist`, `receipt`, `search`); empty
        closes."""
        self._take(replace(self._inputs, sheet=sheet, resting=False))
        self.stillThere()

    @Slot()
    def rest(self) -> None:
        """Nobody has touched the screen for a while: attract."""
        self._take(replace(self._inputs, resting=True))

    @Slot()
    def wake(self) -> None:
        """Somebody is there."""
        self._take(replace(self._inputs, resting=False))

    @Slot()
    def toggleMore(self) -> None:
        """Show or hide the five further reasons."""
        self._take(replace(self._inputs, more=not self._inputs.more))

    @Slot(str)
    def openPanel(self, panel: Panel) -> None:
        """Open the comment or the number; empty closes. Opening hands the comment in again, to start the clock anew;
        closing does not, for the field itself may just have handed in newer words, which are still on their way."""
        self._take(replace(self._inputs, panel=panel))
        self._submit(e.WriteComment(self._now.comment) if panel else e.StillThere())
