"""What can be measured of a screen: what is pressed and where, what is written and how large, colours and contrast.

Everything is taken from the items in view and from the pixels that were drawn, never from what the theme meant to do.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtQuick import QQuickItem

from tests.ui.stage import Stage, rectangle, written

CAPITALS = 0.733  # of the size of the CJK faces we use


@dataclass(frozen=True)
class Glass:
    """A panel: pixels and inches."""

    width: int
    height: int
    inches: float

    @property
    def mm(self) -> float:
        """Pixels in a millimetre."""
        return (self.width**2 + self.height**2) ** 0.5 / (self.inches * 25.4)

    @property
    def portrait(self) -> bool:
        """Whether it stands upright."""
        return self.height > self.width

    @property
    def stood(self) -> bool:
        """Whether it is a machine one stands at."""
        return self.portrait and self.height / self.mm > 350

    def __str__(self) -> str:
        return f"{self.width}x{self.height}@{self.inches:g}"


def presses(stage: Stage) -> dict[str, QQuickItem]:
    """What can be pressed, by its name; what lies under the question whether one is still there cannot."""
    found = {}
    for item in uncovered(stage):
        if item.metaObject().indexOfSignal("tapped()") >= 0 and item.isEnabled():
            assert item.objectName(), item.property("label")
            found[item.objectName()] = item
    return found


def texts(stage: Stage) -> list[QQuickItem]:
    """What is written, and may be read."""
    written_on = [item for item in uncovered(stage) if item.property("truncated") is not None]
    return [item for item in written_on if str(item.property("text")).strip()]


def uncovered(stage: Stage) -> Iterator[QQuickItem]:
    """Every item in view but what the question covers."""
    asking = next((item for item in stage.all_items() if item.objectName() == "still_there"), None)
    bar = asking.parentItem() if asking is not None else None
    for item in stage.all_items():
        inside = item
        while bar is not None and inside is not None and inside is not bar:
            inside = inside.parentItem()
        if bar is None or inside is bar or not rectangle(bar).contains(rectangle(item).center()):
            yield item


def type_size(item: QQuickItem) -> int:
    """The size in pixels in which a text stands there, after it was made to fit."""
    value, unknown = QQmlExpression(qmlContext(item), item, "fontInfo.pixelSize").evaluate()
    assert not unknown
    return int(value)


def owner(item: QQuickItem) -> QQuickItem | None:
    """What is pressed where this text stands, if anything."""
    while item is not None and item.metaObject().indexOfSignal("tapped()") < 0:
        item = item.parentItem()
    return item


def ink_of(item: QQuickItem) -> QRect:
    """Where the letters of a text lie, without the air that lines of Chinese have above and below."""
    place, air = written(item), round(0.22 * type_size(item))
    return place.adjusted(1, air, -1, -air)


def apart(one: QRect, other: QRect) -> float:
    """The gap between two rectangles in pixels; negative where they overlap."""
    across = max(one.left(), other.left()) - min(one.right(), other.right()) - 1
    down = max(one.top(), other.top()) - min(one.bottom(), other.bottom()) - 1
    return max(across, down)


def ground(picture: QImage, place: QRect) -> QColor:
    """The colour that most of this place has."""
    place = place.intersected(picture.rect())
    steps = [(place.left() + place.width() * x // 14, place.top() + place.height() * y // 6) for x in range(15)
             for y in range(7)]  # fmt: skip
    seen = Counter(picture.pixelColor(QPoint(min(x, place.right()), min(y, place.bottom()))).rgb() for x, y in steps)
    return QColor(seen.most_common(1)[0][0])


def luminance(colour: QColor) -> float:
    """Relative luminance, WCAG 2."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio, WCAG 2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
