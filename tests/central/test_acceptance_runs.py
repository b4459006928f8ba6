"""A technician's round trip at central: taken for a test where it was announced, in its measure, and never beyond."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.central.canaries import RUN_MS, RUNS_A_DAY, VISITS_OF_A_RUN
from kiosk.core.canary import canary_drafts
from kiosk.core.entry import Draft, Kind
from kiosk.core.levels import Level
from tests.central.clocked import SEEN, TERMS, Clocked, alarms_of, clocked
from tests.central.stand_in import Central, Terminal


@pytest.fixture
def unit(enrolled: Callable[..., Terminal]) -> Clocked:
    return clocked(enrolled())


def announce(unit: Clocked, run: str, technician: str = "T1") -> None:
    body = {"run": run, "technician": technician}
    unit._append(Draft(unit.fresh(), Kind.ACCEPTANCE_BEGAN, unit.wall, unit.mono, unit.boot, None, body))


def tapped(unit: Clocked, run: str, levels: tuple[Level, ...] = tuple(Level)) -> None:
    """Marked visits of a run, one of each of these levels."""
    for level in levels:
        drafts = canary_drafts(TERMS, unit.wall, unit.mono, unit.boot, unit.fresh, SEEN)
        ended = next(d for d in drafts if d.kind == Kind.VISIT_ENDED and d.body["level"] == level)
        for draft in drafts:
            if draft.visit_id == ended.visit_id:
                unit._append(replace(draft, body={**draft.body, "acceptance": run}))


def test_announced_runs_beside_two_nights_are_no_alarm_and_count_nowhere(unit: Clocked, central: Central) -> None:
    for number in range(RUNS_A_DAY):
        announce(unit, f"run {number}")
        tapped(unit, f"run {number}")
    for _ in range(2):
        unit.night()
    assert unit.bring().json["quarantined"] == []
    assert alarms_of(central) == []
    assert central.ratings() == []
    marked = central.hall("GET", "/api/v1/ratings?canary=true&limit=100").json["items"]
    assert len(marked) == 5 * (RUNS_A_DAY + 2), (
        "counted nowhere as a citizen's, and all of them where marks are counted"
    )


@pytest.mark.parametrize(
    ("run", "technician", "told"),
    [("other", "T1", "a test that no technician announced"), ("run", " ", "a test that no technician announced")],
)
def test_a_run_that_nobody_announced_is_an_alarm(
    unit: Clocked, central: Central, run: str, technician: str, told: str
) -> None:
    announce(unit, "run", technician)
    tapped(unit, run, (Level.DISSATISFIED,))
    unit.bring()
    assert alarms_of(central) == [("canary_excess", told)]


def test_an_announcement_that_comes_after_its_visits_is_none(unit: Clocked, central: Central) -> None:
    tapped(unit, "run", (Level.DISSATISFIED,))
    announce(unit, "run")
    unit.bring()
    assert alarms_of(central) == [("canary_excess", "a test that no technician announced")]


def test_an_announcement_does_not_last_for_the_day(unit: Clocked, central: Central) -> None:
    announce(unit, "run")
    central.now_ms += RUN_MS + 1
    tapped(unit, "run", (Level.DISSATISFIED,))
    unit.bring()
    assert alarms_of(central) == [("canary_excess", "a test long after its technician announced it")]


def test_a_run_hides_no_more_visits_than_a_technician_needs(unit: Clocked, central: Central) -> None:
    announce(unit, "run")
    bad = (Level.DISSATISFIED,)
    tapped(unit, "run", (*bad * 2, *(Level.SATISFIED,) * (VISITS_OF_A_RUN - 2)))
    unit.bring()
    before = alarms_of(central)
    tapped(unit, "run", bad)
    unit.bring()
    assert f"more than {VISITS_OF_A_RUN} visits in one test" in [detail for _, detail in alarms_of(central)]
    assert f"more than {VISITS_OF_A_RUN} visits in one test" not in [detail for _, detail in before]


def test_no_more_runs_a_day_are_believed_than_a_unit_needs(unit: Clocked, central: Central) -> None:
    for number in range(RUNS_A_DAY + 2):
        announce(unit, f"run {number}")
        tapped(unit, f"run {number}", (Level.DISSATISFIED,) * 2)
    unit.bring()
    assert [kind for kind, _ in alarms_of(central)] == ["canary_excess"]
    assert "tests of technicians" in alarms_of(central)[0][1]


def test_announcements_give_no_more_room_to_the_marks_of_the_night(unit: Clocked, central: Central) -> None:
    """Else three words in the journal would be a licence to hide six of a level."""
    unit.night()
    for number in range(RUNS_A_DAY):
        announce(unit, f"run {number}")
    for _ in range(2):
        unit.night()
    unit.bring()
    assert [kind for kind, _ in alarms_of(central)] == ["canary_excess"]


def test_a_run_takes_no_level_more_often_than_it_needs(unit: Clocked, central: Central) -> None:
    for number in range(RUNS_A_DAY):
        announce(unit, f"run {number}")
    tapped(unit, "run 0", (Level.VERY_DISSATISFIED,) * 3)
    unit.bring()
    assert [kind for kind, _ in alarms_of(central)] == ["canary_excess"]


def test_a_run_taken_from_a_citizens_visit_is_an_alarm(unit: Clocked, central: Central) -> None:
    announce(unit, "run")
    unit.visit()
    tapped(unit, "run", (Level.SATISFIED,))
    unit.bring()
    assert ("canary_excess", "during a citizen's visit") in alarms_of(central)
