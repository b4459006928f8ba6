"""The pen of the pad: takes strokes, and offers what they may mean after each of them.

One worker reads for the whole process, loads the model on first use, and never touches an object of the GUI thread:
answers come back through a queued signal, and one that a later stroke has overtaken is dropped. Strokes and what was
read from them live here only, until `clear`; neither is ever logged.
"""

# The stubs know no Qt names for the types of properties; QML needs them.
# mypy: disable-error-code="arg-type"

import itertools
import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, Qt, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk import handwriting

if TYPE_CHECKING:
    from kiosk.handwriting.recogniser import Recogniser

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1

_log = logging.getLogger(__name__)


class Reader(QObject):
    """The worker. `answered`: the number of a question and its texts, likeliest first, on the worker's thread."""

    answered = Signal(int, list)
    broken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count(1)
        self._worker = ThreadPoolExecutor(1, "handwriting")
        self._recogniser: Recogniser | None = None

    def warm(self) -> None:
        """Load the model, unless it is loaded."""
        self._worker.submit(self._load)

    def ask(self, strokes: Sequence[handwriting.Stroke]) -> tuple[int, "Future[None]"]:
        """Read these strokes: the number under which the answer comes, and the work, which may be cancelled."""
        number = next(self._numbers)
        return number, self._worker.submit(self._read, number, tuple(strokes))

    def _load(self) -> "Recogniser | None":
        path = handwriting.model_path()
        if self._recogniser is None and path is not None:
            try:
                from kiosk.handwriting.recogniser import Recogniser

                self._recogniser = Recogniser(path)
            except Exception:  # whatever is wrong with the model or its library, the keyboard is there
                _log.exception("the handwriting model does not load; the pad is hidden")
                self.broken.emit()
        return self._recogniser

    def _read(self, number: int, strokes: Sequence[handwriting.Stroke]) -> None:
        recogniser, texts = self._load(), list[str]()
        if recogniser is not None:
            try:
                texts = [reading.text for reading in recogniser.read(strokes)]
            except Exception as fault:  # nothing of what was written may reach the log, so no message and no trace
                _log.error("handwriting was not read: %s", type(fault).__name__)
        self.answered.emit(number, texts)


@cache
def reader() -> Reader:
    """The one worker of this process; made on the GUI thread."""
    return Reader()


@QmlElement
class Pen(QObject):
    """What is on the pad; one for each scene, given by the shell. `candidates` stay until
    the next answer, so that they do not flicker while one writes."""

    availableChanged = Signal()
    candidatesChanged = Signal()
    busyChanged = Signal()
    writtenChanged = Signal()
    cleared = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._available = handwriting.installed()
        self._strokes: list[list[tuple[float, float]]] = []
        self._candidates: list[str] = []
        self._number = 0
        self._work: Future[None] | None = None
        if self._available:
            # PYSIDE-3124: across threads the receiver must be a slot of a QObject, never a lambda.
            reader().answered.connect(self._take, Qt.ConnectionType.QueuedConnection)
            reader().broken.connect(self._give_up, Qt.ConnectionType.QueuedConnection)

    @Property(bool, notify=availableChanged)
    def available(self) -> bool:
        """Whether the extra is installed, and works."""
        return self._available

    @Property("QStringList", notify=candidatesChanged)
    def candidates(self) -> list[str]:
        """What the writing may mean, likeliest first."""
        return self._candidates

    @Property(bool, notify=busyChanged)
    def busy(self) -> bool:
        """Whether an answer is on its way."""
        return self._number != 0

    @Property(bool, notify=writtenChanged)
    def written(self) -> bool:
        """Whether there is a stroke."""
        return bool(self._strokes)

    @Slot()
    def warm(self) -> None:
        """Someone is about to write: load the model in the worker."""
        if self._available:
            reader().warm()

    @Slot(list)
    def stroke(self, points: list[float]) -> None:
        """A finger was lifted: the points of its stroke, x and y in turn."""
        pairs = list(zip(points[::2], points[1::2], strict=False))
        if self._available and pairs:
            self._become([*self._strokes, pairs])

    @Slot()
    def undo(self) -> None:
        """The last stroke was none."""
        self._become(self._strokes[:-1])

    @Slot()
    def clear(self) -> None:
        """Forget everything that was written, and every answer on its way."""
        self.cleared.emit()
        self._become([])

    def _become(self, strokes: list[list[tuple[float, float]]]) -> None:
        was_written, was_busy = bool(self._strokes), self._number != 0
        if self._work is not None:
            self._work.cancel()  # if it is running, its answer will be dropped
        self._strokes, self._number, self._work = strokes, 0, None
        if strokes:
            self._number, self._work = reader().ask(strokes)
        else:
            self._offer([])
        if was_written != bool(self._strokes):
            self.writtenChanged.emit()
        if was_busy != (self._number != 0):
            self.busyChanged.emit()

    def _offer(self, texts: list[str]) -> None:
        if texts != self._candidates:
            self._candidates = texts
            self.candidatesChanged.emit()

    @Slot(int, list)
    def _take(self, number: int, texts: list[str]) -> None:
        if number == self._number:
            self._number, self._work = 0, None
            self._offer(texts)
            self.busyChanged.emit()

    @Slot()
    def _give_up(self) -> None:
        self._available = False
        self._become([])
        self.availableChanged.emit()
