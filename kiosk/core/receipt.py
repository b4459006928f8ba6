"""The receipt (评价凭证): a short code that proves the rating was recorded, and not what it says.

It is cut from the hash of the entry that ended the visit. That entry holds a random rating id, so nobody can try the
five levels and see which one fits; and because the chain holds the hash, whoever checks the chain checks the receipt.

Eleven characters carry 55 bits; the twelfth is a check character that notices every single wrong character and every
swap of two. Alphabet: Crockford's base 32, without I, L, O, U.
"""

import hashlib

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 11
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "·": None})


def receipt_code(entry_hash: str) -> str:
    """The code for the entry with this hash (hex), grouped for reading aloud: `K7QM-4T9X-2HWC`."""
    digest = hashlib.sha256(b"kiosk-receipt-1\n" + bytes.fromhex(entry_hash)).digest()
    number = int.from_bytes(digest[:7], "big") >> 1
    values = [(number >> (5 * place)) & 31 for place in reversed(range(_LENGTH))]
    code = "".join(ALPHABET[value] for value in [*values, _check_value(values)])
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def normalise(typed: str) -> str | None:
    """What a person typed or read aloud, as a code; None if it cannot be one (length, alphabet, check character)."""
    code = typed.strip().upper().translate(_FORGIVEN)
    if len(code) != _LENGTH + 1 or any(character not in ALPHABET for character in code):
        return None
    values = [ALPHABET.index(character) for character in code]
    if _check_value(values[:-1]) != values[-1]:
        return None
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def _check_value(values: list[int]) -> int:
    """Sum of value times a distinct power of the generator, in the field of 32 elements."""
    total = 0
    for value in values:
        total = _double(total ^ value)
    return total


def _double(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
