"""The console's view model: fold what is typed and heard, derive, then notify exactly what changed. Out go calls of the
station API and nothing else.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import msgspec
from PySide6.QtCore import QObject, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk.clerk import model as m
from kiosk.clerk.console_properties import ConsoleProperties
from kiosk.clerk.station_client import Answer, Done, NoAnswer, Refused
from kiosk.protocol.station import (
    MatterList,
    MatterRef,
    PauseStart,
    StaffSignIn,
    StationState,
    VisitCancellation,
    VisitStart,
    VisitStarted,
)
from kiosk.ui.words import Words

QML_IMPORT_NAME = "Kiosk.ClerkModel"
QML_IMPORT_MAJOR_VERSION = 1
PIN_LEAST = 4
_Shape = TypeVar("_Shape")


class Calls(Protocol):
    """The way out: see `StationClient.call`."""

    def __call__(self, method: str, path: str, body: Any, answered: Callable[[Answer], None], /) -> None:
        """Call the station."""


@QmlElement
@QmlUncreatable("made by the console's window")
class ConsoleModel(ConsoleProperties):  # type: ignore[operator]  # the stub knows QmlUncreatable without words only
    """Everything the clerk sees and can do."""

    def __init__(self, words: Words, language: str, calls: Calls, parent: QObject | None = None) -> None:
        inputs = m.Inputs(words, language if language in words.languages else words.languages[0])
        super().__init__(m.derive(inputs), parent)
        self._inputs = inputs
        self._calls = calls

    # -- what is heard -----------------------------------------------------------------------------------------------

    def hear(self, state: StationState) -> None:
        """The station told its state; after a time away it is asked for its matters again."""
        back = self._inputs.link is not m.Link.UP
        self._take(m.heard(self._inputs, state))
        if back:
            self._calls("GET", "matters", None, self._listed)

    def lose(self, link: m.Link) -> None:
        """The station is not heard any more."""
        self._take(m.lost(self._inputs, link))

    def _listed(self, answer: Answer) -> None:
        """Without a list the clerk types a code, and the station checks it."""
        found = _read(answer, MatterList) if isinstance(answer, Done) else None
        self._take(m.listed(self._inputs, found.items if found else ()))

    # -- what is typed -----------------------------------------------------------------------------------------------

    @Slot(str)
    def typeNumber(self, text: str) -> None:
        """The staff number."""
        self._take(replace(self._inputs, number=text))

    @Slot(str)
    def typePin(self, text: str) -> None:
        """The PIN."""
        self._take(replace(self._inputs, pin=text))

    @Slot(str)
    def typeMatter(self, text: str) -> None:
        """A part of a matter's name or code."""
        self._take(m.typed_matter(self._inputs, text))

    @Slot(int)
    def moveHighlight(self, step: int) -> None:
        """Up or down in the list of matters."""
        self._take(m.highlighted(self._inputs, step))

    @Slot(int)
    def pickMatter(self, index: int) -> None:
        """One of the matches."""
        self._take(m.chose(self._inputs, index))

    @Slot()
    def closeList(self) -> None:
        """Not now."""
        self._take(replace(self._inputs, list_open=False))

    @Slot(str)
    def typeCaseNumber(self, text: str) -> None:
        """The case number."""
        self._take(replace(self._inputs, case_number=text))

    @Slot(str)
    def typeReason(self, text: str) -> None:
        """Why to pause or to cancel."""
        self._take(replace(self._inputs, reason=text))

    @Slot()
    def switchLanguage(self) -> None:
        """The next language."""
        self._take(replace(self._inputs, language=self._inputs.words.after(self._inputs.language)))

    # -- what is asked of the station --------------------------------------------------------------------------------

    @Slot()
    def signIn(self) -> None:
        """Sign in with number and PIN."""
        number, pin = self._inputs.number.strip(), self._inputs.pin
        if not self._now.can_sign:
            return
        if not number:
            self._take(m.troubled(self._inputs, "number", "number_needed"))
        elif len(pin) < PIN_LEAST:
            self._take(m.troubled(self._inputs, "pin", "pin_needed"))
        else:
            self._ask("staff", "PUT", "staff", StaffSignIn(number=number, pin=pin), self._signed_in)

    @Slot()
    def signOut(self) -> None:
        """Sign out."""
        if self._now.can_sign and self._now.signed_in:
            self._ask("staff", "DELETE", "staff", None, self._told)

    @Slot()
    def start(self) -> None:
        """Start a visit, if the form is complete."""
        if not self._now.can_start:
            return
        self._take(m.to_start(self._inputs))
        matter, case_number = self._inputs.matter, self._inputs.case_number.strip()
        if matter is None or self._inputs.trouble is not None:
            return
        self._ask(
            "visit",
            "POST",
            "visits",
            VisitStart(matter=MatterRef(code=matter.code, name=matter.name or None), case_number=case_number),
            lambda answer: self._started(answer, m.name_of(matter), case_number),
        )

    @Slot()
    def invite(self) -> None:
        """Ask the citizen to rate."""
        visit_id = self._visit_id()
        if self._now.can_invite and visit_id:
            self._ask("visit", "POST", f"visits/{visit_id}/invitation", None, self._moved)

    @Slot()
    def resume(self) -> None:
        """End the pause."""
        if self._now.can_resume:
            self._ask("pause", "DELETE", "pause", None, self._told)

    @Slot()
    def askPause(self) -> None:
        """Open the sheet that asks why the service is paused."""
        if self._now.can_pause:
            self._open("pause")

    @Slot()
    def askCancel(self) -> None:
        """Open the sheet that asks why the visit is cancelled."""
        if self._now.can_cancel:
            self._open("cancel")

    @Slot()
    def closeSheet(self) -> None:
        """Not after all."""
        self._take(replace(self._inputs, sheet="", trouble=None))

    @Slot()
    def confirmSheet(self) -> None:
        """Pause or cancel, with the reason given."""
        reason, visit_id = self._inputs.reason.strip(), self._visit_id()
        if not reason:
            self._take(m.troubled(self._inputs, "reason", "reason_needed"))
        elif self._inputs.sheet == "pause" and self._now.can_pause:
            self._ask("reason", "PUT", "pause", PauseStart(reason=reason), self._told)
        elif self._inputs.sheet == "cancel" and self._now.can_cancel and visit_id:
            cancellation = VisitCancellation(reason=reason)
            self._ask("reason", "POST", f"visits/{visit_id}/cancellation", cancellation, self._moved)

    # -- what it answers ---------------------------------------------------------------------------------------------

    def _signed_in(self, answer: Done) -> None:
        self._take(replace(self._inputs, number="", pin=""))
        self._told(answer)

    def _told(self, answer: Done) -> None:
        """The whole state came back."""
        if (state := _read(answer, StationState)) is not None:
            self._take(replace(m.heard(self._inputs, state), sheet=""))

    def _started(self, answer: Done, matter: str, case_number: str) -> None:
        if (visit := _read(answer, VisitStarted)) is not None:
            self._take(m.started(self._inputs, visit, matter, case_number))

    def _moved(self, answer: Done) -> None:
        if (visit := _read(answer, VisitStarted)) is not None:
            self._take(replace(m.moved(self._inputs, visit), sheet=""))

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

        self._calls(method, path, body, answered)

    def _open(self, sheet: str) -> None:
        self._take(replace(self._inputs, sheet=sheet, reason="", trouble=None, list_open=False))

    def _visit_id(self) -> str:
        state = self._inputs.state
        return state.visit.visit_id if state is not None and state.visit is not None else ""

    def _take(self, inputs: m.Inputs) -> None:
        self._inputs = inputs
        self._show(m.derive(inputs))


def _read(answer: Done, shape: type[_Shape]) -> _Shape | None:
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except msgspec.DecodeError:
        return None
