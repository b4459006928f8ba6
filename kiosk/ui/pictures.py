"""Pictures that are not files: the clerk's photo and the receipt's QR code, as `image://kiosk/<kind>/<key>`.

The key only tells QML when to load anew; the content never stands in a URL.
"""

import base64
import binascii

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath
from PySide6.QtQuick import QQuickImageProvider

from kiosk.ui.screen_model import ScreenModel

INK = QColor("#16273D")
QUIET_ZONE = 2
_ROUND = 0.09


class Pictures(QQuickImageProvider):
    """Draws what the model shows now. Called on the GUI thread, for no image here is asynchronous."""

    def __init__(self, model: ScreenModel) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._model = model

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:
        """`photo/<key>` or `qr/<key>`; a transparent dot where there is nothing to draw."""
        kind, _, _key = id.partition("/")
        shown = self._model.shown
        if kind == "photo":
            return photo(shown.photo, requestedSize)
        return qr(shown.receipt_content)


def qr(content: str) -> QImage:
    """The QR code, one pixel a module, with a quiet zone; to be scaled up without smoothing."""
    if not content:
        return _nothing()
    import segno  # not needed before the first thanks

    matrix = tuple(segno.make_qr(content, error="m").matrix)
    image = QImage(len(matrix) + 2 * QUIET_ZONE, len(matrix) + 2 * QUIET_ZONE, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                image.setPixelColor(x + QUIET_ZONE, y + QUIET_ZONE, INK)
    return image


def photo(data_url: str, size: QSize) -> QImage:
    """The photo cut to `size` (pixels) from its middle, corners rounded; a transparent dot if it cannot be read."""
    try:
        image = QImage.fromData(base64.b64decode(data_url.partition(",")[2], validate=True))
    except (binascii.Error, ValueError):
        return _nothing()
    if image.isNull() or not size.isValid() or size.isEmpty():
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
