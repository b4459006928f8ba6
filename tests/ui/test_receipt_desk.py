"""The receipt desk offers the same for every rating, says what is committed, and keeps nothing once it is closed."""

from dataclasses import replace

import pytest

from kiosk.core import events as e
from kiosk.core.receipt import receipt_code
from kiosk.core.situation import Situation
from kiosk.core.view import Accepted, Earlier, Refused, View
from kiosk.ui import receipt_desk as desk
from kiosk.ui.receipt_desk import ReceiptDesk

CODE = receipt_code("ab" * 32)
PLAIN = CODE.replace("-", "")
FOUND = Earlier("found", "2026-11-23T09:12:00Z", "received")
DONE = Accepted(View(Situation()))


def type_in(code: str, at: ReceiptDesk | None = None) -> ReceiptDesk:
    at = at or ReceiptDesk(7)
    for character in code:
        at = desk.typed(at, character)
    return at


@pytest.fixture
def found() -> ReceiptDesk:
    return desk.answered(desk.asked(type_in(PLAIN)), FOUND)


def test_a_code_is_taken_character_by_character_and_no_further() -> None:
    typed = type_in(PLAIN + "7")
    assert (typed.typed, typed.hint) == (PLAIN, "")
    assert desk.erased(typed).typed == PLAIN[:-1]


@pytest.mark.parametrize("character", ["I", "L", "O", "U", "-", "a", "好", "K7"])
def test_what_no_receipt_has_is_not_taken(character: str) -> None:
    assert desk.typed(ReceiptDesk(), character) == ReceiptDesk()


def test_a_wrong_character_is_told_with_the_last_one_and_forgotten_with_the_next_change() -> None:
    wrong = PLAIN[:-1] + ("0" if PLAIN[-1] != "0" else "1")
    typed = type_in(wrong)
    assert typed.hint == "code_unclear"
    assert desk.asked(typed) == typed
    assert desk.erased(typed).hint == ""


def test_an_unfinished_code_is_not_asked_for() -> None:
    asked = desk.asked(type_in(PLAIN[:5]))
    assert (asked.step, asked.hint, asked.typed) == ("code", "code_short", PLAIN[:5])


def test_the_normalised_code_is_asked_for() -> None:
    asked = desk.asked(type_in(PLAIN))
    assert (asked.step, asked.code) == ("asking", CODE)


def test_an_answer_nobody_waits_for_changes_nothing(found: ReceiptDesk) -> None:
    for at in (ReceiptDesk(), found, desk.begun(found, "add")):
        assert desk.answered(at, Earlier("unknown")) == at


@pytest.mark.parametrize("state", ["found", "unknown", "unreachable"])
def test_adding_and_withdrawing_are_open_whatever_central_says(state: str) -> None:
    at = desk.answered(desk.asked(type_in(PLAIN)), Earlier(state))  # type: ignore[arg-type]
    for act, event in (("add", e.AddWords(CODE, "再说一句")), ("withdraw", e.Withdraw(CODE, "再说一句"))):
        sending = desk.pressed_on(desk.written(desk.begun(at, act), "再说一句"))  # type: ignore[arg-type]
        sending = desk.pressed_on(sending) if act == "withdraw" else sending
        assert (sending.step, desk.act_of(sending)) == ("sending", event)


def test_an_addition_needs_words(found: ReceiptDesk) -> None:
    at = desk.written(desk.begun(found, "add"), "  ")
    assert (desk.pressed_on(at).step, desk.pressed_on(at).hint) == ("writing", "words_needed")


def test_a_withdrawal_needs_no_words_and_asks_once(found: ReceiptDesk) -> None:
    asking = desk.pressed_on(desk.begun(found, "withdraw"))
    assert asking.step == "confirm"
    assert desk.stepped_back(asking).step == "writing"
    assert desk.act_of(desk.pressed_on(asking)) == e.Withdraw(CODE, "")


def test_nothing_is_said_to_be_kept_before_it_is_accepted(found: ReceiptDesk) -> None:
    sending = desk.pressed_on(desk.written(desk.begun(found, "add"), "再说一句"))
    assert sending.step == "sending"
    kept = desk.settled(sending, DONE)
    assert (kept.step, kept.words, kept.act) == ("kept", "", "add")


def test_a_refusal_leaves_the_words_where_they_were(found: ReceiptDesk) -> None:
    sending = desk.pressed_on(desk.written(desk.begun(found, "add"), "再说一句"))
    for code, hint in (("words_needed", "words_needed"), ("not_now", "not_now"), ("busy", "not_now")):
        back = desk.settled(sending, Refused(code))
        assert (back.step, back.words, back.hint) == ("writing", "再说一句", hint)


def test_a_second_press_while_it_is_being_recorded_is_none(found: ReceiptDesk) -> None:
    sending = desk.pressed_on(desk.written(desk.begun(found, "add"), "再说一句"))
    assert desk.pressed_on(sending) == desk.stepped_back(sending) == desk.written(sending, "x") == sending


def test_central_is_asked_again_after_an_act(found: ReceiptDesk) -> None:
    kept = desk.settled(desk.pressed_on(desk.written(desk.begun(found, "add"), "好")), DONE)
    again = desk.asked(kept)
    assert (again.step, again.code, again.earlier, again.act) == ("asking", CODE, None, "")


def test_words_end_at_the_limit(found: ReceiptDesk) -> None:
    assert len(desk.written(desk.begun(found, "add"), "好" * 151).words) == 150


def test_words_count_only_while_they_are_written(found: ReceiptDesk) -> None:
    assert desk.written(found, "late") == found


def test_each_step_leads_back(found: ReceiptDesk) -> None:
    writing = desk.written(desk.begun(found, "add"), "好")
    assert desk.stepped_back(writing) == replace(writing, step="answer", act="", words="")
    assert desk.stepped_back(found) == ReceiptDesk(7)
    assert desk.stepped_back(ReceiptDesk(7)) == ReceiptDesk(7)


def test_a_cleared_desk_is_blank_and_another_turn(found: ReceiptDesk) -> None:
    assert desk.cleared(found) == ReceiptDesk(8)
    assert desk.cleared(ReceiptDesk(8)) == ReceiptDesk(8)


def test_neither_code_nor_words_stand_in_a_log(found: ReceiptDesk) -> None:
    at = desk.written(desk.begun(found, "add"), "我的话")
    assert "我的话" not in repr(at)
    assert PLAIN not in repr(at)
    assert CODE not in repr(at)
