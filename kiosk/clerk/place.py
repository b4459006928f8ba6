"""Where the console's window stands: as it was left, and never outside the screens that are there. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int

    def shared(self, other: "Box") -> int:
        """How many pixels lie in both."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(across, 0) * max(down, 0)


def clamped(box: Box, screens: Sequence[Box]) -> Box:
    """The same, moved and shrunk as little as may be so that it lies on one screen whole: on the one that shows most of
    it, else on the first. `screens`: what a window may cover of each, at least one."""
    screen = max(screens, key=box.shared)  # the first of equals, so the first where none shows any of it
    width, height = min(box.width, screen.width), min(box.height, screen.height)
    x = min(max(box.x, screen.x), screen.x + screen.width - width)
    y = min(max(box.y, screen.y), screen.y + screen.height - height)
    return Box(x, y, width, height)


def at_first(width: int, height: int, screen: Box) -> Box:
    """Where it stands when nobody has moved it yet: at the right edge, a little below the top."""
    return clamped(Box(screen.x + screen.width - width - 16, screen.y + 48, width, height), [screen])
