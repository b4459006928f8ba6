"""The derived properties of the clerk's work as QML sees them; see `window_properties`."""
# ruff: noqa: D102 -- a getter means what the field of the same name in `Properties` means

from PySide6.QtCore import Property, Signal
from PySide6.QtQml import QmlAnonymous

from kiosk.clerk.window_properties import WindowProperties

QML_IMPORT_NAME = "Kiosk.ClerkModel"
QML_IMPORT_MAJOR_VERSION = 1


@QmlAnonymous
class ConsoleProperties(WindowProperties):
    """What the console shows now."""

    signedInChanged = Signal()
    staffNameChanged = Signal()
    staffLineChanged = Signal()
    numberChanged = Signal()
    pinChanged = Signal()
    matterTextChanged = Signal()
    matchNamesChanged = Signal()
    matchCodesChanged = Signal()
    listOpenChanged = Signal()
    highlightedChanged = Signal()
    caseNumberChanged = Signal()
    serviceNumberChanged = Signal()
    stageChanged = Signal()
    slipTextChanged = Signal()
    panelChanged = Signal()
    runningMatterChanged = Signal()
    runningCaseChanged = Signal()
    nextCaseChanged = Signal()
    pauseTextChanged = Signal()
    sheetChanged = Signal()
    sheetTitleChanged = Signal()
    choicesChanged = Signal()
    chosenChanged = Signal()
    reasonChanged = Signal()
    pauseUntilChanged = Signal()
    callNumberChanged = Signal()
    callNoteChanged = Signal()
    figuresChanged = Signal()
    canSignChanged = Signal()
    canStartChanged = Signal()
    canInviteChanged = Signal()
    canCallChanged = Signal()
    canCancelChanged = Signal()
    canPauseChanged = Signal()
    canResumeChanged = Signal()
    unsentTextChanged = Signal()
    unsentChanged = Signal()
    troublePlaceChanged = Signal()
    troubleTextChanged = Signal()

    @Property(bool, notify=signedInChanged)
    def signedIn(self) -> bool:
        return self._now.signed_in

    @Property(str, notify=staffNameChanged)
    def staffName(self) -> str:
        return self._now.staff_name

    @Property(str, notify=staffLineChanged)
    def staffLine(self) -> str:
        return self._now.staff_line

    @Property(str, notify=numberChanged)
    def number(self) -> str:
        return self._now.number

    @Property(str, notify=pinChanged)
    def pin(self) -> str:
        return self._now.pin

    @Property(str, notify=matterTextChanged)
    def matterText(self) -> str:
        return self._now.matter_text

    @Property("QStringList", notify=matchNamesChanged)  # type: ignore[arg-type]
    def matchNames(self) -> list[str]:
        return list(self._now.match_names)

    @Property("QStringList", notify=matchCodesChanged)  # type: ignore[arg-type]
    def matchCodes(self) -> list[str]:
        return list(self._now.match_codes)

    @Property(bool, notify=listOpenChanged)
    def listOpen(self) -> bool:
        return self._now.list_open

    @Property(int, notify=highlightedChanged)
    def highlighted(self) -> int:
        return self._now.highlighted

    @Property(str, notify=caseNumberChanged)
    def caseNumber(self) -> str:
        return self._now.case_number

    @Property(str, notify=serviceNumberChanged)
    def serviceNumber(self) -> str:
        return self._now.service_number

    @Property(str, notify=stageChanged)
    def stage(self) -> str:
        return self._now.stage

    @Property(str, notify=slipTextChanged)
    def slipText(self) -> str:
        return self._now.slip_text

    @Property(str, notify=panelChanged)
    def panel(self) -> str:
        return self._now.panel

    @Property(str, notify=runningMatterChanged)
    def runningMatter(self) -> str:
        return self._now.running_matter

    @Property(str, notify=runningCaseChanged)
    def runningCase(self) -> str:
        return self._now.running_case

    @Property(str, notify=nextCaseChanged)
    def nextCase(self) -> str:
        return self._now.next_case

    @Property(str, notify=pauseTextChanged)
    def pauseText(self) -> str:
        return self._now.pause_text

    @Property(str, notify=sheetChanged)
    def sheet(self) -> str:
        return self._now.sheet

    @Property(str, notify=sheetTitleChanged)
    def sheetTitle(self) -> str:
        return self._now.sheet_title

    @Property("QStringList", notify=choicesChanged)  # type: ignore[arg-type]
    def choices(self) -> list[str]:
        return list(self._now.choices)

    @Property(int, notify=chosenChanged)
    def chosen(self) -> int:
        return self._now.chosen

    @Property(str, notify=reasonChanged)
    def reason(self) -> str:
        return self._now.reason

    @Property(str, notify=pauseUntilChanged)
    def pauseUntil(self) -> str:
        return self._now.pause_until

    @Property(str, notify=callNumberChanged)
    def callNumber(self) -> str:
        return self._now.call_number

    @Property(str, notify=callNoteChanged)
    def callNote(self) -> str:
        return self._now.call_note

    @Property("QStringList", notify=figuresChanged)  # type: ignore[arg-type]
    def figures(self) -> list[str]:
        return list(self._now.figures)

    @Property(bool, notify=canSignChanged)
    def canSign(self) -> bool:
        return self._now.can_sign

    @Property(bool, notify=canStartChanged)
    def canStart(self) -> bool:
        return self._now.can_start

    @Property(bool, notify=canInviteChanged)
    def canInvite(self) -> bool:
        return self._now.can_invite

    @Property(bool, notify=canCallChanged)
    def canCall(self) -> bool:
        return self._now.can_call

    @Property(bool, notify=canCancelChanged)
    def canCancel(self) -> bool:
        return self._now.can_cancel

    @Property(bool, notify=canPauseChanged)
    def canPause(self) -> bool:
        return self._now.can_pause

    @Property(bool, notify=canResumeChanged)
    def canResume(self) -> bool:
        return self._now.can_resume

    @Property(str, notify=unsentTextChanged)
    def unsentText(self) -> str:
        return self._now.unsent_text

    @Property(bool, notify=unsentChanged)
    def unsent(self) -> bool:
        return self._now.unsent

    @Property(str, notify=troublePlaceChanged)
    def troublePlace(self) -> str:
        return self._now.trouble_place

    @Property(str, notify=troubleTextChanged)
    def troubleText(self) -> str:
        return self._now.trouble_text
