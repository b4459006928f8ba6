"""A business system of its own drives visits; central, the event stream and what was driven agree in everything."""

import random
from dataclasses import replace
from pathlib import Path

from kiosk.core.view import Mode
from kiosk.demo.citizen import Targets
from tests.end_to_end.business import differences, play
from tests.end_to_end.business_stories import SHORT, Work


def driven(mode: Mode, folder: Path, targets: Targets) -> Work:
    seed = random.randrange(10**6)
    work = play(SHORT[mode], mode, seed, folder, targets)
    assert differences(work) == [], f"seed {seed}"
    return work


def test_at_a_window_every_outcome_is_at_central_as_it_was_driven(tmp_path: Path, targets: Targets) -> None:
    work = driven("window", tmp_path, targets)
    assert {came.outcome for came in work.driven.values()} == {"rated", "skipped", "timed_out"}
    visit, came = next((visit, came) for visit, came in work.driven.items() if came.level)
    for other in ({"level": "basically"}, {"stage": None}, {"service_number": 9}, {"whole": False}):
        work.driven[visit] = replace(came, **other)
        assert differences(work), other
    del work.driven[visit]
    assert differences(work), "a visit that nobody drove"


def test_on_a_tablet_in_the_hall_citizens_begin_and_every_outcome_is_at_central(
    tmp_path: Path, targets: Targets
) -> None:
    work = driven("hall", tmp_path, targets)
    assert {came.begun_by for came in work.driven.values()} == {"citizen"}
    assert {came.outcome for came in work.driven.values()} == {"rated", "skipped"}


def test_at_a_machine_of_its_own_every_outcome_is_at_central_as_it_was_driven(tmp_path: Path, targets: Targets) -> None:
    work = driven("self_service", tmp_path, targets)
    assert {came.outcome for came in work.driven.values()} == {"rated", "skipped"}
