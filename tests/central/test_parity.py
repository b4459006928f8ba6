"""Whether every level travels alike: what is lost, kept apart or held back by what it says is found; chance is not."""

import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.central import digest
from kiosk.central.bias import UNLIKELY, Sample, acceptance_bias, delay_bias, is_unlikely, tail
from kiosk.core.canary import Expected, read_back_body, trouble_of
from kiosk.core.entry import Head, Kind
from kiosk.core.levels import NEGATIVE, Level
from tests.central.clocked import DAY_MS, Clocked, alarms_of, clocked
from tests.central.stand_in import Central, Terminal

DELIVERY = "/api/v1/statistics/delivery"
MIXED = [Level.VERY_SATISFIED] * 7 + [Level.SATISFIED] * 3 + [Level.BASICALLY_SATISFIED] + [Level.DISSATISFIED] * 2


@pytest.fixture
def unit(enrolled: Callable[..., Terminal]) -> Clocked:
    return clocked(enrolled())


def _canary_trouble(unit: Clocked) -> str | None:
    """What a terminal finds of tonight's canaries, after its own rules."""
    flight = unit.night()
    unit.bring()
    found = unit.ask([one.rating_id for one in flight.expected]).values()
    held = [Expected(c["rating_id"], c["level"], tuple(c["reasons"]), c["finished"]) for c in found]
    return trouble_of(read_back_body(flight.expected, held))


def _work(unit: Clocked, levels: list[Level], pause_ms: int = 120_000) -> None:
    for level in levels:
        unit.rated(level)
        unit.central.now_ms += 1_500
        unit.bring()
        unit.central.now_ms += pause_ms


# -- mutants: a central that treats the dissatisfied otherwise -------------------------------------------------------


def _spoilt(how: str, book: digest.Book, visit_id: str, record: Mapping[str, Any], honest: Any) -> str | None:
    body = record["body"]
    if body.get("level") not in NEGATIVE:
        return honest(book, visit_id, record)  # type: ignore[no-any-return]
    match how:
        case "drops":
            return None
        case "quarantines":
            return "body: not taken"
        case "flatters":
            return honest(book, visit_id, {**record, "body": {**body, "level": "satisfied", "reasons": []}})  # type: ignore[no-any-return]
        case _:
            return honest(book, visit_id, {**record, "body": {**body, "reasons": []}})  # type: ignore[no-any-return]


def _mutate(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    for kind in (Kind.LEVEL_TAPPED, Kind.VISIT_ENDED):
        honest = digest._DIGESTS[kind]
        monkeypatch.setitem(digest._DIGESTS, kind, lambda *given, honest=honest: _spoilt(how, *given, honest))


@pytest.mark.parametrize("how", ["drops", "quarantines", "flatters"])
def test_a_central_that_loses_the_dissatisfied_is_found_by_canary_and_by_figures(
    unit: Clocked, central: Central, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    _mutate(monkeypatch, how)
    assert _canary_trouble(unit) in ("of 5 canaries at central: 2 missing", "of 5 canaries at central: 2 changed")
    _work(unit, MIXED * 2)
    assert alarms_of(central, "delivery_bias") == [("delivery_bias", "accepted")]
    total = central.hall("GET", DELIVERY).json["total"]
    assert total["chance_of_loss"] <= UNLIKELY
    shares = {level["level"]: level["share_accepted"] for level in total["levels"]}
    assert (shares["dissatisfied"], shares["very_satisfied"]) == (0.0, 1.0)
    fate = "quarantined" if how == "quarantines" else "lost"
    assert next(level for level in total["levels"] if level["level"] == "dissatisfied")[fate] == 4


def test_a_central_that_forgets_reasons_is_found_by_the_canary(unit: Clocked, monkeypatch: pytest.MonkeyPatch) -> None:
    _mutate(monkeypatch, "forgets the reasons")
    assert _canary_trouble(unit) == "of 5 canaries at central: 2 changed"


def test_an_honest_central_is_found_by_neither(unit: Clocked, central: Central) -> None:
    assert _canary_trouble(unit) is None
    _work(unit, MIXED * 2)
    assert alarms_of(central) == []
    total = central.hall("GET", DELIVERY).json["total"]
    assert (total["chance_of_loss"], total["chance_of_delay"]) == (None, None)
    assert sum(level["received"] for level in total["levels"]) == 26
    assert all(level["share_accepted"] in (1.0, None) for level in total["levels"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_honest_weeks_with_outages_restarts_and_wrong_clocks_raise_no_alarm(
    unit: Clocked, central: Central, seed: int
) -> None:
    drawn = random.Random(seed)
    for _ in range(7):
        assert _canary_trouble(unit) is None
        morning = central.now_ms
        unreached = drawn.random() < 0.5
        for level in drawn.choices(MIXED, k=drawn.randint(3, 12)):
            central.now_ms += drawn.randint(60_000, 1_200_000)
            unit.off_ms = drawn.choice([unit.off_ms, 0, -DAY_MS * 3653, 40_000])
            if drawn.random() < 0.1:
                unit.reboot(drawn.choice("cdef0123456789"))
            unit.rated(level)
            if not unreached:
                central.now_ms += drawn.randint(200, 4_000)
                unit.bring()
        unit.off_ms = 0
        central.now_ms = max(morning + DAY_MS, central.now_ms)
    assert _canary_trouble(unit) is None
    assert alarms_of(central) == []
    assert central.hall("GET", DELIVERY).json["total"]["chance_of_loss"] is None


def test_a_line_that_holds_the_dissatisfied_back_is_an_alarm(unit: Clocked, central: Central) -> None:
    _work(unit, [Level.SATISFIED] * 20)
    assert alarms_of(central) == []
    for _ in range(6):
        unit.rated(Level.DISSATISFIED)
        central.now_ms += 600_000
        unit.bring()
    assert alarms_of(central, "delivery_bias") == [("delivery_bias", "late")]


# -- figures ---------------------------------------------------------------------------------------------------------


def test_the_figures_tell_each_hop_by_level_and_by_day(unit: Clocked, central: Central) -> None:
    for delay_ms in (1_000, 2_000, 3_000, 60_000):
        unit.rated(Level.SATISFIED)
        central.now_ms += delay_ms
        unit.bring()
    central.now_ms += DAY_MS
    unit.rated(Level.DISSATISFIED)
    unit.bring()
    answer = central.hall("GET", DELIVERY).json
    assert [day["day"] for day in answer["days"]] == ["2026-05-29", "2026-05-30"]
    satisfied = answer["total"]["levels"][1]
    assert satisfied["travel"] == {"count": 4, "median_s": 2.5, "p95_s": 60.0, "max_s": 60.0}
    assert satisfied["digesting"] == {"count": 4, "median_s": 0.0, "p95_s": 0.0, "max_s": 0.0}
    assert answer["days"][1]["levels"][3]["received"] == 1
    one = central.hall("GET", f"{DELIVERY}?from=2026-05-30&to=2026-05-30").json
    assert (one["first"], one["last"], len(one["days"])) == ("2026-05-30", "2026-05-30", 1)
    assert one["total"]["levels"][1]["share_accepted"] is None


def test_what_was_refused_for_its_place_is_counted_as_refused(unit: Clocked, central: Central) -> None:
    unit.rated(Level.SATISFIED)
    unit.bring()
    kept = unit.records[0]
    unit.records, unit.head = [kept], Head(unit.head.epoch, 1, kept["hash"])
    unit.rated(Level.VERY_DISSATISFIED)
    answer = unit.send()
    assert answer.problem == "equivocation"
    levels = central.hall("GET", DELIVERY).json["total"]["levels"]
    assert [(level["received"], level["digested"], level["refused"]) for level in levels[1::3]] == [
        (1, 1, 0),
        (1, 0, 1),
    ]


@pytest.mark.parametrize("query", ["from=2026-02-30", "to=yesterday", "from=20260501"])
def test_a_date_that_is_none_is_refused(central: Central, query: str) -> None:
    answer = central.hall("GET", f"{DELIVERY}?{query}")
    assert (answer.status, answer.problem) == (400, "invalid")


def test_the_figures_are_for_the_hall(central: Central) -> None:
    assert central.call("GET", DELIVERY).problem == "token"


# -- the test itself -------------------------------------------------------------------------------------------------


@given(st.integers(1, 9), st.data())
def test_the_tail_is_the_share_of_all_draws(total: int, data: st.DataObject) -> None:
    marked, drawn = data.draw(st.integers(0, total)), data.draw(st.integers(0, total))
    hit = data.draw(st.integers(0, drawn))
    draws = list(combinations(range(total), drawn))
    share = Fraction(sum(sum(n < marked for n in draw) >= hit for draw in draws), len(draws))
    assert tail(total, marked, drawn, hit) == pytest.approx(float(share))


def test_losses_and_outages_that_do_not_look_at_the_level_are_not_taken_for_bias() -> None:
    """Honest random weeks: some lose up to a third of all ratings, some have an outage of hours, some both."""
    assert false_alarms(2_000, 20260501) <= 1


def false_alarms(weeks: int, seed_number: int) -> int:
    """How many of so many honest weeks would raise an alarm."""
    seed, alarms = random.Random(seed_number), 0
    for _ in range(weeks):
        count, bad = seed.randint(1, 150), seed.choice([0.01, 0.05, 0.2])
        loss, outage, length = seed.choice([0, 0.01, 0.3]), seed.random(), seed.choice([0, 0.1, 0.4])
        samples = []
        for _ in range(count):
            at = seed.random()
            held = (outage + length - at) * 30_000_000 if outage <= at < outage + length else 0
            delay_ms = int(held + seed.expovariate(1 / 2_000))
            samples.append(Sample(seed.random() < bad, seed.random() >= loss, delay_ms))
        alarms += is_unlikely(acceptance_bias(samples)) or is_unlikely(delay_bias(samples))
    return alarms


def test_five_lost_of_five_among_many_is_an_alarm_and_one_lost_of_two_is_none() -> None:
    good = [Sample(False, True, 1_000)] * 40
    assert is_unlikely(acceptance_bias([*good, *[Sample(True, False)] * 5]))
    assert not is_unlikely(acceptance_bias([*good, Sample(True, False), Sample(True, True)]))
    assert acceptance_bias([*good, Sample(False, False), Sample(True, True)]) is None


def test_a_delay_is_told_only_of_five_and_beyond_three_times_and_a_minute() -> None:
    good = [Sample(False, True, 1_000)] * 40
    assert is_unlikely(delay_bias([*good, *[Sample(True, True, 62_000)] * 5]))
    assert delay_bias([*good, *[Sample(True, True, 61_000)] * 5]) is None
    assert delay_bias([*good, *[Sample(True, True, 3_600_000)] * 4]) is None
    slow = [Sample(False, True, 100_000)] * 40
    assert delay_bias([*slow, *[Sample(True, True, 290_000)] * 5]) is None
    assert is_unlikely(delay_bias([*slow, *[Sample(True, True, 310_000)] * 5]))
