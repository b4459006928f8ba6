"""A screen with glass that feels ten fingers: a real Xorg without hardware (drivers `dummy` and `inputtest`).

What a finger does goes through the X server's own input path, so the program gets the very touch events it gets from a
panel in a hall. Every movement returns when the server has handed it on.
"""

import itertools
import socket
import struct
from pathlib import Path

from kiosk.demo.programs import until
from kiosk.demo.screen import VirtualScreen

AXIS = 65535
"""What the device says at the right and at the lower edge of the glass."""

_VERSION, _WAIT_FOR_SYNC, _TOUCH = 0, 1, 6
_SYNC_FINISHED = 1
_BEGIN, _UPDATE, _END = 18, 19, 20
_VALUATORS = struct.Struct("=I8s4x64d64d")

CONFIGURATION = """
Section "ServerFlags"
    Option "AutoAddDevices" "false"
    Option "AutoAddGPU" "false"
    Option "DontVTSwitch" "true"
EndSection
Section "Device"
    Identifier "card"
    Driver "dummy"
    VideoRam 65536
EndSection
Section "Monitor"
    Identifier "monitor"
    HorizSync 1-1000
    VertRefresh 1-1000
    Modeline "{width}x{height}" 100 {width} {w1} {w2} {w3} {height} {h1} {h2} {h3}
EndSection
Section "Screen"
    Identifier "screen"
    Device "card"
    Monitor "monitor"
    DefaultDepth 24
    SubSection "Display"
        Depth 24
        Modes "{width}x{height}"
        Virtual {width} {height}
    EndSubSection
EndSection
Section "InputDevice"
    Identifier "glass"
    Driver "inputtest"
    Option "DeviceType" "Touch"
    Option "TouchCount" "10"
    Option "SocketPath" "{glass}"
EndSection
Section "InputDevice"
    Identifier "mouse"
    Driver "inputtest"
    Option "DeviceType" "PointerAbsolute"
    Option "SocketPath" "{glass}-mouse"
EndSection
Section "InputDevice"
    Identifier "keyboard"
    Driver "inputtest"
    Option "DeviceType" "Keyboard"
    Option "SocketPath" "{glass}-keyboard"
EndSection
Section "ServerLayout"
    Identifier "layout"
    Screen "screen"
    InputDevice "glass" "SendCoreEvents"
    InputDevice "mouse" "CorePointer"
    InputDevice "keyboard" "CoreKeyboard"
EndSection
"""


class TouchScreen(VirtualScreen):
    """One X server of this size whose `tap` is a finger's. The pointer and the keys of VirtualScreen are there too."""

    server = "/usr/lib/xorg/Xorg"

    def __init__(self, width: int, height: int, folder: Path) -> None:
        super().__init__(width, height, folder)
        try:
            self.fingers = Fingers(folder / "glass", width, height)
        except BaseException:
            super().close()
            raise

    def command(self) -> list[str]:
        """Xorg with the glass; it needs neither root nor a console, for its drivers touch no hardware."""
        rest = {f"w{n}": self.width + 32 * n for n in (1, 2, 3)} | {f"h{n}": self.height + 8 * n for n in (1, 2, 3)}
        configuration = self.folder / "xorg.conf"
        configuration.write_text(
            CONFIGURATION.format(width=self.width, height=self.height, glass=self.folder / "glass", **rest)
        )
        log = str(self.folder / "xorg.log")
        return [self.server, "-config", str(configuration), "-logfile", log, "-novtswitch", "-sharevts", "vt1"]

    def focus(self) -> None:
        """Give the keys to the window that is shown, as the window manager of a hall's machine does: without one a
        touch does not, and a window without keys has no keyboard in its scene either."""
        window = until("a window", lambda: self.window("."))
        self._xdotool("windowfocus", "--sync", window)

    def tap(self, x: int, y: int) -> None:
        """Put a finger down and lift it."""
        finger = self.fingers.press(x, y)
        self.fingers.release(finger)

    def click(self, x: int, y: int) -> None:
        """With the pointer instead."""
        super().tap(x, y)

    def click_twice(self, x: int, y: int, gap_s: float) -> None:
        """With the pointer, twice."""
        self._xdotool("mousemove", str(x), str(y), "click", "1", "sleep", str(gap_s), "click", "1")

    def close(self) -> None:
        """Lift every finger, and end the X server."""
        self.fingers.close()
        super().close()


class Fingers:
    """The fingers on one glass: each press has an id of its own until it is released. One connection in the server's
    life."""

    def __init__(self, path: Path, width: int, height: int) -> None:
        self._size = width, height
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(10)
        self._socket.connect(str(path))
        self._ids = itertools.count(1)
        self._places: dict[int, tuple[float, float]] = {}
        self._socket.sendall(struct.pack("=IIHH", 12, _VERSION, 1, 1))
        length, kind = struct.unpack("=II", self._read(8))
        self._read(length - 8)
        assert kind == 0, "the driver says its version"

    def press(self, x: float, y: float) -> int:
        """Put a finger down here, and give it an id."""
        finger = next(self._ids)
        self._touch(finger, _BEGIN, x, y)
        return finger

    def move(self, finger: int, x: float, y: float) -> None:
        """Slide it to there."""
        self._touch(finger, _UPDATE, x, y)

    def release(self, finger: int) -> None:
        """Lift it where it is."""
        self._touch(finger, _END, *self._places[finger])
        del self._places[finger]

    def close(self) -> None:
        """Lift all."""
        for finger in tuple(self._places):
            self.release(finger)
        self._socket.close()

    def _touch(self, finger: int, kind: int, x: float, y: float) -> None:
        self._places[finger] = x, y
        axes = [x * AXIS / self._size[0], y * AXIS / self._size[1], *[0.0] * 62]
        valuators = _VALUATORS.pack(0, bytes([0b11, *[0] * 7]), *axes, *[0.0] * 64)
        self._send(_TOUCH, struct.pack("=II", finger, kind) + valuators)
        self._send(_WAIT_FOR_SYNC, b"")
        length, answer = struct.unpack("=II", self._read(8))
        assert (length, answer) == (8, _SYNC_FINISHED), "the server has handed it on"

    def _send(self, kind: int, content: bytes) -> None:
        self._socket.sendall(struct.pack("=II", 8 + len(content), kind) + content)

    def _read(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            more = self._socket.recv(count - len(found))
            if not more:
                raise ConnectionError("the X server has gone")
            found += more
        return found
