"""The time of a rating: never altered, judged by central's clock, and dated in the hall."""

import json
import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.central.times import is_time, rfc3339
from kiosk.central.true_time import Boot, estimate, local_date, zone_of
from kiosk.core import events as e
from kiosk.core.levels import Level
from tests.central.clocked import DAY_MS, Clocked, clocked
from tests.central.stand_in import START_MS, Central, Terminal

HOUR_MS = 3_600_000
TEN_YEARS_MS = 3653 * DAY_MS
needs_zones = pytest.mark.skipif(not zoneinfo.available_timezones(), reason="this machine has no database of zones")


@pytest.fixture
def unit(enrolled: Callable[..., Terminal]) -> Clocked:
    return clocked(enrolled())


def _one(central: Central) -> tuple[str, str, str, int]:
    """The newest rating: the tapped time as it is told, its quality, its date, and the estimate."""
    rating = central.ratings()[-1]
    (true_ms,) = central.rows("SELECT true_ms FROM ratings ORDER BY arrival DESC LIMIT 1")[0]
    return rating["tapped_at"], rating["time_quality"], rating["business_date"], true_ms


def _date(ms: int) -> str:
    return datetime.fromtimestamp((ms + 8 * HOUR_MS) / 1000, UTC).date().isoformat()


def test_a_clock_that_is_right_is_good_and_its_time_is_taken_as_it_is(unit: Clocked, central: Central) -> None:
    unit.off_ms, tapped = 100_000, central.now_ms + 100_000
    unit.rated()
    central.now_ms += 3 * HOUR_MS
    unit.bring()
    assert _one(central) == (rfc3339(tapped), "good", _date(tapped), tapped)


@pytest.mark.parametrize("off_ms", [TEN_YEARS_MS, -TEN_YEARS_MS, 121_000, -121_000, -12 * HOUR_MS])
@pytest.mark.parametrize("waited_ms", [0, 3 * DAY_MS])
def test_a_clock_that_is_off_is_corrected_and_never_altered(
    unit: Clocked, central: Central, off_ms: int, waited_ms: int
) -> None:
    unit.off_ms, true_ms = off_ms, central.now_ms
    unit.rated()
    central.now_ms += waited_ms
    unit.bring()
    assert _one(central) == (rfc3339(true_ms + off_ms), "corrected", _date(true_ms), true_ms)


def test_a_clock_that_jumps_during_a_rating_moves_neither_its_date_nor_its_tapped_time(
    unit: Clocked, central: Central
) -> None:
    unit.off_ms, true_ms = TEN_YEARS_MS, central.now_ms
    unit.visit()
    unit.do(e.TapLevel(Level.DISSATISFIED), e.ToggleReason("207"))
    unit.off_ms = 0
    central.now_ms += 20_000
    unit.do(e.Submit())
    unit.bring()
    assert _one(central) == (rfc3339(true_ms + TEN_YEARS_MS), "corrected", _date(true_ms), true_ms)


def test_ratings_come_in_the_order_of_their_journal_whatever_their_clock_says(unit: Clocked, central: Central) -> None:
    tapped = []
    for off_ms in (0, TEN_YEARS_MS, -TEN_YEARS_MS, 0, -60_000):
        unit.off_ms = off_ms
        tapped.append(unit.rated())
        central.now_ms += 60_000
    unit.bring()
    listed = central.ratings()
    assert [rating["rating_id"] for rating in listed] == tapped
    assert [rating["sequence"] for rating in listed] == sorted(rating["sequence"] for rating in listed)
    assert len({rating["business_date"] for rating in listed}) == 1


def test_a_boot_that_never_spoke_to_central_is_unsure_and_dated_within_what_is_possible(
    unit: Clocked, central: Central
) -> None:
    unit.off_ms = -TEN_YEARS_MS
    unit.rated()
    central.now_ms += DAY_MS
    unit.reboot("c")
    unit.bring()
    _, quality, date, true_ms = _one(central)
    assert (quality, date, true_ms) == ("unsure", _date(central.now_ms), central.now_ms)


def test_a_heartbeat_is_enough_to_know_a_boot_by(unit: Clocked, central: Central) -> None:
    unit.off_ms = TEN_YEARS_MS
    unit.rated()
    true_ms = central.now_ms
    clocks = {"wall_ms": unit.wall, "mono_ms": unit.mono, "boot_id": unit.boot}
    beat = json.dumps(unit.beat(clocks=clocks)).encode()
    assert unit.call("POST", "/api/v1/device/heartbeat", beat).status == 200
    central.now_ms += DAY_MS
    unit.reboot("c")
    unit.bring()
    assert _one(central)[1:] == ("corrected", _date(true_ms), true_ms)


def test_a_batch_that_tells_no_clock_bounds_the_time_and_never_corrects_it(unit: Clocked, central: Central) -> None:
    unit.rated()
    first = central.now_ms
    unit.bring(clocks=False)
    assert _one(central)[1:] == ("good", _date(first), first)
    unit.off_ms = 2 * DAY_MS  # in the future, which cannot be
    unit.rated()
    unit.bring(clocks=False)
    assert _one(central)[1:] == ("unsure", _date(central.now_ms), central.now_ms)
    unit.off_ms = 0
    unit.rated()
    late = central.now_ms
    central.now_ms += 5 * HOUR_MS  # as the first batch has shown when this boot began at the latest, this one is good
    unit.bring(clocks=False)
    assert _one(central)[1:] == ("good", _date(late), late)


def test_the_date_is_the_halls_own(unit: Clocked, central: Central) -> None:
    central.now_ms = START_MS - START_MS % DAY_MS + DAY_MS + 16 * HOUR_MS  # midnight in Shanghai
    for before_ms in (1_000, 0):
        central.now_ms -= before_ms
        unit.rated()
        unit.bring()
        central.now_ms += before_ms
    assert [rating["business_date"] for rating in central.ratings()] == ["2026-05-29", "2026-05-30"]


@needs_zones
def test_a_hall_elsewhere_dates_by_its_own_zone(unit: Clocked, central: Central) -> None:
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE halls SET time_zone = 'Asia/Urumqi'")
    central.now_ms = START_MS - START_MS % DAY_MS + DAY_MS + 17 * HOUR_MS  # one in Shanghai, eleven at night there
    unit.rated()
    unit.bring()
    assert central.ratings()[0]["business_date"] == "2026-05-29"


@needs_zones
@pytest.mark.parametrize(
    ("utc", "date"),
    [
        ("2026-03-28T22:59:59", "2026-03-28"),  # an hour later it is midnight; the clocks go forward that night
        ("2026-03-28T23:00:00", "2026-03-29"),
        ("2026-03-29T21:59:59", "2026-03-29"),  # a day of 23 hours
        ("2026-03-29T22:00:00", "2026-03-30"),
        ("2026-10-24T22:00:00", "2026-10-25"),
        ("2026-10-25T22:59:59", "2026-10-25"),  # a day of 25 hours
        ("2026-10-25T23:00:00", "2026-10-26"),
    ],
)
def test_days_on_which_the_clocks_change_begin_and_end_at_midnight(utc: str, date: str) -> None:
    ms = int(datetime.fromisoformat(utc + "+00:00").timestamp() * 1000)
    assert local_date(ms, zone_of("Europe/Berlin")) == date


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises((zoneinfo.ZoneInfoNotFoundError, ValueError)):
        zone_of("Nowhere/At_All")


@given(
    st.integers(-(2**53), 2**53),
    st.integers(-(2**53), 2**53),
    st.none() | st.builds(Boot, st.integers(-(2**53), 2**53), st.booleans()),
)
def test_no_clock_makes_an_estimate_that_is_younger_than_now_or_no_time(
    wall_ms: int, mono_ms: int, boot: Boot | None
) -> None:
    true_ms, quality = estimate(wall_ms, mono_ms, boot, START_MS, START_MS - DAY_MS)
    assert quality in ("good", "corrected", "unsure")
    assert true_ms <= START_MS + 240_000
    if quality != "corrected" or is_time(true_ms):
        assert local_date(true_ms, zone_of("Asia/Shanghai"))


@given(st.integers(0, 40 * DAY_MS), st.integers(-TEN_YEARS_MS, TEN_YEARS_MS), st.integers(0, 40 * DAY_MS))
def test_whatever_the_wall_clock_says_an_exact_boot_tells_the_time_to_two_minutes(
    mono_ms: int, off_ms: int, later_ms: int
) -> None:
    began_ms = START_MS
    true_ms = began_ms + mono_ms
    found, quality = estimate(true_ms + off_ms, mono_ms, Boot(began_ms, True), true_ms + later_ms, began_ms - DAY_MS)
    assert abs(found - true_ms) <= 120_000
    assert quality == ("good" if abs(off_ms) <= 120_000 else "corrected")
