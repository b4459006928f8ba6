"""What a clerk may know of their own ratings, and what nobody can work out from it."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

import pytest

from kiosk.central.figures import GROUP
from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.levels import Level
from tests.central.phones import Phone, token_of
from tests.central.stand_in import Central, Terminal

DAY_MS = 86_400_000


def _figures(terminal: Terminal, staff: str = "F1001") -> dict[str, object]:
    answer = terminal.call("GET", f"/api/v1/device/figures?staff={staff}")
    assert answer.status == 200, answer.body
    return dict(answer.json)


def _serve(terminal: Terminal, good: int, bad: int = 0, silent: int = 0) -> None:
    levels = [Level.BASICALLY_SATISFIED] * good + [Level.DISSATISFIED] * bad
    for level in levels:
        terminal.start()
        terminal.play(e.TapLevel(level), e.WriteComment("x"), e.Submit())
    for _ in range(silent):
        terminal.start()
        terminal.play(e.Skip())
    assert terminal.send().json["quarantined"] == []


NOTHING = {"staff": "F1001", "since": "", "until": "", "visits": 0, "rated": 0, "good_percent": None}


def test_a_week_is_told_from_the_tuesday_after_it_until_the_next_is_told(terminal: Terminal, central: Central) -> None:
    _serve(terminal, good=6, silent=2)  # on Friday, 29 May 2026
    told = NOTHING | {"since": "2026-05-25", "until": "2026-05-31", "visits": 8, "rated": 5}
    for days in range(16):
        assert _figures(terminal) == (told if 4 <= days < 11 else NOTHING), days
        central.now_ms += DAY_MS


@dataclass
class Curious:
    """Someone who asks every day, remembers everything, and knows how many visits each day had."""

    visits: Counter[str] = field(default_factory=Counter)
    told: list[dict[str, object]] = field(default_factory=list)

    def learned(self) -> list[str]:
        """Of which days something became known about fewer citizens than a group has, and what."""
        found = []
        for one, other in combinations(self.told, 2):
            between = sorted(_days(one) ^ _days(other)) if _days(one) & _days(other) else []
            same_days = _days(one) == _days(other)
            if one != other and (same_days or (between and sum(self.visits[day] for day in between) < GROUP)):
                found.append(f"{between or one['since']}: {one['good_percent']} then {other['good_percent']}")
        return found


def _days(told: dict[str, object]) -> frozenset[str]:
    if not told["since"]:
        return frozenset()
    first, last = (date.fromisoformat(str(told[name])) for name in ("since", "until"))
    return frozenset((first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1))


def test_who_asks_every_day_and_subtracts_learns_nothing_of_a_day_or_of_what_came_late(
    terminal: Terminal, central: Central
) -> None:
    today, curious, chance = date(2026, 5, 29), Curious(), random.Random(7)
    for day in range(40):
        late = 1 if day % 5 == 4 else 0  # of a week that has been told
        for number in range(3 + late):
            before = len(terminal.records)
            terminal.start()
            level = Level.DISSATISFIED if chance.random() < 0.2 or number == 3 else Level.SATISFIED
            terminal.play(e.TapLevel(level), e.WriteComment("x"), e.Submit())
            assert terminal.send(terminal.records[before:] if before > 1 else None).json["quarantined"] == []
            when = today - timedelta(days=9) if number == 3 else today
            with central.store.transaction() as connection:
                where = "outcome IS NOT NULL AND started_ms = (SELECT max(started_ms) FROM visits)"
                connection.exec_driver_sql(f"UPDATE visits SET business_date = '{when}' WHERE {where}")
            curious.visits[when.isoformat()] += 1
        for _ in range(2):
            curious.told.append(_figures(terminal))
        today += timedelta(days=1)
        central.now_ms += DAY_MS
    shares = {told["since"]: told["good_percent"] for told in curious.told if told["good_percent"] is not None}
    assert len(shares) == 5
    assert len(set(shares.values())) > 1
    assert curious.learned() == []


def test_nothing_told_stays_nothing_told(terminal: Terminal, central: Central) -> None:
    _serve(terminal, good=4)
    central.now_ms += 4 * DAY_MS
    assert _figures(terminal) == NOTHING
    _serve(terminal, good=30)
    assert _figures(terminal) == NOTHING


@pytest.mark.parametrize(("good", "silent", "visits"), [(4, 0, 0), (0, 4, 0), (4, 1, 5)])
def test_fewer_than_five_visits_say_nothing(
    terminal: Terminal, central: Central, good: int, silent: int, visits: int
) -> None:
    _serve(terminal, good, silent=silent)
    central.now_ms += 4 * DAY_MS
    assert (_figures(terminal)["visits"], _figures(terminal)["rated"]) == (visits, 0)


@pytest.mark.parametrize(
    ("good", "bad", "share"),
    [(19, 0, None), (20, 0, 90), (19, 1, 90), (17, 3, 80), (0, 20, 10), (1, 19, 10), (2, 18, 10), (4, 16, 20)],
)
def test_the_share_is_in_tens_and_never_all_or_none(
    terminal: Terminal, central: Central, good: int, bad: int, share: int | None
) -> None:
    _serve(terminal, good, bad)
    central.now_ms += 4 * DAY_MS
    assert _figures(terminal)["good_percent"] == share
    assert _figures(terminal)["rated"] == (good + bad) // 5 * 5


def test_a_clerk_is_counted_at_every_window_of_the_hall_and_in_no_other_hall(
    central: Central, enrolled: Callable[..., Terminal]
) -> None:
    here, there = enrolled("A01").begin(), enrolled("A02").begin()
    _serve(here, 5)
    _serve(there, 5)
    central.now_ms += 4 * DAY_MS
    assert _figures(here)["visits"] == _figures(there)["visits"] == 10
    assert _figures(here, "F1002") == NOTHING | {"staff": "F1002"}
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE halls SET code = 'elsewhere'")
    stranger = enrolled("A01")
    assert _figures(stranger) == NOTHING
    assert _figures(here)["visits"] == 10


def test_a_phone_s_rating_counts_once_and_a_second_one_or_a_canary_not_at_all(
    terminal: Terminal, central: Central
) -> None:
    for _ in range(5):
        Phone(central, token_of(terminal, terminal.start())).rate("e", comment="x")
        terminal.play(e.HandToPhone(), e.PhoneFinished())
    for _ in range(5):
        Phone(central, token_of(terminal, terminal.start())).rate("e", comment="x")
        terminal.play(e.TapLevel(Level.SATISFIED), e.Submit())
    for number in range(5):
        visit_id, staff = f"{number:032x}", {"number": "F1001"}
        rating = {"rating_id": f"c{number}", "level": "satisfied", "canary": True}
        terminal.add(Kind.VISIT_STARTED, {"canary": True, "staff": staff}, visit_id)
        terminal.add(Kind.VISIT_ENDED, {"outcome": "rated", **rating}, visit_id)
    terminal.send()
    central.now_ms += 4 * DAY_MS
    assert (_figures(terminal)["visits"], _figures(terminal)["rated"]) == (10, 10)


@pytest.mark.parametrize("query", ["", "?staff=", "?staff=%00", "?staff=" + "x" * 201])
def test_a_clerk_is_named_by_number(terminal: Terminal, query: str) -> None:
    answer = terminal.call("GET", f"/api/v1/device/figures{query}")
    assert (answer.status, answer.problem) == (400, "invalid")
