"""A station on a free port of loopback, before a terminal with the real rules."""

from collections.abc import Callable, Iterator

import pytest

from kiosk.pins import Pins
from kiosk.station.limits import USUAL, Limits
from kiosk.station.ports import Ports
from kiosk.station.server import Station
from tests.station.house import ORIGIN, TOKEN, Clock, House
from tests.station.running_terminal import RunningTerminal
from tests.station.waiting import eventually


@pytest.fixture
def make_house() -> Iterator[Callable[..., House]]:
    houses: list[House] = []

    def make(limits: Limits = USUAL) -> House:
        terminal, clock, failures = RunningTerminal(), Clock(), list[str]()
        house = House(terminal, None, clock, 0, failures)  # type: ignore[arg-type]
        house.station = Station(
            terminal,
            profile=lambda: house.profile,
            token=TOKEN,
            port=0,
            allowed_origins=(ORIGIN,),
            new_id=terminal.fresh_id,
            on_failed=failures.append,
            check_pin=Pins(lambda: house.profile, clock).check,
            limits=limits,
            ports=Ports(terminal, lambda prefix: terminal.visit_named(prefix), lambda number: house.figures(number)),
        )
        house.station.start()
        houses.append(house)
        house.port = eventually(house.station.bound_port)
        return house

    yield make
    for house in houses:
        house.station.close(10)
        assert house.failures == []


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house()
