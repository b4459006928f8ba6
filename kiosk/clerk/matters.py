"""Finds a matter by what a clerk types: pinyin initials, a part of its code, of its Chinese or of its English name.

Every word typed must be found; what fits better stands first, and among equals what was served last. Pure.
"""

from collections.abc import Sequence

from kiosk.protocol.station import MatterView

MATCH_LIMIT = 30
RECENT_LIMIT = 12


def name_of(matter: MatterView) -> str:
    """The matter's name, or its code where it has none."""
    return matter.name or matter.code


def found(matters: Sequence[MatterView], typed: str, recent: Sequence[str] = ()) -> tuple[MatterView, ...]:
    """The matters that fit, the best first; all of them, the recent first, where nothing is typed."""
    words = typed.casefold().split()
    last = len(recent)
    ranked = []
    for place, matter in enumerate(matters):
        ranks = [_rank(matter, word) for word in words]
        if None not in ranks:
            served = recent.index(matter.code) if matter.code in recent else last
            ranked.append((sum(rank or 0 for rank in ranks), served, place, matter))
    ranked.sort(key=lambda one: one[:3])
    return tuple(matter for *_, matter in ranked)[:MATCH_LIMIT]


def with_recent(recent: Sequence[str], code: str) -> tuple[str, ...]:
    """The codes served last, this one first."""
    return (code, *(one for one in recent if one != code))[:RECENT_LIMIT]


def _rank(matter: MatterView, word: str) -> int | None:
    """How well one typed word fits; 0 is best, None is not at all."""
    code, name = matter.code.casefold(), matter.name.casefold()
    english, initials = matter.name_en.casefold(), matter.initials.casefold()
    fits = (
        word in (code, initials, name),
        initials.startswith(word),
        name.startswith(word),
        code.startswith(word),
        any(part.startswith(word) for part in english.split()),
        word in name,
        word in initials,
        word in code or word in english,
        len(word) > 1 and _in_order(word, initials),
    )
    return next((rank for rank, fit in enumerate(fits) if fit), None)


def _in_order(word: str, initials: str) -> bool:
    """Whether these letters stand in the initials in this order, others between them."""
    rest = iter(initials)
    return all(letter in rest for letter in word)
