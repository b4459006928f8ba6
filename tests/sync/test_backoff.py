"""How long to wait: full jitter between a floor and a ceiling, and what a server may ask for."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sync.backoff import Backoff, retry_after_s, start_spread_s

NOW = "Tue, 06 Jan 2026 08:00:00 GMT"
DRAWS = st.floats(0, 1, exclude_max=True)


@given(st.integers(0, 10_000), DRAWS)
def test_a_wait_lies_between_the_floor_and_the_cap(failures: int, draw: float) -> None:
    assert 1.0 <= Backoff().delay_s(failures, draw) <= 300.0


def test_the_ceiling_doubles_until_the_cap() -> None:
    almost_one = 1 - 1e-12
    ceilings = [round(Backoff().delay_s(failures, almost_one), 3) for failures in range(1, 11)]
    assert ceilings == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_the_jitter_is_full() -> None:
    rng = random.Random(7)
    waits = [Backoff().delay_s(20, rng.random()) for _ in range(20_000)]
    for fifth in range(5):
        share = sum(fifth * 60 <= wait < (fifth + 1) * 60 for wait in waits) / len(waits)
        assert 0.18 < share < 0.22


@given(st.integers(1, 100), DRAWS, st.floats(-1e18, 1e18))
def test_what_a_server_asks_for_is_kept_within_reason_and_jittered(failures: int, draw: float, asked: float) -> None:
    wait = Backoff().delay_s(failures, draw, asked)
    believed = min(max(asked, 0), 900)
    assert believed + 1 <= wait <= believed + 300


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0),
        (" 120 ", 120),
        ("9" * 400, 999_999_999_999),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("Tue, 06 Jan 2026 08:02:00 GMT", 120),
        ("Tue, 06 Jan 2026 08:02:00 +0000", 120),
        ("Tue, 06 Jan 2026 08:02:00 -0000", 120),
        ("Tue, 06 Jan 2015 08:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 251_634_614_399),
        ("Tue, 99 Jan 2026 08:00:00 GMT", None),
        ("Mon, 01 Jan 99999 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_a_date_without_the_servers_own_date_says_nothing(date: str | None) -> None:
    assert retry_after_s("Tue, 06 Jan 2026 08:02:00 GMT", date) is None


def test_only_a_machine_that_has_just_booted_spreads_its_first_request_wide() -> None:
    assert start_spread_s(20_000, 0.5) == 60
    assert start_spread_s(300_000, 0.5) == 0.5
