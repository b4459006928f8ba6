"""What the technician's page reads, in the form of `screen_properties`: one property, one notification."""
# The stubs know no Qt names for the types of properties; QML needs them.
# mypy: disable-error-code="arg-type"
# ruff: noqa: D102 -- a getter means what the field of the same name in `TechnicianShown` means

from dataclasses import fields

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlAnonymous

from kiosk.ui.technician_shown import NOTHING, TechnicianShown

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1


@QmlAnonymous
class TechnicianProperties(QObject):
    """What stands on the technician's page now."""

    stepChanged = Signal()
    titleChanged = Signal()
    noteChanged = Signal()
    hintChanged = Signal()
    factsChanged = Signal()
    busyChanged = Signal()
    canGoBackChanged = Signal()
    coveringChanged = Signal()
    actLabelChanged = Signal()
    choicesChanged = Signal()
    labelsChanged = Signal()
    notesChanged = Signal()
    signsChanged = Signal()
    signWordsChanged = Signal()
    namesChanged = Signal()
    foundsChanged = Signal()
    remediesChanged = Signal()
    gridColumnsChanged = Signal()
    gridRowsChanged = Signal()
    gridHitsChanged = Signal()
    gridPhaseChanged = Signal()
    gridWordsChanged = Signal()
    bandChanged = Signal()
    bandStopChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._now = NOTHING

    @property
    def shown(self) -> TechnicianShown:
        """All of it, as one value."""
        return self._now

    def _show(self, shown: TechnicianShown) -> None:
        before, self._now = self._now, shown
        for one in fields(TechnicianShown):
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

    @Property(str, notify=factsChanged)
    def facts(self) -> str:
        return self._now.facts

    @Property(bool, notify=busyChanged)
    def busy(self) -> bool:
        return self._now.busy

    @Property(bool, notify=canGoBackChanged)
    def canGoBack(self) -> bool:
        return self._now.can_go_back

    @Property(bool, notify=coveringChanged)
    def covering(self) -> bool:
        return self._now.covering

    @Property(str, notify=actLabelChanged)
    def actLabel(self) -> str:
        return self._now.act_label

    @Property("QStringList", notify=choicesChanged)
    def choices(self) -> list[str]:
        return list(self._now.choices)

    @Property("QStringList", notify=labelsChanged)
    def labels(self) -> list[str]:
        return list(self._now.labels)

    @Property("QStringList", notify=notesChanged)
    def notes(self) -> list[str]:
        return list(self._now.notes)

    @Property("QStringList", notify=signsChanged)
    def signs(self) -> list[str]:
        return list(self._now.signs)

    @Property("QStringList", notify=signWordsChanged)
    def signWords(self) -> list[str]:
        return list(self._now.sign_words)

    @Property("QStringList", notify=namesChanged)
    def names(self) -> list[str]:
        return list(self._now.names)

    @Property("QStringList", notify=foundsChanged)
    def founds(self) -> list[str]:
        return list(self._now.founds)

    @Property("QStringList", notify=remediesChanged)
    def remedies(self) -> list[str]:
        return list(self._now.remedies)

    @Property(int, notify=gridColumnsChanged)
    def gridColumns(self) -> int:
        return self._now.grid_columns

    @Property(int, notify=gridRowsChanged)
    def gridRows(self) -> int:
        return self._now.grid_rows

    @Property(str, notify=gridHitsChanged)
    def gridHits(self) -> str:
        return self._now.grid_hits

    @Property(str, notify=gridPhaseChanged)
    def gridPhase(self) -> str:
        return self._now.grid_phase

    @Property(str, notify=gridWordsChanged)
    def gridWords(self) -> str:
        return self._now.grid_words

    @Property(str, notify=bandChanged)
    def band(self) -> str:
        return self._now.band

    @Property(str, notify=bandStopChanged)
    def bandStop(self) -> str:
        return self._now.band_stop
