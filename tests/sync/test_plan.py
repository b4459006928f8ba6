"""What the lane does next and what an outcome changes, as values."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.entry import Head
from kiosk.protocol.central import BATCH_LIMIT, HeartbeatAnswer, JournalReceipt, Quarantined
from kiosk.sync.outcome import (
    Beaten,
    BeginAnew,
    ClockHint,
    Outcome,
    ProfileSame,
    ProfileText,
    ResendFrom,
    Shrink,
    Stop,
    Taken,
    TryAgain,
)
from kiosk.sync.plan import (
    ROUND,
    USUAL_PACE,
    Do,
    Moment,
    Plan,
    Wait,
    Work,
    back_off,
    first_plan,
    held_for,
    news_of,
    next_step,
    of_epoch,
    pace_for,
    report_soon,
    retry_now,
    settle,
)
from kiosk.sync.ports import ClockOff, Healthy, MustBeginAnew, ProfileArrived, Progress, Trouble
from tests.sync.standins import EPOCH, Status

WALL = 1_767_225_600_000
NOW = Moment(WALL, 1_000_000, 0.5)
FRESH = Plan(0, dict.fromkeys(ROUND, 0), epoch=EPOCH)
RESTING = replace(FRESH, due_ms={"journal": 0, "heartbeat": 1_060_000, "profile": 1_060_000})


def status(head: int, acknowledged: int = 0) -> Status:
    return Status(Head(EPOCH, head), acknowledged, head - acknowledged, None)


def taken(acknowledged: int, held: int | None = None, at: int = WALL) -> Taken:
    receipt = JournalReceipt(
        acknowledged=acknowledged if held is None else held, epoch=EPOCH, digest="", quarantined=(), server_time=at
    )
    return Taken(acknowledged, receipt, b"{}")


def beaten(acknowledged: int, at: int = WALL) -> Beaten:
    return Beaten(HeartbeatAnswer(acknowledged=acknowledged, server_time=at))


def after(plan: Plan, work: Work, outcome: Outcome, of: Status, moment: Moment = NOW) -> Plan:
    return settle(plan, work, outcome, of, moment, USUAL_PACE)[0]


def do(plan: Plan, of: Status, at: int = NOW.mono_ms) -> Do | Wait:
    return next_step(plan, of, at)


# -- turns -----------------------------------------------------------------------------------------------------------


def test_a_lane_that_starts_on_a_machine_just_booted_waits_a_random_while() -> None:
    assert held_for(first_plan(30_000, 0.25), 30_000) == 30_000
    assert held_for(first_plan(10_000_000, 0.25), 10_000_000) == 250
    assert held_for(first_plan(10_000_000, 0.25), 20_000_000) == 0


def test_the_journal_comes_first_and_then_each_gets_its_turn() -> None:
    plan, done = FRESH, []
    outcomes: dict[Work, Outcome] = {"journal": taken(5), "heartbeat": beaten(5), "profile": ProfileSame()}
    for _ in range(3):
        step = do(plan, status(5))
        assert isinstance(step, Do)
        done.append(step.work)
        plan = after(plan, step.work, outcomes[step.work], status(5, 5))
    assert done == ["journal", "heartbeat", "profile"]
    assert isinstance(do(plan, status(5, 5)), Wait)


def test_with_nothing_to_do_the_lane_waits_for_the_next_heartbeat() -> None:
    assert do(RESTING, status(5, 5)) == Wait(60_000)


def test_a_new_entry_is_sent_at_once() -> None:
    assert do(RESTING, status(6, 5)) == Do("journal")


def test_a_changed_state_is_reported_at_once() -> None:
    assert do(report_soon(RESTING), status(5, 5)) == Do("heartbeat")


def test_a_backlog_is_drained_without_a_pause_and_does_not_starve_the_heartbeat() -> None:
    plan, acknowledged, done = FRESH, 0, []
    while acknowledged < 20_000:
        step = do(plan, status(20_000, acknowledged))
        assert isinstance(step, Do)
        done.append(step.work)
        match step.work:
            case "journal":
                acknowledged += plan.limit
                plan = after(plan, "journal", taken(acknowledged), status(20_000, acknowledged))
            case "heartbeat":
                plan = after(plan, "heartbeat", beaten(acknowledged), status(20_000, acknowledged))
            case "profile":
                plan = after(plan, "profile", ProfileSame(), status(20_000, acknowledged))
        assert held_for(plan, NOW.mono_ms) == 0
    assert done.count("journal") == 40
    assert done[:3] == ["journal", "heartbeat", "profile"]


@pytest.mark.parametrize("failing", ROUND)
def test_work_that_always_fails_keeps_no_other_from_its_turn(failing: Work) -> None:
    plan, now, worked = FRESH, NOW, dict.fromkeys(ROUND, 0)
    acknowledged = 0
    while now.mono_ms < NOW.mono_ms + 3_600_000:
        now = replace(now, mono_ms=now.mono_ms + held_for(plan, now.mono_ms))
        at = status(acknowledged + 1, acknowledged)
        step = do(plan, at, now.mono_ms)
        match step:
            case Wait(ms):
                now = replace(now, mono_ms=now.mono_ms + ms)
                continue
            case Do(work) if work == failing:
                plan = after(plan, work, TryAgain("busy", "503"), at, now)
            case Do("journal"):
                acknowledged += 1
                worked["journal"] += 1
                plan = after(plan, "journal", taken(acknowledged), status(acknowledged, acknowledged), now)
                now = replace(now, mono_ms=now.mono_ms + 10_000)
            case Do("heartbeat"):
                worked["heartbeat"] += 1
                plan = after(plan, "heartbeat", beaten(acknowledged), at, now)
            case Do("profile"):
                worked["profile"] += 1
                plan = after(plan, "profile", ProfileSame(), at, now)
    assert worked.pop(failing) == 0
    assert min(worked.values()) >= 20


# -- what went well --------------------------------------------------------------------------------------------------


def test_progress_tells_where_central_stands_and_what_it_put_aside() -> None:
    receipt = JournalReceipt(
        acknowledged=4,
        epoch=EPOCH,
        digest="",
        quarantined=(Quarantined(sequence=3, reason="kind"),),
        server_time=WALL,
    )
    _, news = settle(FRESH, "journal", Taken(4, receipt, b""), status(9, 4), NOW, USUAL_PACE)
    assert news == (Progress(EPOCH, 4, receipt.quarantined),)


def test_a_profile_that_came_is_handed_on_and_not_asked_for_again() -> None:
    plan, news = settle(FRESH, "profile", ProfileText(b"{}", '"p2"'), status(0), NOW, USUAL_PACE)
    assert news == (ProfileArrived(b"{}", '"p2"'),)
    assert plan.etag == '"p2"'
    assert plan.due_ms["profile"] == 1_060_000


@pytest.mark.parametrize(("draw", "due"), [(0.0, 1_054_000), (0.5, 1_060_000), (0.9999999, 1_065_999)])
def test_heartbeats_are_jittered_by_a_tenth(draw: float, due: int) -> None:
    assert after(FRESH, "heartbeat", beaten(0), status(0), replace(NOW, draw=draw)).due_ms["heartbeat"] == due


def test_central_hears_soon_that_a_backlog_it_was_told_of_is_gone() -> None:
    plan = after(FRESH, "heartbeat", beaten(0), status(900))
    plan = after(plan, "journal", taken(500), status(900, 500))
    assert plan.due_ms["heartbeat"] > NOW.mono_ms
    plan = after(plan, "journal", taken(900), status(900, 900))
    assert plan.due_ms["heartbeat"] == 0
    plan = after(plan, "heartbeat", beaten(900), status(900, 900))
    plan = after(plan, "journal", taken(901), status(901, 901))
    assert plan.due_ms["heartbeat"] > NOW.mono_ms


@pytest.mark.parametrize("outcome", [taken(1, at=WALL + 90_000), beaten(1, at=WALL + 90_000)])
def test_a_clock_that_is_off_is_told_once(outcome: Outcome) -> None:
    work: Work = "journal" if isinstance(outcome, Taken) else "heartbeat"
    plan, news = settle(FRESH, work, outcome, status(1, 1), NOW, USUAL_PACE)
    assert ClockOff(90_000) in news
    assert plan.offset_ms == 90_000
    again, news = settle(plan, work, outcome, status(1, 1), NOW, USUAL_PACE)
    assert not any(isinstance(item, ClockOff) for item in news)
    mended, news = settle(again, work, beaten(1), status(1, 1), NOW, USUAL_PACE)
    assert ClockOff(0) in news
    assert mended.offset_ms == 0


@pytest.mark.parametrize("at", [0, -1, 10**18])
def test_a_server_time_out_of_all_reason_is_not_believed(at: int) -> None:
    assert after(FRESH, "heartbeat", beaten(0, at=at), status(0)).offset_ms == 0


# -- what may pass ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("work", ROUND)
def test_a_failure_holds_everything_longer_each_time_and_a_success_ends_it(work: Work) -> None:
    plan = FRESH
    for wait in (30_500, 60_500, 120_500, 150_500, 150_500):
        plan = after(plan, work, TryAgain("unreachable", "refused"), status(9))
        assert held_for(plan, NOW.mono_ms) == wait
    plan = after(plan, "journal", taken(9), status(9, 9))
    assert plan.failures == 0
    plan = after(plan, work, TryAgain("unreachable", "refused"), status(9))
    assert held_for(plan, NOW.mono_ms) == 30_500


def test_a_server_that_asks_for_a_pause_gets_it() -> None:
    plan = after(FRESH, "journal", TryAgain("busy", "429", 30.0), status(9))
    assert held_for(plan, NOW.mono_ms) == 60_500


def test_a_trouble_is_told_once_and_so_is_its_end() -> None:
    refused = TryAgain("unreachable", "refused")
    first = after(FRESH, "journal", refused, status(9))
    second = after(first, "journal", TryAgain("unreachable", "reset"), status(9))
    assert news_of(FRESH, first) == (Trouble("unreachable", "refused"),)
    assert news_of(first, second) == ()
    other = after(second, "journal", TryAgain("tls", "certificate"), status(9))
    assert news_of(second, other) == (Trouble("tls", "certificate"),)
    well = after(other, "heartbeat", beaten(0), status(9))
    assert news_of(other, well) == (Healthy(),)
    assert news_of(well, well) == ()


def test_a_person_who_wants_it_tried_now_gets_it_tried_now() -> None:
    plan = FRESH
    for work in ROUND:
        plan = after(plan, work, Stop("disowned", "revoked", "all"), status(9))
    plan = retry_now(plan)
    assert held_for(plan, NOW.mono_ms) == 0
    assert isinstance(do(plan, status(9)), Do)


# -- the clock -------------------------------------------------------------------------------------------------------


def test_a_hint_of_the_time_is_used_at_once_and_only_once_in_a_row() -> None:
    ten_years = 315_360_000_000
    plan, news = settle(FRESH, "journal", ClockHint(WALL + ten_years), status(9), NOW, USUAL_PACE)
    assert news == (ClockOff(ten_years),)
    assert plan.offset_ms == ten_years
    assert held_for(plan, NOW.mono_ms) == 0
    assert do(plan, status(9)) == Do("journal")
    plan = after(plan, "journal", ClockHint(WALL - ten_years), status(9))
    assert held_for(plan, NOW.mono_ms) == 30_500
    assert plan.troubles["journal"].kind == "clock"
    well = after(plan, "journal", taken(9, at=WALL - ten_years), status(9, 9))
    assert (well.hinted, well.offset_ms) == (False, -ten_years)


# -- sending again ---------------------------------------------------------------------------------------------------


def test_central_gets_again_what_it_lacks_and_the_position_does_not_go_back() -> None:
    plan = after(FRESH, "journal", ResendFrom(3, "gap"), status(20, 10))
    assert plan.position(10) == 3
    plan = after(plan, "journal", taken(8), status(20, 10))
    assert plan.position(10) == 8
    plan = after(plan, "journal", taken(12), status(20, 12))
    assert plan.resend_after is None
    assert plan.position(12) == 12


def test_a_heartbeat_shows_what_central_has_lost_even_if_nothing_is_unsent() -> None:
    plan = after(FRESH, "heartbeat", beaten(3), status(10, 10))
    assert next_step(plan, status(10, 10), NOW.mono_ms) == Do("profile")
    assert plan.position(10) == 3
    plan = after(plan, "profile", ProfileSame(), status(10, 10))
    assert do(plan, status(10, 10)) == Do("journal")


def test_a_central_that_always_wants_all_again_gets_it_at_a_slow_pace() -> None:
    plan = after(FRESH, "journal", ResendFrom(0, "gap"), status(20, 10))
    assert held_for(plan, NOW.mono_ms) == 0
    plan = after(plan, "journal", ResendFrom(0, "gap"), status(20, 10))
    assert held_for(plan, NOW.mono_ms) > 0
    assert plan.troubles["journal"].kind == "gap"
    plan = after(plan, "journal", taken(10), status(20, 10))
    assert after(plan, "heartbeat", beaten(0), status(20, 10)).resend_after is None
    later = replace(NOW, mono_ms=NOW.mono_ms + USUAL_PACE.slow_ms)
    assert after(plan, "heartbeat", beaten(0), status(20, 10), later).resend_after == 0


def test_a_gap_behind_what_was_sent_makes_no_sense_and_moves_nothing() -> None:
    plan = after(FRESH, "journal", ResendFrom(15, "gap"), status(20, 10))
    assert plan.position(10) == 10
    assert held_for(plan, NOW.mono_ms) > 0


# -- what is refused -------------------------------------------------------------------------------------------------


def test_a_refused_batch_is_halved_until_one_entry_goes_unpacked_and_then_a_person_is_told() -> None:
    plan, sizes = FRESH, []
    while held_for(plan, NOW.mono_ms) == 0 and do(plan, status(200)) == Do("journal"):
        sent = min(plan.limit, 200)
        sizes.append((sent, plan.plain))
        before = plan
        plan = after(plan, "journal", Shrink(sent, "400 invalid"), status(200))
        if plan.due_ms["journal"]:
            break
    assert sizes == [*((size, False) for size in (200, 100, 50, 25, 12, 6, 3, 1)), (1, True)]
    assert news_of(before, plan) == (Trouble("entry_refused", "400 invalid", alarm=True),)
    assert do(plan, status(200)) == Do("heartbeat")
    assert do(plan, status(200), NOW.mono_ms + USUAL_PACE.slow_ms) == Do("heartbeat")


def test_batches_grow_again_after_a_success() -> None:
    plan, sizes = replace(FRESH, limit=1, plain=True), []
    for acknowledged in range(1, 12):
        plan = after(plan, "journal", taken(acknowledged), status(9_000, acknowledged))
        sizes.append(plan.limit)
    assert sizes == [2, 4, 8, 16, 32, 64, 128, 256, BATCH_LIMIT, BATCH_LIMIT, BATCH_LIMIT]
    assert not plan.plain


@pytest.mark.parametrize("work", ROUND)
def test_what_concerns_all_holds_all_and_is_tried_again_slowly(work: Work) -> None:
    plan = after(FRESH, work, Stop("disowned", "403 revoked", "all"), status(9))
    assert held_for(plan, NOW.mono_ms) == USUAL_PACE.slow_ms
    assert news_of(FRESH, plan) == (Trouble("disowned", "403 revoked", alarm=True),)
    assert isinstance(do(plan, status(9), NOW.mono_ms + USUAL_PACE.slow_ms), Do)


def test_an_equivocation_stops_the_journal_and_nothing_else() -> None:
    plan = after(FRESH, "journal", Stop("equivocation", "409", "this"), status(9))
    assert held_for(plan, NOW.mono_ms) == 0
    assert do(plan, status(9)) == Do("heartbeat")
    plan = after(plan, "heartbeat", beaten(4), status(9))
    plan = after(plan, "profile", ProfileSame(), status(9))
    assert plan.troubles["journal"].kind == "equivocation"
    assert isinstance(do(plan, status(9)), Wait)
    assert do(plan, status(9), NOW.mono_ms + USUAL_PACE.slow_ms + 60_001) == Do("journal")


def test_a_new_journal_owes_nothing_of_the_old_ones_trouble() -> None:
    plan = after(FRESH, "journal", Stop("equivocation", "409", "this"), status(9))
    plan = replace(plan, limit=1, plain=True, resend_after=2)
    assert of_epoch(plan, EPOCH) is plan
    fresh = of_epoch(plan, EPOCH + 1)
    assert (fresh.limit, fresh.plain, fresh.resend_after) == (BATCH_LIMIT, False, None)
    assert news_of(plan, fresh) == (Healthy(),)
    assert fresh.due_ms["journal"] == 0


@pytest.mark.parametrize(("work", "outcome"), [("heartbeat", beaten(12)), ("journal", taken(9, held=12))])
def test_a_central_that_holds_more_than_the_journal_ever_had_is_an_alarm(work: Work, outcome: Outcome) -> None:
    plan = after(FRESH, work, outcome, status(9, 9))
    (trouble,) = news_of(FRESH, plan)
    assert isinstance(trouble, Trouble)
    assert (trouble.kind, trouble.alarm) == ("rewound", True)
    assert "12" in trouble.words
    assert "rewound" in {each.kind for each in after(plan, "profile", ProfileSame(), status(9, 9)).troubles.values()}
    assert after(plan, "heartbeat", beaten(9), status(9, 9)).troubles == {}


# -- whatever happens ------------------------------------------------------------------------------------------------

OUTCOMES: list[Any] = [
    TryAgain("busy", "503"),
    TryAgain("busy", "503", 1e15),
    ClockHint(WALL * 2),
    ClockHint(WALL // 2),
    ResendFrom(0, "gap"),
    ResendFrom(9, "gap"),
    Shrink(1, "x"),
    Shrink(500, "x"),
    Stop("disowned", "x", "all"),
    Stop("equivocation", "x", "this"),
    beaten(0),
    beaten(10**9),
    taken(1),
    taken(50),
    ProfileSame(),
    ProfileText(b"{}", ""),
]


@given(
    st.lists(
        st.tuples(st.sampled_from(ROUND), st.sampled_from(OUTCOMES), st.floats(0, 1, exclude_max=True)), max_size=40
    )
)
def test_after_any_history_the_lane_works_again_within_an_hour_and_never_spins(
    history: list[tuple[Work, Any, float]],
) -> None:
    plan, at = FRESH, status(100, 50)
    for work, outcome, draw in history:
        plan = after(plan, work, outcome, at, Moment(WALL, NOW.mono_ms, draw))
        assert 1 <= plan.limit <= BATCH_LIMIT
        assert 0 <= plan.position(50) <= 50
    later = NOW.mono_ms + 3_600_000
    assert held_for(plan, later) == 0
    assert isinstance(do(plan, at, later), Do)
    if plan.failures > 0:
        assert plan.held_ms > NOW.mono_ms or plan.held_ms == 0


def test_a_bug_is_held_off_like_any_failure() -> None:
    plan = back_off(FRESH, "heartbeat", Trouble("internal", "KeyError", alarm=True), None, NOW, USUAL_PACE)
    assert held_for(plan, NOW.mono_ms) == 30_500


# -- the pace --------------------------------------------------------------------------------------------------------


def test_a_central_on_the_same_machine_is_tried_again_within_seconds() -> None:
    pace = pace_for("http://127.0.0.1:7800", heartbeat_s=30)
    assert pace.heartbeat_ms == 30_000
    assert max(pace.backoff.delay_s(failures, 0.999) for failures in range(1, 20)) < 4
    assert pace_for("https://central.example").backoff.delay_s(9, 0.999) > 290
    assert pace_for("https://central.example", retry_max_s=5).backoff.delay_s(9, 0.999) < 5


def test_a_city_spreads_its_return_as_long_as_its_settings_say() -> None:
    pace = pace_for("https://central.example", retry_max_s=900, spread_s=800)
    assert pace.spread_s == 800
    assert 700 < pace.backoff.delay_s(1, 0.9) < 800
    assert held_for(first_plan(40_000, 0.9, pace.spread_s), 40_000) == 720_000
    assert pace_for("http://127.0.0.1:7800", spread_s=800).spread_s == 1


def test_a_journal_that_was_told_to_end_and_did_not_is_told_again_after_a_while() -> None:
    proof, told = BeginAnew("equivocation", "two at one place"), []
    plan = FRESH
    for minutes in range(0, 131, 10):
        at = replace(NOW, mono_ms=NOW.mono_ms + minutes * 60_000)
        plan, news = settle(plan, "journal", proof, status(5, 3), at, USUAL_PACE)
        told += [minutes for one in news if isinstance(one, MustBeginAnew)]
    assert told == [0, 60, 120]
