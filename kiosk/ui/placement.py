"""Which of the machine's screens is the citizen's: by its name, by its size, or by its place among the others.

Pure. Invariant: where a wish was set, no screen is taken that does not fit it, and none that once stood beside ours:
when ours is unplugged, what is left is the clerk's. A screen that is ours stays ours while it is there, whatever
becomes of its resolution, of its place, or of which one the system calls primary.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

POSITIONS = ("left", "right", "second", "primary", "not primary")
_PIXELS = re.compile(r"([1-9]\d{2,4})x([1-9]\d{2,4})")
_MILLIMETRES = re.compile(r"([1-9]\d{1,3})x([1-9]\d{1,3}) ?mm")
_INCHES = re.compile(r'([1-9]\d?(?:\.\d)?) ?(?:in|")')
_NEAR_MM, _NEAR_SHARE, _NEAR_INCHES = 5, 0.03, 0.3

Why = Literal["only", "primary", "fits", "kept", "missing", "mirrored"]
Identity = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Display:
    """One screen as the system gives it: place and size in its own pixels; millimetres of the glass, 0 if not known."""

    name: str
    left: int
    top: int
    width: int
    height: int
    width_mm: int = 0
    height_mm: int = 0
    primary: bool = False
    model: str = ""
    serial: str = ""

    @property
    def identity(self) -> Identity:
        """By what it is known again when it has been unplugged: the socket, and what is plugged into it."""
        return self.name, self.model, self.serial

    @property
    def inches(self) -> float:
        """Its diagonal; 0 if not known."""
        return float((self.width_mm**2 + self.height_mm**2) ** 0.5 / 25.4)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which one is to be ours; everything that is set must fit. `name`: of the socket, the model or the serial number;
    `size`: see `read_size`; `position`: one of POSITIONS."""

    name: str = ""
    size: str = ""
    position: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.size or self.position)

    def __str__(self) -> str:
        parts = [f'{key} "{said}"' for key in ("name", "size", "position") if (said := getattr(self, key))]
        return ", ".join(parts)


ANY_SCREEN = Wish()


@dataclass(frozen=True, slots=True)
class Size:
    """A size asked for: sides in `unit`, the longer first; of inches, the diagonal alone."""

    unit: Literal["px", "mm", "in"]
    sides: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered between two choices: which one was ours, and which ones have stood beside it."""

    ours: Identity | None = None
    others: frozenset[Identity] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """The citizen's screen, or None: then nothing is shown. `known`: for the next choice."""

    display: Display | None
    why: Why
    known: Known = field(default=Known(), repr=False)


def read_wish(text: str) -> Wish:
    """A wish said in one word: a position or a size if it is one, else a name."""
    text = text.strip()
    if text in POSITIONS:
        return Wish(position=text)
    try:
        read_size(text)
    except ValueError:
        return Wish(name=text)
    return Wish(size=text)


def read_size(text: str) -> Size:
    """`1280x800` (pixels), `217x136mm` (the glass) or `10.1in` (its diagonal); either way up.

    Raises ValueError.
    """
    for unit, pattern in (("px", _PIXELS), ("mm", _MILLIMETRES), ("in", _INCHES)):
        if found := pattern.fullmatch(text):
            return Size(unit, tuple(sorted((float(side) for side in found.groups()), reverse=True)))  # type: ignore[arg-type]
    raise ValueError(f'{text!r} is no size such as "1280x800", "217x136mm" or "10.1in"')


def choose(displays: Sequence[Display], wish: Wish, known: Known | None = None) -> Choice:
    """Which of them is ours. `displays` in the system's order; `known`: of the choice before.

    Raises ValueError where `wish.size` is no size or `wish.position` none of POSITIONS.
    """
    known = known or Known()
    there = [one for one in displays if one.width > 0 and one.height > 0]
    ours, why = _wished(there, wish, known) if wish else _unwished(there, known)
    if ours is None:
        return Choice(None, why, known)
    beside = [one for one in there if one is not ours]
    if wish and any(_overlap(ours, one) for one in beside):
        return Choice(None, "mirrored", known)
    return Choice(ours, why, Known(ours.identity, known.others | {one.identity for one in beside}))


def explain(choice: Choice, wish: Wish, displays: Sequence[Display]) -> str:
    """Why, for a technician."""
    match choice.why:
        case "only":
            return "no screen was asked for, and it is the only one"
        case "primary":
            return "no screen was asked for, and the system calls it primary"
        case "fits":
            return f"it fits {wish}"
        case "kept":
            return f"it was ours already, by {wish}" if wish else "it was ours already"
        case "mirrored":
            return f"the screen by {wish} shows the same as another one; let it extend the desktop, not mirror it"
        case "missing":
            there = ", ".join(f"{one.name} {one.width}x{one.height}".strip() for one in displays) or "none"
            return f"no screen fits {wish}; there is: {there}" if wish else "there is no screen"


def _unwished(there: Sequence[Display], known: Known) -> tuple[Display | None, Why]:
    if kept := [one for one in there if one.identity == known.ours]:
        return kept[0], "only" if len(there) == 1 else "kept"
    if not there:
        return None, "missing"
    return next((one for one in there if one.primary), there[0]), "only" if len(there) == 1 else "primary"


def _wished(there: Sequence[Display], wish: Wish, known: Known) -> tuple[Display | None, Why]:
    named = [one for one in there if not wish.name or wish.name in one.identity]
    sized = [one for one in named if not wish.size or _has_size(one, read_size(wish.size))]
    twins = known.ours in known.others  # two that nobody can tell apart: one that is left may be either
    kept = [one for one in named if one.identity == known.ours]
    if len(kept) == 1 and not twins and (kept[0] in sized or not sized):
        return kept[0], "kept"
    placed = _placed(there, wish.position)
    fitting = [one for one in sized if one in placed]
    if not wish.name:
        # With a name alone there is no doubt. Else, once ours is known, what has stood beside it is not ours.
        gone = {} if known.ours is None or (twins and len(kept) > 1) else known.others
        fitting = [one for one in fitting if one.identity not in gone]
    # Of several, rather not the one on which the clerk's programs open.
    return next(iter(sorted(fitting, key=lambda one: one.primary)), None), "fits" if fitting else "missing"


def _has_size(one: Display, size: Size) -> bool:
    match size.unit:
        case "px":
            return tuple(sorted((one.width, one.height), reverse=True)) == size.sides
        case "mm":
            sides = sorted((one.width_mm, one.height_mm), reverse=True)
            near = [max(_NEAR_MM, _NEAR_SHARE * wanted) for wanted in size.sides]
            return all(abs(a - b) <= c for a, b, c in zip(sides, size.sides, near, strict=True))
        case "in":
            return abs(one.inches - size.sides[0]) <= max(_NEAR_INCHES, _NEAR_SHARE * size.sides[0])


def _placed(there: Sequence[Display], position: str) -> list[Display]:
    """Those at this position; where there is one screen only, none, for it may be the clerk's."""
    if not position:
        return list(there)
    if position not in POSITIONS:
        raise ValueError(f"{position!r} is none of {', '.join(POSITIONS)}")
    if len(there) < 2:
        return []
    by_left = sorted(there, key=lambda one: (one.left, one.top))
    match position:
        case "left":
            return by_left[:1]
        case "right":
            return by_left[-1:]
        case "second":
            return list(there[1:2])
        case "primary":
            return [one for one in there if one.primary]
        case _:
            return [one for one in there if not one.primary]


def _overlap(one: Display, other: Display) -> bool:
    return (
        one.left < other.left + other.width
        and other.left < one.left + one.width
        and one.top < other.top + other.height
        and other.top < one.top + one.height
    )
