"""Fingers and a pointer on real windows: a visit has one outcome, and the next citizen finds nothing."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from kiosk.demo.citizen import LEVELS, Targets
from tests.end_to_end.desk import Desk, opened_hall
from tests.end_to_end.eye import Box, Picture, difference
from tests.end_to_end.leaving import COMMENT, LEVEL, TAKEN, Leaver, Left, moves_by_itself
from tests.end_to_end.storms import GAPS_MS, Fingers, Found, found
from tests.end_to_end.touch_screen import TouchScreen

TENS, STORMS = 4, 4
SHORT = {"KIOSK_WAITS": "4000,3000,500"}
ALTERED = "tests.end_to_end.altered"


@dataclass
class Story:
    """What was done at three desks at once, and what came of it. `faults`: visit → what is wrong with it."""

    seed: int
    faults: dict[str, dict[str, str]]
    left: dict[str, Left]
    left_found: dict[str, Found]
    visits: dict[str, int]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, targets: Targets) -> Iterator[Story]:
    seed = random.randrange(10**6)
    with opened_hall(tmp_path_factory.mktemp("fingers"), targets, 3, TouchScreen) as hall:
        for desk in hall[1:]:
            desk.terminal.module = ALTERED
            desk.terminal.more.update(SHORT)
        for desk in hall:
            start(desk)
        twice, many, weakened = (Fingers(desk, targets) for desk in (*hall[:2], hall[1]))
        leaver = Leaver(hall[2], targets)
        with ThreadPoolExecutor(3) as pool:
            walked = pool.submit(everybody_leaves, leaver)
            done = [
                pool.submit(two_taps, twice),
                pool.submit(many_taps, many, hall[1], weakened, random.Random(seed)),
            ]
            for each in done:
                each.result()
            left = walked.result()
        ratings = [rating for desk in hall for rating in settled(desk)]
        outcomes = [found(desk, ratings) for desk in hall]
        done_by = {"twice": (twice, outcomes[0]), "many": (many, outcomes[1]), "weakened": (weakened, outcomes[1])}
        faults = {name: judged(fingers, outcome) for name, (fingers, outcome) in done_by.items()}
        left_found = {step: outcomes[2][one.visit_id] for step, one in left.items()}
        visits = {name: len(fingers.expected.levels) for name, (fingers, _) in done_by.items()}
        yield Story(seed, faults, left, left_found, visits)


def start(desk: Desk) -> None:
    desk.terminal.start()
    assert isinstance(desk.screen, TouchScreen)
    desk.screen.focus()


def settled(desk: Desk) -> list[dict[str, Any]]:
    """Central's ratings of this desk's visits, when it has everything."""
    return [rating for rating in desk.settle() if rating["visit_id"] in desk.truth.begun]


def two_taps(fingers: Fingers) -> None:
    for number, (level, gap_ms) in enumerate((level, gap) for level in LEVELS for gap in GAPS_MS):
        fingers.tap_twice(level, gap_ms, "finger")
        if number % 2:
            fingers.tap_twice(level, gap_ms, "pointer")


def many_taps(fingers: Fingers, desk: Desk, weakened: Fingers, chance: random.Random) -> None:
    """And then, at the same desk, the same on a build that lacks the rules."""
    fingers.impatient("satisfied", "dissatisfied")
    for _ in range(TENS):
        fingers.ten_at_once(chance)
        fingers.both_hands(chance)
    for _ in range(STORMS):
        fingers.storm(chance)
    desk.wait_until_delivered()
    desk.terminal.stop()
    desk.terminal.more["KIOSK_WITHOUT"] = "dead_time,first_tap"
    start(desk)
    weakened.ten_at_once(chance)
    weakened.impatient("satisfied", "dissatisfied")


def everybody_leaves(leaver: Leaver) -> dict[str, Left]:
    first = leaver.first_of_the_day()
    return {step: leaver.walk_away(step, first) for step in leaver.steps}


def judged(fingers: Fingers, outcomes: dict[str, Found]) -> dict[str, str]:
    expected = fingers.expected
    faults = {
        visit: outcomes[visit].fault(level, visit in expected.stormed) for visit, level in expected.levels.items()
    }
    return {visit: fault for visit, fault in faults.items() if fault}


def test_two_taps_on_a_level_are_one_rating_of_it(story: Story) -> None:
    assert story.faults["twice"] == {}
    assert story.visits["twice"] == 25 + 12


def test_ten_fingers_at_once_and_two_hundred_taps_are_one_rating_of_the_first(story: Story) -> None:
    assert story.faults["many"] == {}, f"seed {story.seed}"
    assert story.visits["many"] == 1 + 2 * TENS + STORMS


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
    assert {step: one.trace for step, one in story.left.items()} == {step: {} for step in story.left}


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
