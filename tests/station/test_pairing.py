"""The rules of pairing: two minutes, three tries, one program, and pauses that grow."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core.view import Pairing
from kiosk.station.pairing import (
    FIRST_PAUSE_MS,
    LONGEST_PAUSE_MS,
    SHOWN_MS,
    TRIES,
    Locked,
    NotOpen,
    Opened,
    PairingDesk,
    Right,
    State,
    Wrong,
    opened,
    peer_name,
    tried,
)


class Desk:
    """A desk whose clock and codes the test gives."""

    def __init__(self) -> None:
        self.now, self.codes, self.seen = 1_000, iter(f"{n:06}" for n in range(100, 999)), list[Pairing | None]()
        self.desk = PairingDesk(lambda: self.now, lambda: next(self.codes), self.seen.append)
        self.desk.serve("3F2A 91C0")

    @property
    def shown(self) -> Pairing:
        assert self.seen[-1] is not None
        return self.seen[-1]


def test_the_right_code_pairs_once_and_is_void_from_then_on() -> None:
    desk = Desk()
    assert desk.desk.open() == Opened(SHOWN_MS)
    assert desk.shown == Pairing("000100", 1_000 + SHOWN_MS, "3F2A 91C0")
    assert desk.desk.attempt("000100") == Right()
    assert desk.seen[-1] is None
    assert desk.desk.attempt("000100") == NotOpen()


def test_a_code_holds_two_minutes_and_no_longer() -> None:
    desk = Desk()
    desk.desk.open()
    desk.now += SHOWN_MS - 1
    assert desk.desk.tidy() == 1
    assert desk.seen[-1] is not None
    desk.now += 1
    assert desk.desk.attempt("000100") == NotOpen()
    assert desk.desk.tidy() == 0
    assert desk.seen[-1] is None


def test_three_wrong_codes_lock_and_the_right_one_comes_too_late() -> None:
    desk = Desk()
    desk.desk.open()
    assert [desk.desk.attempt("999999") for _ in range(3)] == [Wrong(2), Wrong(1), Locked(30, now=True)]
    assert desk.desk.attempt("000100") == Locked(30)
    assert desk.shown == Pairing("", 1_000 + FIRST_PAUSE_MS, "3F2A 91C0")  # the person at the terminal is told
    assert desk.desk.open() == Locked(30)
    desk.now += FIRST_PAUSE_MS
    assert desk.desk.attempt("000100") == NotOpen()
    assert desk.desk.open() == Opened(SHOWN_MS)
    assert desk.shown.code == "000102"  # one was drawn in the pause, and never shown


def test_pauses_grow_until_a_program_was_paired() -> None:
    desk, waits = Desk(), []
    for _ in range(7):
        desk.desk.open()
        for _ in range(TRIES):
            answer = desk.desk.attempt("999999")
        assert isinstance(answer, Locked)
        waits.append(answer.wait_s)
        desk.now += answer.wait_s * 1000
    assert waits == [30, 60, 120, 240, 480, LONGEST_PAUSE_MS // 1000, LONGEST_PAUSE_MS // 1000]
    desk.desk.open()
    assert desk.desk.attempt(desk.shown.code) == Right()
    desk.desk.open()
    assert [desk.desk.attempt("999999") for _ in range(3)][-1] == Locked(30, now=True)


def test_opening_again_and_again_gives_nobody_more_tries() -> None:
    desk = Desk()
    answers = []
    for close in (True, False, True):
        desk.desk.open()
        answers.append(desk.desk.attempt("999999"))
        if close:
            desk.desk.close()
    assert answers == [Wrong(2), Wrong(1), Locked(30, now=True)]


def test_a_code_that_was_taken_from_the_screen_is_void() -> None:
    desk = Desk()
    desk.desk.open()
    desk.desk.close()
    assert desk.seen[-1] is None
    assert desk.desk.attempt("000100") == NotOpen()


def test_no_code_is_shown_where_nobody_is_served() -> None:
    desk = Desk()
    desk.desk.open()
    desk.desk.serve("")
    assert desk.seen[-1] is None
    assert desk.desk.attempt("000100") == NotOpen()
    assert desk.desk.open() == NotOpen()


@given(st.lists(st.sampled_from(["open", "wrong", "right", "wait", "close"]), max_size=60))
@settings(derandomize=True, database=None)
def test_nobody_gets_more_than_three_tries_in_two_minutes_of_wrong_codes(acts: list[str]) -> None:
    state, now, wrong_at = State(), 0, list[int]()
    for act in acts:
        match act:
            case "open":
                state, _ = opened(state, now, "123456")
            case "close":
                state = State("", state.until_ms, state.wrong, state.spent, state.paused_ms)
            case "wait":
                now += 20_000
            case _:
                state, answer = tried(state, now, "123456" if act == "right" else "654321")
                if isinstance(answer, Wrong) or (isinstance(answer, Locked) and answer.now):
                    wrong_at.append(now)
                if isinstance(answer, Right):
                    wrong_at.clear()
        assert len([at for at in wrong_at if at > now - 30_000]) <= TRIES


def test_the_code_stands_in_no_text_that_may_be_logged() -> None:
    assert "000100" not in repr(State("000100", 1))
    assert "000100" not in repr(Pairing("000100", 1))


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("3号窗口的电脑", "3号窗口的电脑"),
        ("  pc \t 3\n", "pc 3"),
        ("pc\u202egnp.exe", "pc gnp.exe"),
        ("a\u200b\u200db\u2066c\u2028d\x00e\x9ff", "a b c d e f"),
        ("\u202e\u200b \x07", ""),
        ("e\u0301", "é"),
    ],
)  # fmt: skip
def test_a_name_has_no_characters_that_nobody_sees(given_name: str, kept: str) -> None:
    assert peer_name(given_name) == kept
