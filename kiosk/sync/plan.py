"""What the lane does next, and what an outcome changes: pure functions over one frozen value.

Invariant: nothing here moves the acknowledged position; that is the journal's, and only after a `Taken`. What concerns
all holds all back, what concerns one kind of work holds that one alone, and nothing is given up for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from kiosk.protocol.address import is_loopback
from kiosk.protocol.central import BATCH_LIMIT
from kiosk.sync.answers import is_plausible
from kiosk.sync.backoff import USUAL_BACKOFF, Backoff, start_spread_s
from kiosk.sync.outcome import (
    Beaten,
    BeginAnew,
    ClockHint,
    Outcome,
    ProfileSame,
    ProfileText,
    Refusal,
    ResendFrom,
    Shrink,
    Stop,
    Taken,
    TryAgain,
)
from kiosk.sync.ports import (
    ClockOff,
    Healthy,
    JournalStatus,
    MustBeginAnew,
    ProfileArrived,
    Progress,
    SyncNews,
    Trouble,
)

Work = Literal["journal", "heartbeat", "profile"]
ROUND: tuple[Work, ...] = ("journal", "heartbeat", "profile")
MIRROR_ROUND: tuple[Work, ...] = ("journal", "heartbeat")
Source = Literal["journal", "heartbeat", "profile", "lead", "proof"]
"""What a trouble came from: a kind of work, or that central holds more than this journal, or has proved that it cannot
go on."""
_OF_THE_EPOCH: tuple[Source, ...] = ("journal", "lead", "proof")

_NOTABLE_OFFSET_MS = 30_000
_PROBE = 25
"""Entries of a batch, at least, that is tried after a failure."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often. `slow_ms`: between tries of what a person must mend; `spread_s`: over how long the terminals of a city
    spread their first request after they booted together; `anew_ms`: between two journals that central makes us begin,
    for one that is never content must not have a journal a minute."""

    heartbeat_ms: int = 60_000
    profile_ms: int = 60_000
    slow_ms: int = 600_000
    backoff: Backoff = USUAL_BACKOFF
    spread_s: float = 120.0
    anew_ms: int = 3_600_000


USUAL_PACE = Pace()


def pace_for(url: str, heartbeat_s: int = 60, retry_max_s: int = 300, spread_s: int = 120) -> Pace:
    """The pace towards this central. One on the same machine serves no city, so nothing is gained by sparing it.

    `spread_s`: over how long the terminals of this city come back; see docs/adr/0010.
    """
    heartbeat_ms = heartbeat_s * 1000
    if is_loopback(url):
        return Pace(heartbeat_ms, heartbeat_ms, backoff=Backoff(0.5, 1, min(retry_max_s, 4)), spread_s=1.0)
    backoff = Backoff(0.5, min(spread_s, retry_max_s), retry_max_s)
    return Pace(heartbeat_ms, heartbeat_ms, backoff=backoff, spread_s=spread_s)


@dataclass(frozen=True, slots=True)
class Moment:
    """When an outcome is settled: wall and monotonic milliseconds, and a random number from 0 to below 1."""

    wall_ms: int
    mono_ms: int
    draw: float


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the lane remembers. Times are the clock's `mono_ms`; `held_ms` holds all, `due_ms` each kind of work, of
    which there are `works`.

    `resend_after`: central lacks what comes after this, though the journal has it acknowledged; `resent_ms`: when it
    said so last. `limit`, `plain`: how many entries a batch may have, and whether it goes without gzip.
    `told_unsent`: what central last heard of unsent entries. `etag`: of the profile that came last, in force or
    refused; empty until one came. `anew_ms`: when a journal was last said to be at its end.
    """

    held_ms: int
    due_ms: Mapping[Work, int]
    works: tuple[Work, ...] = ROUND
    turn: int = 0
    failures: int = 0
    epoch: int = 0
    resend_after: int | None = None
    resent_ms: int | None = None
    limit: int = BATCH_LIMIT
    plain: bool = False
    told_unsent: int = 0
    offset_ms: int = 0
    hinted: bool = False
    etag: str = ""
    troubles: Mapping[Source, Trouble] = field(default_factory=dict)
    anew_ms: int | None = None

    def position(self, acknowledged: int) -> int:
        """After which sequence to send next."""
        return acknowledged if self.resend_after is None else min(self.resend_after, acknowledged)


@dataclass(frozen=True, slots=True)
class Do:
    """Do this now."""

    work: Work


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do for so long, unless nudged."""

    ms: int


def first_plan(mono_ms: int, draw: float, spread_s: float = 120.0, works: tuple[Work, ...] = ROUND) -> Plan:
    """The plan of a lane that starts. `mono_ms` counts since boot."""
    held_ms = mono_ms + int(start_spread_s(mono_ms, draw, spread_s) * 1000)
    return Plan(held_ms, dict.fromkeys(works, 0), works)


def held_for(plan: Plan, mono_ms: int) -> int:
    """The milliseconds for which everything waits; 0: nothing is held."""
    return max(plan.held_ms - mono_ms, 0)


def next_step(plan: Plan, status: JournalStatus, mono_ms: int) -> Do | Wait:
    """What to do at this moment: in turns, so that no kind of work that always fails keeps the others from theirs."""
    behind = plan.position(status.acknowledged) < status.head.sequence
    works, turn = plan.works, plan.turn % len(plan.works)
    wanted = [work for work in works[turn:] + works[:turn] if work != "journal" or behind]
    for work in wanted:
        if plan.due_ms[work] <= mono_ms:
            return Do(work)
    return Wait(min(plan.due_ms[work] for work in wanted) - mono_ms)


def of_epoch(plan: Plan, epoch: int) -> Plan:
    """The plan for the journal of this epoch: a new journal owes nothing of what held the old one back."""
    if plan.epoch == epoch:
        return plan
    troubles = {source: trouble for source, trouble in plan.troubles.items() if source not in _OF_THE_EPOCH}
    plan = replace(plan, epoch=epoch, resend_after=None, limit=BATCH_LIMIT, plain=False, troubles=troubles)
    return _due(plan, "journal", 0)


def report_soon(plan: Plan) -> Plan:
    """The plan with a heartbeat due at once, for the terminal's state has changed."""
    return _due(plan, "heartbeat", 0)


def retry_now(plan: Plan) -> Plan:
    """The plan with nothing held back any more: a person has mended something, or wants to see it fail."""
    return replace(plan, held_ms=0, failures=0, hinted=False, due_ms=dict.fromkeys(plan.works, 0))


def settle(
    plan: Plan, work: Work, outcome: Outcome, status: JournalStatus, moment: Moment, pace: Pace
) -> tuple[Plan, tuple[SyncNews, ...]]:
    """The plan after an outcome, and what to tell. `status`: the journal's after it, so moved already by a `Taken`."""
    plan = replace(plan, turn=plan.turn + 1)
    match outcome:
        case Taken(acknowledged, receipt, _):
            resend_after = None if plan.resend_after is None or acknowledged >= status.acknowledged else acknowledged
            plan = replace(plan, resend_after=resend_after, limit=min(plan.limit * 2, BATCH_LIMIT), plain=False)
            plan, told = _learn_time(plan, receipt.server_time, moment)
            told = [Progress(receipt.epoch, max(acknowledged, status.acknowledged), receipt.quarantined), *told]
            plan = _watch_lead(_worked(plan, work, 0), receipt.acknowledged, status)
            if plan.told_unsent and not status.unsent:
                plan = report_soon(plan)  # or central would go on showing a backlog that it has taken in
        case Beaten(answer):
            plan, told = _learn_time(plan, answer.server_time, moment)
            plan = _watch_lead(_worked(plan, work, _later(moment, pace.heartbeat_ms)), answer.acknowledged, status)
            plan = replace(plan, told_unsent=status.unsent)
            if answer.acknowledged < status.acknowledged and _may_resend(plan, moment, pace):
                plan = replace(plan, resend_after=answer.acknowledged, resent_ms=moment.mono_ms)
        case ProfileSame():
            plan, told = _worked(plan, work, _later(moment, pace.profile_ms)), []
        case ProfileText(text, etag):
            plan = replace(_worked(plan, work, _later(moment, pace.profile_ms)), etag=etag)
            told = [ProfileArrived(text, etag)]
        case _:
            plan, told = _settle_refusal(plan, work, outcome, status, moment, pace)
    return plan, tuple(told)


def news_of(before: Plan, after: Plan) -> tuple[SyncNews, ...]:
    """What to tell of troubles: each kind once when it comes, and when the last has gone."""
    known = {trouble.kind for trouble in before.troubles.values()}
    fresh = {trouble.kind: trouble for trouble in after.troubles.values() if trouble.kind not in known}
    news: list[SyncNews] = list(fresh.values())
    if before.troubles and not after.troubles:
        news.append(Healthy())
    return tuple(news)


def _settle_refusal(
    plan: Plan, work: Work, refusal: Refusal, status: JournalStatus, moment: Moment, pace: Pace
) -> tuple[Plan, list[SyncNews]]:
    match refusal:
        case TryAgain(kind, why, after_s):
            return back_off(plan, work, Trouble(kind, why), after_s, moment, pace), []
        case ClockHint(server_time):
            offset_ms = server_time - moment.wall_ms
            told: list[SyncNews] = [ClockOff(offset_ms)]
            plan = replace(plan, offset_ms=offset_ms)
            if plan.hinted:
                trouble = Trouble("clock", "central refuses our time even after telling its own")
                return back_off(plan, work, trouble, None, moment, pace), told
            return replace(plan, hinted=True, turn=plan.turn - 1), told
        case ResendFrom(sequence, why):
            if sequence < plan.position(status.acknowledged) and _may_resend(plan, moment, pace):
                return replace(plan, resend_after=sequence, resent_ms=moment.mono_ms), []
            return back_off(plan, work, Trouble("gap", why), None, moment, pace), []
        case Shrink(sent, _) if sent > 1:
            return replace(plan, limit=sent // 2, turn=plan.turn - 1), []
        case Shrink() if not plan.plain:
            return replace(plan, limit=1, plain=True, turn=plan.turn - 1), []
        case Shrink(_, why):
            return _stop(plan, work, Stop("entry_refused", why, "this"), moment, pace), []
        case Stop():
            return _stop(plan, work, refusal, moment, pace), []
        case BeginAnew():
            return _begin_anew(plan, work, refusal, moment, pace)
        case _:
            assert_never(refusal)


def back_off(plan: Plan, work: Work, trouble: Trouble, after_s: float | None, moment: Moment, pace: Pace) -> Plan:
    """The plan after a failure that concerns all: everything waits, and other work comes first then. The next batch is
    a small one, for a bad line may let it through; each success doubles it again."""
    failures = plan.failures + 1
    held_ms = moment.mono_ms + int(pace.backoff.delay_s(failures, moment.draw, after_s) * 1000)
    plan = replace(plan, failures=failures, held_ms=held_ms, troubles={**plan.troubles, work: trouble})
    match work:
        case "journal":
            return replace(plan, limit=min(plan.limit, max(_PROBE, plan.limit // 4)))
        case "heartbeat":
            return _due(plan, work, _later(moment, pace.heartbeat_ms))
        case "profile":
            return _due(plan, work, _later(moment, pace.profile_ms))


def _stop(plan: Plan, work: Work, stop: Stop, moment: Moment, pace: Pace) -> Plan:
    """Nothing is refused for ever: central may be mended, and no one may come to say so."""
    until_ms = _later(moment, pace.slow_ms)
    plan = replace(plan, troubles={**plan.troubles, work: Trouble(stop.kind, stop.why, alarm=True)})
    return replace(plan, held_ms=until_ms) if stop.concerns == "all" else _due(plan, work, until_ms)


def _begin_anew(plan: Plan, work: Work, proof: BeginAnew, moment: Moment, pace: Pace) -> tuple[Plan, list[SyncNews]]:
    """Told at most once in `anew_ms`, and again of the same journal, for whoever begins them may have failed to; what
    else there is to send goes on, for it may be the last that this disk gives."""
    due_ms = moment.mono_ms + pace.slow_ms if work == "journal" else _later(moment, pace.heartbeat_ms)
    plan = _due(plan, work, due_ms)
    plan = replace(plan, failures=0, troubles={**plan.troubles, "proof": Trouble(proof.reason, proof.why, alarm=True)})
    too_soon = plan.anew_ms is not None and moment.mono_ms - plan.anew_ms < pace.anew_ms
    if too_soon:
        return plan, []
    plan = replace(plan, anew_ms=moment.mono_ms)
    return plan, [MustBeginAnew(plan.epoch, proof.reason, proof.why)]


def _worked(plan: Plan, work: Work, due_ms: int) -> Plan:
    """One success shows that the line works; what a person must mend in other work stays told."""
    troubles = {source: trouble for source, trouble in plan.troubles.items() if source != work and trouble.alarm}
    return _due(replace(plan, failures=0, hinted=False, troubles=troubles), work, due_ms)


def _watch_lead(plan: Plan, held: int, status: JournalStatus) -> Plan:
    """Whether central holds more of this epoch than the journal ever had, as after an old disk image was put back."""
    troubles = {**plan.troubles}
    troubles.pop("lead", None)
    if held > status.head.sequence:
        words = f"central holds {held} entries of this journal, which ends at {status.head.sequence}"
        troubles["lead"] = Trouble("rewound", words, alarm=True)
    return replace(plan, troubles=troubles)


def _learn_time(plan: Plan, server_time: int, moment: Moment) -> tuple[Plan, list[SyncNews]]:
    offset_ms = server_time - moment.wall_ms
    if not is_plausible(server_time) or abs(offset_ms - plan.offset_ms) < _NOTABLE_OFFSET_MS:
        return plan, []
    return replace(plan, offset_ms=offset_ms), [ClockOff(offset_ms)]


def _may_resend(plan: Plan, moment: Moment, pace: Pace) -> bool:
    """A central that always asks for all again gets it at the slow pace."""
    return plan.resent_ms is None or moment.mono_ms - plan.resent_ms >= pace.slow_ms


def _later(moment: Moment, ms: int) -> int:
    """In so long, give or take a tenth."""
    return moment.mono_ms + int(ms * (0.9 + 0.2 * moment.draw))


def _due(plan: Plan, work: Work, ms: int) -> Plan:
    return replace(plan, due_ms={**plan.due_ms, work: ms})
