"""Where a citizen in the hall says which matter was just handled: leaves of tiles, letters to search by, a queue slip.

A value and its transitions, no Qt. It says nothing about how the service was, and the next citizen finds it blank.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from kiosk.core import events as e
from kiosk.core.situation import State
from kiosk.core.slip import Slip, read_slip
from kiosk.core.view import MatterCard, Scene, View
from kiosk.ui.around import AroundShown
from kiosk.ui.words import Words

Hint = Literal["", "slip_unknown", "slip_read", "not_now"]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TYPED_LIMIT = 12


@dataclass(frozen=True, slots=True)
class MatterDesk:
    """`leaf`: which leaf of tiles is turned up; `typed`: the letters searched by; `slip`: one that was read and names
    no matter; `hint`: what is to be said."""

    leaf: int = 0
    typed: str = field(default="", repr=False)
    slip: Slip | None = None
    hint: Hint = ""


BLANK = MatterDesk()


def chooses(view: View) -> bool:
    """Whether citizens choose their matter here, and nobody is being served."""
    scene, situation = view.scene, view.situation
    here = scene.mode == "hall" and situation.terms.self_start and bool(scene.matters)
    return here and situation.state is State.READY


def turned(desk: MatterDesk, leaf: int) -> MatterDesk:
    """Another leaf is turned up."""
    return replace(desk, leaf=max(0, leaf), hint="" if desk.slip is None else desk.hint)


def typed(desk: MatterDesk, letter: str) -> MatterDesk:
    """One letter more."""
    if letter not in LETTERS or len(desk.typed) >= TYPED_LIMIT:
        return desk
    return replace(desk, typed=desk.typed + letter)


def erased(desk: MatterDesk) -> MatterDesk:
    """One letter less."""
    return replace(desk, typed=desk.typed[:-1])


def scanned(desk: MatterDesk, scene: Scene, text: str) -> MatterDesk | tuple[Slip, MatterCard]:
    """A slip was held before the scanner: the visit it tells of, or what is still to be chosen, or that it is none of
    this hall's."""
    slip = read_slip(text, scene.slip)
    if slip is None or foreign(slip, scene):
        return MatterDesk(hint="slip_unknown")
    if not slip.matter:
        return MatterDesk(slip=slip, hint="slip_read")
    card = card_of(slip, scene)
    return MatterDesk(hint="slip_unknown") if card is None else (slip, card)


def foreign(slip: Slip, scene: Scene) -> bool:
    """Whether it names a window that this hall does not have."""
    return bool(slip.window and scene.windows and slip.window not in scene.windows)


def card_of(slip: Slip, scene: Scene) -> MatterCard | None:
    """The hall's matter that it names, by code or by name."""
    return next((one for one in scene.matters if slip.matter in (one.code, one.name)), None)


def begin(visit_id: str, card: MatterCard, slip: Slip | None) -> e.BeginVisit:
    """The visit of a citizen who chose this matter, or whose slip named it."""
    said = slip or Slip("")
    return e.BeginVisit(visit_id, e.Matter(card.code, card.name), said.slip or None, said.window or None, said.case)


def found(cards: Sequence[MatterCard], letters: str) -> tuple[MatterCard, ...]:
    """Those that these letters mean: initials of the name in pinyin, or the beginning of an English word, or the
    initials of the English words."""
    return tuple(card for card in cards if _meant(card, letters))


def leading_on(cards: Sequence[MatterCard], letters: str) -> str:
    """The letters that find something when they come next."""
    return "".join(letter for letter in LETTERS if any(_meant(card, letters + letter) for card in cards))


def _meant(card: MatterCard, letters: str) -> bool:
    wanted = letters.upper()
    words = "".join(one if one.isalnum() else " " for one in card.name_en.upper()).split()
    initials = "".join(word[0] for word in words)
    return wanted in card.initials.upper() or wanted in initials or any(word.startswith(wanted) for word in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class MattersShown(AroundShown):
    """Ready to show. `matters`, `matter_labels`: all of them, as leaves of tiles; `found`, `found_labels`: those that
    the letters mean, `search_letters` those that lead on; `choosing`: something was begun that is to be wiped."""

    matters: tuple[str, ...] = ()
    matter_labels: tuple[str, ...] = ()
    matters_leaf: int = 0
    matters_hint: str = ""
    choosing: bool = False
    search_typed: str = ""
    search_letters: str = ""
    found: tuple[str, ...] = ()
    found_labels: tuple[str, ...] = ()


def labels(cards: Sequence[MatterCard], chinese: bool) -> tuple[str, ...]:
    """Their names in the language shown."""
    return tuple(card.name if chinese or not card.name_en else card.name_en for card in cards)


def hint_said(desk: MatterDesk, words: Words, language: str) -> str:
    """What is to be said of the slip, or of a visit that could not begin."""
    return words.text(language, f"matters.{desk.hint}", number=desk.slip.slip if desk.slip else "") if desk.hint else ""
