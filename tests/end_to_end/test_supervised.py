"""Whatever becomes of the terminal, its supervisor brings it back, and the tap that went before is at central."""

import pytest

from kiosk.demo.citizen import Targets
from tests.end_to_end.supervised import above_the_ceiling, one, without_a_picture


@pytest.mark.parametrize("fault", ["c", "kill"])  # `python -m tests.end_to_end.supervised` has them all
def test_the_tap_before_a_hang_or_a_kill_is_at_central(fault: str, targets: Targets):
    assert one(fault, targets).kept


def test_a_machine_whose_card_gives_no_picture_is_drawn_in_software_and_remembers_it():
    drawn = without_a_picture("no OpenGL at all")
    assert drawn.remembered
    assert drawn.by_itself


def test_above_its_ceiling_it_begins_anew_when_idle_and_not_within_a_visit(targets: Targets):
    grown = above_the_ceiling(targets)
    assert not grown.within
    assert grown.kept
    assert not grown.crash
