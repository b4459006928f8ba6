"""The journal lane: the one thread that owns the database. Everyone else hands it work and gets a future.

An append is tried again, with the same id and on a fresh connection, for as long as the disk refuses: its outcome is
unknown, and the citizen is never asked to tap again. What waits behind it waits. Where the file itself turns out not
to hold, another journal is begun in its place and the append goes there. Between two pieces of work, and only then,
the chain is walked and the log is brought into the database.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import apsw

from kiosk.core.entry import Draft, Head
from kiosk.journal.ballast import Ballast, is_full
from kiosk.journal.begun import BegunAnew
from kiosk.journal.chain import ChainReport, Walk
from kiosk.journal.connection import DAMAGE, JournalBusy, JournalDamaged, JournalFault, damage_reason
from kiosk.journal.destination import Destination
from kiosk.journal.past import Past
from kiosk.journal.retention import Vouched
from kiosk.journal.store import CENTRAL, Journal, JournalStatus

T = TypeVar("T")
_PAUSES_S = (0.05, 0.2, 0.5, 1.0, 2.0, 5.0)
_WALK_STEP = 200
_REFUSALS = (apsw.Error, OSError, JournalFault)
"""What the disk, the file or its opening raise; anything else is the caller's own mistake."""


class LaneClosed(JournalFault):
    """The lane has ended; nothing more is taken."""

    code = "journal_closed"


@dataclass(frozen=True, slots=True)
class _Task:
    """`again`: after which faults it is tried again, until the disk takes it. `anew`: done in the next journal if it
    turned out that this one does not hold; work that names a place must not be, for places mean others there."""

    future: "Future[Any]"
    work: Callable[[Journal], Any]
    again: tuple[type[BaseException], ...] = ()
    anew: bool = False


@dataclass(slots=True)
class _Verification:
    futures: "list[Future[ChainReport]]"
    walk: Walk | None = None


class JournalLane:
    """Runs `opener` on its own thread and keeps the journal it gives.

    `trouble(words)` is called from the lane when the disk refuses an append or the opening and it is being tried again,
    `well()` when the disk does as it is told again. If `opener` raises anything else, every future fails with it.
    `renew(journal, reason)` sets a journal that does not hold aside and gives the one begun in its place; without it
    the caller gets the error. `anew(begun)` is told of each that was begun so, at the opening or later.
    `vouched` says whether a head is countersigned by central. After `idle_s` without work the log is emptied.
    A disk that is full is no trouble for as long as giving up the `ballast` makes room.
    """

    def __init__(
        self,
        opener: Callable[[], Journal],
        *,
        trouble: Callable[[str], None],
        well: Callable[[], None],
        ballast: Ballast | None = None,
        pauses_s: tuple[float, ...] = _PAUSES_S,
        renew: Callable[[Journal, str], Journal] | None = None,
        anew: Callable[[BegunAnew], None] = lambda _begun: None,
        vouched: Vouched = lambda _head: False,
        idle_s: float = 10.0,
    ) -> None:
        self._opener = opener
        self._trouble = trouble
        self._well = well
        self._ballast = ballast
        self._pauses_s = pauses_s
        self._renewer = renew
        self._anew = anew
        self._vouched = vouched
        self._idle_s = idle_s
        self._work: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._journal: Journal | None = None
        self._failure: BaseException | None = None
        self._verification: _Verification | None = None
        self._unsettled = True
        self._troubled = False
        self._awaited: set[str] = set()

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
        return self._hand_in(lambda journal: journal.append(draft), again=_REFUSALS, anew=True)

    def call(self, work: Callable[[Journal], T]) -> "Future[T]":
        """Run anything else on the lane. Not tried again: the caller gets the error."""
        return self._hand_in(work)

    def past(self) -> "Future[Past]":
        """See Journal.past; of the journal that is begun anew, where the one there was does not hold. Without it nobody
        can be served, so it is read until the disk gives it."""
        return self._hand_in(lambda journal: journal.past(), again=(apsw.Error, OSError), anew=True)

    def read(self, after: int, limit: int) -> "Future[list[dict[str, Any]]]":
        """See Journal.read. What does not hold is never handed out: another journal begins, and the caller is told."""
        return self.call(lambda journal: journal.read(after, limit))

    def status(self) -> "Future[JournalStatus]":
        """See Journal.status, for central."""
        return self._hand_in(lambda journal: journal.status(), anew=True)

    def advance(self, epoch: int, sequence: int, answer: bytes) -> "Future[None]":
        """See Journal.advance, for central."""
        return self.call(lambda journal: journal.advance(CENTRAL, epoch, sequence, answer))

    def for_destination(self, name: str) -> Destination:
        """The journal as another destination than central sees it; from now on no entry leaves before it has it."""
        self._awaited.add(name)
        return Destination(self.call, name)

    def begin_anew(self, reason: str) -> "Future[None]":
        """Set this journal aside and begin another, for a reason of BEGAN_REASONS; done when it is in service."""
        before: list[int] = []

        def begin(journal: Journal) -> None:
            if self._renewer is None:
                raise ValueError("this lane was not told how to begin a journal anew")
            if not before:
                before.append(journal.epoch)
            if journal.epoch == before[0]:  # else a try that seemed to fail has done it
                self._renew(reason)

        return self._hand_in(begin, again=_REFUSALS)

    def verify(self) -> "Future[ChainReport]":
        """Walk the whole chain in small steps between other work. Where it does not hold, another journal begins."""
        future: Future[ChainReport] = Future()

        def begin(_journal: Journal) -> None:
            if not future.set_running_or_notify_cancel():
                return
            if self._verification is None:
                self._verification = _Verification([])
            self._verification.futures.append(future)

        def failed(asked: "Future[None]") -> None:
            if not asked.cancelled() and (fault := asked.exception()) is not None:
                future.set_exception(fault)

        self._hand_in(begin).add_done_callback(failed)
        return future

    def prune(self, before_wall_ms: int) -> "Future[int]":
        """See Journal.prune: how many entries have left."""
        awaited = tuple(self._awaited)
        return self.call(lambda journal: journal.prune(before_wall_ms, self._vouched, awaited))

    def _hand_in(
        self, work: Callable[[Journal], T], *, again: tuple[type[BaseException], ...] = (), anew: bool = False
    ) -> "Future[T]":
        future: Future[T] = Future()
        if not self._thread.is_alive() and self._thread.ident is not None:
            future.set_exception(LaneClosed("the journal lane has ended"))
        else:
            self._work.put(_Task(future, work, again, anew))
        return future

    # -- on the lane's thread ----------------------------------------------------------------------------------------

    def _run(self) -> None:
        self._open()
        while True:
            try:
                task = self._next()
            except queue.Empty:
                if self._unsettled and self._failure is None:
                    self._settle()
                continue
            if task is None:
                break
            if task.future.set_running_or_notify_cancel():
                self._do(task)
            if self._verification is not None:
                self._step(self._verification)
        if self._journal is not None:
            self._shut(self._journal)
        self._fail_the_rest()

    def _next(self) -> _Task | None:
        """What was handed in next; until there is something, the chain is walked.

        Raises Empty where nothing came for so long that the log can be emptied, or the ballast looked after.
        """
        while self._verification is not None:
            try:
                return self._work.get_nowait()
            except queue.Empty:
                self._step(self._verification)
        patience_s = self._idle_s if self._unsettled and self._failure is None else None
        if self._ballast is not None:
            self._ballast.tend()
            if (wait_s := self._ballast.wait_s()) is not None:
                patience_s = wait_s if patience_s is None else min(patience_s, wait_s)
        return self._work.get(timeout=patience_s)

    def _is_relieved(self, fault: BaseException) -> bool:
        """Whether the disk was full and there is room again, for the ballast was given up."""
        return self._ballast is not None and self._ballast.relieves(fault)

    def _open(self) -> None:
        """Get the journal, or learn why there is none. A disk that is full, or a file that another holds, is waited
        out."""
        tries = 0
        while self._journal is None:
            try:
                self._there()
            except (apsw.Error, JournalBusy, OSError) as fault:
                if self._is_relieved(fault):
                    continue
                self._say(fault)
                if self._waited(tries):
                    self._failure = fault
                    return
                tries += 1
            except BaseException as fault:  # every caller is told; the terminal shows it and stays up
                self._failure = fault
                return
        self._say_well()

    def _there(self) -> Journal:
        """The journal, opened if the last one was shut. Raises what the opener raises."""
        if self._journal is None:
            self._take(self._opener())
        assert self._journal is not None
        return self._journal

    def _take(self, journal: Journal) -> None:
        self._journal = journal
        if self._verification is not None:
            self._verification.walk = None
        if journal.begun_anew is not None:
            begun, journal.begun_anew = journal.begun_anew, None
            self._anew(begun)

    def _renew(self, reason: str) -> None:
        """Another journal in place of this one. If it fails half-way, the next opening completes it."""
        assert self._renewer is not None
        journal, self._journal = self._there(), None
        self._take(self._renewer(journal, reason))

    def _do(self, task: _Task) -> None:
        if self._failure is not None:
            task.future.set_exception(self._failure)
            return
        tries = 0
        while True:
            try:
                result = task.work(self._there())
            except BaseException as fault:
                if not self._overcome(task, fault, tries):
                    return
                tries += 1
            else:
                self._say_well()
                self._unsettled = True
                task.future.set_result(result)
                return

    def _overcome(self, task: _Task, fault: BaseException, tries: int) -> bool:
        """Whether the work shall be tried again; otherwise its caller has been told why not."""
        if isinstance(fault, DAMAGE) and self._mended(fault) and (task.again or task.anew) and tries == 0:
            return True
        relieved = self._is_relieved(fault)
        if not isinstance(fault, task.again):
            task.future.set_exception(fault)
            return False
        if not relieved:
            self._say(fault)
        if not relieved and self._waited(tries):
            task.future.set_exception(LaneClosed("the terminal stopped while the disk refused the entry"))
            return False
        if self._journal is not None:  # a fresh connection, for the old one's idea of the file may be wrong
            journal, self._journal = self._journal, None
            self._shut(journal)
        return True

    def _mended(self, fault: BaseException) -> bool:
        """Whether another journal is in the place of one that does not hold, or will be at the next opening."""
        if self._renewer is None or self._journal is None:
            return False
        try:
            self._renew(damage_reason(fault))
        except _REFUSALS as refused:
            self._say(refused)
        return True

    def _step(self, verification: _Verification) -> None:
        try:
            if verification.walk is None:
                verification.walk = self._there().walk()
            report = verification.walk.step(_WALK_STEP)
        except _REFUSALS as fault:
            self._verification = None
            for future in verification.futures:
                future.set_exception(fault)
            if isinstance(fault, DAMAGE):
                self._mended(fault)
            return
        if report is None:
            return
        self._verification = None
        if report.fault is not None:
            self._mended(JournalDamaged(report.fault, report.sequence))
        for future in verification.futures:
            future.set_result(report)

    def _settle(self) -> None:
        """Nothing to do for a while: empty the log, where one flipped bit could drop what comes after it."""
        self._unsettled = False
        try:
            self._there().settle()
        except _REFUSALS as fault:
            if is_full(fault):
                self._is_relieved(fault)  # the log stays as it is, which costs nobody anything
            elif not (isinstance(fault, DAMAGE) and self._mended(fault)):
                self._say(fault)
        else:
            self._say_well()

    def _say(self, fault: BaseException) -> None:
        self._troubled = True
        self._trouble(f"{type(fault).__name__}: {fault}")

    def _say_well(self) -> None:
        if self._troubled:
            self._troubled = False
            self._well()

    def _waited(self, tries: int) -> bool:
        """Wait before the next try; True if the terminal ends meanwhile."""
        return self._closing.wait(self._pauses_s[min(tries, len(self._pauses_s) - 1)])

    def _shut(self, journal: Journal) -> None:
        """Close; a disk that refuses even that has been told of, and what was committed is in the file."""
        try:
            journal.close()
        except apsw.Error as fault:
            self._say(fault)

    def _fail_the_rest(self) -> None:
        ended = LaneClosed("the journal lane has ended")
        if self._verification is not None:
            for future in self._verification.futures:
                future.set_exception(ended)
        while True:
            try:
                task = self._work.get_nowait()
            except queue.Empty:
                return
            if task is not None and task.future.set_running_or_notify_cancel():
                task.future.set_exception(ended)
