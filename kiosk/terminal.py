"""The running terminal: takes events in, folds them through the core, carries the effects out.

Knows no Qt. It lives on the loop it is given, and nowhere else: every fold happens there, one after another, so the
table in `kiosk.core.visit` is the only place where two events can meet.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Protocol

from kiosk.core import events as e
from kiosk.core.clock_jump import clock_jump
from kiosk.core.entry import Draft, Head, Kind
from kiosk.core.situation import Situation
from kiosk.core.view import Accepted, Pairing, Refused, Scene, View
from kiosk.core.visit import Record, Refuse, fold

log = logging.getLogger(__name__)

Answer = Accepted | Refused


class Loop(Protocol):
    """Where the terminal lives: Qt's event loop, or a simulation's."""

    def post(self, work: Callable[[], None]) -> None:
        """Run `work` on the loop's thread, in the order posted. May be called from any thread."""

    def call_later(self, delay_ms: int, work: Callable[[], None]) -> Callable[[], None]:
        """Run `work` after a delay; the call returned stops it. Only on the loop's own thread."""


class Clock(Protocol):
    """Wall time (Unix ms), monotonic time (ms), and which boot the latter belongs to."""

    def wall_ms(self) -> int:
        """Unix milliseconds."""

    def mono_ms(self) -> int:
        """Milliseconds that never go back within one boot."""

    def boot_id(self) -> str:
        """Which boot of the machine this is."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """What waits for central: how many entries, and since when (Unix ms)."""

    entries: int = 0
    oldest_wall_ms: int | None = None


class Terminal:
    """One terminal. `record` hands a draft to the journal lane; `new_id` gives 32 fresh random hex digits; `situation`:
    where it begins, by default as a terminal that has yet to learn its past."""

    def __init__(
        self,
        *,
        loop: Loop,
        clock: Clock,
        new_id: Callable[[], str],
        record: Callable[[Draft], "Future[Head]"],
        scene: Scene,
        on_recorded: Callable[[Head], None] = lambda _head: None,
        situation: Situation | None = None,
    ) -> None:
        self._loop = loop
        self._clock = clock
        self._new_id = new_id
        self._record = record
        self._on_recorded = on_recorded
        self._view = View(situation or Situation(), scene)
        self._unsent = Unsent()
        self._watchers: list[Callable[[View], None]] = []
        self._waiting: dict[str, Future[Answer]] = {}
        self._disarm: Callable[[], None] = lambda: None
        self._armed_for: int | None = None
        self._newest: Draft | None = None

    # -- TerminalPort ------------------------------------------------------------------------------------------------

    def submit(self, event: e.Event) -> "Future[Answer]":
        """Hand in an event. The answer comes when what it recorded is committed, or at once if it is refused."""
        answer: Future[Answer] = Future()
        self._loop.post(lambda: self._take(event, answer))
        return answer

    def view(self) -> View:
        """The newest moment, with the age of what is unsent as of now."""
        oldest = self._unsent.oldest_wall_ms
        age_s = 0 if oldest is None else max(0, (self._clock.wall_ms() - oldest) // 1000)
        return replace(self._view, unsent=self._unsent.entries, oldest_unsent_s=age_s)

    def watch(self, callback: Callable[[View], None]) -> Callable[[], None]:
        """Be told each new moment, on the loop. The call returned ends it."""
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback) if callback in self._watchers else None

    # -- what the composition root tells it --------------------------------------------------------------------------

    def set_scene(self, scene: Scene, terms: e.Terms) -> None:
        """A new profile is in force. On the loop."""
        self._view = replace(self._view, scene=scene)
        self._take(e.TermsChanged(terms), Future())
        self._publish()

    def set_unsent(self, unsent: Unsent) -> None:
        """What waits for central has changed. On the loop."""
        if unsent != self._unsent:
            self._unsent = unsent
            self._publish()

    def set_trouble(self, code: str, words: str | None) -> None:
        """Something a technician must know has come, or (None) has gone. The terminal goes on serving. On the loop."""
        troubles = {known: said for known, said in self._view.troubles.items() if known != code}
        if words is not None:
            troubles[code] = words
        if troubles != self._view.troubles:
            self._view = replace(self._view, troubles=troubles)
            self._publish()

    def set_phone_link(self, link: str) -> None:
        """The running visit may be rated on a phone by this link; empty: no longer. On the loop."""
        if link != self._view.phone_link:
            self._view = replace(self._view, phone_link=link)
            self._publish()

    def set_phone_offered(self, offered: bool) -> None:
        """The running visit may, or may no longer, be rated on a phone should its citizen ask to. On the loop."""
        if offered != self._view.phone_offered:
            self._view = replace(self._view, phone_offered=offered)
            self._publish()

    def set_pairing(self, pairing: Pairing | None) -> None:
        """A code by which a PC may be paired is to be shown, or (None) no longer. On the loop."""
        if pairing != self._view.pairing:
            self._view = replace(self._view, pairing=pairing)
            self._publish()

    def take_now(self, event: e.Event) -> None:
        """Fold an event at once. On the loop; for the last event of a life, when the loop will not turn again."""
        self._take(event, Future())

    # -- the fold ----------------------------------------------------------------------------------------------------

    def _take(self, event: e.Event, answer: "Future[Answer]") -> None:
        answer.set_running_or_notify_cancel()  # whoever cancels hears nothing; what happened has happened all the same
        now = e.Now(self._clock.wall_ms(), self._clock.mono_ms(), self._clock.boot_id(), self._new_id(), self._new_id())
        situation, effects = fold(self._view.situation, event, now)
        changed = situation != self._view.situation
        self._view = replace(self._view, situation=situation)
        match effects:
            case (Refuse(code),):
                _answer(answer, Refused(code))
            case (Record(draft),):
                self._waiting[draft.entry_id] = answer
                self._write(draft)
            case ():
                _answer(answer, Accepted(self.view()))
            case _:
                raise AssertionError("an event records at most one entry")
        self._arm(situation)
        if changed:
            self._publish()

    def _write(self, draft: Draft) -> None:
        self._note_jump(draft)
        entry_id = draft.entry_id

        def committed(future: "Future[Head]") -> None:
            self._loop.post(lambda: self._committed(entry_id, future))

        self._record(draft).add_done_callback(committed)

    def _note_jump(self, draft: Draft) -> None:
        """If someone has set the clock since the newest entry, say so in an entry of its own, which no rule awaits."""
        by_ms = clock_jump(self._newest, draft)
        self._newest = draft
        if by_ms is not None:
            jump = Draft(
                self._new_id(), Kind.CLOCK_JUMPED, draft.wall_ms, draft.mono_ms, draft.boot_id, None, {"by_ms": by_ms}
            )
            self._record(jump)  # fails only where the entry after it fails as well, and that is told

    def _committed(self, entry_id: str, future: "Future[Head]") -> None:
        answer = self._waiting.pop(entry_id)
        fault = future.exception()
        if fault is not None:
            log.error("an entry could not be recorded: %s", fault)
            self._take(e.Fault("journal"), Future())
            _answer(answer, Refused("out_of_order"))
            return
        head = future.result()
        self._take(e.Recorded(entry_id, head.sequence, head.hash), Future())
        _answer(answer, Accepted(self.view()))
        self._on_recorded(head)

    def _arm(self, situation: Situation) -> None:
        if situation.deadline_ms == self._armed_for:
            return
        self._disarm()
        self._armed_for = situation.deadline_ms
        if situation.deadline_ms is None:
            self._disarm = lambda: None
        else:
            wait_ms = max(0, situation.deadline_ms - self._clock.mono_ms())
            self._disarm = self._loop.call_later(wait_ms, self._time_passed)

    def _time_passed(self) -> None:
        self._armed_for = None
        self._take(e.TimePassed(), Future())

    def _publish(self) -> None:
        view = self.view()
        watchers: Sequence[Callable[[View], None]] = tuple(self._watchers)
        for watcher in watchers:
            try:
                watcher(view)
            except Exception:  # one that fails must cost neither the others their view nor an event its answer
                log.exception("a watcher failed")


def _answer(future: "Future[Answer]", answer: Answer) -> None:
    if not future.cancelled():
        future.set_result(answer)
