"""Common characters, written in every manner, are among what is offered; and a check that this check bites."""

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kiosk import handwriting
from kiosk.handwriting import recogniser as room
from kiosk.handwriting.characters import COMMON, NEVER, RARE, weight
from kiosk.handwriting.drawing import HEIGHT, draw_line, draw_one
from kiosk.handwriting.recogniser import Recogniser
from tests.handwriting.hands import BOX, HANDS, Strokes, elderly, in_order, joined, side_by_side
from tests.handwriting.scoring import score

ENOUGH = 0.98
SENTENCE = "等待时间太长"


def texts(recogniser: Recogniser, strokes: Strokes) -> list[str]:
    return [reading.text for reading in recogniser.read(strokes)]


def test_the_test_set_has_the_characters_of_the_sentence_and_more_than_300_others(
    characters: dict[str, Strokes],
) -> None:
    assert len(characters) >= 300 + len(SENTENCE)
    assert characters.keys() >= set(SENTENCE)


@pytest.mark.parametrize("manner", HANDS)
def test_each_common_character_is_among_the_first_five(
    recogniser: Recogniser, characters: dict[str, Strokes], manner: str
) -> None:
    found = score(recogniser, manner, characters)
    assert found.first_five >= ENOUGH, f"missed: {found.missed}"


def without_every_third(strokes: Strokes) -> np.ndarray:
    return draw_one([stroke for at, stroke in enumerate(strokes) if at % 3 != 1])


def in_a_mirror(strokes: Strokes) -> np.ndarray:
    return draw_one(strokes)[:, ::-1]


@pytest.mark.parametrize("weaker", [without_every_third, in_a_mirror])
def test_a_weakened_recogniser_does_not_pass(
    monkeypatch: pytest.MonkeyPatch,
    recogniser: Recogniser,
    characters: dict[str, Strokes],
    weaker: Callable[[Strokes], np.ndarray],
) -> None:
    monkeypatch.setattr(room, "draw_one", weaker)
    assert score(recogniser, "in order", characters).first_five < ENOUGH


@pytest.mark.parametrize("length", [2, 3, 4])
@pytest.mark.parametrize("hand", [in_order, joined, elderly], ids=lambda hand: hand.__name__)
def test_a_line_of_characters_is_read_in_one_go(
    recogniser: Recogniser, characters: dict[str, Strokes], hand: Callable[[str, Strokes], Strokes], length: int
) -> None:
    rng = random.Random(length)
    right = 0
    for _ in range(30):
        chosen = rng.sample(list(characters), length)
        line = side_by_side([hand(character, characters[character]) for character in chosen])
        right += "".join(chosen) in texts(recogniser, line)[:5]
    assert right >= 29


def test_the_sentence_is_the_first_offer_line_by_line(recogniser: Recogniser, characters: dict[str, Strokes]) -> None:
    for line in ("等待时间", "太长"):
        written = side_by_side([joined(character, characters[character]) for character in line])
        assert texts(recogniser, written)[0] == line


def test_neither_the_order_nor_the_direction_of_strokes_changes_the_picture(characters: dict[str, Strokes]) -> None:
    strokes = characters["等"]
    backwards = [stroke[::-1] for stroke in reversed(strokes)]
    assert np.mean(np.abs(draw_one(strokes) - draw_one(backwards))) < 0.02


def test_neither_size_nor_place_changes_the_picture(characters: dict[str, Strokes]) -> None:
    strokes = characters["待"]
    elsewhere = [[(x * 0.25 + 400, y * 0.25 - 70) for x, y in stroke] for stroke in strokes]
    assert np.mean(np.abs(draw_one(strokes) - draw_one(elsewhere))) < 0.02


def test_the_picture_keeps_its_shape_and_its_margin(characters: dict[str, Strokes]) -> None:
    ink = draw_one([[(0, 0), (100, 0), (100, 50), (0, 50), (0, 0)]]) < 0
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    assert (rows.min(), columns.min(), columns.max()) == (14, 4, HEIGHT - 5)
    assert np.ptp(columns) == pytest.approx(2 * np.ptp(rows), abs=3)


def test_a_line_is_no_wider_than_what_it_may_hold(characters: dict[str, Strokes]) -> None:
    line = side_by_side([characters[character] for character in SENTENCE])
    assert draw_line(line, handwriting.LINE).shape == (HEIGHT, HEIGHT * handwriting.LINE)


@pytest.mark.parametrize(
    "strokes",
    [
        [[(5, 5)]],
        [[(5, 5), (5, 5)]],
        [[(0, 0), (0, 900)]],
        [[(0, 0), (900, 0)]],
        [[(0, 0)], [(9000, 1)]],
        [[], [(1, 1)]],
    ],
)
def test_whatever_is_on_the_pad_is_read_without_a_fault(recogniser: Recogniser, strokes: Strokes) -> None:
    assert 0 < len(recogniser.read(strokes)) <= handwriting.CANDIDATES


def test_one_long_stroke_is_the_character_one(recogniser: Recogniser) -> None:
    assert texts(recogniser, [[(0, 0), (BOX, 20)]])[0] == "一"


def test_nothing_written_offers_nothing(recogniser: Recogniser) -> None:
    assert recogniser.read([]) == []
    assert recogniser.read([[]]) == []


def test_ten_are_offered_each_once_the_likeliest_first(recogniser: Recogniser, characters: dict[str, Strokes]) -> None:
    found = recogniser.read(in_order("时", characters["时"]))
    assert len({reading.text for reading in found}) == len(found) == handwriting.CANDIDATES
    assert [reading.likely for reading in found] == sorted((reading.likely for reading in found), reverse=True)


def test_only_what_belongs_into_a_comment_is_offered() -> None:
    assert {weight(character) for character in "等长0z。，"} == {COMMON}
    assert {weight(character) for character in "長喆"} == {RARE}
    assert {weight(character) for character in "あ한é🚨 "} | {weight("ab"), weight("")} == {NEVER}


def test_asking_whether_it_is_installed_loads_nothing_of_it() -> None:
    asked = "import sys, kiosk.handwriting as h; print(h.installed(), {'numpy', 'onnxruntime'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["True", "set()"]


def test_without_the_model_it_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert not handwriting.installed()


def test_without_its_library_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handwriting, "find_spec", lambda name: None if name == "onnxruntime" else object())
    assert not handwriting.installed()


def test_the_runtime_holds_no_address_to_report_to() -> None:
    """From 1.29 or 1.30 on the runtime's wheels hold telemetry; what a citizen writes is nobody else's."""
    import onnxruntime

    libraries = list(Path(onnxruntime.__file__).parent.rglob("*.so*"))
    assert libraries
    for library in libraries:
        assert b"events.data." not in library.read_bytes(), library.name
