"""Canaries at central: digested like everything else, counted nowhere, and nothing hides behind their mark."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kiosk.core import events as e
from kiosk.core.canary import Expected, read_back_body, trouble_of
from kiosk.core.entry import Head, Kind, record_hash
from kiosk.core.levels import Level
from tests.central.clocked import DAY_MS, TERMS, Clocked, alarms_of, clocked
from tests.central.stand_in import Central, Terminal

FEIGNED = (Kind.VISIT_STARTED, Kind.VISIT_INVITED, Kind.LEVEL_TAPPED, Kind.VISIT_ENDED)


@pytest.fixture
def unit(enrolled: Callable[..., Terminal]) -> Clocked:
    return clocked(enrolled())


def _found(unit: Clocked, ids: list[str]) -> list[Expected]:
    return [
        Expected(item["rating_id"], item["level"], tuple(item["reasons"]), item["finished"])
        for item in unit.ask(ids).values()
    ]


def _canaries(central: Central) -> list[Any]:
    items: list[Any] = central.hall("GET", "/api/v1/ratings?canary=true&limit=1000").json["items"]
    return items


def test_one_canary_of_each_level_is_taken_in_and_read_back_as_it_was_put_in(unit: Clocked, central: Central) -> None:
    flight = unit.night()
    assert unit.bring().json["quarantined"] == []
    asked = [one.rating_id for one in flight.expected]
    assert trouble_of(read_back_body(flight.expected, _found(unit, asked))) is None
    assert {one.level for one in flight.expected} == set(Level)


def test_of_a_canary_central_keeps_what_it_keeps_of_a_citizens_rating(unit: Clocked, central: Central) -> None:
    unit.do(e.TermsChanged(TERMS))
    citizen = unit.rated(Level.DISSATISFIED)
    unit.night()
    assert unit.bring().json["quarantined"] == []
    (theirs,) = [rating for rating in central.ratings() if rating["rating_id"] == citizen]
    (ours,) = [rating for rating in _canaries(central) if rating["level"] == "dissatisfied"]
    alike = ("seen", "local_reasons", "reasons", "finished", "channel", "window", "additions", "withdrawn_at")
    assert {name: ours[name] for name in alike} == {name: theirs[name] for name in alike}
    assert ours["seen"] is not None
    assert ours.keys() == theirs.keys()
    assert central.alarms() == set()


def test_no_list_and_no_figure_of_citizens_ratings_counts_a_canary(unit: Clocked, central: Central) -> None:
    unit.night()
    rating_id = unit.rated(Level.DISSATISFIED)
    unit.bring()
    assert [rating["rating_id"] for rating in central.ratings()] == [rating_id]
    assert [rating["level"] for rating in _canaries(central)] == list(Level)
    total = central.hall("GET", "/api/v1/statistics/delivery").json["total"]
    assert [level["received"] for level in total["levels"]] == [0, 0, 0, 1, 0]
    assert [level["digested"] for level in total["canaries"]] == [1, 1, 1, 1, 1]


def test_the_read_back_shows_what_the_hall_would_read_and_only_a_terminals_own_canaries(
    unit: Clocked, central: Central, enrolled: Callable[..., Terminal]
) -> None:
    flight, citizen = unit.night(), unit.rated(Level.VERY_DISSATISFIED)
    unit.bring()
    asked = [one.rating_id for one in flight.expected]
    listed = {rating["rating_id"]: rating for rating in _canaries(central)}
    for rating_id, item in unit.ask([*asked, citizen]).items():
        assert item == {name: listed[rating_id][name] for name in ("rating_id", "level", "reasons", "finished")}
    assert list(unit.ask([*asked, citizen])) == asked
    other = clocked(enrolled("A02"))
    assert other.ask(asked) == {}


def test_an_entry_without_the_mark_takes_it_from_its_visit_for_good(unit: Clocked, central: Central) -> None:
    for number in range(4):
        unit.night()
        end = len(unit.records) - 1  # the very dissatisfied one: one of its four entries loses the mark
        unit.records[end - 3 + number]["body"].pop("canary")
    _resealed(unit)
    unit.bring()
    assert [rating["level"] for rating in central.ratings()] == ["very_dissatisfied"] * 4
    assert len(_canaries(central)) == 16
    assert central.rows("SELECT count(*) FROM visits WHERE canary") == [(16,)]


def test_no_entry_can_put_the_mark_on_a_citizens_visit_later(unit: Clocked, central: Central) -> None:
    unit.rated(Level.DISSATISFIED)
    unit.bring()
    tap = next(record for record in unit.records if record["kind"] == Kind.LEVEL_TAPPED)
    for kind in FEIGNED:
        unit.add(kind, {**tap["body"], "by": "clerk", "outcome": "rated", "canary": True}, tap["visit_id"])
    unit.bring()
    assert len(central.ratings()) == 1
    assert _canaries(central) == []


def test_a_mark_that_is_no_yes_or_no_is_quarantined(unit: Clocked) -> None:
    unit.add(Kind.VISIT_STARTED, {"canary": "yes"}, "f" * 32)
    assert "canary" in unit.bring().json["quarantined"][0]["reason"]


# -- alarms ----------------------------------------------------------------------------------------------------------


def test_two_nights_in_a_day_are_honest_and_a_third_is_an_alarm(unit: Clocked, central: Central) -> None:
    for _ in range(2):
        unit.night()
        unit.bring()
    assert alarms_of(central) == []
    unit.night()
    unit.bring()
    assert alarms_of(central) == [("canary_excess", "15 on 2026-05-29")]


def test_bad_ratings_hidden_behind_the_mark_one_by_one_are_an_alarm(unit: Clocked, central: Central) -> None:
    unit.night()
    for hidden in range(2):
        unit.rated(Level.DISSATISFIED)
        for record in unit.records[-4:]:
            record["body"]["canary"] = True
        _resealed(unit)
        unit.bring()
        assert bool(alarms_of(central, "canary_excess")) is (hidden == 1)


def test_a_canary_within_a_citizens_visit_is_an_alarm(unit: Clocked, central: Central) -> None:
    unit.visit()
    unit.bring()
    unit.night()
    unit.bring()
    assert [kind for kind, _ in alarms_of(central)] == ["canary_excess"]
    assert alarms_of(central)[0][1] == "during a citizen's visit"


def test_a_canary_after_a_visit_that_a_restart_has_closed_is_none(unit: Clocked, central: Central) -> None:
    visit_id = unit.visit()
    unit.do(e.CloseInterrupted(e.OpenVisit(visit_id)))
    unit.night()
    unit.bring()
    assert alarms_of(central) == []


def test_canaries_brought_over_while_a_visit_runs_are_none(unit: Clocked, central: Central) -> None:
    unit.night()
    old, unit.records, unit.brought = unit.records, [], 0
    unit.head = Head(unit.head.epoch + 1)
    unit.add(Kind.JOURNAL_BEGAN, {"reason": "damaged", "acknowledged": None}, wall_ms=unit.wall)
    unit.visit()
    for record in old:
        personal = {k: v for k, v in record.get("personal", {}).items() if k != "salt"}
        inner = {key: value for key, value in record.items() if key != "personal"}
        unit.add(Kind.ENTRY_RECOVERED, {"record": inner}, record["visit_id"], personal, wall_ms=unit.wall)
    for record in unit.records:
        if record["kind"] == Kind.ENTRY_RECOVERED and "personal" in record:
            record["personal"]["salt"] = next(
                r["personal"]["salt"] for r in old if r["hash"] == record["body"]["record"]["hash"]
            )
            record["personal_digest"] = record["body"]["record"]["personal_digest"]
    _resealed(unit)
    assert unit.bring().json["quarantined"] == []
    assert len(_canaries(central)) == 5
    assert alarms_of(central, "canary_excess") == []


def _days(unit: Clocked, central: Central, nights: list[bool]) -> None:
    for night in nights:
        if night:
            unit.night()
        central.now_ms += DAY_MS // 3
        unit.rated()
        unit.bring()
        central.now_ms += DAY_MS - DAY_MS // 3


def test_three_days_of_ratings_without_canaries_are_borne_and_a_fourth_is_an_alarm(
    unit: Clocked, central: Central
) -> None:
    _days(unit, central, [True, *[False] * 3, True, *[False] * 3])
    assert alarms_of(central) == []
    _days(unit, central, [False])
    assert alarms_of(central) == [("canary_missing", "none since 2026-06-02")]


def test_a_terminal_that_never_makes_canaries_is_an_alarm(unit: Clocked, central: Central) -> None:
    _days(unit, central, [False] * 4)
    assert alarms_of(central) == [("canary_missing", "none so far")]


def test_a_week_without_a_line_or_without_the_machine_is_no_alarm(unit: Clocked, central: Central) -> None:
    _days(unit, central, [True])
    central.now_ms += 7 * DAY_MS  # the hall is closed, the machine is off
    _days(unit, central, [False, True])
    for _ in range(7):  # no line: everything comes at once
        unit.night()
        central.now_ms += DAY_MS // 3
        unit.rated()
        central.now_ms += DAY_MS - DAY_MS // 3
    unit.bring()
    assert alarms_of(central) == []


@pytest.mark.parametrize("fault", ["missing", "changed", None])
def test_what_a_terminal_could_not_read_back_is_an_alarm(unit: Clocked, central: Central, fault: str | None) -> None:
    flight = unit.night()
    found = list(flight.expected)
    if fault == "missing":
        found.pop()
    if fault == "changed":
        found[3] = replace(found[3], level="very_satisfied")
    unit.add(Kind.CANARY_READ_BACK, read_back_body(flight.expected, found), wall_ms=unit.wall)
    unit.bring()
    wanted = {"missing": flight.expected[4], "changed": flight.expected[3]}
    expected = [("canary_wrong", f"{fault} {wanted[fault].rating_id}")] if fault else []
    assert alarms_of(central) == expected


def _resealed(unit: Clocked) -> None:
    """Seal the journal's records anew after they were changed, from the first that central has not heard of."""
    previous = unit.records[unit.brought - 1]["hash"] if unit.brought else Head(unit.head.epoch).hash
    for record in unit.records[unit.brought :]:
        record["previous"] = previous
        previous = record["hash"] = record_hash(record)
    unit.head = Head(unit.head.epoch, len(unit.records), previous)
