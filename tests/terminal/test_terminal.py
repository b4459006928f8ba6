import itertools
from concurrent.futures import Future

import pytest

from kiosk.core import events as e
from kiosk.core.entry import Draft, Head
from kiosk.core.levels import Level
from kiosk.core.situation import State
from kiosk.core.view import Accepted, Refused, Scene, View
from kiosk.terminal import Answer, Terminal, Unsent
from tests.terminal.loops import ManualLoop

MATTER = e.Matter("0101", "社保参保证明打印")


class Paper:
    """A journal lane made of paper: it answers when told to."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self._futures: list[Future[Head]] = []

    def record(self, draft: Draft) -> "Future[Head]":
        self.drafts.append(draft)
        self._futures.append(Future())
        return self._futures[-1]

    def commit(self) -> None:
        for number, future in enumerate(self._futures, start=1):
            if not future.done():
                future.set_result(Head(7, number, f"{number:02x}" * 32))

    def fail(self) -> None:
        self._futures[-1].set_exception(OSError("the lane has ended"))


class Desk:
    """A terminal on a manual loop with a paper journal."""

    def __init__(self) -> None:
        self.loop, self.paper = ManualLoop(), Paper()
        numbers = itertools.count(1)
        self.recorded: list[Head] = []
        self.terminal = Terminal(
            loop=self.loop, clock=self.loop, new_id=lambda: f"{next(numbers):032x}", record=self.paper.record,
            scene=Scene(hall="大厅"), on_recorded=self.recorded.append,
        )  # fmt: skip
        self.views: list[View] = []
        self.stop_watching = self.terminal.watch(self.views.append)
        self.do(e.Started("1", clean=True))

    def ask(self, event: e.Event) -> "Future[Answer]":
        answer = self.terminal.submit(event)
        self.loop.run()
        return answer

    def do(self, event: e.Event) -> Answer:
        answer = self.ask(event)
        self.paper.commit()
        self.loop.run()
        return answer.result(0)

    @property
    def state(self) -> State:
        return self.terminal.view().situation.state

    def to_inviting(self) -> "Desk":
        self.do(e.StartVisit("v1", MATTER, "1"))
        self.do(e.Invite("v1"))
        return self


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_event_is_folded_on_the_loop_and_not_where_it_was_made(desk: Desk) -> None:
    answer = desk.terminal.submit(e.Pause("午休"))
    assert desk.state is State.READY
    assert not answer.done()
    desk.loop.run()
    assert desk.state is State.PAUSED


def test_an_answer_waits_for_the_commit(desk: Desk) -> None:
    answer = desk.ask(e.StartVisit("v1", MATTER, "1"))
    assert not answer.done()
    desk.paper.commit()
    assert not answer.done()
    desk.loop.run()
    accepted = answer.result(0)
    assert isinstance(accepted, Accepted)
    assert accepted.view.situation.state is State.SERVING


def test_a_refusal_comes_at_once_and_records_nothing(desk: Desk) -> None:
    drafts = len(desk.paper.drafts)
    assert desk.ask(e.Resume()).result(0) == Refused("not_now")
    assert len(desk.paper.drafts) == drafts


def test_an_event_that_records_nothing_is_answered_at_once(desk: Desk) -> None:
    assert isinstance(desk.ask(e.HoursChanged(False)).result(0), Accepted)
    assert desk.state is State.CLOSED


def test_watchers_are_told_each_change_and_no_more(desk: Desk) -> None:
    before = len(desk.views)
    desk.ask(e.HoursChanged(True))
    assert len(desk.views) == before
    desk.ask(e.HoursChanged(False))
    assert len(desk.views) == before + 1
    desk.stop_watching()
    desk.stop_watching()
    desk.ask(e.HoursChanged(True))
    assert len(desk.views) == before + 1


def test_a_screen_that_waits_too_long_goes_on_by_itself(desk: Desk) -> None:
    desk.to_inviting()
    desk.loop.advance(29_999)
    assert desk.state is State.INVITING
    desk.loop.advance(1)
    assert desk.terminal.view().situation.asking
    desk.loop.advance(20_000)
    assert desk.paper.drafts[-1].body["outcome"] == "timed_out"


def test_only_one_timer_is_armed_and_none_at_rest(desk: Desk) -> None:
    assert desk.loop.armed == 0
    desk.to_inviting()
    desk.do(e.TapLevel(Level.DISSATISFIED))
    for code in ("207", "208", "207"):
        desk.do(e.ToggleReason(code))
    assert desk.loop.armed == 1
    desk.do(e.Submit())
    assert desk.state is State.THANKS
    desk.loop.advance(6_000)
    assert desk.state is State.READY
    assert desk.loop.armed == 0


def test_touching_anything_gives_the_citizen_the_whole_time_again(desk: Desk) -> None:
    desk.to_inviting()
    desk.do(e.TapLevel(Level.SATISFIED))
    desk.loop.advance(59_000)
    desk.do(e.ToggleReason("406"))
    desk.loop.advance(59_000)
    assert desk.state is State.EXPLAINING


def test_each_commit_wakes_the_delivery(desk: Desk) -> None:
    assert [head.sequence for head in desk.recorded] == [1]
    desk.to_inviting()
    assert [head.sequence for head in desk.recorded] == [1, 2, 3]


def test_a_lane_that_ended_puts_the_terminal_out_of_order_and_refuses(desk: Desk) -> None:
    answer = desk.ask(e.StartVisit("v1", MATTER, "1"))
    desk.paper.fail()
    desk.loop.run()
    assert answer.result(0) == Refused("out_of_order")
    assert desk.state is State.OUT_OF_ORDER


def test_what_is_unsent_has_an_age_that_grows(desk: Desk) -> None:
    desk.terminal.set_unsent(Unsent(3, desk.loop.wall_ms() - 5_000))
    assert desk.views[-1].unsent == 3
    desk.loop.advance(2_500)
    assert desk.terminal.view().oldest_unsent_s == 7
    before = len(desk.views)
    desk.terminal.set_unsent(Unsent(3, desk.loop.wall_ms() - 7_500))
    assert len(desk.views) == before


def test_a_clock_that_went_back_gives_no_negative_age(desk: Desk) -> None:
    desk.terminal.set_unsent(Unsent(1, desk.loop.wall_ms() + 99_000))
    assert desk.terminal.view().oldest_unsent_s == 0


def test_a_new_profile_changes_the_scene_and_the_terms(desk: Desk) -> None:
    desk.terminal.set_scene(Scene(hall="新大厅"), e.Terms(window="B1", inviting_ms=10_000))
    assert desk.views[-1].scene.hall == "新大厅"
    desk.to_inviting()
    assert desk.paper.drafts[-2].body["window"] == "B1"
    desk.loop.advance(10_000 + 20_000)
    assert desk.paper.drafts[-1].body["outcome"] == "timed_out"


def test_a_watcher_that_fails_costs_no_other_its_view_and_no_event_its_answer(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_view: View) -> None:
        raise RuntimeError("the screen is gone")

    desk.terminal.watch(fail)
    later: list[View] = []
    desk.terminal.watch(later.append)
    desk.to_inviting()
    assert isinstance(desk.do(e.TapLevel(Level.VERY_DISSATISFIED)), Accepted)
    assert later[-1].situation.state is State.EXPLAINING
    assert "a watcher failed" in caplog.text


def test_an_answer_nobody_waits_for_any_more_does_not_stop_the_clock(desk: Desk) -> None:
    desk.to_inviting()
    tapped = desk.terminal.submit(e.TapLevel(Level.DISSATISFIED))
    assert tapped.cancel()
    desk.loop.run()
    desk.paper.commit()
    desk.loop.run()
    assert desk.views[-1].situation.state is State.EXPLAINING
    desk.loop.advance(60_000 + 20_000)
    body = desk.paper.drafts[-1].body
    assert (body["outcome"], body["level"]) == ("rated", "dissatisfied")


def test_a_delivery_that_fails_to_wake_costs_no_answer(desk: Desk) -> None:
    def fail(_head: Head) -> None:
        raise RuntimeError("the delivery is gone")

    desk.terminal._on_recorded = fail
    answer = desk.ask(e.StartVisit("v1", MATTER, "1"))
    desk.paper.commit()
    with pytest.raises(RuntimeError):
        desk.loop.run()
    assert isinstance(answer.result(0), Accepted)


def test_a_clock_that_someone_sets_during_a_rating_is_on_record_and_disturbs_nothing() -> None:
    desk = Desk()
    desk.loop.off_ms = 0
    desk.do(e.StartVisit("a" * 32, MATTER, "1"))
    desk.do(e.Invite("a" * 32))
    desk.loop.off_ms = 3_653 * 86_400_000
    desk.do(e.TapLevel(Level.SATISFIED))
    desk.loop.off_ms = -5_000
    assert isinstance(desk.do(e.Submit()), Accepted)
    assert desk.terminal.view().situation.state is State.THANKS
    kinds = [draft.kind for draft in desk.paper.drafts]
    assert kinds[-4:] == ["clock.jumped", "visit.level_tapped", "clock.jumped", "visit.ended"]
    jumps = [draft for draft in desk.paper.drafts if draft.kind == "clock.jumped"]
    assert [jump.body["by_ms"] for jump in jumps] == [3_653 * 86_400_000, -3_653 * 86_400_000 - 5_000]
    assert all(jump.visit_id is None for jump in jumps)


def test_time_that_passes_is_no_jump() -> None:
    desk = Desk()
    for ms in (1, 2_500, 86_400_000):
        desk.loop.advance(ms)
        desk.do(e.Pause("x"))
    assert "clock.jumped" not in [draft.kind for draft in desk.paper.drafts]
