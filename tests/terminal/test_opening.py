"""The hall opens and closes by the wall clock, and the terminal knows how soon."""

import time
from dataclasses import dataclass, field, replace

import pytest

from kiosk.core import events as e
from kiosk.core.situation import Situation
from kiosk.core.view import OpeningHours, Scene, View
from kiosk.opening import EVERY_MS, Opening
from tests.terminal.loops import ManualLoop

HOUR_MS = 3_600_000
DAILY = tuple(OpeningHours(day, "09:00", "17:00") for day in range(1, 8))


@dataclass
class House:
    """An hour of the day that the test sets, local time being UTC."""

    loop: ManualLoop = field(default_factory=ManualLoop)
    hours: tuple[OpeningHours, ...] = DAILY
    told: list[e.HoursChanged] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.opening = Opening(self.loop, self.loop, lambda: View(Situation(), Scene(hours=self.hours)), self.submit)

    def submit(self, event: e.Event) -> None:
        assert isinstance(event, e.HoursChanged)
        self.told.append(event)

    def set_clock(self, hour: int, minute: int = 0) -> None:
        """As someone sets it, without time passing."""
        day_ms = 24 * HOUR_MS
        self.loop.off_ms += (hour * 60 + minute) * 60_000 - self.loop.wall_ms() % day_ms


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr("kiosk.opening.time", _Utc())
    house = House()
    house.set_clock(16)
    house.opening.look()
    return house


class _Utc:
    localtime = staticmethod(time.gmtime)


def test_the_hall_is_open_and_closes_in_an_hour(house: House) -> None:
    assert house.told == [e.HoursChanged(True, house.loop.now_ms + HOUR_MS)]


def test_it_closes_on_time_and_is_told_each_thing_once(house: House) -> None:
    closes_ms = house.told[0].closes_ms
    house.loop.advance(HOUR_MS - 1)
    assert len(house.told) == 1
    house.loop.advance(EVERY_MS + 1)
    assert closes_ms is not None
    assert house.told[1:] == [e.HoursChanged(False, closes_ms + 24 * HOUR_MS)]
    house.loop.advance(17 * HOUR_MS)
    assert [each.open for each in house.told] == [True, False, True]
    house.loop.advance(24 * HOUR_MS)
    assert [each.open for each in house.told] == [True, False, True, False, True]


def test_a_clock_that_was_set_tells_the_closing_time_anew(house: House) -> None:
    house.set_clock(12)
    house.loop.advance(EVERY_MS)
    assert house.told[-1].open
    assert house.told[-1].closes_ms == house.loop.now_ms + 5 * HOUR_MS - EVERY_MS
    assert len(house.told) == 2


def test_new_hours_are_told_and_no_hours_never_close(house: House) -> None:
    house.hours = tuple(replace(one, closes="16:30") for one in DAILY)
    house.loop.advance(EVERY_MS)
    assert house.told[-1].closes_ms == house.told[0].closes_ms - HOUR_MS // 2  # type: ignore[operator]
    house.hours = ()
    house.loop.advance(EVERY_MS)
    assert house.told[-1] == e.HoursChanged(True, None)
    assert len(house.told) == 3


def test_seconds_into_the_minute_and_hours_that_pass_move_nothing(house: House) -> None:
    house.loop.advance(HOUR_MS // 2 + 17_345)
    assert len(house.told) == 1


def test_closed_for_good_it_looks_no_more(house: House) -> None:
    house.opening.close()
    assert house.loop.armed == 0
