"""The loop the terminal posts to, on Qt's own event loop of the GUI thread."""

import logging
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

_log = logging.getLogger(__name__)


class QtLoop(QObject):
    """`post` may be called from any thread; calls run on the GUI thread in the order in which they were posted."""

    _posted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._calls: deque[Callable[[], None]] = deque()
        # PYSIDE-3124: across threads the receiver must be a slot of a QObject, never a lambda; so the call itself waits
        # in the deque and the signal carries nothing.
        self._posted.connect(self._run_next, Qt.ConnectionType.QueuedConnection)

    def post(self, fn: Callable[[], None]) -> None:
        """Run `fn` on the GUI thread, after this call has returned."""
        self._calls.append(fn)
        self._posted.emit()

    def call_later(self, ms: int, fn: Callable[[], None]) -> Callable[[], None]:
        """Run `fn` once, not earlier than in `ms` milliseconds; the call returned cancels. GUI thread only."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setTimerType(Qt.TimerType.PreciseTimer)  # a coarse timer may fire before a deadline it was set for
        timer.timeout.connect(fn)
        timer.timeout.connect(timer.deleteLater)
        timer.start(max(ms, 0))
        pending = [timer]

        def cancel() -> None:
            if pending:
                pending.pop().stop()
                timer.deleteLater()

        timer.timeout.connect(pending.clear)
        return cancel

    def finish(self) -> None:
        """Run at once what was posted and has not run: for the end, when Qt's loop has stopped. GUI thread only."""
        for _ in range(len(self._calls)):
            try:
                self._run_next()
            except Exception:  # one that fails must not keep the terminal from stopping properly
                _log.exception("a call failed")

    @Slot()
    def _run_next(self) -> None:
        if self._calls:  # else `finish` was here before the signal
            self._calls.popleft()()
