"""The derived properties as QML sees them: one Qt property and one notification for each field of `Properties`. Here
are those of the window as a whole, in `console_properties` those of what is done in it.

A notification goes out exactly when its value changed, and only after all values are in place.
"""
# ruff: noqa: D102 -- a getter means what the field of the same name in `Properties` means

from dataclasses import fields

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlAnonymous

from kiosk.clerk.derive import Properties

QML_IMPORT_NAME = "Kiosk.ClerkModel"
QML_IMPORT_MAJOR_VERSION = 1


@QmlAnonymous
class WindowProperties(QObject):
    """What the window shows around the work."""

    wordsChanged = Signal()
    keysChanged = Signal()
    nextLanguageChanged = Signal()
    windowTextChanged = Signal()
    bannerChanged = Signal()
    awayChanged = Signal()
    reminderChanged = Signal()
    attentionChanged = Signal()
    foldedChanged = Signal()
    onTopChanged = Signal()
    largeChanged = Signal()
    hotKeysChanged = Signal()
    hotKeysTextChanged = Signal()
    hotKeyNamesChanged = Signal()
    hotKeyTextsChanged = Signal()
    faceChanged = Signal()
    stateTextChanged = Signal()
    stateDetailChanged = Signal()

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

    @Property("QVariantMap", notify=keysChanged)  # type: ignore[arg-type]
    def keys(self) -> dict[str, str]:
        return dict(self._now.keys)

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

    @Property(str, notify=reminderChanged)
    def reminder(self) -> str:
        return self._now.reminder

    @Property(str, notify=attentionChanged)
    def attention(self) -> str:
        return self._now.attention

    @Property(bool, notify=foldedChanged)
    def folded(self) -> bool:
        return self._now.folded

    @Property(bool, notify=onTopChanged)
    def onTop(self) -> bool:
        return self._now.on_top

    @Property(bool, notify=largeChanged)
    def large(self) -> bool:
        return self._now.large

    @Property(bool, notify=hotKeysChanged)
    def hotKeys(self) -> bool:
        return self._now.hot_keys

    @Property(str, notify=hotKeysTextChanged)
    def hotKeysText(self) -> str:
        return self._now.hot_keys_text

    @Property("QStringList", notify=hotKeyNamesChanged)  # type: ignore[arg-type]
    def hotKeyNames(self) -> list[str]:
        return list(self._now.hot_key_names)

    @Property("QStringList", notify=hotKeyTextsChanged)  # type: ignore[arg-type]
    def hotKeyTexts(self) -> list[str]:
        return list(self._now.hot_key_texts)

    @Property(str, notify=faceChanged)
    def face(self) -> str:
        return self._now.face

    @Property(str, notify=stateTextChanged)
    def stateText(self) -> str:
        return self._now.state_text

    @Property(str, notify=stateDetailChanged)
    def stateDetail(self) -> str:
        return self._now.state_detail


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)
