"""The citizen's phone, seen from the terminal: when its code may stand there, and what central's word does."""

import itertools
import json
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.core import events as e
from kiosk.core.entry import Draft, Head, Kind
from kiosk.core.levels import Level
from kiosk.core.phone_link import PATH, read_token
from kiosk.core.situation import Outcome, State
from kiosk.core.view import Scene
from kiosk.phone import (
    HANDED_EVERY_MS,
    HEARD_MS,
    INVITING_EVERY_MS,
    LINK_AGE_MS,
    LONGEST_MS,
    SERVING_EVERY_MS,
    SILENT_MS,
    Phones,
)
from kiosk.phone_closures import CLOSURE_LONGEST_MS, LINK_OVER_MS, PhoneParts, phone_visit_of
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
    done_ago_ms: int = 0
    unvouched: list[dict[str, Any]] = field(default_factory=list)
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
        now = self.loop.wall_ms() + AHEAD_MS
        done = {"done_ms": now - self.done_ago_ms} if state == "rated" else {}
        return told(visit_id, state, now, unvouched=self.unvouched, **done)


def told(visit_id: str, state: str, server_time: int, **more: Any) -> Reply:
    body = {"visit_id": visit_id, "state": state, "server_time": server_time}
    if state == "rated":
        body |= {"rating_id": RATING, "digest": DIGEST}
    return Reply(200, JSON, json.dumps({**body, **more}).encode())


class Window:
    """A terminal whose journal answers at once, its phones, and a central."""

    def __init__(self, asked: Iterable[e.AskedForPhone] = (), before: dict[str, str] | None = None) -> None:
        self.loop = ManualLoop()
        self.central = Headquarters(self.loop, before or {})
        self.drafts: list[Draft] = []
        self.disk_fails = False
        numbers, self.visits = itertools.count(1), itertools.count(1)
        self.terminal = Terminal(
            loop=self.loop, clock=self.loop, new_id=lambda: f"{next(numbers):032x}", record=self.record,
            scene=Scene(phone_page=PAGE),
        )  # fmt: skip
        terminal = self.terminal
        parts = PhoneParts(
            self.loop, self.loop, self.central.ask, terminal.view, terminal.submit, terminal.set_phone_link,
            terminal.set_phone_offered, KEY.sign, DEVICE,
        )  # fmt: skip
        self.links: list[str] = []
        terminal.watch(lambda view: self.links.append(view.phone_link))
        self.phones = Phones(parts, asked)
        terminal.watch(self.phones.see)
        self.do(e.Started("1", clean=True))

    def record(self, draft: Draft) -> "Future[Head]":
        future: Future[Head] = Future()
        if self.disk_fails:
            future.set_exception(OSError("no room"))
            return future
        self.drafts.append(draft)
        future.set_result(Head(7, len(self.drafts), f"{len(self.drafts):064x}"))
        return future

    def do(self, event: e.Event) -> None:
        self.terminal.submit(event)
        self.loop.run()

    def invite(self, asks: bool = True) -> str:
        """A visit whose citizen is invited, and asks for the code."""
        visit_id = f"{next(self.visits):032x}"
        self.do(e.StartVisit(visit_id, MATTER, "1", invited=True))
        if asks:
            self.do(e.AskForPhone())
        return visit_id

    def vouched(self) -> list[tuple[str | None, dict[str, Any]]]:
        """What entries of their own vouch for."""
        return [(each.visit_id, dict(each.body)) for each in self.drafts if each.kind == Kind.PHONE_VOUCHED]

    def ended(self, visit_id: str) -> list[dict[str, Any]]:
        """The entries that end this visit."""
        return [dict(each.body) for each in self.drafts if (each.kind, each.visit_id) == (Kind.VISIT_ENDED, visit_id)]

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


def test_no_link_is_made_before_its_citizen_has_asked_for_it(window: Window) -> None:
    signed: list[bytes] = []
    sign = window.phones._p.sign
    object.__setattr__(window.phones._p, "sign", lambda what: (signed.append(what), sign(what))[1])
    window.invite(asks=False)
    window.loop.advance(4_000)
    assert window.terminal.view().phone_offered
    assert (window.link, signed, set(window.links)) == ("", [], {""})
    asked = window.asked()
    window.do(e.AskForPhone())
    assert window.link != ""
    assert len(signed) == 1
    assert window.asked() == asked + 1, "from now on central is asked about it"
    window.do(e.Skip())
    assert (window.link, window.terminal.view().phone_offered) == ("", False)
    window.invite(asks=False)
    assert window.link == "", "another citizen asks anew"


def test_a_visit_without_a_link_has_none_to_take_back(window: Window) -> None:
    window.invite(asks=False)
    window.do(e.Skip())
    window.loop.advance(600_000)
    assert window.asked("POST") == 0


def test_nothing_is_offered_while_central_is_not_heard(window: Window) -> None:
    window.central.away = True
    window.invite()
    assert (window.link, window.terminal.view().phone_offered) == ("", False)
    window.central.away = False
    window.loop.advance(LONGEST_MS)
    assert (window.link != "", window.terminal.view().phone_offered) == (True, True)


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
    assert window.terminal.view().phone_offered
    window.do(e.AskForPhone())
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


def test_a_closure_is_asked_for_as_long_as_central_takes_the_link_and_no_longer(window: Window) -> None:
    window.invite()
    window.central.away = True
    window.do(e.Skip())
    window.loop.advance(LINK_OVER_MS - CLOSURE_LONGEST_MS)
    asked = len(window.central.calls)
    window.loop.advance(CLOSURE_LONGEST_MS - 1)
    assert len(window.central.calls) > asked, "central takes a link so long"
    window.loop.advance(1)
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


OLD = "9" * 32


@pytest.mark.parametrize(
    ("age_ms", "same_boot", "taken_back"),
    [
        (60_000, True, True), (LINK_OVER_MS - 1, True, True), (LINK_OVER_MS, True, False),
        (60_000, False, True), (LINK_OVER_MS - 1, False, True), (LINK_OVER_MS, False, False), (-90_000, False, True),
    ],
)  # fmt: skip
def test_the_links_of_earlier_runs_are_taken_back_as_long_as_central_takes_them(
    age_ms: int, same_boot: bool, taken_back: bool
) -> None:
    loop = ManualLoop()
    mono = loop.mono_ms() - age_ms if same_boot else 5
    boot = loop.boot_id() if same_boot else "another"
    window = Window([e.AskedForPhone(OLD, True, None, mono, loop.wall_ms() - age_ms, boot)])
    assert window.central.states == ({OLD: "closed"} if taken_back else {})
    assert window.link == ""
    assert window.vouched() == []


def test_what_a_phone_rated_in_a_visit_of_an_earlier_run_is_vouched_for_and_moves_nothing() -> None:
    window = Window([e.AskedForPhone(OLD, boot_id="another")], before={OLD: "rated"})
    window.invite()
    assert window.state is State.INVITING
    window.loop.advance(5_000)
    assert window.state is State.INVITING
    assert window.outcome is None
    assert window.vouched() == [(OLD, {"rating_id": RATING, "digest": DIGEST, "flags": []})]


# -- what no end of a visit has named --------------------------------------------------------------------------------

CUT_SHORT: dict[str, Callable[[Window, str], None]] = {
    "a cancellation": lambda window, visit_id: window.do(e.CancelVisit(visit_id, "called away")),
    "a skip": lambda window, _: window.do(e.Skip()),
    "a tap on the glass": lambda window, _: window.do(e.TapLevel(Level.SATISFIED)),
}


@pytest.mark.parametrize("how", CUT_SHORT)
@pytest.mark.parametrize("cable", [True, False])
def test_a_phone_s_rating_is_vouched_for_once_however_the_visit_was_cut_short(
    window: Window, how: str, cable: bool
) -> None:
    visit_id = window.invite()
    window.central.states[visit_id] = "rated"  # between two questions, so the terminal does not know
    window.central.done_ago_ms = 0
    window.central.away = cable
    CUT_SHORT[how](window, visit_id)
    window.loop.advance(20_000)
    assert window.vouched() == ([] if cable else [(visit_id, VOUCHED_AT_ONCE)])
    window.central.away = False
    window.loop.advance(60_000)
    ((of, body),) = window.vouched()
    assert (of, body["rating_id"], body["digest"]) == (visit_id, RATING, DIGEST)
    window.central.unvouched = [unvouched(visit_id, window)]
    window.invite()
    window.loop.advance(600_000)
    assert len(window.vouched()) == 1, "once"


VOUCHED_AT_ONCE = {"rating_id": RATING, "digest": DIGEST, "flags": ["too_fast"]}


def unvouched(visit_id: str, window: Window) -> dict[str, Any]:
    done_ms = window.loop.wall_ms() + AHEAD_MS
    return {"visit_id": visit_id, "rating_id": RATING, "digest": DIGEST, "done_ms": done_ms}


def test_how_long_ago_the_phone_was_done_is_taken_from_central_s_clock(window: Window) -> None:
    visit_id = window.invite()
    window.loop.advance(INVITING_EVERY_MS - 1)
    window.central.states[visit_id] = "rated"
    window.central.away = True
    window.do(e.CancelVisit(visit_id, "x"))
    window.loop.advance(300_000)
    window.central.away = False
    window.central.done_ago_ms = 300_000
    window.loop.advance(CLOSURE_LONGEST_MS)
    ((_, body),) = window.vouched()
    assert body["flags"] == []
    fast = Window()
    visit_id = fast.invite()
    fast.loop.advance(10_000)
    fast.central.states[visit_id], fast.central.done_ago_ms = "rated", 9_000
    fast.loop.advance(INVITING_EVERY_MS)
    (body,) = fast.ended(visit_id)
    assert body["flags"] == ["too_fast"]


def test_what_central_lists_is_vouched_for_if_it_had_a_link_here_and_not_otherwise(window: Window) -> None:
    first = window.invite()
    window.do(e.Skip())
    window.loop.advance(LINK_OVER_MS)
    window.central.unvouched = [unvouched("7" * 32, window), unvouched(first, window)]
    window.invite()
    window.loop.advance(5_000)
    assert [visit_id for visit_id, _ in window.vouched()] == [first]


def test_an_entry_that_the_journal_could_not_take_is_tried_again(window: Window) -> None:
    visit_id = window.invite()
    window.central.states[visit_id] = "rated"
    window.central.slow = True
    window.do(e.Skip())
    window.disk_fails = True
    window.central.slow = False
    window.central.answer()
    window.loop.advance(60_000)
    assert window.vouched() == []
    window.disk_fails = False
    window.loop.advance(5_000)
    assert [each for each, _ in window.vouched()] == [visit_id]


def test_the_end_of_the_visit_vouches_where_it_can_and_no_entry_besides(window: Window) -> None:
    visit_id = window.invite()
    window.central.states[visit_id] = "rated"
    window.loop.advance(INVITING_EVERY_MS)
    window.loop.advance(600_000)
    assert window.ended(visit_id)[0]["phone"] == {"rating_id": RATING, "digest": DIGEST}
    assert window.vouched() == []


def test_after_the_end_nothing_is_asked_or_shown(window: Window) -> None:
    window.invite()
    window.central.slow = True
    window.loop.advance(INVITING_EVERY_MS)
    window.phones.close()
    window.central.answer()
    window.loop.advance(600_000)
    assert window.central.waiting == []
    assert window.state is State.READY
