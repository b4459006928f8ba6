"""Fingers and a pointer on real windows: a visit has one outcome, and the next citizen finds nothing."""

import random

import pytest

from kiosk.demo.citizen import Targets
from tests.end_to_end.eye import Box, Picture, difference
from tests.end_to_end.fingers import SMALL, Story, play
from tests.end_to_end.leaving import COMMENT, LEVEL, STEPS, TAKEN, moves_by_itself


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, targets: Targets) -> Story:
    return play(SMALL, random.randrange(10**6), tmp_path_factory.mktemp("fingers"), targets)


def test_two_taps_on_a_level_are_one_rating_of_it(story: Story) -> None:
    assert story.faults["twice"] == {}
    assert story.visits["twice"] == len(story.amount.pairs)


def test_ten_fingers_at_once_and_two_hundred_taps_are_one_rating_of_the_first(story: Story) -> None:
    assert story.faults["many"] == {}, f"seed {story.seed}"
    assert story.visits["many"] == 1 + 2 * story.amount.tens + story.amount.storms


def test_a_build_without_dead_time_in_which_a_later_tap_wins_is_found_out(story: Story) -> None:
    """The mutant."""
    ten, impatient = story.faults["weakened"].values()
    assert ten.startswith("one level was meant")
    assert impatient.startswith("two levels sooner than anybody can go back")


def test_who_walks_away_leaves_one_outcome(story: Story) -> None:
    ended = {step: [end["outcome"] for end in one.ends] for step, one in story.left_found.items()}
    assert ended == {
        "serving": ["cancelled"],
        "inviting": ["timed_out"],
        **{step: ["rated"] for step in ("explaining", "comment", "contact", "thanks")},
    }
    levels = {step: one.at_central for step, one in story.left_found.items()}
    assert levels == {step: [LEVEL] if outcome == ["rated"] else [] for step, outcome in ended.items()}
    comments = [story.left_found[step].comments for step in ("comment", "contact", "thanks")]
    assert comments == [[COMMENT], [TAKEN], [TAKEN]]


def test_the_next_citizen_sees_nothing_of_who_walked_away(story: Story) -> None:
    assert {step: one.trace for step, one in story.left.items()} == {step: {} for step in STEPS}


def test_the_comparison_of_pictures_finds_a_word_and_passes_a_bar_and_a_cursor() -> None:
    blank = Picture(100, 60, bytes(100 * 60 * 4))

    def with_box(left: int, top: int, width: int, height: int) -> Box | None:
        pixels = bytearray(blank.pixels)
        for y in range(top, top + height):
            pixels[(y * 100 + left) * 4 : (y * 100 + left + width) * 4] = b"\xff" * width * 4
        return difference(blank, Picture(100, 60, bytes(pixels)))

    assert difference(blank, blank) is None
    assert with_box(3, 5, 17, 20) == Box(3, 5, 17, 20)
    assert [moves_by_itself(Box(3, 5, *size)) for size in ((17, 20), (90, 6), (2, 30))] == [False, True, True]
