"""The citizen's own phone: the link by which the running visit may be rated there, and what central says of it.

Invariant: one link a visit, and none once the visit goes on on the glass. Central's word alone moves a visit here, no
level passes through, and neither the glass nor its citizen waits for an answer.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field

from kiosk.core import events as e
from kiosk.core.phone_link import PATH, PhoneLink, write_token
from kiosk.core.situation import State
from kiosk.core.view import View
from kiosk.phone_closures import Answer, Closures, PhoneParts, phone_visit_of
from kiosk.protocol.phone import LINK_AGE_S, PhoneVisit
from kiosk.sync.ports import Call

HEARD_MS = 90_000
"""A code is shown only if central has answered within so long."""
SILENT_MS = 15_000
"""A code is hidden once central has been asked for so long and has not answered."""
SERVING_EVERY_MS = 45_000
"""While nobody has asked for the code, so that it can be offered with the five levels."""
INVITING_EVERY_MS = 2_500
HANDED_EVERY_MS = 1_500
LONGEST_MS = 30_000
"""Between two questions that were not answered, at most."""
LINK_AGE_MS = LINK_AGE_S * 1000
_SPARE_MS = 120_000
_RATED_HERE = (State.INVITING, State.HANDED_TO_PHONE)


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


class Phones:
    """Watches the terminal's visits; everything on the loop's own thread. `asked`: the visits of earlier runs that had
    a link (see `Past`), which is taken back."""

    def __init__(self, parts: PhoneParts, asked: Iterable[e.AskedForPhone] = ()) -> None:
        self._p = parts
        self._heard: Heard | None = None
        self._unheard_ms: int | None = None
        self._offer: Offer | None = None
        self._asking: Future[Answer] | None = None
        self._stop: Callable[[], None] = lambda: None
        self._posted = False
        self._closed = False
        self._closures = Closures(parts, self._hear, self._look)
        self._closures.recall(asked)
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
        self._closures.close()
        if self._asking is not None:
            self._asking.cancel()

    # -- what is to be done now --------------------------------------------------------------------------------------

    def _look(self) -> None:
        self._posted = False
        if self._closed:
            return
        view, now = self._p.view(), self._p.clock.mono_ms()
        self._follow(offered(view), now)
        may_show = self._may_show(view, now)
        self._p.set_offered(may_show)
        self._p.set_link(self._link(view, now) if may_show else "")
        self._ask_of_the_visit(view, now)
        self._closures.work(now)
        self._wait(view, now, may_show)

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
            self._closures.take_back(offer.visit_id, offer.made_ms)

    def _may_show(self, view: View, now: int) -> bool:
        """Whether central would take a link of the running visit now."""
        offer, heard = self._offer, self._heard
        if offer is None or offer.closed or heard is None or view.situation.state not in _RATED_HERE:
            return False
        return now < self._shown_until(offer, heard)

    def _link(self, view: View, now: int) -> str:
        """The link that stands on the screen: made once its citizen has asked for it, and not before, so that nobody
        who can see the glass has it without a hand on the glass."""
        offer, heard, visit = self._offer, self._heard, view.situation.visit
        if offer is None or heard is None or visit is None or visit.phone_asked_ms is None:
            return ""
        if offer.made_ms is None:
            self._closures.know(
                e.AskedForPhone(
                    visit.visit_id,
                    bool(visit.case_number.strip()),
                    visit.invited_ms,
                    now,
                    None,
                    self._p.clock.boot_id(),
                )
            )
            offer.due_ms = now
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
        """When the visit is to be asked about next; while no code was asked for, only to learn whether central is
        there."""
        offer = self._offer
        if offer is None or offer.closed or self._asking is not None:
            return None
        if offer.made_ms is not None or self._heard is None or offer.failures:
            return offer.due_ms
        return max(offer.due_ms, self._heard.mono_ms + SERVING_EVERY_MS)

    def _wait(self, view: View, now: int, shown: bool) -> None:
        moments = self._closures.due()
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
            case "closed":
                offer.closed = True
                if state is State.HANDED_TO_PHONE:
                    self._p.submit(e.TakeBack())

    def _hear(self, done: "Future[Answer]", visit_id: str) -> PhoneVisit | None:
        """Central's word about this visit; None for whatever else came back."""
        if done.cancelled() or done.exception() is not None:
            return None
        found = phone_visit_of(done.result(), visit_id)
        if found is not None:
            self._heard = Heard(found.server_time, self._p.clock.mono_ms())
            self._unheard_ms = None
            self._closures.heard(found)
        return found


def offered(view: View) -> str | None:
    """The running visit, if a phone may rate it: none of its levels was tapped, and the glass did not take it back."""
    situation = view.situation
    visit = situation.visit
    if visit is None or visit.outcome is not None or situation.awaiting is not None or not view.scene.phone_page:
        return None
    if visit.level is not None or visit.on_glass or situation.state not in (State.SERVING, *_RATED_HERE):
        return None
    return visit.visit_id
