"""From the model's opinions over time to ranked texts.

The model reads from left to right and says at each step how likely each character is; the first place is "nothing yet".
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Opinions = NDArray[np.float32]
"""Steps × characters, each row a distribution; column 0 says that nothing is there."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and how likely it is, 0 to 1."""

    text: str
    likely: float


def read_one(opinions: Opinions, characters: Sequence[str], weights: NDArray[np.float32], most: int) -> list[Reading]:
    """The characters that the whole image may be, likeliest first: each by its best moment."""
    return _best(opinions[:, 1:].max(axis=0) * weights, characters, most)


def read_line(opinions: Opinions, characters: Sequence[str], weights: NDArray[np.float32], most: int) -> list[Reading]:
    """The lines that the image may be, likeliest first: what is seen at each place, and what else it may be."""
    seen = opinions.copy()
    seen[:, 1:] *= weights
    places = [
        _best(seen[begin:end, 1:].max(axis=0), characters, most) for begin, end in _places(seen.argmax(axis=1).tolist())
    ]
    return _likeliest([place for place in places if place], most) if places else []


def count(opinions: Opinions) -> int:
    """How many characters the model sees one after the other."""
    return len(_places(opinions.argmax(axis=1).tolist()))


def _places(path: Sequence[int]) -> list[tuple[int, int]]:
    """The runs of steps in which the likeliest thing is one and the same character."""
    found: list[tuple[int, int]] = []
    for step, what in enumerate(path):
        if what == 0:
            continue
        if step and path[step - 1] == what:
            found[-1] = (found[-1][0], step + 1)
        else:
            found.append((step, step + 1))
    return found


def _best(likely: NDArray[np.float32], characters: Sequence[str], most: int) -> list[Reading]:
    few = np.argpartition(likely, -most)[-most:]
    ranked = few[np.argsort(-likely[few], kind="stable")]
    return [Reading(characters[place], float(likely[place])) for place in ranked if likely[place] > 0]


def _likeliest(places: Sequence[Sequence[Reading]], most: int) -> list[Reading]:
    """The `most` likeliest ways to choose one reading at each place, whose product decides."""
    lines = [Reading("", 1.0)]
    for place in places:
        grown = (Reading(line.text + one.text, line.likely * one.likely) for line in lines for one in place)
        lines = heapq.nlargest(most, grown, key=lambda reading: reading.likely)
    return lines
