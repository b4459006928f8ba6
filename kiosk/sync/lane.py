"""The sync lane: one thread that brings the journal to central, says how the terminal is, and asks for the profile.

Invariant: the journal is the queue; the lane holds no entry longer than one call, and moves the position only through
the journal, with central's own answer beside it.
"""

import logging
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from kiosk.core.entry import GENESIS, Head
from kiosk.protocol.central import BODY_LIMIT, StatedClocks
from kiosk.protocol.profile import QUESTION
from kiosk.sync.ahead import Ahead, Wanted
from kiosk.sync.answers import judge_heartbeat, judge_journal, judge_profile
from kiosk.sync.asked import Questions
from kiosk.sync.batch import Batch
from kiosk.sync.evidence import Witness, weigh
from kiosk.sync.heartbeat import heartbeat
from kiosk.sync.outcome import BeginAnew, Outcome, Stop, Taken
from kiosk.sync.patience import JournalFailed, LaneClosing, Patience
from kiosk.sync.plan import (
    MIRROR_ROUND,
    ROUND,
    USUAL_PACE,
    Do,
    Moment,
    Pace,
    Plan,
    Wait,
    Work,
    back_off,
    first_plan,
    held_for,
    news_of,
    next_step,
    of_epoch,
    report_soon,
    retry_now,
    settle,
)
from kiosk.sync.ports import (
    Call,
    Exchange,
    JournalPort,
    JournalStatus,
    LiveState,
    NoReply,
    Reply,
    SyncNews,
    Trouble,
    WallAndMono,
)

_LOG = logging.getLogger(__name__)


class SyncLane:
    """One terminal's way to central. `start` runs it on a thread; a simulation calls `run_once` instead.

    `state` and `tell` are called on the lane's thread and must not block. `rng`: random, from 0 to below 1.
    `journal_s`: how long the journal may take to answer. `witness`: by whose signature central is believed; without
    one its word counts as it is. `mirror`: this is not central but another destination, which gets no personal data and
    is asked for no profile.
    """

    def __init__(
        self,
        journal: JournalPort,
        exchange: Exchange,
        clock: WallAndMono,
        rng: Callable[[], float],
        state: Callable[[], LiveState],
        tell: Callable[[SyncNews], None],
        pace: Pace = USUAL_PACE,
        journal_s: float = 30.0,
        witness: Witness | None = None,
        mirror: bool = False,
    ) -> None:
        """Does nothing until `start` or `run_once`."""
        self._journal = journal
        self._exchange = exchange
        self._clock = clock
        self._rng = rng
        self._state = state
        self._tell = tell
        self._pace = pace
        self._witness = witness
        self._mirror = mirror
        self._plan: Plan | None = None
        self._questions = Questions()
        self._report = threading.Event()
        self._retry = threading.Event()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._result = Patience(self._closing, journal_s).result
        self._ahead = Ahead(journal, self._result)
        self._thread = threading.Thread(target=self._run, name="kiosk-sync", daemon=True)

    def start(self) -> None:
        """Begin, on a thread of its own."""
        self._thread.start()

    def nudge(self) -> None:
        """Something was appended: send it without waiting for the next round. From any thread; never blocks."""
        self._wake.set()

    def report(self) -> None:
        """The terminal's state changed (a profile was taken or refused): send a heartbeat soon. From any thread."""
        self._report.set()
        self._wake.set()

    def retry(self) -> None:
        """Try everything now, whatever is held back: for the technician's page. From any thread."""
        self._retry.set()
        self._wake.set()

    def ask(self, call: Call) -> "Future[Reply | NoReply]":
        """Put a question of someone else's to central, signed as our own requests are, between two of our own and never
        while we hold off. From any thread; never blocks. What the answer means is the asker's to judge. Cancelled if
        the lane ends first."""
        future = self._questions.put(call)
        self._wake.set()
        return future

    def close(self, wait_s: float = 25.0) -> None:
        """End for good: a running call is cut off, which harms nothing. Returns when the thread has ended."""
        self._closing.set()
        self._wake.set()
        self._exchange.close()
        if self._thread.is_alive():
            self._thread.join(wait_s)
        self._questions.close()
        self._ahead.close()

    def run_once(self) -> int:
        """Do the one thing that is due. Returns the milliseconds until there may be more to do; raises nothing."""
        work: Work = "journal"
        try:
            plan = self._as_asked()
            if wait_ms := held_for(plan, self._clock.mono_ms()):
                return wait_ms
            self._answer_one()
            status = self._result(self._journal.status())
            self._settled(of_epoch(plan, status.head.epoch))
            match next_step(self._as_asked(), status, self._clock.mono_ms()):
                case Wait(wait_ms):
                    return 0 if self._questions.any() else wait_ms
                case Do(work):
                    self._carry_out(work, status)
        except LaneClosing:
            return 0
        except JournalFailed as fault:
            self._hold_off(work, Trouble("journal", str(fault)))
        except Exception as fault:  # a bug of ours must not end the only way to central
            _log(work, fault)
            self._hold_off(work, Trouble("internal", type(fault).__name__, alarm=True))
        return 0

    def _run(self) -> None:
        while not self._closing.is_set():
            if wait_ms := self.run_once():
                self._wake.wait(wait_ms / 1000)
                self._wake.clear()

    def _answer_one(self) -> None:
        """One a round, so that whoever asks much keeps no entry waiting."""
        if (question := self._questions.take()) is None:
            return
        call, future = question
        try:
            future.set_result(self._call(call))
        except Exception as fault:
            future.set_exception(fault)
            raise

    def _carry_out(self, work: Work, status: JournalStatus) -> None:
        match work:
            case "journal":
                outcome = self._send_journal(status)
            case "heartbeat":
                beat = heartbeat(self._state(), status, self._clocks(), self._current().troubles.values())
                outcome = self._weigh(judge_heartbeat(self._call(beat)), status.head)
            case "profile":
                outcome = judge_profile(self._call(self._profile_question()))
        if outcome is not None:
            after = self._result(self._journal.status())
            if after.head.epoch == status.head.epoch:
                status = after  # else the outcome speaks of the old journal, and the next round sees the new one
            elif isinstance(outcome, BeginAnew):
                return
            self._settled(*settle(self._current(), work, outcome, status, self._moment(), self._pace))

    def _send_journal(self, status: JournalStatus) -> Outcome | None:
        plan = self._current()
        after, epoch = plan.position(status.acknowledged), status.head.epoch
        wanted = Wanted(status.head, after, plan.limit, plan.plain, self._mirror, self._clocks())
        packed = self._ahead.take(wanted)
        batch = packed.batch
        if packed.epoch not in (None, epoch):
            return None  # another journal has begun meanwhile; the next round sees it
        if batch is None:
            return Stop("gap", f"the journal does not hold entry {after + 1}, which central lacks", "this")
        if batch.last < status.head.sequence and not plan.failures:  # else it would mostly be for nothing
            self._ahead.begin(replace(wanted, after=batch.last, clocks=None))  # which go stale
        call = Call("POST", "/device/journal", packed.wire, gzipped=not plan.plain)
        outcome: Outcome = judge_journal(self._call(call), batch)
        outcome = self._weigh(outcome, status.head, batch)
        if isinstance(outcome, Taken) and outcome.acknowledged > status.acknowledged:
            self._result(self._journal.advance(epoch, outcome.acknowledged, outcome.answer))
        return outcome

    def _weigh(self, outcome: Outcome, own: Head, batch: Batch | None = None) -> Outcome:
        """The outcome as far as central's signature bears it out."""
        if self._witness is None:
            return outcome

        def own_hash(sequence: int) -> str | None:
            if sequence == 0:
                return GENESIS
            if batch is not None and sequence == batch.last:
                return batch.hash
            found = self._result(self._journal.read(sequence - 1, 1))
            if not found or (found[0].get("epoch"), found[0].get("sequence")) != (own.epoch, sequence):
                return None
            return str(found[0].get("hash"))

        if batch is not None and batch.last > own.sequence:
            own = Head(own.epoch, batch.last, batch.hash)
        return weigh(outcome, self._witness, own, own_hash)

    def _clocks(self) -> StatedClocks:
        """As they are: what was learnt of the time is central's own."""
        clock = self._clock
        return StatedClocks(wall_ms=clock.wall_ms(), mono_ms=clock.mono_ms(), boot_id=clock.boot_id())

    def _profile_question(self) -> Call:
        etag = self._current().etag or self._state().profile_etag
        headers = {"If-None-Match": etag} if etag else {}
        return Call("GET", QUESTION, headers=headers, answer_limit=BODY_LIMIT)

    def _call(self, call: Call) -> Reply | NoReply:
        return self._exchange.call(call, (self._clock.wall_ms() + self._current().offset_ms) // 1000)

    def _current(self) -> Plan:
        if self._plan is None:
            works = MIRROR_ROUND if self._mirror else ROUND
            self._plan = first_plan(self._clock.mono_ms(), self._rng(), self._pace.spread_s, works)
        return self._plan

    def _as_asked(self) -> Plan:
        """The plan with what others asked for; only before a step is chosen, or that would be lost in its outcome."""
        plan = self._current()
        if self._report.is_set():
            self._report.clear()
            plan = report_soon(plan)
        if self._retry.is_set():
            self._retry.clear()
            plan = retry_now(plan)
        self._plan = plan
        return plan

    def _hold_off(self, work: Work, trouble: Trouble) -> None:
        self._settled(back_off(self._current(), work, trouble, None, self._moment(), self._pace))

    def _settled(self, plan: Plan, news: tuple[SyncNews, ...] = ()) -> None:
        before, self._plan = self._current(), plan
        for item in (*news, *news_of(before, plan)):
            try:
                self._tell(item)
            except Exception as fault:  # whoever listens has their own bugs
                _log(f"telling {type(item).__name__}", fault)

    def _moment(self) -> Moment:
        return Moment(self._clock.wall_ms(), self._clock.mono_ms(), self._rng())


def _log(what: str, fault: Exception) -> None:
    """Where it happened and of what type, without the message: that may quote what a citizen wrote."""
    frames = "".join(traceback.format_tb(fault.__traceback__))
    _LOG.error("sync: %s: %s\n%s", what, type(fault).__name__, frames)
