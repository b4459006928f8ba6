"""The journal lane: the one thread that owns the database. Everyone else hands it work and gets a future.

An append is tried again, with the same id and on a fresh connection, for as long as the disk refuses: its outcome is
unknown, and the citizen is never asked to tap again. What waits behind it waits.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import apsw

from kiosk.core.entry import Draft, Head
from kiosk.journal.connection import JournalBusy, JournalFault
from kiosk.journal.store import CENTRAL, Journal, JournalStatus

T = TypeVar("T")
_PAUSES_S = (0.05, 0.2, 0.5, 1.0, 2.0, 5.0)


class LaneClosed(JournalFault):
    """The lane has ended; nothing more is taken."""

    code = "journal_closed"


class JournalLane:
    """Runs `opener` on its own thread and keeps the journal it gives.

    `trouble(words)` is called from the lane when the disk refuses an append or the opening and it is being tried again,
    `well()` when the disk does as it is told again. If `opener` raises anything else, every future fails with it.
    """

    def __init__(
        self,
        opener: Callable[[], Journal],
        *,
        trouble: Callable[[str], None],
        well: Callable[[], None],
        pauses_s: tuple[float, ...] = _PAUSES_S,
    ) -> None:
        self._opener = opener
        self._trouble = trouble
        self._well = well
        self._pauses_s = pauses_s
        self._work: queue.SimpleQueue[tuple[Future[Any], Callable[[Journal], Any], bool] | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def start(self) -> None:
        """Begin; the file is opened on the lane's own thread."""
        self._thread.start()

    def close(self, timeout_s: float = 5.0) -> bool:
        """Finish what was handed in, close the file, end the thread. False if that took longer than `timeout_s`."""
        self._work.put(None)
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            self._closing.set()
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def append(self, draft: Draft) -> "Future[Head]":
        """The entry's place, once it is committed. Never fails for the disk's sake: it is tried until it succeeds."""
        return self._hand_in(lambda journal: journal.append(draft), again=True)

    def call(self, work: Callable[[Journal], T]) -> "Future[T]":
        """Run anything else on the lane. Not tried again: the caller gets the error."""
        return self._hand_in(work, again=False)

    def read(self, after: int, limit: int) -> "Future[list[dict[str, Any]]]":
        """See Journal.read."""
        return self.call(lambda journal: journal.read(after, limit))

    def status(self) -> "Future[JournalStatus]":
        """See Journal.status, for central."""
        return self.call(lambda journal: journal.status())

    def advance(self, epoch: int, sequence: int, answer: bytes) -> "Future[None]":
        """See Journal.advance, for central."""
        return self.call(lambda journal: journal.advance(CENTRAL, epoch, sequence, answer))

    def _hand_in(self, work: Callable[[Journal], T], *, again: bool) -> "Future[T]":
        future: Future[T] = Future()
        if not self._thread.is_alive() and self._thread.ident is not None:
            future.set_exception(LaneClosed("the journal lane has ended"))
        else:
            self._work.put((future, work, again))
        return future

    def _run(self) -> None:
        journal, failure = self._opened()
        while (item := self._work.get()) is not None:
            future, work, again = item
            if not future.set_running_or_notify_cancel():
                continue
            if journal is None:
                future.set_exception(failure or LaneClosed("the journal lane has ended"))
                continue
            journal = self._do(journal, future, work, again)
        if journal is not None:
            self._shut(journal)
        self._fail_the_rest()

    def _opened(self) -> tuple[Journal | None, BaseException | None]:
        """The journal, or why there is none. A disk that is full, or a file that another holds, is waited out."""
        tries = 0
        while True:
            try:
                journal = self._opener()
            except (apsw.Error, JournalBusy, OSError) as fault:
                self._trouble(f"{type(fault).__name__}: {fault}")
                if self._closing.wait(self._pauses_s[min(tries, len(self._pauses_s) - 1)]):
                    return None, fault
                tries += 1
            except BaseException as fault:  # every caller is told; the terminal shows it and stays up
                return None, fault
            else:
                if tries:
                    self._well()
                return journal, None

    def _do(
        self, journal: Journal, future: "Future[Any]", work: Callable[[Journal], Any], again: bool
    ) -> Journal | None:
        tries = 0
        while True:
            try:
                result = work(journal)
            except apsw.Error as fault:
                if not again:
                    future.set_exception(fault)
                    return journal
                self._trouble(f"{type(fault).__name__}: {fault}")
                if self._closing.wait(self._pauses_s[min(tries, len(self._pauses_s) - 1)]):
                    future.set_exception(LaneClosed("the terminal stopped while the disk refused the entry"))
                    return journal
                tries += 1
                journal = self._reopened(journal)
            except BaseException as fault:
                future.set_exception(fault)
                return journal
            else:
                if tries:
                    self._well()
                future.set_result(result)
                return journal

    def _reopened(self, journal: Journal) -> Journal:
        """A fresh connection, for the old one's idea of the file may be wrong; the old one if that fails too."""
        self._shut(journal)
        try:
            return self._opener()
        except (apsw.Error, JournalFault, OSError) as fault:
            self._trouble(f"{type(fault).__name__}: {fault}")
            return journal

    def _shut(self, journal: Journal) -> None:
        """Close; a disk that refuses even that has been told of, and what was committed is in the file."""
        try:
            journal.close()
        except apsw.Error as fault:
            self._trouble(f"{type(fault).__name__}: {fault}")

    def _fail_the_rest(self) -> None:
        while True:
            try:
                item = self._work.get_nowait()
            except queue.Empty:
                return
            if item is not None:
                item[0].set_exception(LaneClosed("the journal lane has ended"))
