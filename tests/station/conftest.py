"""A station on a free port of loopback, before a terminal with the real rules."""

from collections.abc import Callable, Iterator

import pytest

from kiosk.station.lan import Lan
from kiosk.station.limits import Limits
from tests.station.house import ORIGIN, UNHURRIED, Clock, House
from tests.station.running_terminal import RunningTerminal


@pytest.fixture
def make_house() -> Iterator[Callable[..., House]]:
    houses: list[House] = []

    def make(limits: Limits = UNHURRIED, lan: Lan | None = None, origins: tuple[str, ...] = (ORIGIN,)) -> House:
        house = House(RunningTerminal(), Clock(), limits, lan=lan, origins=origins)
        houses.append(house)
        house.open()
        return house

    yield make
    for house in houses:
        house.station.close(10)
        assert house.failures == []


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house()
