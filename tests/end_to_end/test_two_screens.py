"""The citizen's screen is the second one of the clerk's PC, and it is unplugged in the middle of a rating."""

import pytest

from kiosk.demo.citizen import Targets
from tests.end_to_end.two_screens import Found, play

TIMES = 2


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, targets: Targets) -> Found:
    return play(TIMES, tmp_path_factory.mktemp("two-screens"), targets, ['position = "right"'], console=False)


def test_what_was_tapped_and_typed_before_the_cable_was_pulled_reaches_central(found: Found) -> None:
    assert found.found == found.expected
    assert len(found.expected) == TIMES + 1


def test_it_comes_back_on_its_own_screen_and_the_technician_was_told(found: Found) -> None:
    assert len(found.back_s) == TIMES
    assert found.told == TIMES


def test_it_follows_its_screen_whatever_is_done_to_either(found: Found) -> None:
    assert len(found.changes) == 9


def test_at_no_look_was_anything_of_ours_on_the_clerks_screen(found: Found) -> None:
    assert found.looks > 20
    assert found.strange == 0
