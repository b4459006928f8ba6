"""What the sheet of "my earlier rating" may ask for: each slot turns the desk, and at most asks central or submits.

Answers come back through `post`, and only to the desk that asked: once it was closed, they are dropped.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import Slot
from PySide6.QtQml import QmlAnonymous

from kiosk.core import events as e
from kiosk.core.view import Accepted, CitizenPort, Refused
from kiosk.ui import receipt_desk as desk
from kiosk.ui.derive import Inputs
from kiosk.ui.screen_properties import ScreenProperties

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1
_Answer = TypeVar("_Answer")


@QmlAnonymous
class DeskSlots(ScreenProperties):
    """The receipt desk of the screen model."""

    _inputs: Inputs
    _port: CitizenPort | None
    _post: Callable[[Callable[[], None]], None]

    def _take(self, inputs: Inputs) -> None:
        raise NotImplementedError

    def _submit(self, event: e.Event) -> "Future[Accepted | Refused] | None":
        raise NotImplementedError

    def _turn(self, changed: desk.ReceiptDesk) -> None:
        self._take(replace(self._inputs, desk=changed))

    def _expect(
        self, future: "Future[_Answer] | None", then: Callable[[desk.ReceiptDesk, _Answer], desk.ReceiptDesk]
    ) -> None:
        if future is None:
            return
        mine = (self._inputs.citizen, self._inputs.desk.turn)

        def arrive(answer: _Answer) -> None:
            if (self._inputs.citizen, self._inputs.desk.turn) == mine:
                self._turn(then(self._inputs.desk, answer))

        future.add_done_callback(lambda done: None if done.cancelled() else self._post(lambda: arrive(done.result())))

    @Slot(str)
    def deskType(self, character: str) -> None:
        """A character of the code."""
        self._turn(desk.typed(self._inputs.desk, character))

    @Slot()
    def deskErase(self) -> None:
        """The last character is gone."""
        self._turn(desk.erased(self._inputs.desk))

    @Slot()
    def deskAsk(self) -> None:
        """Ask central about this code, or ask again."""
        before, self_port = self._inputs.desk, self._port
        self._turn(desk.asked(before))
        if self_port and before.step != "asking" and self._inputs.desk.step == "asking":
            self._expect(self_port.earlier(self._inputs.desk.code), desk.answered)

    @Slot(str)
    def deskBegin(self, act: desk.Act) -> None:
        """Begin to add a word (`add`) or to withdraw (`withdraw`)."""
        self._turn(desk.begun(self._inputs.desk, act))

    @Slot(str)
    def deskWrite(self, text: str) -> None:
        """The citizen's words as they stand."""
        self._turn(desk.written(self._inputs.desk, whole(text)))

    @Slot()
    def deskGoOn(self) -> None:
        """Done with writing, or sure about withdrawing."""
        before = self._inputs.desk
        self._turn(desk.pressed_on(before))
        if before.step != "sending" and self._inputs.desk.step == "sending":
            self._expect(self._submit(desk.act_of(self._inputs.desk)), desk.settled)

    @Slot()
    def deskBack(self) -> None:
        """One step back."""
        self._turn(desk.stepped_back(self._inputs.desk))


def whole(text: str) -> str:
    """Text from Qt without half a surrogate pair, which a length limit may have cut."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
