import copy
import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.levels import NEGATIVE, Level
from kiosk.core.options import OptionListError, load_options

NATIONAL = (Path(__file__).parents[2] / "assets" / "national-options.json").read_text("utf-8")


def raw() -> Any:
    return copy.deepcopy(json.loads(NATIONAL))


def refusal(changed: Any) -> str:
    with pytest.raises(OptionListError) as caught:
        load_options(json.dumps(changed))
    return str(caught.value)


def test_the_national_list_loads_with_three_core_and_five_extended_options_for_each_level() -> None:
    options = load_options(NATIONAL)
    assert options.version == "2020"
    assert list(options.by_level) == list(Level)
    for level in Level:
        assert len(options.core_of(level)) == 3
        assert len(options.extended_of(level)) == 5
    assert options.labels[Level.DISSATISFIED] == ("不满意", "Dissatisfied")


def test_the_two_codings_run_in_opposite_directions() -> None:
    assert [level.satisfaction for level in Level] == [5, 4, 3, 2, 1]
    assert [level.gbt39046 for level in Level] == [1, 2, 3, 4, 5]


def test_exactly_the_last_two_levels_are_negative() -> None:
    assert set(NEGATIVE) == {Level.DISSATISFIED, Level.VERY_DISSATISFIED}
    assert [level.negative for level in Level] == [False, False, False, True, True]


def test_a_code_of_another_level_and_a_retired_code_are_unknown() -> None:
    options = load_options(NATIONAL)
    assert options.unknown(Level.DISSATISFIED, ["207", "510", "201"]) == ("510", "201")


def test_a_retired_code_that_is_alive_is_refused() -> None:
    changed = raw()
    changed["levels"][0]["options"][0]["code"] = "501"
    assert "501 is retired" in refusal(changed)


def test_a_code_that_stands_twice_is_refused() -> None:
    changed = raw()
    changed["levels"][0]["options"][0]["code"] = "511"
    assert "511 stands twice" in refusal(changed)


def test_an_added_option_is_refused() -> None:
    changed = raw()
    changed["levels"][2]["options"].append({"code": "399", "zh": "新", "en": "New", "core": False})
    assert "9 options" in refusal(changed)


def test_a_fourth_core_option_is_refused() -> None:
    changed = raw()
    changed["levels"][2]["options"][7]["core"] = True
    assert "4 of them core" in refusal(changed)


def test_a_level_that_is_missing_is_named() -> None:
    changed = raw()
    del changed["levels"][4]
    assert "very_dissatisfied" in refusal(changed)


def test_a_level_that_stands_twice_is_refused() -> None:
    changed = raw()
    changed["levels"].append(changed["levels"][0])
    assert "stands twice" in refusal(changed)


@pytest.mark.parametrize(
    ("key", "value"), [("satisfaction", 1), ("gbt39046_a8", 5), ("negative", True), ("id", "best")]
)
def test_a_level_that_lies_about_itself_is_refused(key: str, value: object) -> None:
    changed = raw()
    changed["levels"][0][key] = value
    assert refusal(changed)


def test_an_option_without_words_is_refused() -> None:
    changed = raw()
    changed["levels"][1]["options"][3]["en"] = ""
    assert "409 has no words" in refusal(changed)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"levels": 3, "retired_codes": [], "version": "1"}', "{"])
def test_what_is_no_option_list_is_refused_with_words(text: str) -> None:
    with pytest.raises(OptionListError):
        load_options(text)
