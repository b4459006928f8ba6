"""What the verdict excuses, and that it excuses nothing beside it."""

from typing import Any

from tests.simulation.verdict import Place, Report, missing_in, with_lost_reports


def body(epoch: int, *ranges: tuple[int, int]) -> dict[str, Any]:
    return {"epoch": epoch, "first": 1, "last": 99, "count": 0, "missing": [list(each) for each in ranges]}


def test_a_report_names_every_place_that_is_missing() -> None:
    assert missing_in(body(7, (2, 3), (9, 9))) == {(7, 2), (7, 3), (7, 9)}


def test_what_a_lost_report_named_is_told_of_with_the_report_and_so_on() -> None:
    of_a, of_b = Report((2, 4), missing_in(body(1, (5, 6)))), Report((3, 4), missing_in(body(2, (1, 9))))
    missing: set[Place] = {(3, 4)}
    assert with_lost_reports(missing, (of_a, of_b)) >= {(3, 4), (2, 4), (1, 5), (1, 6)}


def test_a_report_that_came_excuses_what_it_names_only_by_coming() -> None:
    assert with_lost_reports({(3, 1)}, (Report((2, 4), missing_in(body(1, (5, 6)))),)) == {(3, 1)}
