"""Sees what an X screen shows, from outside: the framebuffer file of Xvfb, read without asking anybody.

The same eye for every program, so that "first frame" means the same for Qt and for a browser.
"""

import mmap
import os
import struct
import subprocess
import time
from pathlib import Path

WIDTH, HEIGHT = 1280, 800
_STEP = 8
_COLOURS = 4
"""A frame counts once so many colours stand on the screen: a uniform window, white or grey, is no frame yet."""


class Watched:
    """An X server whose picture can be read while it runs."""

    def __init__(self, folder: Path) -> None:
        read, write = os.pipe()
        self._process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", str(folder),
             "-nolisten", "tcp"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(write,),
        )  # fmt: skip
        os.close(write)
        with os.fdopen(read) as said:
            self.name = f":{said.readline().strip()}"
        file = (folder / "Xvfb_screen0").open("rb")
        self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        file.close()
        header = struct.unpack(">25I", self._map[:100])
        self._begin = header[0] + header[19] * 12
        self._line = header[12]

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to show itself here."""
        return {**os.environ, "DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb", "QT_QUICK_BACKEND": "software"}

    def colours(self) -> int:
        """How many colours a grid of points over the whole screen finds."""
        found: set[bytes] = set()
        for row in range(0, HEIGHT, _STEP):
            begin = self._begin + row * self._line
            line = self._map[begin : begin + WIDTH * 4]
            found.update(line[column : column + 3] for column in range(0, WIDTH * 4, 4 * _STEP))
        return len(found)

    def glance(self) -> bytes:
        """One byte of each point of that grid: two pictures that differ anywhere in earnest differ in it."""
        rows = range(self._begin, self._begin + HEIGHT * self._line, _STEP * self._line)
        return b"".join(self._map[row : row + WIDTH * 4][:: 4 * _STEP] for row in rows)

    def change_after(self, before: bytes, patience_s: float = 60.0) -> float:
        """The monotonic second at which the picture was first another than that glance. Raises TimeoutError."""
        end = time.monotonic() + patience_s
        while self.glance() == before:
            if time.monotonic() > end:
                raise TimeoutError("nothing changed")
            time.sleep(0.0005)
        return time.monotonic()

    def still(self, for_s: float, patience_s: float = 60.0) -> bytes:
        """The picture once nothing in it has changed for so long. Raises TimeoutError."""
        end = time.monotonic() + patience_s
        seen, since = self.glance(), time.monotonic()
        while time.monotonic() < since + for_s:
            time.sleep(0.02)
            if (now := self.glance()) != seen:
                seen, since = now, time.monotonic()
            if since > end:
                raise TimeoutError("the picture is never still")
        return seen

    def seconds_to_frame(self, began: float, patience_s: float = 60.0) -> float:
        """Seconds since `began` (monotonic) until something is drawn. Raises TimeoutError."""
        while time.monotonic() < began + patience_s:
            if self.colours() >= _COLOURS:
                return time.monotonic() - began
        raise TimeoutError("nothing was drawn")

    def wait_until_dark(self, patience_s: float = 20.0) -> None:
        """Wait until the screen is empty again. Raises TimeoutError."""
        end = time.monotonic() + patience_s
        while self.colours() > 1:
            if time.monotonic() > end:
                raise TimeoutError("the screen was not given back")
            time.sleep(0.02)

    def close(self) -> None:
        """End the X server."""
        self._map.close()
        self._process.terminate()
        self._process.wait(20)


def tree(process: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, todo = [], [process]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def pss_mib(process: int) -> float:
    """Proportional set size of a process and all its descendants, MiB."""
    total = 0
    for number in tree(process):
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
