"""A citizen with one finger: looks at the screen, taps where the things are, and remembers what was tapped."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kiosk.demo.programs import PATIENCE_S, ProgramFailed, Terminal, until
from kiosk.demo.screen import VirtualScreen

LEVELS = ("very_satisfied", "satisfied", "basically_satisfied", "dissatisfied", "very_dissatisfied")
LOOK_S = 0.5
"""How long a person looks at a new page before tapping; the page takes no taps for its first 0.3 s."""
_AGAIN_S = 6.0
"""How long a person waits before tapping again what did not answer: long enough that a machine with too much to do has
answered, for then the second tap would be on another page."""

Stroke = Sequence[tuple[float, float]]
Targets = Mapping[str, Mapping[str, tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Tapped:
    """What one citizen did: the visit, how it ended, and the level and reasons that were tapped, if any."""

    visit_id: str
    case_number: str
    outcome: str
    level: str | None = None
    reasons: int = 0


def learn_targets(width: int, height: int, language: str = "zh-CN") -> Targets:
    """Where everything that can be tapped lies on a screen of this size: page → thing → (x, y).

    The program's own screens are laid out off-screen in a process of their own and asked.
    """
    command = [sys.executable, "-m", "kiosk.ui.targets", f"{width}x{height}", language]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )  # fmt: skip
    if done.returncode != 0:
        raise ProgramFailed(f"the screens could not be laid out: {done.stderr}")
    pages = json.loads(done.stdout)
    return {page: {name: (x, y) for name, (x, y) in things.items()} for page, things in pages.items()}


class Citizen:
    """Rates on one terminal. `saw(name)` is called on each page, before it is tapped; `look_s`: how long each is looked
    at."""

    def __init__(
        self, terminal: Terminal, screen: VirtualScreen, targets: Targets,
        saw: Callable[[str], None] = lambda _: None, look_s: float = LOOK_S,
    ) -> None:  # fmt: skip
        self._terminal, self._screen, self._targets, self._saw = terminal, screen, targets, saw
        self._look_s = look_s

    def rate(self, level: str, reasons: int = 0) -> None:
        """From the five levels to the thanks. Returns when it is shown."""
        if level in LEVELS[3:] and reasons == 0:
            raise ValueError("a negative rating needs a reason")
        self.tap_level(level)
        self.explain(reasons)

    def explain(self, reasons: int) -> None:
        """From the level that was tapped to the thanks."""
        for number in range(reasons):
            self._tap("explaining", f"reason.{number}")
        self._saw("explaining")
        self.submit()

    def rate_now(self) -> None:
        """Ask to rate, of one's own accord, while being served."""
        self._terminal.wait_for("serving")
        self._look()
        self._tap_until("serving", "rate_now", "inviting")

    def choose_matter(self, place: int, called: bool) -> None:
        """On a tablet in the hall: tap what was just handled. `called`: whether a queue number is shown above it."""
        self._terminal.wait_for("ready")
        self._look()
        self._tap_until("matters-called" if called else "matters", f"matter.{place}", "inviting")

    def scan(self, text: str) -> None:
        """Hold a queue slip before a scanner that types."""
        self._terminal.wait_for("ready")
        self._look()
        self._screen.type(text)
        self._screen.key("Return")

    def submit(self) -> None:
        """From the reasons to the thanks."""
        self._tap_until("explaining", "submit", "thanks")
        self._look()
        self._saw("thanks")

    def write(self, panel: Literal["comment", "contact"], text: str) -> None:
        """Open the comment or the telephone number, write with a keyboard that is plugged in, and close it again."""
        self._tap("explaining", panel)
        self._look()
        self._tap(panel, f"{panel}.field")
        self._screen.type(text)
        self._look()
        self._tap(panel, "panel.done")

    def spell(self, pinyin: str) -> None:
        """Write a comment with the keyboard in the scene: its letters, then its first suggestion."""
        self._tap("explaining", "comment")
        self._look()
        for letter in pinyin:
            self._tap("comment", f"key.{letter}")
        self._look()
        self._tap("comment", "key.space")
        self._tap("comment", "panel.done")

    def write_by_hand(self, lines: Sequence[Sequence[Stroke]]) -> None:
        """Write a comment on the pad, line by line, and take what is offered first. The strokes of a line are in parts
        of the pad's height from its upper left corner."""
        self._tap("explaining", "comment")
        self._look()
        self._tap("comment", "panel.method")
        self._look()
        (left, top), (_, bottom) = (self._targets["pad"][f"pad.area.{corner}"] for corner in ("from", "to"))
        for line in lines:
            for stroke in line:
                self._screen.draw(
                    [(round(left + x * (bottom - top)), round(top + y * (bottom - top))) for x, y in stroke]
                )
            self._look()
            self._tap("pad", "pad.candidate.0")
        self._saw("comment")
        self._tap("pad", "panel.done")

    def spell_words(self, *pinyin: str) -> None:
        """Write a comment with the keyboard in the scene: each word by its letters, then a tap on what is offered
        first."""
        self._tap("explaining", "comment")
        self._look()
        for word in pinyin:
            for letter in word:
                self._tap("comment", f"key.{letter}")
            self._look()
            self._tap("comment", "word.0")
            self._look()
        self._tap("comment", "panel.done")

    def tap_level(self, level: str) -> None:
        """Tap one of the five."""
        self._terminal.wait_for("inviting")
        self._look()
        self._saw("inviting")
        self._tap_until("inviting", f"level.{level}", "explaining")
        self._look()

    def choose_again(self) -> None:
        """Tap "choose again"."""
        self._look()
        self._tap_until("explaining", "again", "inviting")

    def ask_for_phone(self) -> None:
        """Tap "rate on my phone", by which its code comes. Whoever taps too soon, or before the code is offered, taps
        again when nothing came (`ask_again`)."""
        self._terminal.wait_for("inviting")
        self._look()
        self.ask_again()

    def ask_again(self) -> None:
        """Tap it once more, without a look."""
        self._tap("inviting-offered", "on_phone")

    def skip(self) -> None:
        """Tap "not now"."""
        self._terminal.wait_for("inviting")
        self._look()
        self._tap_until("inviting", "skip", "ready")

    def leave(self) -> None:
        """Tap "done" on the thanks."""
        self._tap_until("thanks", "leave", "ready")

    def _look(self) -> None:
        threading.Event().wait(self._look_s)

    def _tap(self, page: str, thing: str) -> None:
        self._screen.tap(*self._targets[page][thing])

    def _tap_until(self, page: str, thing: str, state: str) -> None:
        """Tap, and tap again if nothing happens, as a person would; never more than is needed."""
        for _ in range(5):
            self._tap(page, thing)
            try:
                until(state, lambda: self._terminal.state() == state, _AGAIN_S, self._terminal.program)
            except ProgramFailed:
                if self._terminal.program is not None:
                    self._terminal.program.check()
                continue
            return
        raise ProgramFailed(f"tapping {thing} on the {page} page did not bring {state}; it is {self._terminal.state()}")
