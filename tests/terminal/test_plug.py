"""The start of a visit is on the disk before anyone sees the page; and whenever the plug is pulled, the next start says
so: the visit shows as started, and then as broken off."""

from concurrent.futures import Future
from pathlib import Path

import pytest

from kiosk.core import events as e
from kiosk.core.entry import Draft, Head, Kind
from kiosk.core.levels import Level
from kiosk.core.situation import State
from kiosk.core.view import View
from kiosk.device.clock import SystemClock
from kiosk.device.secrets import open_vault
from kiosk.unit import open_journal
from tests.terminal.test_terminal import Desk
from tests.terminal.test_unit import Bench

VISIT, MATTER = "5" * 32, e.Matter("0101", "社保参保证明打印")
STORY: list[e.Event] = [
    e.StartVisit(VISIT, MATTER, "341200202611240178", 1, "李雷"),
    e.Invite(VISIT),
    e.TapLevel(Level.VERY_DISSATISFIED),
    e.ChooseAgain(),
    e.TapLevel(Level.DISSATISFIED),
    e.ToggleReason("207"),
    e.WriteComment("让我跑了三趟"),
    e.Submit(),
]
ON_SCREEN = {State.SERVING, State.INVITING, State.EXPLAINING, State.THANKS, State.HANDED_TO_PHONE}


def shows(view: View, visit_id: str) -> bool:
    situation = view.situation
    return situation.state in ON_SCREEN and situation.visit is not None and situation.visit.visit_id == visit_id


def on_the_thanks_page(desk: Desk) -> None:
    desk.to_inviting()
    for event in (e.TapLevel(Level.SATISFIED), e.Submit()):
        desk.do(event)
    assert desk.state is State.THANKS


def in_trouble(desk: Desk) -> None:
    desk.ask(e.Fault("journal"))
    desk.ask(e.FaultCleared("journal"))


def after_hours(desk: Desk) -> None:
    desk.ask(e.HoursChanged(False))


@pytest.mark.parametrize("before", [lambda desk: None, on_the_thanks_page, in_trouble, after_hours])
def test_nobody_sees_a_visit_whose_start_is_not_on_the_disk(desk: Desk, before) -> None:
    before(desk)
    answer = desk.ask(e.StartVisit(VISIT, MATTER, "1"))
    desk.loop.advance(3_600_000)  # the disk takes an hour
    desk.ask(e.Invite(VISIT))
    desk.ask(e.AskToRate())
    desk.ask(e.TapLevel(Level.SATISFIED))
    assert not any(shows(view, VISIT) for view in (*desk.views, desk.terminal.view()))
    assert not answer.done()
    desk.paper.commit()
    desk.loop.run()
    assert shows(desk.views[-1], VISIT)


def test_a_terminal_that_does_not_wait_for_the_disk_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: the lane answers at once, and writes later."""
    desk = Desk()

    def hasty(draft: Draft) -> "Future[Head]":
        done: Future[Head] = Future()
        done.set_result(Head(7, len(desk.paper.drafts) + 1, "ab" * 32))
        return done

    monkeypatch.setattr(desk.terminal, "_record", hasty)
    desk.ask(e.StartVisit(VISIT, MATTER, "1"))
    assert any(shows(view, VISIT) for view in desk.views)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def the_story() -> list[Draft]:
    """What a visit records, from the start of the terminal to the thanks."""
    desk = Desk()
    for event in STORY:
        desk.do(event)
    assert desk.state is State.THANKS
    return desk.paper.drafts


@pytest.mark.parametrize("reached", range(1, 7))
def test_wherever_the_plug_is_pulled_the_visit_shows_as_started_and_then_as_broken_off(
    tmp_path: Path, reached: int
) -> None:
    bench = Bench(tmp_path)
    story = the_story()
    assert len(story) == 6
    with open_journal(bench.home, open_vault(bench.home, "file", "file"), SystemClock()) as journal:
        for draft in story[:reached]:
            journal.append(draft)
    try:
        bench.ready()
    finally:
        bench.close()
    with open_journal(bench.home, open_vault(bench.home, "file", "file"), SystemClock()) as journal:
        records = journal.read(0, 100)
        assert journal.verify().fault is None
    started = [record for record in records if record["kind"] == Kind.VISIT_STARTED]
    ended = [record for record in records if record["kind"] == Kind.VISIT_ENDED]
    assert len(started) == len(ended) == (reached > 1)
    again = [record for record in records if record["kind"] == Kind.TERMINAL_STARTED][-1]
    assert again["body"]["unclean_stop"] is True
    tapped = [record["body"]["level"] for record in records if record["kind"] == Kind.LEVEL_TAPPED]
    if 1 < reached < 6:
        body = ended[0]["body"]
        assert body["cause"] == "unclean_stop"
        assert (body["outcome"], body.get("level")) == (("rated", tapped[-1]) if tapped else ("cancelled", None))
