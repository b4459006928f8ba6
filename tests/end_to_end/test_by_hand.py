"""等待时间太长, written on the pad in a real window, arrives at central as those characters."""

from pathlib import Path

from kiosk.demo.citizen import Citizen, Stroke, Targets
from tests.end_to_end.desk import opened_desk
from tests.handwriting.hands import BOX, joined, load_strokes, side_by_side

LINES = ("等待时间", "太长")
READ_S = 2.0
"""How long what was written is looked at before what is offered for it is taken: the model is read meanwhile."""


def strokes(line: str) -> list[Stroke]:
    """A line as a hand writes it that does not lift the pen, in parts of the pad's height."""
    characters = load_strokes()
    written = side_by_side([joined(character, characters[character]) for character in line], gap=0.05)
    scale = 0.55 / BOX
    return [[(0.1 + x * scale, 0.1 + y * scale) for x, y in stroke] for stroke in written]


def test_what_is_written_on_the_pad_arrives_at_central(tmp_path: Path, targets: Targets) -> None:
    with opened_desk(tmp_path, targets) as desk:
        desk.terminal.start()
        visit = desk.begin()
        citizen = Citizen(desk.terminal, desk.screen, targets, look_s=READ_S)
        citizen.tap_level("satisfied")
        citizen.write_by_hand([strokes(line) for line in LINES])
        citizen.submit()
        ratings = {rating["visit_id"]: rating for rating in desk.settle()}
        assert ratings[visit]["comment"] == "".join(LINES)
        assert "".join(LINES) not in desk.program.words()
