"""What each call means: an event for the terminal, and the answer made of what the terminal says to it.

Here is no framework and no socket. No event that only a citizen's finger may make is known in this room.
"""

import asyncio
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

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
from kiosk.station.refusals import Refusal
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
    ) -> None:
        self._terminal = terminal
        self._profile = profile
        self._check_pin = check_pin
        self._new_id = new_id
        self._limits = limits
        self._visits: OrderedDict[str, None] = OrderedDict()

    def state(self) -> StationState:
        """The terminal as it is now."""
        return station_state(self._terminal.view())

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
        return station_state((await self._ask(SignIn(staff))).view)

    async def _right_pin(self, number: str, pin: str) -> None:
        answer = await asyncio.wrap_future(self._check_pin(number, pin))
        if answer.state != "right":
            code = {"wrong": "wrong_pin", "paused": "pin_paused", "no_pin": "no_pin", "unknown": "unknown_staff"}
            raise Refusal(code[answer.state], field="$.pin", retry_after_s=answer.wait_s or None)

    async def sign_out(self) -> StationState:
        """Sign the clerk out."""
        return station_state((await self._ask(SignOut())).view)

    async def pause(self, asked: PauseStart) -> StationState:
        """Pause the service, or change the reason of a pause."""
        _legible(asked.reason, "$.reason")
        return station_state((await self._ask(Pause(asked.reason, asked.expected_return, asked.kind or ""))).view)

    async def resume(self) -> StationState:
        """End the pause."""
        answer = await self._answer(Resume())
        if isinstance(answer, Refused):
            unpaused = answer.code in ("not_now", "visit_running")
            raise Refusal("not_paused" if unpaused else answer.code)
        return station_state(answer.view)

    async def start(self, asked: VisitStart) -> VisitStarted:
        """Start a visit; answered when its start is on the disk."""
        matter = self._matter(asked.matter)
        _legible(matter.name, "$.matter.name")
        _legible(asked.case_number, "$.case_number")
        if asked.citizen_name:
            _legible(asked.citizen_name, "$.citizen_name")
        visit_id = self._new_id()
        self._remember(visit_id)
        if asked.slip:
            _legible(asked.slip, "$.slip")
        event = StartVisit(
            visit_id, matter, asked.case_number, asked.service_number, asked.citizen_name or None,
            asked.stage, asked.slip, asked.invite,
        )  # fmt: skip
        try:
            return _visit(visit_id, await self._ask(event))
        except Refusal as refusal:
            if refusal.code == "unconfirmed":
                detail = f"Visit {visit_id} may have been started; GET /v1/state tells. Do not start it again before."
                raise Refusal("unconfirmed", detail=detail) from None
            self._visits.pop(visit_id, None)
            raise

    async def call(self, asked: NumberCall) -> StationState:
        """The next queue number is called; whoever is still being served is invited."""
        _legible(asked.number, "$.number")
        return station_state((await self._ask(CallNumber(asked.number))).view)

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
        """The terminal's answer, waited for without holding anything up.

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

        try:
            answer = self._terminal.submit(event)
        except RuntimeError:
            raise Refusal("terminal_away") from None
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
