"""The first letters of a name in pinyin, by which a clerk finds a matter: `bdczydj` for 不动产转移登记.

Readings are those of the whole name, not of its characters alone: 银行 is `yh`, 行政 is `xz`.
"""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

LONGEST = 100


@lru_cache(maxsize=10_000)
def initials_of(name: str) -> str:
    """In lower case; Latin letters and digits stand as they are, and what is neither is left out."""
    found = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=_kept)
    return "".join(found).lower()[:LONGEST]


def _kept(text: str) -> str:
    return "".join(character for character in text if character.isascii() and character.isalnum())
