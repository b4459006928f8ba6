"""What a clerk types, chooses and sets at the console: each a new value of the inputs, and no call of the station."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtQml import QmlAnonymous

from kiosk.clerk import model as m
from kiosk.clerk.console_properties import ConsoleProperties
from kiosk.clerk.derive import derive
from kiosk.clerk.hot_keys import Report
from kiosk.clerk.inputs import PAUSE_KINDS, Inputs
from kiosk.clerk.settings import Memory
from kiosk.protocol.station import Stage

QML_IMPORT_NAME = "Kiosk.ClerkModel"
QML_IMPORT_MAJOR_VERSION = 1


@QmlAnonymous
class DeskSlots(ConsoleProperties):
    """`wanted`: something needs the clerk, so the window must be seen."""

    wanted = Signal()

    def __init__(
        self, inputs: Inputs, mono_ms: Callable[[], int], wall: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        inputs = m.ticked(inputs, mono_ms())
        super().__init__(derive(inputs), parent)
        self._inputs = inputs
        self._mono_ms, self._wall = mono_ms, wall
        self._before_burst = inputs

    def remembered(self) -> Memory:
        """What is worth keeping until the next start; the place is the window's to add."""
        now = self._inputs
        return Memory(
            folded=now.folded,
            on_top=now.on_top,
            large=now.large,
            hot_keys=now.hot_keys,
            language=now.language,
            recent=now.recent,
        )

    def report_hot_keys(self, report: Report) -> None:
        """How it stands with the global hot keys."""
        self._take(replace(self._inputs, hot_key_report=report))

    def begin_burst(self) -> None:
        """A key came that may be the first of a scanner's: what it and the others type will have been typed nowhere."""
        self._before_burst = self._inputs

    # -- who sits here -----------------------------------------------------------------------------------------------

    @Slot(str)
    def typeNumber(self, text: str) -> None:
        """The staff number."""
        self._take(replace(self._inputs, number=text))

    @Slot(str)
    def typePin(self, text: str) -> None:
        """The PIN."""
        self._take(replace(self._inputs, pin=text))

    # -- the next visit ----------------------------------------------------------------------------------------------

    @Slot(str)
    def typeMatter(self, text: str) -> None:
        """A part of a matter's name or code, or initials."""
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
    def typeServiceNumber(self, text: str) -> None:
        """Which time this case is served."""
        self._take(replace(self._inputs, service_number=text))

    @Slot(str)
    def chooseStage(self, name: str) -> None:
        """How far the case is; the same again takes it back."""
        stage: Stage | None = next((one for one in get_args(Stage) if one == name), None)
        if stage is not None:
            self._take(m.chose_stage(self._inputs, stage))

    @Slot()
    def dropSlip(self) -> None:
        """The queue slip is not this visit's."""
        self._take(replace(self._inputs, slip=""))

    # -- on a sheet --------------------------------------------------------------------------------------------------

    @Slot(int)
    def choose(self, index: int) -> None:
        """One of the choices of the sheet that is open."""
        if not 0 <= index < len(self._now.choices):
            return
        if self._inputs.sheet == "pause":
            self._take(replace(self._inputs, pause_kind=PAUSE_KINDS[index], trouble=None))
        else:
            self._take(replace(self._inputs, reason=self._now.choices[index], trouble=None))

    @Slot(str)
    def typeReason(self, text: str) -> None:
        """Why, in the clerk's own words."""
        self._take(replace(self._inputs, reason=text))

    @Slot(str)
    def typePauseUntil(self, text: str) -> None:
        """When the pause is expected to be over."""
        self._take(replace(self._inputs, pause_until=text))

    @Slot(int)
    def pauseFor(self, minutes: int) -> None:
        """The same, counted from now."""
        over = self._wall() + timedelta(minutes=minutes)
        self._take(replace(self._inputs, pause_until=f"{over:%H:%M}"))

    @Slot(str)
    def typeCallNumber(self, text: str) -> None:
        """The queue number to be called."""
        self._take(replace(self._inputs, call_number=text))

    # -- the window itself -------------------------------------------------------------------------------------------

    @Slot()
    def switchLanguage(self) -> None:
        """The next language."""
        self._take(replace(self._inputs, language=self._inputs.words.after(self._inputs.language)))

    @Slot()
    def toggleFold(self) -> None:
        """Between the whole window and the small chip."""
        self._take(replace(self._inputs, folded=not self._inputs.folded, list_open=False))

    @Slot()
    def toggleOnTop(self) -> None:
        """Whether it stays above other programs."""
        self._take(replace(self._inputs, on_top=not self._inputs.on_top))

    @Slot()
    def toggleLarge(self) -> None:
        """Ordinary or large type."""
        self._take(replace(self._inputs, large=not self._inputs.large))

    @Slot()
    def toggleHotKeys(self) -> None:
        """Whether the global hot keys are taken."""
        self._take(replace(self._inputs, hot_keys=not self._inputs.hot_keys))

    @Slot()
    def putAway(self) -> None:
        """Esc: the list, the sheet or the reminder, whichever stands in front."""
        now = self._inputs
        if now.list_open:
            self.closeList()
        elif now.sheet:
            self._take(replace(now, sheet="", reason="", pin="", trouble=None))
        elif self._now.reminder and now.open_since:
            self._take(replace(now, dismissed=now.open_since[0]))

    def _take(self, inputs: Inputs) -> None:
        self._inputs = m.ticked(inputs, self._mono_ms())
        self._show(derive(self._inputs))
