"""What remains of a phone's link once its visit goes on without it: central is told to take nothing from it any more,
and what a phone has rated all the same is vouched for in the journal, however late that is learnt.

Invariant: nothing is given up here but the taking back of a link that is over by itself. Where a run ends before, the
journal's past says at the next start which visits had a link; and central names what nothing vouches for yet.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from kiosk.core import events as e
from kiosk.core.view import Accepted, Refused, View
from kiosk.protocol.phone import CLOCKS_APART_S, LINK_AGE_S, PhoneRated, PhoneVisit
from kiosk.sync.answers import decode_answer, is_plausible
from kiosk.sync.ports import Call, NoReply, Reply
from kiosk.terminal import Clock, Loop

CLOSURE_FIRST_MS = 1_000
CLOSURE_LONGEST_MS = 300_000
LINK_OVER_MS = (LINK_AGE_S + CLOCKS_APART_S) * 1000
"""Then central takes nothing by a link any more, and its closure is not worth another try."""
VOUCH_AGAIN_MS = 2_000
"""Until an entry that the terminal could not take now is tried again."""
MOST_KNOWN = 200
"""So many visits with a link are known at most; of older ones central's alarm tells."""

Answer = Reply | NoReply


@dataclass(frozen=True, slots=True)
class PhoneParts:
    """What it works with. `ask`: a question to central, signed as every call of this terminal; `sign`: Ed25519 by this
    terminal's key; `set_link`, `set_offered`: the terminal's, on the loop."""

    loop: Loop
    clock: Clock
    ask: Callable[[Call], "Future[Answer]"]
    view: Callable[[], View]
    submit: Callable[[e.Event], "Future[Accepted | Refused]"]
    set_link: Callable[[str], None]
    set_offered: Callable[[bool], None]
    sign: Callable[[bytes], bytes]
    device_id: str


@dataclass(slots=True)
class Closure:
    """A visit whose link central is to take nothing from any more. `made_ms`: when that link was made."""

    made_ms: int
    due_ms: int
    failures: int = 0


@dataclass(slots=True)
class Wanted:
    """A phone's rating that the journal is to vouch for. `done_ms`: when the phone was done, by our monotonic clock,
    and before its boot below nought. `under_way`: an entry is on its way."""

    rated: PhoneRated
    done_ms: int
    due_ms: int
    under_way: bool = False


class Closures:
    """On the loop's own thread. `hear`: what an answer says of a visit, as `Phones` takes it; `changed`: there may be
    something else to do."""

    def __init__(
        self, parts: PhoneParts, hear: Callable[["Future[Answer]", str], PhoneVisit | None], changed: Callable[[], None]
    ) -> None:
        self._p, self._hear, self._changed = parts, hear, changed
        self._known: dict[str, e.AskedForPhone] = {}
        self._closures: dict[str, Closure] = {}
        self._wanted: dict[str, Wanted] = {}
        self._asking: Future[Answer] | None = None
        self._closed = False

    def recall(self, past: Iterable[e.AskedForPhone]) -> None:
        """What the journal says of earlier runs, newest first: take back every link that may still be good."""
        clock = self._p.clock
        for asked in reversed(tuple(past)):
            if asked.asked_ms is not None and asked.boot_id == clock.boot_id():
                age_ms = clock.mono_ms() - asked.asked_ms
            else:
                age_ms = 0 if asked.wall_ms is None else max(0, clock.wall_ms() - asked.wall_ms)
            self.know(asked)
            if age_ms < LINK_OVER_MS:
                self.take_back(asked.visit_id, clock.mono_ms() - age_ms)

    def know(self, asked: e.AskedForPhone) -> None:
        """A link of this visit is about to be shown, or may have been."""
        self._known[asked.visit_id] = asked
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]

    def take_back(self, visit_id: str, made_ms: int) -> None:
        """Central is to take nothing from this visit's link any more."""
        self._closures[visit_id] = Closure(made_ms, self._p.clock.mono_ms())

    def close(self) -> None:
        """Ask nothing any more; the next start goes on with it."""
        self._closed = True
        if self._asking is not None:
            self._asking.cancel()

    # -- what is to be done now --------------------------------------------------------------------------------------

    def work(self, now: int) -> None:
        """Do what is due."""
        for visit_id, wanted in tuple(self._wanted.items()):
            if wanted.due_ms <= now and not wanted.under_way:
                self._vouch(visit_id, wanted, now)
        if self._asking is not None:
            return
        self._closures = {each: this for each, this in self._closures.items() if now < this.made_ms + LINK_OVER_MS}
        due = next((each for each, this in self._closures.items() if this.due_ms <= now), None)
        if due is None:
            return
        self._asking = asked = self._p.ask(Call("POST", f"/device/phone-visits/{due}/closure", b"{}"))
        asked.add_done_callback(lambda done: self._p.loop.post(lambda: self._told(done, due)))

    def due(self) -> list[int]:
        """When there is something to do (monotonic ms)."""
        moments = [] if self._asking is not None else [this.due_ms for this in self._closures.values()]
        return moments + [this.due_ms for this in self._wanted.values() if not this.under_way]

    # -- what central says -------------------------------------------------------------------------------------------

    def heard(self, found: PhoneVisit) -> None:
        """What any answer says of phones' ratings for which nothing vouches. One of a visit that had no link here, as
        far as is known, is none of ours to vouch for."""
        told = list(found.unvouched)
        if found.state == "rated":
            told.append(PhoneRated(found.visit_id, found.rating_id, found.digest, found.done_ms))
        now = self._p.clock.mono_ms()
        for rated in told:
            if (
                rated.visit_id in self._known
                and rated.visit_id not in self._wanted
                and rated.rating_id
                and rated.digest
            ):
                ago_ms = max(0, found.server_time - rated.done_ms) if rated.done_ms else 0
                self._wanted[rated.visit_id] = Wanted(rated, now - ago_ms, now)

    def _told(self, done: "Future[Answer]", visit_id: str) -> None:
        self._asking = None
        if self._closed:
            return
        found = self._hear(done, visit_id)
        wanted = self._closures.get(visit_id)
        if found is not None and found.state in ("closed", "rated"):
            self._closures.pop(visit_id, None)
        elif wanted is not None:
            wanted.failures += 1
            wait = min(CLOSURE_FIRST_MS << min(wanted.failures, 10), CLOSURE_LONGEST_MS)
            wanted.due_ms = self._p.clock.mono_ms() + wait
        self._changed()

    # -- what the journal is to say ----------------------------------------------------------------------------------

    def _vouch(self, visit_id: str, wanted: Wanted, now: int) -> None:
        """The phone has rated: that ends the visit, if it still runs and no level was tapped on the glass; otherwise an
        entry of its own vouches for it."""
        rated, ago_ms, visit = wanted.rated, now - wanted.done_ms, self._p.view().situation.visit
        runs = visit is not None and visit.visit_id == visit_id and visit.outcome is None and visit.level is None
        event: e.Event = (
            e.PhoneFinished(rated.rating_id, rated.digest, visit_id, ago_ms)
            if runs
            else e.VouchForPhone(self._known[visit_id], rated.rating_id, rated.digest, ago_ms)
        )
        wanted.under_way = True
        answer: Future[Any] = self._p.submit(event)
        answer.add_done_callback(lambda done: self._p.loop.post(lambda: self._taken(done, visit_id)))

    def _taken(self, done: "Future[Any]", visit_id: str) -> None:
        """The journal has it, or could not take it now."""
        if self._closed:
            return
        if not done.cancelled() and isinstance(done.result(), Accepted):
            del self._wanted[visit_id]
            self._known.pop(visit_id, None)
        else:
            wanted = self._wanted[visit_id]
            wanted.under_way, wanted.due_ms = False, self._p.clock.mono_ms() + VOUCH_AGAIN_MS
        self._changed()


def phone_visit_of(reply: Answer, asked: str) -> PhoneVisit | None:
    """Central's answer about the visit `asked`; None for anything else, such as a portal's page."""
    found = decode_answer(reply, PhoneVisit) if isinstance(reply, Reply) else None
    if found is None or found.visit_id != asked or not is_plausible(found.server_time):
        return None
    if found.state == "rated" and not (found.rating_id and found.digest):
        return None
    return found
