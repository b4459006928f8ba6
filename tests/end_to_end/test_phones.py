"""The citizen's phone beside the glass, small: races for one visit, and a cut at every bad moment."""

import random
from pathlib import Path
from typing import Any

from kiosk.demo.citizen import Targets
from tests.end_to_end.phones import Race, alarms_beside, faults_of, race
from tests.end_to_end.phones_cut import CUTS, cut

RACES = 4


def test_a_finger_and_a_phone_that_race_leave_one_counted_rating_of_each_visit(
    tmp_path: Path, targets: Targets
) -> None:
    found = race(RACES, random.randrange(10**6), tmp_path, targets)
    assert not found.faults, found
    assert len(found.races) == RACES


def test_whoever_is_killed_while_a_phone_rates_there_is_one_counted_rating(tmp_path: Path, targets: Targets) -> None:
    said: list[str] = []
    assert cut(1, random.randrange(10**6), tmp_path, targets, said.append) == [], said
    assert len(said) == len(CUTS) + 1


def rating(level: str, **more: Any) -> dict[str, Any]:
    return {"visit_id": "v", "rating_id": "r", "level": level, "second": False, "phone": False, "vouched": None, **more}


def test_the_comparison_notices_what_was_lost_doubled_changed_or_not_vouched_for() -> None:
    both = Race("v", "satisfied", "dissatisfied")
    glass, phone = rating("satisfied"), rating("dissatisfied", phone=True, second=True, vouched=True)
    assert faults_of([both], [glass, phone]) == []
    assert faults_of([both], [{**glass, "second": True}, {**phone, "second": False}]) == []
    assert faults_of([both], [glass, {**phone, "vouched": False}])
    assert faults_of([both], [glass])
    assert faults_of([both], [phone])
    assert faults_of([both], [glass, {**phone, "second": False}])
    assert faults_of([both], [glass, {**phone, "level": "satisfied"}])
    alone = Race("v", None, "dissatisfied")
    assert faults_of([alone], [rating("dissatisfied", phone=True, vouched=True)]) == []
    assert faults_of([alone], [rating("dissatisfied", phone=True, vouched=False)])
    assert faults_of([alone], [])
    assert faults_of([], [glass])
    assert alarms_beside([both, alone], [{"kind": "two_ratings"}]) == []
    assert alarms_beside([both, alone], [])
    assert alarms_beside([alone], [{"kind": "two_ratings"}])
    assert alarms_beside([], [{"kind": "fork"}])
