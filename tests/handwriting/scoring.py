"""How often a recogniser is right about a hand."""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.handwriting.recogniser import Recogniser
from tests.handwriting.hands import HANDS, Strokes

_AT_ONCE = 32


@dataclass(frozen=True)
class Score:
    """Parts of all characters, 0 to 1, and those that were not among the first five."""

    first: float
    first_five: float
    first_ten: float
    missed: str


def score(recogniser: Recogniser, manner: str, characters: Mapping[str, Strokes]) -> Score:
    """Have every character written in this manner, and read."""
    written = [(character, HANDS[manner](character, strokes)) for character, strokes in characters.items()]
    places: dict[str, int] = {}
    for begin in range(0, len(written), _AT_ONCE):
        some = written[begin : begin + _AT_ONCE]
        for (character, _), readings in zip(some, recogniser.read_each([strokes for _, strokes in some]), strict=True):
            texts = [reading.text for reading in readings]
            places[character] = texts.index(character) if character in texts else len(texts)
    among = [sum(place < many for place in places.values()) / len(places) for many in (1, 5, 10)]
    missed = "".join(character for character, place in places.items() if place >= 5)
    return Score(among[0], among[1], among[2], missed)
