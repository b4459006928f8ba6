"""The matters to choose from, in the form of `screen_properties`: one property, one notification."""
# The stubs know no Qt names for the types of properties; QML needs them.
# mypy: disable-error-code="arg-type"
# ruff: noqa: D102 -- a getter means what the field of the same name in `MattersShown` means

from PySide6.QtCore import Property, Signal
from PySide6.QtQml import QmlAnonymous

from kiosk.ui.around_properties import AroundProperties
from kiosk.ui.matter_desk import MattersShown

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1


@QmlAnonymous
class MatterProperties(AroundProperties):
    """What is on the desk of matters now."""

    _now: MattersShown

    mattersChanged = Signal()
    matterLabelsChanged = Signal()
    mattersLeafChanged = Signal()
    mattersHintChanged = Signal()
    choosingChanged = Signal()
    searchTypedChanged = Signal()
    searchLettersChanged = Signal()
    foundChanged = Signal()
    foundLabelsChanged = Signal()

    @Property("QStringList", notify=mattersChanged)
    def matters(self) -> list[str]:
        return list(self._now.matters)

    @Property("QStringList", notify=matterLabelsChanged)
    def matterLabels(self) -> list[str]:
        return list(self._now.matter_labels)

    @Property(int, notify=mattersLeafChanged)
    def mattersLeaf(self) -> int:
        return self._now.matters_leaf

    @Property(str, notify=mattersHintChanged)
    def mattersHint(self) -> str:
        return self._now.matters_hint

    @Property(bool, notify=choosingChanged)
    def choosing(self) -> bool:
        return self._now.choosing

    @Property(str, notify=searchTypedChanged)
    def searchTyped(self) -> str:
        return self._now.search_typed

    @Property(str, notify=searchLettersChanged)
    def searchLetters(self) -> str:
        return self._now.search_letters

    @Property("QStringList", notify=foundChanged)
    def found(self) -> list[str]:
        return list(self._now.found)

    @Property("QStringList", notify=foundLabelsChanged)
    def foundLabels(self) -> list[str]:
        return list(self._now.found_labels)
