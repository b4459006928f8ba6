"""The derived properties as QML sees them: one Qt property and one notification for each field of `Properties`.

A notification goes out exactly when its value changed, and only after all values are in place.
"""
# ruff: noqa: D102 -- a getter means what the field of the same name in `Properties` means

from dataclasses import fields

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlAnonymous

from kiosk.clerk.model import Properties

QML_IMPORT_NAME = "Kiosk.ClerkModel"
QML_IMPORT_MAJOR_VERSION = 1


@QmlAnonymous
class ConsoleProperties(QObject):
    """What the console shows now."""

    wordsChanged = Signal()
    nextLanguageChanged = Signal()
    windowTextChanged = Signal()
    bannerChanged = Signal()
    awayChanged = Signal()
    stateChanged = Signal()
    stateTextChanged = Signal()
    stateDetailChanged = Signal()
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
    panelChanged = Signal()
    runningMatterChanged = Signal()
    runningCaseChanged = Signal()
    sheetChanged = Signal()
    sheetTitleChanged = Signal()
    presetsChanged = Signal()
    reasonChanged = Signal()
    canSignChanged = Signal()
    canStartChanged = Signal()
    canInviteChanged = Signal()
    canCancelChanged = Signal()
    canPauseChanged = Signal()
    canResumeChanged = Signal()
    unsentTextChanged = Signal()
    unsentChanged = Signal()
    troublePlaceChanged = Signal()
    troubleTextChanged = Signal()

    def __init__(self, shown: Properties, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = shown

    @property
    def shown(self) -> Properties:
        """All of it, as one value."""
        return self._now

    def _show(self, shown: Properties) -> None:
        """Put these values in place and tell which of them changed."""
        before, self._now = self._now, shown
        for each in fields(Properties):
            if getattr(before, each.name) != getattr(shown, each.name):
                getattr(self, f"{_camel(each.name)}Changed").emit()

    @Property("QVariantMap", notify=wordsChanged)  # type: ignore[arg-type]
    def words(self) -> dict[str, str]:
        return dict(self._now.words)

    @Property(str, notify=nextLanguageChanged)
    def nextLanguage(self) -> str:
        return self._now.next_language

    @Property(str, notify=windowTextChanged)
    def windowText(self) -> str:
        return self._now.window_text

    @Property(str, notify=bannerChanged)
    def banner(self) -> str:
        return self._now.banner

    @Property(bool, notify=awayChanged)
    def away(self) -> bool:
        return self._now.away

    @Property(str, notify=stateChanged)
    def state(self) -> str:
        return self._now.state

    @Property(str, notify=stateTextChanged)
    def stateText(self) -> str:
        return self._now.state_text

    @Property(str, notify=stateDetailChanged)
    def stateDetail(self) -> str:
        return self._now.state_detail

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

    @Property(str, notify=panelChanged)
    def panel(self) -> str:
        return self._now.panel

    @Property(str, notify=runningMatterChanged)
    def runningMatter(self) -> str:
        return self._now.running_matter

    @Property(str, notify=runningCaseChanged)
    def runningCase(self) -> str:
        return self._now.running_case

    @Property(str, notify=sheetChanged)
    def sheet(self) -> str:
        return self._now.sheet

    @Property(str, notify=sheetTitleChanged)
    def sheetTitle(self) -> str:
        return self._now.sheet_title

    @Property("QStringList", notify=presetsChanged)  # type: ignore[arg-type]
    def presets(self) -> list[str]:
        return list(self._now.presets)

    @Property(str, notify=reasonChanged)
    def reason(self) -> str:
        return self._now.reason

    @Property(bool, notify=canSignChanged)
    def canSign(self) -> bool:
        return self._now.can_sign

    @Property(bool, notify=canStartChanged)
    def canStart(self) -> bool:
        return self._now.can_start

    @Property(bool, notify=canInviteChanged)
    def canInvite(self) -> bool:
        return self._now.can_invite

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


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)
