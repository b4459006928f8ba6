"""The derived properties as QML sees them: one Qt property and one notification for each field of `Properties`.

A notification goes out exactly when its value changed, and only after all values are in place.
"""
# The stubs know no Qt names for the types of properties; QML needs them.
# mypy: disable-error-code="arg-type"
# ruff: noqa: D102 -- a getter means what the field of the same name in `Properties` means

from dataclasses import fields

from PySide6.QtCore import Property, Signal
from PySide6.QtQml import QmlAnonymous

from kiosk.core.privacy import COMMENT_LIMIT
from kiosk.ui.derive import Properties
from kiosk.ui.matter_properties import MatterProperties

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1
_FOR_PYTHON = frozenset({"photo", "receipt_content", "notice_pictures", "crest", "phone_link"})
"""What QML gets as a picture and not as text."""


@QmlAnonymous
class ScreenProperties(MatterProperties):
    """What is on the screen now."""

    _now: Properties

    pageChanged = Signal()
    languageChanged = Signal()
    homeLanguageChanged = Signal()
    wordsChanged = Signal()
    nextLanguageChanged = Signal()
    nextLanguageNameChanged = Signal()
    hallChanged = Signal()
    windowNumberChanged = Signal()
    windowNameChanged = Signal()
    staffNameChanged = Signal()
    staffNumberChanged = Signal()
    staffPostChanged = Signal()
    partyMemberChanged = Signal()
    photoKeyChanged = Signal()
    noticeTitlesChanged = Signal()
    noticeTextsChanged = Signal()
    matterChanged = Signal()
    caseNumberChanged = Signal()
    levelsChanged = Signal()
    levelLabelsChanged = Signal()
    levelBesideChanged = Signal()
    levelChanged = Signal()
    levelLabelChanged = Signal()
    reasonsChanged = Signal()
    reasonLabelsChanged = Signal()
    reasonChosenChanged = Signal()
    moreChanged = Signal()
    panelChanged = Signal()
    commentChanged = Signal()
    counterChanged = Signal()
    contactMaskedChanged = Signal()
    hintChanged = Signal()
    busyChanged = Signal()
    receiptChanged = Signal()
    receiptKeyChanged = Signal()
    pauseReasonChanged = Signal()
    pauseKindChanged = Signal()
    hourDaysChanged = Signal()
    hourTimesChanged = Signal()
    faultTextChanged = Signal()
    deadlineChanged = Signal()
    timeLeftChanged = Signal()
    timeTotalChanged = Signal()
    citizenChanged = Signal()
    largeChanged = Signal()
    contrastChanged = Signal()
    stillChanged = Signal()
    lowChanged = Signal()
    leftChanged = Signal()
    spokenChanged = Signal()
    curtainChanged = Signal()
    mutedChanged = Signal()
    sheetChanged = Signal()
    askingChanged = Signal()
    languagesChanged = Signal()
    languageNamesChanged = Signal()
    localReasonsChanged = Signal()
    localLabelsChanged = Signal()
    localChosenChanged = Signal()
    contactOfferedChanged = Signal()
    contactCompleteChanged = Signal()
    noticePictureKeysChanged = Signal()
    crestKeyChanged = Signal()
    accentChanged = Signal()
    backgroundChanged = Signal()
    helpTextChanged = Signal()
    pauseUntilChanged = Signal()
    keepDaysChanged = Signal()

    @Property(str, notify=pageChanged)
    def page(self) -> str:
        return self._now.page

    @Property(str, notify=languageChanged)
    def language(self) -> str:
        return self._now.language

    @Property(str, notify=homeLanguageChanged)
    def homeLanguage(self) -> str:
        return self._now.home_language

    @Property("QVariantMap", notify=wordsChanged)
    def words(self) -> dict[str, str]:
        return dict(self._now.words)

    @Property(str, notify=nextLanguageChanged)
    def nextLanguage(self) -> str:
        return self._now.next_language

    @Property(str, notify=nextLanguageNameChanged)
    def nextLanguageName(self) -> str:
        return self._now.next_language_name

    @Property(str, notify=hallChanged)
    def hall(self) -> str:
        return self._now.hall

    @Property(str, notify=windowNumberChanged)
    def windowNumber(self) -> str:
        return self._now.window_number

    @Property(str, notify=windowNameChanged)
    def windowName(self) -> str:
        return self._now.window_name

    @Property(str, notify=staffNameChanged)
    def staffName(self) -> str:
        return self._now.staff_name

    @Property(str, notify=staffNumberChanged)
    def staffNumber(self) -> str:
        return self._now.staff_number

    @Property(str, notify=staffPostChanged)
    def staffPost(self) -> str:
        return self._now.staff_post

    @Property(bool, notify=partyMemberChanged)
    def partyMember(self) -> bool:
        return self._now.party_member

    @Property(str, notify=photoKeyChanged)
    def photoKey(self) -> str:
        return self._now.photo_key

    @Property("QStringList", notify=noticeTitlesChanged)
    def noticeTitles(self) -> list[str]:
        return list(self._now.notice_titles)

    @Property("QStringList", notify=noticeTextsChanged)
    def noticeTexts(self) -> list[str]:
        return list(self._now.notice_texts)

    @Property(str, notify=matterChanged)
    def matter(self) -> str:
        return self._now.matter

    @Property(str, notify=caseNumberChanged)
    def caseNumber(self) -> str:
        return self._now.case_number

    @Property("QStringList", notify=levelsChanged)
    def levels(self) -> list[str]:
        return list(self._now.levels)

    @Property("QStringList", notify=levelLabelsChanged)
    def levelLabels(self) -> list[str]:
        return list(self._now.level_labels)

    @Property("QStringList", notify=levelBesideChanged)
    def levelBeside(self) -> list[str]:
        return list(self._now.level_beside)

    @Property(str, notify=levelChanged)
    def level(self) -> str:
        return self._now.level

    @Property(str, notify=levelLabelChanged)
    def levelLabel(self) -> str:
        return self._now.level_label

    @Property("QStringList", notify=reasonsChanged)
    def reasons(self) -> list[str]:
        return list(self._now.reasons)

    @Property("QStringList", notify=reasonLabelsChanged)
    def reasonLabels(self) -> list[str]:
        return list(self._now.reason_labels)

    @Property("QVariantList", notify=reasonChosenChanged)
    def reasonChosen(self) -> list[bool]:
        return list(self._now.reason_chosen)

    @Property(bool, notify=moreChanged)
    def more(self) -> bool:
        return self._now.more

    @Property(str, notify=panelChanged)
    def panel(self) -> str:
        return self._now.panel

    @Property(str, notify=commentChanged)
    def comment(self) -> str:
        return self._now.comment

    @Property(str, notify=counterChanged)
    def counter(self) -> str:
        return self._now.counter

    @Property(str, notify=contactMaskedChanged)
    def contactMasked(self) -> str:
        return self._now.contact_masked

    @Property(str, notify=hintChanged)
    def hint(self) -> str:
        return self._now.hint

    @Property(bool, notify=busyChanged)
    def busy(self) -> bool:
        return self._now.busy

    @Property(str, notify=receiptChanged)
    def receipt(self) -> str:
        return self._now.receipt

    @Property(str, notify=receiptKeyChanged)
    def receiptKey(self) -> str:
        return self._now.receipt_key

    @Property(str, notify=pauseReasonChanged)
    def pauseReason(self) -> str:
        return self._now.pause_reason

    @Property(str, notify=pauseKindChanged)
    def pauseKind(self) -> str:
        return self._now.pause_kind

    @Property("QStringList", notify=hourDaysChanged)
    def hourDays(self) -> list[str]:
        return list(self._now.hour_days)

    @Property("QStringList", notify=hourTimesChanged)
    def hourTimes(self) -> list[str]:
        return list(self._now.hour_times)

    @Property(str, notify=faultTextChanged)
    def faultText(self) -> str:
        return self._now.fault_text

    @Property(float, notify=deadlineChanged)
    def deadline(self) -> float:
        return self._now.deadline

    @Property(int, notify=timeLeftChanged)
    def timeLeft(self) -> int:
        return self._now.time_left

    @Property(int, notify=timeTotalChanged)
    def timeTotal(self) -> int:
        return self._now.time_total

    @Property(int, constant=True)
    def commentLimit(self) -> int:
        return COMMENT_LIMIT

    @Property(int, notify=citizenChanged)
    def citizen(self) -> int:
        return self._now.citizen

    @Property(bool, notify=largeChanged)
    def large(self) -> bool:
        return self._now.large

    @Property(bool, notify=contrastChanged)
    def contrast(self) -> bool:
        return self._now.contrast

    @Property(bool, notify=stillChanged)
    def still(self) -> bool:
        return self._now.still

    @Property(bool, notify=lowChanged)
    def low(self) -> bool:
        return self._now.low

    @Property(bool, notify=leftChanged)
    def left(self) -> bool:
        return self._now.left

    @Property(bool, notify=spokenChanged)
    def spoken(self) -> bool:
        return self._now.spoken

    @Property(bool, notify=curtainChanged)
    def curtain(self) -> bool:
        return self._now.curtain

    @Property(bool, notify=mutedChanged)
    def muted(self) -> bool:
        return self._now.muted

    @Property(str, notify=sheetChanged)
    def sheet(self) -> str:
        return self._now.sheet

    @Property(bool, notify=askingChanged)
    def asking(self) -> bool:
        return self._now.asking

    @Property("QStringList", notify=languagesChanged)
    def languages(self) -> list[str]:
        return list(self._now.languages)

    @Property("QStringList", notify=languageNamesChanged)
    def languageNames(self) -> list[str]:
        return list(self._now.language_names)

    @Property("QStringList", notify=localReasonsChanged)
    def localReasons(self) -> list[str]:
        return list(self._now.local_reasons)

    @Property("QStringList", notify=localLabelsChanged)
    def localLabels(self) -> list[str]:
        return list(self._now.local_labels)

    @Property("QVariantList", notify=localChosenChanged)
    def localChosen(self) -> list[bool]:
        return list(self._now.local_chosen)

    @Property(bool, notify=contactOfferedChanged)
    def contactOffered(self) -> bool:
        return self._now.contact_offered

    @Property(bool, notify=contactCompleteChanged)
    def contactComplete(self) -> bool:
        return self._now.contact_complete

    @Property("QStringList", notify=noticePictureKeysChanged)
    def noticePictureKeys(self) -> list[str]:
        return list(self._now.notice_picture_keys)

    @Property(str, notify=crestKeyChanged)
    def crestKey(self) -> str:
        return self._now.crest_key

    @Property(str, notify=accentChanged)
    def accent(self) -> str:
        return self._now.accent

    @Property(str, notify=backgroundChanged)
    def background(self) -> str:
        return self._now.background

    @Property(str, notify=helpTextChanged)
    def helpText(self) -> str:
        return self._now.help_text

    @Property(str, notify=pauseUntilChanged)
    def pauseUntil(self) -> str:
        return self._now.pause_until

    @Property(int, notify=keepDaysChanged)
    def keepDays(self) -> int:
        return self._now.keep_days

    def __init__(self, shown: Properties) -> None:
        super().__init__()
        self._now = shown

    @property
    def shown(self) -> Properties:
        """All of it, as one value."""
        return self._now

    def _show(self, shown: Properties) -> None:
        before, self._now = self._now, shown
        for one in fields(Properties):
            if one.name not in _FOR_PYTHON and getattr(before, one.name) != getattr(shown, one.name):
                getattr(self, f"{camel(one.name)}Changed").emit()


def camel(name: str) -> str:
    """A field's name as QML spells it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
