"""A scanner and a card reader are told from a hand."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.clerk.wedge import GAP_MS, LEAST, LIMIT, Burst, card_number


def typed(text: str, gaps: list[int]) -> str:
    burst, now = Burst(), 1_000
    for character, gap in zip(text, gaps, strict=False):
        now += gap
        burst = burst.pressed(character, now)
    return burst.ended(now + gaps[-1])


def test_keys_that_come_close_upon_each_other_are_a_devices() -> None:
    assert typed("341200", [GAP_MS - 1] * 6) == "341200"


@given(st.text("0123456789", min_size=1, max_size=12), st.data())
def test_one_slow_key_makes_it_a_hand(text: str, data: st.DataObject) -> None:
    gaps = [1] * (len(text) + 1)
    slow = data.draw(st.integers(1, len(text)))
    gaps[slow:] = [GAP_MS] * (len(gaps) - slow)
    assert typed(text, gaps) in ("", text[slow:] if slow < len(text) else "")
    assert typed(text, [GAP_MS] * (len(text) + 1)) == ""


def test_two_or_three_keys_are_no_code_and_neither_is_a_book() -> None:
    assert typed("9" * (LEAST - 1), [1] * LEAST) == ""
    assert typed("9" * (LIMIT + 1), [1] * (LIMIT + 2)) == ""
    assert typed("9" * LIMIT, [1] * (LIMIT + 1)) == "9" * LIMIT


def test_a_clock_that_goes_back_ends_a_burst() -> None:
    assert not Burst("123", 1_000).goes_on(999)


def test_a_card_is_the_number_itself_or_one_behind_the_halls_prefix() -> None:
    assert card_number("A103", ()) == "A103"
    assert card_number("STAFF:A103", ("HALL-", "STAFF:")) == "A103"
    assert card_number("A103", ("STAFF:",)) == "A103"
