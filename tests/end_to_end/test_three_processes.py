import random
from pathlib import Path

from kiosk.demo.citizen import Targets
from tests.end_to_end.desk import Truth, compare
from tests.end_to_end.pulling_the_plug import pull
from tests.end_to_end.without_central import outage


def test_with_central_gone_and_the_plug_pulled_central_has_each_thanked_rating_once(
    tmp_path: Path, targets: Targets
) -> None:
    found = outage(6, 7, tmp_path, targets)
    assert len(found.truth.thanked) >= 6
    assert found.unsent > 0
    assert found.good, found


def test_the_plug_pulled_at_random_moments_loses_nothing_and_doubles_nothing(tmp_path: Path, targets: Targets) -> None:
    verdict = pull(12, random.randrange(10**6), tmp_path, targets)
    assert verdict.good, verdict


def test_the_comparison_notices_what_was_lost_cut_doubled_changed_or_invented() -> None:
    truth = Truth(
        begun=["a", "b", "c", "d"],
        tapped={"a": "satisfied", "b": "dissatisfied", "d": "satisfied"},
        thanked={"a", "b", "d"},
    )
    whole = {"level": "very_satisfied", "finished": True, "reasons": ["101"]}
    ratings = [
        {**whole, "visit_id": "a"},
        {**whole, "visit_id": "a"},
        {**whole, "visit_id": "c"},
        {**whole, "visit_id": "d", "level": "satisfied", "finished": False},
    ]
    verdict = compare(truth, ratings)
    assert (verdict.lost, verdict.cut) == (["b"], ["d"])
    assert (verdict.twice, verdict.wrong, verdict.invented) == (["a"], ["a"], ["c"])
