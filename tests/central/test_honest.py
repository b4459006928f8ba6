"""Honest terminals raise nothing; and the runs by which that is shown would show it."""

import pytest

from kiosk.central import heartbeat, ingest
from kiosk.central.devices import Heard, hear
from kiosk.central.recovery import Told
from tests.central.honest_runs import false_alarms

RUNS = 200


def test_honest_runs_raise_nothing_but_new_journals() -> None:
    assert false_alarms(RUNS, seed=1) == {}


def test_a_central_that_takes_late_requests_for_new_ones_cries_wolf(monkeypatch: pytest.MonkeyPatch) -> None:
    def always_fresh(*asked: object) -> Heard:
        heard = hear(*asked)  # type: ignore[arg-type]
        return Heard(heard.device_id, True, heard.retired)

    monkeypatch.setattr(ingest, "hear", always_fresh)
    monkeypatch.setattr(heartbeat, "hear", always_fresh)
    assert any("rewound" in raised for raised in false_alarms(60, seed=1).values())


def test_a_central_that_does_not_open_wrappings_finds_ratings_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "unwrap", lambda found: Told(found.record))
    found = false_alarms(60, seed=1).values()
    assert any("lost" in raised for raised in found)
    assert any("entries_lost" in raised for raised in found)
