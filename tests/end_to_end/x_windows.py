"""What an X server says of the windows of programs: where each lies, which is in front, and who has the keys; with a
window manager or without."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from Xlib import X
from Xlib.display import Display
from Xlib.error import XError


@dataclass(frozen=True)
class Place:
    """Where something lies, in pixels of all screens together."""

    left: int
    top: int
    width: int
    height: int


class Windows:
    """Of one X server. Programs are named by their process; any thread may ask."""

    def __init__(self, name: str) -> None:
        self.lock = threading.RLock()
        self.display: Any = Display(name)
        self.root: Any = self.display.screen().root
        self._pid = self.display.intern_atom("_NET_WM_PID")

    def place_of(self, process: int) -> Place | None:
        """Where the window of this process lies; None while it shows none."""
        with self.lock:
            try:
                for window in self._shown(self.root):
                    if self._process(window) == process:
                        size, corner = window.get_geometry(), window.translate_coords(self.root, 0, 0)
                        return Place(-corner.x, -corner.y, size.width, size.height)
            except XError:  # it goes while it is asked
                pass
            return None

    def in_front(self, x: int, y: int) -> int | None:
        """The process whose window one sees at this point; None if that is nobody's."""
        with self.lock:
            try:
                for window in self._shown(self.root):
                    corner, size = window.translate_coords(self.root, 0, 0), window.get_geometry()
                    across, down = x + corner.x, y + corner.y
                    if 0 <= across < size.width and 0 <= down < size.height and (found := self._process(window)):
                        return found
            except XError:
                pass
            return None

    def with_keys(self) -> int | None:
        """The process that has been given the keys; None if nobody has."""
        with self.lock:
            focus = self.display.get_input_focus().focus
            try:
                while not isinstance(focus, int) and focus != self.root:
                    if found := self._process(focus):
                        return found
                    focus = focus.query_tree().parent
            except XError:
                pass
            return None

    def close(self) -> None:
        """Leave the X server."""
        self.display.close()

    def _shown(self, window: Any) -> Iterator[Any]:
        """What one can see of its children, and theirs, the foremost first."""
        for child in reversed(window.query_tree().children):
            if child.get_attributes().map_state == X.IsViewable:
                yield from self._shown(child)
                yield child

    def _process(self, window: Any) -> int | None:
        said = window.get_full_property(self._pid, X.AnyPropertyType)
        return int(said.value[0]) if said else None
