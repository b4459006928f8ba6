"""What the page of matters and its search may ask for, and what a scanner at it reads."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from uuid import uuid4

from PySide6.QtCore import Slot
from PySide6.QtQml import QmlAnonymous

from kiosk.core import events as e
from kiosk.core.slip import Slip
from kiosk.core.view import Accepted, MatterCard, Refused
from kiosk.ui import matter_desk as matters
from kiosk.ui import wedge
from kiosk.ui.derive import Inputs
from kiosk.ui.desk_slots import DeskSlots

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1


@QmlAnonymous
class MatterSlots(DeskSlots):
    """The desk of matters of the screen model."""

    _inputs: Inputs
    _mono_ms: Callable[[], int]
    _post: Callable[[Callable[[], None]], None]
    _burst = wedge.SILENCE

    def _choose(self, changed: matters.MatterDesk) -> None:
        self._take(replace(self._inputs, matters=changed))

    @Slot(int)
    def turnMatters(self, leaf: int) -> None:
        """This leaf."""
        self._choose(matters.turned(self._inputs.matters, leaf))

    @Slot(str)
    def searchType(self, letter: str) -> None:
        """A letter to search by."""
        self._choose(matters.typed(self._inputs.matters, letter))

    @Slot()
    def searchErase(self) -> None:
        """The last letter is gone."""
        self._choose(matters.erased(self._inputs.matters))

    @Slot()
    def forgetChoice(self) -> None:
        """Whoever began to choose has left."""
        self._choose(matters.BLANK)

    @Slot(str)
    def chooseMatter(self, code: str) -> None:
        """This is what was handled."""
        card = next((one for one in self._inputs.view.scene.matters if one.code == code), None)
        if card is not None:
            self._begin(card, self._inputs.matters.slip)

    def hears_scans(self) -> bool:
        """Whether a scanner's burst is a queue slip now."""
        return matters.chooses(self._inputs.view) and self._inputs.sheet in ("", "search", "languages", "assist")

    def scan_heard(self, text: str) -> None:
        """A key of a burst."""
        self._burst = wedge.heard(self._burst, text, self._mono_ms())

    def scanning(self) -> bool:
        """Whether a burst is under way."""
        return len(wedge.so_far(self._burst, self._mono_ms())) >= wedge.SHORTEST

    def scan_ended(self) -> None:
        """Return: the burst is whole."""
        text, self._burst = wedge.so_far(self._burst, self._mono_ms()), wedge.SILENCE
        read = matters.scanned(self._inputs.matters, self._inputs.view.scene, text)
        if isinstance(read, matters.MatterDesk):
            self._take(replace(self._inputs, sheet="", resting=False, matters=read))
        else:
            slip, card = read
            self._begin(card, slip)

    def _begin(self, card: MatterCard, slip: Slip | None) -> None:
        citizen = self._inputs.citizen
        future = self._submit(matters.begin(uuid4().hex, card, slip))

        def answered(answer: Accepted | Refused) -> None:
            if isinstance(answer, Refused) and self._inputs.citizen == citizen:
                self._choose(replace(matters.BLANK, hint="not_now"))

        def done(future: "Future[Accepted | Refused]") -> None:
            if not future.cancelled():
                self._post(lambda: answered(future.result()))

        if future is not None:
            future.add_done_callback(done)

    def _submit(self, event: e.Event) -> "Future[Accepted | Refused] | None":
        raise NotImplementedError
