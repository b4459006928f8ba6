import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.receipt import ALPHABET, normalise, receipt_code

hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)


def test_the_code_of_a_known_hash_never_changes() -> None:
    assert receipt_code("ab" * 32) == "8H14-JMFF-F1AP"


@given(hashes)
def test_a_code_reads_back_however_it_was_typed(entry_hash: str) -> None:
    code = receipt_code(entry_hash)
    assert normalise(code) == code
    assert normalise(code.lower().replace("-", " ")) == code
    assert normalise(code.replace("0", "O").replace("1", "l").replace("-", "")) == code


@given(hashes, st.integers(0, 11), st.integers(1, 31))
def test_every_single_wrong_character_is_noticed(entry_hash: str, place: int, shift: int) -> None:
    plain = receipt_code(entry_hash).replace("-", "")
    wrong = ALPHABET[(ALPHABET.index(plain[place]) + shift) % 32]
    assert normalise(plain[:place] + wrong + plain[place + 1 :]) is None


@given(hashes, st.integers(0, 11), st.integers(0, 11))
def test_every_swap_of_two_characters_is_noticed(entry_hash: str, one: int, other: int) -> None:
    plain = list(receipt_code(entry_hash).replace("-", ""))
    if plain[one] != plain[other]:
        plain[one], plain[other] = plain[other], plain[one]
        assert normalise("".join(plain)) is None


@pytest.mark.parametrize("typed", ["", "K7QM", "????-????-????", "K7QM-4T9X-2HWC-0", "💥" * 12])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert normalise(typed) is None


def test_codes_of_many_entries_differ() -> None:
    codes = {receipt_code(hashlib.sha256(str(n).encode()).hexdigest()) for n in range(20_000)}
    assert len(codes) == 20_000
