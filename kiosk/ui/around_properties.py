"""What stands around the five levels, in the form of `screen_properties`: one property, one notification."""
# The stubs know no Qt names for the types of properties; QML needs them.
# mypy: disable-error-code="arg-type"
# ruff: noqa: D102 -- a getter means what the field of the same name in `AroundShown` means

from PySide6.QtCore import Property, Signal
from PySide6.QtQml import QmlAnonymous

from kiosk.ui.around import AroundShown
from kiosk.ui.desk_properties import DeskProperties

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1


@QmlAnonymous
class AroundProperties(DeskProperties):
    """What is around the levels now."""

    _now: AroundShown

    calledChanged = Signal()
    phoneOfferedChanged = Signal()
    phoneKeyChanged = Signal()
    phoneModulesChanged = Signal()

    @Property(str, notify=calledChanged)
    def called(self) -> str:
        return self._now.called

    @Property(bool, notify=phoneOfferedChanged)
    def phoneOffered(self) -> bool:
        return self._now.phone_offered

    @Property(str, notify=phoneKeyChanged)
    def phoneKey(self) -> str:
        return self._now.phone_key

    @Property(int, notify=phoneModulesChanged)
    def phoneModules(self) -> int:
        return self._now.phone_modules
