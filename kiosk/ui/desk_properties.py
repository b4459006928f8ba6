"""What the sheet of "my earlier rating" reads, in the form of `screen_properties`: one property, one notification."""
# The stubs know no Qt names for the types of properties; QML needs them.
# mypy: disable-error-code="arg-type"
# ruff: noqa: D102 -- a getter means what the field of the same name in `DeskShown` means

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlAnonymous

from kiosk.ui.receipt_desk import DeskShown

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1


@QmlAnonymous
class DeskProperties(QObject):
    """What is on the receipt desk now."""

    _now: DeskShown

    deskStepChanged = Signal()
    deskTypedChanged = Signal()
    deskCodeChanged = Signal()
    deskHintChanged = Signal()
    deskFoundChanged = Signal()
    deskReceivedChanged = Signal()
    deskFollowUpChanged = Signal()
    deskReplyChanged = Signal()
    deskAddedChanged = Signal()
    deskWithdrawnChanged = Signal()
    deskActChanged = Signal()
    deskWordsChanged = Signal()
    deskCounterChanged = Signal()

    @Property(str, notify=deskStepChanged)
    def deskStep(self) -> str:
        return self._now.desk_step

    @Property(str, notify=deskTypedChanged)
    def deskTyped(self) -> str:
        return self._now.desk_typed

    @Property(str, notify=deskCodeChanged)
    def deskCode(self) -> str:
        return self._now.desk_code

    @Property(str, notify=deskHintChanged)
    def deskHint(self) -> str:
        return self._now.desk_hint

    @Property(str, notify=deskFoundChanged)
    def deskFound(self) -> str:
        return self._now.desk_found

    @Property(str, notify=deskReceivedChanged)
    def deskReceived(self) -> str:
        return self._now.desk_received

    @Property(str, notify=deskFollowUpChanged)
    def deskFollowUp(self) -> str:
        return self._now.desk_follow_up

    @Property(str, notify=deskReplyChanged)
    def deskReply(self) -> str:
        return self._now.desk_reply

    @Property(str, notify=deskAddedChanged)
    def deskAdded(self) -> str:
        return self._now.desk_added

    @Property(bool, notify=deskWithdrawnChanged)
    def deskWithdrawn(self) -> bool:
        return self._now.desk_withdrawn

    @Property(str, notify=deskActChanged)
    def deskAct(self) -> str:
        return self._now.desk_act

    @Property(str, notify=deskWordsChanged)
    def deskWords(self) -> str:
        return self._now.desk_words

    @Property(str, notify=deskCounterChanged)
    def deskCounter(self) -> str:
        return self._now.desk_counter
