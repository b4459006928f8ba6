"""What each call means: an event for the terminal, and the answer made of what the terminal says to it.

Here is no framework and no socket. No event that only a citizen's finger may make is known in this room.
"""

import asyncio
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

import msgspec

from kiosk.core.events import (
    CallNumber,
    CancelVisit,
    Event,
    Invite,
    Matter,
    Pause,
    Resume,
    SignIn,
    SignOut,
    Staff,
    StartVisit,
)
from kiosk.core.view import Accepted, PinAnswer, Refused, TerminalPort, View
from kiosk.protocol.phone import ClerkFigures
from kiosk.protocol.profile import MatterItem, Profile
from kiosk.protocol.station import (
    MatterList,
    MatterRef,
    MatterView,
    NumberCall,
    PauseStart,
    StaffSignIn,
    StationState,
    VisitCancellation,
    VisitStart,
    VisitStarted,
)
from kiosk.station.limits import Limits
from kiosk.station.ports import Ports
from kiosk.station.refusals import Refusal
from kiosk.station.starts import Starts
from kiosk.station.state import station_state

REMEMBERED_VISITS = 256
CheckPin = Callable[[str, str], "Future[PinAnswer]"]
"""As `kiosk.core.view.CitizenPort.check_pin`."""


class Desk:
    """Turns calls into events. Its coroutines belong to the station's loop and never hold the terminal's up."""

    def __init__(
        self,
        terminal: TerminalPort,
        profile: Callable[[], Profile | None],
        check_pin: CheckPin,
        new_id: Callable[[], str],
        limits: Limits,
        ports: Ports,
        secret: str,
    ) -> None:
        self._terminal = terminal
        self._profile = profile
        self._check_pin = check_pin
        self._new_id = new_id
        self._limits = limits
        self._ports = ports
        self._starts = Starts(secret, ports, self._settled, self._is_running, limits.answer_s)
        self._visits: OrderedDict[str, None] = OrderedDict()

    def state(self) -> StationState:
        """The terminal as it is now."""
        return self._shown(self._terminal.view())

    def _shown(self, view: View) -> StationState:
        return station_state(view, self._ports.clock.mono_ms())

    def _is_running(self, visit_id: str) -> bool:
        visit = self._terminal.view().situation.visit
        return visit is not None and visit.visit_id == visit_id and visit.outcome is None

    def matters(self) -> MatterList:
        """What this window handles, by its profile."""
        profile = self._profile()
        listed = () if profile is None else profile.matters
        return MatterList(items=tuple(map(_listed, listed)))

    async def sign_in(self, asked: StaffSignIn) -> StationState:
        """Sign a clerk in, with a PIN or on the caller's word."""
        profile = self._profile()
        if profile is None:
            raise Refusal("no_profile")
        card = next((card for card in profile.staff if card.number == asked.number), None)
        if card is None:
            raise Refusal("unknown_staff", field="$.number")
        if asked.pin is not None:
            await self._right_pin(card.number, asked.pin)
        staff = Staff(card.number, card.name, verified=asked.pin is not None)
        return self._shown((await self._ask(SignIn(staff))).view)

    async def _right_pin(self, number: str, pin: str) -> None:
        answer = await asyncio.wrap_future(self._check_pin(number, pin))
        if answer.state != "right":
            code = {"wrong": "wrong_pin", "paused": "pin_paused", "no_pin": "no_pin", "unknown": "unknown_staff"}
            raise Refusal(code[answer.state], field="$.pin", retry_after_s=answer.wait_s or None)

    async def sign_out(self) -> StationState:
        """Sign the clerk out."""
        return self._shown((await self._ask(SignOut())).view)

    async def figures(self) -> ClerkFigures:
        """What central tells the clerk who is signed in of their own work."""
        staff = self._terminal.view().situation.staff
        if staff is None:
            raise Refusal("nobody_signed_in")
        if not staff.verified:
            raise Refusal("pin_needed")
        try:
            told = await asyncio.wait_for(
                asyncio.wrap_future(self._ports.figures(staff.number)), self._limits.figures_s
            )
        except TimeoutError:
            told = None
        if told is None:
            raise Refusal("central_away", retry_after_s=60)
        return told

    async def pause(self, asked: PauseStart) -> StationState:
        """Pause the service, or change the reason of a pause."""
        _legible(asked.reason, "$.reason")
        return self._shown((await self._ask(Pause(asked.reason, asked.expected_return, asked.kind or ""))).view)

    async def resume(self) -> StationState:
        """End the pause."""
        answer = await self._answer(Resume())
        if isinstance(answer, Refused):
            unpaused = answer.code in ("not_now", "visit_running")
            raise Refusal("not_paused" if unpaused else answer.code)
        return self._shown(answer.view)

    async def start(self, asked: VisitStart, key: str | None) -> VisitStarted:
        """Start a visit; answered when its start is on the disk. Under the same key it is started once."""
        if key is not None:
            visit_id = await self._starts.once(
                key, msgspec.json.encode(asked), lambda visit_id: self._hand_in(self._start_of(asked, visit_id))
            )
            self._remember(visit_id)
            return VisitStarted(visit_id=visit_id, state=str(self._terminal.view().situation.state))
        visit_id = self._new_id()
        event = self._start_of(asked, visit_id)
        self._remember(visit_id)
        try:
            return _visit(visit_id, await self._ask(event))
        except Refusal as refusal:
            if refusal.code == "unconfirmed":
                detail = f"Visit {visit_id} may have been started; GET /v1/state tells. Do not start it again before."
                raise Refusal("unconfirmed", detail=detail) from None
            self._visits.pop(visit_id, None)
            raise

    def _start_of(self, asked: VisitStart, visit_id: str) -> StartVisit:
        matter = self._matter(asked.matter)
        _legible(matter.name, "$.matter.name")
        _legible(asked.case_number, "$.case_number")
        if asked.citizen_name:
            _legible(asked.citizen_name, "$.citizen_name")
        if asked.slip is not None:
            _legible(asked.slip, "$.slip")
        return StartVisit(
            visit_id, matter, asked.case_number, asked.service_number, asked.citizen_name or None,
            asked.stage, asked.slip, asked.invite,
        )  # fmt: skip

    async def call(self, asked: NumberCall) -> StationState:
        """The next queue number is called; whoever is still being served is invited."""
        _legible(asked.number, "$.number")
        return self._shown((await self._ask(CallNumber(asked.number))).view)

    async def invite(self, visit_id: str) -> VisitStarted:
        """Show the five levels to the citizen of this visit."""
        return _visit(visit_id, await self._ask_about(visit_id, Invite(visit_id)))

    async def cancel(self, visit_id: str, asked: VisitCancellation) -> VisitStarted:
        """End this visit without a rating, unless the citizen has begun to rate."""
        _legible(asked.reason, "$.reason")
        return _visit(visit_id, await self._ask_about(visit_id, CancelVisit(visit_id, asked.reason)))

    def _matter(self, asked: MatterRef) -> Matter:
        """The profile's matter of this code. Without a list to check it against, the caller's word is taken."""
        profile = self._profile()
        if profile is None or not profile.matters:
            return Matter(asked.code, asked.name or asked.code)
        for item in profile.matters:
            if item.code == asked.code:
                return Matter(item.code, item.name)
        raise Refusal("unknown_matter", field="$.matter.code")

    async def _ask(self, event: Event) -> Accepted:
        """Hand the event in; a refusal of the fold becomes ours."""
        answer = await self._answer(event)
        if isinstance(answer, Refused):
            raise Refusal(answer.code, retry_after_s=1 if answer.code == "busy" else None)
        return answer

    async def _ask_about(self, visit_id: str, event: Event) -> Accepted:
        """The same for an event about one visit, and a refusal that says what is the matter with that visit."""
        self._remember_shown(self._terminal.view())
        answer = await self._answer(event)
        if isinstance(answer, Accepted):
            return answer
        situation = self._terminal.view().situation
        current = situation.visit
        if current is not None and current.visit_id == visit_id and current.outcome is None:
            if answer.code == "visit_running":
                raise Refusal("not_now", detail=f"The visit is in the state {situation.state}.")
            raise Refusal(answer.code, retry_after_s=1 if answer.code == "busy" else None)
        if visit_id in self._visits:
            raise Refusal("visit_ended")
        raise Refusal("unknown_visit")

    async def _answer(self, event: Event) -> Accepted | Refused:
        """The terminal's answer. Raises Refusal `unconfirmed` as `_settled` does."""
        return await self._settled(self._hand_in(event))

    def _hand_in(self, event: Event) -> "Future[Accepted | Refused]":
        try:
            return self._terminal.submit(event)
        except RuntimeError:
            raise Refusal("terminal_away") from None

    async def _settled(self, answer: "Future[Accepted | Refused]") -> Accepted | Refused:
        """The answer, waited for without holding anything up.

        Raises Refusal `unconfirmed` when it does not come in time; the event may still take effect then.
        """
        loop = asyncio.get_running_loop()
        settled: asyncio.Future[None] = loop.create_future()

        def settle() -> None:
            if not settled.done():
                settled.set_result(None)

        def tell(_done: "Future[Accepted | Refused]") -> None:
            with suppress(RuntimeError):  # the station's loop may be closed by then
                loop.call_soon_threadsafe(settle)

        answer.add_done_callback(tell)
        try:
            await asyncio.wait_for(settled, self._limits.answer_s)
        except TimeoutError:
            raise Refusal("unconfirmed") from None
        if answer.cancelled() or answer.exception() is not None:
            raise Refusal("unconfirmed")
        return answer.result()

    def _remember_shown(self, view: View) -> None:
        if view.situation.visit is not None:
            self._remember(view.situation.visit.visit_id)

    def _remember(self, visit_id: str) -> None:
        self._visits[visit_id] = None
        self._visits.move_to_end(visit_id)
        if len(self._visits) > REMEMBERED_VISITS:
            self._visits.popitem(last=False)


def _listed(item: MatterItem) -> MatterView:
    return MatterView(code=item.code, name=item.name, name_en=item.name_en, initials=item.initials)


def _visit(visit_id: str, answer: Accepted) -> VisitStarted:
    return VisitStarted(visit_id=visit_id, state=str(answer.view.situation.state))


def _legible(text: str, field: str) -> None:
    """Refuse what nobody could read: only blanks, or control characters, which would garble a screen or a list."""
    if not text.strip() or any(unicodedata.category(character) == "Cc" for character in text):
        raise Refusal("invalid", detail="Expected text without control characters, and not blank", field=field)
