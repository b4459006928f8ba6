"""What the running terminal finds wrong, in a file for `kiosk doctor`, which is another process.

Written on a thread of its own: neither the screen nor the journal waits for it, and it speaks also of a journal that
does not open.
"""

import logging
import queue
import threading
from pathlib import Path

import msgspec

from kiosk.core.view import View
from kiosk.device.files import write_file

log = logging.getLogger(__name__)

_NOT_YET = "starting"
_OUT_OF_ORDER = "the terminal is out of order for it"


class TroubleFile:
    """Keeps the file as the newest view has it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._said: dict[str, str] | None = None
        self._work: queue.SimpleQueue[dict[str, str] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="troubles", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def see(self, view: View) -> None:
        """A new moment; from one thread. Never blocks."""
        faults = {code: _OUT_OF_ORDER for code in view.situation.faults if code != _NOT_YET}
        found = dict(sorted({**faults, **view.troubles}.items()))
        if found != self._said:
            self._said = found
            self._work.put(found)

    def close(self, timeout_s: float) -> None:
        """Write what is left and end."""
        self._work.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (found := self._work.get()) is not None:
            try:
                write_file(self._path, msgspec.json.encode(found))
            except OSError as fault:
                log.warning("what is wrong cannot be written down: %s", fault)
