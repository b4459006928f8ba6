"""The console's view model: fold what is typed and heard, derive, then notify exactly what changed. Out go calls of the
station API and nothing else.
"""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

import msgspec
from PySide6.QtCore import QObject, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk.clerk import model as m
from kiosk.clerk.desk_slots import DeskSlots
from kiosk.clerk.inputs import Attempt, Inputs, Link
from kiosk.clerk.line import Answer, Done, NoAnswer, Refused
from kiosk.clerk.wedge import card_number
from kiosk.core.slip import read_slip
from kiosk.protocol.phone import ClerkFigures
from kiosk.protocol.station import (
    MatterList,
    NumberCall,
    PauseStart,
    StaffSignIn,
    StationState,
    VisitCancellation,
    VisitStarted,
)

QML_IMPORT_NAME = "Kiosk.ClerkModel"
QML_IMPORT_MAJOR_VERSION = 1
PIN_LEAST = 4
SLIP_LIMIT = 16
_Shape = TypeVar("_Shape")


class Calls(Protocol):
    """The way out: see `StationClient.call`."""

    def __call__(
        self,
        method: str,
        path: str,
        body: Any,
        answered: Callable[[Answer], None],
        headers: Mapping[str, str] | None = None,
        /,
    ) -> None:
        """Call the station."""


def mono_ms() -> int:
    """Monotonic milliseconds."""
    return time.monotonic_ns() // 1_000_000


@QmlElement
@QmlUncreatable("made by the console's window")
class ConsoleModel(DeskSlots):  # type: ignore[operator]  # the stub knows QmlUncreatable without words only
    """Everything the clerk sees and can do. `card_prefixes`: what stands before the staff number on a card."""

    def __init__(
        self,
        inputs: Inputs,
        calls: Calls,
        parent: QObject | None = None,
        *,
        card_prefixes: tuple[str, ...] = (),
        clock: Callable[[], int] = mono_ms,
        wall: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__(inputs, clock, wall, parent)
        self._calls = calls
        self._card_prefixes = card_prefixes

    # -- what is heard -----------------------------------------------------------------------------------------------

    def hear(self, state: StationState) -> None:
        """The station told its state; after a time away it is asked for its matters again."""
        back = self._inputs.link is not Link.UP
        self._take(m.heard(m.ticked(self._inputs, self._mono_ms()), state))
        if back:
            self._ask_for_matters()
            self._repeat()

    def lose(self, link: Link) -> None:
        """The station is not heard any more."""
        self._take(m.lost(self._inputs, link))

    def tick(self) -> None:
        """Time has passed."""
        self._take(self._inputs)
        self._repeat()

    def scan(self, text: str, card: bool) -> None:
        """A device typed this, into the field of the staff number (`card`) or anywhere else; see `begin_burst`."""
        was = self._before_burst
        inputs = replace(self._inputs, **{name: getattr(was, name) for name in _TYPED})
        if not card or read_slip(text) is not None:
            self._take(m.scanned(inputs, text))
            return
        self._take(replace(inputs, number=card_number(text, self._card_prefixes), pin=""))
        if self._may_sign():
            number = self._inputs.number
            signed_in = partial(self._signed_in_by_card, number)
            self._ask("staff", "PUT", "staff", StaffSignIn(number=number), signed_in)

    @Slot(str)
    def press(self, name: str) -> None:
        """A global hot key."""
        acts = {"start": self.start, "invite": self.invite, "call": self.askCall, "pause": self.pauseOrResume}
        if name in acts and not self._inputs.sheet:
            acts[name]()
        if name == "show" or self._inputs.sheet or self._inputs.trouble:
            if self._inputs.folded:
                self.toggleFold()
            self.wanted.emit()

    # -- what is asked of the station --------------------------------------------------------------------------------

    @Slot()
    def signIn(self) -> None:
        """Sign in with number and PIN; whoever sat here before is relieved in the same step."""
        number, pin = self._inputs.number.strip(), self._inputs.pin
        if not self._may_sign() or m.pin_wait_ms(self._inputs):
            return
        if not number:
            self._take(m.troubled(self._inputs, "number", "number_needed"))
        elif len(pin) < PIN_LEAST:
            self._take(m.troubled(self._inputs, "pin", "pin_missing"))
        else:
            self._ask("staff", "PUT", "staff", StaffSignIn(number=number, pin=pin), self._signed_in)

    @Slot()
    def signOut(self) -> None:
        """Sign out."""
        if self._now.signed_in and self._may_sign():
            self._ask("staff", "DELETE", "staff", None, self._told)

    @Slot()
    def askShift(self) -> None:
        """Open the sheet on which the next clerk signs in."""
        if self._now.signed_in and self._may_sign():
            self._take(m.opened(self._inputs, "shift"))

    def _may_sign(self) -> bool:
        """Whether somebody may sign in or out now; says so where it is the running visit that forbids it."""
        if self._now.panel == "running" and not self._now.away:
            self._take(m.troubled(self._inputs, "staff", "shift_running"))
        return self._now.can_sign

    @Slot()
    def start(self) -> None:
        """Start a visit, if the form is complete."""
        if not self._now.can_start or self._inputs.sheet:
            return
        self._take(m.to_start(self._inputs))
        if self._inputs.trouble is None:
            self._take(m.began(m.attempted(self._inputs, uuid.uuid4().hex), "visit"))
            self._send_start()

    def _repeat(self) -> None:
        """Send a start again whose answer was lost."""
        if (again := m.to_repeat(self._inputs)) is not None:
            under_way = self._inputs.under_way | {"visit"}
            self._take(replace(self._inputs, under_way=under_way, attempt=replace(again, lost=False)))
            self._send_start()

    def _send_start(self) -> None:
        attempt = self._inputs.attempt
        assert attempt is not None, "see attempted"
        headers = {"Idempotency-Key": attempt.key}
        self._calls("POST", "visits", attempt.body, partial(self._start_answered, attempt), headers)

    def _start_answered(self, attempt: Attempt, answer: Answer) -> None:
        inputs = m.ended(self._inputs, "visit")
        match answer:
            case Done():
                if (visit := _read(answer, VisitStarted)) is not None:
                    inputs = m.started(replace(inputs, trouble=None), visit)
            case Refused("unconfirmed") | NoAnswer():
                code = answer.code if isinstance(answer, Refused) else "away"
                inputs = m.troubled(replace(inputs, attempt=replace(attempt, lost=True)), "visit", code)
            case Refused(code, field, seconds):
                inputs = m.troubled(replace(inputs, attempt=None), "visit", code, field, seconds)
                if code == "unknown_matter":
                    self._ask_for_matters()
        self._take(inputs)

    @Slot()
    def invite(self) -> None:
        """Ask the citizen to rate."""
        if self._now.can_invite and not self._inputs.sheet:
            self._ask("visit", "POST", f"visits/{self._visit_id()}/invitation", None, self._moved)

    @Slot()
    def pauseOrResume(self) -> None:
        """Ask why the service is paused, or end the pause."""
        if self._now.can_resume:
            self._ask("pause", "DELETE", "pause", None, self._told)
        elif self._now.can_pause:
            self._take(m.opened(self._inputs, "pause"))

    @Slot()
    def askCancel(self) -> None:
        """Open the sheet that asks why the visit is cancelled."""
        if self._now.can_cancel:
            self._take(m.opened(self._inputs, "cancel"))

    @Slot()
    def askCall(self) -> None:
        """Open the sheet that asks for the queue number."""
        if self._now.can_call:
            self._take(m.opened(self._inputs, "call"))

    @Slot()
    def askSettings(self) -> None:
        """Open the sheet of settings and keys, or close it."""
        self._take(m.opened(self._inputs, "" if self._inputs.sheet == "settings" else "settings"))

    @Slot()
    def askFigures(self) -> None:
        """Open the sheet of the clerk's own figures, or close it."""
        if self._inputs.sheet == "figures":
            self.putAway()
            return
        self._take(replace(m.opened(self._inputs, "figures"), figures_code="asking"))
        self._calls("GET", "figures", None, self._figures_told, None)

    @Slot()
    def confirmSheet(self) -> None:
        """Enter on the sheet."""
        match self._inputs.sheet:
            case "pause":
                self._pause()
            case "cancel":
                self._cancel()
            case "call":
                self._call()
            case "shift":
                self.signIn()
            case _:
                self.putAway()

    def _pause(self) -> None:
        """The kind is reason enough: the citizen's screen has words for it in every language."""
        kind, reason = self._inputs.pause_kind, self._inputs.reason.strip()
        until = m.return_time(self._inputs.pause_until)
        if not self._now.can_pause:
            return
        if kind is None and not reason:
            self._take(m.troubled(self._inputs, "reason", "kind_needed"))
        elif self._inputs.pause_until.strip() and until is None:
            self._take(m.troubled(self._inputs, "until", "until_odd"))
        else:
            body = PauseStart(reason=reason or str(kind), kind=kind, expected_return=until)
            self._ask("reason", "PUT", "pause", body, self._told)

    def _cancel(self) -> None:
        reason = self._inputs.reason.strip()
        if not self._now.can_cancel:
            return
        if not reason:
            self._take(m.troubled(self._inputs, "reason", "reason_needed"))
            return
        path = f"visits/{self._visit_id()}/cancellation"
        self._ask("reason", "POST", path, VisitCancellation(reason=reason), self._moved)

    def _call(self) -> None:
        number = self._inputs.call_number.strip()
        if not self._now.can_call:
            return
        if not 1 <= len(number) <= SLIP_LIMIT:
            self._take(m.troubled(self._inputs, "call", "call_needed"))
        else:
            self._ask("call", "POST", "calls", NumberCall(number=number), self._told)

    # -- what comes of it --------------------------------------------------------------------------------------------

    def _signed_in(self, answer: Done) -> None:
        self._take(replace(self._inputs, number="", pin="", paused_pin=None, by_card=""))
        self._told(answer)

    def _signed_in_by_card(self, number: str, answer: Done) -> None:
        self._signed_in(answer)
        self._take(replace(self._inputs, by_card=number))

    def _told(self, answer: Done) -> None:
        """The whole state came back."""
        if (state := _read(answer, StationState)) is not None:
            self._take(replace(m.heard(self._inputs, state), sheet=""))

    def _moved(self, answer: Done) -> None:
        if (visit := _read(answer, VisitStarted)) is not None:
            self._take(replace(m.moved(self._inputs, visit), sheet=""))

    def _figures_told(self, answer: Answer) -> None:
        match answer:
            case Done():
                self._take(replace(self._inputs, figures=_read(answer, ClerkFigures), figures_code="away"))
            case Refused(code):
                self._take(replace(self._inputs, figures=None, figures_code=code))
            case NoAnswer():
                self._take(replace(self._inputs, figures=None, figures_code="away"))

    def _ask_for_matters(self) -> None:
        self._calls("GET", "matters", None, self._listed, None)

    def _listed(self, answer: Answer) -> None:
        """Without a list the clerk types a code, and the station checks it."""
        found = _read(answer, MatterList) if isinstance(answer, Done) else None
        self._take(m.listed(self._inputs, found.items if found else ()))

    def _ask(self, place: str, method: str, path: str, body: Any, done: Callable[[Done], None]) -> None:
        """One call, whose trouble is shown at `place`."""
        self._take(m.began(self._inputs, place))

        def answered(answer: Answer) -> None:
            inputs = m.ended(self._inputs, place)
            match answer:
                case Done():
                    self._take(inputs)
                    done(answer)
                case Refused(code, field, seconds):
                    self._take(m.troubled(inputs, place, code, field, seconds))
                case NoAnswer():
                    self._take(m.troubled(inputs, place, "away"))

        self._calls(method, path, body, answered, None)

    def _visit_id(self) -> str:
        state = self._inputs.state
        return state.visit.visit_id if state is not None and state.visit is not None else ""


_TYPED = (
    "number",
    "matter_text",
    "matter",
    "list_open",
    "highlighted",
    "case_number",
    "service_number",
    "reason",
    "pause_until",
    "call_number",
    "trouble",
)
"""What a device's keys may have changed on their way."""


def _read(answer: Done, shape: type[_Shape]) -> _Shape | None:
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except msgspec.DecodeError:
        return None
