"""What central has in the end, measured by what the people at the window did and saw."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kiosk.core.entry import Kind
from tests.simulation.headquarters import Headquarters
from tests.simulation.people import Told


@dataclass(frozen=True)
class Committed:
    """An entry that the journal has answered for: its place, and whose it is."""

    device_id: str
    epoch: int
    sequence: int
    entry_id: str
    visit_id: str | None
    kind: str
    words: str | None = None


Place = tuple[int, int]
"""Of an entry: epoch and sequence."""
Places = dict[str, set[Place]]
"""By entry id: every place that journals have given it, the later ones on its way to another."""


@dataclass(frozen=True)
class Report:
    """What a journal that was begun anew has written down of the one before: which of its entries are missing. It
    stands at `place`, and may itself be gone before anyone has read it."""

    place: Place
    missing: frozenset[Place]


@dataclass
class Verdict:
    """Everything that must be empty, and what was counted. `told`: entries that are gone, and central knows it;
    `phones`: how many of the ratings came from phones."""

    ratings: int = 0
    phones: int = 0
    visits: int = 0
    acts: int = 0
    entries: int = 0
    told: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not (self.wrong or self.lost or self.twice)


def judge(
    headquarters: Headquarters, ledger: Iterable[Told], committed: Iterable[Committed], places: Places,
    reports: Iterable[Report] = (),
) -> Verdict:  # fmt: skip
    """Every committed entry is at central, or central was told by name and with an alarm that it is missing; and what
    the hall reads is what was tapped, but for the visits that told of missing entries.

    Where a journal is lost whose entries central never had, and among them was the report of an earlier loss, nobody on
    earth knows any more what that report named. Central is told of the report, by its place, and that it is gone: so
    what a missing report names counts as told of with it.
    """
    verdict = Verdict()
    excused, unsaid = _entries(headquarters, committed, places, tuple(reports), verdict)
    withdrawn = headquarters.withdrawals()
    found: dict[str, list[dict[str, Any]]] = {}
    for rating in headquarters.every("ratings"):
        found.setdefault(rating["visit_id"], []).append(rating)
    verdict.ratings = sum(map(len, found.values()))
    started = headquarters.started()
    known: set[str] = set()
    for told in ledger:
        known.add(told.visit_id)
        verdict.visits += 1
        every = found.get(told.visit_id, [])
        ratings = [rating for rating in every if not rating["phone"]]
        verdict.phones += len(every) - len(ratings)
        if len(ratings) > 1 or sum(not rating["second"] for rating in every) > 1:
            verdict.twice.append(told.visit_id)
        by_phone = [rating["level"] for rating in every if rating["phone"]]
        if by_phone != ([] if told.phone is None else [told.phone]):
            verdict.wrong.append(f"{told.visit_id}: {by_phone} on the phone, and {told.phone} was tapped there")
        if told.visit_id in excused:
            continue
        missing = _missing(told, ratings, told.visit_id in started)
        if missing is not None:
            verdict.lost.append(f"{told.visit_id}: {missing}")
        elif ratings:
            verdict.wrong += [f"{told.visit_id}: {fault}" for fault in _faults(told, ratings[0])]
            verdict.acts += len(told.additions) + len(told.withdrawals)
            faults = _said_faults(told, ratings[0], withdrawn[told.receipt], unsaid)
            verdict.wrong += [f"{told.visit_id}: {fault}" for fault in faults]
    verdict.wrong += [f"{visit_id}: nobody tapped this" for visit_id in found if visit_id not in known]
    return verdict


def _entries(
    headquarters: Headquarters, committed: Iterable[Committed], places: Places, reports: Sequence[Report],
    verdict: Verdict,
) -> tuple[set[str | None], set[str | None]]:  # fmt: skip
    """Compare entry by entry; the visits of those that are known to be missing, and what was said in them with a
    receipt."""
    held: Counter[str] = Counter()
    missing: set[Place] = set()
    for record in headquarters.records():
        if record["kind"] == Kind.ENTRY_RECOVERED:
            record = record["body"]["record"]
        held[record["entry_id"]] += 1
        if record["kind"] == Kind.JOURNAL_RECOVERED:
            missing |= missing_in(record["body"])
    missing = with_lost_reports(missing, reports)
    alarmed = any(kind == "entries_lost" for _, kind, _ in headquarters.alarms())
    excused: set[str | None] = set()
    unsaid: set[str | None] = set()
    for entry in committed:
        verdict.entries += 1
        if entry.entry_id in held:
            continue
        if alarmed and not missing.isdisjoint(places.get(entry.entry_id, ())):
            verdict.told += 1
            excused.add(entry.visit_id)
            unsaid.add(entry.words)
        else:
            verdict.lost.append(f"entry {entry.epoch}:{entry.sequence} ({entry.kind}) is gone, and nobody said so")
    return excused, unsaid


def missing_in(body: Mapping[str, Any]) -> frozenset[Place]:
    """The places that the body of a `journal.recovered` says are missing."""
    return frozenset((body["epoch"], n) for first, last in body["missing"] for n in range(first, last + 1))


def with_lost_reports(missing: set[Place], reports: Sequence[Report]) -> set[Place]:
    """These places, and those that reports among them named; and so on."""
    found = set(missing)
    while fresh := [one for one in reports if one.place in found and not one.missing <= found]:
        found.update(*(one.missing for one in fresh))
    return found


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
        if rating["comment"] != (told.comment or None):
            yield "another comment than was written"
        if not rating["finished"]:
            yield "thanked for, and not finished"
    elif rating["level"] not in told.may_be():
        yield f"{rating['level']} instead of one of {sorted(map(str, told.may_be()))}"


def _said_faults(told: Told, rating: dict[str, Any], withdrawals: int, unsaid: set[str | None]) -> Iterable[str]:
    """Whether central has what was said with the receipt, each exactly once; what was not confirmed, once at most. Of
    several withdrawals the hall reads the first that came."""
    found = Counter(addition["words"] for addition in rating["additions"])
    for said in told.additions:
        times = found.pop(said.words, 0)
        if times > 1 or (times == 0 and said.told and said.words not in unsaid):
            yield f"the added {said.words!r} is there {times} times"
    yield from (f"nobody added {words!r}" for words in found)
    sure = sum(said.told and said.words not in unsaid for said in told.withdrawals)
    if not sure <= withdrawals <= len(told.withdrawals):
        yield f"{withdrawals} withdrawals instead of {sure} to {len(told.withdrawals)}"
    read = rating["withdrawal"] and rating["withdrawal"]["words"]
    if (read is not None) != bool(withdrawals) or read not in (None, *(said.words for said in told.withdrawals)):
        yield f"withdrawn with {read!r}, of {withdrawals} withdrawals"


def chain_faults(headquarters: Headquarters) -> list[str]:
    """What is not whole in what central holds."""
    faults: list[str] = []
    for device in headquarters.every("devices"):
        if device["chain"] != "whole":
            faults.append(f"{device['window']}: {device['chain']}")
    begun_anew = {device for device, kind, _ in headquarters.alarms() if kind == "new_epoch"}
    for device_id, record, reason in headquarters.quarantined():
        if device_id not in begun_anew or not _knew_less(record, reason):
            faults.append(f"{record['kind']} in quarantine: {reason}")
    return faults


CLOSED_AT_START = ("unclean_stop", "terminal_stopped")


def _knew_less(record: Mapping[str, Any], reason: str) -> bool:
    """A tap came to central, and then damage took it from the terminal alone, which at one of its next starts closes
    the visit as far as it knows: as ended without a tap. Central sets that aside, for it knows better, and the tap
    stands."""
    body = record["body"]
    closed_at_start = record["kind"] == Kind.VISIT_ENDED and body["cause"] in CLOSED_AT_START
    return closed_at_start and body["outcome"] == "cancelled" and "a level was tapped" in reason


def kinds(alarms: Iterable[tuple[str, str, str]]) -> Counter[str]:
    """How often each kind of alarm."""
    return Counter(kind for _, kind, _ in alarms)
