"""The citizen's phone, seen from the terminal: when its code may stand there, and what central's word does."""

import itertools
import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.core import events as e
from kiosk.core.entry import Draft, Head
from kiosk.core.levels import Level
from kiosk.core.phone_link import PATH, read_token
from kiosk.core.situation import Outcome, State
from kiosk.core.view import Scene
from kiosk.phone import (
    CLOSURE_LONGEST_MS,
    HANDED_EVERY_MS,
    HEARD_MS,
    INVITING_EVERY_MS,
    LINK_AGE_MS,
    LONGEST_MS,
    SERVING_EVERY_MS,
    SILENT_MS,
    PhoneParts,
    Phones,
    phone_visit_of,
)
from kiosk.sync.ports import Call, NoReply, Reply
from kiosk.terminal import Terminal
from tests.sync.standins import JSON, problem
from tests.terminal.loops import ManualLoop

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DEVICE = "d" * 32
PAGE = "https://rate.example/hall"
RATING, DIGEST = "a" * 32, "b" * 64
MATTER = e.Matter("0101", "社保参保证明打印")
AHEAD_MS = 7_000_000
"""Central's clock is right, and ours is not."""
GONE = NoReply("unreachable", "no way there")


@dataclass
class Headquarters:
    """Central, as far as it knows of phones. `away`: it answers nothing; `slow`: not before a test says so."""

    loop: ManualLoop
    states: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    away: bool = False
    slow: bool = False
    waiting: list[tuple[Call, "Future[Reply | NoReply]"]] = field(default_factory=list)

    def ask(self, call: Call) -> "Future[Reply | NoReply]":
        future: Future[Reply | NoReply] = Future()
        self.waiting.append((call, future))
        if not self.slow:
            self.answer()
        return future

    def answer(self) -> None:
        waiting, self.waiting = self.waiting, []
        for call, future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_result(self.reply(call))

    def reply(self, call: Call) -> Reply | NoReply:
        self.calls.append((call.method, call.path))
        if self.away:
            return GONE
        parts = call.path.split("/")
        visit_id, rest = parts[3], parts[4:]
        state = self.states.get(visit_id, "unopened")
        if rest == ["closure"]:
            assert (call.method, call.body) == ("POST", b"{}")
            state = self.states[visit_id] = "rated" if state == "rated" else "closed"
        return told(visit_id, state, self.loop.wall_ms() + AHEAD_MS)


def told(visit_id: str, state: str, server_time: int, **more: Any) -> Reply:
    body = {"visit_id": visit_id, "state": state, "server_time": server_time}
    if state == "rated":
        body |= {"rating_id": RATING, "digest": DIGEST}
    return Reply(200, JSON, json.dumps({**body, **more}).encode())


class Window:
    """A terminal whose journal answers at once, its phones, and a central."""

    def __init__(self, left_open: str | None = None, before: dict[str, str] | None = None) -> None:
        self.loop = ManualLoop()
        self.central = Headquarters(self.loop, before or {})
        self.drafts: list[Draft] = []
        numbers, self.visits = itertools.count(1), itertools.count(1)
        self.terminal = Terminal(
            loop=self.loop, clock=self.loop, new_id=lambda: f"{next(numbers):032x}", record=self.record,
            scene=Scene(phone_page=PAGE),
        )  # fmt: skip
        terminal = self.terminal
        parts = PhoneParts(
            self.loop, self.loop, self.central.ask, terminal.view, terminal.submit, terminal.set_phone_link, KEY.sign,
            DEVICE,
        )  # fmt: skip
        self.links: list[str] = []
        terminal.watch(lambda view: self.links.append(view.phone_link))
        self.phones = Phones(parts, left_open)
        terminal.watch(self.phones.see)
        self.do(e.Started("1", clean=True))

    def record(self, draft: Draft) -> "Future[Head]":
        self.drafts.append(draft)
        future: Future[Head] = Future()
        future.set_result(Head(7, len(self.drafts), f"{len(self.drafts):064x}"))
        return future

    def do(self, event: e.Event) -> None:
        self.terminal.submit(event)
        self.loop.run()

    def invite(self) -> str:
        visit_id = f"{next(self.visits):032x}"
        self.do(e.StartVisit(visit_id, MATTER, "1", invited=True))
        return visit_id

    @property
    def state(self) -> State:
        return self.terminal.view().situation.state

    @property
    def outcome(self) -> Outcome | None:
        visit = self.terminal.view().situation.visit
        return None if visit is None else visit.outcome

    @property
    def link(self) -> str:
        return self.terminal.view().phone_link

    def asked(self, method: str = "GET") -> int:
        return sum(each == method for each, _ in self.central.calls)


@pytest.fixture
def window() -> Window:
    return Window()


# -- the code --------------------------------------------------------------------------------------------------------


def test_the_link_names_terminal_and_visit_and_is_issued_by_centrals_clock(window: Window) -> None:
    visit_id = window.invite()
    page, _, token = window.link.partition(PATH)
    link, signature = read_token(token)
    assert page == PAGE
    assert (link.device_id, link.visit_id) == (DEVICE, visit_id)
    assert link.issued_s == (window.loop.wall_ms() + AHEAD_MS) // 1000
    KEY.public_key().verify(signature, link.signed())


def test_one_visit_has_one_link_and_another_visit_another(window: Window) -> None:
    window.invite()
    first = window.link
    window.loop.advance(20_000)
    assert window.link == first
    window.do(e.Skip())
    assert window.link == ""
    window.invite()
    assert window.link not in ("", first)
    assert len(set(window.links)) == 3


def test_without_a_page_for_phones_nobody_is_asked_and_no_code_shown(window: Window) -> None:
    window.terminal.set_scene(Scene(), e.Terms())
    window.invite()
    window.loop.advance(20_000)
    assert window.link == ""
    assert window.central.calls == []


@pytest.mark.parametrize(
    "reply",
    [
        GONE,
        problem(404, "not_found"),
        Reply(200, {"content-type": "text/html"}, b"<html>"),
        Reply(200, JSON, b'{"status":"ok"}'),
        told("0" * 32, "unopened", 1_795_000_000_000),
        told(f"{1:032x}", "unopened", 7),
    ],
)
def test_no_code_while_central_does_not_answer_as_central(window: Window, reply: Reply | NoReply) -> None:
    window.central.reply = lambda _call: reply  # type: ignore[method-assign]
    window.invite()
    window.loop.advance(10_000)
    assert window.link == ""
    assert window.state is State.INVITING


def test_central_is_asked_while_a_citizen_is_served_so_the_code_is_there_with_the_levels(window: Window) -> None:
    window.do(e.StartVisit("1" * 32, MATTER, "1"))
    window.loop.advance(4 * SERVING_EVERY_MS)
    assert window.asked() == 5
    assert window.link == ""
    window.central.slow = True
    window.links.clear()
    window.do(e.Invite("1" * 32))
    assert window.link != ""


def test_a_code_is_hidden_when_central_falls_silent_and_comes_again_with_it(window: Window) -> None:
    window.invite()
    link = window.link
    window.central.slow = True
    window.loop.advance(INVITING_EVERY_MS)
    window.loop.advance(SILENT_MS - 1)
    assert window.link == link
    window.loop.advance(1)
    assert window.link == ""
    window.central.answer()
    window.loop.run()
    assert window.link == link


def test_what_fails_is_asked_again_ever_less_often_and_never_given_up(window: Window) -> None:
    window.do(e.TermsChanged(e.Terms(inviting_ms=600_000)))
    window.invite()
    window.central.away = True
    window.loop.advance(60_000)
    asked = window.asked()
    assert 3 < asked < 60_000 // INVITING_EVERY_MS // 2
    window.loop.advance(4 * LONGEST_MS)
    assert asked + 3 <= window.asked() <= asked + 5
    assert window.link == ""
    window.central.away = False
    window.loop.advance(LONGEST_MS)
    assert window.link != ""


def test_after_a_silence_the_next_visit_has_no_code_before_central_answers(window: Window) -> None:
    window.invite()
    window.do(e.Skip())
    window.loop.advance(HEARD_MS + 1)
    window.central.slow = True
    window.invite()
    assert window.link == ""
    window.central.answer()
    window.loop.run()
    assert window.link != ""


def test_a_link_that_is_nearly_over_is_not_shown(window: Window) -> None:
    window.do(e.TermsChanged(e.Terms(inviting_ms=2 * LINK_AGE_MS)))
    window.invite()
    window.loop.advance(LINK_AGE_MS - 200_000)
    assert window.link != ""
    window.loop.advance(200_000)
    assert window.link == ""


# -- the phone -------------------------------------------------------------------------------------------------------


def test_a_phone_that_opens_the_page_takes_the_visit_and_one_that_rates_ends_it(window: Window) -> None:
    visit_id = window.invite()
    window.central.states[visit_id] = "opened"
    window.loop.advance(INVITING_EVERY_MS)
    assert window.state is State.HANDED_TO_PHONE
    window.central.states[visit_id] = "rated"
    window.loop.advance(HANDED_EVERY_MS)
    assert window.outcome is Outcome.HANDED_TO_PHONE
    assert window.drafts[-1].body["phone"] == {"rating_id": RATING, "digest": DIGEST}
    assert window.state is State.READY
    assert window.link == ""
    window.loop.advance(60_000)
    assert window.asked("POST") == 0, "there is nothing to take back"


def test_a_phone_quicker_than_the_question_ends_the_visit_at_once(window: Window) -> None:
    visit_id = window.invite()
    window.central.states[visit_id] = "rated"
    window.loop.advance(INVITING_EVERY_MS)
    assert window.outcome is Outcome.HANDED_TO_PHONE


def test_a_rating_without_its_digest_is_no_answer(window: Window) -> None:
    visit_id = window.invite()
    assert phone_visit_of(told(visit_id, "rated", 1_795_000_000_000), visit_id) is not None
    assert phone_visit_of(told(visit_id, "rated", 1_795_000_000_000, digest=""), visit_id) is None


def test_a_phone_that_is_silent_for_its_time_loses_the_visit_to_the_glass(window: Window) -> None:
    window.do(e.TermsChanged(e.Terms(phone_ms=60_000)))
    visit_id = window.invite()
    window.central.states[visit_id] = "opened"
    window.loop.advance(INVITING_EVERY_MS + 60_000)
    assert window.state is State.INVITING
    assert window.link == ""
    assert window.central.calls[-1] == ("POST", f"/device/phone-visits/{visit_id}/closure")
    asked = len(window.central.calls)
    window.loop.advance(10_000)
    assert len(window.central.calls) == asked


def test_what_the_phone_rated_as_the_glass_took_the_visit_back_ends_it(window: Window) -> None:
    visit_id = window.invite()
    window.do(e.HandToPhone())
    window.central.states[visit_id] = "rated"
    window.do(e.TakeBack())
    assert window.outcome is Outcome.HANDED_TO_PHONE
    assert window.drafts[-1].body["phone"]["digest"] == DIGEST


def test_a_visit_that_central_has_closed_comes_back_to_the_glass(window: Window) -> None:
    visit_id = window.invite()
    window.do(e.HandToPhone())
    window.central.states[visit_id] = "closed"
    window.loop.advance(INVITING_EVERY_MS)
    assert window.state is State.INVITING
    assert window.link == ""


# -- the glass -------------------------------------------------------------------------------------------------------

ON_THE_GLASS: dict[str, Callable[[Window], None]] = {
    "a tap": lambda window: window.do(e.TapLevel(Level.DISSATISFIED)),
    "a skip": lambda window: window.do(e.Skip()),
    "a cancellation": lambda window: window.do(e.CancelVisit(f"{1:032x}", "called away")),
    "a timeout": lambda window: window.loop.advance(60_000),
    "no phones any more": lambda window: window.terminal.set_scene(Scene(), e.Terms()),
}


@pytest.mark.parametrize("happens", ON_THE_GLASS)
def test_when_the_visit_goes_on_on_the_glass_the_code_is_gone_and_central_told_once(
    window: Window, happens: str
) -> None:
    visit_id = window.invite()
    assert window.link != ""
    ON_THE_GLASS[happens](window)
    window.loop.run()
    assert window.link == ""
    assert window.central.states == {visit_id: "closed"}
    window.loop.advance(600_000)
    assert window.asked("POST") == 1


@pytest.mark.parametrize("level", Level)
def test_a_level_tapped_on_the_glass_stands_whatever_the_phone_did(window: Window, level: Level) -> None:
    visit_id = window.invite()
    window.do(e.TapLevel(level))
    window.central.states[visit_id] = "rated"
    window.loop.advance(1_000)
    assert window.state is State.EXPLAINING
    window.loop.advance(600_000)
    assert window.outcome is Outcome.RATED


def test_a_closure_is_asked_for_until_it_is_answered(window: Window) -> None:
    visit_id = window.invite()
    window.central.away = True
    window.do(e.Skip())
    window.loop.advance(60_000)
    assert 3 < window.asked("POST") < 10
    window.central.away = False
    window.loop.advance(60_000)
    assert window.central.states == {visit_id: "closed"}
    asked = len(window.central.calls)
    window.loop.advance(600_000)
    assert len(window.central.calls) == asked


def test_a_closure_is_given_up_when_its_link_is_over_by_itself(window: Window) -> None:
    window.invite()
    window.central.away = True
    window.do(e.Skip())
    window.loop.advance(LINK_AGE_MS + 2 * CLOSURE_LONGEST_MS)
    asked = len(window.central.calls)
    window.loop.advance(LINK_AGE_MS)
    assert len(window.central.calls) == asked
    assert window.loop.armed == 0


def test_a_late_answer_about_an_earlier_visit_moves_nothing(window: Window) -> None:
    first = window.invite()
    window.central.slow = True
    window.loop.advance(INVITING_EVERY_MS)
    ((_, asked),) = window.central.waiting
    assert asked.set_running_or_notify_cancel()
    window.do(e.Skip())
    window.central.waiting.clear()
    window.invite()
    asked.set_result(told(first, "rated", window.loop.wall_ms()))
    window.loop.run()
    assert window.state is State.INVITING
    assert window.outcome is None
    window.loop.advance(10_000)
    assert len(window.central.waiting) == 1, "the question about this visit is still under way"


def test_a_question_that_nobody_waits_for_any_more_is_taken_back(window: Window) -> None:
    window.invite()
    window.central.slow = True
    window.loop.advance(INVITING_EVERY_MS)
    window.do(e.Skip())
    assert [call.method for call, asked in window.central.waiting if not asked.cancelled()] == ["POST"]


def test_never_more_than_one_question_is_under_way(window: Window) -> None:
    window.invite()
    window.central.slow = True
    window.loop.advance(20_000)
    assert len(window.central.waiting) == 1


# -- the end of a run ------------------------------------------------------------------------------------------------


def test_the_visit_that_the_last_run_left_open_is_taken_back() -> None:
    window = Window(left_open="9" * 32)
    assert window.central.states == {"9" * 32: "closed"}
    assert window.link == ""


def test_what_a_phone_rated_in_the_visit_that_was_left_open_moves_nothing_here() -> None:
    window = Window(left_open="9" * 32, before={"9" * 32: "rated"})
    window.invite()
    assert window.state is State.INVITING
    window.loop.advance(5_000)
    assert window.state is State.INVITING
    assert window.outcome is None


def test_after_the_end_nothing_is_asked_or_shown(window: Window) -> None:
    window.invite()
    window.central.slow = True
    window.loop.advance(INVITING_EVERY_MS)
    window.phones.close()
    window.central.answer()
    window.loop.advance(600_000)
    assert window.central.waiting == []
    assert window.state is State.READY
