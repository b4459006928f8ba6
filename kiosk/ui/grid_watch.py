"""Gives the technician's touch grid every finger on the glass, and lets nothing below have it meanwhile."""

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QEventPoint, QMouseEvent, QTouchEvent
from PySide6.QtQuick import QQuickWindow

from kiosk.ui.technician_model import TechnicianModel

_MOUSE = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease})


class GridWatch(QObject):
    """Of one window."""

    def __init__(self, window: QQuickWindow, model: TechnicianModel) -> None:
        super().__init__(window)
        self._window, self._model = window, model
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See every finger; whether the grid has taken it."""
        if isinstance(event, QTouchEvent):
            down = [point for point in event.points() if point.state() is not QEventPoint.State.Released]
            pressed = sum(point.state() is QEventPoint.State.Pressed for point in event.points())
            return self._model.fingers([self._share(point.position()) for point in down], pressed)
        if isinstance(event, QMouseEvent) and event.type() in _MOUSE:
            if event.source() is not Qt.MouseEventSource.MouseEventNotSynthesized:
                return self._model.fingers([], 0)
            held = event.buttons() != Qt.MouseButton.NoButton
            pressed = int(event.type() is QEvent.Type.MouseButtonPress)
            return self._model.fingers([self._share(event.position())] if held else [], pressed)
        return False

    def _share(self, at: QPointF) -> tuple[float, float]:
        return at.x() / max(1, self._window.width()), at.y() / max(1, self._window.height())
