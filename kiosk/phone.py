"""The citizen's own phone: the link by which the running visit may be rated there, and what central says of it.

Invariant: one link a visit, and none once the visit goes on on the glass. Central's word alone moves a visit here, no
level passes through, and neither the glass nor its citizen waits for an answer.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from kiosk.core import events as e
from kiosk.core.phone_link import PATH, PhoneLink, write_token
from kiosk.core.situation import State
from kiosk.core.view import View
from kiosk.protocol.phone import LINK_AGE_S, PhoneVisit
from kiosk.sync.answers import decode_answer, is_plausible
from kiosk.sync.ports import Call, NoReply, Reply
from kiosk.terminal import Clock, Loop

HEARD_MS = 90_000
"""A code is shown only if central has answered within so long."""
SILENT_MS = 15_000
"""A code is hidden once central has been asked for so long and has not answered."""
SERVING_EVERY_MS = 45_000
"""While a citizen is served, so that the code can stand there with the five levels."""
INVITING_EVERY_MS = 2_500
HANDED_EVERY_MS = 1_500
LONGEST_MS = 30_000
"""Between two questions that were not answered, at most."""
CLOSURE_FIRST_MS = 1_000
CLOSURE_LONGEST_MS = 300_000
LINK_AGE_MS = LINK_AGE_S * 1000
"""Then a link is over by itself, and its closure is not worth another try."""
_SPARE_MS = 120_000
_RATED_HERE = (State.INVITING, State.HANDED_TO_PHONE)

Answer = Reply | NoReply


@dataclass(frozen=True, slots=True)
class PhoneParts:
    """What it works with. `ask`: a question to central, signed as every call of this terminal; `sign`: Ed25519 by this
    terminal's key; `set_link`: the terminal's, on the loop."""

    loop: Loop
    clock: Clock
    ask: Callable[[Call], "Future[Answer]"]
    view: Callable[[], View]
    submit: Callable[[e.Event], Any]
    set_link: Callable[[str], None]
    sign: Callable[[bytes], bytes]
    device_id: str


@dataclass(frozen=True, slots=True)
class Heard:
    """When central last answered: by its own clock and by our monotonic one (ms)."""

    server_ms: int
    mono_ms: int


@dataclass(slots=True)
class Offer:
    """The running visit, as far as a phone may rate it. `due_ms`: when to ask next; `made_ms`: when its link was made;
    `closed`: central takes no rating for it any more; `rated`: it has one."""

    visit_id: str
    due_ms: int
    link: str = field(default="", repr=False)
    made_ms: int | None = None
    failures: int = 0
    closed: bool = False
    rated: bool = False


@dataclass(slots=True)
class Closure:
    """A visit whose link central is to take nothing from any more. `since_ms`: when that was first wanted."""

    since_ms: int
    due_ms: int
    failures: int = 0


class Phones:
    """Watches the terminal's visits; everything on the loop's own thread. `left_open`: the visit that the last run left
    without an end, whose link, if it had one, is taken back."""

    def __init__(self, parts: PhoneParts, left_open: str | None = None) -> None:
        self._p = parts
        self._heard: Heard | None = None
        self._unheard_ms: int | None = None
        self._offer: Offer | None = None
        self._asking: Future[Answer] | None = None
        self._closing: Future[Answer] | None = None
        self._closures: dict[str, Closure] = {}
        self._stop: Callable[[], None] = lambda: None
        self._posted = False
        self._closed = False
        if left_open is not None:
            self._take_back(left_open)
        self.see(parts.view())

    def see(self, _view: View) -> None:
        """A new moment. What follows from it is done in a turn of its own, for the others that watch come first."""
        if not self._posted:
            self._posted = True
            self._p.loop.post(self._look)

    def close(self) -> None:
        """Ask nothing any more; what is still open is taken back at the next start."""
        self._closed = True
        self._stop()
        for future in (self._asking, self._closing):
            if future is not None:
                future.cancel()

    # -- what is to be done now --------------------------------------------------------------------------------------

    def _look(self) -> None:
        self._posted = False
        if self._closed:
            return
        view, now = self._p.view(), self._p.clock.mono_ms()
        self._follow(offered(view), now)
        link = self._link_for(view, now)
        self._p.set_link(link)
        self._ask_of_the_visit(view, now)
        self._ask_to_close(now)
        self._wait(view, now, shown=link != "")

    def _follow(self, visit_id: str | None, now: int) -> None:
        """Another visit, or none: what was offered before is over."""
        offer = self._offer
        if offer is not None and offer.visit_id == visit_id:
            return
        self._offer = None if visit_id is None else Offer(visit_id, now)
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
            if self._unheard_ms is not None and now - self._unheard_ms < SILENT_MS:
                self._unheard_ms = None  # nobody waits for that answer any more, so it says nothing about the line
        if offer is not None and offer.made_ms is not None and not (offer.rated or offer.closed):
            self._take_back(offer.visit_id)

    def _link_for(self, view: View, now: int) -> str:
        """What the screen may show: a link that central would take now, or nothing."""
        offer, heard = self._offer, self._heard
        if offer is None or offer.closed or heard is None or view.situation.state not in _RATED_HERE:
            return ""
        if now >= self._shown_until(offer, heard):
            return ""
        if offer.made_ms is None:
            issued_s = (heard.server_ms + now - heard.mono_ms) // 1000
            link = PhoneLink(self._p.device_id, offer.visit_id, issued_s)
            token = write_token(link, self._p.sign(link.signed()))
            offer.link, offer.made_ms = view.scene.phone_page.rstrip("/") + PATH + token, now
        return offer.link

    def _shown_until(self, offer: Offer, heard: Heard) -> int:
        until = [heard.mono_ms + HEARD_MS]
        if self._unheard_ms is not None:
            until.append(self._unheard_ms + SILENT_MS)
        if offer.made_ms is not None:
            until.append(offer.made_ms + LINK_AGE_MS - _SPARE_MS)
        return min(until)

    def _ask_of_the_visit(self, view: View, now: int) -> None:
        due = self._due(view)
        if self._offer is None or due is None or due > now:
            return
        visit_id = self._offer.visit_id
        if self._unheard_ms is None:
            self._unheard_ms = now
        self._asking = asked = self._p.ask(Call("GET", f"/device/phone-visits/{visit_id}"))
        asked.add_done_callback(lambda done: self._p.loop.post(lambda: self._told(done, visit_id)))

    def _due(self, view: View) -> int | None:
        """When the visit is to be asked about next; while it is served, only to learn whether central is there."""
        offer = self._offer
        if offer is None or offer.closed or self._asking is not None:
            return None
        if view.situation.state in _RATED_HERE or self._heard is None:
            return offer.due_ms
        return max(offer.due_ms, self._heard.mono_ms + SERVING_EVERY_MS)

    def _ask_to_close(self, now: int) -> None:
        if self._closing is not None:
            return
        self._closures = {
            each: wanted for each, wanted in self._closures.items() if now < wanted.since_ms + LINK_AGE_MS
        }
        due = next((each for each, wanted in self._closures.items() if wanted.due_ms <= now), None)
        if due is None:
            return
        self._closing = asked = self._p.ask(Call("POST", f"/device/phone-visits/{due}/closure", b"{}"))
        asked.add_done_callback(lambda done: self._p.loop.post(lambda: self._told_closed(done, due)))

    def _wait(self, view: View, now: int, shown: bool) -> None:
        moments = [] if self._closing is not None else [wanted.due_ms for wanted in self._closures.values()]
        if (due := self._due(view)) is not None:
            moments.append(due)
        if shown and self._offer is not None and self._heard is not None:
            moments.append(self._shown_until(self._offer, self._heard))
        self._stop()
        self._stop = lambda: None
        if moments:
            self._stop = self._p.loop.call_later(max(min(moments) - now, 0), self._look)

    # -- what central says -------------------------------------------------------------------------------------------

    def _told(self, done: "Future[Answer]", visit_id: str) -> None:
        offer = self._offer
        if done is not self._asking or offer is None or self._closed:
            return  # of a visit that is over
        self._asking = None
        view, now = self._p.view(), self._p.clock.mono_ms()
        found = self._hear(done, visit_id)
        if found is None:
            offer.failures += 1
            offer.due_ms = now + min(INVITING_EVERY_MS << min(offer.failures, 10), LONGEST_MS)
        else:
            offer.failures = 0
            handed = found.state == "opened" or view.situation.state is State.HANDED_TO_PHONE
            offer.due_ms = now + (HANDED_EVERY_MS if handed else INVITING_EVERY_MS)
            if offered(view) == visit_id:
                self._act_on(found, offer, view.situation.state)
        self._look()

    def _act_on(self, found: PhoneVisit, offer: Offer, state: State) -> None:
        match found.state:
            case "opened" if state is State.INVITING:
                self._p.submit(e.HandToPhone())
            case "rated":
                offer.rated = True
                self._finish(found)
            case "closed":
                offer.closed = True
                if state is State.HANDED_TO_PHONE:
                    self._p.submit(e.TakeBack())

    def _told_closed(self, done: "Future[Answer]", visit_id: str) -> None:
        self._closing = None
        if self._closed:
            return
        found = self._hear(done, visit_id)
        wanted = self._closures.get(visit_id)
        if found is not None and found.state in ("closed", "rated"):
            self._closures.pop(visit_id, None)
            if found.state == "rated":
                self._finish(found)
        elif wanted is not None:
            wanted.failures += 1
            wait = min(CLOSURE_FIRST_MS << min(wanted.failures, 10), CLOSURE_LONGEST_MS)
            wanted.due_ms = self._p.clock.mono_ms() + wait
        self._look()

    def _finish(self, found: PhoneVisit) -> None:
        """The phone has rated: that ends the visit, if it still runs and no level was tapped on the glass. Where the
        journal cannot take it now, the next answer says it again."""
        self._p.submit(e.PhoneFinished(found.rating_id, found.digest, found.visit_id))

    def _hear(self, done: "Future[Answer]", visit_id: str) -> PhoneVisit | None:
        """Central's word about this visit; None for whatever else came back."""
        if done.cancelled() or done.exception() is not None:
            return None
        found = phone_visit_of(done.result(), visit_id)
        if found is not None:
            self._heard = Heard(found.server_time, self._p.clock.mono_ms())
            self._unheard_ms = None
        return found

    def _take_back(self, visit_id: str) -> None:
        now = self._p.clock.mono_ms()
        self._closures[visit_id] = Closure(now, now)


def offered(view: View) -> str | None:
    """The running visit, if a phone may rate it: none of its levels was tapped, and the glass did not take it back."""
    situation = view.situation
    visit = situation.visit
    if visit is None or visit.outcome is not None or situation.awaiting is not None or not view.scene.phone_page:
        return None
    if visit.level is not None or visit.on_glass or situation.state not in (State.SERVING, *_RATED_HERE):
        return None
    return visit.visit_id


def phone_visit_of(reply: Answer, asked: str) -> PhoneVisit | None:
    """Central's answer about the visit `asked`; None for anything else, such as a portal's page."""
    found = decode_answer(reply, PhoneVisit) if isinstance(reply, Reply) else None
    if found is None or found.visit_id != asked or not is_plausible(found.server_time):
        return None
    if found.state == "rated" and not (found.rating_id and found.digest):
        return None
    return found
