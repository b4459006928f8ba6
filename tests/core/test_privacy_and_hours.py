import pytest

from kiosk.core.hours import closes_in, is_open, volume_now
from kiosk.core.privacy import is_contact, mask_case_number, mask_contact
from kiosk.core.view import OpeningHours, SpeechHours

WEEKDAYS = tuple(OpeningHours(day, "09:00", "17:00") for day in range(1, 6))
NIGHT = (OpeningHours(7, "22:00", "06:00"),)


def test_a_case_number_shows_its_ends_only() -> None:
    assert mask_case_number("341200202611240178") == "3412••••••0178"
    assert mask_case_number("12345678") == "••••••78"
    assert mask_case_number("7") == "7"


def test_a_telephone_number_shows_three_and_two_digits() -> None:
    assert mask_contact("13812345678") == "138••••••78"
    assert mask_contact("138") == "•••"


@pytest.mark.parametrize("text", ["13812345678", "0551-6260123", "055862601234", "010-62601234-801"])
def test_a_chinese_number_is_a_contact(text: str) -> None:
    assert is_contact(text)


@pytest.mark.parametrize(
    "text", ["", "12812345678", "1381234567", "138123456789", "+8613812345678", "abc", "1３812345678"]
)
def test_anything_else_is_no_contact(text: str) -> None:
    assert not is_contact(text)


def test_no_hours_at_all_means_always_open() -> None:
    assert is_open((), 7, "03:00")


@pytest.mark.parametrize(
    ("weekday", "time", "open_then"),
    [(1, "08:59", False), (1, "09:00", True), (5, "16:59", True), (5, "17:00", False), (6, "12:00", False)],
)
def test_the_hall_is_open_from_the_first_minute_to_before_the_last(weekday: int, time: str, open_then: bool) -> None:
    assert is_open(WEEKDAYS, weekday, time) is open_then


@pytest.mark.parametrize(
    ("weekday", "time", "open_then"), [(7, "23:00", True), (1, "05:59", True), (1, "06:00", False)]
)
def test_a_period_over_midnight_runs_into_the_next_day(weekday: int, time: str, open_then: bool) -> None:
    assert is_open(NIGHT, weekday, time) is open_then


@pytest.mark.parametrize(
    ("time", "volume"),
    [("07:59", 0), ("08:00", 30), ("11:59", 30), ("12:00", 0), ("13:00", 70), ("21:59", 0), ("22:00", 5), ("05:00", 5)],
)
def test_the_volume_is_that_of_the_period_and_silence_outside_all(time: str, volume: int) -> None:
    speech = (SpeechHours("08:00", "12:00", 30), SpeechHours("13:00", "17:00", 70), SpeechHours("22:00", "06:00", 5))
    assert volume_now(speech, time) == volume


def test_no_hours_are_silence_and_the_first_period_counts() -> None:
    assert volume_now((), "10:00") == 0
    assert volume_now((SpeechHours("09:00", "18:00", 0), SpeechHours("09:00", "18:00", 50)), "10:00") == 0
    assert volume_now((SpeechHours("09:00", "18:00", 900),), "10:00") == 100


@pytest.mark.parametrize(
    ("weekday", "time", "minutes"),
    [
        (1, "09:00", 480),
        (1, "16:59", 1),
        (1, "17:00", 24 * 60),  # closed: tomorrow's
        (1, "08:00", 540),
        (5, "17:01", 3 * 24 * 60 - 1),  # over the weekend
        (7, "23:59", 17 * 60 + 1),
    ],
)
def test_the_hall_closes_at_the_end_of_the_period_that_runs_or_comes(weekday: int, time: str, minutes: int) -> None:
    assert closes_in(WEEKDAYS, weekday, time) == minutes


@pytest.mark.parametrize(("weekday", "time", "minutes"), [(7, "22:00", 480), (7, "23:59", 361), (1, "05:59", 1)])
def test_a_period_over_midnight_closes_on_the_next_day(weekday: int, time: str, minutes: int) -> None:
    assert closes_in(NIGHT, weekday, time) == minutes


def test_a_hall_that_closes_once_a_week_closes_again_in_a_week() -> None:
    assert closes_in(NIGHT, 1, "06:00") == 7 * 24 * 60


def test_where_another_period_goes_on_the_hall_does_not_close() -> None:
    joined = (OpeningHours(2, "09:00", "12:00"), OpeningHours(2, "12:00", "14:00"), OpeningHours(2, "13:00", "17:00"))
    assert closes_in(joined, 2, "11:00") == 360
    round_the_clock = tuple(OpeningHours(day, "00:00", "00:00") for day in range(1, 8))
    assert closes_in(round_the_clock, 3, "12:00") is None


def test_a_hall_without_hours_never_closes() -> None:
    assert closes_in((), 3, "12:00") is None
