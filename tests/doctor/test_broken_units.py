"""Every unit that `python -m tests.end_to_end.broken_units` breaks, before the doctor."""

from collections.abc import Callable, Iterator

import pytest

from tests.end_to_end.broken_units import CASES, opened_ward


@pytest.fixture(scope="module")
def break_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[str]]]:
    with opened_ward(tmp_path_factory.mktemp("ward")) as break_one:
        yield break_one


def test_more_than_twelve_ways_are_tried() -> None:
    assert len(CASES) >= 12


@pytest.mark.parametrize("name", CASES)
def test_the_right_line_is_told_and_its_remedy_makes_the_unit_whole(
    name: str, break_one: Callable[[str], list[str]]
) -> None:
    assert break_one(name) == []
