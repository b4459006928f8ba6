"""The console's station as the GUI thread sees it: calls that answer later, and the event stream, which comes back by
itself whenever it was lost. The waiting is done by threads of its own; every callback runs on the GUI thread.
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Qt, Signal, Slot

from kiosk.clerk.inputs import Link
from kiosk.clerk.line import Answer, Line, Station
from kiosk.protocol.pinning import WrongCertificate
from kiosk.protocol.station import StationState

RETRY_S = (0.25, 0.5, 1.0, 2.0, 4.0)


class StationClient(QObject):
    """One station. `on_state` and `on_link` are called on the GUI thread."""

    _posted = Signal()

    def __init__(
        self,
        station: Station,
        on_state: Callable[[StationState], None],
        on_link: Callable[[Link], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._line = Line(station)
        self._on_state, self._on_link = on_state, on_link
        self._waiting: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._threads: list[threading.Thread] = []
        # PYSIDE-3124: across threads the receiver must be a slot of a QObject, never a lambda; so the call itself waits
        # in the deque and the signal carries nothing.
        self._posted.connect(self._run_next, Qt.ConnectionType.QueuedConnection)

    def call(
        self,
        method: str,
        path: str,
        body: Any,
        answered: Callable[[Answer], None],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Call `/v1/<path>`; `answered` is called once, unless the console is closed before."""
        content = b"" if body is None else msgspec.json.encode(body)
        self._spawn(lambda: self._post(partial(answered, self._line.call(method, path, content, headers or {}))))

    def follow(self) -> None:
        """Listen to the event stream from now on, and again after every loss."""
        self._spawn(self._follow)

    def close(self) -> None:
        """End everything; no callback is called any more."""
        with self._lock:
            self._closed.set()
            self._waiting.clear()
        self._line.cut()
        for thread in self._threads:
            thread.join(0.5)  # one that still waits for a connection ends with the process

    def _follow(self) -> None:
        failures = 0

        def heard(event: bytes) -> None:
            nonlocal failures
            state = msgspec.json.decode(event, type=StationState)
            failures = 0
            self._post(partial(self._on_state, state))

        while not self._closed.is_set():
            try:
                status = self._line.follow(heard)
                lost = Link.REFUSED if status in (401, 403) else Link.AWAY
            except WrongCertificate:
                lost = Link.STRANGER
            self._post(partial(self._on_link, lost))
            self._closed.wait(RETRY_S[min(failures, len(RETRY_S) - 1)])
            failures += 1

    def _spawn(self, work: Callable[[], None]) -> None:
        if self._closed.is_set():
            return
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, name="console-line", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _post(self, call: Callable[[], None]) -> None:
        with self._lock:  # so that nothing is emitted once the console is closed, and this object perhaps gone
            if not self._closed.is_set():
                self._waiting.append(call)
                self._posted.emit()

    @Slot()
    def _run_next(self) -> None:
        if self._waiting:
            self._waiting.popleft()()
