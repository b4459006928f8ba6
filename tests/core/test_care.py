"""When the screen is dark, where the page lies, how bright it is, and when the terminal begins anew."""

import pytest

from kiosk.core.care import QUIET_MS, SPOTS, Brightness, Care, begins_anew, is_dark, percent_now, place
from kiosk.core.hours import closed_for, opens_in
from kiosk.core.view import OpeningHours

MONDAY, FRIDAY, SATURDAY = 1, 5, 6
HOURS = tuple(OpeningHours(day, "09:00", "17:00") for day in range(1, 6))
NIGHT = (OpeningHours(MONDAY, "22:00", "02:00"),)
CARE = Care()


@pytest.mark.parametrize(
    ("weekday", "time", "dark"),
    [
        (MONDAY, "12:00", False),
        (MONDAY, "17:29", False),
        (MONDAY, "17:30", True),
        (MONDAY, "08:44", True),
        (MONDAY, "08:45", False),
        (SATURDAY, "03:00", True),
        (FRIDAY, "23:59", True),
    ],
)
def test_the_screen_is_dark_between_the_halls_hours_with_time_on_both_sides(weekday, time, dark):
    assert is_dark(HOURS, weekday, time, CARE, QUIET_MS) is dark
    assert not is_dark(HOURS, weekday, time, CARE, QUIET_MS - 1)  # somebody is there
    assert not is_dark(HOURS, weekday, time, Care(dark=False), QUIET_MS)
    assert not is_dark((), weekday, time, CARE, QUIET_MS)  # no hours: day and night


def test_hours_over_midnight():
    assert not is_dark(NIGHT, 2, "02:29", CARE, QUIET_MS)
    assert is_dark(NIGHT, 2, "02:30", CARE, QUIET_MS)
    assert not is_dark(NIGHT, 2, "01:59", CARE, QUIET_MS)
    assert (closed_for(NIGHT, 2, "02:30"), opens_in(NIGHT, MONDAY, "21:00")) == (30, 60)
    assert opens_in(HOURS, SATURDAY, "09:00") == 48 * 60
    assert (closed_for((), 1, "00:00"), opens_in((), 1, "00:00")) == (None, None)


def test_the_page_goes_round_in_small_steps_and_comes_back():
    places = [place(minutes, CARE) for minutes in range(0, 10 * len(SPOTS), 10)]
    assert len(set(places)) == len(SPOTS)
    assert place(9, CARE) == places[0] == place(10 * len(SPOTS), CARE)
    for (x, y), (to_x, to_y) in zip(places, [*places[1:], places[0]], strict=True):
        assert max(abs(x - to_x), abs(y - to_y)) == CARE.shift_px
        assert max(abs(x), abs(y)) <= CARE.shift_px
    assert {place(minutes, Care(shift_every_min=0)) for minutes in range(100)} == {(0, 0)}


def test_the_first_time_that_fits_says_how_bright():
    periods = (Brightness("18:00", "08:00", 40), Brightness("12:00", "14:00", 70))
    assert [percent_now(periods, time) for time in ("17:59", "18:00", "07:59", "08:00", "13:00")] == [
        100, 40, 40, 100, 70,
    ]  # fmt: skip
    assert percent_now((), "12:00") == 100


def test_it_begins_anew_above_the_ceiling_while_nobody_is_there_and_only_where_that_helps():
    assert begins_anew(1_025, 200, 1_024, QUIET_MS)
    assert not begins_anew(1_024, 200, 1_024, QUIET_MS)
    assert not begins_anew(1_025, 200, 1_024, QUIET_MS - 1)
    assert not begins_anew(1_025, 200, 0, QUIET_MS)
    assert not begins_anew(None, 200, 1_024, QUIET_MS)
    assert not begins_anew(1_025, None, 1_024, QUIET_MS)
    assert not begins_anew(1_025, 1_025, 1_024, QUIET_MS)  # it would begin for ever
