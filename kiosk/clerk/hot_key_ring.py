"""The global hot keys as the window has them: taken and given back as the clerk wishes, told on the GUI thread."""

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication

from kiosk.clerk import hot_keys
from kiosk.clerk.console_model import ConsoleModel
from kiosk.clerk.settings import Settings


class HotKeyRing(QObject):
    """What the listener tells, from its own thread, goes to the view model on this one."""

    _came = Signal()

    def __init__(self, settings: Settings, model: ConsoleModel, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._model = settings, model
        self._listener: hot_keys.Listener | None = None
        self._waiting: deque[Callable[[], None]] = deque()
        # PYSIDE-3124: across threads the receiver must be a slot of a QObject, never a lambda.
        self._came.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def set(self, on: bool) -> None:
        """Take them, or give them back."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
        self._waiting.clear()
        if not on or not self._settings.hot_keys:
            self._model.report_hot_keys(hot_keys.Report("off"))
            return
        self._listener = hot_keys.listen(
            self._settings.chords(), QGuiApplication.platformName(), self._pressed, self._reported
        )

    def _pressed(self, name: str) -> None:
        self._waiting.append(lambda: self._model.press(name))
        self._came.emit()

    def _reported(self, report: hot_keys.Report) -> None:
        self._waiting.append(lambda: self._model.report_hot_keys(report))
        self._came.emit()

    @Slot()
    def _tell(self) -> None:
        if self._waiting:
            self._waiting.popleft()()
