"""The surface one writes on: follows one finger, draws what it leaves, and tells of each stroke when it is lifted.

Draws with QPainter and repaints only around the newest piece, so that the ink keeps up with the finger on the software
renderer too. A second finger, or the ball of the hand, leaves nothing while the first one writes.
"""

# The stubs know no Qt names for the types of properties; QML needs them.
# mypy: disable-error-code="arg-type"

from PySide6.QtCore import Property, QEvent, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QEventPoint, QMouseEvent, QPainter, QPen, QPolygonF, QTouchEvent
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

QML_IMPORT_NAME = "Kiosk.Model"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class Ink(QQuickPaintedItem):
    """`stroked`: the points of a finished stroke, x and y in turn, in pixels of this item."""

    stroked = Signal("QVariantList")
    writingChanged = Signal()
    colorChanged = Signal()
    nibChanged = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self.setAcceptedMouseButtons(Qt.MouseButton.LeftButton)
        self.setAcceptTouchEvents(True)
        self.setAntialiasing(True)
        self._color, self._nib = QColor(), 1.0
        self._strokes: list[QPolygonF] = []
        self._finger: int | None = None

    def _get_color(self) -> QColor:
        return self._color

    def _set_color(self, color: QColor) -> None:
        if color != self._color:
            self._color = color
            self.colorChanged.emit()
            self.update()

    def _get_nib(self) -> float:
        return self._nib

    def _set_nib(self, nib: float) -> None:
        if nib != self._nib:
            self._nib = nib
            self.nibChanged.emit()
            self.update()

    def _is_writing(self) -> bool:
        return self._finger is not None

    color = Property(QColor, _get_color, _set_color, notify=colorChanged)
    nib = Property(float, _get_nib, _set_nib, notify=nibChanged)
    writing = Property(bool, _is_writing, notify=writingChanged)

    @Slot()
    def undo(self) -> None:
        """Take the last finished stroke away."""
        if self._strokes and self._finger is None:
            self._strokes.pop()
            self.update()

    @Slot()
    def clear(self) -> None:
        """A clean sheet. A finger that is still down writes nothing more."""
        self._strokes.clear()
        self._lift()
        self.update()

    # -- the finger ---------------------------------------------------------------------------------------------------

    def touchEvent(self, event: QTouchEvent) -> None:
        """Follow the first finger; the others are taken, and leave nothing."""
        event.accept()
        for point in event.points():
            match point.state():
                case QEventPoint.State.Pressed if self._finger is None:
                    self._begin(point.id(), point.position())
                case QEventPoint.State.Updated if point.id() == self._finger:
                    self._go_on(point.position())
                case QEventPoint.State.Released if point.id() == self._finger:
                    self._go_on(point.position())
                    self._end()
        if event.type() == QEvent.Type.TouchCancel:
            self._end()

    def touchUngrabEvent(self) -> None:
        """What was written until someone else took the finger stands."""
        self._end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A pointer writes like a finger."""
        if self._finger is None:
            self._begin(-1, event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """See mousePressEvent."""
        if self._finger == -1:
            self._go_on(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """See mousePressEvent."""
        if self._finger == -1:
            self._go_on(event.position())
            self._end()

    def mouseUngrabEvent(self) -> None:
        """See touchUngrabEvent."""
        if self._finger == -1:
            self._end()

    def _begin(self, finger: int, at: QPointF) -> None:
        self._finger = finger
        self._strokes.append(QPolygonF([self._inside(at)]))
        self._touch(at, at)
        self.writingChanged.emit()

    def _go_on(self, at: QPointF) -> None:
        stroke, at = self._strokes[-1], self._inside(at)
        last = stroke.at(stroke.size() - 1)
        if at != last:
            stroke.append(at)
            self._touch(last, at)

    def _end(self) -> None:
        if self._finger is not None:
            stroke = self._strokes[-1]
            self._lift()
            self.stroked.emit([side for point in stroke.toList() for side in point.toTuple()])

    def _lift(self) -> None:
        if self._finger is not None:
            self._finger = None
            self.writingChanged.emit()

    def _inside(self, at: QPointF) -> QPointF:
        return QPointF(min(max(at.x(), 0.0), self.width()), min(max(at.y(), 0.0), self.height()))

    # -- the paint ----------------------------------------------------------------------------------------------------

    def _touch(self, a: QPointF, b: QPointF) -> None:
        """Have the piece between two points painted."""
        self.update(self._around(QRectF(a, b).normalized()))

    def _around(self, piece: QRectF) -> QRect:
        reach = self._nib + 2
        return piece.adjusted(-reach, -reach, reach, reach).toAlignedRect()

    def paint(self, painter: QPainter) -> None:
        """Draw the strokes that reach into what is to be painted."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(
            QPen(self._color, self._nib, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        window = painter.clipBoundingRect() if painter.hasClipping() else QRectF(0, 0, self.width(), self.height())
        for stroke in self._strokes:
            if stroke.size() == 1:
                painter.drawPoint(stroke.at(0))
            elif QRectF(self._around(stroke.boundingRect())).intersects(window):
                painter.drawPolyline(stroke)
