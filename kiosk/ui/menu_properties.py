"""What the pages of the staff menu read, in the form of `screen_properties`: one property, one notification."""
# The stubs know no Qt names for the types of properties; QML needs them.
# mypy: disable-error-code="arg-type"
# ruff: noqa: D102 -- a getter means what the field of the same name in `MenuShown` means

from dataclasses import fields

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlAnonymous

from kiosk.ui.menu_shown import NOTHING, MenuShown

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1


@QmlAnonymous
class MenuProperties(QObject):
    """What stands in the staff menu now."""

    stepChanged = Signal()
    titleChanged = Signal()
    noteChanged = Signal()
    hintChanged = Signal()
    choicesChanged = Signal()
    labelsChanged = Signal()
    notesChanged = Signal()
    padChanged = Signal()
    typedChanged = Signal()
    canEnterChanged = Signal()
    enterLabelChanged = Signal()
    canGoBackChanged = Signal()
    busyChanged = Signal()
    belowChanged = Signal()
    bigChanged = Signal()
    linesChanged = Signal()
    onChanged = Signal()
    lettersChanged = Signal()
    moreLabelChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._now = NOTHING

    @property
    def shown(self) -> MenuShown:
        """All of it, as one value."""
        return self._now

    def _show(self, shown: MenuShown) -> None:
        before, self._now = self._now, shown
        for one in fields(MenuShown):
            if getattr(before, one.name) != getattr(shown, one.name):
                first, *rest = one.name.split("_")
                getattr(self, first + "".join(word.capitalize() for word in rest) + "Changed").emit()

    @Property(str, notify=stepChanged)
    def step(self) -> str:
        return self._now.step

    @Property(str, notify=titleChanged)
    def title(self) -> str:
        return self._now.title

    @Property(str, notify=noteChanged)
    def note(self) -> str:
        return self._now.note

    @Property(str, notify=hintChanged)
    def hint(self) -> str:
        return self._now.hint

    @Property("QStringList", notify=choicesChanged)
    def choices(self) -> list[str]:
        return list(self._now.choices)

    @Property("QStringList", notify=labelsChanged)
    def labels(self) -> list[str]:
        return list(self._now.labels)

    @Property("QStringList", notify=notesChanged)
    def notes(self) -> list[str]:
        return list(self._now.notes)

    @Property(str, notify=padChanged)
    def pad(self) -> str:
        return self._now.pad

    @Property(str, notify=typedChanged)
    def typed(self) -> str:
        return self._now.typed

    @Property(bool, notify=canEnterChanged)
    def canEnter(self) -> bool:
        return self._now.can_enter

    @Property(str, notify=enterLabelChanged)
    def enterLabel(self) -> str:
        return self._now.enter_label

    @Property(bool, notify=canGoBackChanged)
    def canGoBack(self) -> bool:
        return self._now.can_go_back

    @Property(bool, notify=busyChanged)
    def busy(self) -> bool:
        return self._now.busy

    @Property(str, notify=belowChanged)
    def below(self) -> str:
        return self._now.below

    @Property(str, notify=bigChanged)
    def big(self) -> str:
        return self._now.big

    @Property(str, notify=linesChanged)
    def lines(self) -> str:
        return self._now.lines

    @Property("QStringList", notify=onChanged)
    def on(self) -> list[str]:
        return list(self._now.on)

    @Property(str, notify=lettersChanged)
    def letters(self) -> str:
        return self._now.letters

    @Property(str, notify=moreLabelChanged)
    def moreLabel(self) -> str:
        return self._now.more_label
