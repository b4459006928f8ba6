"""A picture from outside is shown within its bounds, or not at all; none keeps the screen waiting."""

import base64
import struct
import zlib

import pytest
from PySide6.QtCore import QBuffer, QSize
from PySide6.QtGui import QColor, QImage

from kiosk.ui.foreign_pictures import LONGEST_DRAWING, MOST_SHAPES, is_plain_drawing, read_picture

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">{}</svg>'
ROOM = QSize(200, 200)


def url(data: bytes, form: str) -> str:
    return f"data:image/{form};base64," + base64.b64encode(data).decode()


def raster(form: str, width: int = 80, height: int = 40) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#0F4C81"))
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, form)
    return bytes(buffer.data().data())


def claiming(width: int, height: int) -> bytes:
    """A PNG whose header states this size, with next to nothing behind it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("form", ["png", "jpeg"])
def test_a_raster_fills_its_room_and_keeps_its_proportions(form: str) -> None:
    image = read_picture(url(raster(form), form), ROOM)
    assert image is not None
    assert image.size() == QSize(200, 100)


def test_a_picture_may_cover_its_room() -> None:
    image = read_picture(url(raster("png"), "png"), ROOM, cover=True)
    assert image is not None
    assert image.size() == QSize(400, 200)


def test_a_plain_drawing_is_drawn_at_the_size_asked_for() -> None:
    gradient = '<defs><linearGradient id="a"><stop offset="0"/></linearGradient></defs>'
    body = gradient + '<rect width="40" height="20" fill="url(#a)"/>'
    image = read_picture(url(SVG.format(body).encode(), "svg+xml"), ROOM)
    assert image is not None
    assert image.size() == QSize(200, 100)


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "data:image/png;base64,",
        "data:image/png;base64,!!!!",
        "data:image/png;base64,AAAA",
        "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
        "file:///etc/hostname",
        "https://example.gov.cn/crest.png",
    ],
)
def test_what_is_no_picture_of_ours_is_nothing(broken: str) -> None:
    assert read_picture(broken, ROOM) is None


def test_a_picture_is_what_it_says_it_is() -> None:
    assert read_picture(url(raster("png"), "jpeg"), ROOM) is None


def test_a_raster_too_large_is_refused_before_it_is_decoded() -> None:
    assert read_picture(url(claiming(60_000, 60_000), "png"), ROOM) is None


def test_a_long_url_is_refused() -> None:
    assert read_picture(url(raster("png") + bytes(1_200_000), "png"), ROOM) is None


def test_no_room_is_no_picture() -> None:
    assert read_picture(url(raster("png"), "png"), QSize(0, 0)) is None
    assert read_picture(url(raster("png", 4_000, 1), "png"), QSize(200, 200), cover=True) is None


@pytest.mark.parametrize(
    "hostile",
    [
        '<use href="#a"/>',
        '<image href="file:///etc/passwd"/>',
        "<script>while(true){}</script>",
        "<style>@import 'x'</style>",
        '<filter id="f"><feGaussianBlur stdDeviation="99999"/></filter>',
        '<path d="M0 0 L1000000 0" stroke-dasharray="0.001"/>',
        '<path d="M0 0 L9 0" style="stroke-dasharray: .001"/>',
        r'<path d="M0 0 L9 0" style="stroke-\000064asharray: .001"/>',
        '<rect fill="url(http://example.gov.cn/x)"/>',
        '<rect onload="x()"/>',
        '<animate attributeName="x"/>',
        "<g>" * 40 + "</g>" * 40,
        "<rect/>" * (MOST_SHAPES + 1),
        "<text>x</text>",
        "<rect>",
        "<!-- " + "x" * LONGEST_DRAWING + " -->",
    ],
)
def test_a_drawing_with_more_than_plain_shapes_is_refused(hostile: str) -> None:
    assert not is_plain_drawing(SVG.format(hostile).encode())
    assert read_picture(url(SVG.format(hostile).encode(), "svg+xml"), ROOM) is None


def test_a_drawing_with_entities_is_refused() -> None:
    laughs = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + SVG.format("<g>&b;</g>")
    assert not is_plain_drawing(laughs.encode())
