"""RELIABILITY 16: terminals that come back together, in simulated time. More: `python -m tests.sync.fleet`."""

import random

import pytest

from kiosk.sync.backoff import Backoff
from tests.sync.fleet import Scene, come_back

SEED = random.SystemRandom().randrange(10**9)
"""Drawn anew each time; a failure names it."""


@pytest.mark.parametrize("outage_s", [0, 60, 600])
def test_two_thousand_terminals_come_back_without_a_storm_within_ten_minutes(outage_s: int) -> None:
    scene = Scene(2_000, SEED, outage_s, capacity=100)
    found = come_back(scene)
    assert found.came >= 1_000, scene
    assert found.busiest_first <= 50, scene
    assert found.last_back_ms <= 600_000, scene


def test_a_central_that_cannot_bear_them_sends_them_away_and_has_them_all_in_the_end() -> None:
    scene = Scene(500, SEED, 60, capacity=20)
    found = come_back(scene)
    assert found.refused > 0, scene
    assert found.came == 500, scene


@pytest.mark.parametrize("outage_s", [0, 60])
def test_the_storm_is_seen_when_terminals_do_not_spread(outage_s: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A weakened build: no jitter at all."""
    monkeypatch.setattr(Backoff, "delay_s", lambda *_: 10.0)
    monkeypatch.setattr("kiosk.sync.plan.start_spread_s", lambda *_: 0.0)
    assert come_back(Scene(2_000, SEED, outage_s, capacity=10_000)).busiest_first > 50
