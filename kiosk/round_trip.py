"""The technician's round trip: each of the five levels tapped on the real pages and found at central as it was tapped.

Invariant: every entry of its visits is marked, for the one way from its terminal to the journal marks them; and the
run is announced in the journal, with who it is, before its first visit. Nothing here can tap a level. A visit at the
window ends it at once. See docs/adr/0019.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, Protocol

import msgspec

from kiosk.core import events as e
from kiosk.core.canary import CASE_NUMBER, MATTER, Expected, read_back_body
from kiosk.core.entry import Draft, Head, Kind
from kiosk.core.levels import Level
from kiosk.core.situation import Situation, State
from kiosk.core.technician import LevelTrip, Trip
from kiosk.core.view import Accepted, CitizenPort, CodeAnswer, Earlier, OwnFigures, PinAnswer, Refused, Scene, View
from kiosk.protocol.central import CanaryAnswer, CanaryQuestion
from kiosk.sync.answers import decode_answer
from kiosk.sync.ports import Call, NoReply, Reply
from kiosk.terminal import Clock, Loop, Terminal

log = logging.getLogger(__name__)

MOST_VISITS = 8
"""A run has no more visits than this, for whoever taps one level twice."""
THANKS_MS = 1_500
EVERY_MS = 1_000
PATIENCE_MS = 15 * 60_000
"""So long central is asked for what was tapped."""


class TripJournal(Protocol):
    """The journal lane, as far as a round trip needs it."""

    def append(self, draft: Draft) -> "Future[Head]":
        """The entry's place, once it is committed."""


@dataclass(frozen=True, slots=True)
class TripParts:
    """What a round trip works with. `real`: the unit's own terminal, of which a visit ends the run; `ask`: a question
    to central; `appended`: there is something to send."""

    loop: Loop
    clock: Clock
    journal: TripJournal
    real: Terminal
    ask: Callable[[Call], "Future[Reply | NoReply]"]
    terms: Callable[[], e.Terms | None]
    appended: Callable[[], None]
    new_id: Callable[[], str]


class CannotBegin(Exception):
    """A round trip cannot begin now; the message says why."""


@dataclass(frozen=True, slots=True)
class _Tap:
    """When a level was tapped (monotonic ms), and what central must have of it once it is known."""

    level: Level
    at_ms: int
    journal_ms: int = -1
    expected: Expected | None = None
    central_ms: int = -1
    central: str = ""


class Stage:
    """The marked terminal, as the citizen's pages see it."""

    def __init__(self, terminal: Terminal) -> None:
        self.submit = terminal.submit
        self.view = terminal.view
        self.watch = terminal.watch

    def earlier(self, receipt: str) -> "Future[Earlier]":
        """Of a test there is no earlier rating."""
        del receipt
        return _known(Earlier("unreachable"))

    def check_pin(self, number: str, pin: str) -> "Future[PinAnswer]":
        """Nobody signs in here."""
        del number, pin
        return _known(PinAnswer("unknown"))

    def check_code(self, number: str, code: str) -> "Future[CodeAnswer]":
        """Nor is anybody let in from here."""
        del number, code
        return _known(CodeAnswer("nobody"))

    def own_figures(self, number: str) -> "Future[OwnFigures | None]":
        """Nobody's are shown here."""
        del number
        return _known(None)

    def pair(self) -> None:
        """Not here."""

    def unpair(self) -> None:
        """Not here."""


class MarkedVisits:
    """One run. Everything on the loop's thread. Raises CannotBegin."""

    def __init__(self, parts: TripParts, technician: str, run: str) -> None:
        terms = parts.terms()
        if terms is None:
            raise CannotBegin("this terminal has no profile")
        if is_busy(parts.real.view()):
            raise CannotBegin("a visit runs")
        self._p, self.run, self.technician = parts, run, technician
        self._taps: list[_Tap] = []
        self._visits = 0
        self._why = ""
        self._reached, self._asked_for, self._over = True, False, False
        self._watchers: list[Callable[[Trip], None]] = []
        self._unwatch = parts.real.watch(self._real_moved)
        self._stop_timer: Callable[[], None] = lambda: None
        self._until_ms = 0
        terms = replace(terms, thanks_ms=min(terms.thanks_ms, THANKS_MS))
        self._terminal = Terminal(
            loop=parts.loop,
            clock=parts.clock,
            new_id=parts.new_id,
            record=self._record,
            scene=_scene(parts.real.view().scene),
            situation=Situation(State.READY, terms=terms, faults=frozenset()),
        )
        self._terminal.watch(self._moved)

    # -- what the page sees ------------------------------------------------------------------------------------------

    def stage(self) -> CitizenPort:
        """See `kiosk.core.technician`."""
        return Stage(self._terminal)

    def watch(self, callback: Callable[[Trip], None]) -> None:
        """See `kiosk.core.technician`."""
        self._watchers.append(callback)

    def trip(self) -> Trip:
        """See `kiosk.core.technician`."""
        levels = tuple(self._level(level) for level in Level)
        tapping = self._tapping
        at = "tapping" if tapping else "waiting" if self._open() and not self._over else "over"
        return Trip(levels, at, self._reached, self._why)  # type: ignore[arg-type]

    def _level(self, level: Level) -> LevelTrip:
        tap = next((tap for tap in self._taps if tap.level == level and tap.expected is not None), None)
        tap = tap or next((tap for tap in self._taps if tap.level == level), None)
        if tap is None:
            return LevelTrip(level)
        return LevelTrip(level, True, tap.journal_ms, tap.central_ms, tap.central)  # type: ignore[arg-type]

    # -- the visits --------------------------------------------------------------------------------------------------

    @property
    def _tapping(self) -> bool:
        return not self._why and not self._all_ended

    @property
    def _all_ended(self) -> bool:
        return {tap.level for tap in self._taps if tap.expected is not None} == set(Level)

    def begin(self) -> None:
        """The first visit. The announcement is committed."""
        self._next()

    def stop(self) -> None:
        """No more taps."""
        self._end("stopped")

    def _next(self) -> None:
        if not self._tapping:
            self._wait()
            return
        if self._visits >= MOST_VISITS:
            self._end("silence")
            return
        self._visits += 1
        visit_id = self._p.new_id()

        def invite(done: "Future[Accepted | Refused]") -> None:
            if isinstance(done.result(), Accepted) and not self._why:
                self._terminal.submit(e.Invite(visit_id))

        answer = self._terminal.submit(e.StartVisit(visit_id, MATTER, CASE_NUMBER))
        answer.add_done_callback(lambda done: self._p.loop.post(lambda: invite(done)))

    def _moved(self, view: View) -> None:
        """The marked terminal has moved: a visit that is over makes room for the next, but one nobody tapped ends it
        all."""
        situation = view.situation
        if self._why:
            return
        if situation.faults:
            self._end("journal")
        elif situation.state is State.READY and not is_busy(view):
            ended = sum(tap.expected is not None for tap in self._taps)
            self._next() if ended == self._visits else self._end("silence")

    def _real_moved(self, view: View) -> None:
        if is_busy(view):
            self._end("visit")

    def _end(self, why: str) -> None:
        if self._why or not self._tapping:
            return
        self._why = why
        self._terminal.take_now(e.BreakOff())
        self._wait()

    def _record(self, draft: Draft) -> "Future[Head]":
        """The only way from this terminal to the journal, and it marks whatever belongs to a visit."""
        if draft.visit_id is not None:
            draft = replace(draft, body={**draft.body, "canary": True, "acceptance": self.run})
        future = self._p.journal.append(draft)
        future.add_done_callback(lambda done: self._p.loop.post(lambda: self._recorded(draft, done)))
        return future

    def _recorded(self, draft: Draft, done: "Future[Head]") -> None:
        if done.cancelled() or done.exception() is not None:
            return  # the terminal takes the fault itself
        now = self._p.clock.mono_ms()
        if draft.kind == Kind.LEVEL_TAPPED:
            self._taps.append(_Tap(Level(draft.body["level"]), draft.mono_ms, now - draft.mono_ms))
        elif draft.kind == Kind.VISIT_ENDED and draft.body.get("rating_id") and self._taps:
            self._taps[-1] = replace(self._taps[-1], level=Level(draft.body["level"]), expected=_expected(draft.body))
        self._p.appended()
        self._tell()

    # -- what central has --------------------------------------------------------------------------------------------

    def _open(self) -> list[Expected]:
        return [tap.expected for tap in self._taps if tap.expected is not None and tap.central == ""]

    def _wait(self) -> None:
        self._until_ms = self._p.clock.mono_ms() + PATIENCE_MS
        self._unwatch()
        self._unwatch = lambda: None
        self._ask()
        self._tell()

    def _ask(self) -> None:
        wanted = self._open()
        if not wanted or self._asked_for or self._over:
            if not wanted:
                self._close()
            return
        self._asked_for = True
        question = CanaryQuestion(rating_ids=[one.rating_id for one in wanted])
        future = self._p.ask(Call("POST", "/device/canaries", msgspec.json.encode(question)))
        future.add_done_callback(lambda done: self._p.loop.post(lambda: self._answered(wanted, done)))

    def _answered(self, wanted: list[Expected], done: "Future[Reply | NoReply]") -> None:
        self._asked_for = False
        reply = None if done.cancelled() or done.exception() is not None else done.result()
        answer = decode_answer(reply, CanaryAnswer) if isinstance(reply, Reply) and reply.status == 200 else None
        self._reached = answer is not None
        if answer is not None:
            found = {one.rating_id: Expected(one.rating_id, one.level, one.reasons, one.finished)
                     for one in answer.canaries}  # fmt: skip
            self._taps = [self._looked(tap, found) for tap in self._taps]
        self._tell()
        if not self._open():
            self._close()
        elif self._p.clock.mono_ms() >= self._until_ms:
            self._taps = [
                replace(tap, central="missing") if tap.expected and not tap.central and self._reached else tap
                for tap in self._taps
            ]
            self._close()
        else:
            self._stop_timer = self._p.loop.call_later(EVERY_MS, self._ask)

    def _looked(self, tap: _Tap, found: dict[str, Expected]) -> _Tap:
        has = found.get(tap.expected.rating_id) if tap.expected is not None else None
        if has is None or tap.central:
            return tap
        after_ms = self._p.clock.mono_ms() - tap.at_ms
        return replace(tap, central_ms=after_ms, central="held" if has == tap.expected else "changed")

    def _close(self) -> None:
        """Over: what central gave back is on record, so that central knows that it was not believed blindly."""
        if self._over:
            return
        self._over = True
        expected = [tap.expected for tap in self._taps if tap.expected is not None]
        held = [tap.expected for tap in self._taps if tap.expected is not None and tap.central == "held"]
        changed = [tap.expected for tap in self._taps if tap.expected is not None and tap.central == "changed"]
        if expected and self._reached:
            body = read_back_body(expected, held)
            body["held"] += [one.rating_id for one in changed]
            body["wrong"] = {one.rating_id: {} for one in changed}
            self._note(Kind.CANARY_READ_BACK, {**body, "acceptance": self.run})
        self._tell()

    def _note(self, kind: str, body: dict[str, Any]) -> None:
        clock = self._p.clock
        draft = Draft(self._p.new_id(), kind, clock.wall_ms(), clock.mono_ms(), clock.boot_id(), None, body)
        self._p.journal.append(draft).add_done_callback(lambda _done: self._p.appended())

    def close(self) -> None:
        """The unit ends."""
        self._end("stopped")
        self._over = True
        self._stop_timer()
        self._unwatch()

    def _tell(self) -> None:
        trip = self.trip()
        for callback in tuple(self._watchers):
            callback(trip)


def announcement(clock: Clock, new_id: Callable[[], str], run: str, technician: str) -> Draft:
    """What says, before the first visit, that a run begins and whose it is."""
    body = {"run": run, "technician": technician}
    return Draft(new_id(), Kind.ACCEPTANCE_BEGAN, clock.wall_ms(), clock.mono_ms(), clock.boot_id(), None, body)


def is_busy(view: View) -> bool:
    """Whether a visit runs, or something is on its way to the disk that may begin or end one."""
    situation = view.situation
    return situation.awaiting is not None or (situation.visit is not None and situation.visit.outcome is None)


def _scene(scene: Scene) -> Scene:
    """The window's own, but nothing of it leads elsewhere: no phone, no photos of whoever works here."""
    return replace(scene, phone_page="", cards={}, callbacks=scene.callbacks)


def _expected(body: Any) -> Expected:
    return Expected(body["rating_id"], body["level"], tuple(body["reasons"]), body["finished"])


def _known(value: Any) -> "Future[Any]":
    answer: Future[Any] = Future()
    answer.set_result(value)
    return answer
