"""When a terminal counts as dead, and how it is started again."""

import pytest

from kiosk.core import supervision as s
from kiosk.core.supervision import Life, Watch, after_death, overdue


@pytest.mark.parametrize(
    ("life", "now_ms", "dead"),
    [
        (Life(0), s.FIRST_BEAT_MS, False),
        (Life(0), s.FIRST_BEAT_MS + 1, True),
        (Life(0, 1_000), 1_000 + s.SILENCE_MS, False),
        (Life(0, 1_000), 1_001 + s.SILENCE_MS, True),
    ],
)
def test_a_life_without_a_frame_for_too_long_is_over(life: Life, now_ms: int, dead: bool):
    assert overdue(life, now_ms) is dead


def test_three_deaths_at_the_start_bring_the_safe_profile_and_a_settled_life_ends_it():
    watch = Watch()
    for _ in range(s.TOO_MANY):
        assert not watch.safe
        watch = after_death(watch, Life(0, 500), 2_000)
    assert watch.safe
    assert not after_death(watch, Life(0, 500), s.SETTLED_MS).safe


def test_a_life_that_painted_nothing_is_followed_by_one_without_the_graphics_card():
    watch = after_death(Watch(), Life(0), s.FIRST_BEAT_MS + 1)
    assert watch.safe
    assert not after_death(watch, Life(0, 10), s.SETTLED_MS).safe
    assert after_death(watch, Life(0), s.SETTLED_MS).safe


def test_the_pauses_grow_and_end_and_it_never_gives_up():
    watch, pauses = Watch(), []
    for _ in range(100):
        watch = after_death(watch, Life(0, 1), 2)
        pauses.append(watch.pause_ms)
    assert pauses[0] == 0
    assert pauses == sorted(pauses)
    assert set(pauses[5:]) == {5_000}
