"""Watches a window's fingers for the way to the staff menu, and takes none of them: what lies below gets every tap.

Only the release that ends the second hold is kept from what lies below, for whoever opens the menu presses nothing.
"""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QEventPoint, QMouseEvent, QTouchEvent
from PySide6.QtQuick import QQuickWindow

from kiosk.ui import corner

_PRESSES = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick})
_WATCHED = _PRESSES | {
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.TouchCancel,
}
_OUTSIDE = QPointF(-10_000, -10_000)


class CornerWatch(QObject):
    """Of one window. `mm`: pixels of its glass in a millimetre; `mono_ms`: the terminal's clock; `may_open`: whether
    the menu may be opened now; `opened`: called when somebody has done what opens it; `touched`: at every finger."""

    def __init__(
        self,
        window: QQuickWindow,
        mm: Callable[[], float],
        mono_ms: Callable[[], int],
        may_open: Callable[[], bool],
        opened: Callable[[], None],
        touched: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window, self._mm, self._mono_ms, self._may_open = window, mm, mono_ms, may_open
        self._opened, self._touched = opened, touched
        self._way, self._passing_on = corner.NOWHERE, False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See every press, move and release; whether this one ends here."""
        if event.type() not in _WATCHED or self._passing_on:
            return False
        if isinstance(event, QTouchEvent):
            return self._touch(event)
        if isinstance(event, QMouseEvent) and event.source() is Qt.MouseEventSource.MouseEventNotSynthesized:
            return self._mouse(event)
        return False

    def _mouse(self, event: QMouseEvent) -> bool:
        here = event.position()
        if event.type() in _PRESSES:
            self._press(here, alone=event.buttons() == Qt.MouseButton.LeftButton)
        elif event.type() is QEvent.Type.MouseMove:
            self._move(here)
        elif self._lift(here):
            away = QMouseEvent(event.type(), _OUTSIDE, _OUTSIDE, event.button(), event.buttons(), event.modifiers())
            self._pass_on(away)
            self._opened()
            return True
        return False

    def _touch(self, event: QTouchEvent) -> bool:
        points = event.points()
        if event.type() is QEvent.Type.TouchCancel or len(points) != 1:
            self._way = corner.NOWHERE
            self._touched()
            return False
        here, state = points[0].position(), points[0].state()
        if state is QEventPoint.State.Pressed:
            self._press(here, alone=True)
        elif state is not QEventPoint.State.Released:
            self._move(here)
        elif self._lift(here):
            self._pass_on(QTouchEvent(QEvent.Type.TouchCancel, event.pointingDevice()))
            self._opened()
        return False

    def _pass_on(self, event: QEvent) -> None:
        self._passing_on = True
        QCoreApplication.sendEvent(self._window, event)
        self._passing_on = False

    def _press(self, here: QPointF, alone: bool) -> None:
        self._touched()
        mm = self._mm()
        x, y = here.x() / mm, here.y() / mm
        where = corner.corner_of(x, y, self._window.width() / mm, self._window.height() / mm)
        if alone and where and self._may_open():
            self._way = corner.pressed(self._way, where, x, y, self._mono_ms())
        else:
            self._way = corner.NOWHERE

    def _move(self, here: QPointF) -> None:
        if self._way.corner:
            mm = self._mm()
            self._way = corner.moved(self._way, here.x() / mm, here.y() / mm)

    def _lift(self, here: QPointF) -> bool:
        self._move(here)
        self._way, both = corner.lifted(self._way, self._mono_ms())
        return both and self._may_open()
