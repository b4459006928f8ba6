"""A screen that is not there (Xvfb), a finger on it (xdotool), and a camera before it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from kiosk.demo.programs import PATIENCE_S, ProgramFailed

NEEDED = ("Xvfb", "xdotool")


def check_tools() -> None:
    """Raise ProgramFailed where this machine lacks what a virtual screen is made of."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        raise ProgramFailed(f"{' and '.join(missing)} not found. On Debian: apt-get install xvfb xdotool")


class VirtualScreen:
    """One X server of this size, in pixels, with a pointer."""

    server = "Xvfb"

    def __init__(self, width: int, height: int, folder: Path) -> None:
        check_tools()
        self.width, self.height, self.folder = width, height, folder
        numbers, number = folder / f"display-{width}x{height}", ""
        read, write = os.pipe()
        os.set_inheritable(write, True)
        self._file = numbers.with_suffix(".log").open("ab")
        self.process = subprocess.Popen(
            # Without -noreset the server begins anew when its last client leaves, and turns away who comes just then.
            [*self.command(), "-displayfd", str(write), "-nolisten", "tcp", "-noreset"],
            stdin=subprocess.DEVNULL, stdout=self._file, stderr=subprocess.STDOUT, pass_fds=(write,),
            start_new_session=True,
        )  # fmt: skip
        os.close(write)
        try:
            with os.fdopen(read) as said:
                number = said.readline().strip()
        except BaseException:
            self.close()
            raise
        if not number:
            self.close()
            raise ProgramFailed(f"{self.server} did not start; see {numbers.with_suffix('.log')}")
        self.name = f":{number}"

    def command(self) -> list[str]:
        """The X server and what makes its screen."""
        return [self.server, "-screen", "0", f"{self.width}x{self.height}x24"]

    @property
    def environment(self) -> Mapping[str, str]:
        """What a program needs in order to show itself here, drawn in software."""
        return {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb", "QT_QUICK_BACKEND": "software"}

    def tap(self, x: int, y: int) -> None:
        """Put the finger down and lift it."""
        self._xdotool("mousemove", str(x), str(y), "click", "1")

    def draw(self, stroke: Sequence[tuple[int, int]]) -> None:
        """Put the finger down, lead it along these points and lift it."""
        first, *others = [["mousemove", str(x), str(y)] for x, y in stroke]
        moves = [word for move in others for word in move]
        self._xdotool(*first, "mousedown", "1", *moves, "mouseup", "1")

    def type(self, text: str) -> None:
        """Type on a keyboard that is plugged in."""
        self._xdotool("type", "--delay", "20", text)

    def key(self, *names: str) -> None:
        """Press keys, by their X names."""
        self._xdotool("key", "--delay", "20", *names)

    def has_window(self) -> bool:
        """Whether a program shows itself here."""
        return self.window(".") is not None

    def window(self, title: str) -> str | None:
        """The id of a window that is shown and has this title, a regular expression; None if there is none."""
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", title],
            env={**os.environ, **self.environment}, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        return found.stdout.split()[0] if found.stdout.split() else None

    def close_window(self, title: str) -> None:
        """Close the window with this title as a person does, which needs a window manager. Does not wait for its end,
        and does nothing where there is none."""
        if window := self.window(title):
            subprocess.run(
                ["xdotool", "windowactivate", window, "key", "alt+F4"],
                env={**os.environ, **self.environment}, capture_output=True, timeout=PATIENCE_S, check=False,
            )  # fmt: skip

    def photograph(self, path: Path) -> None:
        """Save what the whole screen shows as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "kiosk.ui.camera", str(path)]
        subprocess.run(command, env={**os.environ, **self.environment}, timeout=PATIENCE_S, check=True)

    def close(self) -> None:
        """End the X server."""
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        self._file.close()

    def _xdotool(self, *arguments: str) -> None:
        subprocess.run(
            ["xdotool", *arguments], env={**os.environ, **self.environment}, timeout=PATIENCE_S, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
