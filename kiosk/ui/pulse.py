"""The window's pulse: asks for a frame each second, and beats when one was painted.

A window that is not to be seen paints nothing; then the turning of the event loop is all there is to tell.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtQuick import QQuickView

EVERY_MS = 1000


class Pulse(QObject):
    """Beats for as long as it lives. `turn`: called instead while the window is hidden on purpose, or covered once it
    had been seen; one that should be seen and never was has no pulse."""

    def __init__(self, window: QQuickView, beat: Callable[[], None], turn: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._beat, self._turn, self._was_seen = window, beat, turn, False
        window.frameSwapped.connect(self._painted, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._ask)
        self._timer.start(EVERY_MS)

    @Slot()
    def _painted(self) -> None:
        self._was_seen = True
        self._beat()

    @Slot()
    def _ask(self) -> None:
        if self._window.isExposed():
            self._window.update()
        elif self._was_seen or not self._window.isVisible():
            self._turn()
