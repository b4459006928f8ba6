"""An eye before an X screen: takes what the whole screen shows in one look, and says where two looks differ."""

import socket
import struct
from dataclasses import dataclass

_GET_IMAGE, _Z_PIXMAP = 73, 2
_PIXEL = 4
NEAR = 16
"""Of 255: letters that were painted once more over themselves differ by 12 at their edges, which nobody sees. The
ground of a chosen tile differs by 24."""


@dataclass(frozen=True)
class Picture:
    """What a screen showed: four bytes a pixel, line after line."""

    width: int
    height: int
    pixels: bytes

    def line(self, y: int) -> bytes:
        return self.pixels[y * self.width * _PIXEL : (y + 1) * self.width * _PIXEL]


@dataclass(frozen=True)
class Box:
    """Where two pictures differ."""

    left: int
    top: int
    width: int
    height: int


def look(display: str, width: int, height: int) -> Picture:
    """What the X server `display` (":7") shows at this moment."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(f"/tmp/.X11-unix/X{display[1:]}")
        server.sendall(struct.pack("=BxHHHHxx", ord("l"), 11, 0, 0, 0))
        status, length = struct.unpack("=Bx4xH", _read(server, 8))
        assert status == 1, "the server lets us in"
        setup = _read(server, length * 4)
        vendor, formats = struct.unpack_from("=H", setup, 16)[0], setup[21]
        root = struct.unpack_from("=I", setup, 32 + (vendor + 3) // 4 * 4 + 8 * formats)[0]
        server.sendall(struct.pack("=BBHIhhHHI", _GET_IMAGE, _Z_PIXMAP, 5, root, 0, 0, width, height, 0xFFFFFFFF))
        status, length = struct.unpack("=Bx2xI", _read(server, 8))
        assert status == 1, "the server gives its picture"
        _read(server, 24)
        pixels = _read(server, length * 4)
    assert len(pixels) == width * height * _PIXEL
    return Picture(width, height, pixels)


def difference(one: Picture, other: Picture) -> Box | None:
    """The smallest box that holds everything in which they differ to an eye; None if they are the same to it."""
    seen = [
        (y, at) for y in range(one.height) if one.line(y) != other.line(y) for at in _far(one.line(y), other.line(y))
    ]
    if not seen:
        return None
    left, right = (edge(at for _, at in seen) for edge in (min, max))
    return Box(left, seen[0][0], right - left + 1, seen[-1][0] - seen[0][0] + 1)


def _far(one: bytes, other: bytes) -> list[int]:
    """The columns in which two lines differ so that it can be seen."""
    return [at // _PIXEL for at, (a, b) in enumerate(zip(one, other, strict=True)) if abs(a - b) > NEAR]


def _read(server: socket.socket, count: int) -> bytes:
    found = bytearray()
    while len(found) < count:
        more = server.recv(count - len(found))
        if not more:
            raise ConnectionError("the X server has gone")
        found += more
    return bytes(found)
