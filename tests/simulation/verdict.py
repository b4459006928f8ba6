"""What central has in the end, measured by what the people at the window did and saw."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kiosk.core.entry import Kind
from tests.simulation.headquarters import Headquarters
from tests.simulation.people import Told


@dataclass
class Verdict:
    """Everything that must be empty, and what was counted. `owned_up`: visits whose loss central was told of."""

    ratings: int = 0
    visits: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    owned_up: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not (self.wrong or self.lost or self.twice)


def judge(headquarters: Headquarters, ledger: Iterable[Told], *, loss_told: bool) -> Verdict:
    """`loss_told`: central was told, with an alarm, that entries are missing. A loss is silent where it was not."""
    found: dict[str, list[dict[str, Any]]] = {}
    for rating in headquarters.every("ratings"):
        found.setdefault(rating["visit_id"], []).append(rating)
    started = headquarters.started()
    verdict = Verdict(ratings=sum(map(len, found.values())))
    known: set[str] = set()
    for told in ledger:
        known.add(told.visit_id)
        verdict.visits += 1
        ratings = found.get(told.visit_id, [])
        if len(ratings) > 1:
            verdict.twice.append(told.visit_id)
        missing = _missing(told, ratings, told.visit_id in started)
        if missing is not None:
            (verdict.owned_up if loss_told else verdict.lost).append(f"{told.visit_id}: {missing}")
        elif ratings:
            verdict.wrong += [f"{told.visit_id}: {fault}" for fault in _faults(told, ratings[0])]
    verdict.wrong += [f"{visit_id}: nobody tapped this" for visit_id in found if visit_id not in known]
    return verdict


def _missing(told: Told, ratings: list[dict[str, Any]], started: bool) -> str | None:
    if told.shown and not started:
        return "was on the screen, and central has no start of it"
    if not ratings and (told.thanked is not None or None not in told.may_be()):
        return "a tap that was confirmed is not at central"
    return None


def _faults(told: Told, rating: dict[str, Any]) -> Iterable[str]:
    if told.thanked is not None:
        level, reasons = told.thanked
        if rating["level"] != level:
            yield f"{rating['level']} instead of {level}, for which there was thanks"
        if sorted(rating["reasons"]) != sorted(reasons):
            yield f"reasons {rating['reasons']} instead of {list(reasons)}"
        if not rating["finished"]:
            yield "thanked for, and not finished"
    elif rating["level"] not in told.may_be():
        yield f"{rating['level']} instead of one of {sorted(map(str, told.may_be()))}"


def chain_faults(headquarters: Headquarters) -> list[str]:
    """What is not whole in what central holds."""
    faults = [
        f"{device['window']}: {device['chain']}"
        for device in headquarters.every("devices")
        if device["chain"] != "whole"
    ]
    faults += [
        f"{device['window']}: {device['quarantined']} in quarantine"
        for device in headquarters.every("devices")
        if device["quarantined"]
    ]
    return faults


def missing_places(headquarters: Headquarters) -> int:
    """How many entries terminals have said to be lost."""
    count = 0
    for record in headquarters.records():
        if record["kind"] == Kind.JOURNAL_RECOVERED:
            count += sum(last - first + 1 for first, last in record["body"]["missing"])
    return count


def kinds(alarms: Iterable[tuple[str, str, str]]) -> Counter[str]:
    """How often each kind of alarm."""
    return Counter(kind for _, kind, _ in alarms)
