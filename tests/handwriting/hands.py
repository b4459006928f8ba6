"""Hands that write: each takes the centre lines of a character's strokes and gives what a finger would leave.

Seeded by character and manner, so that every run sees the same writing.
"""

import itertools
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

Point = tuple[float, float]
Strokes = list[list[Point]]

DATA = Path(__file__).parent / "data" / "strokes.tsv"
BOX = 1024
_NEAR = 0.5
"""How far a hand that does not lift the pen drags it between two strokes, as a part of the box."""


def load_strokes() -> dict[str, Strokes]:
    """Each character with its strokes, in the order of the file: those of 等待时间太长 first, then by frequency."""
    lines = [line for line in DATA.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {character: _parsed(written) for character, written in (line.split("\t") for line in lines)}


def _parsed(written: str) -> Strokes:
    return [[_point(point) for point in stroke.split(" ")] for stroke in written.split(";")]


def _point(text: str) -> Point:
    x, y = text.split(",")
    return float(x), float(y)


def in_order(character: str, strokes: Strokes) -> Strokes:
    """As taught, by a person and not by a press."""
    return _by_a_person(strokes, random.Random(f"order {character}"))


def out_of_order(character: str, strokes: Strokes) -> Strokes:
    """The strokes in any order, every third one drawn from its end."""
    rng = random.Random(f"shuffled {character}")
    mixed = [stroke[::-1] if rng.random() < 1 / 3 else stroke for stroke in rng.sample(strokes, len(strokes))]
    return _by_a_person(mixed, rng)


def joined(character: str, strokes: Strokes) -> Strokes:
    """The pen is not lifted between two of three neighbouring strokes, if the way is short."""
    rng = random.Random(f"joined {character}")
    return _without_lifting(_by_a_person(strokes, rng), rng, 2 / 3)


def elderly(character: str, strokes: Strokes) -> Strokes:
    """A hand that trembles, swaps neighbouring strokes and joins some: all at once."""
    rng = random.Random(f"elderly {character}")
    mixed = list(strokes)
    for at in range(len(mixed) - 1):
        if rng.random() < 0.25:
            mixed[at], mixed[at + 1] = mixed[at + 1], mixed[at]
    return [_trembling(stroke, rng) for stroke in _without_lifting(_by_a_person(mixed, rng), rng, 0.4)]


HANDS: dict[str, Callable[[str, Strokes], Strokes]] = {
    "in order": in_order,
    "out of order": out_of_order,
    "joined": joined,
    "elderly": elderly,
}


def side_by_side(characters: Sequence[Strokes], gap: float = 0.12) -> Strokes:
    """Characters as a line, each a box wide, with some white between."""
    return [
        [(x + number * BOX * (1 + gap), y) for x, y in stroke]
        for number, strokes in enumerate(characters)
        for stroke in strokes
    ]


def _by_a_person(strokes: Strokes, rng: random.Random) -> Strokes:
    """Leaning, squeezed, each stroke a little beside its place, a little too long or too short, with round corners."""
    angle, shear = math.radians(rng.gauss(0, 3)), rng.gauss(0, 0.06)
    wide, high = rng.uniform(0.85, 1.1), rng.uniform(0.85, 1.1)

    def lean(point: Point) -> Point:
        x, y = (point[0] - BOX / 2) * wide, (point[1] - BOX / 2) * high
        x += shear * y
        return (
            x * math.cos(angle) - y * math.sin(angle) + BOX / 2,
            x * math.sin(angle) + y * math.cos(angle) + BOX / 2,
        )

    written = []
    for stroke in strokes:
        aside = rng.gauss(0, 0.015 * BOX), rng.gauss(0, 0.015 * BOX)
        longer = rng.gauss(1, 0.05)
        middle = sum(x for x, _ in stroke) / len(stroke), sum(y for _, y in stroke) / len(stroke)
        grown = [(middle[0] + (x - middle[0]) * longer, middle[1] + (y - middle[1]) * longer) for x, y in stroke]
        written.append([(x + aside[0], y + aside[1]) for x, y in map(lean, _smooth(grown))])
    return written


def _smooth(points: list[Point], every: float = 24.0) -> list[Point]:
    """The path with a point every so often, as a screen reports them, and its corners cut once."""
    dense: list[Point] = [points[0]]
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        steps = max(1, round(math.hypot(bx - ax, by - ay) / every))
        dense += [(ax + (bx - ax) * step / steps, ay + (by - ay) * step / steps) for step in range(1, steps + 1)]
    inner = [
        ((a[0] + 2 * b[0] + c[0]) / 4, (a[1] + 2 * b[1] + c[1]) / 4)
        for a, b, c in zip(dense, dense[1:], dense[2:], strict=False)
    ]
    return [dense[0], *inner, dense[-1]]


def _without_lifting(strokes: Strokes, rng: random.Random, often: float) -> Strokes:
    found = [list(strokes[0])]
    for stroke in strokes[1:]:
        (ax, ay), (bx, by) = found[-1][-1], stroke[0]
        if math.hypot(bx - ax, by - ay) < _NEAR * BOX and rng.random() < often:
            found[-1] += stroke
        else:
            found.append(list(stroke))
    return found


def _trembling(stroke: list[Point], rng: random.Random) -> list[Point]:
    phase, step = rng.uniform(0, 2 * math.pi), rng.uniform(0.7, 1.2)
    shake = 0.008 * BOX
    return [
        (
            x + shake * math.sin(phase + step * at) + rng.gauss(0, shake / 3),
            y + shake * math.cos(1.3 * phase + step * at) + rng.gauss(0, shake / 3),
        )
        for at, (x, y) in enumerate(stroke)
    ]
