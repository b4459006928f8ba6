"""等待时间太长, tapped on the keyboard in the scene and written on the pad, in a real window, to central."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from kiosk.demo.citizen import Targets
from kiosk.demo.programs import until
from tests.end_to_end import eye
from tests.end_to_end.desk import LOOK_S, SIZE, Desk, opened_hall
from tests.end_to_end.storms import pause
from tests.end_to_end.touch_screen import TouchScreen
from tests.handwriting.hands import BOX, in_order, load_strokes

COMMENT = "等待时间太长"
PINYIN = ("dengdai", "shijian", "taichang")
POINT_S = 0.008
"""From one place of a finger to the next: a panel reports some 120 a second, and Qt drops what comes in one go."""
STILL = 20
"""So many looks at the same candidates, and they will not change any more."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, targets: Targets) -> Iterator[Desk]:
    with opened_hall(tmp_path_factory.mktemp("typed"), targets, 1, TouchScreen) as hall:
        hall[0].terminal.start()
        assert isinstance(hall[0].screen, TouchScreen)
        hall[0].screen.focus()
        yield hall[0]


def rating(desk: Desk, visit_id: str) -> dict[str, Any]:
    return next(rating for rating in desk.settle() if rating["visit_id"] == visit_id)


def test_a_comment_tapped_on_the_keyboard_reaches_central_as_those_characters(desk: Desk) -> None:
    visit_id = desk.begin()
    desk.citizen.tap_level("dissatisfied")
    desk.citizen.spell_words(*PINYIN)
    pause(LOOK_S)
    desk.citizen.submit()
    assert rating(desk, visit_id)["comment"] == COMMENT


def test_a_comment_written_on_the_pad_reaches_central_as_those_characters(desk: Desk, targets: Targets) -> None:
    visit_id = desk.begin()
    desk.citizen.tap_level("dissatisfied")
    pen = Pen(desk, targets)
    pen.open()
    for character in COMMENT:
        pen.write(character)
    pen.close()
    desk.citizen.submit()
    assert rating(desk, visit_id)["comment"] == COMMENT


class Pen:
    """A finger that writes on the pad, and takes what is offered first."""

    def __init__(self, desk: Desk, targets: Targets) -> None:
        assert isinstance(desk.screen, TouchScreen)
        self._screen, self._targets = desk.screen, targets
        self._strokes = load_strokes()

    def open(self) -> None:
        """Open the comment, and the pad instead of the keyboard."""
        self._tap("explaining", "comment")
        self._tap("comment", "panel.method")
        pause(LOOK_S)

    def write(self, character: str) -> None:
        """Write one character and take it."""
        empty = self._offered()
        (left, top), (right, bottom) = (self._targets["pad"][f"pad.area.{corner}"] for corner in ("from", "to"))
        scale = 0.9 * min(bottom - top, right - left) / BOX
        for stroke in in_order(character, self._strokes[character]):
            path = [(left + 10 + x * scale, top + 5 + y * scale) for x, y in stroke]
            finger = self._screen.fingers.press(*path[0])
            for place in path[1:]:
                pause(POINT_S)
                self._screen.fingers.move(finger, *place)
            self._screen.fingers.release(finger)
        seen: list[bytes] = []

        def settled() -> bool:
            seen.append(self._offered())
            return seen[-1] != empty and len(seen) > STILL and all(a == b for a, b in pairwise(seen[-STILL:]))

        until(f"something offered for {character}", settled)
        self._tap("pad", "pad.candidate.0")
        until("the pad empty again", lambda: self._offered() == empty)

    def close(self) -> None:
        """Done with writing."""
        self._tap("pad", "panel.done")
        pause(LOOK_S)

    def _tap(self, page: str, thing: str) -> None:
        pause(LOOK_S)
        self._screen.tap(*self._targets[page][thing])

    def _offered(self) -> bytes:
        """What the places of the candidates look like."""
        x, y = self._targets["pad"]["pad.candidate.0"]
        picture = eye.look(self._screen.name, *SIZE)
        return b"".join(picture.line(row)[(x - 30) * 4 :] for row in range(y - 20, y + 20))
