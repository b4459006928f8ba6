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
    assert watch.software
    assert not watch.safe
    assert not after_death(watch, Life(0, 10), s.SETTLED_MS).software
    assert after_death(watch, Life(0), s.SETTLED_MS).software


def test_one_that_says_it_has_no_picture_is_followed_by_one_without_the_card_however_long_it_lived():
    assert after_death(Watch(), Life(0, 10, True), s.SETTLED_MS, no_picture=True).software
    assert not after_death(Watch(), Life(0, 10, True), 2_000).software


def test_whoever_needs_longer_for_the_first_frame_gets_it_in_the_end_and_keeps_it():
    watch, needed = Watch(), 200_000
    for _ in range(4):
        life = Life(0, patience_ms=watch.patience_ms)
        if not overdue(life, needed):
            break
        watch = after_death(watch, life, life.patience_ms + 1)
    assert watch.patience_ms == 8 * s.FIRST_BEAT_MS >= needed
    assert after_death(watch, Life(0, 200_000, True, watch.patience_ms), 300_000).patience_ms == watch.patience_ms
    for _ in range(20):
        watch = after_death(watch, Life(0, patience_ms=watch.patience_ms), watch.patience_ms + 1)
    assert watch.patience_ms == s.FIRST_BEAT_MOST_MS
    assert after_death(Watch(), Life(0), 2_000).patience_ms == s.FIRST_BEAT_MS  # it fell, and was not too slow


def test_time_in_which_the_watcher_did_not_run_is_nobodys_silence():
    assert s.attended(5_000, 250) == 5_250
    assert s.attended(5_000, 3_600_000) == 5_000 + s.MOST_BETWEEN_LOOKS_MS
    assert s.attended(5_000, -3) == 5_000
    assert s.MOST_BETWEEN_LOOKS_MS < s.SILENCE_MS / 2


def test_the_pauses_grow_and_end_and_it_never_gives_up():
    watch, pauses = Watch(), []
    for _ in range(100):
        watch = after_death(watch, Life(0, 1), 2)
        pauses.append(watch.pause_ms)
    assert pauses[0] == 0
    assert pauses == sorted(pauses)
    assert set(pauses[5:]) == {5_000}
