"""What may be offered. The model also knows kana, emoji and letters of many peoples; a citizen's comment needs none.

Chinese characters of GB 2312 come as they are; the rarer ones and the traditional forms stand behind them, for names.
"""

COMMON, RARE, NEVER = 1.0, 0.03, 0.0
SIGNS = frozenset("，。！？、：；（）《》“”…%+=￥@.")
"""The signs that are offered. Of two that look alike, the Chinese one."""


def weight(character: str) -> float:
    """By how much the model's opinion of a character counts."""
    if len(character) != 1:
        return NEVER
    if character in SIGNS or (character.isascii() and character.isalnum()):
        return COMMON
    if not "\u4e00" <= character <= "\u9fff":
        return NEVER
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return RARE
    return COMMON
