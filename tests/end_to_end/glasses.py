"""A clerk's PC with two screens: a real Xorg without hardware whose outputs are plugged, unplugged, turned and moved
while programs run; and an eye that looks at the clerk's screen again and again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from Xlib import X
from Xlib.ext import randr

from kiosk.demo.programs import ProgramFailed, until
from kiosk.demo.screen import VirtualScreen
from tests.end_to_end import eye
from tests.end_to_end.desk import SIZE
from tests.end_to_end.eye import Picture
from tests.end_to_end.x_windows import Place, Windows

CLERKS, CITIZENS = 0, 1
PLACES = ((0, 0), (SIZE[0], 0))
PURPLE = 0x5A3C78
EVERY_S = 0.02
MANY = 100
"""So many lines are another page: a bar of time and a cursor that blinks change some 60."""

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
    Modeline "1280x800" 100 1280 1312 1344 1376 800 808 816 824
    Modeline "800x1280" 100 800 832 864 896 1280 1288 1296 1304
EndSection
Section "Screen"
    Identifier "screen"
    Device "card"
    Monitor "monitor"
    DefaultDepth 24
    SubSection "Display"
        Depth 24
        Modes "1280x800" "800x1280" "1024x768"
        Virtual 3072 2304
    EndSubSection
EndSection
Section "ServerLayout"
    Identifier "layout"
    Screen "screen"
EndSection
"""


class TwoScreens(VirtualScreen):
    """The clerk's screen, DUMMY0, and the citizen's to the right of it, DUMMY1. A tap is on the citizen's."""

    server = "/usr/lib/xorg/Xorg"

    def __init__(self, folder: Path) -> None:
        super().__init__(*SIZE, folder)
        try:
            self._windows = Windows(self.name)
            self.layout, self._display, self._root = self._windows.lock, self._windows.display, self._windows.root
            found = self._resources()
            self._modes = {(mode.width, mode.height): mode.id for mode in reversed(found.modes)}
            self._outputs, self._crtcs = found.outputs[:2], found.crtcs[:2]  # later the primary one is named first
            for output in self._outputs:
                for size in ((1280, 800), (800, 1280), (1024, 768)):
                    self._display.xrandr_add_output_mode(output, self._modes[size])
            self.placed: dict[int, Place] = {CLERKS: Place(*PLACES[CLERKS], *SIZE)}
            self.plug(CITIZENS)
            self.make_primary(CLERKS)
        except BaseException:
            super().close()
            raise

    def command(self) -> list[str]:
        """It needs neither root nor a console, for its driver touches no hardware."""
        configuration = self.folder / "two-screens.conf"
        configuration.write_text(CONFIGURATION)
        log = str(self.folder / "two-screens.log")
        return [self.server, "-config", str(configuration), "-logfile", log, "-novtswitch", "-sharevts", "vt1"]

    def plug(self, which: int, corner: tuple[int, int] | None = None, size: tuple[int, int] = SIZE) -> Place:
        """Plug it in, or show it elsewhere or in another size; where it then lies."""
        place = Place(*(corner or PLACES[which]), *size)
        self._set({**self.placed, which: place}, which)
        return place

    def unplug(self, which: int) -> None:
        """Take its cable out. What lay there lies nowhere then."""
        self._set({one: place for one, place in self.placed.items() if one != which}, which)

    def make_primary(self, which: int) -> None:
        """What the system calls its first screen."""
        with self.layout:
            self._root.xrandr_set_output_primary(self._outputs[which])
            self._display.sync()

    def tap(self, x: int, y: int) -> None:
        """On the citizen's screen."""
        place = self.placed[CITIZENS]
        super().tap(place.left + x, place.top + y)

    def stand_in(self) -> int:
        """What the clerk works with: one colour all over the clerk's screen; its window."""
        window = self._root.create_window(
            *PLACES[CLERKS], *SIZE, 0, X.CopyFromParent, override_redirect=True, background_pixel=PURPLE
        )
        window.map()
        self._display.sync()
        return int(window.id)

    def place_of(self, process: int) -> Place | None:
        """Where the window of this process lies; None while it shows none."""
        return self._windows.place_of(process)

    def has_keys(self, process: int) -> bool:
        """Whether what is typed goes to this process."""
        return self._windows.with_keys() == process

    def look(self) -> Picture:
        """What the citizen's screen shows, if it lies where it is plugged in first."""
        both = eye.look(self.name, 2 * SIZE[0], SIZE[1])
        half = both.width * 2
        lines = [both.line(y)[half:] for y in range(both.height)]
        return Picture(*SIZE, b"".join(lines))

    def close(self) -> None:
        """End the X server."""
        self._windows.close()
        super().close()

    def _set(self, placed: dict[int, Place], which: int) -> None:
        """As a desktop does it: the whole as large as before and after need it, the change, and then no larger."""
        with self.layout:
            self._span([*self.placed.values(), *placed.values()])
            self._crtc(which, placed.get(which))
            self._span([*placed.values()])
            self._display.sync()
            self.placed = placed

    def _span(self, places: list[Place]) -> None:
        right = max(place.left + place.width for place in places)
        below = max(place.top + place.height for place in places)
        self._root.xrandr_set_screen_size(right, below, right // 4, below // 4)

    def _crtc(self, which: int, place: Place | None) -> None:
        found = self._resources()
        at = (place.left, place.top, self._modes[place.width, place.height]) if place else (0, 0, 0)
        outputs = [self._outputs[which]] if place else []
        answer = self._display.xrandr_set_crtc_config(
            self._crtcs[which], found.config_timestamp, *at, randr.Rotate_0, outputs
        )
        if answer.status != 0:
            raise ProgramFailed(f"the X server does not show {place} on screen {which}: {answer.status}")

    def _resources(self) -> Any:
        return self._root.xrandr_get_screen_resources()


class Watch:
    """Looks at the clerk's screen again and again, and keeps what it should not have seen. `but`: a program of the
    clerk's, whose window is not looked at."""

    def __init__(self, screen: TwoScreens) -> None:
        self._screen = screen
        self._right = self._look()
        self._done = threading.Event()
        self._but: Place | None = None
        self.looks = 0
        self.strange: list[Picture] = []
        self.broken: BaseException | None = None

    def leave_out(self, place: Place) -> None:
        """Where a program of the clerk's lies, which may change."""
        self._but = place

    @contextmanager
    def watching(self) -> Iterator[None]:
        """For as long as the block lasts."""
        thread = threading.Thread(daemon=True, target=self._watch, name="watch")
        thread.start()
        try:
            yield
        finally:
            self._done.set()
            thread.join(60)
        if self.broken is not None:
            raise self.broken

    def _watch(self) -> None:
        try:
            while not self._done.wait(EVERY_S):
                with self._screen.layout:
                    if CLERKS not in self._screen.placed:
                        continue  # it is not plugged in
                    seen = self._look()
                self.looks += 1
                if not self._is_right(seen) and len(self.strange) < 20:
                    self.strange.append(seen)
        except BaseException as fault:
            self.broken = fault

    def _look(self) -> Picture:
        return eye.look(self._screen.name, *SIZE)

    def _is_right(self, seen: Picture) -> bool:
        if self._but is None:
            return seen.pixels == self._right.pixels
        from_x, to_x = self._but.left * 4, (self._but.left + self._but.width) * 4
        rows = range(self._but.top, self._but.top + self._but.height)
        for y in range(seen.height):
            one, other = seen.line(y), self._right.line(y)
            if y in rows:
                one, other = one[:from_x] + one[to_x:], other[:from_x] + other[to_x:]
            if one != other:
                return False
        return True


def lines_apart(one: Picture, other: Picture) -> int:
    """In how many lines they differ."""
    return sum(one.line(y) != other.line(y) for y in range(one.height))


def until_another_page(screen: TwoScreens, before: Picture, patience_s: float) -> bool:
    """Until the citizen's screen shows something else than before, and shows it still; whether that came about."""
    last = before

    def still() -> bool:
        nonlocal last
        seen, previous = screen.look(), last
        last = seen
        return lines_apart(seen, before) > MANY and lines_apart(seen, previous) < MANY

    try:
        until("another page", still, patience_s)
    except ProgramFailed:
        return False
    return True
