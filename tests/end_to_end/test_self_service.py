"""A machine's own program calls the terminal to the front and has the screen and the keys again when it is done."""

import pytest

from kiosk.demo.citizen import Targets
from tests.end_to_end.self_service import Found, is_rather, play

TIMES, KILLS = 3, 1


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, targets: Targets) -> dict[str, Found]:
    return play(TIMES, KILLS, tmp_path_factory.mktemp("self-service"), targets)


@pytest.mark.parametrize("manager", ["openbox", "no window manager"])
def test_it_comes_to_the_front_with_the_keys_and_gives_both_back(found: dict[str, Found], manager: str) -> None:
    one = found[manager]
    assert one.counts == {
        "typed in the host before": TIMES,
        "terminal in front with the keys": TIMES,
        "still in front at the thanks": TIMES,
        "host in front again with the keys": TIMES,
        "typed in the host after": TIMES,
        "host has the screen after a kill": KILLS,
        "typed in the host after a kill": KILLS,
    }
    assert one.found == one.expected
    assert len(one.expected) == TIMES


@pytest.mark.parametrize("manager", ["openbox", "no window manager"])
def test_on_coming_to_the_front_nothing_of_an_earlier_citizen_is_seen(found: dict[str, Found], manager: str) -> None:
    assert found[manager].looks > TIMES
    assert found[manager].of_before == 0


def test_a_page_of_before_would_be_noticed() -> None:
    now, before, host = b"aaaabbbb", b"aaaacccc", b"hhhhhhhh"
    assert is_rather(before, before, now)
    assert is_rather(b"hhhhhccc", before, now), "three quarters of it"
    assert not is_rather(now, before, now)
    assert not is_rather(host, before, now)
