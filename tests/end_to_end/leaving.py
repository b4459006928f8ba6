"""A citizen walks away from a real window at each step, and the next one's screens are held against those of the first
of the day, pixel by pixel."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kiosk.demo.citizen import Targets
from kiosk.demo.programs import PATIENCE_S
from tests.end_to_end import eye
from tests.end_to_end.desk import SIZE, Desk
from tests.end_to_end.eye import Box, Picture, difference
from tests.end_to_end.storms import pause

CASE_NUMBER = "341200202611240178"
SPELT, BEGUN, COMMENT = "dengdai", "shi", "等待"
"""What is spelt and taken, what is still only spelt when the citizen leaves, and what it makes."""
TAKEN = COMMENT + "是"
"""What the field shows once 'done' was pressed while a word was being spelt: the one offered first has been taken."""
CONTACT = "13855512345"
STEPS = ("serving", "inviting", "explaining", "comment", "contact", "thanks")
LEVEL, NEXT_LEVEL = "very_dissatisfied", "dissatisfied"

BAR_HIGH, CURSOR_WIDE, CURSOR_HIGH = 10, 4, 64
"""What moves by itself is no trace: the thin bar of the time left, and the cursor that blinks."""
STILL_S = 0.4
"""A page slides for 0.25 s and takes no tap for 0.3 s; a keyboard or a panel comes as quickly."""


@dataclass(frozen=True)
class Left:
    """Where the pages of the next citizen differed from those of the first: page → place. `trace`: those places that
    are more than a moving bar or a blinking cursor."""

    visit_id: str
    differ: Mapping[str, Box]

    @property
    def trace(self) -> dict[str, Box]:
        return {page: box for page, box in self.differ.items() if not moves_by_itself(box)}


def moves_by_itself(box: Box) -> bool:
    return box.height <= BAR_HIGH or (box.width <= CURSOR_WIDE and box.height <= CURSOR_HIGH)


class Leaver:
    """The citizens of one desk, whose waits are short."""

    def __init__(self, desk: Desk, targets: Targets) -> None:
        self._desk, self._targets = desk, targets
        self._visits = 0
        acts: Sequence[Callable[[], None]] = (
            lambda: None, self._to_inviting, self._to_reasons, self._to_comment, self._to_contact, self._to_thanks
        )  # fmt: skip
        self._steps = dict(zip(STEPS, acts, strict=True))

    def first_of_the_day(self) -> Mapping[str, Picture]:
        """What is met where nobody has left anything; once before that in either language, for pages are made when
        first wanted."""
        self.look_at_all(english=True)
        return self.look_at_all()

    def walk_away(self, step: str, first: Mapping[str, Picture]) -> Left:
        """Leave in the middle of `step`, and look through the next one's eyes."""
        terminal = self._desk.terminal
        visit_id = self._begin(english=step in ("serving", "inviting", "explaining"))  # with it goes the keyboard
        self._steps[step]()
        if step == "serving":
            terminal.ask("POST", f"/visits/{visit_id}/cancellation", {"reason": "left"})
        terminal.wait_for("thanks" if step == "thanks" else "ready")  # over the thanks the next one begins at once
        looks = self.look_at_all()
        differ = {page: difference(looks[page], first[page]) for page in first}
        return Left(visit_id, {page: box for page, box in differ.items() if box})

    def look_at_all(self, english: bool = False) -> Mapping[str, Picture]:
        """One visit through every page that bears something of a citizen, and out again."""
        looks = {}
        self._begin(english)
        looks["serving"] = self._look()
        self._to_inviting()
        looks["inviting"] = self._look()
        self._press("inviting", f"level.{NEXT_LEVEL}", "explaining")
        looks["explaining"] = self._look()
        self._press("explaining", "reason.0")
        for panel in ("comment", "contact"):
            self._tap("explaining", panel)
            looks[panel] = self._look()
            self._press(panel, "panel.done")
        looks["written"] = self._look()
        self._desk.citizen.choose_again()
        self._desk.citizen.skip()
        self._look()
        return looks

    def _begin(self, english: bool = False) -> str:
        self._visits += 1
        body = {"matter": self._desk.matter, "case_number": CASE_NUMBER, "service_number": self._visits}
        visit_id = str(self._desk.terminal.ask("POST", "/visits", body)["visit_id"])
        self._desk.truth.begun.append(visit_id)
        if english:
            self._tap("serving", "language")
        return visit_id

    def _to_inviting(self) -> None:
        self._desk.terminal.ask("POST", f"/visits/{self._desk.truth.begun[-1]}/invitation")
        self._desk.terminal.wait_for("inviting")

    def _to_reasons(self) -> None:
        self._to_inviting()
        self._tap("inviting", f"level.{LEVEL}", "explaining")
        self._tap("explaining", "reason.0")
        self._tap("explaining", "reason.2")

    def _to_comment(self) -> None:
        self._to_reasons()
        self._tap("explaining", "comment")
        self._spell(SPELT)
        self._tap("comment", "word.0")
        self._spell(BEGUN)

    def _to_contact(self) -> None:
        self._to_comment()
        self._tap("comment", "panel.done")
        self._tap("explaining", "contact")
        self._look()
        for digit in CONTACT:
            self._desk.screen.tap(*self._targets["contact"][f"key.{digit}"])

    def _to_thanks(self) -> None:
        self._to_contact()
        self._tap("contact", "panel.done")
        self._tap("explaining", "submit", "thanks")

    def _spell(self, pinyin: str) -> None:
        self._look()
        for letter in pinyin:
            self._desk.screen.tap(*self._targets["comment"][f"key.{letter}"])

    def _tap(self, page: str, thing: str, then: str = "") -> None:
        self._look()
        self._press(page, thing, then)

    def _press(self, page: str, thing: str, then: str = "") -> None:
        self._desk.screen.tap(*self._targets[page][thing])
        if then:
            self._desk.terminal.wait_for(then)

    def _look(self) -> Picture:
        """What is shown once nothing has moved for so long that a page takes taps again."""
        end = time.monotonic() + PATIENCE_S
        seen = eye.look(self._desk.screen.name, *SIZE)
        still_since = time.monotonic()
        while time.monotonic() - still_since < STILL_S:
            pause(0.08)
            now = eye.look(self._desk.screen.name, *SIZE)
            if sum(now.line(y) != seen.line(y) for y in range(SIZE[1])) > BAR_HIGH + CURSOR_HIGH:
                still_since = time.monotonic()
            seen = now
            assert time.monotonic() < end, "the screen is never still"
        return seen
