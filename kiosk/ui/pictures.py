"""All pictures of the screen, as `image://kiosk/<kind>/<name>`: drawings, what the profile brings, the receipt's code.

For all but drawings the name only tells QML when to load anew; the content never stands in a URL. Drawings are read
here and not by QML, which would load the plugins of all the picture formats there are, PDF among them, to find out that
an SVG is an SVG.
"""

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPainterPath
from PySide6.QtQuick import QQuickImageProvider

from kiosk.ui.around import PHONE_ERROR
from kiosk.ui.foreign_pictures import read_picture
from kiosk.ui.qr import modules
from kiosk.ui.screen_model import ScreenModel

INK = QColor("#16273D")
_ROUND = 0.09


class Pictures(QQuickImageProvider):
    """Draws what the model shows now. Called on the GUI thread, for no image here is asynchronous."""

    def __init__(self, model: ScreenModel, assets: Path) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._model, self._assets = model, assets

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:
        """`photo/<key>`, `crest/<key>`, `notice<place>/<key>`, `qr/<key>`, `phone/<key>`, or a drawing's folder and
        name; a transparent dot for nothing."""
        shown = self._model.shown
        match id.partition("/"):
            case ("photo", _, _):
                return photo(shown.photo, requestedSize)
            case ("crest", _, _):
                return read_picture(shown.crest, requestedSize) or _nothing()
            case (kind, _, _) if kind.startswith("notice"):
                place = int(kind.removeprefix("notice"))
                pictures = shown.notice_pictures[place : place + 1]
                return read_picture("".join(pictures), requestedSize) or _nothing()
            case ("qr", _, _):
                return qr(shown.receipt_content, requestedSize)
            case ("phone", _, _):
                return qr(shown.phone_link, requestedSize, PHONE_ERROR)
            case (folder, _, name):
                return drawing(self._assets / folder / f"{name}.svg", requestedSize)


def drawing(path: Path, size: QSize) -> QImage:
    """An SVG at `size` (pixels); a side that is 0 follows the other."""
    reader = QImageReader(str(path), b"svg")
    natural = reader.size()
    if size.width() > 0 and size.height() > 0:
        reader.setScaledSize(size)
    elif size.width() > 0 or size.height() > 0:
        room = QSize(size.width() or 10_000, size.height() or 10_000)
        reader.setScaledSize(natural.scaled(room, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def qr(content: str, size: QSize, error: Literal["l", "m"] = "m") -> QImage:
    """The QR code with its quiet zone, as large as whole pixels a module fit into `size`."""
    if not content:
        return _nothing()
    rows = modules(content, error)
    pixels = max(1, min(size.width(), size.height()) // len(rows))
    image = QImage(pixels * len(rows), pixels * len(rows), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                painter.fillRect(x * pixels, y * pixels, pixels, pixels, INK)
    painter.end()
    return image


def photo(data_url: str, size: QSize) -> QImage:
    """The photo cut to `size` (pixels) from its middle, corners rounded; a transparent dot if it cannot be read."""
    image = read_picture(data_url, size, cover=True)
    if image is None:
        return _nothing()
    grown = image.scaled(
        size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    cut = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    cut.fill(Qt.GlobalColor.transparent)
    painter = QPainter(cut)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = QPainterPath()
    corner = size.width() * _ROUND
    outline.addRoundedRect(QRectF(0, 0, size.width(), size.height()), corner, corner)
    painter.setClipPath(outline)
    painter.drawImage((size.width() - grown.width()) // 2, (size.height() - grown.height()) // 3, grown)
    painter.end()
    return cut


def _nothing() -> QImage:
    dot = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
    dot.fill(Qt.GlobalColor.transparent)
    return dot
