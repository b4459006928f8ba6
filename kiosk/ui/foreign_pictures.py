"""Pictures that somebody else made, from a profile's data URLs: read within bounds, or not at all.

The GUI thread reads them, so nothing in one may keep it: a raster is refused by its stated size before a pixel of it is
decoded, and a drawing is let in only if it holds nothing but plain shapes, few of them. What is refused gives None.
"""

import base64
import binascii
import re
import xml.parsers.expat

from PySide6.QtCore import QBuffer, QByteArray, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

LONGEST_URL = 1_500_000
"""Characters of a data URL, as much as a profile may bring."""
MOST_PIXELS = 24_000_000
MOST_MEGABYTES = 128
LARGEST_SIDE = 4_096
LONGEST_DRAWING = 200_000
MOST_SHAPES = 2_000
DEEPEST = 24
_BEGINNINGS = {b"png": b"\x89PNG\r\n\x1a\n", b"jpeg": b"\xff\xd8\xff", b"svg": b""}
_FORMATS = {"image/png": b"png", "image/jpeg": b"jpeg", "image/svg+xml": b"svg"}
_SHAPES = frozenset({"svg", "g", "defs", "title", "desc", "metadata", "path", "rect", "circle", "ellipse", "line"})
_SHAPES |= {"polyline", "polygon", "linearGradient", "radialGradient", "stop"}
_SLOW = re.compile(r"dash|\\|url\(\s*['\"]?(?!#)|expression|@import", re.IGNORECASE)
"""A dash of a thousandth on a long line draws for minutes; an address leads out of the picture; a backslash is how
either is written so that nobody sees it."""


def read_picture(data_url: str, size: QSize, cover: bool = False) -> QImage | None:
    """The picture within `size` (pixels), or covering it if `cover`, its proportions kept; None if it is not let in."""
    head, _, body = data_url.partition(";base64,")
    form = _FORMATS.get(head.removeprefix("data:"))
    if form is None or len(data_url) > LONGEST_URL:
        return None
    try:
        data = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return None
    if not data.startswith(_BEGINNINGS[form]):
        return None
    if form == b"svg" and not is_plain_drawing(data):
        return None
    return _decode(data, form, size, cover)


def _decode(data: bytes, form: bytes, size: QSize, cover: bool) -> QImage | None:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    QImageReader.setAllocationLimit(MOST_MEGABYTES)
    reader = QImageReader(buffer, QByteArray(form))
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    natural = reader.size()
    if natural.isEmpty() or (form != b"svg" and natural.width() * natural.height() > MOST_PIXELS):
        return None
    room = size.boundedTo(QSize(LARGEST_SIDE, LARGEST_SIDE))
    if room.isEmpty():
        return None
    keep = Qt.AspectRatioMode.KeepAspectRatioByExpanding if cover else Qt.AspectRatioMode.KeepAspectRatio
    scaled = natural.scaled(room, keep)
    if scaled.isEmpty() or scaled.width() * scaled.height() > MOST_PIXELS:
        return None
    reader.setScaledSize(scaled)
    image = reader.read()
    return None if image.isNull() else image


def is_plain_drawing(data: bytes) -> bool:
    """Whether an SVG holds only plain shapes and gradients: no reference, style sheet, script, filter, text or DTD."""
    if len(data) > LONGEST_DRAWING:
        return False
    parser = xml.parsers.expat.ParserCreate()
    found = _Found()
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.StartDoctypeDeclHandler = found.refuse
    parser.ProcessingInstructionHandler = found.refuse
    try:
        parser.Parse(data, True)
    except (xml.parsers.expat.ExpatError, _NotPlain, ValueError):
        return False
    return True


class _NotPlain(Exception):
    pass


class _Found:
    def __init__(self) -> None:
        self._shapes = self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._shapes += 1
        self._depth += 1
        if name not in _SHAPES or self._shapes > MOST_SHAPES or self._depth > DEEPEST:
            raise _NotPlain
        for key, value in attributes.items():
            if key.startswith("on") or "href" in key or _SLOW.search(key) or _SLOW.search(value):
                raise _NotPlain

    def end(self, _name: str) -> None:
        self._depth -= 1

    def refuse(self, *_: object) -> None:
        raise _NotPlain
