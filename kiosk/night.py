"""What the terminal does while nobody is there: once a night it verifies the whole chain, lets old entries go, and
sends five canaries the way of a citizen's rating, to read back what central makes of them.

Invariant: the night never begins anything while a visit runs, and its canaries lie between two visits in the journal:
they are handed to the lane on the loop, on which visits begin. What it waits for survives a restart, for it is in the
journal.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

import msgspec

from kiosk.core import events as e
from kiosk.core.canary import (
    APART_MS,
    Expected,
    Flight,
    Moment,
    canary_drafts,
    is_due,
    is_missed,
    minute_of,
    newest_flight,
    newest_read_back,
    night_of,
    planned_minute,
    read_back_body,
    trouble_of,
)
from kiosk.core.entry import Draft, Head, Kind
from kiosk.core.view import View
from kiosk.journal.chain import ChainReport
from kiosk.journal.store import JournalStatus
from kiosk.protocol.central import CanaryAnswer, CanaryQuestion
from kiosk.sync.ports import Call, NoReply, Reply
from kiosk.terminal import Clock, Loop

log = logging.getLogger(__name__)

TROUBLE = "canary"
UNANSWERED = "central holds the canaries, and does not give them back"
PATIENCE_MS = 6 * 3_600_000
"""How long central is given to acknowledge the canaries and to answer."""
QUIET_MS = 600_000
"""So long no visit has run, and the program has, before anything is begun."""
_EVERY_MS = 30_000
_LOOK_BACK = 5_000
_STEP = 500

T = TypeVar("T")


class NightJournal(Protocol):
    """The journal lane, as far as the night needs it."""

    def append(self, draft: Draft) -> "Future[Head]":
        """The entry's place, once it is committed."""

    def read(self, after: int, limit: int) -> "Future[list[dict[str, Any]]]":
        """Flat records above sequence `after`, oldest first."""

    def status(self) -> "Future[JournalStatus]":
        """Where the journal stands."""

    def verify(self) -> "Future[ChainReport]":
        """Walk the whole chain."""

    def prune(self, before_wall_ms: int) -> "Future[int]":
        """Let entries go that central holds and that are older than this; how many went."""


class NightBook(Protocol):
    """When the last canaries were sent, kept apart from the journal: another may have been begun since."""

    def read(self) -> "Future[Moment | None]":
        """The moment that was kept last."""

    def keep(self, sent: Moment) -> "Future[None]":
        """Keep this one instead."""


def local_ms(wall_ms: int) -> int:
    """The local time of a wall time, as if it were Unix ms."""
    return wall_ms + time.localtime(wall_ms / 1000).tm_gmtoff * 1000


@dataclass(frozen=True, slots=True)
class NightParts:
    """What the night works with. `ask`: a question to central; `terms`: the profile's, None where there is none yet and
    so no canary; `appended`: there is something to send; `rng`: random, from 0 to below 1; `keep_ms`: how old an entry
    may be until it leaves; `local_ms`: see above; `seen`: what stands before whoever comes first, None without a
    screen."""

    loop: Loop
    clock: Clock
    journal: NightJournal
    book: NightBook
    ask: Callable[[Call], "Future[Reply | NoReply]"]
    set_trouble: Callable[[str, str | None], None]
    view: Callable[[], View]
    terms: Callable[[], e.Terms | None]
    appended: Callable[[], None]
    new_id: Callable[[], str]
    rng: Callable[[], float]
    keep_ms: int
    local_ms: Callable[[int], int] = local_ms
    seen: e.Seen | None = None


class Night:
    """The night's work. Everything on the loop's own thread; `see` is to be called with each new view."""

    def __init__(self, parts: NightParts) -> None:
        self._p = parts
        self._stage: Literal["looking", "resting", "working", "canaries", "waiting", "asking"] = "looking"
        self._flight: Flight | None = None
        self._sent_at: Moment | None = None
        self._held = False
        self._plan: tuple[int, int] | None = None
        self._worked_ms: int | None = None
        self._busy = False
        self._busy_ms = parts.clock.mono_ms()
        self._stop: Callable[[], None] = lambda: None
        self._closed = False

    def start(self) -> None:
        """Find out from the journal what the nights before have left, then wait."""
        self._then(self._p.book.read(), self._remembered, lambda: self._remembered(None))
        self._stop = self._p.loop.call_later(_EVERY_MS, self._tick)

    def close(self) -> None:
        """No more work; what was handed in goes on."""
        self._closed = True
        self._stop()

    def see(self, view: View) -> None:
        """Note whether a visit runs."""
        busy = _is_busy(view)
        if busy or self._busy:
            self._busy_ms = self._p.clock.mono_ms()
        self._busy = busy

    def _tick(self) -> None:
        self._stop = self._p.loop.call_later(_EVERY_MS, self._tick)
        match self._stage:
            case "resting" if self._is_time() and not _is_busy(self._p.view()):
                self._begin()
            case "canaries":
                self._send_canaries()
            case "waiting":
                self._wait()

    # -- when --------------------------------------------------------------------------------------------------------

    def _is_time(self) -> bool:
        clock = self._p.clock
        wall_ms, mono_ms = clock.wall_ms(), clock.mono_ms()
        local = self._p.local_ms(wall_ms)
        if self._worked_ms is not None and mono_ms - self._worked_ms < APART_MS:
            return False
        if mono_ms - self._busy_ms < QUIET_MS or not is_due(self._sent_at, local, wall_ms, mono_ms, clock.boot_id()):
            return False
        if is_missed(minute_of(local)):
            return True
        if self._plan is None or self._plan[0] != night_of(local):
            self._plan = night_of(local), planned_minute(self._p.rng())
        return minute_of(local) >= self._plan[1]

    # -- the work, step by step --------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._stage = "working"
        self._worked_ms = self._p.clock.mono_ms()
        self._then(self._p.journal.verify(), self._verified, self._prune)

    def _verified(self, report: ChainReport) -> None:
        if report.fault is not None:  # the lane begins another journal; what was whole comes with it
            log.error("the chain does not hold at entry %s: %s", report.sequence, report.fault)
        self._prune()

    def _prune(self) -> None:
        before_ms = self._p.clock.wall_ms() - self._p.keep_ms
        self._then(self._p.journal.prune(before_ms), self._pruned, lambda: self._pruned(0))

    def _pruned(self, count: int) -> None:
        if count:
            log.info("%d entries that central holds have left the journal", count)
        self._stage = "canaries"
        self._send_canaries()

    def _send_canaries(self) -> None:
        terms = self._p.terms()
        if terms is None:
            self._stage = "resting"
            return
        if _is_busy(self._p.view()):
            return  # and again at the next tick
        self._stage = "working"
        clock = self._p.clock
        drafts = canary_drafts(terms, clock.wall_ms(), clock.mono_ms(), clock.boot_id(), self._p.new_id, self._p.seen)
        *_, newest = [self._p.journal.append(draft) for draft in drafts]
        self._then(newest, lambda head: self._sent(drafts, head), self._rest)

    def _sent(self, drafts: tuple[Draft, ...], last: Head) -> None:
        ends = [draft for draft in drafts if draft.kind == Kind.VISIT_ENDED]
        expected = tuple(
            Expected(end.body["rating_id"], end.body["level"], tuple(end.body["reasons"]), end.body["finished"])
            for end in ends
        )
        first = drafts[0]
        self._flight = Flight(last.epoch, last.sequence, first.wall_ms, first.mono_ms, first.boot_id, expected)
        self._held, self._stage = False, "waiting"
        sent = self._sent_at = Moment(first.wall_ms, first.mono_ms, first.boot_id)
        self._then(self._p.book.keep(sent), lambda _kept: None, lambda: None)  # the journal knows it as well
        self._p.appended()

    def _wait(self) -> None:
        """Until central is known to hold them all; the position is the journal's own."""
        if self._flight is None or self._age_ms(self._flight) > PATIENCE_MS:
            if self._held:
                self._p.set_trouble(TROUBLE, UNANSWERED)
            self._rest()  # that nothing is acknowledged is told by others
            return
        self._stage = "asking"
        self._then(self._p.journal.status(), self._look, self._go_on_waiting)

    def _look(self, status: JournalStatus) -> None:
        flight = self._flight
        assert flight is not None
        same = status.head.epoch == flight.epoch
        if not (status.acknowledged >= flight.last if same else status.unsent == 0):
            self._go_on_waiting()
            return
        self._held = True
        question = CanaryQuestion(rating_ids=[one.rating_id for one in flight.expected])
        call = Call("POST", "/device/canaries", msgspec.json.encode(question))
        self._then(self._p.ask(call), self._answered, self._go_on_waiting)

    def _answered(self, reply: Reply | NoReply) -> None:
        found = _canaries(reply)
        if found is None or self._flight is None:
            self._go_on_waiting()
            return
        body = read_back_body(self._flight.expected, found)
        clock = self._p.clock
        draft = Draft(
            self._p.new_id(), Kind.CANARY_READ_BACK, clock.wall_ms(), clock.mono_ms(), clock.boot_id(), None, body
        )
        self._p.set_trouble(TROUBLE, trouble_of(body))
        self._stage = "working"
        self._then(self._p.journal.append(draft), lambda _head: self._told(), self._rest)

    def _told(self) -> None:
        self._rest()
        self._p.appended()

    def _remembered(self, sent: Moment | None) -> None:
        self._sent_at = sent
        self._look_back(None, [])

    # -- after a restart ---------------------------------------------------------------------------------------------

    def _look_back(self, before: int | None, found: list[dict[str, Any]]) -> None:
        """Read the journal backwards until the newest canaries are found and what came of them; not for ever."""
        if before is None:
            self._then(self._p.journal.status(), lambda status: self._look_back(status.head.sequence, []), self._rest)
            return
        first = before - _STEP
        self._then(
            self._p.journal.read(max(first, 0), min(_STEP, before)),
            lambda records: self._looked(max(first, 0), [*records, *found]),
            self._rest,
        )

    def _looked(self, first: int, records: list[dict[str, Any]]) -> None:
        flight, told = newest_flight(records), newest_read_back(records)
        enough = flight is not None and told is not None and first < flight.last - 2 * len(flight.expected)
        if not enough and first > 0 and len(records) < _LOOK_BACK:
            self._look_back(first, records)
            return
        self._flight = flight
        self._sent_at = self._sent_at or (None if flight is None else flight.sent)
        if told is not None:
            self._p.set_trouble(TROUBLE, trouble_of(told["body"]))
        answered = flight is None or (told is not None and told["sequence"] > flight.last)
        self._stage = "resting" if answered or not flight.complete else "waiting"  # type: ignore[union-attr]

    def _age_ms(self, flight: Flight) -> int:
        clock = self._p.clock
        if flight.boot_id == clock.boot_id():
            return clock.mono_ms() - flight.mono_ms
        return abs(clock.wall_ms() - flight.wall_ms)

    # -- the pieces --------------------------------------------------------------------------------------------------

    def _rest(self) -> None:
        self._stage = "resting"

    def _go_on_waiting(self) -> None:
        self._stage = "waiting"

    def _then(self, future: "Future[T]", do: Callable[[T], None], otherwise: Callable[[], None]) -> None:
        """Go on, on the loop, when there is an answer; `otherwise` where there is none."""

        def go_on() -> None:
            if self._closed:
                return
            if future.cancelled():
                otherwise()
            elif (fault := future.exception()) is not None:
                log.error("tonight: %s: %s", type(fault).__name__, fault)
                otherwise()
            else:
                do(future.result())

        future.add_done_callback(lambda _future: self._p.loop.post(go_on))


def _is_busy(view: View) -> bool:
    """Whether a visit runs, or something is on its way to the disk that may begin or end one."""
    situation = view.situation
    return situation.awaiting is not None or (situation.visit is not None and situation.visit.outcome is None)


def _canaries(reply: Reply | NoReply) -> list[Expected] | None:
    """What central gave back; None if this is no answer of central's."""
    if not isinstance(reply, Reply) or reply.status != 200:
        return None
    if reply.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return None
    try:
        answer = msgspec.json.decode(reply.body, type=CanaryAnswer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return [Expected(one.rating_id, one.level, one.reasons, one.finished) for one in answer.canaries]
