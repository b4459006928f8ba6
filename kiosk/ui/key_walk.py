"""The way through the screen by keys alone: arrows, Return, Escape, or a pad of four buttons that sends the same.

One key more is one stop more, in the order of reading, among what a finger could press now. Nothing has the focus until
a key is pressed; the first key only brings it, so that no press is made unseen, and a page or a touch takes it away.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMetaObject, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtQuick import QQuickItem, QQuickWindow

from kiosk.ui.derive import Properties

if TYPE_CHECKING:
    from kiosk.ui.screen_model import ScreenModel

NEXT = frozenset({Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Tab})
PREVIOUS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Backtab})
ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Select})
_RETURN = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
BACK = frozenset({Qt.Key.Key_Escape, Qt.Key.Key_Back})
_LEAVE_FIELD = BACK | {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
_OURS = NEXT | PREVIOUS | ENTER | BACK
_FINGERS = frozenset({QEvent.Type.TouchBegin, QEvent.Type.MouseButtonPress})
_CHORDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class KeyWalker(QObject):
    """Walks one window. `model`: whose pages they are."""

    def __init__(self, window: QQuickWindow, root: QQuickItem, model: "ScreenModel") -> None:
        super().__init__(window)
        self._window, self._root, self._model = window, root, model
        self._last = QRectF()
        self._watching = False
        model.pageChanged.connect(self.start_over)
        model.citizenChanged.connect(self.start_over)
        model.sheetChanged.connect(self.drop)

    def writes(self, event: QKeyEvent) -> bool:
        """Whether a field has the first word about this key. What it has no use for, an arrow at its end, is ours."""
        focused = self._window.activeFocusItem()
        return focused is not None and is_field(focused) and event.key() not in _LEAVE_FIELD

    def take(self, event: QKeyEvent) -> bool:
        """Act on a key that has been pressed; whether it was one of ours."""
        if event.modifiers() & _CHORDS:
            return False
        resting = self._model.shown.page == "attract"
        if self._model.hears_scans() and self._scan(event):
            return True
        self._model.stirred.emit()
        if event.key() not in _OURS:
            return self._type(event)
        if resting:
            return True
        if self._model.shown.asking:
            self._model.stillThere()  # any key is a sign of life, and no more than that
        elif self._root.isEnabled():
            self._act(event.key(), event.isAutoRepeat())
        return True

    def take_over(self, event: QKeyEvent, step_back: Callable[[], object]) -> bool:
        """Act on a key while something lies over the pages: arrows walk it, Return and Space press what has the ring,
        Escape is `step_back`. Whether the key was one of those."""
        key = event.key()
        if event.modifiers() & _CHORDS or not (key in _OURS and (key not in ENTER or self._ringed() is not None)):
            return False
        if not self._root.isEnabled():
            return True
        if key in BACK:
            if not event.isAutoRepeat():
                step_back()
        else:
            self._act(key, event.isAutoRepeat())
        return True

    def _ringed(self) -> QQuickItem | None:
        focused = self._window.activeFocusItem()
        return focused if focused is not None and is_stop(focused) else None

    def _scan(self, event: QKeyEvent) -> bool:
        """A key of a scanner that types, which is not one of ours; nor is the Return that ends what it has typed."""
        model, text = self._model, event.text()
        if model.scanning() and event.key() in _RETURN:
            model.scan_ended()
        elif (text.isprintable() and text.strip()) or (text == " " and model.scanning()):
            model.stirred.emit()
            model.scan_heard(text)
        else:
            return False
        return True

    def _type(self, event: QKeyEvent) -> bool:
        """A receipt's code, from a keyboard with letters."""
        shown = self._model.shown
        if shown.sheet != "receipt" or shown.desk_step != "code":
            return False
        if event.key() == Qt.Key.Key_Backspace:
            self._model.deskErase()
        elif event.text().isalnum():
            self._model.deskType(event.text().upper())
        return True

    def _act(self, key: int, repeated: bool) -> None:
        stops = self._stops()
        focused = self._window.activeFocusItem()
        at = stops.index(focused) if focused in stops else None
        if key in BACK:
            if not repeated:
                back(self._model.shown, self._model)()
        elif key in ENTER and repeated:
            return
        elif at is None:
            self._focus(_nearest(stops, QRectF() if self._over_a_page() else self._last))
        elif key not in ENTER:
            self._focus(stops[(at + (1 if key in NEXT else -1)) % len(stops)])
        elif not is_field(stops[at]):
            QMetaObject.invokeMethod(stops[at], "tapped")

    def _focus(self, stop: QQuickItem | None) -> None:
        if stop is None:
            return
        if not self._over_a_page():
            self._last = rectangle(stop)
        stop.forceActiveFocus(Qt.FocusReason.TabFocusReason)
        if not self._watching:
            self._window.installEventFilter(self)
            self._watching = True

    def _stops(self) -> list[QQuickItem]:
        return reading_order([item for item in top_layer(self._root) if is_stop(item) or is_field(item)])

    def _over_a_page(self) -> bool:
        return bool(self._model.shown.panel or self._model.shown.sheet)

    def start_over(self) -> None:
        """Another page: the first key brings the ring to its first stop."""
        self._last = QRectF()
        self.drop()

    def drop(self) -> None:
        """Nothing is focused any more, not even when the dead time is over; unless one is writing."""
        chain = list(_focus_chain(self._window.contentItem()))
        if chain and is_stop(chain[-1]):
            for item in reversed(chain):
                item.setFocus(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Installed only from the first key to the next touch: a finger takes the ring away."""
        if event.type() in _FINGERS:
            self._window.removeEventFilter(self)
            self._watching = False
            self.drop()
        return False


def back(shown: Properties, model: "ScreenModel") -> Callable[[], None]:
    """What Escape does: one step back, and never the end of a visit that has not been rated."""
    if shown.panel:
        return lambda: model.openPanel("")
    if shown.sheet:
        return lambda: model.openSheet("")
    match shown.page:
        case "explaining":
            return model.toggleMore if shown.more else model.chooseAgain
        case "thanks":
            return model.leave
        case "handed_to_phone":
            return model.takeBack
        case _:
            return lambda: None


def is_stop(item: QQuickItem) -> bool:
    """Whether keys come by here: a Tap."""
    return item.property("stop") is True


def is_field(item: QQuickItem) -> bool:
    """Whether this is a field to write in."""
    return bool(item.flags() & QQuickItem.Flag.ItemAcceptsInputMethod)


def rectangle(item: QQuickItem) -> QRectF:
    """Where it lies in its window."""
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


def top_layer(root: QQuickItem) -> list[QQuickItem]:
    """Every item one can see and press now. Something with stops that covers the whole window, as a sheet does, hides
    what lies below it."""
    whole = rectangle(root)
    layer: list[QQuickItem] = []
    for item in _seen(root):
        if item is not root and rectangle(item).contains(whole) and any(is_stop(one) for one in _seen(item)):
            layer = []
        layer.append(item)
    return layer


def _seen(item: QQuickItem) -> Iterator[QQuickItem]:
    """This and what is in it, in the order in which it is painted."""
    if item.isVisible() and item.isEnabled() and item.opacity() > 0:
        yield item
        for child in sorted(item.childItems(), key=lambda one: one.z()):
            yield from _seen(child)


def _focus_chain(scope: QQuickItem) -> Iterator[QQuickItem]:
    """From the outermost: a Loader is a scope of its own, and keeps its focus for when it is enabled again."""
    inner = scope.scopedFocusItem() if scope.isFocusScope() else None
    if inner is not None:
        yield inner
        yield from _focus_chain(inner)


def reading_order(items: Sequence[QQuickItem]) -> list[QQuickItem]:
    """Line by line, each from its start: what overlaps the middle of a line's first one is in that line. What stands
    together in a block is read as one."""
    blocks: dict[QQuickItem, list[QQuickItem]] = {}
    for item in items:
        blocks.setdefault(_block(item) or item, []).append(item)
    ordered = [blocks[one] for one in _by_lines(list(blocks))]
    return [item for block in ordered for item in (_by_lines(block) if len(block) > 1 else block)]


def _by_lines(items: Sequence[QQuickItem]) -> list[QQuickItem]:
    places = sorted(((rectangle(item), item) for item in items), key=lambda one: (one[0].top(), one[0].left()))
    lines: list[list[tuple[QRectF, QQuickItem]]] = []
    for place, item in places:
        if lines and place.top() < lines[-1][0][0].center().y():
            lines[-1].append((place, item))
        else:
            lines.append([(place, item)])
    return [item for line in lines for _, item in sorted(line, key=lambda one: one[0].left())]


def _block(item: QQuickItem | None) -> QQuickItem | None:
    while item is not None and item.property("block") is not True:
        item = item.parentItem()
    return item


def _nearest(stops: Sequence[QQuickItem], last: QRectF) -> QQuickItem | None:
    """The first, or where one had been when what was there went away."""
    if last.isEmpty():
        return stops[0] if stops else None
    return min(stops, key=lambda one: _distance(rectangle(one).center(), last.center()), default=None)


def _distance(one: QPointF, other: QPointF) -> float:
    return (one - other).manhattanLength()
